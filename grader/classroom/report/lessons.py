"""Where the lessons explain what an answer asks for."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from grader.base.paths import NOTEBOOKS
from grader.checks import checks_of


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


def sections(exercise: str) -> dict[str, Section]:
    """Return for each answer of an exercise the lesson's section that explains it."""
    tables = [check.table for check in checks_of(exercise)]
    return {table.name: _section(table.section) for table in tables if table.section}


def _section(link: str) -> Section:
    """Return the section of a link such as `01-activations.ipynb#What-saturates`."""
    notebook, _, anchor = link.partition("#")
    headings = _headings(notebook)
    title = headings[0] if headings else notebook.removesuffix(".ipynb")
    return Section(title, next((each for each in headings if each.replace(" ", "-") == anchor), anchor))


def _headings(notebook: str) -> list[str]:
    """Return a lesson's title and the headings of its sections; none when there is no such notebook."""
    try:
        cells = json.loads((NOTEBOOKS / notebook).read_text("utf-8"))["cells"]
    except (OSError, ValueError, KeyError):
        return []
    text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    return re.findall(r"^#{1,3} (.+)$", text, re.MULTILINE)
