"""From a notebook that has been run to its result: for each answer the verdict that was given, and the points."""

import difflib
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

from grader.answers.errors import error_hint
from grader.answers.observe import Raised
from grader.answers.verdict import NotYet
from grader.answers.wording import stopped_text
from grader.base.hints import HINTS
from grader.base.notebooks import answer_cell
from grader.base.text import points_text
from grader.judging.execution import Run
from grader.judging.exercise import Exercise, grading_metadata
from grader.judging.results import AnswerResult, Result, Status

UNJUDGED = "NotJudged"
MISSPELT = "Give the function the name that the exercise asks for, letter by letter: {0}."
IN_THE_TEST = "Read the test cell: which part of it is not met yet?"
IN_A_CELL = "Run this cell alone, and read the last line of the error below it."
DEFINED = re.compile(r"^(?:def +(?=\w+ *\()|(?=\w+ *= *lambda\b))(\w+)", re.MULTILINE)
FILE = re.compile(r" \((?:<[^<>]+>|[^ ()]+[.]py), line (\d+)\)$")  # stands behind a SyntaxError
Verdict = dict[str, Any]  # as grader.answers.verdict.Verdict.as_data() gives it
NONE: Mapping[str, Verdict] = {}


def result_of(student: str, notebook: NotebookNode, exercise: Exercise, run: Run) -> Result:
    """Return the result of a notebook that has been run, and mark in it what was not judged."""
    mark_unjudged(notebook, run.stopped)
    _bound_credit(notebook, exercise)
    status: Status = "partly_graded" if run.stopped else "graded"
    answers = answer_results(notebook, exercise, run.verdicts)
    _show_words(notebook, dict(zip(exercise.tests, answers, strict=True)))
    return Result(student, status, run.stopped, answers)


def answer_results(
    notebook: NotebookNode, exercise: Exercise, verdicts: Mapping[str, Verdict] = NONE
) -> list[AnswerResult]:
    """Return the result of every answer of the exercise.

    Args:
        notebook: a notebook that has been run.
        exercise: what was asked.
        verdicts: the data of the verdicts that were given, by the grade_id of their test cells.
    """
    cells = {str(grading_metadata(cell)["grade_id"]): cell for cell in notebook.cells if grading_metadata(cell)}
    spare = _spare_names(notebook, exercise)
    return [_answer(test, cells, exercise, verdicts.get(test), spare) for test in exercise.tests]


def mark_unjudged(notebook: NotebookNode, reason: str) -> None:
    """Give every test cell that was not run an error: to nbgrader a cell without output is full marks."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and grading_metadata(cell).get("grade") and cell.execution_count is None:
            cell.outputs = [new_output("error", ename=UNJUDGED, evalue=reason, traceback=[f"Not judged. {reason}"])]


def _bound_credit(notebook: NotebookNode, exercise: Exercise) -> None:
    """Keep partial credit between nothing and all: nbgrader stops at more, and takes less, and NaN, for full marks."""
    for cell in notebook.cells:
        most = exercise.points(test) if (test := grading_metadata(cell).get("grade_id")) in exercise.tests else 0.0
        for output in cell.get("outputs", []):
            if most and output.output_type == "execute_result":
                with suppress(ValueError):
                    credit = float(output.data["text/plain"])
                    output.data["text/plain"] = str(min(most, max(0.0, credit)) if credit == credit else 0.0)


def _answer(
    test: str, cells: dict[str, NotebookNode], exercise: Exercise, verdict: Verdict | None, spare: list[str]
) -> AnswerResult:
    from nbgrader.utils import determine_grade

    name, points, cell = exercise.answer(test), exercise.points(test), cells[test]
    score, _ = determine_grade(cell)
    passed = score == points
    told = verdict if verdict and verdict["passed"] == passed else None
    if told is None:
        told = {} if passed else _without_verdict(name, cell, cells.get(answer_cell(test)), spare)
    found = told.get("misconception"), str(told.get("seen", "")), str(told.get("hint", ""))
    more = (tuple(map(str, told.get(key, ()))) for key in ("further", "also"))
    return AnswerResult(name, float(score or 0), points, passed, *found, *more)


def _spare_names(notebook: NotebookNode, exercise: Exercise) -> list[str]:
    """Return the names of the functions in a notebook that are not what the exercise asks for."""
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    return sorted(set(DEFINED.findall(code)) - {exercise.answer(test) for test in exercise.tests})


def _without_verdict(name: str, test: NotebookNode, answer: NotebookNode | None, spare: list[str]) -> Verdict:
    """Return what is known when no check has spoken: the test cell stopped, mostly by a NameError, or gave a number.

    Args:
        name: the answer's.
        test: the test cell.
        answer: the answer's cell, None where it is gone.
        spare: the names of other functions of the notebook.
    """
    from nbgrader.utils import determine_grade

    own = _error(answer) if answer is not None else None
    error = own or _error(test)
    if error and error.type == UNJUDGED:
        return {"seen": f"not judged. {error.message}"}
    if own is None and error is None:
        return {
            "seen": f"the test gave {points_text(determine_grade(test)[0] or 0)} of the points.",
            "hint": IN_THE_TEST,
        }
    stub = own is not None and own.type == "NotImplementedError"
    if stub or (own is None and error and error.type == "NameError"):
        if not stub and (near := difflib.get_close_matches(name, spare, 1)):
            seen, hint = f"there is no {name}, and there is a function {near[0]}.", MISSPELT.format(name)
            return {"misconception": "misspelt-name", "seen": seen, "hint": hint}
        return {"misconception": "not-attempted", "seen": f"there is no {name}.", "hint": HINTS["not-attempted"]}
    cell = f"the cell {'of the answer' if own else 'of the test'}"
    raised = error or Raised("", "")
    seen = stopped_text(cell, raised)
    if raised.took_too_long:
        return {"misconception": "does-not-end", "seen": seen, "hint": HINTS["does-not-end"]}
    hint = IN_A_CELL if (hint := error_hint(raised)) == HINTS["raises-error"] else hint
    return {"misconception": "raises-error", "seen": seen, "hint": hint}


def _show_words(notebook: NotebookNode, answers: Mapping[str, AnswerResult]) -> None:
    """Have a test cell that failed before its check could speak show what is known, and not Python's traceback.

    Args:
        notebook: a notebook that has been run; feedback pages are made from it.
        answers: the results by the grade_id of their test cells.
    """
    for cell in notebook.cells:
        answer = answers.get(str(grading_metadata(cell).get("grade_id")))
        for output in cell.get("outputs", []) if answer else []:
            if answer and output.output_type == "error" and output.ename not in (NotYet.__name__, UNJUDGED):
                output.traceback = [f"{answer.name}: {answer.seen}", f"Look at: {answer.hint}"]


def _error(cell: NotebookNode) -> Raised | None:
    """Return the error that ended a cell; with the line where Python could not read one."""
    errors = [output for output in cell.get("outputs", []) if output.output_type == "error"]
    if not errors:
        return None
    place, lines = FILE.search(errors[0].evalue), cell.source.splitlines()
    if not place:
        return Raised(errors[0].ename, errors[0].evalue)
    number = int(place[1])
    line = lines[number - 1].strip() if 0 < number <= len(lines) else ""
    return Raised(errors[0].ename, f"{errors[0].evalue[: place.start()]} (line {number})", line=line)
