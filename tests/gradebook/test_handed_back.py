"""What a learner gets back: the verdicts of grading, and nothing of the help that the learner's own file holds."""

import contextlib
import io

import nbformat
import pytest
from conftest import SAMPLES
from nbformat.v4 import new_output

from grader.answers.verdict import NotYet
from grader.checks.activations import check_relu, check_softmax

NAME = "01-activations"
FOLDS = ("<details", "<summary", "The idea", "A way", "What should come out")


@pytest.fixture(scope="module")
def helped():
    """The outputs of a learner who opened every step of help: the folded ones, hint() and solution()."""
    with pytest.raises(NotYet) as caught:
        check_relu(abs)
    verdict, told = caught.value.verdict, io.StringIO()
    with contextlib.redirect_stdout(told):
        check_relu.hint()
        check_softmax.solution()
    page = {"text/plain": verdict.as_text(), "text/html": verdict.as_html()}
    assert all(fold in verdict.as_html() for fold in FOLDS)
    assert "keepdims=True" in told.getvalue()
    return [new_output("display_data", page), new_output("stream", name="stdout", text=told.getvalue())]


@pytest.fixture(scope="module")
def handed_back(tmp_path_factory, grader, helped):
    """The notebook as it was judged, and the page of feedback, of a submission with help in all of its cells."""
    build = tmp_path_factory.mktemp("helped")
    notebook = nbformat.read(SAMPLES / "two-wrong" / NAME / f"{NAME}.ipynb", as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = helped, 1
    folder = build / "submitted/ann" / NAME
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / f"{NAME}.ipynb")
    assert grader("grade", NAME, "--submitted", build / "submitted", build=build).returncode == 0
    assert grader("generate_feedback", NAME, build=build, program="nbgrader").returncode == 0
    kinds = {"autograded": "ipynb", "feedback": "html"}
    return {kind: (build / kind / "ann" / NAME / f"{NAME}.{end}").read_text("utf-8") for kind, end in kinds.items()}


@pytest.mark.parametrize("kind", ["autograded", "feedback"])
def test_of_the_help_in_a_submission_nothing_is_handed_back(handed_back, helped, kind):
    shown = handed_back[kind]
    assert not [fold for fold in FOLDS if fold in shown]
    assert "should give" not in shown
    assert ".solution()" not in shown
    assert "keepdims=True" not in shown, "the solution of softmax"


@pytest.mark.parametrize("kind", ["autograded", "feedback"])
def test_the_verdicts_of_grading_are_handed_back_with_where_to_read_in_words(handed_back, kind):
    shown = handed_back[kind]
    assert "All rows together sum to 1" in shown
    assert "Read about it in lesson 01 Activations, “Softmax”." in shown
    assert "notebooks/01-activations.ipynb#" not in shown, "a link that leads nowhere from a page of feedback"
