"""Many submissions of a NumPy exercise through the batch: is memory flat, time linear, the database a small part?

The class is generated (right, wrong in known ways, broken; see tests/helpers/made_classes.py) and really graded, by
the code of `course.py grade` in this process, so that its parts can be timed. What is found is compared with what was
generated. Run from the project's folder:

    .venv/bin/python -m benchmarks.scale 10000
"""

import contextlib
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
    """Adds up the processor time of this thread that is spent within some functions."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.depth = 0

    def of(self, function: Callable) -> Callable:
        """Return the function with its time taken; calls within it are not taken twice."""

        def timed(*arguments: object, **settings: object) -> object:
            began, self.depth = time.thread_time(), self.depth + 1
            try:
                return function(*arguments, **settings)
            finally:
                self.depth -= 1
                self.seconds += 0 if self.depth else time.thread_time() - began

        return timed


def timed() -> tuple[dict[str, Clock], contextlib.ExitStack]:
    """Return clocks of what happens to a result, and what stops them."""
    from sqlalchemy.engine.default import DefaultDialect

    from grader.gradebook.writer import Writer

    clocks = {name: Clock() for name in ("writing", "marks", "database")}
    measured = [(Writer, "write", "writing"), (Writer, "_enter", "marks"), (Writer, "_save_scores", "marks")]
    measured += [(DefaultDialect, f"do_{what}", "database") for what in ("execute", "executemany", "commit")]
    stack = contextlib.ExitStack()
    for owner, name, clock in measured:
        stack.enter_context(mock.patch.object(owner, name, clocks[clock].of(getattr(owner, name))))
    return clocks, stack


def megabytes(folder: Path) -> float:
    """Return what the files of a folder hold, in MB."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


def processor_time(pids: list[int]) -> float:
    """Return the seconds that processes have computed, with those of their children that have ended."""
    fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15] for pid in pids]
    return sum(int(field) for each in fields for field in each) / os.sysconf("SC_CLK_TCK")


def graded(folder: Path, count: int) -> Iterator[tuple[int, float, dict[str, float], float]]:
    """Grade a generated class.

    Yields:
        After each part: how many are graded so far, the seconds that it took, the share of the processor time that went
        into writing results (files, marks, journal), into nbgrader's code for the marks, and into the database itself
        (statements and commits), and the memory of all processes in MB.
    """
    from benchmarks.grading import family, proportional_set_size
    from grader.gradebook.grading import grade
    from tests.helpers.made_classes import make_class

    made = make_class(folder / "in", count)
    clocks, stack = timed()
    with stack:
        results, done = grade(NAME, folder / "in"), 0
        began, used = time.perf_counter(), 0.0
        while part := list(itertools.islice(results, max(1, count // STEPS))):
            seconds, done = time.perf_counter() - began, done + len(part)
            ours = family(os.getpid())
            cpu, used = processor_time(ours) - used, processor_time(ours)
            for result in part:
                expected = made.expected[result.student]
                assert (result.status, result.score) == (expected.status, expected.score), result
            shares = {name: clock.seconds / cpu for name, clock in clocks.items()}
            yield done, seconds, shares, sum(map(proportional_set_size, ours))
            for clock in clocks.values():
                clock.seconds = 0.0
            began = time.perf_counter()


def main() -> None:
    """Grade a class of the size that is asked for and print a table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["LOGIT_LAB_BUILD"] = str(folder / "build")
        from grader.gradebook.fast_start import without_grammars
        from grader.lab.jupyter import keep_inside

        keep_inside()
        without_grammars()
        print("submissions   a minute   of the processor time: writing   marks   database   memory of all processes")
        spent, before = 0.0, 0
        for done, seconds, shares, memory in graded(folder, count):
            parts = "".join(f"{share:>10.1%}" for share in shares.values())
            print(f"{done:>11} {60 * (done - before) / seconds:>10.0f} {parts:>48} {memory:>16.0f} MB", flush=True)
            spent, before = spent + seconds, done
        kilobytes = 1000 * megabytes(folder / "build") / count
        database = 1000 * (folder / "build" / "gradebook.db").stat().st_size / 1e6 / count
        print(f"{count} in {spent:.0f} s: {60 * count / spent:.0f} a minute on {os.cpu_count()} cores")
        print(f"left on the disk: {kilobytes:.0f} kB a submission, {database:.1f} of them in the gradebook")


if __name__ == "__main__":
    main()
