"""The statistics of a class: how well an answer separates strong from weak, and how the scores are spread."""

import math
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

FEWEST = 20  # students; with so many, answers that have nothing in common reach .4 in one class of twelve
FEWEST_EACH = 3  # who must differ from the rest: what one or two students did tells nothing of an answer
MOST_BARS = 20


@dataclass(frozen=True)
class Separation:
    """How well an answer separates strong from weak.

    Attributes:
        value: the item-rest correlation, from -1 to 1; None where it cannot be told.
        words: what it means, or why it cannot be told.
        students: how many it was computed from.
    """

    value: float | None
    words: str
    students: int


def separation(item: Sequence[float], rest: Sequence[float]) -> Separation:
    """Return how well an answer separates strong from weak: its item-rest correlation.

    That is the correlation of the points for the answer with the points for all the other answers; for an answer that
    is right or wrong, the point-biserial one. The answer's own points are left out of the sum, because with few answers
    they alone would make a correlation. The correction is that of S. Henrysson, Correction of item-total correlations
    in item analysis, Psychometrika 28 (1963), 211-218. That .3 is enough is the rule of J. Nunnally and I. Bernstein,
    Psychometric Theory, 3rd edition (1994), chapter 8; R. Ebel and D. Frisbie, Essentials of Educational Measurement,
    5th edition (1991), chapter 13, call less than .2 poor.

    Args:
        item: (N,) points for the answer.
        rest: (N,) points for the other answers of the same students.
    """
    count = len(item)
    if count < FEWEST:
        return Separation(None, f"too few to tell: {count} of the {FEWEST} students needed", count)
    commonest = max(Counter(item).values())
    if commonest == count:
        return Separation(None, "nothing to tell: all did the same", count)
    if count - commonest < FEWEST_EACH:
        return Separation(None, "too few to tell: nearly all did the same", count)
    value = correlation(item, rest)
    if value is None:
        return Separation(None, "nothing to tell: the other answers are all the same", count)
    return Separation(value, _meaning(value), count)


def _meaning(value: float) -> str:
    if value >= 0.3:
        return "well"
    if value >= 0.2:
        return "somewhat"
    return "hardly" if value > -0.1 else "the wrong way round: look at the question"


def correlation(x: Sequence[float], y: Sequence[float]) -> float | None:
    """Return Pearson's correlation of two sequences of the same length, None where one of them is constant."""
    try:
        return statistics.correlation(x, y)
    except statistics.StatisticsError:
        return None


@dataclass(frozen=True)
class Bar:
    """Scores from `start` to below `end`; the counts are by the students' status."""

    start: float
    end: float
    counts: dict[str, int]

    @property
    def total(self) -> int:
        """How many students have such a score."""
        return sum(self.counts.values())


def bars(scores: Sequence[tuple[float, str]], max_score: float, steps: Sequence[float]) -> list[Bar]:
    """Return a bar for each step of the scores.

    Args:
        scores: (score, status) of each student.
        max_score: the points that could be earned; extra credit goes beyond.
        steps: what the answers are worth; scores go up by their greatest common divisor.
    """
    step = _step(steps)
    top = max([max_score, *(score for score, _ in scores)])
    while top / step > MOST_BARS:
        step *= 2
    last = math.floor(top / step + 1e-9)
    counts: list[dict[str, int]] = [{} for _ in range(last + 1)]
    for score, status in scores:
        place = counts[min(last, math.floor(max(0.0, score) / step + 1e-9))]
        place[status] = place.get(status, 0) + 1
    return [Bar(k * step, (k + 1) * step, each) for k, each in enumerate(counts)]


def _step(steps: Sequence[float]) -> float:
    if not steps or any(step != round(step) or step <= 0 for step in steps):
        return 1.0
    return float(math.gcd(*(int(step) for step in steps)))
