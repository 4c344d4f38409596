"""Running a prepared notebook: by the judge and a sandboxed process, or for trusted work by nbgrader's kernel."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from tempfile import TemporaryDirectory

from nbformat import NotebookNode

from grader.errors import CannotGoOn
from grader.judging.exercise import Exercise
from grader.judging.judge import job_of
from grader.release import course_directory

# Runs the notebook's cells in place, outputs included; returns "" or one sentence on what stopped it.
Execute = Callable[[NotebookNode], str]


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
        yield lambda notebook: ""  # nothing is to be run
        return
    if sys.platform != "linux" and trust:
        yield nbgrader_execution()
        return
    if not trust:
        _insist_on_a_sandbox()
    from grader.judging.pool import pool

    tests = set(exercise.tests)
    keras = any("keras" in cell.source for cell in exercise.notebook.cells if cell.cell_type == "code")
    with pool(workers, keras, trust) as opened:
        yield lambda notebook: opened.execute(notebook, job_of(notebook, tests))


def _insist_on_a_sandbox() -> None:
    lacking = [f"it runs {sys.platform}, and the sandbox is made of Linux's parts"]
    if sys.platform == "linux":
        from grader.judging.sandbox import missing

        lacking = missing()
    if lacking:
        raise CannotGoOn(
            f"This system cannot confine submitted code: {'; '.join(lacking)}. Grade on a Linux machine that can, or, "
            "if you trust everybody who handed in, run the command again with --trust-submissions."
        )


def nbgrader_execution() -> Execute:
    """Return nbgrader's execution, set as nbgrader_config.py sets it, in an empty folder for each notebook."""
    from jupyter_client.manager import AsyncKernelManager
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from nbgrader.preprocessors import Execute as Executor

    class QuietKernels(AsyncKernelManager):
        """Kernels whose own standard error, TensorFlow's start-up lines among it, reaches no terminal."""

        async def start_kernel(self, **settings: object) -> None:  # type: ignore[override]  # it is a coroutine
            await super().start_kernel(**settings, stderr=subprocess.DEVNULL)

    config = course_directory().config
    config.Execute.extra_arguments = ["--HistoryManager.hist_file=:memory:", "--IPKernelApp.log_level=ERROR"]
    os.environ["NBGRADER_EXECUTION"] = "autograde"

    def execute(notebook: NotebookNode) -> str:
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
