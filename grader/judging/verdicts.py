"""What an executed notebook says: for each answer the verdict that its test cell displayed, and the points."""

from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

from grader.answers.observe import Raised
from grader.answers.verdict import MIME
from grader.answers.wording import raised_text
from grader.base.hints import HINTS
from grader.base.notebooks import answer_cell
from grader.judging.exercise import Exercise, grading
from grader.judging.results import AnswerResult

UNJUDGED = "NotJudged"


def answers(notebook: NotebookNode, exercise: Exercise) -> list[AnswerResult]:
    """Return the result of every answer of the exercise, from a notebook that has been run."""
    cells = {str(grading(cell)["grade_id"]): cell for cell in notebook.cells if grading(cell)}
    return [_answer(test, cells, exercise) for test in exercise.tests]


def mark_unjudged(notebook: NotebookNode, reason: str) -> None:
    """Give every test cell that was not run an error: to nbgrader a cell without output is full marks."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and grading(cell).get("grade") and cell.execution_count is None:
            cell.outputs = [new_output("error", ename=UNJUDGED, evalue=reason, traceback=[f"Not judged. {reason}"])]


def _answer(test: str, cells: dict[str, NotebookNode], exercise: Exercise) -> AnswerResult:
    from nbgrader.utils import determine_grade

    name, points, cell = exercise.answer(test), exercise.points(test), cells[test]
    score, _ = determine_grade(cell)
    passed = score == points
    told = next((verdict for verdict in _verdicts(cell) if verdict["passed"] == passed), None)
    if told is None:
        told = {} if passed else _without_verdict(name, cell, cells.get(answer_cell(test)))
    found = told.get("misconception"), str(told.get("seen", "")), str(told.get("hint", ""))
    return AnswerResult(name, float(score or 0), points, passed, *found)


def _verdicts(cell: NotebookNode) -> list[dict[str, Any]]:
    return [output.data[MIME] for output in cell.outputs if MIME in output.get("data", {})]


def _without_verdict(name: str, test: NotebookNode, answer: NotebookNode | None) -> dict[str, str]:
    """Return what is known when the test cell failed before its check could speak, mostly by a NameError."""
    own = _error(answer) if answer is not None else None
    error = own or _error(test)
    if error and error.type == UNJUDGED:
        return {"seen": f"not judged. {error.message}"}
    stub = own is not None and own.type == "NotImplementedError"
    if stub or (own is None and (error is None or error.type == "NameError")):
        return {"misconception": "not-attempted", "seen": f"there is no {name}.", "hint": HINTS["not-attempted"]}
    seen = f"the cell {'of the answer' if own else 'of the test'} stopped with {raised_text(error or Raised('', ''))}"
    return {"misconception": "raises-error", "seen": seen, "hint": "Run the cell alone and read its last line."}


def _error(cell: NotebookNode) -> Raised | None:
    errors = [output for output in cell.get("outputs", []) if output.output_type == "error"]
    return Raised(errors[0].ename, errors[0].evalue) if errors else None
