"""A submitted notebook made ready: the learner's code, with the test cells of solutions/ at their places.

Whatever a submission says of test cells, points, tags or outputs is not read: they are the source's.
"""

import json
import re

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from grader.judging.exercise import Exercise, grading_metadata

CELL_ID = re.compile("[a-zA-Z0-9-_]{1,64}")  # as nbformat 4.5 has it


class Rejected(Exception):
    """There is no notebook to run; the message says why in one sentence."""


def prepare_notebook(raw: bytes, exercise: Exercise) -> NotebookNode:
    """Return the notebook to execute.

    Args:
        raw: the submitted file.
        exercise: where the test cells come from.

    Raises:
        Rejected: the file is no notebook.
    """
    cells = read_cells(raw)
    placed = [_own(cell, exercise) for cell in _with_tests(cells, exercise)]
    notebook = new_notebook(cells=_uniquely_named(placed), metadata=exercise.notebook.metadata)
    notebook.nbformat_minor = 5
    return notebook


def read_cells(raw: bytes) -> list[NotebookNode]:
    """Return the cells of a notebook file of any nbformat.

    Raises:
        Rejected: it is not JSON, or no notebook, or one that cannot be brought to nbformat 4.
    """
    if not raw.strip():
        raise Rejected("The notebook file is empty.")
    try:
        data = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Rejected("The file is not JSON, so it is no notebook; was it saved or copied whole?") from error
    if not isinstance(data, dict) or not isinstance(data.get("nbformat"), int):
        raise Rejected("The file is JSON but no Jupyter notebook.")
    try:
        cells = nbformat.convert(nbformat.from_dict(data), 4).cells
        return [cell for cell in cells if isinstance(cell, NotebookNode) and "cell_type" in cell]
    except Exception as error:  # whatever nbformat trips over, the file is no notebook
        raise Rejected(f"The notebook cannot be read as nbformat {data['nbformat']}.") from error


def exercise_cell(cell: NotebookNode, exercise: Exercise) -> str:
    """Return which of the exercise's cells this one is, by nbgrader's metadata or else by its id, or ""."""
    for name in (grading_metadata(cell).get("grade_id"), cell.get("id")):
        if isinstance(name, str) and name in exercise.cells:
            return name
    return ""


def _with_tests(cells: list[NotebookNode], exercise: Exercise) -> list[NotebookNode]:
    """Return the cells with every test cell once: where the learner has it last, else behind what it follows."""
    named = [(exercise_cell(cell, exercise), cell) for cell in cells]
    last = dict(named)
    kept = [(name, cell) for name, cell in named if name not in exercise.tests or cell is last[name]]
    order = list(exercise.cells)
    for test in exercise.tests:
        if test not in last:
            before = order[: order.index(test)]
            place = max((i + 1 for i, (name, _) in enumerate(kept) if name in before), default=len(kept))
            kept.insert(place, (test, exercise.tests[test]))
    return [cell for _, cell in kept]


def _own(cell: NotebookNode, exercise: Exercise) -> NotebookNode:
    """Return a cell as it will be run: a test as the source has it, anything else by its text alone."""
    name = exercise_cell(cell, exercise)
    if name in exercise.tests:
        return exercise.tests[name]
    text = cell.get("source", "")
    text = "".join(map(str, text)) if isinstance(text, list) else str(text)
    text = text.encode("utf-8", "replace").decode()  # JSON can hold half a character, and no file can
    if name:
        return NotebookNode({**exercise.cells[name], "source": text})
    make = {"code": new_code_cell, "markdown": new_markdown_cell}.get(str(cell["cell_type"]), new_raw_cell)
    fresh, own_id = make(text), str(cell.get("id", ""))
    return NotebookNode({**fresh, "id": own_id}) if CELL_ID.fullmatch(own_id) else fresh


def _uniquely_named(cells: list[NotebookNode]) -> list[NotebookNode]:
    """Return copies of the cells; of two with one name the last is the answer, the others run as plain code."""
    seen: set[str] = set()
    result = []
    for number, cell in reversed(list(enumerate(cells))):
        cell = NotebookNode(cell)
        if cell["id"] in seen:
            cell = NotebookNode({**cell, "id": f"cell-{number}", "metadata": NotebookNode()})
        seen.add(cell["id"])
        result.append(cell)
    return result[::-1]
