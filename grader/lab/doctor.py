"""What of the installed course works, and how to mend what does not."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from grader.base.paths import ROOT, lesson_files

REINSTALL = "delete the folder .venv and run: python3 course.py lab"
EXTENSIONS = ["formgrader", "validate_assignment", "assignment_list", "course_list"]


def tensorflow() -> str:
    """Return the versions of TensorFlow and Keras, imported in a process of their own."""
    code = "import keras, tensorflow; print('TensorFlow', tensorflow.__version__, 'with Keras', keras.__version__)"
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip()


def kernel() -> str:
    """Return which Python the notebooks' kernel starts; notebooks and grading use the one named python3."""
    from jupyter_client.kernelspec import KernelSpecManager

    argv = KernelSpecManager().get_kernel_spec("python3").argv
    if Path(argv[0]).name.startswith("python") and Path(argv[0]).is_absolute() and argv[0] != sys.executable:
        raise RuntimeError(f"the kernel python3 starts {argv[0]}")
    return "python3 starts this environment"


def nbgrader_extensions() -> str:
    """Return that JupyterLab will show nbgrader's buttons."""
    enabled: set[str] = set()
    for file in Path(sys.prefix, "etc/jupyter/jupyter_server_config.d").glob("*.json"):
        enabled |= set(json.loads(file.read_text("utf-8")).get("ServerApp", {}).get("jpserver_extensions", {}))
    missing = [name for name in EXTENSIONS if f"nbgrader.server_extensions.{name}" not in enabled]
    front = Path(sys.prefix, "share/jupyter/labextensions/@jupyter/nbgrader/package.json")
    if missing or not front.exists():
        raise RuntimeError(f"not enabled: {', '.join(missing) or 'the JupyterLab extension'}")
    return "enabled in this environment"


def notebooks() -> str:
    """Return how many lessons and exercises there are."""
    lessons, exercises = lesson_files(), list(ROOT.glob("exercises/*/*.ipynb"))
    if not lessons or not exercises:
        raise RuntimeError("the lessons or exercises are missing")
    return f"{len(lessons)} lessons, {len(exercises)} exercises"


def secret_seed() -> str:
    """Return that hidden tests have personal inputs, "" where they have not."""
    from grader.gradebook.seed import IN_USE, read_seed

    return IN_USE.removesuffix(".") if read_seed() else ""


EXAMINATIONS: list[tuple[str, Callable[[], str], str]] = [
    ("TensorFlow", tensorflow, REINSTALL),
    ("Kernel", kernel, REINSTALL),
    ("nbgrader", nbgrader_extensions, REINSTALL),
    ("Course", notebooks, "clone or unpack the course again"),
    ("Seed", secret_seed, "do that, or take it away: python3 course.py release --no-seed"),
]


def examine(*names: str) -> int:
    """Print one line for each thing that must work, or is in use; return 1 when one does not.

    Args:
        names: what to look at; everything when left out.
    """
    status = 0
    for name, examination, mend in EXAMINATIONS:
        if names and name not in names:
            continue
        try:
            if told := examination():
                print(f"{name:<12} {told}")
        except Exception as error:  # whatever is broken, the doctor goes on and says how to mend it
            status = 1
            print(f"{name:<12} {_words(error)}. To mend it, {mend}.")
    return status


def _words(error: Exception) -> str:
    text = getattr(error, "stderr", None) or str(error) or type(error).__name__
    return text.strip().splitlines()[-1].rstrip(".")
