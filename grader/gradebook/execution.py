"""How submissions are run on this system: by the judge and a sandbox, or for trusted work by nbgrader's own kernel."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from nbformat import NotebookNode

from grader.answers.verdict import MIME
from grader.base.files import write_files
from grader.gradebook.release import course_directory
from grader.judging.execution import Execute, Run, insist_on_a_sandbox, needs_keras, run_on
from grader.judging.exercise import Exercise, grading_metadata


@contextlib.contextmanager
def execution(exercise: Exercise, workers: int, trust: bool) -> Iterator[Execute]:
    """Yield what runs submissions to an exercise, several at once.

    Args:
        exercise: whose tests the judge runs.
        workers: how many submissions are run at once.
        trust: run them without a sandbox, with the rights of the caller; tests that are none of the course's checks
            run in one kernel with the submission, as stock nbgrader runs them.

    Raises:
        CannotGoOn: this system cannot confine strangers' code, and it is not trusted.
    """
    if not workers:
        yield lambda *_: Run()  # nothing is to be run
        return
    if trust and (sys.platform != "linux" or exercise.has_own_tests):
        run = kernel_execution(exercise)
        yield run if sys.platform != "linux" else lambda notebook, _="": run(notebook)
        return
    if not trust:
        insist_on_a_sandbox()
    from grader.judging.workers.pool import pool

    with pool(workers, needs_keras(exercise), trust) as opened:
        yield run_on(opened, exercise)


def kernel_execution(exercise: Exercise) -> Execute:
    """Return nbgrader's execution, set as nbgrader_config.py sets it, in a folder of its own for each notebook."""
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

    def execute(notebook: NotebookNode, personal_key: str = "") -> Run:
        assert not personal_key, "it would be read where the tests run beside the submitted code"
        stopped = ""
        with TemporaryDirectory() as folder:
            write_files(Path(folder), exercise.files)
            try:
                executor = Executor(config=config, kernel_manager_class=QuietKernels)
                executor.preprocess(notebook, {"metadata": {"path": folder}})
            except DeadKernelError:
                stopped = "The code ended the Python process before all answers were checked."
            except (CellTimeoutError, RuntimeError, OSError) as error:
                stopped = f"The run stopped before all answers were checked: {str(error).splitlines()[0]}"
        return Run(stopped, _displayed(notebook))

    return execute


def _displayed(notebook: NotebookNode) -> dict[str, dict[str, Any]]:
    """Take the verdicts out of what the test cells displayed: a kernel has no other way to tell them."""
    verdicts = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if MIME in output.get("data", {}):
                verdicts[str(grading_metadata(cell).get("grade_id"))] = output.data.pop(MIME)
    return verdicts
