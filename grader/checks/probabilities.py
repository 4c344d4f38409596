"""What answers share that make probabilities from a model's outputs, and what is done to these and should not be."""

from collections.abc import Callable

import numpy as np

from grader.answers.table import Function, Misconception, Way
from grader.checks.fits import MOST_DECIMALS, decimals_in, numbers_from
from grader.checks.words import HINT_ROUNDED

HINT_TWICE = "A sigmoid or a softmax was taken of probabilities. The logits get one of them, once."


def as_it_is(value: np.ndarray) -> np.ndarray:
    """Return the value."""
    return value


def classes_of(z: np.ndarray) -> np.ndarray:
    """Return 1 where a logit is positive, else 0."""
    return np.asarray((z > 0) * 1.0)


def later_mistakes(inputs: Callable[[], tuple[object, ...]]) -> list[Misconception]:
    """Return what is wrongly done with the result; `inputs` makes a model and what it is given."""

    def rounding_of(answer: Function) -> Way | None:
        found = numbers_from(answer, *inputs())  # in float32, as models have it, 0.1 is not 0.1
        decimals = decimals_in(found, range(1, MOST_DECIMALS - 1), 1e-7) if found.size else None
        return None if decimals is None else {"then": lambda p: np.round(p, decimals)}

    return [
        Misconception(
            "percent-not-fraction",
            "These are percent. A probability is a number from 0 to 1.",
            ({"then": lambda p: 100 * p},),
        ),
        Misconception(
            "first-example-alone",
            "Only the first example has got a result. Each of the N examples needs one.",
            ({"then": lambda p: p[0]}, {"then": lambda p: p[:1]}),
        ),
        Misconception(
            "one-result-for-all",
            "There is one number for all examples, such as their mean. Each of the N examples needs one.",
            ({"then": np.mean}, {"then": lambda p: np.mean(p, axis=0)}),
        ),
        Misconception("result-rounded", HINT_ROUNDED, (), (rounding_of,)),
    ]
