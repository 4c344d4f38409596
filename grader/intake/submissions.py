"""What a student has handed in, taken through the door: who, which bytes, when, and what was noticed."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import SpooledTemporaryFile

from grader.base.notebooks import SLIPS
from grader.intake.files import LARGEST, LARGEST_SLIP, Missing, Unreadable, file_pieces, open_below, read_below
from grader.intake.reader import Reader
from grader.intake.students import Student
from grader.intake.timestamps import read_timestamp, timestamp_text

TIMESTAMP, SECRET = SLIPS
IN_MEMORY = 200_000  # bytes of a notebook that are kept there until it is graded; of a larger one, a file on the disk
NO_TIME = (
    "The time in timestamp.txt cannot be read, so the submission counts as one without a time; it is written as "
    "2026-01-31 12:00:00 UTC."
)


@dataclass
class Submission:
    """One student's submission to an exercise.

    Attributes:
        student: whose it is.
        digest: tells its content from any other.
        notebook: the plain notebook, b"" where there is none; see grader.intake.plain.
        problem: why there is none, one sentence, or "".
        time: when it was handed in, in UTC and without a zone, or None.
        notes: what was noticed, a sentence each.
    """

    student: Student
    digest: str = ""
    notebook: bytes = b""
    problem: str = ""
    time: datetime | None = None
    notes: list[str] = field(default_factory=list)
    secret: bytes = b""
    _original: "SpooledTemporaryFile[bytes] | None" = None

    def files(self, name: str) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Yield name and content of each file that nbgrader's folders hold of it: the notebook as it was, the slips."""
        if self._original:
            self._original.seek(0)
            yield f"{name}.ipynb", iter(lambda: self._original.read(1_000_000) if self._original else b"", b"")
        for slip, content in self.slips().items():
            yield slip, iter([content])

    def slips(self) -> dict[str, bytes]:
        """Return nbgrader's small files, the time in a form that nbgrader reads."""
        found = {TIMESTAMP: timestamp_text(self.time).encode() if self.time else b"", SECRET: self.secret}
        return {name: content for name, content in found.items() if content}

    def close(self) -> None:
        """Forget the notebook as it was."""
        if self._original:
            self._original.close()


def fingerprint(submitted: Path, student: Student, exercise: str) -> str:
    """Return what tells the content of a submission from any other; nothing is kept of it."""
    if student.problem:
        return _digest(student.problem, None)
    notebook = hashlib.sha256()
    try:
        with open_below(submitted, *student.way(exercise)) as file:
            for piece in file_pieces(file, LARGEST):
                notebook.update(piece)
        state = notebook.hexdigest()
    except Unreadable as reason:
        state = str(reason)
    return _digest(state, _slip(submitted, student, exercise, TIMESTAMP))


def take(submitted: Path, student: Student, exercise: str, reader: Reader) -> Submission:
    """Return what a student has handed in; whatever it is, nothing is raised but for what is wrong with this machine.

    Args:
        submitted: the folder below which the students' notebooks lie.
        student: whose submission is taken.
        exercise: what they were given.
        reader: reads the notebook.

    Raises:
        OSError: there is no place to keep it.
    """
    if student.problem:
        return Submission(student, _digest(student.problem, None), problem=student.problem, notes=list(student.notes))
    found = Submission(student, notes=list(student.notes))
    state = _take_notebook(found, submitted, exercise, reader)
    slip = _slip(submitted, student, exercise, TIMESTAMP)
    found.digest = _digest(state, slip)
    found.secret = _slip(submitted, student, exercise, SECRET) or b""
    if slip is not None and slip.strip():
        try:
            found.time = read_timestamp(slip)
        except ValueError:
            found.notes.append(NO_TIME)
    return found


def _take_notebook(found: Submission, submitted: Path, exercise: str, reader: Reader) -> str:
    """Keep the file, and have it read; return what its digest follows from."""
    total, size = hashlib.sha256(), 0
    kept: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  # the submission closes it
    try:
        with open_below(submitted, *found.student.way(exercise)) as file:
            for piece in file_pieces(file, LARGEST):
                kept.write(piece)
                total.update(piece)
                size += len(piece)
    except Unreadable as reason:
        kept.close()
        found.problem = str(reason)
        return str(reason)
    found._original = kept
    kept.seek(0)
    try:
        found.notebook = reader.read(size, iter(lambda: kept.read(1_000_000), b""))
    except Unreadable as reason:
        found.problem = str(reason)
    return total.hexdigest()


def _slip(submitted: Path, student: Student, exercise: str, name: str) -> bytes | None:
    """Return a small file of nbgrader's, None where there is none; of one that cannot be read, what is no time."""
    if not student.has_folder:
        return None
    try:
        return read_below(submitted, *student.way(exercise)[:-1], name, most=LARGEST_SLIP)
    except Missing:
        return None
    except Unreadable as reason:
        return None if name == SECRET else f"? {reason}".encode()


def _digest(notebook: str, slip: bytes | None) -> str:
    return hashlib.sha256(f"{notebook} {'-' if slip is None else slip.hex()}".encode()).hexdigest()
