"""`grader new`: a lesson, its figure, its exercise, its check and their tests, green from the start."""

from pathlib import Path
from tempfile import TemporaryDirectory

from grader.base.paths import ROOT
from grader.lab.authoring.changes import Changes
from grader.lab.authoring.listing import list_lesson
from grader.lab.authoring.naming import NewLesson, name_lesson
from grader.lab.authoring.pages import ABOUT, PAGES, make_pages


def make_lesson(name: str, title: str = "") -> str:
    """Make a lesson of this name, about softsign until its author changes it.

    Args:
        name: its number and its topic, such as 10-my-topic.
        title: as readers see it; taken from the name when left out.

    Returns:
        What was made and what to do next, for a terminal.

    Raises:
        CannotGoOn: the name or the title cannot be used, or a file cannot be made; then nothing has changed.
    """
    lesson = name_lesson(name, title)
    with Changes() as changes:
        for path, content in make_pages(lesson).items():
            changes.make(ROOT / path, content)
        for path, content in list_lesson(lesson).items():
            changes.change(ROOT / path, content)
        changes.make(ROOT / exercise_file(lesson), _released(name))
    return _told(lesson, [path.relative_to(ROOT).as_posix() for path in changes.changed])


def exercise_file(lesson: NewLesson) -> str:
    """Return the path of the exercise that learners get."""
    return f"exercises/{lesson.name}/{lesson.name}.ipynb"


def _released(name: str) -> bytes:
    """Return the exercise as learners get it; the class's own gradebook hears of it at the first release."""
    from grader.gradebook.release import generate_exercise

    with TemporaryDirectory() as folder:
        return generate_exercise(
            name, Path(folder), f"sqlite:///{Path(folder, 'gradebook.db').as_posix()}"
        ).read_bytes()


def _told(lesson: NewLesson, changed: list[str]) -> str:
    files = {path: ABOUT[template] for path, template in zip(make_pages(lesson), PAGES.values(), strict=True)}
    files[exercise_file(lesson)] = "what learners get; made by release, never edited"
    width = max(map(len, files))
    return "\n".join(
        [
            f"Made lesson {lesson.number}, which works as it is:",
            *(f"  {path:<{width}}  {about}" for path, about in files.items()),
            f"It is listed in {', '.join(changed)}.",
            "It is an example, about softsign; what is yours to replace is marked AUTHOR: in these files.",
            "Next:",
            f"  python3 course.py lab {lesson.number}   to look at it",
            f"  python3 course.py release {lesson.name}   after each change to its source",
            "  python3 course.py test   to see that everything still fits",
            "docs/authors.md goes through it step by step. README.md has a table of lessons, which waits for a line.",
        ]
    )
