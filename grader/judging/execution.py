"""Running a prepared notebook. Here nbgrader's own execution does it, in one kernel without a sandbox."""

import os
import subprocess
from collections.abc import Callable
from tempfile import TemporaryDirectory

from nbformat import NotebookNode

from grader.release import course_directory

# Runs the notebook's cells in place, outputs included; returns "" or one sentence on what stopped it.
Execute = Callable[[NotebookNode], str]


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
