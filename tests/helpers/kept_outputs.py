"""What the compared cells of a lesson put out. It stands beside the tests and not in the lesson: readers guess first.

    .venv/bin/python tests/helpers/kept_outputs.py 10-my-topic

runs a lesson and keeps anew what its cells with the tag nbval-check-output put out.
"""

import json
import sys
from pathlib import Path

import nbformat
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tests/lessons/outputs"
COMPARED = "nbval-check-output"


def kept_outputs(lesson: str) -> dict[str, list[NotebookNode]]:
    """Return the outputs of a lesson by cell; none for a notebook of which nothing is compared."""
    path = FOLDER / f"{lesson}.json"
    found = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return {id_: nbformat.from_dict(outputs) for id_, outputs in found.items()}


def kept_text(lesson: str, id_: str) -> str:
    """Return what a compared cell prints, or shows as its value."""
    return "".join(out.get("text", "") or out["data"]["text/plain"] for out in kept_outputs(lesson)[id_])


def compared_cells(notebook: NotebookNode) -> list[str]:
    """Return the ids of the cells of which the output is compared."""
    return [cell.id for cell in notebook.cells if COMPARED in cell.metadata.get("tags", [])]


def write_outputs(lesson: str, executed: NotebookNode) -> None:
    """Keep what the compared cells of an executed notebook have put out, without the numbers of the run."""
    compared = compared_cells(executed)
    outputs = {cell.id: [_plain(out) for out in cell.outputs] for cell in executed.cells if cell.id in compared}
    text = json.dumps(outputs, indent=1, ensure_ascii=False) + "\n"
    (FOLDER / f"{lesson}.json").write_text(text, "utf-8")


def _plain(output: NotebookNode) -> NotebookNode:
    if "execution_count" in output:
        return NotebookNode({**output, "execution_count": None})
    return output


def run(lesson: str) -> NotebookNode:
    """Return the lesson, executed."""
    from nbclient import NotebookClient

    notebook = nbformat.read(ROOT / f"notebooks/{lesson}.ipynb", as_version=4)
    return NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(ROOT / "notebooks")}}).execute()


if __name__ == "__main__":
    for name in sys.argv[1:]:
        write_outputs(name, run(name))
