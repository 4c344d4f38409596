"""A submitted notebook made ready: the learner's code, with the test cells of solutions/ at their places.

Whatever a submission says of locked cells, tests among them, of points, tags or outputs is not read: they are the
source's.
"""

import itertools
import json
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from grader.judging.exercise import Exercise, grading_metadata

Cell = dict[str, Any]  # of a plain notebook, or of the exercise


def prepare_notebook(plain: bytes, exercise: Exercise) -> NotebookNode:
    """Return the notebook to execute.

    Args:
        plain: what was submitted, as a plain notebook; see grader.intake.plain.
        exercise: where the test cells come from.
    """
    cells: list[Cell] = json.loads(plain)["cells"]
    placed = [_own(cell, exercise) for cell in _with_locked(cells, exercise)]
    notebook = new_notebook(cells=_uniquely_named(placed), metadata=exercise.notebook.metadata)
    notebook.nbformat_minor = 5
    return notebook


def exercise_cell(cell: Cell, exercise: Exercise) -> str:
    """Return which of the exercise's cells this one is, by nbgrader's metadata or else by its id, or ""."""
    for name in (grading_metadata(cell).get("grade_id"), cell.get("id")):
        if isinstance(name, str) and name in exercise.cells:
            return name
    return ""


def _with_locked(cells: list[Cell], exercise: Exercise) -> list[Cell]:
    """Return the cells with every locked cell once: where the learner has it last, else behind what it follows."""
    named = [(exercise_cell(cell, exercise), cell) for cell in cells]
    last = dict(named)
    kept = [(name, cell) for name, cell in named if name not in exercise.locked or cell is last[name]]
    order = list(exercise.cells)
    for locked in exercise.locked:
        if locked not in last:
            before = order[: order.index(locked)]
            others = len(kept) if locked in exercise.tests else 0
            place = max((i + 1 for i, (name, _) in enumerate(kept) if name in before), default=others)
            kept.insert(place, (locked, exercise.locked[locked]))
    return [cell for _, cell in kept]


def _own(cell: Cell, exercise: Exercise) -> NotebookNode:
    """Return a cell as it will be run: a locked one as the source has it, anything else by its text alone."""
    name = exercise_cell(cell, exercise)
    if name in exercise.locked:
        return exercise.locked[name]
    if name:
        return NotebookNode({**exercise.cells[name], "source": cell["source"]})
    if cell["cell_type"] == "code":
        return new_code_cell(cell["source"], id=cell["id"])
    if cell["cell_type"] == "markdown":
        return new_markdown_cell(cell["source"], id=cell["id"])
    return new_raw_cell(cell["source"], id=cell["id"], metadata={"raw_mimetype": "text/plain"})  # no page takes it over


def _uniquely_named(cells: list[NotebookNode]) -> list[NotebookNode]:
    """Return copies of the cells; of two with one name the last is the answer, the others run as plain code."""
    seen: set[str] = set()
    result = []
    for number, cell in reversed(list(enumerate(cells))):
        cell = NotebookNode(cell)
        if cell["id"] in seen:
            free = (f"cell-{number}{'-again' * times}" for times in itertools.count())
            name = next(name for name in free if name not in seen)
            cell = NotebookNode({**cell, "id": name, "metadata": NotebookNode()})
        seen.add(cell["id"])
        result.append(cell)
    return result[::-1]
