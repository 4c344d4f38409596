"""Which submissions have been graded, so that a run goes on where it was and does nothing twice."""

import hashlib
import json
import os
from pathlib import Path

from grader.judging.results import AnswerResult, Result
from grader.paths import BUILD, ROOT


def content_hash(exercise: str) -> str:
    """Return what grading depends on besides the submission: the exercise's source and the grader's own code."""
    files = [*sorted((ROOT / "grader").rglob("*.py")), ROOT / "solutions" / exercise / f"{exercise}.ipynb"]
    total = hashlib.sha256()
    for file in files:
        total.update(f"{file.relative_to(ROOT)}\0".encode())
        total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


class Journal:
    """One line for each graded submission, written when its marks are in the gradebook.

    Attributes:
        path: the file; whoever removes it has everything graded again.
    """

    def __init__(self, exercise: str, folder: Path = BUILD / "journal") -> None:
        """Read what an earlier run has left; a line that was cut off is as if it were not there."""
        self.path = folder / f"{exercise}.jsonl"
        self._version = content_hash(exercise)
        self._done: dict[str, tuple[str, Result]] = {}
        lines = self.path.read_text("utf-8").splitlines() if self.path.exists() else []
        for line in lines:
            try:
                entry = json.loads(line)
                self._done[entry["student"]] = (entry["key"], _result(entry["result"]))
            except (ValueError, KeyError, TypeError):
                continue

    def key(self, folder: Path) -> str:
        """Return what the result of a submission follows from: its files, the exercise and the grader."""
        total = hashlib.sha256(self._version.encode())
        for name in (f"{folder.name}.ipynb", "timestamp.txt"):
            try:
                file = folder / name
                total.update(b"-" if file.is_symlink() else file.read_bytes())
            except OSError:
                total.update(b"-")
        return total.hexdigest()

    def done(self, student: str, folder: Path) -> Result | None:
        """Return the result that this very submission has got, or None."""
        key, result = self._done.get(student, ("", None))
        return result if key == self.key(folder) else None

    def enter(self, result: Result, folder: Path) -> None:
        """Note a submission whose marks are written; the line is on the disk when this returns."""
        key = self.key(folder)
        self._done[result.student] = (key, result)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        line = json.dumps({"student": result.student, "key": key, "result": result.as_data()}, ensure_ascii=False)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())


def _result(data: dict[str, object]) -> Result:
    answers = [AnswerResult(**answer) for answer in data["answers"]]  # type: ignore[attr-defined]  # our own JSON
    return Result(str(data["student"]), data["status"], str(data["reason"]), answers)  # type: ignore[arg-type]
