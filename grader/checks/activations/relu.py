"""ReLU, and what is taken for it."""

from typing import Any

import numpy as np

from grader.answers.table import Answer, Function, Misconception, Way, probes
from grader.checks.activations.formulas import STEPS, sigmoid
from grader.checks.fits import number_from, numbers_from
from grader.checks.general import one_by_one
from grader.checks.inputs import COLUMN, EPS16, TABLE, elementwise


def relu_done(
    z: Any,
    below: float = 0.0,
    most: float = np.inf,
    border: float = 0.0,
    least: float = 0.0,
    dtype: Any = None,
) -> np.ndarray:
    """Return max(0, z), with a slope below a border, an upper end, and another number than 0 as the lower one."""
    z = np.asarray(z, dtype=dtype)  # in its own dtype, in which the learner's slope is rounded, or in another
    value = np.minimum(np.where(z > border, z, below * z), most)
    return np.asarray(np.maximum(value, least) if least else value)


def leak_of(answer: Function) -> Way | None:
    """Return the answer's own slope below 0, or None when that is none."""
    slope = -number_from(answer, np.array([-1.0]))
    return {"below": slope} if abs(slope) > 0 else None


def leak_in_float64_of(answer: Function) -> Way | None:
    """Return the same for an answer that computes in float64."""
    way = leak_of(answer)
    return {**way, "dtype": float} if isinstance(way, dict) else None


def least_of(answer: Function) -> Way | None:
    """Return the smallest number that the answer gives, or None when that is 0."""
    least = number_from(answer, np.array([-1e6]))
    return {"least": least} if 0 < abs(least) < 10 else None


def border_of(answer: Function) -> Way | None:
    """Return from where on the answer lets numbers through, to a 400th, or None when that is 0."""
    ladder = np.linspace(0.0025, 10, 4000)
    passed = np.flatnonzero(numbers_from(answer, ladder))
    border = float(ladder[passed[0]]) - 1 / 800 if passed.size and passed[0] else 0.0
    return {"border": border} if border > 0.01 else None


def most_of(answer: Function) -> Way | None:
    """Return the largest number that the answer gives, or None when it grows on."""
    most = number_from(answer, np.array([1e6]))
    return {"most": most} if 0 < most < 1e4 else None


RELU = Answer(
    name="relu",
    section="01-activations.ipynb#relu-heading",
    idea="ReLU passes a positive number on as it is and makes a negative one 0.",
    way=(
        "Compare each number with 0 and take the larger of the two. NumPy has one function that does this"
        " for whole arrays."
    ),
    oracle=lambda z: np.maximum(np.asarray(z, dtype=float), 0),
    examples=(0,),
    recipe=relu_done,
    tries=[
        *probes(-2.0, 3.0, 0.0, -2, np.array([-2.0, -0.5, 0.0, 0.5, 3.0]), TABLE, COLUMN),
        *probes(np.array([-1.5, 2.75], dtype=np.float32)),
        *probes(np.array([-4.0, 3.0e4], dtype=np.float16), **EPS16),
        *probes(np.array([-1e4, 1e4]), extreme=True),
        *probes([-1, 2], optional=True),
    ],
    misconceptions=[
        Misconception(
            "relu-absolute",
            "A negative logit becomes positive here. ReLU does not turn it round: look at what it does with -2.",
            ({"below": -1.0},),
        ),
        Misconception(
            "relu-flipped",
            "The negative logits come through and the positive ones do not. Which side does ReLU keep?",
            (lambda z: np.minimum(0, z), lambda z: np.maximum(0, np.negative(z))),
        ),
        Misconception(
            "relu-step",
            "Every positive logit gives the same output. ReLU says how far above zero it is, not only that it is.",
            (*STEPS, np.sign),
        ),
        Misconception(
            "relu-leaky",
            "A part of each negative logit comes through. That is a leaky ReLU; the plain one lets nothing through.",
            ({"below": 0.01}, {"below": 0.1}),
            fitted=(leak_of, leak_in_float64_of),
        ),
        Misconception(
            "relu-capped",
            "From a certain size on the result does not grow any more. ReLU has no upper end.",
            ({"most": 6.0},),
            fitted=(most_of,),
        ),
        Misconception(
            "relu-floor",
            "Far below 0 the result is another number than 0.",
            ({"least": 1e-3}, {"least": 1.0}),
            fitted=(least_of,),
        ),
        Misconception(
            "relu-border",
            "The numbers come through from another border on than 0.",
            ({"border": 1.0}, {"border": 0.5}),
            fitted=(border_of,),
        ),
        Misconception(
            "relu-drops-numbers",
            "The negative numbers are left out, so that the shape changes. They become 0, each in its place.",
            (lambda z: np.asarray(z)[np.asarray(z) > 0],),
        ),
        Misconception(
            "second-argument-is-an-axis",
            "This is the largest number of an array: the second argument of np.max, and of z.max, is an axis. "
            "np.maximum compares number by number.",
            (lambda z: np.max(z, 0), np.max, lambda z: np.max(z, axis=-1)),
        ),
        Misconception(
            "relu-identity",
            "The numbers come out as they went in. What does ReLU do with the negative ones?",
            ({"below": 1.0},),
        ),
        Misconception(
            "relu-is-another-activation",
            "This is another activation, a smooth one. ReLU is a straight line on either side of 0: which two?",
            (
                lambda z: np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z))),
                lambda z: np.asarray(z) * sigmoid(z),
                lambda z: np.where(np.asarray(z) > 0, z, np.expm1(np.minimum(z, 0))),
                lambda z: np.asarray(z) * sigmoid(1.702 * np.asarray(z)),
                lambda z: 0.5 * np.asarray(z) * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * np.asarray(z) ** 3))),
                sigmoid,
                np.tanh,
                lambda z: np.clip(z, -1, 1),
            ),
        ),
        Misconception(
            "relu-overflow",
            "A large number is squared on the way, and its square does not fit into a float. ReLU needs a comparison "
            "with 0 and no square.",
            (lambda z: (z + np.sqrt(np.square(z))) / 2,),
        ),
    ],
    general=one_by_one(
        relu_done, lambda r: np.where(r > 0, r, np.nan), np.array([5.0, 8.0, 13.5]), np.array([-9.0, 1e6])
    ),
    breaks="relu-overflow",
    more=elementwise,
)
