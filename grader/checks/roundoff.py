"""Exercise 03: log-sum-exp, log-softmax, softplus, and the spacing of floats."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.answers.check import Check
from grader.answers.table import Answer, Function, Misconception, Probe, Way, probes
from grader.checks.activations import (
    COLUMN,
    EPS16,
    HINT_CUT,
    HINT_ROUNDED,
    MIXED,
    exp_over_sum,
    kept_integers,
    rounding_of,
    shift_of,
    sigmoid,
    softmax,
)
from grader.checks.fits import number_from, numbers_from

LESSON = "03-roundoff.ipynb"
TABLE = np.array([[1.0, 2.0, 4.0], [0.5, -1.0, 0.0]])
SQUARE = np.array([[0.0, 1.0, 3.0], [2.0, -1.0, 0.5], [-2.0, 0.0, 1.0]])


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
    of: Function = lambda total: np.log(total),
    then: Function = lambda value: value,
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
        of: what is done with the sum.
        then: what is done with the result.
    """
    z = np.clip(scale * np.asarray(z, dtype=dtype), -most, most)
    off = shift_of(z, shift, axis)
    value = of(np.sum(np.exp(z - off), axis=axis, keepdims=True) + little) + back * off
    if axis is not None and value.shape[axis] != 1:  # each row's own, after a sum down the columns
        return np.asarray(then(value))
    return np.asarray(then(np.squeeze(value, axis=axis)))


def log_softmax(z: Any, axis: int | None = -1) -> np.ndarray:
    """Return z minus its log-sum-exp along an axis, in the shape of z."""
    return log_softmax_done(z, axis=axis)


def log_softmax_done(
    z: Any,
    shift: str = "sum",
    axis: int | None = -1,
    scale: float = 1.0,
    most: float = np.inf,
    dtype: Any = float,
    times: tuple[float, float] = (1.0, 0.0),
    base: float = math.e,
    then: Function = lambda value: value,
) -> np.ndarray:
    """Return the log-softmax with each part done as the keywords say.

    Args:
        z: logits.
        shift: what is taken off before, see shift_of().
        axis: along which the sum runs.
        scale: what the logits are multiplied with.
        most: where they are cut off on both sides.
        dtype: what is computed in; None for the dtype of z.
        times: how often the shift is taken off the logit, and off the logarithm of the sum.
        base: of the logarithm.
        then: what is done with the result.
    """
    z = np.clip(scale * np.asarray(z, dtype=dtype), -most, most)
    off = shift_of(z, shift, axis)
    total = np.log(np.sum(np.exp(z - off), axis=axis, keepdims=True)) / np.log(base)
    return np.asarray(then(z - times[0] * off - total - times[1] * off))


def most_of(answer: Function) -> Way | None:
    """Return where the answer cuts logits off: where 1000 gives less, it gives the limit away."""
    found = numbers_from(answer, np.array([1000.0, 0.0]))
    most = float(np.abs(found).max()) if found.size else np.nan
    # e^100 fits into float64 and not into float32: it tells in which of the two the answer computes
    in_float64 = numbers_from(answer, np.array([100.0, 99.0], dtype=np.float32)).size > 0
    return {"shift": "none", "most": most, "dtype": float if in_float64 else None} if 10 < most < 999 else None


def floored(little: float) -> Function:
    """Return the logarithm of a softmax to which a little was added, against a logarithm of 0."""
    return lambda z: np.log(softmax(z) + little)


def floor_of(answer: Function) -> Way | None:
    """Return the logarithm of softmax with the answer's own floor, or None when it has none."""
    found = numbers_from(answer, np.array([1000.0, 0.0]))
    if found.size != 2 or not -740 < found[1] < -2:
        return None
    little = float(np.exp(found[1]))
    # the larger of the two is a little over 1 where something was added, and at most 1 where it was clipped
    return floored(little) if found[0] > 0 else lambda z: np.log(np.clip(softmax(z), little, 1 - little))


def lower_end_of(answer: Function) -> Way | None:
    """Return the logarithm of a softmax that has a lower end alone."""
    found = numbers_from(answer, np.array([1000.0, 0.0]))
    if found.size != 2 or not -740 < found[1] < -2:
        return None
    little = float(np.exp(found[1]))
    return lambda z: np.log(np.maximum(softmax(z), little))


def little_of(answer: Function) -> Way | None:
    """Return what the answer adds to the sum of e^z: of one logit 0 that sum is 1."""
    little = float(np.expm1(number_from(answer, np.array([0.0]))))
    return {"little": little} if 1e-6 < little < 0.9 else None


def factor_of(answer: Function) -> Way | None:
    """Return what the answer multiplies the logarithm with, as another base does; of two zeros it is log 2."""
    factor = number_from(answer, np.array([0.0, 0.0])) / float(np.log(2))
    if not np.isfinite(factor) or abs(factor - 1) < 1e-3 or factor < 1e-3:
        return None
    return {"of": lambda total: factor * np.log(total)}


def logits(rng: np.random.Generator) -> list[Probe]:
    """Return secret logits for functions of rows."""
    return [Probe((rng.normal(0, 3, shape),), secret=True) for shape in [(5,), (3, 4), (4, 4)]]


ORDINARY = [
    *probes(np.array([1.0, 2.0, 4.0]), np.array([0.5, -0.25]), TABLE, SQUARE, TABLE[:1], COLUMN),
    *probes(TABLE.astype(np.float32)),
    *probes(TABLE.astype(np.float16), **EPS16),
    *probes([1.0, 2.0, 4.0], optional=True),
]
EXTREME = [
    *probes(np.array([1000.0, 0.0]), np.array([-1000.0, -1001.0]), np.array([1e4, -1e4, 0.0]), extreme=True),
    *probes(np.array([0.0, -800.0]), MIXED, np.array([100.0, 99.0], dtype=np.float32), extreme=True),
]
HINT_SHIFT = (
    "e^1000 does not fit into a float, and e^-1000 is 0. Take the largest logit of each row off before e^z is computed."
)
HINT_COLUMNS = "The sum ran down the columns. One row is one example: sum along the last axis."
HINT_BATCH = "All rows went into one sum. Each row is an example of its own."
HINT_CLIPPED = (
    "Logits beyond a certain size are all treated alike: they were cut off. The true value for 1000 is an ordinary "
    "number. Which form of the formula never needs e^1000?"
)
HINT_GLOBAL = (
    "The batch's largest logit was taken off every row. In a row far below it every e^z is 0: use each row's own."
)

HINT_LOG1P = "log1p adds 1 before the logarithm. The sum of e^z is there already."
HINT_EPSILON = (
    "Something was added inside the logarithm. With the row's largest logit taken off, the sum is never below 1, and "
    "nothing needs to be added."
)

LOG_SUM_EXP = Answer(
    name="log_sum_exp",
    section=f"{LESSON}#reasons-reading",
    idea=(
        "The log-sum-exp of a row lies a little above its largest logit. It is an ordinary number even "
        "where e^z is none."
    ),
    way=(
        "Take each row's largest logit off, sum e to the power of what is left, take the logarithm, and "
        "add the largest logit again."
    ),
    oracle=log_sum_exp,
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
            ({"back": 0.0}, {"back": -1.0}, {"back": 2.0}),
        ),
        Misconception("softmax-wrong-axis", HINT_COLUMNS, ({"axis": 0}, {"axis": 0, "shift": "row"})),
        Misconception("softmax-whole-batch", HINT_BATCH, ({"axis": None}, {"axis": None, "shift": "all"})),
        Misconception("softmax-global-shift", HINT_GLOBAL, ({"shift": "all"},)),
        Misconception(
            "logits-clipped",
            HINT_CLIPPED,
            ({"shift": "none", "most": 500.0, "dtype": None}, {"shift": "none", "most": 500.0}),
            fitted=(most_of,),
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
            (lambda z: np.sum(z, axis=-1), lambda z: np.sum(z, axis=0), lambda z: np.sum(z)),
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
        Misconception("epsilon-added", HINT_EPSILON, ({"little": 1e-3},), fitted=(little_of,)),
        Misconception(
            "result-rounded", HINT_ROUNDED, ({"then": np.round},), (rounding_of("then", np.array([0.5, -1.0])),)
        ),
    ],
    breaks="logsumexp-no-shift",
    more=logits,
)


def log_sum_exp_rows(z: np.ndarray) -> np.ndarray:
    """Return the log-sum-exp of the last axis, kept as one long."""
    return np.expand_dims(log_sum_exp(z), -1)


LOG_SOFTMAX = Answer(
    name="log_softmax",
    section=f"{LESSON}#shift-reading",
    idea=(
        "The logarithm of the softmax is the logit minus the log-sum-exp of its row. Written so, nothing "
        "is rounded to 0 before the logarithm."
    ),
    way=("Write log(e^z / sum) as a difference and use log_sum_exp; its shape needs an axis of length 1 at the end."),
    oracle=log_softmax,
    recipe=log_softmax_done,
    tries=[*ORDINARY, *EXTREME],
    misconceptions=[
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
        Misconception(
            "softmax-flipped", "The smallest logit got the largest value. Look at the sign of z.", ({"scale": -1.0},)
        ),
        Misconception(
            "logits-clipped",
            HINT_CLIPPED,
            ({"shift": "none", "most": 500.0, "dtype": None}, {"shift": "none", "most": 500.0}),
            fitted=(most_of,),
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
            ({"then": np.negative}, lambda z: np.asarray(z) + log_sum_exp_rows(z)),
        ),
        Misconception(
            "logarithm-of-another-base",
            "The logarithm has another base than e, the number that is raised to the power of z.",
            (
                {"base": 2.0},
                {"base": 10.0},
                {"then": lambda value: value / np.log(2)},
                {"then": lambda value: value / np.log(10)},
            ),
        ),
        Misconception(
            "largest-alone",
            "Only the largest logit was taken off. The others have a part in the sum, too.",
            (lambda z: z - np.max(z, axis=-1, keepdims=True),),
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
            (lambda z: np.asarray(z) - np.sum(np.exp(z), axis=-1, keepdims=True),),
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
        Misconception(
            "result-rounded", HINT_ROUNDED, ({"then": np.round},), (rounding_of("then", np.array([0.5, -1.0])),)
        ),
    ],
    breaks="logsumexp-no-shift",
    more=logits,
)


def softplus(z: np.ndarray) -> np.ndarray:
    """Return log(1 + e^z) as max(z, 0) + log1p(e^-|z|), accurate at both ends."""
    z = np.asarray(z, dtype=float)
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def softplus_done(
    z: Any,
    scale: float = 1.0,
    most: float = np.inf,
    factor: float = 1.0,
    little: float = 0.0,
    then: Function = lambda value: value,
) -> np.ndarray:
    """Return the softplus of logits that are multiplied, and cut off, before; multiplied and added to afterwards."""
    value = factor * softplus(np.clip(scale * np.asarray(z, dtype=float), -most, most))
    return np.asarray(then(value + little))


def softplus_scale_of(answer: Function) -> Way | None:
    """Return what the answer multiplies logits with, from its value at 1, or None when that is 1 or no number."""
    value = number_from(answer, np.array([1.0]))
    scale = float(np.log(np.expm1(value))) if value > 0 else np.nan
    return {"scale": scale} if np.isfinite(scale) and abs(abs(scale) - 1) > 1e-3 else None


def constant_of(answer: Function) -> Way | None:
    """Return log(c + e^z) with the answer's own c in place of 1, from its value at 0."""
    constant = float(np.expm1(number_from(answer, np.array([0.0]))))
    good = constant > 0 and abs(constant - 1) > 1e-3
    return (lambda z: np.logaddexp(np.log(constant), z)) if good else None


def softplus_little_of(answer: Function) -> Way | None:
    """Return what the answer adds to the result: what it gives far below 0."""
    little = number_from(answer, np.array([-700.0]))
    return {"little": little} if 1e-100 < abs(little) < 0.5 else None


def plain_softplus(z: np.ndarray) -> np.ndarray:
    """Return log1p(e^z) as it stands, in the dtype of z."""
    return np.log1p(np.exp(z))


def ends_of(answer: Function) -> Way | None:
    """Return where the answer cuts logits off: where 1000 gives less, it gives the limit away."""
    most = number_from(answer, np.array([1000.0]))
    return {"most": float(most)} if 1 < most < 999 else None


def plain_ends_of(answer: Function) -> Way | None:
    """Return the same for log1p(e^z) as it stands, which is computed in the dtype of z."""
    found = ends_of(answer)
    most = found["most"] if isinstance(found, dict) else 0
    return (lambda z: plain_softplus(np.clip(z, -most, most))) if found else None


def upper_end_of(answer: Function) -> Way | None:
    """Return the same for logits that are cut off above alone."""
    found = ends_of(answer)
    most = found["most"] if isinstance(found, dict) else 0
    return (lambda z: softplus(np.minimum(z, most))) if found else None


def softplus_factor_of(answer: Function) -> Way | None:
    """Return what the logarithm is multiplied with, as another base does: at 0 it is log 2."""
    factor = number_from(answer, np.array([0.0])) / float(np.log(2))
    return {"factor": factor} if np.isfinite(factor) and abs(factor - 1) > 1e-3 and factor > 1e-3 else None


LADDER = np.linspace(0, 30, 6001)


def border_of(answer: Function) -> Way | None:
    """Return where, and by what, the answer replaces log(1 + e^z): from there on it is z itself."""
    found = numbers_from(answer, LADDER)
    same = np.flatnonzero(found == LADDER) if found.size == LADDER.size else np.array([], int)
    same = same[same > 0]
    if not same.size or LADDER[same[0]] > 14:
        return None
    border = float(LADDER[same[0]]) - 1 / 400
    return lambda z: np.where(np.asarray(z) > border, z, softplus(z))


SOFTPLUS = Answer(
    name="softplus",
    section=f"{LESSON}#log1p-reading",
    idea=(
        "Softplus is near 0 far below 0 and near z far above it. On both sides a small number must not be"
        " added to a large one before the logarithm."
    ),
    way="Split it into max(z, 0) and what is left, which can be written with e^-|z| and np.log1p.",
    oracle=softplus,
    recipe=softplus_done,
    tries=[
        *probes(0.0, 2.0, -3.0, 1, np.array([-3.0, -1.0, 0.0, 0.5, 2.0]), TABLE, np.array([[-1.5], [0.25]])),
        *probes(np.array([-2.0, 5.0], dtype=np.float32)),
        *probes(np.array([-2.0, 5.0], dtype=np.float16), **EPS16),
        # 2.6e-6 lie between z and the softplus at 10.5, and 6e-8 are one step of float32: z in its place is seen
        *probes(np.array([4.0, 6.5, 8.5, 10.5]), rtol=5e-7),
        # relative accuracy: what is small must still be right, to what float32 can hold
        *probes(-40.0, 1000.0, np.array([-20.0, -40.0]), atol=0.0, extreme=True),
        *probes(np.array([1000.0, -1000.0]), np.array([1e4, 30.0]), extreme=True),
        *probes(np.array([-100.0, 1000.0], dtype=np.float32), extreme=True),
        *probes([-1.0, 2.0], optional=True),
    ],
    misconceptions=[
        Misconception(
            "log1p-overflow",
            "log(1 + e^z) computed as it stands: e^1000 does not fit into a float, and 1 + e^-40 is rounded to 1. "
            "For large z take z itself out of the logarithm; for small z look up np.log1p.",
            (
                lambda z: np.log(1 + np.exp(z)),
                plain_softplus,
                lambda z: np.maximum(z, 0) + np.log(1 + np.exp(-np.abs(z))),
                lambda z: np.where(np.asarray(z) > 30, z, np.log(1 + np.exp(z))),
                lambda z: np.where(np.asarray(z) > 20, z, np.log(1 + np.exp(z))),
                lambda z: np.asarray(z) + np.log(1 + np.exp(np.negative(z))),
                lambda z: np.asarray(z) + np.log1p(np.exp(np.negative(z))),
                lambda z: -np.log(1 - sigmoid(z)),
                lambda z: -np.log(1 / (1 + np.exp(z))),
                lambda z: -np.log(sigmoid(np.negative(z))),
            ),
        ),
        Misconception(
            "logits-clipped",
            HINT_CLIPPED,
            (lambda z: plain_softplus(np.clip(z, -500, 500)),),
            fitted=(plain_ends_of, ends_of, upper_end_of),
        ),
        Misconception(
            "softplus-is-relu",
            "This is the ReLU. Softplus is its smooth sister: at 0 it is log 2, and it never is 0.",
            (lambda z: np.maximum(z, 0),),
        ),
        Misconception(
            "softplus-flipped",
            "The curve falls where it should rise. Look at the sign in the exponent.",
            ({"scale": -1.0},),
        ),
        Misconception(
            "softplus-border-too-low",
            "From some z on the result is z itself, and there log(1 + e^-z) is still too large to be left out: at 10 "
            "it is 0.000045.",
            (lambda z: np.where(np.asarray(z) > 5, z, softplus(z)),),
            fitted=(border_of,),
        ),
        Misconception(
            "sign-of-the-log",
            "The result is below 0, or falls where it should rise. Look at the signs.",
            ({"factor": -1.0}, lambda z: -softplus(np.negative(z))),
        ),
        Misconception(
            "logarithm-of-another-base",
            "The logarithm has another base than e, the number that is raised to the power of z.",
            ({"factor": float(1 / np.log(2))}, {"factor": float(1 / np.log(10))}),
            fitted=(softplus_factor_of,),
        ),
        Misconception(
            "softplus-scaled",
            "The logit is multiplied with something before, and the result is not divided by it.",
            ({"scale": 2.0}, {"scale": 0.5}),
            fitted=(softplus_scale_of,),
        ),
        Misconception(
            "epsilon-added",
            "Far below 0 the result does not become small any more: something was added to it, or inside the "
            "logarithm.",
            ({"little": 1e-7},),
            fitted=(softplus_little_of,),
        ),
        Misconception("result-cut-to-integers", HINT_CUT, (kept_integers(softplus), {"then": np.trunc})),
        Misconception(
            "softplus-constant",
            "Another number than 1 is added to e^z. logaddexp(a, z) adds e^a: with which a is that 1?",
            (lambda z: np.logaddexp(1, z),),
            fitted=(constant_of,),
        ),
        Misconception(
            "one-missing",
            "The 1 in log(1 + e^z) is missing, or it is added outside the logarithm.",
            (lambda z: np.asarray(z) * 1.0, lambda z: 1.0 + np.asarray(z), lambda z: 1 + np.log(np.exp(z))),
        ),
        Misconception(
            "exponential-missing", "e^z is missing inside the logarithm.", (lambda z: np.log(1 + np.asarray(z)),)
        ),
        Misconception(
            "logarithm-missing",
            "This is 1 + e^z, or e^z. The exercise asks for a logarithm.",
            (lambda z: 1 + np.exp(z), np.exp),
        ),
        Misconception(
            "gradient-not-asked",
            "This is the sigmoid, which is the slope of the softplus. The exercise asks for the softplus itself.",
            (sigmoid,),
        ),
        Misconception(
            "softplus-is-a-sum",
            "All numbers went into one sum. Each number is a logit of its own here.",
            (lambda z: np.log1p(np.sum(np.exp(z))), lambda z: np.sum(softplus(z)), lambda z: np.mean(softplus(z))),
        ),
        Misconception("result-rounded", HINT_ROUNDED, ({"then": np.round},), (rounding_of("then", np.array([0.7])),)),
    ],
    breaks="log1p-overflow",
    more=lambda rng: [Probe((rng.normal(0, 3, shape),), secret=True) for shape in [(7,), (2, 5), (4, 1)]],
)


def spacing_at(x: float, dtype: type) -> float:
    """Return the distance from x, rounded to a dtype, to the next larger number of that dtype."""
    here = dtype(x)
    return float(np.nextafter(here, dtype(np.inf))) - float(here)


def _by_exponent(x: float, dtype: type) -> float:
    """Return the spacing that belongs to the binary exponent of x as it is given, whatever its sign."""
    finest = float(np.finfo(dtype).smallest_subnormal)
    return max(finest, float(np.finfo(dtype).eps) * 2.0 ** (np.frexp(x)[1] - 1)) if x else finest


def spacing_done(
    x: float, dtype: type, near: Callable[[float, type], float] = spacing_at, at_zero: float | None = None
) -> float:
    """Return the spacing at x as `near` has it, and at 0 as `at_zero` has it where that is given."""
    return near(x, dtype) if x or at_zero is None else at_zero


def _by_logarithm(x: float, dtype: type) -> float:
    """Return the spacing by the whole part of log2 |x|, as it stands."""
    return float(2.0 ** np.floor(np.log2(abs(x))) * np.finfo(dtype).eps)


def _halved(x: float, dtype: type) -> float:
    """Return a power of two that is halved until adding it to x changes nothing any more."""
    here, step = dtype(x), dtype(1)
    while here + step > here:
        step = dtype(step / 2)
    return float(step)


def spacings(*pairs: tuple[float, type]) -> list[Probe]:
    """Return probes that are compared relatively: a spacing may be as small as 5e-324, and is a power of two."""
    return [Probe(pair, rtol=1e-3, atol=0.0) for pair in pairs]


SPACING_AT = Answer(
    name="spacing_at",
    section=f"{LESSON}#two-ways-reading",
    idea=(
        "Floating-point numbers lie closer together near 0: the distance to the next one doubles at each power of two."
    ),
    way=(
        "Turn x into the dtype, ask np.nextafter for its neighbour in the direction of infinity, and take"
        " the difference as Python floats."
    ),
    oracle=spacing_at,
    recipe=spacing_done,
    tries=[
        *spacings((1.0, np.float64), (1.0, np.float16), (1000.0, np.float32), (0.1, np.float16)),
        *spacings((1e10, np.float64), (2.0**24, np.float32), (0.001, np.float32), (3.0, np.float32)),
        *spacings((-1.0, np.float64), (-8.0, np.float32), (0.0, np.float32), (-1.0, np.float16)),
        *spacings((511.9, np.float16)),  # rounds to 512, where the spacing doubles
    ],
    misconceptions=[
        Misconception(
            "spacing-is-eps",
            "The result is the same for every x of a dtype. That is the spacing at 1: how does it change at 1000?",
            (
                {"near": lambda x, dtype: float(np.finfo(dtype).eps)},
                {"near": lambda x, dtype: float(np.finfo(dtype).epsneg)},
                {"near": lambda x, dtype: float(np.finfo(dtype).resolution)},
                {"near": lambda x, dtype: float(np.finfo(dtype).tiny)},
                {"near": lambda x, dtype: float(np.finfo(dtype).smallest_subnormal)},
            ),
        ),
        Misconception(
            "spacing-ignores-dtype",
            "The result does not depend on the dtype. Turn x into that dtype first.",
            (
                {"near": lambda x, dtype: spacing_at(x, np.float64)},
                {"near": lambda x, dtype: math.ulp(x)},
                {"near": lambda x, dtype: float(np.spacing(x))},
                {"near": lambda x, dtype: math.nextafter(x, math.inf) - x},
                {"near": lambda x, dtype: float(np.nextafter(x, x + 1)) - x},
                {"near": lambda x, dtype: float(np.nextafter(x, 2 * x)) - x},
                {"near": lambda x, dtype: float(np.finfo(float).eps) * abs(x)},
                {"near": lambda x, dtype: float(np.finfo(float).eps)},
                {"near": lambda x, dtype: float(dtype(math.ulp(x)))},
                {"near": lambda x, dtype: float(dtype(np.nextafter(float(x), np.inf)) - dtype(x))},
                {"near": lambda x, dtype: float(dtype(np.spacing(x)))},
            ),
        ),
        Misconception(
            "spacing-proportional",
            "The result grows evenly with x. The spacing stays the same up to the next power of two, then doubles.",
            (
                {"near": lambda x, dtype: float(np.finfo(dtype).eps) * abs(x)},
                {"near": lambda x, dtype: float(np.finfo(dtype).eps) * x},
                {"near": lambda x, dtype: float(np.finfo(dtype).eps) * abs(float(dtype(x)))},
                {"near": lambda x, dtype: float(np.finfo(dtype).eps * dtype(x))},
                {"near": lambda x, dtype: float(np.finfo(dtype).eps) * max(1.0, abs(x))},
                {"near": lambda x, dtype: float(np.finfo(dtype).eps) * abs(x) / 2},
                {"near": lambda x, dtype: float(np.finfo(dtype).epsneg) * abs(x)},
            ),
        ),
        Misconception(
            "spacing-to-the-other-side",
            "This is the distance to the neighbour on the other side. The numbers lie closer together towards 0, so "
            "at 1 and at -1 it matters which neighbour is meant: the exercise asks for the next larger one.",
            (
                {"near": _by_exponent},
                {"near": _by_logarithm},
                {"near": lambda x, dtype: _by_logarithm(float(dtype(x)), dtype)},
                {"near": lambda x, dtype: _by_exponent(float(dtype(x)), dtype)},
                {"near": lambda x, dtype: float(dtype(x)) - float(np.nextafter(dtype(x), dtype(-np.inf)))},
                {"near": lambda x, dtype: float(np.nextafter(dtype(x), dtype(-np.inf))) - float(dtype(x))},
                {"near": lambda x, dtype: float(np.spacing(dtype(x)))},
                {"near": lambda x, dtype: float(abs(np.spacing(dtype(x))))},
                lambda x, dtype: (
                    float(-np.spacing(np.nextafter(dtype(x), dtype(0)))) if x < 0 else float(np.spacing(dtype(x)))
                ),
                {
                    "near": lambda x, dtype: (
                        float(np.nextafter(dtype(x), dtype(np.inf) * np.sign(x or 1))) - float(dtype(x))
                    )
                },
                {"near": lambda x, dtype: float(np.nextafter(dtype(x), dtype(0))) - float(dtype(x))},
                {"near": lambda x, dtype: float(dtype(x)) - float(np.nextafter(dtype(x), dtype(0)))},
                {"near": lambda x, dtype: float(np.nextafter(dtype(x), dtype(2 * x))) - float(dtype(x))},
            ),
        ),
        Misconception(
            "spacing-neighbour-not-next",
            "Another number than the next larger one was aimed at: at 2^24 in float32 x + 1 is rounded back to x, so "
            "that there is no way to go.",
            (
                {"near": lambda x, dtype: float(np.nextafter(dtype(x), dtype(x) + dtype(1)) - dtype(x))},
                {"near": lambda x, dtype: float(np.nextafter(dtype(x), dtype(x + 1))) - float(dtype(x))},
                {"near": lambda x, dtype: float(dtype(x) + np.finfo(dtype).eps) - float(dtype(x))},
                {"near": lambda x, dtype: float(np.nextafter(dtype(x), dtype(1))) - float(dtype(x))},
            ),
        ),
        Misconception(
            "spacing-half",
            "This is half of the spacing, the largest error of rounding: the halving stopped one step too late, or "
            "eps / 2 was taken for eps.",
            (
                {"near": lambda x, dtype: spacing_at(x, dtype) / 2},
                {"near": lambda x, dtype: _by_logarithm(x, dtype) / 2},
                {"near": lambda x, dtype: _by_exponent(x, dtype) / 2},
                {"near": _halved},
            ),
        ),
        Misconception(
            "spacing-not-at-zero",
            "At 0 there is no logarithm of x, and no power of two that x could be compared with. The next larger "
            "number is the smallest one of the dtype.",
            (
                {"at_zero": 0.0},
                {"at_zero": np.nan},
                {"at_zero": np.inf},
                {"at_zero": float(np.finfo(np.float32).eps)},
                {"at_zero": float(np.finfo(np.float32).tiny)},
                {"at_zero": 1.0},
            ),
        ),
        Misconception(
            "spacing-x-not-rounded",
            "Most decimal numbers are not numbers of that dtype. The distance starts at the number x is rounded to, "
            "not at x: look at 0.1 or 511.9.",
            (
                {"near": lambda x, dtype: float(np.nextafter(dtype(x), dtype(np.inf))) - x},
                {"near": lambda x, dtype: _by_exponent(x, dtype) / (2 if x < 0 and np.frexp(x)[0] == -0.5 else 1)},
            ),
        ),
        Misconception(
            "neighbour-not-distance",
            "This is the next larger number itself. The exercise asks how far it is away.",
            ({"near": lambda x, dtype: float(np.nextafter(dtype(x), dtype(np.inf)))},),
        ),
    ],
    more=lambda rng: [
        Probe((float(sign * rng.uniform(1, 5000)), dtype), secret=True, rtol=1e-3, atol=0.0)
        for dtype in (np.float64, np.float32, np.float16)
        for sign in (1, -1)
    ],
)

check_log_sum_exp = Check(LOG_SUM_EXP)
check_log_softmax = Check(LOG_SOFTMAX)
check_softplus = Check(SOFTPLUS)
check_spacing_at = Check(SPACING_AT)
