"""From a notebook that has been run to its result: what was not judged earns nothing."""

import json

import nbformat
import pytest
from conftest import SAMPLES
from handed_in import plain
from nbformat.v4 import new_output

from grader.judging.execution import Run
from grader.judging.exercise import load_exercise
from grader.judging.results import AnswerResult, Result
from grader.judging.submission import prepare_notebook
from grader.judging.verdicts import mark_unjudged, result_of

NAME = "01-activations"
pytestmark = pytest.mark.quick


@pytest.fixture
def exercise():
    return load_exercise(NAME)


@pytest.fixture
def prepared(exercise):
    path = SAMPLES / "all-right" / NAME / f"{NAME}.ipynb"
    return prepare_notebook(plain(path.read_bytes()), exercise)


def test_a_test_that_was_not_run_earns_nothing_although_nbgrader_takes_no_output_for_full_marks(prepared, exercise):
    result = result_of("ada", prepared, exercise, Run("The power failed."))
    assert (result.status, result.reason, result.score) == ("partly_graded", "The power failed.", 0)
    assert {answer.seen for answer in result.answers} == {"not judged. The power failed."}


def test_a_verdict_that_contradicts_the_points_is_not_told(prepared, exercise):
    for cell in prepared.cells:
        if cell.cell_type == "code":
            cell.execution_count = 1
    verdict = {"passed": False, "misconception": "relu-step", "seen": "relu(2) gave 1.", "hint": "A step."}
    result = result_of("ada", prepared, exercise, Run(verdicts={"test-relu": verdict}))
    assert result.answers[0].passed
    assert (result.answers[0].misconception, result.answers[0].seen) == (None, "")


def test_each_named_mistake_of_an_answer_is_in_its_result_with_what_to_look_at(prepared, exercise):
    verdict = {"passed": False, "misconception": "one", "seen": "It gave 1.", "hint": "Look at one."}
    verdict |= {"further": ["two"], "also": ["Look at two.", "It stops with an error on some inputs."]}
    mark_unjudged(prepared, "to have no points")
    relu = result_of("ada", prepared, exercise, Run(verdicts={"test-relu": verdict})).answers[0]
    assert relu.mistakes == {"one": "Look at one.", "two": "Look at two."}
    assert relu.also[1:] == ("It stops with an error on some inputs.",)


def test_a_result_is_read_again_as_it_was_written_and_one_of_an_earlier_version_without_further_mistakes():
    relu = AnswerResult("relu", 0.0, 2.0, False, "one", "It gave 1.", "Look at one.", ("two",), ("Look at two.",))
    written = json.loads(json.dumps(Result("ada", "graded", "", [relu]).as_data()))
    assert Result.from_data(written).answers == [relu]
    for key in ("further", "also"):
        del written["answers"][0][key]
    assert Result.from_data(written).answers[0].mistakes == {"one": "Look at one."}


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            ("SyntaxError", "expected ':' (<ipython-input-4-292aa0ce6901>, line 1)"),
            "SyntaxError: expected ':' (line 1), at the line `def relu(z):`",
        ),
        (("SyntaxError", "invalid syntax (2234567.py, line 12)"), "SyntaxError: invalid syntax (line 12)"),
        (("ValueError", "shapes (2,3) (3, line 4)"), "ValueError: shapes (2,3) (3, line 4)"),
    ],
)
def test_an_error_is_told_without_the_name_that_python_has_for_a_cell(prepared, exercise, error, told):
    for cell in prepared.cells:
        if cell.cell_type == "code":
            cell.execution_count = 1
    (answer,) = [cell for cell in prepared.cells if cell.id == "relu"]
    (test,) = [cell for cell in prepared.cells if cell.id == "test-relu"]
    answer.outputs = [new_output("error", ename=error[0], evalue=error[1], traceback=["", ""])]
    test.outputs = [new_output("error", ename="NameError", evalue="no relu", traceback=["Traceback", "judge.py"])]
    found = result_of("ada", prepared, exercise, Run()).answers[0]
    assert found.seen == f"the cell of the answer stopped with {told}."
    assert test.outputs[0].traceback == [f"relu: {found.seen}", f"Look at: {found.hint}"]


def stopped(prepared, exercise, source, error=("NameError", "name 'relu' is not defined")):
    """Return the result of relu where its cell holds a source, and what Python said of the cell, or of its test."""
    for cell in prepared.cells:
        if cell.cell_type == "code":
            cell.execution_count = 1
    (answer,) = [cell for cell in prepared.cells if cell.id == "relu"]
    (test,) = [cell for cell in prepared.cells if cell.id == "test-relu"]
    answer.source = source
    of_the_test = error[0] == "NameError"
    (test if of_the_test else answer).outputs = [new_output("error", ename=error[0], evalue=error[1], traceback=[""])]
    if not of_the_test:
        test.outputs = [new_output("error", ename="NameError", evalue="no relu", traceback=[""])]
    return result_of("ada", prepared, exercise, Run()).answers[0]


@pytest.mark.parametrize("source", ["def rellu(z):\n    return z", "Relu = lambda z: z", "def reluu (z): return z"])
def test_a_function_of_a_near_name_is_said_to_be_there(prepared, exercise, source):
    found = stopped(prepared, exercise, source)
    near = next(name for name in ("rellu", "Relu", "reluu") if name in source)
    assert (found.misconception, found.seen) == ("misspelt-name", f"there is no relu, and there is a function {near}.")
    assert found.hint.endswith("letter by letter: relu.")


@pytest.mark.parametrize("source", ["", "def another(z): return z", "def inner():\n    def rellu(z): return z", "relu"])
def test_a_function_of_another_answer_or_of_a_far_name_is_none_of_a_near_one(prepared, exercise, source):
    found = stopped(prepared, exercise, source)
    assert (found.misconception, found.seen) == ("not-attempted", "there is no relu.")


@pytest.mark.parametrize(
    ("error", "line", "hint"),
    [
        (("SyntaxError", "expected ':' (2234567.py, line 1)"), "def relu(z)", "ends with a colon"),
        (("SyntaxError", "'(' was never closed (<ipython-input-4-29>, line 2)"), "return (z", "Count the brackets"),
        (("TabError", "inconsistent use of tabs and spaces in indentation (<string>, line 2)"), "return (z", "spaces"),
        (("IndentationError", "expected an indented block (<string>, line 9)"), "", "further right"),
        (("TookTooLong", "it took too long"), "", "end its loop"),
    ],
)
def test_a_cell_that_python_cannot_read_or_that_does_not_end_is_told_with_its_line(
    prepared, exercise, error, line, hint
):
    found = stopped(prepared, exercise, "def relu(z)\n    return (z", error)
    assert hint in found.hint
    assert found.seen.endswith(f", at the line `{line}`." if line else ".")
    assert ("did not come to an end" in found.seen) == (found.misconception == "does-not-end")


def test_all_that_was_seen_is_in_the_result(prepared, exercise):
    (test,) = [cell for cell in prepared.cells if cell.id == "test-relu"]
    test.outputs = [new_output("error", ename="NotYet", evalue="relu: ...", traceback=["relu is not right yet"])]
    test.execution_count = 1
    verdict = {"passed": False, "misconception": "relu-step", "seen": "one.", "hint": "Two.", "also": ("three.",)}
    answer = result_of("ada", prepared, exercise, Run(verdicts={"test-relu": verdict})).answers[0]
    assert (answer.seen, answer.hint, answer.also) == ("one.", "Two.", ("three.",))
    assert test.outputs[0].traceback == ["relu is not right yet"]


def test_of_a_test_cell_that_stands_twice_the_last_place_counts_and_it_is_run_once(exercise):
    notebook = nbformat.read(SAMPLES / "all-right" / NAME / f"{NAME}.ipynb", as_version=4)
    (test,) = [cell for cell in notebook.cells if cell.id == "test-relu"]
    notebook.cells.append(nbformat.from_dict({**test, "id": "again"}))
    prepared = prepare_notebook(plain(notebook), exercise)
    ours = [k for k, cell in enumerate(prepared.cells) if cell.source == exercise.tests["test-relu"].source]
    assert ours == [len(prepared.cells) - 1]
