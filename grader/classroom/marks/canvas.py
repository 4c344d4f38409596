"""The teacher's own export of a Canvas gradebook, with one column filled.

What the rows and columns mean is read off Canvas itself (lib/gradebook_exporter.rb and gradebook_importer.rb of
instructure/canvas-lms): columns for the student up to Section, then assignments as `Title (id)`, then totals; a row of
"Points Possible", before it perhaps one of "Manual Posting"; EX for an excused student and N/A for one who was not
given the assignment.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from grader.base.errors import CannotGoOn
from grader.classroom.marks.cells import format_points, read_number
from grader.classroom.marks.matching import match
from grader.classroom.marks.notes import Filled, list_students
from grader.classroom.marks.sheet import Sheet, read
from grader.classroom.record import Submission

NAMES = ("SIS Login ID", "SIS User ID", "ID", "Integration ID")
POINTS, READ_ONLY, TEST_STUDENT = "Points Possible", "read only", "Student, Test"
KEPT = ("EX", "N/A")
_NOTE = re.compile(r"\s*(Muted|Manual Posting.*)?\s*", re.IGNORECASE)
_TOTAL = re.compile(r"(Current|Final|Override) (Score|Points|Grade|Status)")
_TITLE = re.compile(r"(?P<title>.*?)\s*\((?P<id>[0-9]+)\)", re.DOTALL)


def fill(
    path: Path, name: str, marks: Sequence[Submission], column: str = "", by: str = "", scale: bool = False
) -> Filled:
    """Return the file with the exercise's column filled, every other byte as it was.

    Args:
        path: what Canvas exported.
        name: the exercise; its column is found by it when no column is given.
        marks: the students' marks.
        column: the assignment's title or id.
        by: the header of the column that holds the names of the students' folders.
        scale: turn our points into Canvas's, where an assignment has other points possible.

    Raises:
        CannotGoOn: it is no such file, or the column or a student is not clear.
    """
    sheet = read(path)
    points, students = _rows(sheet)
    place = _column(sheet, points, name, column)
    matched = match(sheet, students, marks, by, NAMES)
    possible = sheet.value(points, place) if points is not None else ""
    factor, notes = _factor(marks[0].max_score, possible, scale)
    comma = "," in possible and "." not in possible
    changed, kept = [], []
    for mark in marks:
        row = matched.rows.get(mark.student)
        if row is None:
            continue
        old, new = sheet.value(row, place).strip(), format_points(mark.score * factor, comma)
        if not sheet.has(row, place) or old.upper() in KEPT:
            kept.append(f"{mark.student} ({old or 'the row is too short'})")
        elif read_number(old) != read_number(new):
            sheet.replace(row, place, new)
            changed += [f"{mark.student} ({old} -> {new})"] if old else []
    ungraded = [sheet.value(row, 0) for row in students if row not in matched.rows.values()]
    notes = [
        f"The column {sheet.header[place]} has the marks of {len(matched.rows)} students, found by {matched.column}.",
        *notes,
        *list_students("had another mark before", changed),
        *list_students("left as they are", kept),
        *list_students(
            "in the file without a graded submission, left as they are", [n for n in ungraded if n != TEST_STUDENT]
        ),
        *list_students("graded but not in the file", matched.unknown),
    ]
    return Filled(sheet.result(), notes)


def _rows(sheet: Sheet) -> tuple[int | None, list[int]]:
    """Return the row of the points possible and those of the students."""
    header = sheet.header
    if "ID" not in header or "Section" not in header:
        raise CannotGoOn(
            f"{sheet.path} is no export of a Canvas gradebook: its first line has no columns ID and Section. In Canvas "
            "open Grades and choose Export."
        )
    rows = range(1, len(sheet.rows))
    points = next((row for row in rows if POINTS in sheet.value(row, 0)), None)
    students = [row for row in rows if row != points and not all(_NOTE.fullmatch(c.value) for c in sheet.rows[row])]
    return points, students


def _column(sheet: Sheet, points: int | None, name: str, chosen: str) -> int:
    """Return the assignment's column."""
    header = sheet.header
    columns = {
        place: _TITLE.fullmatch(title)
        for place, title in enumerate(header)
        if place > header.index("Section")
        and not _TOTAL.search(title)
        and (points is None or READ_ONLY not in sheet.value(points, place))
    }
    titles = {place: (found["title"], found["id"]) for place, found in columns.items() if found}
    fits = _chosen(titles, header, chosen) if chosen else _named(titles, name)
    if len(fits) == 1:
        return fits[0]
    which = "; ".join(header[place] for place in fits or titles) or "none: make the assignment in Canvas first"
    said = f"is {chosen!r}" if chosen else f"is {name}'s"
    raise CannotGoOn(
        f"{'More than one' if fits else 'No'} assignment of {sheet.path} {said}. Choose one by its title or id with "
        f"--column. There are: {which}."
    )


def _chosen(titles: dict[int, tuple[str, str]], header: list[str], chosen: str) -> list[int]:
    wanted = chosen.strip().casefold()
    exact = [place for place in titles if header[place].casefold() == wanted]
    return exact or [
        place for place, (title, id_) in titles.items() if wanted in (title.strip().casefold(), id_, f"({id_})")
    ]


def _named(titles: dict[int, tuple[str, str]], name: str) -> list[int]:
    """Return the columns whose title is the name or contains it, as `Exercise 1: Activations` does 01-activations."""
    words = _words(name)
    for fits in (
        lambda title: title == words,
        lambda title: any(title[i : i + len(words)] == words for i in range(len(title))),
        lambda title: title == [word for word in words if not word.isdigit()],
    ):
        found = [place for place, (title, _) in titles.items() if fits(_words(title))]
        if found:
            return found
    return []


def _words(text: str) -> list[str]:
    return [word.lstrip("0") or "0" for word in re.findall(r"[^\W_]+", text.casefold())]


def _factor(ours: float, possible: str, scale: bool) -> tuple[float, list[str]]:
    theirs = read_number(possible)
    if scale:
        if not theirs or not ours:
            raise CannotGoOn(f"Marks cannot be scaled: Canvas has {possible.strip() or 'no'} points possible.")
        return theirs / ours, []
    if theirs is not None and theirs != ours:
        told = f"Canvas has {format_points(theirs)} points possible and the exercise {format_points(ours)}"
        return 1.0, [
            f"{told}: the marks are written as they are. With --scale they are scaled to {format_points(theirs)}."
        ]
    return 1.0, []
