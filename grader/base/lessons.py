"""Where a lesson explains what an answer asks for: the link that a learner follows, and the place in words."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from grader.base.notebooks import cells_of
from grader.base.paths import NOTEBOOKS


@dataclass(frozen=True)
class Section:
    """A section of a lesson, by its headings."""

    lesson: str
    heading: str

    def __str__(self) -> str:
        return places([self])


def places(found: Iterable[Section]) -> str:
    """Return sections in words, those of one lesson together: lesson 01 Activations, “ReLU” and “Sigmoid”."""
    lessons: dict[str, list[str]] = {}
    for section in found:
        lessons.setdefault(section.lesson, []).append(f"“{section.heading}”")
    return "; ".join(f"lesson {lesson}, {' and '.join(headings)}" for lesson, headings in lessons.items())


def address(place: str) -> str:
    """Return the relative address, from an exercise's folder, of a place such as `01-activations.ipynb#relu-heading`.

    JupyterLab finds a cell while the notebook is still being opened; it finds a heading only once its cell is drawn,
    which is too late for the first click. nbconvert gives its cells the same anchors.
    """
    notebook, _, cell = place.partition("#")
    return f"../../notebooks/{notebook}#cell-id={cell}"


def section_at(place: str) -> Section:
    """Return the section whose heading is in a cell of a lesson; by the names of both where there is no such cell."""
    notebook, _, cell = place.partition("#")
    try:
        cells = dict(cells_of(NOTEBOOKS / notebook))
    except (OSError, ValueError, KeyError):
        cells = {}
    title, heading = _heading("".join(list(cells.values())[:1])), _heading(cells.get(cell, ""))
    return Section(title or notebook.removesuffix(".ipynb"), heading or cell)


def _heading(text: str) -> str:
    """Return the first heading in a Markdown text, or ""."""
    found = re.search(r"^#{1,3} (.+)$", text, re.MULTILINE)
    return found[1] if found else ""
