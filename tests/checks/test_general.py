"""What may be wrong in answers to many questions: it has a name, behind those that an answer has itself."""

import numpy as np
import pytest

from grader.answers.compare import judge_function
from grader.checks.activations import COLLAPSE, SIGMOID, SOFTMAX
from grader.checks.logits import LOGIT_THRESHOLD, PREDICT_CLASS
from grader.checks.roundoff import SOFTPLUS

pytestmark = pytest.mark.quick


@pytest.mark.parametrize("answer", [SIGMOID, SOFTMAX, PREDICT_CLASS], ids=lambda answer: answer.name)
def test_every_general_mistake_has_a_name_or_changes_nothing(answer):
    nameless = []
    for mistake in answer.general:
        for number, way in enumerate(mistake.wrong):
            verdict = judge_function(answer, answer.done(way))
            if not verdict.passed and verdict.misconception == "unrecognised":
                nameless.append((mistake.id, number))
    assert nameless == []


@pytest.mark.parametrize(
    ("answer", "wrong", "id_"),
    [
        (SOFTPLUS, lambda z: 1.25 * np.logaddexp(0, z) - 0.5, "result-scaled-and-moved"),
        (SIGMOID, lambda z: 3 / (1 + np.exp(-np.clip(z, -500.0, 500.0))), "result-times-a-constant"),
        (SIGMOID, lambda z: 0.5 + 0.5 * np.tanh(np.asarray(z) / 2 + 0.7), "constant-added-to-the-input"),
        (SIGMOID, lambda z: np.minimum(0.5 + 0.5 * np.tanh(np.asarray(z) / 2), 0.77), "result-clipped"),
        (LOGIT_THRESHOLD, lambda p: round(float(np.log(p / (1 - p))), 2), "result-rounded"),
        (LOGIT_THRESHOLD, lambda p: 3.25, "same-for-every-input"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_number_in_a_mistake_is_found_whatever_it_is(answer, wrong, id_):
    assert judge_function(answer, wrong).misconception == id_


def test_another_number_of_results_is_said_so():
    three = judge_function(COLLAPSE, lambda w1, b1, w2, b2: (w1 @ w2, b1 @ w2, b2))
    one = judge_function(COLLAPSE, lambda w1, b1, w2, b2: np.vstack([w1 @ w2, b1 @ w2 + b2]))
    assert (three.misconception, one.misconception) == ("another-number-of-results", "returns-less-than-asked")


def test_an_answer_that_takes_one_number_and_fails_for_some_is_not_said_to_need_arrays():
    def searched(p):
        if p < 1e-4:
            raise ValueError("f(a) and f(b) must have different signs")
        return float(np.log(p / (1 - p)))

    assert judge_function(LOGIT_THRESHOLD, searched).misconception == "raises-error"
