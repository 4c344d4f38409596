"""Exercise 01: right answers in any honest style earn no misconception, and learners' mistakes are named."""

import math

import numpy as np
import pytest
import scipy.special

from grader.checks import activations
from grader.compare import check

ANSWERS = {answer.name: answer for answer in activations.ANSWERS}


def overflow_free_loop(z):
    def one(v):
        return 1 / (1 + math.exp(-v)) if v > -700 else 0.0

    z = np.asarray(z, dtype=float)
    return np.array([one(v) for v in z.ravel()]).reshape(z.shape)


def relu_by_loop(z):
    z = np.asarray(z, dtype=float)
    out = np.empty_like(z)
    for index in np.ndindex(z.shape):
        out[index] = max(0.0, z[index])
    return out


def softmax_by_rows(z):
    z = np.asarray(z)
    if z.ndim == 1:
        powers = [math.exp(v - max(z)) for v in z]
        return [power / sum(powers) for power in powers]
    return [softmax_by_rows(row) for row in z]


def softmax_in_float32(z):
    z = np.asarray(z, dtype=np.float32)
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def tensorflow(name):
    def call(z):
        import tensorflow as tf

        return getattr(tf.nn, name)(tf.convert_to_tensor(z, dtype_hint=tf.float32))

    return call


def masked(z):
    out = np.array(z, dtype=float)
    out[out < 0] = 0
    return out


def by_sign(z):
    z = np.asarray(z, dtype=float)
    out = np.empty_like(z)
    out[z >= 0] = 1 / (1 + np.exp(-z[z >= 0]))
    out[z < 0] = np.exp(z[z < 0]) / (1 + np.exp(z[z < 0]))
    return out


def clipped(z):
    return 1 / (1 + np.exp(-np.clip(z, -500, 500)))


def collapsed_as_list(w1, b1, w2, b2):
    return [np.dot(w1, w2), np.dot(b1, w2) + b2]


def collapsed_by_probing(w1, b1, w2, b2):
    bias = b1 @ w2 + b2
    return (np.eye(len(w1)) @ w1 + b1) @ w2 + b2 - bias, bias


RIGHT = {
    "relu": [
        lambda z: np.maximum(z, 0),
        lambda z: np.where(np.asarray(z) > 0, z, 0),
        lambda z: z * (z > 0),
        lambda z: (np.abs(z) + z) / 2,
        lambda z: np.clip(z, 0, None),
        relu_by_loop,
        masked,
        tensorflow("relu"),
    ],
    "sigmoid": [
        scipy.special.expit,
        lambda z: 0.5 * (1 + np.tanh(np.asarray(z) / 2)),
        lambda z: np.exp(-np.logaddexp(0, np.negative(z))),
        overflow_free_loop,
        by_sign,
        clipped,
        tensorflow("sigmoid"),
    ],
    "softmax": [
        lambda z: scipy.special.softmax(z, axis=-1),
        softmax_by_rows,
        softmax_in_float32,
        lambda z: np.exp(z - scipy.special.logsumexp(z, axis=-1, keepdims=True)),
        tensorflow("softmax"),
    ],
    "sigmoid_gradient": [
        lambda z: scipy.special.expit(z) * (1 - scipy.special.expit(z)),
        lambda z: scipy.special.expit(z) - scipy.special.expit(z) ** 2,
        lambda z: scipy.special.expit(z) * scipy.special.expit(np.negative(z)),
        lambda z: 0.25 * (1 - np.tanh(np.asarray(z) / 2) ** 2),
        lambda z: np.exp(-np.logaddexp(0, z) - np.logaddexp(0, np.negative(z))),
    ],
    "collapse": [
        lambda w1, b1, w2, b2: (w1 @ w2, b1 @ w2 + b2),
        lambda w1, b1, w2, b2: (np.einsum("ih,ho->io", w1, w2), np.einsum("h,ho->o", b1, w2) + b2),
        lambda w1, b1, w2, b2: ((w2.T @ w1.T).T, w2.T @ b1 + b2),
        collapsed_as_list,
        collapsed_by_probing,
    ],
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_answers_in_any_honest_style_earn_no_misconception(name):
    for function in RIGHT[name]:
        verdict = check(ANSWERS[name], function, seed=7)
        assert verdict.passed, (function, verdict.as_text())


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
    w1, b1, w2, b2 = activations.layers(3, 4, 2, seed=9)
    x = np.random.default_rng(0).normal(size=(6, 3))
    w, b = ANSWERS["collapse"].oracle(w1, b1, w2, b2)
    assert x @ w + b == pytest.approx((x @ w1 + b1) @ w2 + b2)


def learner(source):
    namespace = {"np": np, "math": math}
    exec(source, namespace)
    return next(value for key, value in namespace.items() if key in ANSWERS and callable(value))


LEARNERS = [
    ("relu", "def relu(z):\n    raise NotImplementedError()", "not-attempted"),
    ("relu", "def relu(z):\n    print(np.maximum(0, z))", "returns-nothing"),
    ("relu", "def relu(z):\n    return np.maximun(0, z)", "raises-error"),
    ("relu", "def relu(z):\n    return np.maximum(0, z).ravel()", "wrong-shape"),
    ("relu", "def relu(z):\n    z[z < 0] = 0\n    return z", "changes-its-input"),
    ("relu", "def relu(z):\n    z[z > 0] = 0\n    return z", "relu-flipped"),
    ("relu", "def relu(z):\n    return max(0, z)", "scalar-only"),
    ("relu", "def relu(z):\n    return z if z > 0 else 0", "scalar-only"),
    ("relu", "def relu(z):\n    return np.where(z > 0, z, 0.3 * z)", "relu-leaky"),
    ("relu", "def relu(z):\n    return z > 0", "relu-step"),
    ("relu", "def relu(z):\n    return z", "unrecognised"),
    ("relu", "def relu(z):\n    return 'positive'", "unrecognised"),
    ("relu", "def relu(z):\n    import sys\n    sys.exit()", "raises-error"),
    ("sigmoid", "def sigmoid(z):\n    return 1 / (1 + math.exp(-z))", "scalar-only"),
    ("sigmoid", "sigmoid = np.vectorize(lambda v: 1 / (1 + math.exp(-v)))", "sigmoid-overflow"),
    ("sigmoid", "def sigmoid(z):\n    return 1 / (1 + np.exp(z))", "sigmoid-flipped"),
    ("sigmoid", "def sigmoid(z):\n    return 1 / (1 + np.exp(-np.clip(z, -5, 5)))", "unrecognised"),
    ("softmax", "def softmax(z):\n    return np.exp(z) / np.sum(np.exp(z))", "softmax-whole-batch"),
    ("softmax", "def softmax(z):\n    e = np.exp(z)\n    return e / e.sum(axis=0)", "softmax-wrong-axis"),
    ("softmax", "def softmax(z):\n    e = np.exp(-z)\n    return e / e.sum(-1, keepdims=True)", "softmax-flipped"),
    ("sigmoid_gradient", "def sigmoid_gradient(z):\n    return z * (1 - z)", "gradient-of-the-output"),
    ("collapse", "def collapse(w1, b1, w2, b2):\n    return w1 @ w2, b1 + b2", "collapse-order"),
    ("collapse", "def collapse(w1, b1, w2, b2):\n    return w1 @ w2, b2", "collapse-forgets-a-bias"),
    ("collapse", "def collapse(w1, b1, w2, b2):\n    return w1 @ w2", "unrecognised"),
    ("collapse", "def collapse(a, b):\n    return a @ b", "raises-error"),
]


@pytest.mark.parametrize(("name", "source", "id_"), LEARNERS)
def test_code_as_learners_write_it_is_named(name, source, id_):
    verdict = check(ANSWERS[name], learner(source), seed=7)
    assert verdict.misconception == id_, verdict.as_text()


def test_a_stub_that_another_answer_calls_is_an_error_there():
    namespace = {}
    exec("def sigmoid(z):\n    raise NotImplementedError()\ndef sigmoid_gradient(z):\n    return sigmoid(z)", namespace)
    verdict = check(ANSWERS["sigmoid_gradient"], namespace["sigmoid_gradient"])
    assert verdict.misconception == "raises-error"


def test_a_name_that_holds_no_function_is_said_so():
    verdict = check(ANSWERS["relu"], 3.0)
    assert (verdict.misconception, verdict.seen) == ("raises-error", "it is 3, not a function.")


def test_the_learners_own_name_and_numbers_are_in_the_message():
    def my_relu(z):
        return np.abs(z)

    assert check(ANSWERS["relu"], my_relu).seen == "my_relu(-2) gave 2."


def test_a_table_of_the_visible_inputs_fails_on_the_secret_ones_and_does_not_show_them():
    relu = ANSWERS["relu"]
    visible = {repr(probe.arguments): relu.oracle(*probe.arguments) for probe in relu.probes}

    def tabled(z):
        return visible.get(repr((z,)), np.zeros_like(z))

    assert check(relu, tabled).passed
    verdict = check(relu, tabled, seed=7)
    assert not verdict.passed
    assert verdict.seen == "tabled passes the visible check and fails on other numbers."


def test_the_same_seed_draws_the_same_secret_probes():
    draw = ANSWERS["relu"].more
    first, second = (draw(np.random.default_rng(5)) for _ in range(2))
    for one, other in zip(first, second, strict=True):
        assert np.array_equal(one.arguments[0], other.arguments[0])
