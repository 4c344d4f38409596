"""Running a prepared notebook: by the judge and a sandboxed process, both forked from a warm template."""

import json
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Protocol

from nbformat import NotebookNode

from grader.base.errors import CannotGoOn
from grader.base.paths import ROOT
from grader.judging.exercise import Exercise
from grader.judging.judge.judge import job_of

if TYPE_CHECKING:
    from grader.judging.workers.pool import Pool


class Execute(Protocol):
    """Runs a notebook's cells in place, outputs included; returns "" or one sentence on what stopped it."""

    def __call__(self, notebook: NotebookNode, number: str = "", /) -> str:
        """Run it, the tests with a student's number where there is one; see grader.gradebook.seed."""


def run_on(pool: "Pool", exercise: Exercise) -> Execute:
    """Return what runs submissions to an exercise on a pool of warm workers."""
    tests = set(exercise.tests)
    return lambda notebook, number="": pool.execute(notebook, job_of(notebook, tests, number))


def needs_keras(exercise: Exercise) -> bool:
    """Return whether the exercise is about Keras, which is then imported before any submission comes."""
    return any("keras" in cell.source for cell in exercise.notebook.cells if cell.cell_type == "code")


def insist_on_a_sandbox() -> None:
    """Raise CannotGoOn, with what is lacking, where this system cannot confine strangers' code."""
    lacking = [f"it runs {sys.platform}, and the sandbox is made of Linux's parts"]
    if sys.platform == "linux":
        lacking = _lacking_on_linux()
    if lacking:
        raise CannotGoOn(
            f"This system cannot confine submitted code: {'; '.join(lacking)}. Grade on a Linux machine that can, or, "
            "if you trust everybody who handed in, run the command again with --trust-submissions."
        )


def _lacking_on_linux() -> list[str]:
    """Return what the sandbox lacks; where this process has several threads, another one finds out."""
    if threading.active_count() == 1:
        from grader.judging.sandbox.enter import missing

        return missing()
    code = "import json; from grader.judging.sandbox.enter import missing; print(json.dumps(missing()))"
    tried = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    return json.loads(tried.stdout) if tried.returncode == 0 else ["the trial of the sandbox stopped"]
