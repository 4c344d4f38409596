"""Sigmoid and softmax, right, and with each part of the softmax done as a learner may do it."""

from typing import Any

import numpy as np

from grader.answers.table import Function


def sigmoid(z: np.ndarray) -> np.ndarray:
    """Return 1/(1+e^-z) without overflow: e is only ever raised to a negative power."""
    e = np.exp(-np.abs(np.asarray(z, dtype=float)))
    return np.where(np.asarray(z) >= 0, 1 / (1 + e), e / (1 + e))


def softmax(z: np.ndarray) -> np.ndarray:
    """Return e^z over its sum along the last axis; the largest logit of each row is taken off first."""
    z = np.asarray(z, dtype=float)
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


# what says on which side of 0 a logit lies, and no more
STEPS: tuple[Function, ...] = (
    lambda z: (np.asarray(z) > 0) * 1.0,
    lambda z: (np.asarray(z) >= 0) * 1.0,
    lambda z: (np.sign(z) + 1) / 2,
)


def shift_of(z: np.ndarray, shift: str, axis: int | None) -> Any:
    """Return what is taken off before e^z: the largest of each sum, of each row, each column, of all, or nothing."""
    if shift == "none":
        return 0
    if shift == "all":
        return np.max(z)
    if shift == "column":
        return np.max(z, axis=0) if np.ndim(z) > 1 else np.max(z)
    largest = np.max(z, axis=axis if shift == "sum" else -1, keepdims=True)
    return np.maximum(0, largest) if shift == "above 0" else largest


def cut(z: np.ndarray, most: float) -> np.ndarray:
    """Return numbers cut off at `most` on both sides; at infinity none is."""
    return z if most == np.inf else np.clip(z, -most, most)


def softmax_done(
    z: Any,
    shift: str = "sum",
    axis: int | None = -1,
    scale: float = 1.0,
    dtype: Any = float,
    little: float = 0.0,
    most: float = np.inf,
    power: Function = np.exp,
    total: Function = np.sum,
) -> np.ndarray:
    """Return the softmax with each part done as the keywords say.

    Args:
        z: logits.
        shift: see shift_of().
        axis: along which the sum runs.
        scale: what the logits are multiplied with.
        dtype: what is computed in; None for the dtype of z.
        little: what is added to the sum.
        most: where the logits are cut off on both sides.
        power: what stands for e^z.
        total: what each of these is divided by.
    """
    z = cut(scale * np.asarray(z, dtype=dtype), most)
    e = power(z - shift_of(z, shift, axis))
    return np.asarray(e / (total(e, axis=axis, keepdims=True) + little))


def exp_over_sum(z: np.ndarray) -> np.ndarray:
    """Return e^z over its sum along the last axis in the dtype of z, with no care for overflow."""
    return softmax_done(z, shift="none", dtype=None)
