"""Submissions that go wrong in honest ways: what was earned counts, what comes later is judged, and it is said why."""

import copy

import nbformat
import pytest
from conftest import SAMPLES
from handed_in import plain

from grader.judging import batch
from grader.judging.batch import Handed
from grader.judging.execution import run_on
from grader.judging.exercise import load_exercise
from grader.judging.workers import pool

NAME = "01-activations"
RIGHT = nbformat.read(SAMPLES / "all-right" / NAME / f"{NAME}.ipynb", as_version=4)


@pytest.fixture(scope="module")
def exercise():
    return load_exercise(NAME)


@pytest.fixture(scope="module")
def worker():
    with pool.worker(keras=False, cell_seconds=2) as warm:
        yield warm


@pytest.fixture
def judged(worker, exercise):
    """Judge the right submission with other sources in some cells; return answers, what stopped it, the notebook."""

    def judge(**sources):
        submission = copy.deepcopy(RIGHT)
        for cell in submission.cells:
            cell.source = sources.get(cell.id.replace("-", "_"), cell.source)
        handed = Handed("", plain(submission))
        found = batch.judge_submission(handed, exercise, run_on(worker, exercise))
        return {answer.name: answer for answer in found.result.answers}, found.result.reason, found.notebook

    return judge


def points(found):
    return {name: answer.score for name, answer in found.items()}


ALL = dict.fromkeys(["relu", "sigmoid", "softmax", "sigmoid_gradient", "collapse"], 2.0)


def test_right_work_gets_every_point(judged):
    found, stopped, _ = judged()
    assert (points(found), stopped) == (ALL, "")


@pytest.mark.parametrize(
    "source",
    [
        "while True:\n    pass",
        "import time\ntime.sleep(1000)",
        "def relu(z):\n    while True:\n        pass",
        "raise RuntimeError('no')",
        "def relu(z:",
        "import sys\nsys.exit(1)",
        "%nonsense",
    ],
)
def test_a_cell_that_fails_or_never_ends_costs_its_own_points_alone(judged, source):
    found, stopped, _ = judged(relu=source)
    assert points(found) == {**ALL, "relu": 0.0}
    assert stopped == ""
    endless = "sleep" in source or "while" in source
    assert found["relu"].misconception == ("does-not-end" if endless else "raises-error")
    assert "did not come to an end" in found["relu"].seen if endless else "stopped with" in found["relu"].seen
    assert not ("def" in source and endless) or "at the line `" in found["relu"].seen


def test_a_cell_that_ends_the_process_costs_its_own_points_alone(judged):
    found, stopped, notebook = judged(softmax="import os\nos._exit(1)")
    assert points(found) == {**ALL, "softmax": 0.0}
    assert stopped == "A cell ended the Python process, or could not be stopped; the others were judged without it."
    assert nbformat.validate(notebook) is None


def test_a_function_that_ends_the_process_costs_its_own_points_alone(judged):
    found, stopped, _ = judged(softmax="import os\n\n\ndef softmax(z):\n    os._exit(1)")
    assert points(found) == {**ALL, "softmax": 0.0}
    assert found["softmax"].misconception == "raises-error"
    assert "ended the Python process" in found["softmax"].seen
    assert stopped


def test_a_submission_that_always_ends_the_process_keeps_what_it_earned_and_comes_to_an_end(judged):
    ends = dict.fromkeys(["about_relu", "sigmoid", "softmax", "sigmoid_gradient", "collapse"], "import os\nos._exit(1)")
    found, stopped, _ = judged(**{**ends, "test_collapse": "pass"})
    assert points(found) == {**dict.fromkeys(ALL, 0.0), "relu": 2.0}
    assert stopped


def test_magics_printing_and_pictures_do_no_harm(judged):
    found, _, notebook = judged(
        imports="import numpy as np\nimport matplotlib.pyplot as plt\n%matplotlib inline\n%time x = 1\n"
        "print('hello')\nplt.plot([1, 2])\nplt.show()\nx"
    )
    assert points(found) == ALL
    cell = next(cell for cell in notebook.cells if cell.id == "imports")
    assert "hello" in cell.outputs[0].text


def test_a_flood_of_output_is_cut_off(judged):
    found, _, notebook = judged(imports="import numpy as np\nfor _ in range(2000):\n    print('x' * 1000)")
    assert points(found) == ALL
    assert len(nbformat.writes(notebook)) < 200_000


def test_calling_a_check_in_ones_own_cell_does_no_harm(judged):
    found, _, _ = judged(
        relu="from grader.checks.activations import check_relu\n\ncheck_relu.hint()\n\n\n"
        "def relu(z):\n    return np.maximum(0, z)\n\n\ncheck_relu(relu)"
    )
    assert points(found) == ALL


def test_a_check_in_the_learners_process_knows_nothing(judged):
    found, _, _ = judged(relu="from grader.checks.activations import RELU\n\nrelu = RELU.oracle")
    assert found["relu"].score == 0.0


def test_a_table_of_the_visible_probes_is_no_answer(judged, exercise):
    from grader.checks.activations import RELU

    rows = [(repr(probe.arguments[0]), RELU.oracle(probe.arguments[0])) for probe in RELU.probes]
    table = ", ".join(f"{key!r}: {value.tolist()!r}" for key, value in rows)
    found, _, _ = judged(relu=f"table = {{{table}}}\n\n\ndef relu(z):\n    return np.asarray(table[repr(z)])")
    assert found["relu"].score == 0.0
    assert "not shown" in found["relu"].seen or "other numbers" in found["relu"].seen


@pytest.mark.parametrize("name", ["relu", "collapse"])
def test_the_verdict_names_the_misconception_and_the_learners_numbers(judged, name):
    wrong = {
        "relu": "def relu(z):\n    return np.abs(z)",
        "collapse": "def collapse(w1, b1, w2, b2):\n    return w1 @ w2, b1 + b2",
    }
    found, _, notebook = judged(**{name: wrong[name]})
    assert found[name].misconception in ("relu-absolute", "collapse-order", "raises-error", "collapse-forgets-a-bias")
    cell = next(cell for cell in notebook.cells if cell.id == f"test-{name}")
    assert any("text/html" in output.get("data", {}) for output in cell.outputs)
