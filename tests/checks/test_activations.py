"""Exercise 01: its oracles against independent ones, and how a verdict speaks."""

import numpy as np
import pytest
import scipy.special

from grader.answers.compare import judge_function
from grader.checks import checks_of
from grader.checks.activations import check_relu
from grader.checks.activations.collapse import layers

pytestmark = pytest.mark.quick

ANSWERS = {check.table.name: check.table for check in checks_of("01-activations")}


@pytest.mark.parametrize(
    ("name", "oracle"),
    [("relu", "relu"), ("sigmoid", "sigmoid"), ("softmax", "softmax")],
)
def test_the_oracles_agree_with_keras(name, oracle):
    import keras

    z = np.linspace(-30, 30, 60).reshape(12, 5)
    expected = keras.ops.convert_to_numpy(getattr(keras.activations, oracle)(keras.ops.convert_to_tensor(z)))
    assert ANSWERS[name].oracle(z) == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_the_oracle_of_the_slope_agrees_with_a_difference_quotient():
    z, h = np.linspace(-8, 8, 33), 1e-6
    slope = (scipy.special.expit(z + h) - scipy.special.expit(z - h)) / (2 * h)
    assert ANSWERS["sigmoid_gradient"].oracle(z) == pytest.approx(slope, abs=1e-9)


def test_the_oracle_of_collapse_gives_the_same_outputs_as_two_layers():
    w1, b1, w2, b2 = layers(3, 4, 2, seed=9)
    x = np.random.default_rng(0).normal(size=(6, 3))
    w, b = ANSWERS["collapse"].oracle(w1, b1, w2, b2)
    assert x @ w + b == pytest.approx((x @ w1 + b1) @ w2 + b2)


def test_a_stub_that_another_answer_calls_is_an_error_there():
    namespace = {}
    exec("def sigmoid(z):\n    raise NotImplementedError()\ndef sigmoid_gradient(z):\n    return sigmoid(z)", namespace)
    verdict = judge_function(ANSWERS["sigmoid_gradient"], namespace["sigmoid_gradient"])
    assert verdict.misconception == "raises-error"


def test_a_name_that_holds_no_function_is_said_so():
    verdict = check_relu.judge(3.0)
    assert (verdict.misconception, verdict.seen) == ("raises-error", "it is 3, not a function.")


def test_the_learners_own_name_and_numbers_are_in_the_message():
    def my_relu(z):
        return np.abs(z)

    assert judge_function(ANSWERS["relu"], my_relu).seen == "my_relu(-2.0) gave 2."


def test_a_table_of_the_visible_inputs_fails_on_the_secret_ones_and_does_not_show_them():
    relu = ANSWERS["relu"]
    visible = {repr(probe.arguments): relu.oracle(*probe.arguments) for probe in relu.probes}

    def tabled(z):
        return visible.get(repr((z,)), np.zeros_like(z))

    assert judge_function(relu, tabled).passed
    verdict = judge_function(relu, tabled, seed=7)
    assert not verdict.passed
    assert verdict.seen == "tabled passes the visible check and fails on other numbers."


def test_the_same_seed_draws_the_same_secret_probes():
    draw = ANSWERS["relu"].more
    first, second = (draw(np.random.default_rng(5)) for _ in range(2))
    for one, other in zip(first, second, strict=True):
        assert np.array_equal(one.arguments[0], other.arguments[0])
