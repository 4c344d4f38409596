"""A mistake is shown on one example where it shows there, and on several where it takes several."""

import numpy as np
import pytest
from learner_answers import BLOCKS, FUNCTIONS, IMPORTS

from grader.answers.compare import judge_function
from grader.answers.one_example import FEW
from grader.answers.table import Answer, Misconception, Probe, probes

pytestmark = pytest.mark.quick
TABLES = {table.name: table for table in FUNCTIONS}
BATCH = np.array([[1.0, 2.0], [5.0, 3.0], [0.5, 0.5], [4.0, 1.0]])


def largest(z):
    return np.max(np.asarray(z), axis=-1)


LARGEST = Answer(
    "largest",
    "lesson.ipynb#rows",
    largest,
    [Probe((BATCH,)), Probe((np.vstack([BATCH, BATCH]),))],
    [
        Misconception("smallest", "Look at the order of the numbers.", (lambda z: np.min(z, axis=-1),)),
        Misconception("of-all", "Look at the axis that the search runs along.", (np.max,)),
    ],
    examples=(1,),
    more=lambda rng: probes(rng.normal(size=(4, 3)), secret=True),
)


def test_a_mistake_that_one_row_shows_is_shown_on_one_row():
    verdict = judge_function(LARGEST, lambda z: np.min(z, axis=-1))
    assert verdict.misconception == "smallest"
    assert verdict.seen.endswith("(np.array([[1., 2.]])) gave [1].")
    assert verdict.more.endswith("(np.array([[1., 2.]])) should give [2].")


def test_a_mistake_that_takes_several_rows_is_shown_on_all_of_them():
    verdict = judge_function(LARGEST, lambda z: np.max(z))
    assert verdict.misconception == "of-all"
    assert "np.array([[1. , 2. ], [5. , 3. ], [0.5, 0.5], [4. , 1. ]])" in verdict.seen


def test_an_answer_that_is_right_for_the_first_row_is_shown_on_the_next_that_is_wrong():
    def first_column(z):
        z = np.array(z)
        return z[:, 0] if len(z) == 1 else np.where(z[:, 0] == 5.0, 3.0, z[:, 0])

    verdict = judge_function(LARGEST, first_column)
    assert verdict.misconception == "unrecognised"
    assert "[5. , 3. ]" in verdict.seen, "no wrong idea is known of it, so nothing says that one row fails alike"


def test_the_same_exception_at_the_same_line_is_shown_on_one_row_and_another_one_is_not():
    def stops(z):
        raise KeyError("always")

    def stops_elsewhere(z):
        if len(z) > 1:
            raise KeyError("several")
        raise KeyError("one")

    assert "np.array([[1., 2.]])" in judge_function(LARGEST, stops).seen
    assert "[4. , 1. ]" in judge_function(LARGEST, stops_elsewhere).seen


def test_a_hidden_input_is_never_taken_apart_and_a_visible_one_costs_a_few_calls():
    calls = []

    def memorised(z):
        calls.append(np.shape(z))
        return largest(z) if np.shape(z)[-1] == 2 else np.min(z, axis=-1)

    verdict = judge_function(LARGEST, memorised, seed=3)
    assert not verdict.passed
    assert "array" not in verdict.seen + verdict.more
    assert all(shape[0] > 1 for shape in calls)
    calls.clear()
    judge_function(LARGEST, lambda z: (calls.append(np.shape(z)), np.min(z, axis=-1))[1])
    assert [shape for shape in calls if shape[0] == 1] == [(1, 2)] * FEW


def learners():
    """Return the wrong answers of learners to functions whose inputs can be taken apart, from two exercises."""
    wrong = (block.values for block in BLOCKS if block.id.startswith(("02_", "07_")) and block.values[1])
    return [(name, code) for name, _, code in wrong if name in TABLES and TABLES[name].examples]


def test_what_is_shown_of_a_learners_answer_fails_when_it_is_run_as_it_is_shown():
    tried = 0
    for name, code in learners():
        names = {}
        exec(IMPORTS + code, names)
        verdict = judge_function(TABLES[name], names[name])
        call, _, _ = verdict.more.rpartition(" should give ")
        if " stopped with " in verdict.seen or "an array of shape" in verdict.seen or not call.startswith(name):
            continue
        right = eval(call, {"np": np, name: TABLES[name].oracle})
        try:
            with np.errstate(all="ignore"):
                own = np.asarray(eval(call, names))
        except Exception:
            continue
        tried += 1
        same = own.shape == right.shape and own.dtype.kind in "biuf" and np.allclose(own, right, rtol=1e-6)
        assert not same, call
    assert tried > 30
