"""The sigmoid's slope, and what is taken for it."""

from typing import Any

import numpy as np

from grader.answers.table import Answer, Function, Misconception, Way, probes
from grader.checks.activations.formulas import sigmoid
from grader.checks.activations.sigmoid import log_odds
from grader.checks.fits import number_from, numbers_from
from grader.checks.general import one_by_one
from grader.checks.inputs import COLUMN, TABLE, elementwise
from grader.checks.words import HINT_PRECEDENCE


def gradient_done(z: Any, of: Function = sigmoid, slope: Function = lambda s: s * (1 - s)) -> np.ndarray:
    """Return the slope of the sigmoid from its value; `of` makes the value, `slope` the slope."""
    return np.asarray(slope(np.asarray(of(np.asarray(z, dtype=float)))))


def sigmoid_gradient(z: Any) -> np.ndarray:
    """Return the slope of the sigmoid, s(1-s), with 1-s as the sigmoid of -z."""
    return sigmoid(z) * sigmoid(np.negative(z))


def logit_of_slope(slope: np.ndarray) -> np.ndarray:
    """Return the positive logit at which the sigmoid has a slope."""
    return log_odds((1 + np.sqrt(1 - 4 * slope)) / 2)


def sigmoid_ends_of(answer: Function) -> Way | None:
    """Return how far the answer keeps the sigmoid away from 0 and 1: far out its slope is c(1-c)."""
    slope = number_from(answer, np.array([-700.0]))
    little = (1 - np.sqrt(1 - 4 * slope)) / 2 if 0 < slope < 0.25 else 0.0
    return {"of": lambda z: np.clip(sigmoid(z), little, 1 - little)} if little > 1e-6 else None


def step_of(answer: Function) -> Way | None:
    """Return the difference quotient with the answer's own step, ahead or on both sides, or None when there is none."""
    from scipy.optimize import brentq

    z, other = 0.7, -1.3
    seen, also_seen = (number_from(answer, np.array([each])) for each in (z, other))
    for quotient in (ahead, around):
        low, high = (quotient(np.array(z), step) - seen for step in (1e-3, 2.0))
        if np.isfinite(seen) and low * high < 0:
            step = brentq(lambda step, quotient=quotient: float(quotient(np.array(z), step)) - seen, 1e-3, 2.0)
            if abs(quotient(np.array(other), step) - also_seen) < 1e-7:
                return lambda z, quotient=quotient, step=step: quotient(np.asarray(z, dtype=float), step)
    return None


def noise_of(answer: Function) -> Way | None:
    """Return the answer itself where it is a difference quotient with so small a step that its digits are noise.

    The values of the sigmoid near 0.6 are whole multiples of 2^-53, so that a difference of two of them is one, too.
    """
    found = numbers_from(answer, np.linspace(0.1, 0.9, 9))
    for step in (factor * 10.0**-power for power in range(11, 18) for factor in (1, 2)):
        count = found * step * 2.0**53
        if found.size and np.any(count) and np.allclose(count, np.round(count), rtol=0, atol=1e-3):
            return lambda z: answer(z)
    return None


def ahead(z: np.ndarray, step: float) -> np.ndarray:
    """Return the forward difference quotient of the sigmoid."""
    return (sigmoid(z + step) - sigmoid(z)) / step


def around(z: np.ndarray, step: float) -> np.ndarray:
    """Return the central difference quotient of the sigmoid."""
    return (sigmoid(z + step) - sigmoid(z - step)) / (2 * step)


SIGMOID_GRADIENT = Answer(
    name="sigmoid_gradient",
    section="01-activations.ipynb#saturates-heading",
    idea=(
        "The slope says how far the probability moves when the logit moves a little. It is largest at 0, "
        "where it is 0.25, and vanishes at both ends."
    ),
    way=("Compute s, the sigmoid of z. Differentiate 1/(1+e^-z) on paper and write the result with s alone."),
    oracle=sigmoid_gradient,
    examples=(0,),
    recipe=gradient_done,
    tries=[
        *probes(0.0, 2.0, -3.0, 1, np.array([-3.0, -1.0, 0.0, 0.5, 2.0]), TABLE, COLUMN),
        # a difference quotient over 0.01 is wrong by 2e-6 at 0
        *probes(np.array([0.0, 0.25, -0.5]), rtol=1e-6, atol=2e-7),
        # one in float32 keeps three digits
        *probes(np.array([-2.0, 5.0], dtype=np.float32), rtol=1e-3, atol=1e-5),
        *probes(-1000.0, 1000.0, np.array([-1e4, 1e4]), extreme=True),
        *probes([-1.0, 2.0], optional=True),
    ],
    misconceptions=[
        Misconception(
            "gradient-without-one-minus",
            "The slope is a product of two factors, and vanishes where the sigmoid is flat, at both ends. What is the "
            "sigmoid multiplied with?",
            (
                {"slope": lambda s: s},
                {"slope": lambda s: s**2},
                {"slope": lambda s: np.minimum(s, 1 - s)},
            ),
        ),
        Misconception(
            "gradient-without-sigmoid",
            "This is 1 - s, and still 1 far below 0, where the sigmoid is flat. One factor of the slope is missing.",
            ({"slope": lambda s: 1 - s}, {"slope": lambda s: (1 - s) ** 2}),
        ),
        Misconception(
            "gradient-of-the-output",
            "z stands where the sigmoid's output belongs. z is a logit: compute s, the sigmoid, and write both "
            "factors of s(1-s) with s.",
            (
                {"of": lambda z: z},
                lambda z: sigmoid(z) * (1 - np.asarray(z)),
                lambda z: np.asarray(z) * (1 - sigmoid(z)),
            ),
        ),
        Misconception(
            "sigmoid-twice",
            "The sigmoid was taken twice: of z, and again of what came out.",
            ({"of": lambda z: sigmoid(sigmoid(z))}, {"slope": lambda s: s * (1 - sigmoid(s))}),
        ),
        Misconception(
            "operator-precedence", HINT_PRECEDENCE, ({"of": lambda z: 1 + np.exp(-z)}, {"slope": lambda s: s * 1 - s})
        ),
        Misconception(
            "gradient-sign",
            "The slope is negative, and the sigmoid rises everywhere. Look at the signs.",
            ({"slope": lambda s: -s * (1 - s)}, {"slope": lambda s: s * (1 + s)}),
        ),
        Misconception(
            "gradient-factors",
            "s and 1 - s are multiplied with each other, each of them once. Compare what is added, taken off, divided "
            "or squared.",
            (
                {"slope": lambda s: s - (1 - s)},
                {"slope": lambda s: s / (1 - s)},
                {"slope": lambda s: (1 - s) / s},
                {"slope": lambda s: s + (1 - s)},
                {"slope": lambda s: s**2 * (1 - s)},
                {"slope": lambda s: s * (1 - s) ** 2},
                {"slope": lambda s: s * (1 - s**2)},
            ),
        ),
        Misconception(
            "sigmoid-rounded",
            "The sigmoid was rounded before its slope was made of it.",
            tuple({"of": lambda z, n=n: np.round(sigmoid(z), n)} for n in range(1, 5)),
        ),
        Misconception(
            "gradient-of-tanh",
            "1 - s² is the slope of tanh, written in the value of tanh. The slope of the sigmoid has another form.",
            ({"slope": lambda s: 1 - s**2},),
        ),
        Misconception(
            "gradient-exponent-sign",
            "Numerator and denominator do not fit each other: with e^z above, 1 + e^z belongs below, with e^-z 1 + "
            "e^-z.",
            (
                lambda z: np.exp(z) / (1 + np.exp(np.negative(z))) ** 2,
                lambda z: np.exp(np.negative(z)) / (1 + np.exp(z)) ** 2,
            ),
        ),
        Misconception(
            "gradient-by-differences",
            "This is the slope between two points that lie a small step apart, so it is only about right. The "
            "derivative has a formula in s, the sigmoid's value.",
            (lambda z: ahead(np.asarray(z, dtype=float), 0.01),),
            fitted=(step_of, noise_of),
        ),
        Misconception(
            "sigmoid-is-tanh",
            "This is the slope of tanh, 1 at z = 0. The sigmoid's steepest slope is a quarter.",
            ({"of": np.tanh, "slope": lambda s: 1 - s**2},),
        ),
        Misconception(
            "second-derivative",
            "This is the slope of the slope, which is 0 at z = 0. The exercise asks for the first derivative.",
            ({"slope": lambda s: s * (1 - s) * (1 - 2 * s)},),
        ),
        Misconception(
            "derivative-times-z",
            "The slope was multiplied with z. The derivative with respect to z of z itself is 1.",
            (lambda z: np.asarray(z) * sigmoid(z) * (1 - sigmoid(z)),),
        ),
        Misconception(
            "probabilities-clipped",
            "The sigmoid was kept away from 0 and 1, so that the slope does not vanish at the ends.",
            ({"of": lambda z: np.clip(sigmoid(z), 0.01, 0.99)},),
            fitted=(sigmoid_ends_of,),
        ),
        Misconception(
            "sigmoid-overflow",
            "For a logit this large e^-z or e^z does not fit into a float. Build the slope from a sigmoid that "
            "survives it.",
            (lambda z: np.exp(np.negative(z)) / (1 + np.exp(np.negative(z))) ** 2,),
        ),
    ],
    general=one_by_one(sigmoid_gradient, logit_of_slope, np.array([0.3, 1.0, 2.0]), np.array([0.0, 700.0])),
    breaks="sigmoid-overflow",
    more=elementwise,
)
