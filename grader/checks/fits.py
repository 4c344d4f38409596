"""Numbers that an answer gives away about itself: where it cuts, what it rounds to, what it adds."""

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.answers.observe import observe
from grader.answers.table import Function, Misconception, Way
from grader.checks.words import HINT_ADDED, HINT_FACTOR

Fit = Callable[[Function], Way | None]
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


def changed_by_line(place: str, right: Function, *arguments: Any) -> tuple[Fit, Fit]:
    """Return what finds that an answer is the right result times a constant, and plus a constant.

    Args:
        place: the recipe's keyword for what is done with the result.
        right: the oracle.
        arguments: inputs for which the right result has several numbers, one of them not near 0.
    """

    def line(answer: Function) -> tuple[float, float]:
        found, wanted = numbers_from(answer, *arguments), np.asarray(right(*arguments), dtype=float).ravel()
        if found.shape != wanted.shape:
            return np.nan, np.nan
        factor, added = np.polyfit(wanted, found, 1)
        fits = np.allclose(factor * wanted + added, found, rtol=1e-6, atol=1e-9)
        return (float(factor), float(added)) if fits else (np.nan, np.nan)

    def factor_of(answer: Function) -> Way | None:
        factor, added = line(answer)
        good = abs(added) < 1e-7 and abs(factor - 1) > 1e-4 and abs(factor) > 1e-6
        return {place: lambda value: factor * value} if good else None

    def added_of(answer: Function) -> Way | None:
        factor, added = line(answer)
        return {place: lambda value: value + added} if abs(factor - 1) < 1e-6 and abs(added) > 1e-5 else None

    return factor_of, added_of


def by_line(right: Function, *arguments: Any) -> list[Misconception]:
    """Return the two wrong ideas of a right result that is multiplied or added to; see changed_by_line()."""
    factor_of, added_of = changed_by_line("then", right, *arguments)
    return [
        Misconception("result-times-a-constant", HINT_FACTOR, (), (factor_of,)),
        Misconception("constant-added", HINT_ADDED, (), (added_of,)),
    ]


def rounding_of(place: str, *arguments: Any, fewest: int = 0) -> Callable[[Function], Way | None]:
    """Return what finds the decimals that an answer rounds to.

    Args:
        place: the recipe's keyword for what comes last.
        arguments: where it is looked for.
        fewest: with fewer decimals it is another mistake.
    """

    def fit(answer: Function) -> Way | None:
        decimals = decimals_of(answer, *arguments)
        return None if decimals is None or decimals < fewest else {place: lambda p: np.round(p, decimals)}

    return fit
