"""Many submissions of a NumPy exercise through the batch: is memory flat, time linear, the database a small part?

The class is generated (right, wrong in known ways, broken; see tests/classes.py) and really graded, by the code of
`grader grade` in this process, so that its parts can be timed. What is found is compared with what was generated. Run
from the project's folder:

    .venv/bin/python -m benchmarks.scale 10000
"""

import itertools
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

NAME = "01-activations"
STEPS = 10  # lines of the table


class Clock:
    """Adds up the time that is spent within some functions."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.depth = 0

    def of(self, function: Callable) -> Callable:
        """Return the function with its time taken; calls within it are not taken twice."""

        def timed(*arguments: object, **settings: object) -> object:
            began, self.depth = time.perf_counter(), self.depth + 1
            try:
                return function(*arguments, **settings)
            finally:
                self.depth -= 1
                self.seconds += 0 if self.depth else time.perf_counter() - began

        return timed


def megabytes(folder: Path) -> float:
    """Return what the files of a folder hold, in MB."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


def graded(folder: Path, count: int) -> Iterator[tuple[int, float, float, float, float]]:
    """Grade a generated class and yield, after each part of it, what was used for it and the memory there is.

    Yields:
        the number of submissions so far; for the part: seconds, share of them in writing results (files, marks and
        journal), share in the marks alone; MB of all processes.
    """
    from sqlalchemy.orm import Session

    from benchmarks.grading import family, proportional_set_size
    from grader.gradebook import Writer
    from grader.grading import grade
    from tests.classes import make_class

    made = make_class(folder / "in", count)
    writing, marks = Clock(), Clock()
    timed = [(Writer, "write", writing)]
    timed += [(Writer, name, marks) for name in ("_enter", "_save_scores")] + [(Session, "commit", marks)]
    patches = [mock.patch.object(owner, name, clock.of(getattr(owner, name))) for owner, name, clock in timed]
    for patch in patches:
        patch.start()
    results = grade(NAME, folder / "in")
    done, began = 0, time.perf_counter()
    while part := list(itertools.islice(results, max(1, count // STEPS))):
        seconds, done = time.perf_counter() - began, done + len(part)
        for result in part:
            expected = made.expected[result.student]
            assert (result.status, result.score) == (expected.status, expected.score), result
        memory = sum(map(proportional_set_size, family(os.getpid())))
        yield done, seconds, writing.seconds / seconds, marks.seconds / seconds, memory
        writing.seconds = marks.seconds = 0.0
        began = time.perf_counter()
    for patch in patches:
        patch.stop()


def main() -> None:
    """Grade a class of the size that is asked for and print a table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["LOGIT_LAB_BUILD"] = str(folder / "build")
        from grader.jupyter import keep_inside
        from grader.startup import without_grammars

        keep_inside()
        without_grammars()
        print("submissions   a minute   writing   marks   memory of all processes")
        spent = 0.0
        for done, seconds, writing, marks, memory in graded(folder, count):
            rate = 60 * max(1, count // STEPS) / seconds
            print(f"{done:>11} {rate:>10.0f} {writing:>9.1%} {marks:>7.1%} {memory:>16.0f} MB", flush=True)
            spent += seconds
        kilobytes = 1000 * megabytes(folder / "build") / count
        database = 1000 * (folder / "build" / "gradebook.db").stat().st_size / 1e6 / count
        print(f"{count} in {spent:.0f} s: {60 * count / spent:.0f} a minute on {os.cpu_count()} cores")
        print(f"left on the disk: {kilobytes:.0f} kB a submission, {database:.1f} of them in the gradebook")


if __name__ == "__main__":
    main()
