"""Every test of the course in one run: lint, format and types, then pytest over tests/ and the notebooks."""

import subprocess
import sys

from grader.paths import ROOT

STEPS = [["ruff", "check", "--quiet", "."], ["ruff", "format", "--check", "--quiet", "."], ["mypy"]]
NOTEBOOKS = ["--nbval-lax", "--nbval-cell-timeout=120", "notebooks", "solutions"]


def run_tests(arguments: list[str]) -> int:
    """Return the exit status of the first step that fails, or 0.

    Args:
        arguments: for pytest, in place of the whole suite.
    """
    steps = [*STEPS, ["pytest", *(arguments or ["tests", *NOTEBOOKS])]]
    for step in steps:
        status = subprocess.call([sys.executable, "-m", *step], cwd=ROOT)
        if status:
            return status
    return 0
