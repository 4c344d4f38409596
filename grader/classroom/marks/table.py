"""All marks of an exercise as plain CSV."""

import csv
import io
from collections.abc import Iterable, Sequence

from grader.base.notebooks import answer_name
from grader.classroom.marks.cells import defuse
from grader.classroom.marks.notes import Filled, list_students
from grader.classroom.record import Submission


def as_csv(rows: Iterable[Sequence[str | float]]) -> bytes:
    """Return rows as CSV: text in quotes and defused, numbers as numbers, UTF-8 with the mark that Excel looks for."""
    file = io.StringIO()
    writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerows([[defuse(cell) if isinstance(cell, str) else cell for cell in row] for row in rows])
    return file.getvalue().encode("utf-8-sig")


def table(submissions: Sequence[Submission]) -> Filled:
    """Return a row for each student: status, score, and each answer's score and misconceptions.

    The scores are the gradebook's, marks by hand and penalties included; the misconceptions are the judge's.
    """
    cells = _ordered(submissions)
    heads = [text for cell in cells for text in (answer_name(cell), f"{answer_name(cell)} misconception")]
    rows: list[Sequence[str | float]] = [["student", "status", "score", "max", "late penalty", *heads]]
    rows += [_row(each, cells) for each in submissions]
    return Filled(as_csv(rows), waiting(submissions))


def _ordered(submissions: Sequence[Submission]) -> list[str]:
    """Return the graded cells in the exercise's order, those behind that are marked by hand alone."""
    cells = {cell for each in submissions for cell in each.cells}
    names = next(([answer.name for answer in each.result.answers] for each in submissions if each.result), [])
    place = {name: number for number, name in enumerate(names)}
    return sorted(cells, key=lambda cell: (place.get(answer_name(cell), len(names)), cell))


def waiting(submissions: Sequence[Submission]) -> list[str]:
    """Return a line on the students whose answers still wait to be marked by hand."""
    names = [each.student for each in submissions if each.waiting]
    return list_students("with an answer that waits to be marked by hand", names)


def _row(submission: Submission, cells: list[str]) -> list[str | float]:
    result = submission.result
    found = {answer.name: ", ".join(answer.mistakes) for answer in result.answers} if result else {}
    row: list[str | float] = [
        submission.student,
        result.status if result else "",
        round_points(submission.score),
        round_points(submission.max_score),
        round_points(submission.late),
    ]
    for cell in cells:
        row += [round_points(submission.cells.get(cell, 0.0)), found.get(answer_name(cell), "")]
    return row


def round_points(points: float) -> float | int:
    """Return points as people write them: 8 rather than 8.0."""
    return int(points) if points == int(points) else round(points, 4)
