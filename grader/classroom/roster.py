"""Who is in the class by the teacher's own list, and who of them has handed nothing in."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from grader.classroom.marks import canvas, moodle
from grader.classroom.marks.matching import BY_NAME, full_name, match
from grader.classroom.marks.sheet import Sheet, read
from grader.classroom.record import Submission
from grader.intake.handed_in import HandedIn
from grader.intake.students import Student, nothing_text

_SHOWN = ("Student", "Full name", "Name")  # a column that people read
_USUAL = (*canvas.NAMES, *moodle.NAMES, "Student", "Login", "Name")


def with_roster(handed_in: HandedIn, path: Path, by: str = "") -> HandedIn:
    """Return what was handed in with those of a list of whom there is nothing, as not handed in.

    Args:
        handed_in: what there is.
        path: a file with a row for each student: Canvas's or Moodle's export of grades, or any CSV with a header.
        by: the header of the column that holds the students' names, numbers or addresses; "" to find it.

    Raises:
        CannotGoOn: it is no such file, or nobody who has handed in is on the list.
    """
    sheet = read(path)
    rows = [row for row in range(1, len(sheet.rows)) if _is_student(sheet.value(row, 0))]
    found = match(sheet, rows, [Submission(each.name, 0.0, 0.0) for each in handed_in.students], by, _USUAL)
    by_name = [sheet.header.index(name) for name in _SHOWN if name in sheet.header]
    by_match = [sheet.header.index(found.column)] if found.column != BY_NAME else []
    columns = (*by_match, *range(len(sheet.header)))
    absent = [
        next(filter(None, _words(sheet, row, by_name) or [full_name(sheet, row), *_words(sheet, row, columns)]), "")
        for row in rows
        if row not in found.rows.values()
    ]
    problem = nothing_text(handed_in.exercise)
    new = [Student(name, name, problem, has_notebook=False) for name in dict.fromkeys(absent) if name]
    notes = [*handed_in.notes]
    if found.unknown:
        notes.append(f"{len(found.unknown)} are not on the list: {', '.join(found.unknown[:5])}.")
    everybody = sorted([*handed_in.students, *new], key=lambda each: each.name)
    return replace(handed_in, students=everybody, notes=notes)


def _words(sheet: Sheet, row: int, columns: Iterable[int]) -> list[str]:
    return [text for column in columns if (text := sheet.value(row, column).strip())]


def _is_student(first: str) -> bool:
    return canvas.POINTS not in first and first != canvas.TEST_STUDENT
