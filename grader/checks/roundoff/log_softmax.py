"""The log-softmax, and what is taken for it."""

import math
from typing import Any

import numpy as np

from grader.answers.table import Answer, Function, Misconception, Probe, Way
from grader.checks.activations.formulas import cut, exp_over_sum, shift_of, sigmoid, softmax
from grader.checks.fits import numbers_from
from grader.checks.general import row_by_row
from grader.checks.roundoff.log_sum_exp import log_sum_exp
from grader.checks.roundoff.rows import (
    EXTREME,
    HINT_BATCH,
    HINT_CLIPPED,
    HINT_COLUMNS,
    HINT_EPSILON,
    HINT_GLOBAL,
    HINT_INNER,
    HINT_LOG1P,
    HINT_SCALED,
    HINT_SHIFT,
    ORDINARY,
    logits,
    most_of,
)
from grader.checks.roundoff.softplus import softplus
from grader.checks.words import HINT_COLUMN_SHIFT

LOSES_DIGITS = (
    "It could keep more digits: for `np.array([1e8, 1e8 + 1])` a small logarithm is added to a large logit, and loses "
    "its last digits. Take the largest logit off first, as long as the large numbers are exact."
)


def log_softmax(z: Any, axis: int | None = -1) -> np.ndarray:
    """Return z minus its log-sum-exp along an axis, in the shape of z."""
    z = np.asarray(z, dtype=float)
    z = z - z.max(axis=axis, keepdims=True)
    return np.asarray(z - np.log(np.exp(z).sum(axis=axis, keepdims=True)))


def log_softmax_done(
    z: Any,
    shift: str = "sum",
    axis: int | None = -1,
    scale: float = 1.0,
    most: float = np.inf,
    gap: float = np.inf,
    dtype: Any = float,
    times: tuple[float, float] = (1.0, 0.0),
    base: float = math.e,
    inner: float = 1.0,
    little: float = 0.0,
    add: Function = np.sum,
) -> np.ndarray:
    """Return the log-softmax with each part done as the keywords say.

    Args:
        z: logits.
        shift: what is taken off before, see shift_of().
        axis: along which the sum runs.
        scale: what the logits are multiplied with.
        most: where they are cut off on both sides.
        gap: how far below what is taken off they are cut off.
        dtype: what is computed in; None for the dtype of z.
        times: how often the shift is taken off the logit, and off the logarithm of the sum.
        base: of the logarithm.
        inner: what the shifted logits are multiplied with in the exponent.
        little: what is added to the sum.
        add: what the sum is made with.
    """
    z = cut(scale * np.asarray(z, dtype=dtype), most)
    off = shift_of(z, shift, axis)
    z = np.maximum(z, off - gap)
    total = np.log(add(np.exp(inner * (z - off)), axis=axis, keepdims=True) + little) / np.log(base)
    return np.asarray(z - times[0] * off - total - times[1] * off)


def floored(little: float) -> Function:
    """Return the logarithm of a softmax to which a little was added, against a logarithm of 0."""
    return lambda z: np.log(softmax(z) + little)


def softmax_top(z: np.ndarray) -> np.ndarray:
    """Return e^z with the largest logit of each row taken off."""
    return np.exp(z - np.max(z, axis=-1, keepdims=True))


def lowest_of(answer: Function) -> tuple[float, float] | None:
    """Return what the answer gives for a gap of 10000, the larger first, or None when that is about right."""
    found = numbers_from(answer, np.array([1e4, 0.0]))
    return (float(found[0]), float(found[1])) if found.size == 2 and not -10001 < found[1] < -9999 else None


def gap_of(answer: Function) -> Way | None:
    """Return how far below the largest logit the answer cuts logits off: a whole number, as no logarithm of one is."""
    found = lowest_of(answer)
    return {"gap": -found[1]} if found and found[1] < -2 and found[1] == np.round(found[1]) else None


def floor_of(answer: Function) -> Way | None:
    """Return the logarithm of softmax with the answer's own floor, or None when it has none."""
    found = lowest_of(answer)
    if not found or not -740 < found[1] < -2:
        return None
    little = float(np.exp(found[1]))
    # the larger of the two is a little over 1 where something was added, and at most 1 where it was clipped
    return floored(little) if found[0] > 0 else lambda z: np.log(np.clip(softmax(z), little, 1 - little))


def lower_end_of(answer: Function) -> Way | None:
    """Return the logarithm of a softmax that has a lower end alone, or a number in place of minus infinity."""
    found = lowest_of(answer)
    if not found or not found[1] < -2:
        return None
    least = found[1]
    return lambda z: np.maximum(np.log(softmax(z)), least)


def log_sum_exp_rows(z: np.ndarray) -> np.ndarray:
    """Return the log-sum-exp of the last axis, kept as one long."""
    return np.expand_dims(log_sum_exp(z), -1)


def temperature_of(answer: Function) -> Way | None:
    """Return what the answer multiplies logits with: two results of a row differ by as much as its logits."""
    found = numbers_from(answer, np.array([1.0, 0.0]))
    scale = float(found[0] - found[1]) if found.size == 2 else np.nan
    return {"scale": scale} if np.isfinite(scale) and abs(abs(scale) - 1) > 1e-3 else None


def little_of(answer: Function) -> Way | None:
    """Return what the answer adds to the sum: of two equal logits the logarithm is that of 1 / (2 + little)."""
    found = numbers_from(answer, np.array([0.0, 0.0]))
    little = float(np.exp(-found[0])) - 2 if found.size else np.nan
    return {"little": little} if 1e-13 < little < 1 else None


LOG_SOFTMAX = Answer(
    name="log_softmax",
    section="03-roundoff.ipynb#shift-reading",
    idea=(
        "The logarithm of the softmax is the logit minus the log-sum-exp of its row. Written so, nothing "
        "is rounded to 0 before the logarithm."
    ),
    way=(
        "Take the largest logit of each row off first. Then write log(e^z / sum) as a difference and use log_sum_exp; "
        "its shape needs an axis of length 1 at the end."
    ),
    finer=(Probe((np.array([1e8, 1e8 + 1]),), rtol=1e-12, atol=0.0), LOSES_DIGITS),
    oracle=log_softmax,
    examples=(1,),
    recipe=log_softmax_done,
    tries=[*ORDINARY, *EXTREME],
    misconceptions=[
        Misconception(
            "logits-clipped",
            HINT_CLIPPED,
            ({"shift": "none", "most": 500.0, "dtype": None}, {"shift": "none", "most": 500.0}, {"gap": 50.0}),
            fitted=(most_of, gap_of),
        ),
        Misconception(
            "log-of-softmax",
            "Where the softmax is so small that it becomes 0, its logarithm is lost, although the true value is an "
            "ordinary number. Write log(e^z / sum) out before you compute anything.",
            (
                lambda z: np.log(softmax(z)),
                lambda z: np.log(exp_over_sum(z)),  # in the dtype of z, which overflows sooner than float64
                lambda z: np.log(exp_over_sum(np.asarray(z, dtype=float))),
                floored(1e-7),
                floored(1e-12),
            ),
            fitted=(floor_of, lower_end_of),
        ),
        Misconception("logsumexp-no-shift", HINT_SHIFT, ({"shift": "none", "dtype": None}, {"shift": "none"})),
        Misconception("softmax-wrong-axis", HINT_COLUMNS, ({"axis": 0}, {"axis": 0, "shift": "row"})),
        Misconception("softmax-whole-batch", HINT_BATCH, ({"axis": None}, {"axis": None, "shift": "row"})),
        Misconception("softmax-global-shift", HINT_GLOBAL, ({"shift": "all"},)),
        Misconception("shift-of-the-columns", HINT_COLUMN_SHIFT, ({"shift": "column"},)),
        Misconception(
            "softmax-flipped", "The smallest logit got the largest value. Look at the sign of z.", ({"scale": -1.0},)
        ),
        Misconception(
            "softmax-without-log",
            "These are the probabilities themselves, between 0 and 1. The exercise asks for their logarithms.",
            (softmax, exp_over_sum),
        ),
        Misconception(
            "shift-on-one-side",
            "What is taken off the logits in the sum must be taken off the logit before it, too, once and with the "
            "same sign: else the results of a row are right but for a constant.",
            (
                {"times": (0.0, 0.0)},
                {"times": (-1.0, 0.0)},
                {"times": (1.0, 1.0)},
                {"times": (0.0, -1.0)},
                {"times": (1.0, -1.0)},
            ),
        ),
        Misconception(
            "sign-of-the-log",
            "The logarithms of probabilities are never above 0. Look at the signs.",
            ({"after": np.negative}, lambda z: np.asarray(z) + log_sum_exp_rows(z)),
        ),
        Misconception(
            "logarithm-of-another-base",
            "The logarithm has another base than e, the number that is raised to the power of z.",
            (
                {"base": 2.0},
                {"base": 10.0},
                {"after": lambda value: value / np.log(2)},
                {"after": lambda value: value / np.log(10)},
            ),
        ),
        Misconception(
            "largest-alone",
            "Only the largest logit was taken off. The others have a part in the sum, too.",
            (lambda z: z - np.max(z, axis=-1, keepdims=True),),
        ),
        Misconception("softmax-temperature", HINT_SCALED, ({"scale": 2.0}, {"scale": 0.5}), fitted=(temperature_of,)),
        Misconception(
            "mean-for-sum",
            "The mean of e^z stands where their sum belongs.",
            ({"add": np.mean},),
        ),
        Misconception("epsilon-added", HINT_EPSILON, ({"little": 1e-3},), fitted=(little_of,)),
        Misconception("sign-in-the-exponent", HINT_INNER, ({"inner": -1.0},)),
        Misconception(
            "division-for-subtraction",
            "The logit was divided by the log-sum-exp. The logarithm of a fraction is a difference.",
            (
                lambda z: np.asarray(z) / log_sum_exp_rows(z),
                lambda z: (z - np.max(z, axis=-1, keepdims=True)) / log_sum_exp_rows(z),
                lambda z: np.log(softmax_top(z)) / np.log(np.sum(softmax_top(z), axis=-1, keepdims=True)),
                lambda z: np.log(np.exp(z)) / np.log(np.sum(np.exp(z), axis=-1, keepdims=True)),
            ),
        ),
        Misconception(
            "exponential-missing",
            "The logarithm was taken of the logits themselves, or of their sum. What happens to each logit first?",
            (
                lambda z: z - np.log(np.sum(z, axis=-1, keepdims=True)),
                lambda z: np.log(z / np.sum(z, axis=-1, keepdims=True)),
                lambda z: np.asarray(z) - np.sum(z, axis=-1, keepdims=True),
                np.log,
            ),
        ),
        Misconception(
            "logarithm-missing",
            "The sum of e^z was taken off itself. The exercise asks for its logarithm.",
            (
                lambda z: np.asarray(z) - np.sum(np.exp(z), axis=-1, keepdims=True),
                lambda z: z - np.max(z, axis=-1, keepdims=True) - np.sum(softmax_top(z), axis=-1, keepdims=True),
            ),
        ),
        Misconception(
            "sigmoid-for-softmax",
            "This is the logarithm of the sigmoid of each logit by itself. The softmax compares the logits of a row.",
            (lambda z: -softplus(-np.asarray(z, dtype=float)), lambda z: np.log(sigmoid(z))),
        ),
        Misconception(
            "log1p-for-log",
            HINT_LOG1P,
            (
                lambda z: np.log1p(softmax(z)),
                lambda z: np.asarray(z) - np.log1p(np.sum(np.exp(z), axis=-1, keepdims=True)),
            ),
        ),
    ],
    general=row_by_row(log_softmax, np.array([0.5, -1.0, 0.3]), np.array([900.0, 0.0])),
    breaks="logsumexp-no-shift",
    more=logits,
)
