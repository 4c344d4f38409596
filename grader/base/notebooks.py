"""How notebooks and their cells are named, and a notebook file read as plain JSON."""

import json
from collections.abc import Iterator
from pathlib import Path

TEST = "test-"
SLIPS = ("timestamp.txt", "submission_secret.txt")  # nbgrader's: when it was handed in, who may fetch its feedback


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
