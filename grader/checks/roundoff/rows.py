"""What the two answers that take rows of logits share: the inputs, the hints, where logits are cut off."""

import numpy as np

from grader.answers.table import Function, Probe, Way, probes
from grader.checks.fits import numbers_from
from grader.checks.inputs import COLUMN, EPS16, MIXED, SQUARE, TABLE


def most_of(answer: Function) -> Way | None:
    """Return where the answer cuts logits off: where 1000 gives less, it gives the limit away."""
    found = numbers_from(answer, np.array([1000.0, 0.0]))
    most = float(np.abs(found).max()) if found.size else np.nan
    # e^100 fits into float64 and not into float32: it tells in which of the two the answer computes
    in_float64 = numbers_from(answer, np.array([100.0, 99.0], dtype=np.float32)).size > 0
    return {"shift": "none", "most": most, "dtype": float if in_float64 else None} if 10 < most < 999 else None


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
HINT_INNER = (
    "The exponent has the wrong sign inside the sum: the largest logit is taken off each logit, z - max, and not the "
    "other way round."
)
HINT_SCALED = (
    "The logits were multiplied with something, or divided by it, before e^z. The exercise names no such number."
)
