"""How notebooks and their cells are named, and a notebook file read as plain JSON."""

import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grader.base.errors import CannotGoOn

TEST = "test-"
SLIPS = ("timestamp.txt", "submission_secret.txt")  # nbgrader's: when it was handed in, who may fetch its feedback

MOST_BESIDE = 20_000_000  # bytes of files that lie beside a notebook: each submission is given them


def notebook_path(folder: Path, exercise: str) -> Path:
    """Return the path of an exercise's notebook in its folder, which may be a student's: FOLDER/NAME/NAME.ipynb."""
    return folder / exercise / f"{exercise}.ipynb"


def cell_id(answer: str) -> str:
    """Return the id of an answer's cell, which is its grade_id, too: predict_class -> predict-class."""
    return answer.replace("_", "-")


def answer_cell(test: str) -> str:
    """Return the id of the cell that a test cell belongs to: test-predict-class -> predict-class."""
    return test.removeprefix(TEST)


def answer_name(test: str) -> str:
    """Return the name of the answer that a test cell belongs to: test-predict-class -> predict_class."""
    return answer_cell(test).replace("-", "_")


def cells_of(path: Path) -> Iterator[tuple[str, str]]:
    """Yield id and source of a notebook's cells; JSON is enough, and nbformat takes half a second to import."""
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        yield cell["id"], "".join(cell["source"])


def give_ids(notebook: Any) -> None:
    """Give the cells of a notebook of an earlier format ids, the same at every reading: the grade_id or the number."""
    taken = {cell["id"] for cell in notebook["cells"] if "id" in cell}
    for number, cell in enumerate(notebook["cells"]):
        if "id" not in cell:
            grade_id = str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))
            wanted = re.sub("[^a-zA-Z0-9_-]", "-", grade_id)[:50] or f"cell-{number}"
            free = (wanted + f"-{times}" * bool(times) for times in itertools.count())
            cell["id"] = next(name for name in free if name not in taken)
            taken.add(cell["id"])
    notebook["nbformat_minor"] = max(notebook["nbformat_minor"], 5)


def files_beside(notebook: Path) -> dict[str, bytes]:
    """Return the files that lie beside a notebook and below, by their ways; no notebooks, and nothing hidden.

    Raises:
        CannotGoOn: together they are too large to be given to every submission.
    """
    folder = notebook.parent
    ways = {path: path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file()}
    kept = {path: way for path, way in ways.items() if path.suffix not in (".ipynb", ".pyc") and not _is_hidden(way)}
    if sum(path.stat().st_size for path in kept) > MOST_BESIDE:
        raise CannotGoOn(
            f"The files beside {notebook.name} have more than {MOST_BESIDE:,} bytes, too many for each submission to "
            "be given them. Make them smaller, or move what students do not need to another folder."
        )
    return {way.as_posix(): path.read_bytes() for path, way in kept.items()}


def _is_hidden(way: Path) -> bool:
    return any(part.startswith(".") or part == "autotests.yml" for part in way.parts)
