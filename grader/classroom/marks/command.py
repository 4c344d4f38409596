"""`grader export`: from the class's gradebook to a file, written whole or not at all."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from grader.base.errors import CannotGoOn
from grader.base.files import replace_whole
from grader.base.paths import BUILD
from grader.classroom.marks import canvas, moodle
from grader.classroom.marks.notes import Filled
from grader.classroom.marks.table import table, waiting
from grader.classroom.record import class_gradebook, only_exercise, submissions_to
from grader.gradebook.address import gradebook_address
from grader.gradebook.faults import errors_as_sentences

if TYPE_CHECKING:
    from nbgrader.api import Gradebook


@dataclass(frozen=True)
class Wanted:
    """What is to be made; see the command's help.

    Attributes:
        exercise: its name, or "" for the only one that has submissions.
        canvas: the teacher's Canvas file.
        worksheet: the teacher's Moodle worksheet.
        moodle: a file for Moodle's import.
        roster: the list with Moodle's own names for it, or None.
        column: the column that gets the marks.
        match: the column that names the students.
        scale: turn points into the platform's.
        out: where to write, or None for a file of build/marks/ with a name that says what it is.
    """

    exercise: str = ""
    canvas: Path | None = None
    worksheet: Path | None = None
    moodle: bool = False
    column: str = ""
    match: str = ""
    scale: bool = False
    out: Path | None = None
    roster: Path | None = None


def export(wanted: Wanted, gradebook: "Gradebook | None" = None) -> tuple[Path, list[str]]:
    """Write the marks.

    Args:
        wanted: what is to be made.
        gradebook: nbgrader's, when it is open already.

    Returns:
        The file, as an absolute path, and sentences for the teacher.

    Raises:
        CannotGoOn: no gradebook, no such exercise in it, a file that does not fit, or one that would be overwritten.
    """
    if sum((bool(wanted.canvas), bool(wanted.worksheet), wanted.moodle)) > 1:
        raise CannotGoOn("Choose one of --canvas, --moodle and --worksheet.")
    if wanted.roster and not wanted.moodle:
        raise CannotGoOn("--class gives the names for --moodle; write both, or none of them.")
    with errors_as_sentences(gradebook_address()):
        gradebook = gradebook or class_gradebook(wanted.exercise)
        name = wanted.exercise or only_exercise(gradebook)
        out = _target(wanted, name).absolute()
        filled = _fill(wanted, name, gradebook)
    _write(out, filled.content)
    return out, filled.notes


def _fill(wanted: Wanted, name: str, gradebook: "Gradebook") -> Filled:
    marks = submissions_to(name, gradebook)
    if wanted.canvas:
        filled = canvas.fill(wanted.canvas, name, marks, wanted.column, wanted.match, wanted.scale)
    elif wanted.worksheet:
        filled = moodle.fill(wanted.worksheet, marks, wanted.column, wanted.match, wanted.scale)
    elif wanted.moodle:
        filled = moodle.import_file(name, marks, wanted.match, wanted.roster)
    else:
        return table(marks)
    filled.notes += waiting(marks)
    return filled


def _target(wanted: Wanted, name: str) -> Path:
    source = wanted.canvas or wanted.worksheet
    if wanted.out:
        if source and wanted.out.exists() and source.exists() and wanted.out.samefile(source):
            raise CannotGoOn(f"{wanted.out} is the file that is read, and it stays as it is. Choose another --out.")
        return wanted.out
    file = f"{source.stem}-filled.csv" if source else f"{name}{'-moodle' * wanted.moodle}.csv"
    usual = BUILD / "marks" / file  # names and marks: no file for the folder of the course, which git looks after
    if usual.exists():
        raise CannotGoOn(f"{usual} is there already. To replace it, or for another name, give --out FILE.")
    return usual


def _write(path: Path, content: bytes) -> None:
    try:
        replace_whole(path, lambda part: part.write_bytes(content))
    except OSError as error:
        raise CannotGoOn(f"The marks cannot be written to {path}: {error.strerror}.") from error
