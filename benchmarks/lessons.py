"""How long each lesson takes to run from top to bottom, kernel start included, one after another on this machine.

Run from the project's folder:

    .venv/bin/python -m benchmarks.lessons
"""

import sys
import time

import nbformat
from nbclient import NotebookClient

from grader.base.paths import NOTEBOOKS
from grader.lab.jupyter import keep_inside


def seconds(path: str) -> float:
    """Run a lesson and return the wall time."""
    notebook = nbformat.read(NOTEBOOKS / path, as_version=4)
    start = time.monotonic()
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(NOTEBOOKS)}}).execute()
    return time.monotonic() - start


def main() -> None:
    """Print a line for each lesson: its seconds and the limit it should keep on 2 cores."""
    keep_inside()
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        limit = 5 if path.name < "04" else 30
        print(f"{path.stem:<16} {seconds(path.name):5.1f} s of {limit}")


if __name__ == "__main__":
    sys.exit(main())
