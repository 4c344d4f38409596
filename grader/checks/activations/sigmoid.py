"""The sigmoid, and what is taken for it."""

from typing import Any

import numpy as np
from scipy.special import ndtr

from grader.answers.table import Answer, Function, Misconception, Way, probes
from grader.checks.activations.formulas import STEPS, sigmoid, softmax, softmax_done
from grader.checks.fits import number_from
from grader.checks.general import one_by_one
from grader.checks.inputs import COLUMN, EPS16, TABLE, elementwise
from grader.checks.words import HINT_CUT, HINT_PRECEDENCE


def kept_integers(function: Function) -> Function:
    """Return the function with a result that is cut to whole numbers where whole numbers went in."""

    def cut(z: Any) -> np.ndarray:
        z = np.asarray(z)
        return np.asarray(function(z)).astype(z.dtype if z.dtype.kind in "iu" else float)

    return cut


def log_odds(p: Any) -> np.ndarray:
    """Return log(p / (1 - p)); by log1p, which keeps the accuracy of 1 - p."""
    p = np.asarray(p, dtype=float)
    return np.log(p) - np.log1p(-p)


def sigmoid_done(z: Any, scale: float = 1.0, most: float = np.inf, of: Function = sigmoid) -> np.ndarray:
    """Return what `of` makes of logits that are multiplied, and cut off on both sides, before."""
    return np.asarray(of(scale * np.clip(np.asarray(z, dtype=float), -most, most)))


def hidden(number: float) -> Function:
    """Return e^z / (1 + e^z) with a number in place of NaN, and no word of the overflow."""

    def sigmoid_without_nan(z: Any) -> np.ndarray:
        with np.errstate(all="ignore"):
            e = np.exp(np.asarray(z, dtype=float))
            return np.nan_to_num(e / (1 + e), nan=number)

    return sigmoid_without_nan


def scale_of(answer: Function) -> Way | None:
    """Return what the answer multiplies logits with, or None when it is 1 or no number."""
    p = number_from(answer, np.array([1.0]))
    scale = float(np.log(p / (1 - p))) if 0 < p < 1 else np.nan
    return {"scale": scale} if abs(scale) > 1e-3 and abs(abs(scale) - 1) > 1e-3 else None


def cut_off_of(answer: Function) -> Way | None:
    """Return where the answer cuts logits off, or None when it does so nowhere that float64 could show."""
    p = number_from(answer, np.array([-300.0]))
    most = abs(float(log_odds(p))) if 0 < p < 1 else np.nan
    return {"most": most} if 0 < most < 290 else None


def one_of(answer: Function) -> Way | None:
    """Return c + e^-z below the fraction line with the answer's own c in place of 1, from its value at 0."""
    p = number_from(answer, np.array([0.0]))
    one = 1 / p - 1 if p else np.nan
    if not np.isfinite(one) or abs(one - 1) < 1e-6:
        return None
    return {"of": lambda z: 1 / (one + np.exp(np.minimum(-z, 709)))}


def straight_of(answer: Function) -> Way | None:
    """Return the straight line of the answer's own slope between 0 and 1, as a hard sigmoid is."""
    low, middle, high = (number_from(answer, np.array([z])) for z in (-0.5, 0.0, 0.5))
    slope = high - low
    straight = abs(middle - 0.5) < 1e-6 and abs(high + low - 1) < 1e-6 and slope > 1e-3
    return (lambda z: np.clip(slope * np.asarray(z, dtype=float) + 0.5, 0, 1)) if straight else None


SIGMOID = Answer(
    name="sigmoid",
    section="01-activations.ipynb#sigmoid-heading",
    idea=(
        "The sigmoid turns any number into a probability: 0.5 at 0, near 1 for large numbers, near 0 for "
        "numbers far below 0."
    ),
    way=(
        "Compute e = e^-|z| once: it lies between 0 and 1 for every z. 1/(1+e^-z) can be written with it "
        "for z above 0, and e^z/(1+e^z) for z below 0; np.where chooses the numerator by the sign of z."
    ),
    oracle=sigmoid,
    examples=(0,),
    recipe=sigmoid_done,
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
            "A larger z gives a smaller result here. Large logits belong to probabilities near 1. Look at the sign "
            "in the exponent.",
            ({"scale": -1.0},),
        ),
        Misconception(
            "sigmoid-overflow",
            "For a logit this large e^-z or e^z does not fit into a float. e^-|z| is harmless for every z: write both "
            "cases, z above 0 and z below 0, with it.",
            (
                lambda z: 1 / (1 + np.exp(np.negative(z))),
                lambda z: np.exp(z) / (1 + np.exp(z)),
                {"of": lambda z: 1 / (1 + np.exp(-z))},
                {"of": lambda z: np.exp(z) / (1 + np.exp(z))},
                lambda z: np.where(np.asarray(z) >= 0, 1 / (1 + np.exp(np.negative(z))), np.exp(z) / (1 + np.exp(z))),
            ),
        ),
        Misconception(
            "sigmoid-is-tanh",
            "These outputs run from -1 to 1. A probability runs from 0 to 1: what should come out at z = 0?",
            (np.tanh, lambda z: np.tanh(np.asarray(z) / 2)),
        ),
        Misconception(
            "operator-precedence",
            HINT_PRECEDENCE,
            (
                lambda z: 1 + np.exp(np.negative(z)),
                lambda z: 1 + np.exp(z),
                lambda z: 2 * np.exp(z),
                lambda z: 2 * np.exp(np.negative(z)),
                lambda z: np.exp(z) + 1 + np.exp(z),
            ),
        ),
        Misconception(
            "sigmoid-scaled",
            "The curve is right at 0, and too steep or too flat everywhere else. What is the logit multiplied with, or "
            "which number is raised to the power of it?",
            ({"scale": float(np.log(2))}, {"scale": 2.0}, {"scale": 0.5}),
            fitted=(scale_of,),
        ),
        Misconception(
            "sigmoid-clipped",
            "Beyond a certain size all logits get the same probability: the logits, or the probabilities, were cut. "
            "A probability of 0.00001 is another one than 0.0000000001.",
            ({"most": 10.0},),
            fitted=(cut_off_of,),
        ),
        Misconception(
            "sigmoid-is-another-curve",
            "This curve is S-shaped, too, and is no sigmoid. Compare with 1/(1 + e^-z) at z = 2, where it is 0.881.",
            (
                lambda z: np.clip(0.2 * np.asarray(z) + 0.5, 0, 1),
                lambda z: np.clip(np.asarray(z) / 6 + 0.5, 0, 1),
                lambda z: np.asarray(z) / (1 + np.abs(z)),
                lambda z: 0.5 * (1 + np.asarray(z) / (1 + np.abs(z))),
                lambda z: 0.5 + np.arctan(z) / np.pi,
                lambda z: np.asarray(z) / np.sqrt(1 + np.asarray(z, dtype=float) ** 2),
                ndtr,
                lambda z: 1 - np.exp(-np.maximum(z, 0)),
            ),
            fitted=(straight_of,),
        ),
        Misconception("result-cut-to-integers", HINT_CUT, (kept_integers(sigmoid),)),
        Misconception(
            "classes-not-probabilities",
            "These are classes, 0 or 1. The exercise asks for the probability, which is 0.881 at z = 2.",
            (*STEPS, {"after": np.round}, {"after": lambda p: np.asarray(p >= 0.5, dtype=float)}),
        ),
        Misconception(
            "softmax-for-sigmoid",
            "All numbers together sum to 1: this is the softmax. Each logit has a probability of its own here.",
            (softmax, lambda z: softmax_done(z, axis=None)),
        ),
        Misconception(
            "gradient-not-asked",
            "This is the slope of the sigmoid. The exercise asks for the sigmoid itself, which is 0.5 at z = 0.",
            (lambda z: sigmoid(z) * sigmoid(np.negative(z)),),
        ),
        Misconception(
            "sigmoid-of-a-minus",
            "At z = 0 this divides by 0. The numbers under the fraction line are added: 1 plus e^-z.",
            (
                lambda z: 1 / (1 - np.exp(np.negative(z))),
                lambda z: np.exp(z) / (1 - np.exp(z)),
                lambda z: 1 / (1 - np.exp(np.clip(np.negative(np.asarray(z, dtype=float)), -700, 700)) + 1e-12),
                {"of": lambda z: np.exp(z) / (np.exp(z) - 1)},
                {"of": lambda z: 1 / (1 - np.exp(z))},
            ),
        ),
        Misconception(
            "overflow-hidden",
            "NaN, which comes from an overflow, was replaced by a number. The right result for 1000 is 1: find the "
            "form of the formula that does not overflow.",
            tuple(hidden(number) for number in (0.0, 0.5)),
        ),
        Misconception(
            "exponent-with-two-signs",
            "Numerator and denominator do not fit each other: with e^z above, 1 + e^z belongs below, with 1 above 1 + "
            "e^-z.",
            (
                {"of": lambda z: np.exp(z) / (1 + np.exp(-z))},
                {"of": lambda z: np.exp(-z) / (1 + np.exp(z))},
            ),
        ),
        Misconception(
            "sigmoid-of-the-size",
            "Both branches hold e^-|z|, and only one of the numerators belongs to negative logits: here z and -z get "
            "the same probability.",
            (lambda z: sigmoid(np.abs(z)), lambda z: sigmoid(-np.abs(z))),
        ),
        Misconception(
            "one-missing",
            "The 1 that is added to e^-z, or the one above the fraction line, is missing.",
            (
                {"of": lambda z: 1 / np.exp(-z)},
                {"of": lambda z: 1 / np.exp(z)},
                {"of": lambda z: np.exp(z) / np.exp(-z)},
            ),
        ),
        Misconception(
            "exponential-missing",
            "z itself stands where e^-z, or e^z, belongs.",
            (
                lambda z: 1 / (1 + np.asarray(z, dtype=float)),
                lambda z: 1 / (1 - np.asarray(z, dtype=float)),
                lambda z: np.asarray(z, dtype=float) / (1 + np.exp(np.negative(z))),
                lambda z: np.asarray(z, dtype=float) / (1 + np.asarray(z, dtype=float)),
            ),
        ),
        Misconception(
            "another-number-than-one",
            "Another number than 1 is added to e^-z: the result at z = 0 shows which.",
            ({"of": lambda z: 1 / (2 + np.exp(np.minimum(-z, 709)))},),
            fitted=(one_of,),
        ),
        Misconception("exponential-alone", "This is e^z. A probability ends at 1: what is it divided by?", (np.exp,)),
    ],
    general=one_by_one(sigmoid, log_odds, np.array([0.5, -1.0, 2.0]), np.array([-700.0, 700.0])),
    breaks="sigmoid-overflow",
    more=elementwise,
)
