"""The parts that the binary cross-entropy of logits is made of, each right or as a learner may do it."""

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.answers.table import Function
from grader.checks.activations.formulas import sigmoid
from grader.checks.losses.crossentropies import mean

Costs = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]  # of logits: what class 1 and what class 0 cost
Align = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def exact(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return -log p and -log(1-p) for the probability p of a logit: softplus(-z) and softplus(z)."""
    rest = np.log1p(np.exp(-np.abs(z)))
    return np.maximum(-z, 0) + rest, np.maximum(z, 0) + rest


def weighed(y: np.ndarray, one: np.ndarray, zero: np.ndarray) -> np.ndarray:
    """Return y times what class 1 costs plus 1 - y times what class 0 costs."""
    return np.asarray(y * one + (1 - y) * zero)


def flattened(y: np.ndarray, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return both as (N,)."""
    return y.ravel(), z.ravel()


def binary_done(
    y: Any,
    z: Any,
    labels: Function = lambda y: y,
    scores: Function = lambda z: z,
    align: Align = flattened,
    costs: Costs = exact,
    weigh: Function = weighed,
    sign: float = 1.0,
    reduce: Function = mean,
    then: Function = lambda loss: loss,
) -> np.ndarray:
    """Return the binary cross-entropy with each part done as the keywords say.

    Args:
        y: labels.
        z: logits.
        labels: what is done with the labels first.
        scores: what is done with the logits first.
        align: brings both to one shape; where it does not, (N,) and (N, 1) meet in an N x N table.
        costs: makes the cost of class 1 and of class 0 from logits.
        weigh: puts label and both costs together.
        sign: of the losses.
        reduce: makes the result from all losses and the number of examples.
        then: what is done with it.
    """
    count = np.size(y)
    y, z = align(np.asarray(labels(np.asarray(y, dtype=float))), np.asarray(scores(_floats(z))))
    return np.asarray(then(np.asarray(reduce(sign * np.asarray(weigh(y, *costs(z))), count))))


def _floats(z: Any) -> np.ndarray:
    """Return an array of floats, those of another size than float64 as they are: a clip depends on it."""
    z = np.asarray(z)
    return z if z.dtype.kind == "f" else z.astype(float)


def as_it_stands(z: np.ndarray) -> np.ndarray:
    """Return 1/(1+e^-z), with no care for overflow."""
    return np.asarray(1 / (1 + np.exp(-z)))


def through_probability(
    low: float = 0.0, high: float | None = None, inside_log: float = 0.0, of: Function = as_it_stands
) -> Costs:
    """Return the costs by way of a probability, clipped or with something added inside the logarithm.

    Args:
        low: the smallest probability; 0 for no clip.
        high: the smallest 1 - p, where it is another: in float32 it lies higher than in float64.
        inside_log: what is added inside the logarithm.
        of: makes the probability from the logit.
    """

    def costs(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        p = np.clip(of(z), low, 1 - (low if high is None else high)) if low else of(z)
        return -np.log(p + inside_log), -np.log(1 - p + inside_log)

    return costs


def without_nan(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the costs by way of a probability, with an infinity replaced by the largest float."""
    one, zero = through_probability()(z)
    return np.nan_to_num(one), np.nan_to_num(zero)


def without_infinities(y: np.ndarray, one: np.ndarray, zero: np.ndarray) -> np.ndarray:
    """Return the losses with 0 for each that is infinite or no number."""
    return np.nan_to_num(weighed(y, one, zero), nan=0.0, posinf=0.0, neginf=0.0)


def exchanged(y: np.ndarray, one: np.ndarray, zero: np.ndarray) -> np.ndarray:
    """Return the cross-entropy with label and prediction exchanged; labels are kept from 0 and 1 by Keras's clip."""
    p, labels = sigmoid(zero - one), np.clip(y, 1e-7, 1 - 1e-7)
    return np.asarray(-p * np.log(labels) - (1 - p) * np.log(1 - labels))


def of_logit(loss: Function) -> Function:
    """Return what puts label and costs together as another function of label and logit does."""
    return lambda y, one, zero: loss(y, zero - one)


def other_loss(loss: Function) -> dict[str, Any]:
    """Return the way of another loss of label and logit in place of the cross-entropy, where no costs have a part."""
    return {"costs": exact, "weigh": of_logit(loss)}


# ways to bring labels and logits together that leave (N,) beside (N, 1) for some of their shapes
CROSSED: list[Align] = [
    lambda y, z: (y, z),
    lambda y, z: (y.reshape(-1, 1), z),
    lambda y, z: (y, z.reshape(-1, 1)),
    lambda y, z: (y.T, z) if y.shape != z.shape else (y, z),
    lambda y, z: (y.reshape(-1, 1), z.ravel()),
    lambda y, z: (y.ravel(), z),
    lambda y, z: (y, z.ravel()),
]
