"""All marks of an exercise as plain CSV."""

import csv
import io
from collections.abc import Iterable, Sequence

from grader.base.notebooks import answer_name
from grader.classroom.marks.cells import defused
from grader.classroom.marks.details import Details
from grader.classroom.marks.marks import Mark
from grader.classroom.marks.notes import Filled, listed
from grader.judging.results import Result


def as_csv(rows: Iterable[Sequence[str | float]]) -> bytes:
    """Return rows as CSV: text in quotes and defused, numbers as numbers, UTF-8 with the mark that Excel looks for."""
    file = io.StringIO()
    writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerows([[defused(cell) if isinstance(cell, str) else cell for cell in row] for row in rows])
    return file.getvalue().encode("utf-8-sig")


def table(marks: Sequence[Mark], details: Details) -> Filled:
    """Return a row for each student: status, score, and each answer's score and misconception.

    The scores are the gradebook's, marks by hand and penalties included; the misconceptions are the judge's.
    """
    found = [details(mark.student) for mark in marks]
    cells = _ordered({cell for mark in marks for cell in mark.answers}, found)
    heads = [text for cell in cells for text in (_answer(cell), f"{_answer(cell)} misconception")]
    rows: list[Sequence[str | float]] = [["student", "status", "score", "max", "late penalty", *heads]]
    rows += [_row(mark, result, cells) for mark, result in zip(marks, found, strict=True)]
    return Filled(as_csv(rows), waiting(marks))


def _ordered(cells: set[str], found: Sequence[Result | None]) -> list[str]:
    """Return the cells in the exercise's order, those behind that are marked by hand alone."""
    names = next(([answer.name for answer in result.answers] for result in found if result), [])
    place = {name: number for number, name in enumerate(names)}
    return sorted(cells, key=lambda cell: (place.get(_answer(cell), len(names)), cell))


def waiting(marks: Sequence[Mark]) -> list[str]:
    """Return a line on the students whose answers still wait to be marked by hand."""
    return listed("with an answer that waits to be marked by hand", [mark.student for mark in marks if mark.waiting])


def _row(mark: Mark, result: Result | None, cells: list[str]) -> list[str | float]:
    found = {answer.name: answer.misconception or "" for answer in result.answers} if result else {}
    row: list[str | float] = [
        mark.student,
        result.status if result else "",
        rounded(mark.score),
        rounded(mark.max_score),
        rounded(mark.late),
    ]
    for cell in cells:
        row += [rounded(mark.answers.get(cell, 0.0)), found.get(_answer(cell), "")]
    return row


def _answer(cell: str) -> str:
    """Return an answer's name from its cell's: test-predict-class -> predict_class."""
    return answer_name(cell)


def rounded(points: float) -> float | int:
    """Return points as people write them: 8 rather than 8.0."""
    return int(points) if points == int(points) else round(points, 4)
