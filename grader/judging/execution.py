"""Running a prepared notebook: by the judge and a sandboxed process, or for trusted work by nbgrader's kernel."""

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Protocol

from nbformat import NotebookNode

from grader.errors import CannotGoOn
from grader.judging.exercise import Exercise
from grader.judging.judge import job_of
from grader.paths import ROOT
from grader.release import course_directory

if TYPE_CHECKING:
    from grader.judging.pool import Pool


class Execute(Protocol):
    """Runs a notebook's cells in place, outputs included; returns "" or one sentence on what stopped it."""

    def __call__(self, notebook: NotebookNode, number: str = "", /) -> str:
        """Run it, the tests with a student's number where there is one; see grader.seed."""


@contextlib.contextmanager
def execution(exercise: Exercise, workers: int, trust: bool) -> Iterator[Execute]:
    """Yield what runs submissions to an exercise, several at once.

    Args:
        exercise: whose tests the judge runs.
        workers: how many submissions are run at once.
        trust: run them without a sandbox, with the rights of the caller.

    Raises:
        CannotGoOn: this system cannot confine strangers' code, and it is not trusted.
    """
    if not workers:
        yield lambda *_: ""  # nothing is to be run
        return
    if sys.platform != "linux" and trust:
        yield nbgrader_execution()
        return
    if not trust:
        insist_on_a_sandbox()
    from grader.judging.pool import pool

    with pool(workers, needs_keras(exercise), trust) as opened:
        yield run_on(opened, exercise)


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
        from grader.judging.sandbox import missing

        return missing()
    code = "import json; from grader.judging.sandbox import missing; print(json.dumps(missing()))"
    tried = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    return json.loads(tried.stdout) if tried.returncode == 0 else ["the trial of the sandbox stopped"]


def nbgrader_execution() -> Execute:
    """Return nbgrader's execution, set as nbgrader_config.py sets it, in an empty folder for each notebook."""
    from jupyter_client.manager import AsyncKernelManager
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from nbgrader.preprocessors import Execute as Executor

    class QuietKernels(AsyncKernelManager):
        """Kernels whose own standard error, TensorFlow's start-up lines among it, reaches no terminal."""

        async def start_kernel(self, **settings: object) -> None:  # type: ignore[override]  # it is a coroutine
            settings["env"] = {**os.environ, "NBGRADER_EXECUTION": "autograde"}  # to nobody else
            await super().start_kernel(**settings, stderr=subprocess.DEVNULL)

    config = course_directory().config
    config.Execute.extra_arguments = ["--HistoryManager.hist_file=:memory:", "--IPKernelApp.log_level=ERROR"]

    def execute(notebook: NotebookNode, number: str = "") -> str:
        assert not number, "it would be read where the tests run beside the submitted code"
        with TemporaryDirectory() as folder:
            try:
                executor = Executor(config=config, kernel_manager_class=QuietKernels)
                executor.preprocess(notebook, {"metadata": {"path": folder}})
            except DeadKernelError:
                return "The code ended the Python process before all answers were checked."
            except (CellTimeoutError, RuntimeError, OSError) as error:
                return f"The run stopped before all answers were checked: {str(error).splitlines()[0]}"
        return ""

    return execute
