"""What may be wrong in answers to many questions: something done with the numbers before, or with the result after."""

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.answers.table import Function, Misconception, Way
from grader.checks.activations.formulas import sigmoid, softmax
from grader.checks.fits import ends_of_result, input_on_a_line, number_from, result_on_a_line, rounding_of
from grader.checks.words import HINT_CLIPPED_RESULT, HINT_CUT, HINT_ONE, HINT_ROUNDED

Change = Callable[[np.ndarray], Any]


def floats(change: Change) -> Function:
    """Return a change of numbers that takes everything that NumPy does."""
    return lambda value: change(np.asarray(value, dtype=float))


def after(id_: str, hint: str, *changes: Change, alone: bool = False) -> Misconception:
    """Return the wrong idea of a right result with which something more is done."""
    return Misconception(id_, hint, tuple({"after": floats(change)} for change in changes), alone=alone)


def around(id_: str, hint: str, *changes: Change, alone: bool = True) -> Misconception:
    """Return the wrong idea of a step too many, at the beginning or at the end."""
    ways = tuple({place: floats(change)} for place in ("after", "before") for change in changes)
    return Misconception(id_, hint, ways, alone=alone)


def as_the_first(result: np.ndarray) -> np.ndarray:
    """Return whole numbers where the first one is 0: np.vectorize takes the dtype of the first result, as of `0`."""
    return np.trunc(result) if result.size and result.flat[0] == 0 else result


def _without(place: slice) -> Change:
    """Return a change that leaves 0 at a place of all numbers in a row, as an array of zeros has it from the start."""

    def change(result: np.ndarray) -> np.ndarray:
        flat = result.ravel().copy()
        flat[place] = 0
        return flat.reshape(result.shape)

    return change


def _divided(by: Change) -> tuple[Change, ...]:
    return (lambda x: x / by(x), lambda x: x / (by(x) + 1e-8))


FURTHER_STEPS = [
    around("logarithm-too-many", "A logarithm was taken that the exercise does not ask for.", np.log, np.log1p),
    around("exponential-too-many", "e was raised to a power once more than the exercise asks for.", np.exp, np.expm1),
    around("square-too-many", "A number was squared, and the formula holds no square.", np.square),
    around("root-too-many", "A square root was taken, and the formula holds none.", np.sqrt),
    around("sigmoid-too-many", "A sigmoid was taken that the exercise does not ask for.", sigmoid),
    around("tanh-too-many", "A tanh was taken that the exercise does not ask for.", np.tanh),
    around("relu-too-many", "A ReLU was applied: negative numbers have become 0.", lambda x: np.maximum(x, 0)),
    around("reciprocal-taken", "One was divided by a number that belongs above the fraction line.", np.reciprocal),
]
SIGNS = [
    around(
        "sign-changed",
        "A sign is the other way round. Follow one number through the formula.",
        np.negative,
        alone=False,
    ),
    around("absolute-value-taken", "A minus was lost: an absolute value was taken on the way.", np.abs, alone=False),
    after("one-minus-the-result", "This is 1 minus the right result. Which of the two belongs there?", lambda r: 1 - r),
]
DTYPES = [
    around("result-cut-to-integers", HINT_CUT, np.trunc, np.floor, as_the_first, alone=False),
    after(
        "half-precision",
        "Digits are lost: the numbers were stored in np.float16, which keeps three of them. Compute in float64.",
        lambda x: x.astype(np.float16),
    ),
    Misconception(
        "input-rounded",
        "The numbers were rounded before anything was computed. 0.4 is another number than 0.",
        ({"before": floats(np.round)}, {"before": floats(np.ceil)}),
    ),
    after(
        "overflow-hidden",
        "NaN or infinity was replaced by a number. That hides the overflow, and the number put there is not the right "
        "one: find the form of the formula that does not overflow.",
        np.nan_to_num,
        lambda r: np.where(np.isfinite(r), r, 0),
        lambda r: np.where(np.isfinite(r), r, 1),
        lambda r: np.where(np.isfinite(r), r, 0.5),
    ),
]
PLACES = [
    after(
        "first-result-alone",
        "Only one of the numbers has got a result. Where does the loop return, inside it or behind it?",
        lambda r: r.ravel()[:1],
        lambda r: r.ravel()[-1:],
        lambda r: r[:1],
        lambda r: r[-1:],
        alone=True,
    ),
    after(
        "loop-leaves-one-out",
        "One result is missing, or one place was never filled. Where does the loop begin, and where does it end?",
        lambda r: r[1:],
        lambda r: r[:-1],
        _without(slice(1)),
        _without(slice(-1, None)),
        lambda r: np.concatenate([r[:1] * 0, r[1:]]),
        lambda r: np.concatenate([r[:-1], r[-1:] * 0]),
        alone=True,
    ),
    around(
        "order-changed",
        "The numbers are right, and they stand in other places than they should: they were sorted, turned round or "
        "transposed.",
        np.transpose,
        np.sort,
        lambda x: x[::-1],
        lambda x: x[..., ::-1],
        np.unique,
    ),
]
TOGETHER = around(
    "depends-on-the-other-numbers",
    "What comes out for a number changes with the numbers beside it. Here each number is computed by itself.",
    *(
        change
        for by in (np.max, np.sum, np.mean, np.std, np.linalg.norm, lambda x: np.max(np.abs(x)))
        for change in _divided(by)
    ),
    lambda x: x - np.max(x),
    lambda x: x - np.min(x),
    lambda x: x - np.mean(x),
    lambda x: (x - np.mean(x)) / np.std(x),
    lambda x: (x - np.mean(x)) / (np.std(x) + 1e-8),
    lambda x: (x - np.min(x)) / (np.max(x) - np.min(x)),
    softmax,
    np.cumsum,
)


def constant_of(answer: Function) -> Way | None:
    """Return the one number that the answer gives for three numbers, or None."""
    found = [number_from(answer, number) for number in (0.2, 0.4, 0.9)]
    return {"after": lambda r: 0 * r + found[0]} if found[0] == found[1] == found[2] else None


def fitted_to(right: Function, asked: np.ndarray) -> list[Misconception]:
    """Return the wrong ideas with a number in them: a factor, an addition, a rounding.

    Args:
        right: the oracle.
        asked: input for which it gives several different numbers.
    """
    rounded = Misconception("result-rounded", HINT_ROUNDED, (), (rounding_of("after", asked),))
    return [*result_on_a_line(right, asked), rounded]


def clipped(right: Function, far: np.ndarray) -> Misconception:
    """Return the wrong idea of results that are cut off; for `far` the right ones go as far as they can."""
    return Misconception("result-clipped", HINT_CLIPPED_RESULT, (), (ends_of_result(right, far),))


CONSTANT = Misconception(
    "same-for-every-input",
    "The result is the same whatever goes in. Which line should depend on the argument?",
    (),
    (constant_of,),
    alone=True,
)
ONE_FOR_ALL = around("one-result-for-all", HINT_ONE, np.sum, np.mean, np.max, np.min, np.prod, alone=False)


def one_by_one(right: Function, inverse: Function, asked: np.ndarray, far: np.ndarray) -> list[Misconception]:
    """Return what may be wrong in an answer that works on each number by itself.

    Args:
        right: the oracle.
        inverse: undoes it.
        asked: numbers for which it gives different ones.
        far: numbers for which it gives the smallest and the largest results.
    """
    numbers = [CONSTANT, *fitted_to(right, asked), *input_on_a_line(inverse, asked)]
    twice = after("applied-twice", "The function was applied to its own result.", right, alone=True)
    further = [*SIGNS, *FURTHER_STEPS, twice, *DTYPES, *PLACES, ONE_FOR_ALL, TOGETHER]
    return [*numbers, *further, clipped(right, far)]


def _of_a_row(by: Callable[..., Any]) -> tuple[Change, ...]:
    return (lambda x: x / by(x, axis=-1, keepdims=True), lambda x: x / (by(x, axis=-1, keepdims=True) + 1e-8))


def _largest_size(x: np.ndarray, **axis: Any) -> Any:
    return np.max(np.abs(x), **axis)


ROW_SCALED = around(
    "row-scaled",
    "Each row was divided by something that belongs to it: its largest number, its length, its sum or its spread. The "
    "formula divides nothing of the kind.",
    *(change for by in (np.max, np.sum, np.std, np.linalg.norm, _largest_size) for change in _of_a_row(by)),
    lambda x: x / np.sqrt(x.shape[-1]),
    lambda x: x / x.shape[-1],
    lambda x: (x - np.mean(x, axis=-1, keepdims=True)) / np.std(x, axis=-1, keepdims=True),
    lambda x: (x - np.mean(x, axis=-1, keepdims=True)) / (np.std(x, axis=-1, keepdims=True) + 1e-8),
    *(
        lambda x, little=little: (x - np.min(x, axis=-1, keepdims=True)) / (np.ptp(x, axis=-1, keepdims=True) + little)
        for little in (0.0, 1e-8)
    ),
    lambda x: (x - np.mean(x)) / np.std(x),
    lambda x: x / np.max(x),
    lambda x: x / np.sum(x),
)
SOFTMAX_TOO_MANY = around("softmax-too-many", "A softmax was taken that the exercise does not ask for.", softmax)


def row_by_row(right: Function, asked: np.ndarray, far: np.ndarray) -> list[Misconception]:
    """Return what may be wrong in an answer that works on each row by itself; see one_by_one()."""
    twice = after("applied-twice", "The function was applied to its own result.", right, alone=True)
    steps = [*FURTHER_STEPS, SOFTMAX_TOO_MANY, twice]
    further = [*SIGNS, *steps, *DTYPES, *PLACES, ONE_FOR_ALL, ROW_SCALED]
    return [*fitted_to(right, asked), *further, clipped(right, far)]
