"""Numbers that an answer gives away about itself: where it cuts, what it rounds to, what it adds."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from grader.answers.observe import Call, Observation, observe, observe_all
from grader.answers.table import Function, Misconception, Way
from grader.checks.words import HINT_ADDED, HINT_FACTOR, HINT_INPUT_ADDED, HINT_INPUT_FACTOR, HINT_LINE

Fit = Callable[[Function], Way | None]
FEW = 5  # numbers that are asked for one by one
MOST_DECIMALS = 7  # beyond these a rounded result is right to float32


def numbers_from(answer: Function, *arguments: Any) -> np.ndarray:
    """Return the finite numbers that the answer gives for these arguments, flat; none where it gives anything else.

    An answer that takes one number alone is asked for a few numbers one by one.
    """
    seen = observe(answer, arguments)
    if seen.raised and len(arguments) == 1 and np.ndim(arguments[0]) == 1 and len(arguments[0]) <= FEW:
        each = [numbers_from(answer, float(number)) for number in arguments[0]]
        return np.concatenate(each) if all(one.size == 1 for one in each) else np.array([])
    return _numbers_in(seen)


def number_from(answer: Function, *arguments: Any) -> float:
    """Return the first of these numbers; NaN where there is none."""
    return _first(numbers_from(answer, *arguments))


def each_alone(answer: Function, labels: np.ndarray, logits: np.ndarray) -> np.ndarray:
    """Return what an answer gives for each example alone, NaN where it gives no number; it is asked once for all."""
    calls: list[Call] = [((labels[k : k + 1], logits[k : k + 1]), {}) for k in range(len(labels))]
    return np.array([_first(_numbers_in(seen)) for seen in observe_all(answer, calls)])


def _numbers_in(seen: Observation) -> np.ndarray:
    if not seen.values or seen.values[0].dtype.kind != "f" or seen.broke:
        return np.array([])
    return seen.values[0].ravel()


def _first(found: np.ndarray) -> float:
    return float(found[0]) if found.size else np.nan


def decimals_of(answer: Function, *arguments: Any) -> int | None:
    """Return to how many decimals the answer rounds what it gives for these arguments; None where it does not."""
    found = numbers_from(answer, *arguments)
    return decimals_in(found) if np.any(np.abs(found) > 1e-9) else None  # nothing is said by a result of nought


def decimals_in(found: np.ndarray, decimals: Iterable[int] = range(MOST_DECIMALS), error: float = 1e-12) -> int | None:
    """Return the first of these numbers of decimals to which all numbers are rounded; None where there is none."""
    rounded = (n for n in decimals if np.allclose(found, np.round(found, n), rtol=0, atol=error))
    return next(rounded, None)


def line_between(found: np.ndarray, wanted: np.ndarray) -> tuple[float, float]:
    """Return (factor, added) of the line through all points (wanted, found), NaN where there is none."""
    if found.shape != wanted.shape or not np.isfinite(found).all():
        return np.nan, np.nan
    factor, added = np.polyfit(wanted, found, 1)
    fits = np.allclose(factor * wanted + added, found, rtol=1e-6, atol=1e-7)
    return (float(factor), float(added)) if fits else (np.nan, np.nan)


def on_a_line(place: str, line: Callable[[Function], tuple[float, float]]) -> tuple[Fit, Fit, Fit]:
    """Return what finds a factor alone, an addition alone, and both, of what line() finds of an answer."""

    def of(wanted: str) -> Fit:
        def fit(answer: Function) -> Way | None:
            factor, added = line(answer)
            if not abs(factor) > 1e-6:
                return None
            multiplied, moved = abs(factor - 1) > 1e-4, abs(added) > 1e-5
            kind = "both" if multiplied and moved else "factor" if multiplied else "added" if moved else ""
            return {place: lambda x: factor * np.asarray(x, dtype=float) + added} if kind == wanted else None

        return fit

    return of("factor"), of("added"), of("both")


def result_on_a_line(right: Function, *arguments: Any) -> list[Misconception]:
    """Return the wrong ideas of a right result that is multiplied, added to, or both.

    Args:
        right: the oracle.
        arguments: inputs for which the right result has several numbers, one of them not near 0.
    """

    def line(answer: Function) -> tuple[float, float]:
        return line_between(numbers_from(answer, *arguments), np.asarray(right(*arguments), dtype=float).ravel())

    factor, added, both = on_a_line("after", line)
    return [
        Misconception("result-times-a-constant", HINT_FACTOR, (), (factor,)),
        Misconception("constant-added", HINT_ADDED, (), (added,)),
        Misconception("result-scaled-and-moved", HINT_LINE, (), (both,)),
    ]


def input_on_a_line(inverse: Function, z: np.ndarray) -> list[Misconception]:
    """Return the same of the numbers that go in: `inverse` undoes the oracle, and `z` are numbers to ask for."""

    def line(answer: Function) -> tuple[float, float]:
        found = numbers_from(answer, z)
        with np.errstate(all="ignore"):
            return line_between(np.asarray(inverse(found)) if found.size else found, z)

    factor, added, both = on_a_line("before", line)
    return [
        Misconception("input-times-a-constant", HINT_INPUT_FACTOR, (), (factor,)),
        Misconception("constant-added-to-the-input", HINT_INPUT_ADDED, (), (added, both)),
    ]


def ends_of_result(right: Function, *arguments: Any) -> Fit:
    """Return what finds where an answer cuts its results off; the right results for the arguments go far both ways."""

    def fit(answer: Function) -> Way | None:
        found, wanted = numbers_from(answer, *arguments), np.asarray(right(*arguments), dtype=float)
        if found.size != wanted.size:
            return None
        low = float(found.min()) if found.min() > wanted.min() else -np.inf
        high = float(found.max()) if found.max() < wanted.max() else np.inf
        return {"after": lambda r: np.clip(r, low, high)} if low < high and (low, high) != (-np.inf, np.inf) else None

    return fit


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
