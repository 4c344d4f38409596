"""The spacing of floats, and what is taken for it."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.answers.table import Answer, Misconception, Probe


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


def _by_logarithm(x: float, dtype: type, whole: Callable[[float], float] = np.floor) -> float:
    """Return the spacing by log2 |x|, made a whole number, as it stands."""
    if not x:
        return float(np.finfo(dtype).smallest_subnormal)
    return float(2.0 ** whole(np.log2(abs(x))) * np.finfo(dtype).eps)


def _smallest_that_changes(x: float, dtype: type, first: float = 1.0) -> float:
    """Return the smallest power of two, `first` or less, that changes x when it is added, rounded up or not."""
    here, step = dtype(x), dtype(first)
    while step and here + step != here:
        step = dtype(step / 2)
    return 2 * float(step)


def _halved(x: float, dtype: type) -> float:
    """Return a power of two that is halved until adding it to x changes nothing any more."""
    here, step = dtype(x), dtype(1)
    while here + step > here:
        step = dtype(step / 2)
    return float(step)


def _at(x: float, dtype: type) -> float:
    """Return the spacing by the binary exponent of the number that x is rounded to."""
    return _by_exponent(float(dtype(x)), dtype)


def _times(factor: float) -> tuple[dict[str, Any], ...]:
    """Return the ways of a spacing that is multiplied, at 0 as well or not there."""
    return tuple(
        {"near": lambda x, dtype, near=near, zero=zero: near(x, dtype) * (factor if x or zero else 1.0)}
        for near in (spacing_at, _by_exponent, _at)
        for zero in (True, False)
    )


def _divided(x: float, dtype: type, by: Callable[[float], float] = abs) -> float:
    """Return the spacing over x, or over its size; at 0 the spacing itself."""
    return spacing_at(x, dtype) / by(float(dtype(x))) if x else spacing_at(x, dtype)


def _both_sides(x: float, dtype: type) -> float:
    """Return the distance between the two neighbours of x."""
    here = dtype(x)
    return float(np.nextafter(here, dtype(np.inf))) - float(np.nextafter(here, dtype(-np.inf)))


def spacings(*pairs: tuple[float, type]) -> list[Probe]:
    """Return probes that are compared relatively: a spacing may be as small as 5e-324, and is a power of two."""
    return [Probe(pair, rtol=1e-3, atol=0.0) for pair in pairs]


SPACING_AT = Answer(
    name="spacing_at",
    section="03-roundoff.ipynb#two-ways-reading",
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
                {"near": lambda x, dtype: spacing_at(x, np.float32)},
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
                {"near": lambda x, dtype: abs(float(dtype(x)) - float(np.nextafter(dtype(x), dtype(0))))},
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
                {"near": lambda x, dtype: float(dtype(dtype(x) + dtype(1))) - float(dtype(x))},
            ),
        ),
        Misconception(
            "spacing-half",
            "This is half of the spacing, the largest error of rounding: the halving stopped one step too late, or "
            "eps / 2 was taken for eps.",
            (
                *_times(0.5),
                {"near": lambda x, dtype: _by_logarithm(x, dtype) / 2},
                {"near": _halved},
                {"near": _smallest_that_changes},
                {"near": lambda x, dtype: _smallest_that_changes(x, dtype, 0.5)},
                {"near": lambda x, dtype: _smallest_that_changes(x, dtype) / 2},
            ),
        ),
        Misconception(
            "spacing-doubled",
            "This is twice the spacing, everywhere or between two powers of two: the power of two below x counts, not "
            "the one above it or nearest to it.",
            (
                *_times(2.0),
                {"near": lambda x, dtype: _by_logarithm(x, dtype, np.ceil)},
                {"near": lambda x, dtype: _by_logarithm(x, dtype, np.round)},
                {"near": lambda x, dtype: _by_logarithm(float(dtype(x)), dtype, np.ceil)},
                {"near": lambda x, dtype: _by_logarithm(float(dtype(x)), dtype, np.round)},
            ),
        ),
        Misconception(
            "spacing-relative",
            "The distance was divided by x. The exercise asks for the distance itself.",
            (
                {"near": lambda x, dtype: float(np.float64(spacing_at(x, dtype)) / np.float64(x))},
                {"near": lambda x, dtype: float(np.float64(spacing_at(x, dtype)) / np.abs(np.float64(x)))},
                {"near": _divided},
                {"near": lambda x, dtype: _divided(x, dtype, float)},
            ),
        ),
        Misconception(
            "spacing-sign",
            "The distance is negative: the smaller number was taken off the larger one the other way round.",
            _times(-1.0),
        ),
        Misconception(
            "spacing-of-both-sides",
            "This is the distance between the two neighbours of x. The exercise asks how far the next larger number is "
            "from x.",
            ({"near": _both_sides}, {"near": lambda x, dtype: _both_sides(x, dtype) / 2}),
        ),
        Misconception(
            "exponent-not-distance",
            "This is the power that 2 is raised to. The spacing is 2 to that power.",
            (
                {"near": lambda x, dtype: float(np.log2(spacing_at(x, dtype)))},
                {"near": lambda x, dtype: float(np.log2(_at(x, dtype)))},
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
            (
                {"near": lambda x, dtype: float(np.nextafter(dtype(x), dtype(np.inf)))},
                {"near": lambda x, dtype: float(np.nextafter(np.float32(x), np.float32(np.inf)))},
                {"near": lambda x, dtype: math.nextafter(x, math.inf)},
            ),
        ),
    ],
    more=lambda rng: [
        Probe((float(sign * rng.uniform(1, 5000)), dtype), secret=True, rtol=1e-3, atol=0.0)
        for dtype in (np.float64, np.float32, np.float16)
        for sign in (1, -1)
    ],
)
