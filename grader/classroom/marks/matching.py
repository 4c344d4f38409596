"""Which row of the teacher's file belongs to which student of ours."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from grader.base.errors import CannotGoOn
from grader.classroom.marks.sheet import Sheet
from grader.classroom.record import Submission

NAME_PARTS = ("First name", ("Last name", "Surname"))  # Moodle's headers, the second one's two forms
BY_NAME = "First name and Last name"
_OUR_NUMBER = re.compile(r"(.+)_([0-9]+)")
_WITH_WORD = re.compile(r"[^0-9]+ ([0-9]+)")


@dataclass(frozen=True)
class Matched:
    """Students and rows that belong together.

    Attributes:
        column: the header of the column by which they were found.
        rows: student -> row.
        unknown: students of ours that the file does not have.
        twice: students of ours whom the column has more than once.
    """

    column: str
    rows: dict[str, int]
    unknown: list[str]
    twice: list[str]


def match(sheet: Sheet, rows: Sequence[int], marks: Sequence[Submission], chosen: str, usual: Sequence[str]) -> Matched:
    """Return which row is whose.

    A cell is a student's when it is the name of the student's folder or the e-mail address in the gradebook, in small
    or capital letters; or when one of both is an e-mail address and the other is what stands before its @; or when
    both end in the same number, as `abelanna_12345` of Canvas's files and the ID 12345 do, or `Anna Abel_123456` of
    Moodle's and `Participant 123456`; or when `Anna Abel` is the cell, or the first and the last name in two columns.

    Args:
        sheet: the teacher's file.
        rows: the rows of it that hold students.
        marks: our students.
        chosen: the header of the column to look in; "" for the one of `usual` that knows the most of them.
        usual: headers, the likeliest first.

    Raises:
        CannotGoOn: there is no such column, nobody is found, two rows are one student's, or one row is two students'.
    """
    columns = [] if not chosen and _name_columns(sheet) and not _known(sheet, usual) else _columns(sheet, chosen, usual)
    found = [_in_column(sheet, rows, marks, column) for column in columns]
    found += [] if chosen else _by_full_names(sheet, rows, marks)
    best = max(found, key=lambda each: len(each.rows) + len(each.twice))
    _insist_on_one_each(sheet, best)
    if not best.rows:
        raise CannotGoOn(
            f"None of the {len(marks)} graded students is in {sheet.path}: the names of their folders, such as "
            f"{marks[0].student!r}, are not in {', '.join(each.column for each in found)}. Choose the column that "
            "holds them with --match."
        )
    rivals = [each for each in found if len(each.rows) == len(best.rows) and each.rows != best.rows]
    if rivals:
        raise CannotGoOn(
            f"{sheet.path} has the graded students' names in {best.column} and in {rivals[0].column}, but not in the "
            "same rows. Choose one of the two columns with --match."
        )
    return best


def _known(sheet: Sheet, wanted: Sequence[str]) -> list[int]:
    header = [_key(each) for each in sheet.header]
    return [header.index(_key(each)) for each in wanted if _key(each) in header]


def _columns(sheet: Sheet, chosen: str, usual: Sequence[str]) -> list[int]:
    wanted = [chosen] if chosen else usual
    columns = _known(sheet, wanted)
    if not columns:
        raise CannotGoOn(
            f"{sheet.path} has no column {' or '.join(wanted)}. Choose with --match one of: "
            f"{', '.join(each for each in sheet.header if each)}."
        )
    return columns


def _in_column(sheet: Sheet, rows: Sequence[int], marks: Sequence[Submission], column: int) -> Matched:
    theirs = _Names([(_key(sheet.value(row, column)), row) for row in rows])
    found = {mark.student: theirs.rows_of([_key(mark.student), _key(mark.email)]) for mark in marks}
    alone = _key(sheet.header[column]) == "id"  # Canvas's number of a student; elsewhere a number alone is another's
    found |= {mark.student: theirs.numbered(mark.student, alone) for mark in marks if not found[mark.student]}
    return _matched(sheet.header[column], found)


def _matched(column: str, found: dict[str, list[int]]) -> Matched:
    return Matched(
        column,
        {student: rows[0] for student, rows in found.items() if len(rows) == 1},
        [student for student, rows in found.items() if not rows],
        [student for student, rows in found.items() if len(rows) > 1],
    )


def _name_columns(sheet: Sheet) -> list[int]:
    """Return the columns of the first and the last name, nothing where there are not both."""
    first, last = _known(sheet, NAME_PARTS[:1]), _known(sheet, NAME_PARTS[1])
    return [first[0], last[0]] if first and last else []


def full_name(sheet: Sheet, row: int) -> str:
    """Return first and last name of a row, "" where the file has not both columns."""
    return " ".join(sheet.value(row, column).strip() for column in _name_columns(sheet)).strip()


def _by_full_names(sheet: Sheet, rows: Sequence[int], marks: Sequence[Submission]) -> list[Matched]:
    """Return who is found by first and last name, whichever a platform puts first, with its number behind or without.

    Moodle's export of grades has none of the numbers that are in the names of its files.
    """
    columns = _name_columns(sheet)
    if not columns:
        return []
    theirs: dict[str, list[int]] = {}
    for row in rows:
        first, last = (_key(sheet.value(row, column)) for column in columns)
        for name in {f"{first} {last}".strip(), f"{last} {first}".strip(), f"{last}{first}", f"{last}, {first}"}:
            theirs.setdefault(name, []).append(row)
    names = {mark.student: _OUR_NUMBER.fullmatch(mark.student) for mark in marks}
    ours = {student: number[1] if number else student for student, number in names.items()}
    return [_matched(BY_NAME, {student: theirs.get(_key(name), []) for student, name in ours.items()})]


class _Names:
    """The rows of a column by what stands in it, and by what stands before the @ of an address."""

    def __init__(self, named: list[tuple[str, int]]) -> None:
        self.exact: dict[str, list[int]] = {}
        self.before_at: dict[str, list[int]] = {}
        self.by_number: dict[str, list[int]] = {}
        for name, row in named:
            self.exact.setdefault(name, []).append(row)
            if "@" in name:
                self.before_at.setdefault(name.partition("@")[0], []).append(row)
            if number := _WITH_WORD.fullmatch(name):
                self.by_number.setdefault(number[1], []).append(row)

    def numbered(self, student: str, alone: bool) -> list[int]:
        """Return the rows of the number that a platform has put behind a student's name.

        Args:
            student: our name, such as `Anna Abel_4711`.
            alone: whether the number stands there without a word, as Canvas has it, or behind one: Participant 4711.
        """
        number = _OUR_NUMBER.fullmatch(student)
        return (self.exact if alone else self.by_number).get(number[2], []) if number else []

    def rows_of(self, names: list[str]) -> list[int]:
        names = [name for name in names if name]
        for name in names:
            if name in self.exact:
                return self.exact[name]
        for name in names:
            rows = self.exact.get(name.partition("@")[0], []) if "@" in name else self.before_at.get(name, [])
            if rows:
                return rows
        return []


def _insist_on_one_each(sheet: Sheet, found: Matched) -> None:
    if found.twice:
        raise CannotGoOn(
            f"{sheet.path} has {', '.join(found.twice)} more than once in the column {found.column}. Choose another "
            "column with --match, or mend the file."
        )
    by_row: dict[int, list[str]] = {}
    for student, row in found.rows.items():
        by_row.setdefault(row, []).append(student)
    for row, students in by_row.items():
        if len(students) > 1:
            by_name = found.column == BY_NAME
            value = full_name(sheet, row) if by_name else sheet.value(row, sheet.header.index(found.column))
            raise CannotGoOn(
                f"{' and '.join(students)} are both the student {value} of {sheet.path}. Rename one of the two "
                "folders, or choose another column with --match."
            )


def _key(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip().casefold()
