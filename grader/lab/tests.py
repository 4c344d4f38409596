"""Every test of the course in one run: lint, format and types, then pytest over tests/ and the notebooks."""

import os
import subprocess
import sys

from grader.base.paths import ROOT

STEPS = [["ruff", "check", "--quiet", "."], ["ruff", "format", "--check", "--quiet", "."], ["mypy"]]
# each file on one of a few processes; more than four would need more memory than they save time
SIDE_BY_SIDE = ["-n", str(min(4, os.cpu_count() or 1)), "--dist", "loadfile"]
NOTEBOOKS = ["--nbval-lax", "--nbval-cell-timeout=120", "notebooks", "solutions"]


def run_tests(arguments: list[str]) -> int:
    """Return the exit status of the first step that fails, or 0.

    Args:
        arguments: for pytest, in place of the whole suite.
    """
    steps = [*STEPS, ["pytest", *(arguments or [*SIDE_BY_SIDE, "tests", *NOTEBOOKS])]]
    for step in steps:
        status = subprocess.call([sys.executable, "-m", *step], cwd=ROOT)
        if status:
            return status
    return 0
