"""Numbers that an answer gives away about itself: where it cuts, what it rounds to, what it adds."""

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.answers.observe import observe
from grader.answers.table import Function, Way

MOST_DECIMALS = 7  # beyond these a rounded result is right to float32


def numbers_from(answer: Function, *arguments: Any) -> np.ndarray:
    """Return the finite numbers that the answer gives for these arguments, flat; none where it gives anything else."""
    seen = observe(answer, arguments)
    if not seen.values or seen.values[0].dtype.kind != "f" or seen.broke:
        return np.array([])
    return seen.values[0].ravel()


def number_from(answer: Function, *arguments: Any) -> float:
    """Return the first of these numbers; NaN where there is none."""
    found = numbers_from(answer, *arguments)
    return float(found[0]) if found.size else np.nan


def decimals_of(answer: Function, *arguments: Any) -> int | None:
    """Return to how many decimals the answer rounds what it gives for these arguments; None where it does not."""
    found = numbers_from(answer, *arguments)
    rounded = (n for n in range(MOST_DECIMALS) if np.allclose(found, np.round(found, n), rtol=0, atol=1e-12))
    return next(rounded, None) if np.any(np.abs(found) > 1e-9) else None  # nothing is said by a result of nought


def rounding_of(place: str, *arguments: Any) -> Callable[[Function], Way | None]:
    """Return what finds the decimals that an answer rounds to; `place` is the recipe's keyword for what comes last."""

    def fit(answer: Function) -> Way | None:
        decimals = decimals_of(answer, *arguments)
        return None if decimals is None else {place: lambda p: np.round(p, decimals)}

    return fit
