"""A CSV file of the teacher's, in which single cells can be replaced and every other byte stays as it was."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from grader.base.errors import CannotGoOn

LARGEST = 100_000_000  # bytes; a gradebook of ten thousand students and a hundred columns has some five millions
_BOM = "\ufeff"


@dataclass(frozen=True)
class Cell:
    """One cell: its value, and the place of its text, quotes included, in the file."""

    value: str
    start: int
    end: int


@dataclass
class Sheet:
    """The rows of a file, and what shall be replaced in it.

    Attributes:
        path: the file.
        text: what it holds.
        separator: the character between two cells.
        rows: its cells; rows may have different lengths.
    """

    path: Path
    text: str
    separator: str
    rows: list[list[Cell]]
    _new: dict[Cell, str] = field(default_factory=dict)

    @property
    def header(self) -> list[str]:
        """The values of the first row, without spaces around them."""
        return [cell.value.strip() for cell in self.rows[0]]

    def value(self, row: int, column: int) -> str:
        """Return a cell's value; "" where the row is too short."""
        return self.rows[row][column].value if column < len(self.rows[row]) else ""

    def has(self, row: int, column: int) -> bool:
        """Return whether a row is long enough to have that cell."""
        return column < len(self.rows[row])

    def replace(self, row: int, column: int, value: str) -> None:
        """Have a cell's value replaced; it keeps its quotes, and gets them where it needs them."""
        cell = self.rows[row][column]
        quoted = self.text.startswith('"', cell.start) or any(sign in value for sign in (self.separator, '"', "\n"))
        self._new[cell] = '"' + value.replace('"', '""') + '"' if quoted else value

    def result(self) -> bytes:
        """Return the file's bytes with the cells that were replaced."""
        parts, done = [], 0
        for cell in sorted(self._new, key=lambda cell: cell.start):
            parts += [self.text[done : cell.start], self._new[cell]]
            done = cell.end
        return "".join([*parts, self.text[done:]]).encode("utf-8")


def read(path: Path) -> Sheet:
    """Return a CSV file, separated by commas, semicolons or tabs: the one that makes the most of its first line.

    Raises:
        CannotGoOn: it cannot be read, is not UTF-8, or its quotes do not fit.
    """
    text = _text(path)
    separator = max(",;\t", key=lambda each: len(_first_row(text, each)))
    rows = parse(text, separator)
    if rows is None:
        raise CannotGoOn(f"{path} is no well-formed CSV: a quote is not closed, or text follows one. Export it again.")
    if not rows:
        raise CannotGoOn(f"{path} is empty. Export it again.")
    return Sheet(path, text, separator, rows)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise CannotGoOn(f"{path} is larger than {LARGEST // 1_000_000} MB, so it is no list of marks.")
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise CannotGoOn(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise CannotGoOn(
            f"{path} is not written in UTF-8. Use the file as it was exported; a spreadsheet can save it as "
            '"CSV UTF-8".'
        ) from error


def _first_row(text: str, separator: str) -> list[Cell]:
    rows = parse(text, separator, most=1)
    return rows[0] if rows else []


def parse(text: str, separator: str, most: int | None = None) -> list[list[Cell]] | None:
    """Return the rows of a CSV text with the places of their cells, or None when its quotes do not fit.

    Lines end with CR LF, LF or CR; an empty line is no row. The values are those of Python's csv module.

    Args:
        text: what the file holds; a byte order mark belongs to no cell.
        separator: one character.
        most: how many rows to read.
    """
    cell = re.compile(rf'(?:"((?:[^"]|"")*)"|([^"\r\n{separator}][^\r\n{separator}]*)|())(\r\n|[\r\n{separator}]|\Z)')
    rows: list[list[Cell]] = []
    row: list[Cell] = []
    at = len(_BOM) if text.startswith(_BOM) else 0
    while at < len(text) or row:
        found = cell.match(text, at)
        if not found:
            return None
        quoted, plain, _, ended = found.groups()
        row.append(Cell(quoted.replace('""', '"') if quoted is not None else plain or "", at, found.end() - len(ended)))
        at = found.end()
        if ended != separator:
            if len(row) > 1 or found.end() - len(ended) > row[0].start:
                rows.append(row)
            row = []
        if most is not None and len(rows) >= most:
            break
    return rows
