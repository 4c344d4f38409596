"""From a notebook that has been run to its result: what was not judged earns nothing."""

import nbformat
import pytest
from conftest import SAMPLES
from handed_in import plain

from grader.judging.execution import Run
from grader.judging.exercise import load_exercise
from grader.judging.submission import prepare_notebook
from grader.judging.verdicts import result_of

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


def test_of_a_test_cell_that_stands_twice_the_last_place_counts_and_it_is_run_once(exercise):
    notebook = nbformat.read(SAMPLES / "all-right" / NAME / f"{NAME}.ipynb", as_version=4)
    (test,) = [cell for cell in notebook.cells if cell.id == "test-relu"]
    notebook.cells.append(nbformat.from_dict({**test, "id": "again"}))
    prepared = prepare_notebook(plain(notebook), exercise)
    ours = [k for k, cell in enumerate(prepared.cells) if cell.source == exercise.tests["test-relu"].source]
    assert ours == [len(prepared.cells) - 1]
