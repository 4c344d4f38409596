"""The tests of the course: lint, format and types, then pytest over tests/ and, by nbval, the notebooks."""

import os
import subprocess
import sys

from grader.base.errors import CannotGoOn
from grader.base.paths import ROOT

LOOKS = [["ruff", "check", "--quiet", "."], ["ruff", "format", "--check", "--quiet", "."]]
TYPES = ["mypy"]  # on one core, beside the tests
# each file on one of a few processes; more than four would need more memory than they save time. The files keep their
# order: those of the browser, which take longest, start first, and at the end no core waits for the other.
SIDE_BY_SIDE = ["-n", str(min(4, os.cpu_count() or 1)), "--dist", "loadfile", "--no-loadscope-reorder"]
NOTEBOOKS = ["--nbval-lax", "--nbval-cell-timeout=120", "notebooks", "solutions"]
USUAL = ["pytest", *SIDE_BY_SIDE, "-m", "not slow", "tests", *NOTEBOOKS]
SLOW = ["pytest", *SIDE_BY_SIDE, "-m", "slow", "tests", *NOTEBOOKS]
QUICK = ["pytest", *SIDE_BY_SIDE, "-m", "quick and not slow"]


def run_tests(arguments: list[str], quick: bool = False, slow: bool = False) -> int:
    """Return the exit status of the first step that fails, or 0.

    Args:
        arguments: for pytest, in place of the usual tests; lint, format and types are looked at all the same.
        quick: the looks, and the tests that take no time.
        slow: the tests that take long by nature, and nothing else.

    Raises:
        CannotGoOn: two things are asked for at once.
    """
    if quick + slow + bool(arguments) > 1:
        raise CannotGoOn("Give one of --quick, --slow, and arguments for pytest.")
    if slow:
        return _run(SLOW)
    step = ["pytest", *arguments] if arguments else [*QUICK, *_quick_files()] if quick else USUAL
    for look in LOOKS:
        if status := _run(look):
            return status
    types = subprocess.Popen([sys.executable, "-m", *TYPES], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    status = _run(step)
    if types.poll() is None:
        print("Waiting for mypy, which looks at the types.", flush=True)
    told, _ = types.communicate()
    if types.returncode:
        print(told)
    return status or types.returncode


def _run(step: list[str]) -> int:
    return subprocess.call([sys.executable, "-m", *step], cwd=ROOT)


def _quick_files() -> list[str]:
    """Return the test files that hold quick tests: merely to import the others takes a while."""
    files = sorted((ROOT / "tests").glob("*/test_*.py"))
    return [str(file) for file in files if "pytest.mark.quick" in file.read_text("utf-8")]
