"""`grader remove`: takes back what `grader new` has made; nothing that an author wrote is lost."""

import time

from grader.base.errors import CannotGoOn
from grader.base.paths import BUILD, ROOT, lesson_files
from grader.lab.authoring.changes import Changes
from grader.lab.authoring.listing import unlist_lesson
from grader.lab.authoring.naming import NewLesson
from grader.lab.authoring.new import exercise_file
from grader.lab.authoring.pages import make_pages


def remove_lesson(name: str) -> str:
    """Remove the last lesson, if it is one that `new` has made; its files are kept in the build folder.

    Returns:
        What was removed, and where it is now.

    Raises:
        CannotGoOn: it is not the last lesson, it was not made by `new`, or a file cannot be changed.
    """
    last = lesson_files()[-1].stem
    if name != last:
        raise CannotGoOn(f"Only the last lesson can be removed, for others lead on to the next one; it is {last}.")
    lesson = NewLesson(name, "", "")
    paths = [*make_pages(lesson), exercise_file(lesson)]
    lacking = [path for path in paths if not (ROOT / path).exists()]
    if lacking:
        raise CannotGoOn(f"{name} was not made by `new`, or not all of it is there: there is no {lacking[0]}.")
    kept = BUILD / "removed" / f"{name}-{time.strftime('%Y%m%d-%H%M%S')}"
    with Changes() as changes:
        for path, content in unlist_lesson(lesson).items():
            changes.change(ROOT / path, content)
        for path in paths:
            changes.make(kept / path, (ROOT / path).read_bytes())
    for path in paths:
        (ROOT / path).unlink()
        if not any((ROOT / path).parent.iterdir()):
            (ROOT / path).parent.rmdir()
    return f"Removed {name}. Its files are in {kept}. Its line in README.md, if it has one, is for you to delete."
