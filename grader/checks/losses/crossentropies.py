"""What the two cross-entropies share: their mean and how it goes wrong, and the largest loss of a clipped one."""

from typing import Any

import numpy as np

from grader.answers.table import Function, Misconception
from grader.checks.fits import number_from


def mean(losses: np.ndarray, count: int) -> Any:
    """Return the mean of all losses."""
    return np.mean(losses)


def ceiling(answer: Function, y: object, z: object) -> float | None:
    """Return the finite loss that an answer gives to one example which is sure and wrong, or None."""
    loss = number_from(answer, np.array([y]), np.array([z]))
    return loss if 1 < loss < 750 else None  # a clip of p between 0.37 and the smallest float


HINT_SUM = "The loss grows with the number of examples. The exercise asks for the mean."
HINT_DIVIDED = "The sum of the losses was divided by another number than that of the examples."
HINT_LOOP = "Only the first example counts. Where does `return` stand: inside the loop, or behind it?"
HINT_EACH = "There is one number for each example. The exercise asks for one number, their mean."

SUM_NOT_MEAN = Misconception(
    "crossentropy-sum-not-mean",
    HINT_SUM,
    ({"reduce": lambda losses, _: np.sum(losses)}, {"reduce": lambda losses, n: np.sum(losses) / 2}),
)

RETURN_INSIDE_THE_LOOP = Misconception(
    "return-inside-the-loop", HINT_LOOP, ({"reduce": lambda losses, n: losses.ravel()[0] / n},)
)
