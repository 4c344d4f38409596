"""The log-sum-exp, and what is taken for it."""

from typing import Any

import numpy as np

from grader.answers.table import Answer, Function, Misconception, Way
from grader.checks.activations.formulas import cut, shift_of
from grader.checks.fits import number_from
from grader.checks.general import row_by_row
from grader.checks.inputs import SQUARE
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
from grader.checks.words import HINT_COLUMN_SHIFT


def log_sum_exp(z: Any, axis: int | None = -1) -> np.ndarray:
    """Return the logarithm of the sum of e^z along an axis; the largest is taken off before and added after."""
    return log_sum_exp_done(z, axis=axis)


def log_sum_exp_done(
    z: Any,
    shift: str = "sum",
    back: float = 1.0,
    axis: int | None = -1,
    scale: float = 1.0,
    most: float = np.inf,
    dtype: Any = float,
    little: float = 0.0,
    kept: str = "",
    inner: float = 1.0,
    join: Function = np.add,
    of: Function = lambda total: np.log(total),
) -> np.ndarray:
    """Return the log-sum-exp with each part done as the keywords say.

    Args:
        z: logits.
        shift: what is taken off before, see shift_of().
        back: how often that is added afterwards.
        axis: along which the sum runs.
        scale: what the logits are multiplied with.
        most: where they are cut off on both sides.
        dtype: what is computed in; None for the dtype of z.
        little: what is added to the sum.
        kept: which of "sum" and "shift" alone keeps an axis of length 1: there is a number for each pair of rows.
        inner: what the shifted logits are multiplied with in the exponent.
        join: puts what was taken off and the logarithm together.
        of: what is done with the sum.
    """
    z = cut(scale * np.asarray(z, dtype=dtype), most)
    off = shift_of(z, shift, axis)
    total, added = of(np.sum(np.exp(inner * (z - off)), axis=axis, keepdims=True) + little), back * np.asarray(off)
    if kept:
        alone, flat = (total, added) if kept == "sum" else (added, total)
        return np.asarray(alone + np.squeeze(flat, axis=axis))
    value = join(total, added)
    if axis is not None and value.shape[axis] != 1:  # each row's own, after a sum down the columns
        return np.asarray(value)
    return np.asarray(np.squeeze(value, axis=axis))


def little_of(answer: Function) -> Way | None:
    """Return what the answer adds to the sum of e^z: of one logit 0 that sum is 1."""
    little = float(np.expm1(number_from(answer, np.array([0.0]))))
    return {"little": little} if 1e-6 < little < 0.9 else None


def scale_of(answer: Function) -> Way | None:
    """Return what the answer multiplies logits with: of one logit the result is that logit."""
    scale = number_from(answer, np.array([1.0]))
    return {"scale": scale} if np.isfinite(scale) and abs(abs(scale) - 1) > 1e-3 else None


def factor_of(answer: Function) -> Way | None:
    """Return what the answer multiplies the logarithm with, as another base does; of two zeros it is log 2."""
    factor = number_from(answer, np.array([0.0, 0.0])) / float(np.log(2))
    if not np.isfinite(factor) or abs(factor - 1) < 1e-3 or factor < 1e-3:
        return None
    return {"of": lambda total: factor * np.log(total)}


def added_inside(z: Any) -> np.ndarray:
    """Return the log-sum-exp with what was taken off added to each e^z, and not to the logarithm."""
    largest = np.max(np.asarray(z, dtype=float), axis=-1, keepdims=True)
    return np.asarray(np.log(np.sum(np.exp(z - largest) + largest, axis=-1)))


LOG_SUM_EXP = Answer(
    name="log_sum_exp",
    section="03-roundoff.ipynb#reasons-reading",
    idea=(
        "The log-sum-exp of a row lies a little above its largest logit. It is an ordinary number even "
        "where e^z is none."
    ),
    way=(
        "Take each row's largest logit off, sum e to the power of what is left, take the logarithm, and "
        "add the largest logit again."
    ),
    oracle=log_sum_exp,
    examples=(1,),
    recipe=log_sum_exp_done,
    tries=[*ORDINARY, *EXTREME],
    misconceptions=[
        Misconception(
            "logsumexp-no-shift",
            HINT_SHIFT,
            ({"shift": "none", "dtype": None}, {"shift": "none"}),
        ),
        Misconception(
            "logsumexp-shift-not-added-back",
            "The result does not grow with the logits as it should: what was taken off before is added afterwards, "
            "once.",
            ({"back": 0.0}, {"back": -1.0}, {"back": 2.0}, added_inside),
        ),
        Misconception("softmax-wrong-axis", HINT_COLUMNS, ({"axis": 0}, {"axis": 0, "shift": "row"})),
        Misconception("softmax-whole-batch", HINT_BATCH, ({"axis": None}, {"axis": None, "shift": "all"})),
        Misconception("softmax-global-shift", HINT_GLOBAL, ({"shift": "all"},)),
        Misconception("shift-of-the-columns", HINT_COLUMN_SHIFT, ({"shift": "column"},)),
        Misconception(
            "logits-clipped",
            HINT_CLIPPED,
            ({"shift": "none", "most": 500.0, "dtype": None}, {"shift": "none", "most": 500.0}),
            fitted=(most_of,),
        ),
        Misconception(
            "broadcast-n-by-n",
            "The largest logits and the logarithms of the sums have different shapes, (N, 1) and (N,), so that each is "
            "added to every other one. Give both keepdims=True, or neither.",
            ({"kept": "shift"}, {"kept": "sum"}),
        ),
        Misconception(
            "largest-alone",
            "This is the largest logit of each row, or nearly. The others have a part in the sum: of two equal logits "
            "the result lies log 2 above them.",
            (
                lambda z: np.max(z, axis=-1),
                lambda z: np.max(z, axis=-1) + np.log(np.asarray(z).shape[-1]),
            ),
        ),
        Misconception(
            "logarithm-and-sum-exchanged",
            "The logarithm was taken of each e^z, which is z again. First comes the sum, then the logarithm.",
            (
                lambda z: np.sum(z, axis=-1),
                lambda z: np.sum(z, axis=0),
                lambda z: np.sum(z),
                lambda z: np.mean(z, axis=-1),
                lambda z: np.sum(z, axis=-1) - (np.shape(z)[-1] - 1) * np.max(z, axis=-1),
                lambda z: np.sum(z, axis=-1) - np.shape(z)[-1] * np.max(z, axis=-1),
            ),
        ),
        Misconception(
            "exponential-missing",
            "The logarithm was taken of the sum of the logits themselves. What happens to each logit first?",
            (lambda z: np.log(np.sum(z, axis=-1)), lambda z: np.log(np.abs(np.sum(z, axis=-1)))),
        ),
        Misconception(
            "logarithm-missing",
            "This is a sum of e^z. The exercise asks for its logarithm.",
            (lambda z: np.sum(np.exp(z), axis=-1), {"of": lambda total: total}),
        ),
        Misconception(
            "mean-for-sum",
            "This is the logarithm of the mean of e^z. The exercise asks for the sum.",
            (lambda z: log_sum_exp(z) - np.log(np.asarray(z).shape[-1]),),
        ),
        Misconception(
            "logarithm-of-another-base",
            "The logarithm has another base than e, the number that is raised to the power of z.",
            ({"of": np.log2}, {"of": np.log10}),
            fitted=(factor_of,),
        ),
        Misconception("log1p-for-log", HINT_LOG1P, ({"of": np.log1p},)),
        Misconception("softmax-flipped", "The sign of z was changed.", ({"scale": -1.0},)),
        Misconception(
            "parts-put-together-wrongly",
            "What was taken off and the logarithm of the sum are added to each other: nothing is multiplied, and "
            "neither is taken off the other.",
            ({"join": np.multiply}, {"join": lambda total, added: added - total}),
        ),
        Misconception("softmax-temperature", HINT_SCALED, ({"scale": 2.0}, {"scale": 0.5}), fitted=(scale_of,)),
        Misconception("sign-in-the-exponent", HINT_INNER, ({"inner": -1.0},)),
        Misconception("epsilon-added", HINT_EPSILON, ({"little": 1e-3},), fitted=(little_of,)),
    ],
    general=row_by_row(log_sum_exp, SQUARE, np.array([[900.0, 0.0], [-900.0, 0.0]])),
    breaks="logsumexp-no-shift",
    more=logits,
)
