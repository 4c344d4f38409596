"""What a reader has done so far, kept in one file of this folder and nowhere else.

JupyterLab as `course.py lab` starts it names the file in its kernels' environment; grading, tests and any other
Jupyter do not, so that nothing but the reader's own checks is counted.
"""

import html
import json
import os
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from grader.base import settings
from grader.base.files import replace_whole
from grader.base.notebooks import TEST, answer_name, cells_of, notebook_path
from grader.base.paths import BUILD, EXERCISES, lesson_files
from grader.base.text import as_html

FILE = BUILD / "progress.json"
NOT_KEPT = "Right answers are counted in a JupyterLab that was started with `python3 course.py lab`; this one was not."


def keep_progress() -> None:
    """Let the kernels that are started from here on keep what was answered."""
    os.environ[settings.PROGRESS] = str(FILE)


def record(answer: str) -> None:
    """Note that an answer is right, if progress is kept here; a file that cannot be written stops nobody."""
    file = settings.setting(settings.PROGRESS)
    if not file or settings.nbgrader_grades():
        return
    done = read_answered(Path(file))
    if answer in done:
        return
    text = json.dumps(sorted({*done, answer}), indent=0)
    with suppress(OSError):
        replace_whole(Path(file), lambda part: part.write_text(text, "utf-8"))


def read_answered(file: Path = FILE) -> set[str]:
    """Return the names of the answers that were right once; none when there is no file or it is not ours."""
    try:
        kept = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return set()
    return {name for name in kept if isinstance(name, str)} if isinstance(kept, list) else set()


@dataclass(frozen=True)
class LessonProgress:
    """A lesson on the way, with its exercise if it has one."""

    lesson: Path

    @cached_property
    def title(self) -> str:
        """The lesson's title, such as `01 Activations`."""
        return next(source for _, source in cells_of(self.lesson)).splitlines()[0].removeprefix("# ")

    @cached_property
    def about(self) -> str:
        """What the lesson is about: the paragraph under its title."""
        return next(source for _, source in cells_of(self.lesson)).split("\n\n")[1].replace("\n", " ")

    @property
    def exercise(self) -> Path:
        """The exercise's notebook."""
        return notebook_path(EXERCISES, self.lesson.stem)

    @cached_property
    def answers(self) -> list[str]:
        """The names of the exercise's answers, as its test cells have them; none where there is no exercise."""
        if not self.exercise.exists():
            return []
        return [answer_name(id_) for id_, _ in cells_of(self.exercise) if id_.startswith(TEST)]


class Way:
    """All lessons in order, and how far the reader has come.

    Attributes:
        steps: the lessons.
        done: the names of the answers that are right.
    """

    def __init__(self, done: set[str]) -> None:
        self.steps = [LessonProgress(path) for path in lesson_files()]
        self.done = done

    def right(self, step: LessonProgress) -> int:
        """Return how many answers of a step's exercise are right."""
        return len(self.done & set(step.answers))

    @property
    def note(self) -> str:
        """Why a right answer would not be counted here; nothing where it is."""
        return "" if settings.setting(settings.PROGRESS) else NOT_KEPT

    def __repr__(self) -> str:
        lines = [f"{step.title}: {self._count(step)}" for step in self.steps]
        return "\n".join([*lines, self.note]).rstrip()

    def _repr_html_(self) -> str:
        rows = "".join(map(self._row, self.steps))
        titles = ("lesson", "what it is about", "exercise")
        head = "".join(f'<th style="text-align:left">{title}</th>' for title in titles)
        return f'<table style="text-align:left"><tr>{head}</tr>{rows}</table>{as_html(self.note)}'

    def _count(self, step: LessonProgress) -> str:
        asked = len(step.answers)
        return f"{self.right(step)} of {_answers(asked)}" if asked else "no exercise"

    def _row(self, step: LessonProgress) -> str:
        name, count = step.lesson.name, self._count(step)
        mark = "✓ " if step.answers and self.right(step) == len(step.answers) else ""
        link = f'{mark}<a href="../exercises/{step.lesson.stem}/{name}">{count}</a>'
        cells = [
            f'<a href="{name}">{html.escape(step.title)}</a>',
            as_html(step.about),
            link if step.answers else count,
        ]
        return "<tr>" + "".join(f'<td style="text-align:left">{cell}</td>' for cell in cells) + "</tr>"


def _answers(count: int) -> str:
    return f"{count} answer" if count == 1 else f"{count} answers"


def progress() -> Way:
    """Return the way through the lessons, to be shown as a cell's last value."""
    return Way(read_answered())
