"""Marks for Moodle: a file for its grade import, or the teacher's own offline grading worksheet filled.

Moodle's import asks which column is what, so that its headers are free. The worksheet's are Moodle's (mod/assign of
moodle/moodle); where Moodle speaks another language than English, name the column of the marks.
"""

from collections.abc import Sequence
from pathlib import Path

from grader.base.errors import CannotGoOn
from grader.classroom.marks.cells import defuse, format_points, html_cell, read_number
from grader.classroom.marks.feedback import feedback
from grader.classroom.marks.matching import full_name, match
from grader.classroom.marks.notes import Filled, list_students
from grader.classroom.marks.sheet import Sheet, read
from grader.classroom.marks.table import as_csv, round_points
from grader.classroom.record import Submission

NAMES = ("Email address", "ID number", "Username", "Identifier", "Full name")
_KNOWS = ("ID number", "Username", "Email address")  # what Moodle's import can find a student by
GRADE, MAXIMUM, COMMENTS = "Grade", "Maximum Grade", "Feedback comments"


def import_file(name: str, marks: Sequence[Submission], by: str = "", roster: Path | None = None) -> Filled:
    """Return a file for Moodle's Grades, Import, CSV file.

    Args:
        name: the exercise; the header of the marks.
        marks: the students' marks.
        by: the header of the students' names: what Moodle knows them by. Folders that are all named by addresses are
            `Email address`, others `Username`.
        roster: Moodle's export of grades, or its list of participants; the file then holds what Moodle knows the
            students by, and `by` is the column of this list with the names of the folders.

    Raises:
        CannotGoOn: the list is no such file, or a student is not clear.
    """
    addresses = all("@" in mark.student.strip("@") for mark in marks)
    head, notes = by or ("Email address" if addresses else "Username"), list[str]()
    known = {mark.student: mark.student for mark in marks}
    if roster:
        head, known, notes = _known_by(read(roster), marks, by)
    rows: list[Sequence[str | float]] = [[head, name, f"{name} feedback"]]
    rows += [
        [known[mark.student], round_points(mark.score), html_cell(feedback(mark.result))]
        for mark in marks
        if mark.student in known
    ]
    strange = [theirs for theirs in known.values() if defuse(theirs) != theirs]
    strange_text = "whose name begins like a formula, written with a ' before it: Moodle will not know them"
    return Filled(as_csv(rows), [*notes, *list_students(strange_text, strange)])


def _known_by(sheet: Sheet, marks: Sequence[Submission], by: str) -> tuple[str, dict[str, str], list[str]]:
    """Return the header and the values by which Moodle knows the students of a list, and what to tell the teacher."""
    rows = range(1, len(sheet.rows))
    matched = match(sheet, rows, marks, by, NAMES)
    places = [place for each in _KNOWS if (place := _place(sheet, each)) is not None]
    telling = [place for place in places if all(sheet.value(row, place).strip() for row in matched.rows.values())]
    if not telling:
        raise CannotGoOn(
            f"{sheet.path} has no column {' or '.join(_KNOWS)} that is filled for every student, and Moodle's import "
            "finds students by one of these. Export it again with one of them."
        )
    known = {student: sheet.value(row, telling[0]).strip() for student, row in matched.rows.items()}
    ungraded = [full_name(sheet, row) or sheet.value(row, 0) for row in rows if row not in matched.rows.values()]
    notes = [
        f"The students were found by {matched.column}; Moodle will know them by {sheet.header[telling[0]]}.",
        *list_students("of the list without a graded submission, left out", ungraded),
        *list_students("graded but not on the list, left out", matched.unknown),
    ]
    return sheet.header[telling[0]], known, notes


def fill(
    path: Path,
    marks: Sequence[Submission],
    column: str = "",
    by: str = "",
    scale: bool = False,
) -> Filled:
    """Return the offline grading worksheet with marks and feedback, every other byte as it was.

    A comment that the teacher has written stays.

    Args:
        path: what Moodle calls the grading worksheet.
        marks: the students' marks.
        column: the header of the marks, when it is not `Grade`.
        by: the header of the column that holds the names of the students' folders.
        scale: turn our points into Moodle's, where the maximum grade is another.

    Raises:
        CannotGoOn: it is no such file, or a student is not clear.
    """
    sheet = read(path)
    grade = _place(sheet, column or GRADE)
    if grade is None:
        raise CannotGoOn(
            f"{path} has no column {column or GRADE}. Choose with --column the one of the marks: "
            f"{', '.join(sheet.header)}."
        )
    maximum, comments = _place(sheet, MAXIMUM), _place(sheet, COMMENTS)
    students = range(1, len(sheet.rows))
    matched = match(sheet, students, marks, by, NAMES)
    notes = [f"{path} has the marks of {len(matched.rows)} students, found by {matched.column}."]
    notes += [] if comments is not None else [f"It has no column {COMMENTS}: no feedback is written."]
    others, commented, short = [], [], []
    for mark in marks:
        row = matched.rows.get(mark.student)
        if row is None:
            continue
        if not sheet.has(row, max(grade, comments or 0)):
            short.append(mark.student)
            continue
        possible = sheet.value(row, maximum) if maximum is not None else ""
        theirs = read_number(possible)
        others += [mark.student] if theirs is not None and theirs != mark.max_score else []
        factor = theirs / mark.max_score if scale and theirs and mark.max_score else 1.0
        new = format_points(mark.score * factor, "," in possible and "." not in possible)
        if read_number(sheet.value(row, grade)) != read_number(new):
            sheet.replace(row, grade, new)
        if comments is not None:
            commented += [] if _comment(sheet, row, comments, feedback(mark.result)) else [mark.student]
    ungraded = [sheet.value(row, 1) or sheet.value(row, 0) for row in students if row not in matched.rows.values()]
    mismatch = (
        f"whose maximum grade is not {format_points(marks[0].max_score)}: with --scale the marks are scaled to it"
    )
    notes += [
        *([] if scale else list_students(mismatch, others)),
        *list_students("with a comment of yours, which stays", commented),
        *list_students("in too short a row, left as they are", short),
        *list_students("in the file without a graded submission, left as they are", ungraded),
        *list_students("graded but not in the file", matched.unknown),
    ]
    return Filled(sheet.result(), notes)


def _place(sheet: Sheet, header: str) -> int | None:
    headers = [each.casefold() for each in sheet.header]
    return headers.index(header.strip().casefold()) if header.strip().casefold() in headers else None


def _comment(sheet: Sheet, row: int, place: int, text: str) -> bool:
    """Write the feedback where there is none; return False when the teacher's own stays."""
    new, old = defuse(html_cell(text)), sheet.value(row, place)
    if old.strip() and old != new:
        return False
    if new and old != new:
        sheet.replace(row, place, new)
    return True
