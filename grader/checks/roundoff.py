"""Exercise 03: log-sum-exp, log-softmax, softplus, and the spacing of floats."""

from collections.abc import Callable

import numpy as np

from grader.answers.check import Check
from grader.answers.observe import observe
from grader.answers.table import Answer, Function, Misconception, Probe, probes
from grader.checks.activations import COLUMN, EPS16, MIXED, exp_over_sum, softmax

LESSON = "03-roundoff.ipynb"
TABLE = np.array([[1.0, 2.0, 4.0], [0.5, -1.0, 0.0]])
SQUARE = np.array([[0.0, 1.0, 3.0], [2.0, -1.0, 0.5], [-2.0, 0.0, 1.0]])


def shifted(z: np.ndarray, axis: int | None = -1) -> tuple[np.ndarray, np.ndarray]:
    """Return (largest, z - largest) along an axis, kept as one long."""
    z = np.asarray(z, dtype=float)
    largest = np.max(z, axis=axis, keepdims=True)
    return largest, z - largest


def log_sum_exp(z: np.ndarray, axis: int | None = -1) -> np.ndarray:
    """Return the logarithm of the sum of e^z along an axis; the largest is taken off before and added after."""
    largest, rest = shifted(z, axis)
    return np.squeeze(largest + np.log(np.sum(np.exp(rest), axis=axis, keepdims=True)), axis=axis)


def log_softmax(z: np.ndarray, axis: int | None = -1) -> np.ndarray:
    """Return z minus its log-sum-exp along an axis, in the shape of z."""
    _, rest = shifted(z, axis)
    return rest - np.log(np.sum(np.exp(rest), axis=axis, keepdims=True))


def _global_shift(z: np.ndarray) -> np.ndarray:
    z = np.asarray(z, dtype=float)
    return np.max(z) + np.log(np.sum(np.exp(z - np.max(z)), axis=-1))


def plain_log_sum_exp(z: np.ndarray) -> np.ndarray:
    """Return log(sum(e^z)) as it stands, in the dtype of z."""
    return np.log(np.sum(np.exp(z), axis=-1))


def plain_log_softmax(z: np.ndarray) -> np.ndarray:
    """Return z - log(sum(e^z)) as it stands, in the dtype of z."""
    return np.asarray(z) - np.log(np.sum(np.exp(z), axis=-1, keepdims=True))


def finite(answer: Function, *z: float, dtype: type = np.float64) -> np.ndarray | None:
    """Return what the answer gives for one row of logits, or None when these are not finite numbers."""
    seen = observe(answer, (np.array(z, dtype=dtype),))
    good = seen.values and seen.values[0].size and seen.values[0].dtype.kind == "f" and not seen.broke
    return seen.values[0].ravel() if seen.values and good else None


def clipped(plain: Function, most: float, dtype: type | None = None) -> Function:
    """Return a plain formula of logits that are first cut off at +-most, in a dtype or in their own."""
    return lambda z: plain(np.clip(np.asarray(z, dtype=dtype), -most, most))


def clipped_like(plain: Function) -> Callable[[Function], Function | None]:
    """Return what fits a formula of clipped logits to an answer: where 1000 gives less, it gives the limit away."""

    def fit(answer: Function) -> Function | None:
        found = finite(answer, 1000.0, 0.0)
        most = 0 if found is None else float(np.abs(found).max())
        # e^100 fits into float64 and not into float32: it tells in which of the two the answer computes
        dtype = None if finite(answer, 100.0, 99.0, dtype=np.float32) is None else np.float64
        return clipped(plain, most, dtype) if 10 < most < 999 else None

    return fit


def floored(little: float) -> Function:
    """Return the logarithm of a softmax to which a little was added, against a logarithm of 0."""
    return lambda z: np.log(softmax(z) + little)


def floored_like(answer: Function) -> Function | None:
    """Return the logarithm of softmax with the answer's own floor, or None when it has none."""
    found = finite(answer, 1000.0, 0.0)
    if found is None or found.size != 2 or not -740 < found[1] < -10:
        return None
    little = float(np.exp(found[1]))
    # the larger of the two is a little over 1 where something was added, and at most 1 where it was clipped
    return floored(little) if found[0] > 0 else lambda z: np.log(np.maximum(softmax(z), little))


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

LOG_SUM_EXP = Answer(
    name="log_sum_exp",
    section=f"{LESSON}#Log-sum-exp",
    oracle=log_sum_exp,
    tries=[*ORDINARY, *EXTREME],
    misconceptions=[
        Misconception(
            "logsumexp-no-shift",
            HINT_SHIFT,
            (plain_log_sum_exp,),
        ),
        Misconception(
            "logsumexp-shift-not-added-back",
            "The result does not grow with the logits: what was taken off before must come back afterwards.",
            (lambda z: np.log(np.sum(np.exp(shifted(z)[1]), axis=-1)),),
        ),
        Misconception("softmax-wrong-axis", HINT_COLUMNS, (lambda z: log_sum_exp(z, axis=0),)),
        Misconception("softmax-whole-batch", HINT_BATCH, (lambda z: log_sum_exp(np.ravel(z)),)),
        Misconception("softmax-global-shift", HINT_GLOBAL, (_global_shift,)),
        Misconception(
            "logits-clipped", HINT_CLIPPED, (clipped(plain_log_sum_exp, 500),), clipped_like(plain_log_sum_exp)
        ),
    ],
    breaks="logsumexp-no-shift",
    more=logits,
)

LOG_SOFTMAX = Answer(
    name="log_softmax",
    section=f"{LESSON}#Log-softmax",
    oracle=log_softmax,
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
            fitted=floored_like,
        ),
        Misconception(
            "logsumexp-no-shift",
            HINT_SHIFT,
            (plain_log_softmax,),
        ),
        Misconception("softmax-wrong-axis", HINT_COLUMNS, (lambda z: log_softmax(z, axis=0),)),
        Misconception("softmax-whole-batch", HINT_BATCH, (lambda z: np.asarray(z) - log_sum_exp(np.ravel(z)),)),
        Misconception(
            "softmax-global-shift", HINT_GLOBAL, (lambda z: np.asarray(z) - np.expand_dims(_global_shift(z), -1),)
        ),
        Misconception(
            "softmax-flipped",
            "The smallest logit got the largest value. Look at the sign of z.",
            (lambda z: log_softmax(np.negative(z)),),
        ),
        Misconception(
            "logits-clipped", HINT_CLIPPED, (clipped(plain_log_softmax, 500),), clipped_like(plain_log_softmax)
        ),
        Misconception(
            "softmax-without-log",
            "These are the probabilities themselves, between 0 and 1. The exercise asks for their logarithms.",
            (softmax,),
        ),
    ],
    breaks="logsumexp-no-shift",
    more=logits,
)


def softplus(z: np.ndarray) -> np.ndarray:
    """Return log(1 + e^z) as max(z, 0) + log1p(e^-|z|), accurate at both ends."""
    z = np.asarray(z, dtype=float)
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def plain_softplus(z: np.ndarray) -> np.ndarray:
    """Return log1p(e^z) as it stands, in the dtype of z."""
    return np.log1p(np.exp(z))


SOFTPLUS = Answer(
    name="softplus",
    section=f"{LESSON}#Softplus",
    oracle=softplus,
    tries=[
        *probes(0.0, 2.0, -3.0, 1, np.array([-3.0, -1.0, 0.0, 0.5, 2.0]), TABLE, np.array([[-1.5], [0.25]])),
        *probes(np.array([-2.0, 5.0], dtype=np.float32)),
        *probes(np.array([-2.0, 5.0], dtype=np.float16), **EPS16),
        # relative accuracy: what is small must still be right, to what float32 can hold
        *probes(-40.0, 1000.0, np.array([-20.0, -40.0]), atol=0.0, extreme=True),
        *probes(np.array([1000.0, -1000.0]), np.array([1e4, 30.0]), extreme=True),
        *probes(np.array([-100.0, 100.0], dtype=np.float32), extreme=True),
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
            ),
        ),
        Misconception("logits-clipped", HINT_CLIPPED, (clipped(plain_softplus, 500),), clipped_like(plain_softplus)),
        Misconception(
            "softplus-is-relu",
            "This is the ReLU. Softplus is its smooth sister: at 0 it is log 2, and it never is 0.",
            (lambda z: np.maximum(z, 0),),
        ),
        Misconception(
            "softplus-flipped",
            "The curve falls where it should rise. Look at the sign in the exponent.",
            (lambda z: softplus(np.negative(z)),),
        ),
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


def spacings(*pairs: tuple[float, type]) -> list[Probe]:
    """Return probes that are compared relatively: a spacing may be as small as 5e-324, and is a power of two."""
    return [Probe(pair, rtol=1e-3, atol=0.0) for pair in pairs]


SPACING_AT = Answer(
    name="spacing_at",
    section=f"{LESSON}#The-spacing-of-numbers",
    oracle=spacing_at,
    tries=[
        *spacings((1.0, np.float64), (1.0, np.float16), (1000.0, np.float32), (0.1, np.float16)),
        *spacings((1e10, np.float64), (2.0**24, np.float32), (0.001, np.float32), (3.0, np.float32)),
        *spacings((-1.0, np.float64), (-8.0, np.float32), (0.0, np.float32)),
        *spacings((511.9, np.float16)),  # rounds to 512, where the spacing doubles
    ],
    misconceptions=[
        Misconception(
            "spacing-is-eps",
            "The result is the same for every x of a dtype. That is the spacing at 1: how does it change at 1000?",
            (lambda x, dtype: float(np.finfo(dtype).eps),),
        ),
        Misconception(
            "spacing-ignores-dtype",
            "The result does not depend on the dtype. Turn x into that dtype first.",
            (lambda x, dtype: spacing_at(x, np.float64),),
        ),
        Misconception(
            "spacing-proportional",
            "The result grows evenly with x. The spacing stays the same up to the next power of two, then doubles.",
            (lambda x, dtype: float(np.finfo(dtype).eps) * abs(x), lambda x, dtype: float(np.finfo(dtype).eps) * x),
        ),
        Misconception(
            "spacing-to-the-other-side",
            "This is the distance to the neighbour on the other side. The numbers lie closer together towards 0, so "
            "at 1 and at -1 it matters which neighbour is meant: asked is the next larger one.",
            (
                _by_exponent,
                lambda x, dtype: float(dtype(x)) - float(np.nextafter(dtype(x), dtype(-np.inf))),
                lambda x, dtype: float(np.nextafter(dtype(x), dtype(-np.inf))) - float(dtype(x)),
                lambda x, dtype: float(np.spacing(dtype(x))),
                lambda x, dtype: float(abs(np.spacing(dtype(x)))),
                lambda x, dtype: float(np.nextafter(dtype(x), dtype(np.inf) * np.sign(x or 1))) - float(dtype(x)),
            ),
        ),
        Misconception(
            "spacing-x-not-rounded",
            "Most decimal numbers are not numbers of that dtype. The distance starts at the number x is rounded to, "
            "not at x: look at 0.1 or 511.9.",
            (
                lambda x, dtype: float(np.nextafter(dtype(x), dtype(np.inf))) - x,
                lambda x, dtype: _by_exponent(x, dtype) / (2 if x < 0 and np.frexp(x)[0] == -0.5 else 1),
            ),
        ),
    ],
    more=lambda rng: [
        Probe((float(rng.uniform(1, 5000)), dtype), secret=True, rtol=1e-3, atol=0.0)
        for dtype in (np.float64, np.float32, np.float16)
    ],
)

check_log_sum_exp = Check(LOG_SUM_EXP)
check_log_softmax = Check(LOG_SOFTMAX)
check_softplus = Check(SOFTPLUS)
check_spacing_at = Check(SPACING_AT)
