"""What is run of a submission: the learner's code, and the source's test cells at their places."""

import copy
import json

import nbformat
import pytest
from handed_in import plain
from nbformat.v4 import new_code_cell

from grader.judging.exercise import load_exercise
from grader.judging.submission import prepare_notebook

pytestmark = pytest.mark.quick

EXERCISE = load_exercise("01-activations")


@pytest.fixture
def notebook(released):
    return copy.deepcopy(released)


def prepared(notebook):
    return prepare_notebook(plain(json.dumps(notebook).encode()), EXERCISE)


def ids(notebook):
    return [cell.id for cell in notebook.cells]


def test_an_untouched_release_is_run_cell_by_cell_as_it_is(notebook):
    assert ids(prepared(notebook)) == ids(notebook)


def test_the_hidden_tests_come_back(notebook):
    cells = {cell.id: cell.source for cell in prepared(notebook).cells}
    assert "seed=" in cells["test-relu"]
    assert "seed=" not in "".join(cell.source for cell in notebook.cells)


def test_a_changed_test_cell_is_the_sources_again(notebook):
    test = next(cell for cell in notebook.cells if cell.id == "test-relu")
    test.source, test.metadata["tags"], test.metadata.nbgrader.points = "pass", ["skip-execution"], 99
    again = next(cell for cell in prepared(notebook).cells if cell.id == "test-relu")
    assert again == EXERCISE.tests["test-relu"]


def test_a_test_cell_turned_into_prose_is_code_again(notebook):
    place = ids(notebook).index("test-relu")
    notebook.cells[place] = {**notebook.cells[place], "cell_type": "markdown"}
    assert prepared(notebook).cells[place] == EXERCISE.tests["test-relu"]


def test_a_deleted_test_cell_is_put_behind_its_answer(notebook):
    del notebook.cells[ids(notebook).index("test-relu")]
    assert ids(prepared(notebook)) == ids(EXERCISE.notebook)


def test_a_notebook_without_any_known_cell_still_gets_every_test_in_order(notebook):
    notebook.cells = [new_code_cell("x = 1", id="mine")]
    assert ids(prepared(notebook)) == ["mine", *EXERCISE.tests]


def test_of_a_copied_test_cell_the_last_one_is_kept(notebook):
    place = ids(notebook).index("test-relu")
    notebook.cells.append(copy.deepcopy(notebook.cells[place]))
    assert ids(prepared(notebook)).count("test-relu") == 1
    assert ids(prepared(notebook))[-1] == "test-relu"


def test_a_copied_answer_cell_runs_twice_and_the_last_one_is_the_answer(notebook):
    place = ids(notebook).index("relu")
    first = copy.deepcopy(notebook.cells[place])
    first.source = "first = 1"
    notebook.cells.insert(place, first)
    cells = prepared(notebook).cells
    assert cells[place].source == "first = 1"
    assert cells[place].metadata == {}
    assert cells[place + 1].id == "relu"


def test_a_moved_test_cell_is_run_where_the_learner_has_it(notebook):
    notebook.cells.append(notebook.cells.pop(ids(notebook).index("test-relu")))
    assert ids(prepared(notebook))[-1] == "test-relu"


def test_cells_are_known_by_their_id_when_the_metadata_are_gone(notebook):
    for cell in notebook.cells:
        cell.metadata = {}
    assert {cell.id: cell.metadata for cell in prepared(notebook).cells}["relu"] == EXERCISE.cells["relu"].metadata


def test_outputs_and_tags_of_the_learner_are_left_out(notebook):
    cell = next(cell for cell in notebook.cells if cell.id == "imports")
    cell.outputs = [nbformat.v4.new_output("stream", text="old")]
    cell.metadata["tags"] = ["skip-execution", "raises-exception"]
    again = next(cell for cell in prepared(notebook).cells if cell.id == "imports")
    assert (again.outputs, again.metadata) == ([], {})


def test_the_kernel_is_the_exercises_whatever_the_submission_names(notebook):
    notebook.metadata.kernelspec = {"name": "bash", "display_name": "Bash", "language": "bash"}
    assert prepared(notebook).metadata.kernelspec.name == "python3"


def test_nbformat_3_is_read(notebook):
    old = nbformat.convert(notebook, 3)
    assert prepare_notebook(plain(nbformat.writes(old, version=3).encode()), EXERCISE).cells


ODD = [
    {"cell_type": "code"},
    {"cell_type": "code", "source": None, "metadata": None},
    {"cell_type": "code", "source": ["a = 1\n", 2], "metadata": {"nbgrader": 3}},
    {"cell_type": "code", "source": {"a": 1}, "metadata": {"nbgrader": {"grade_id": ["relu"]}}, "id": 5},
    {"cell_type": "strange", "source": "x", "metadata": {}},
    {"cell_type": ["code"], "source": "x", "metadata": {}},
    {"cell_type": "code", "source": "x", "metadata": {}, "id": "bad id with spaces " * 20},
    "not a cell",
    None,
]


@pytest.mark.parametrize("cell", ODD, ids=lambda cell: str(cell)[:60])
def test_an_odd_cell_does_not_keep_the_others_from_being_run(notebook, cell):
    notebook.cells.insert(2, cell)
    result = prepared(notebook)
    assert set(EXERCISE.tests) <= set(ids(result))
    nbformat.validate(result)
