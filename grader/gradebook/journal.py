"""Which submissions have been graded, so that a run goes on where it was and does nothing twice."""

import errno
import hashlib
import json
import os
from pathlib import Path

from grader.base.paths import BUILD
from grader.judging.results import Result
from grader.judging.version import content_hash


def last_results(exercise: str, folder: Path = BUILD / "journal") -> dict[str, Result]:
    """Return by student the result of the submission that was graded last, whatever has changed since."""
    entries = _entries(_text(folder / f"{exercise}.jsonl"))
    return {student: result for student, (_, result) in entries.items()}


def _text(path: Path) -> str:
    return path.read_text("utf-8", errors="replace") if path.exists() else ""


def _entries(text: str) -> dict[str, tuple[str, Result]]:
    """Return key and result of the last line of each student; a line that was cut off is as if it were not there."""
    found = {}
    for line in text.splitlines():
        try:
            entry = json.loads(line)
            found[entry["student"]] = (entry["key"], Result.from_data(entry["result"]))
        except (ValueError, KeyError, TypeError):
            continue
    return found


class Journal:
    """One line for each graded submission, written when its marks are in the gradebook.

    Attributes:
        path: the file; whoever removes it has everything graded again.
    """

    def __init__(self, exercise: str, folder: Path = BUILD / "journal", gradebook: str = "", seed: str = "") -> None:
        """Read what an earlier run has left.

        Args:
            exercise: the exercise.
            folder: where the journals are.
            gradebook: tells the gradebook from others, and its terms for late work; what stands in one does not stand
                in another.
            seed: tells the class's secret seed from others; "" where there is none.
        """
        self.path = folder / f"{exercise}.jsonl"
        self._version = content_hash(exercise) + gradebook + seed
        text = _text(self.path)
        self._start = "\n" if text and not text.endswith("\n") else ""  # no new line is glued to one that was cut off
        self._done = _entries(text)

    def key(self, digest: str) -> str:
        """Return what the result of a submission of this digest follows from: it, the exercise and the grader."""
        return hashlib.sha256(f"{self._version}{digest}".encode()).hexdigest()

    def done(self, student: str, key: str) -> Result | None:
        """Return the result that the submission of this key has got, or None."""
        then, result = self._done.get(student, ("", None))
        return result if key == then else None

    def enter(self, result: Result, key: str) -> None:
        """Note a submission whose marks are written; the line is on the disk when this returns.

        Args:
            result: what was found.
            key: of what was judged. One that was edited meanwhile has another, and is judged again by the next run.

        Raises:
            OSError: the line cannot be written.
        """
        self._done[result.student] = (key, result)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        line = json.dumps({"student": result.student, "key": key, "result": result.as_data()})
        self._append(f"{self._start}{line}\n".encode())
        self._start = ""

    def _append(self, line: bytes) -> None:
        """Append in a single call, so that the lines of two graders at once stay whole."""
        file = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            if os.write(file, line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path))
            os.fsync(file)
        finally:
            os.close(file)
