"""The name of a new lesson: what is made of it, and which names cannot be used."""

import keyword
import re
from dataclasses import dataclass
from pathlib import Path

from grader.base.errors import CannotGoOn
from grader.base.paths import ROOT, lesson_files
from grader.checks import module_name

NAME = re.compile(r"([0-9]{2})-([a-z0-9]+(?:-[a-z0-9]+)*)")
TITLE = re.compile(r"[^\W_](?:[^\W_]|[ ,.:;'’()?+–-])*")  # nothing that Markdown or a link could take for its own
NOT_OURS = re.compile(r"\b(simply|obviously|just|trivial(ly)?)\b", re.IGNORECASE)  # words that no lesson uses
LONGEST = 40  # characters: a line of code that holds the name twice still fits


@dataclass(frozen=True)
class NewLesson:
    """What the files of a new lesson are called.

    Attributes:
        name: of the lesson and its exercise, such as 10-my-topic.
        title: as a reader sees it, without the number.
        answer: what the learner's function is called.
    """

    name: str
    title: str
    answer: str

    @property
    def number(self) -> str:
        """The lesson's number, two digits."""
        return self.name[:2]

    @property
    def module(self) -> str:
        """The name of its modules: of checks, and of figures."""
        return module_name(self.name)

    @property
    def values(self) -> dict[str, str]:
        """What the templates are filled with."""
        return {
            "number": self.number,
            "name": self.name,
            "title": self.title,
            "module": self.module,
            "answer": self.answer,
            "answer_id": self.answer.replace("_", "-"),
            "seed": f"{int(self.number)}01",
        }


def name_lesson(name: str, title: str = "") -> NewLesson:
    """Return the lesson of a name and a title; the title is taken from the name when left out.

    Raises:
        CannotGoOn: the name or the title cannot be used; the message says which one could.
    """
    match = NAME.fullmatch(name)
    if not match or len(name) > LONGEST:
        raise CannotGoOn(
            f"{name!r} cannot be a lesson's name: take two digits and small words, at most {LONGEST} characters, "
            f"such as {_free()}-my-topic."
        )
    _check_number(match[1])
    title = title.strip() or match[2].replace("-", " ").capitalize()
    lesson = NewLesson(name, title, _answer(match[1]))
    _check_module(lesson)
    if len(title) > LONGEST or not TITLE.fullmatch(title) or NOT_OURS.search(title):
        raise CannotGoOn(
            f"{title!r} cannot be a title: take one line of at most {LONGEST} characters, letters, digits and plain "
            "punctuation, without the words that tests/lessons/test_notebooks.py keeps out of lessons (just, simply)."
        )
    return lesson


def _free() -> str:
    """Return the number after the last lesson's."""
    return f"{max([int(path.name[:2]) for path in lesson_files()], default=0) + 1:02d}"


def _check_number(number: str) -> None:
    same = ["00-start"] if number == "00" else [path.stem for path in lesson_files() if path.name.startswith(number)]
    if same:
        raise CannotGoOn(f"The number {number} is taken by {same[0]}; the next free one is {_free()}.")
    if number != _free():
        raise CannotGoOn(f"A new lesson stands behind the last one, so its number is {_free()} and not {number}.")


def _check_module(lesson: NewLesson) -> None:
    module, other = lesson.module, f"another name, such as {lesson.number}-my-{lesson.name[3:]}"
    if not module.isidentifier() or keyword.iskeyword(module):
        raise CannotGoOn(f"Python cannot import a module called {module}; choose {other}.")
    for folder in ("grader/checks", "notebooks/figures"):
        if (ROOT / folder / f"{module}.py").exists() or (ROOT / folder / module).is_dir():
            raise CannotGoOn(f"There is a module {folder}/{module}.py already; choose {other}.")
    if re.search(rf"\b{module}_explorer\b", (ROOT / "notebooks/figures/__init__.py").read_text("utf-8")):
        raise CannotGoOn(f"There is a live figure {module}_explorer already; choose {other}.")


def _answer(number: str) -> str:
    """Return a name for the example's answer that no other exercise uses: progress and solutions go by names."""
    checks = "".join(path.read_text("utf-8") for path in Path(ROOT, "grader/checks").rglob("*.py"))
    return "softsign" if "check_softsign = " not in checks else f"softsign_{number}"
