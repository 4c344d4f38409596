"""Exercise 01: ReLU, sigmoid, softmax, the sigmoid's slope, and two linear layers that are one."""

import numpy as np

from grader.answers.check import Check
from grader.answers.observe import observe
from grader.answers.table import Answer, Function, Misconception, Probe, probes

LESSON = "01-activations.ipynb"
EPS16 = {"rtol": 4e-3, "atol": 2e-3}  # float16 keeps 11 bits: 1e-3 of a number at each step


def exp_over_sum(z: np.ndarray, axis: int | None = -1) -> np.ndarray:
    """Return e^z over its sum, with no care for overflow."""
    e = np.exp(z)
    return e / (np.sum(e) if axis is None else np.sum(e, axis=axis, keepdims=True))


def sigmoid(z: np.ndarray) -> np.ndarray:
    """Return 1/(1+e^-z) without overflow: e is only ever raised to a negative power."""
    e = np.exp(-np.abs(np.asarray(z, dtype=float)))
    return np.where(np.asarray(z) >= 0, 1 / (1 + e), e / (1 + e))


def softmax(z: np.ndarray) -> np.ndarray:
    """Return e^z over its sum along the last axis; the largest logit of each row is taken off first."""
    z = np.asarray(z, dtype=float)
    return exp_over_sum(z - z.max(axis=-1, keepdims=True))


def leaky(slope: float) -> Function:
    """Return the ReLU that multiplies negative logits by a slope instead of dropping them."""
    return lambda z: np.where(np.asarray(z) > 0, z, slope * np.asarray(z))


def leaky_like(answer: Function) -> Function | None:
    """Return the leaky ReLU with the answer's own slope below zero, or None when that is no leak."""
    seen = observe(answer, (np.array([-1.0]),))
    if not seen.values or seen.values[0].shape != (1,) or seen.values[0].dtype.kind != "f":
        return None
    slope = -float(seen.values[0][0])
    return leaky(slope) if 0 < slope < 1 else None


COLUMN = np.array([[-1.5], [0.25], [2.0]])
TABLE = np.array([[1.0, 2.0, 4.0], [0.5, -1.0, 0.0]])
SQUARE = np.array([[0.0, 1.0, 3.0], [2.0, -1.0, 0.5], [-2.0, 0.0, 1.0]])
MIXED = np.array([[1000.0, 1001.0, 1002.0], [-1000.0, -1001.0, -1002.0], [0.0, 1.0, 2.0]])


def elementwise(rng: np.random.Generator) -> list[Probe]:
    """Return secret probes for a function that works on each number alone."""
    return [Probe((rng.normal(0, 3, shape),), secret=True) for shape in [(7,), (2, 5), (4, 1)]]


RELU = Answer(
    name="relu",
    section=f"{LESSON}#ReLU",
    oracle=lambda z: np.maximum(np.asarray(z, dtype=float), 0),
    tries=[
        *probes(-2.0, 3.0, 0.0, -2, np.array([-2.0, -0.5, 0.0, 0.5, 3.0]), TABLE, COLUMN),
        *probes(np.array([-1.5, 2.5], dtype=np.float32), np.array([-4.0, 3.0e4], dtype=np.float16)),
        *probes(np.array([-1e4, 1e4]), extreme=True),
        *probes([-1, 2], optional=True),
    ],
    misconceptions=[
        Misconception(
            "relu-absolute",
            "A negative logit becomes positive here. ReLU does not turn it round: look at what it does with -2.",
            (np.abs,),
        ),
        Misconception(
            "relu-flipped",
            "The negative logits come through and the positive ones do not. Which side does ReLU keep?",
            (lambda z: np.minimum(0, z), lambda z: np.maximum(0, np.negative(z))),
        ),
        Misconception(
            "relu-step",
            "Every positive logit gives the same output. ReLU says how far above zero it is, not only that it is.",
            (lambda z: (np.asarray(z) > 0) * 1.0, lambda z: (np.asarray(z) >= 0) * 1.0),
        ),
        Misconception(
            "relu-leaky",
            "A part of each negative logit comes through. That is a leaky ReLU; the plain one lets nothing through.",
            (leaky(0.01), leaky(0.1)),
            fitted=leaky_like,
        ),
    ],
    more=elementwise,
)

SIGMOID = Answer(
    name="sigmoid",
    section=f"{LESSON}#Sigmoid",
    oracle=sigmoid,
    tries=[
        *probes(0.0, 2.0, -3.0, 1, np.array([-3.0, -1.0, 0.0, 0.5, 2.0]), TABLE, COLUMN),
        *probes(np.array([-2.0, 5.0], dtype=np.float32)),
        *probes(np.array([-2.0, 5.0], dtype=np.float16), **EPS16),
        *probes(
            -1000.0,
            1000.0,
            np.array([-1000.0, 1000.0]),
            np.array([-1e4, 1e4]),
            extreme=True,
            warning_free=True,
        ),
        *probes(np.array([-100.0, 100.0], dtype=np.float32), extreme=True),
        *probes(np.array([-6e4, 6e4], dtype=np.float16), extreme=True, **EPS16),
        *probes([-1.0, 2.0], optional=True),
    ],
    misconceptions=[
        Misconception(
            "sigmoid-flipped",
            "The curve falls where it should rise: large logits belong to probabilities near 1. Look at the sign "
            "in the exponent.",
            (lambda z: sigmoid(np.negative(z)),),
        ),
        Misconception(
            "sigmoid-overflow",
            "For a logit this large e^-z or e^z does not fit into a float. e^z is harmless while z is negative, and "
            "e^-z while z is positive: choose by the sign of z, without computing both.",
            (
                lambda z: 1 / (1 + np.exp(np.negative(z))),
                lambda z: np.exp(z) / (1 + np.exp(z)),
                lambda z: np.where(np.asarray(z) >= 0, 1 / (1 + np.exp(np.negative(z))), np.exp(z) / (1 + np.exp(z))),
            ),
        ),
        Misconception(
            "sigmoid-is-tanh",
            "These outputs run from -1 to 1. A probability runs from 0 to 1: what should come out at z = 0?",
            (np.tanh, lambda z: np.tanh(np.asarray(z) / 2)),
        ),
    ],
    breaks="sigmoid-overflow",
    more=elementwise,
)

SOFTMAX = Answer(
    name="softmax",
    section=f"{LESSON}#Softmax",
    oracle=softmax,
    tries=[
        *probes(np.array([1.0, 2.0, 4.0]), np.array([0.5, -0.25]), TABLE, SQUARE, TABLE[:1], COLUMN),
        *probes(TABLE.astype(np.float32)),
        *probes(TABLE.astype(np.float16), **EPS16),
        *probes(np.array([1000.0, 0.0]), np.array([-1000.0, -1001.0]), np.array([1e4, -1e4, 0.0]), extreme=True),
        *probes(MIXED, np.array([100.0, 99.0], dtype=np.float32), extreme=True),
        *probes([1.0, 2.0, 4.0], optional=True),
    ],
    misconceptions=[
        Misconception(
            "softmax-no-shift",
            "e^1000 does not fit into a float. Softmax stays the same when one number is taken off all logits of a "
            "row: which number makes every exponent harmless, for -1000 as well?",
            (exp_over_sum, lambda z: exp_over_sum(z - np.maximum(0, np.max(z, axis=-1, keepdims=True)))),
        ),
        Misconception(
            "softmax-wrong-axis",
            "Here the columns sum to 1. One row is one example, so it is each row that must sum to 1.",
            (lambda z: _along_columns(np.asarray(z, dtype=float)),),
        ),
        Misconception(
            "softmax-whole-batch",
            "All rows together sum to 1. Each row is an example of its own and sums to 1 by itself.",
            (lambda z: exp_over_sum(np.asarray(z, dtype=float) - np.max(z), axis=None),),
        ),
        Misconception(
            "softmax-no-exp",
            "These are shares of the logits themselves; one is negative where a logit is. What makes every number "
            "positive first?",
            (lambda z: z / np.sum(z, axis=-1, keepdims=True),),
        ),
        Misconception(
            "softmax-flipped",
            "The smallest logit gets the largest probability. Look at the sign in the exponent.",
            (lambda z: softmax(np.negative(z)),),
        ),
        Misconception(
            "softmax-global-shift",
            "The batch's largest logit was taken off every row, so in a row far below it every e^z is 0. Take off "
            "each row's own largest.",
            (lambda z: exp_over_sum(np.asarray(z, dtype=float) - np.max(z)),),
        ),
    ],
    breaks="softmax-no-shift",
    more=lambda rng: [Probe((rng.normal(0, 3, shape),), secret=True) for shape in [(5,), (3, 4), (4, 4)]],
)


def _along_columns(z: np.ndarray) -> np.ndarray:
    return exp_over_sum(z - z.max(axis=0, keepdims=True), axis=0)


SIGMOID_GRADIENT = Answer(
    name="sigmoid_gradient",
    section=f"{LESSON}#What-saturates",
    oracle=lambda z: sigmoid(z) * sigmoid(np.negative(z)),
    tries=[
        *probes(0.0, 2.0, -3.0, 1, np.array([-3.0, -1.0, 0.0, 0.5, 2.0]), TABLE, COLUMN),
        *probes(np.array([-2.0, 5.0], dtype=np.float32)),
        *probes(-1000.0, 1000.0, np.array([-1e4, 1e4]), extreme=True),
        *probes([-1.0, 2.0], optional=True),
    ],
    misconceptions=[
        Misconception(
            "gradient-without-one-minus",
            "The slope must vanish where the sigmoid is flat, at both ends. At z = 1000 yours is still 1: what does "
            "the sigmoid itself have to be multiplied with?",
            (sigmoid, lambda z: sigmoid(z) ** 2),
        ),
        Misconception(
            "gradient-of-the-output",
            "z(1-z) takes z for the sigmoid's output. z is a logit: the sigmoid has to be computed from it first.",
            (lambda z: np.asarray(z, dtype=float) * (1 - np.asarray(z, dtype=float)),),
        ),
        Misconception(
            "sigmoid-is-tanh",
            "This is the slope of tanh, 1 at z = 0. The sigmoid's steepest slope is a quarter.",
            (lambda z: 1 - np.tanh(z) ** 2,),
        ),
        Misconception(
            "sigmoid-overflow",
            "For a logit this large e^-z or e^z does not fit into a float. Build the slope from a sigmoid that "
            "survives it.",
            (lambda z: np.exp(np.negative(z)) / (1 + np.exp(np.negative(z))) ** 2,),
        ),
    ],
    breaks="sigmoid-overflow",
    more=elementwise,
)


def layers(inputs: int, hidden: int, outputs: int, seed: int) -> tuple[object, ...]:
    """Return (w1, b1, w2, b2) of two layers with small whole numbers, easy to follow on paper."""
    rng = np.random.default_rng(seed)
    sizes = [(inputs, hidden), (hidden,), (hidden, outputs), (outputs,)]
    return tuple(rng.integers(-3, 4, size).astype(float) for size in sizes)


COLLAPSE = Answer(
    name="collapse",
    section=f"{LESSON}#Two-layers-that-are-one",
    oracle=lambda w1, b1, w2, b2: (w1 @ w2, b1 @ w2 + b2),
    tries=[
        Probe(layers(2, 2, 2, seed=1)),
        Probe(layers(2, 3, 4, seed=2)),
        Probe(layers(3, 2, 2, seed=3)),
        Probe(layers(1, 4, 1, seed=4)),
        Probe(layers(3, 3, 3, seed=5)),
    ],
    misconceptions=[
        Misconception(
            "collapse-order",
            "x meets w1 first, and what comes out, bias included, meets w2. Write (x @ w1 + b1) @ w2 + b2 out and "
            "collect what multiplies x and what does not.",
            (
                lambda w1, b1, w2, b2: (w2 @ w1, b1 @ w2 + b2),
                lambda w1, b1, w2, b2: (w1 @ w2, b1 + b2),
                lambda w1, b1, w2, b2: (w2 @ w1, b1 + b2),
                lambda w1, b1, w2, b2: (w2 @ w1, w2 @ b1 + b2),
                lambda w1, b1, w2, b2: (w1 @ w2, w2 @ b1 + b2),
                lambda w1, b1, w2, b2: (w1 @ w2, b2 @ w1 + b1),
            ),
        ),
        Misconception(
            "collapse-forgets-a-bias",
            "With x = 0 the two layers still put something out, and both biases have a part in it.",
            (
                lambda w1, b1, w2, b2: (w1 @ w2, b2),
                lambda w1, b1, w2, b2: (w1 @ w2, b1 @ w2),
                lambda w1, b1, w2, b2: (w1 @ w2, b1),
            ),
        ),
    ],
    items=2,
    more=lambda rng: [Probe(layers(4, 3, 2, seed=int(rng.integers(1 << 30))), secret=True)],
)

check_relu = Check(RELU)
check_sigmoid = Check(SIGMOID)
check_softmax = Check(SOFTMAX)
check_sigmoid_gradient = Check(SIGMOID_GRADIENT)
check_collapse = Check(COLLAPSE)
