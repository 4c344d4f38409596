"""The parts that the cross-entropy of many classes is made of, each right or as a learner may do it."""

from typing import Any

import numpy as np

from grader.answers.table import Function
from grader.checks.activations.formulas import softmax
from grader.checks.losses.crossentropies import mean
from grader.checks.roundoff.log_softmax import log_softmax
from grader.checks.roundoff.softplus import softplus


def own_class(values: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the entry of each example's own class, (N,) of (N, K)."""
    return np.asarray(values[np.arange(len(labels)), labels])


def sparse_done(
    y: Any,
    z: Any,
    scores: Function = lambda z: z,
    log_p: Function = log_softmax,
    pick: Function = own_class,
    sign: float = -1.0,
    reduce: Function = mean,
    then: Function = lambda loss: loss,
) -> np.ndarray:
    """Return the cross-entropy of many classes with each part done as the keywords say.

    Args:
        y: integer labels.
        z: logits.
        scores: what is done with the logits first.
        log_p: makes log-probabilities from them.
        pick: makes from these and the labels what is averaged.
        sign: of that; minus 1 where all is well.
        reduce: makes the result from all losses and the number of examples.
        then: what is done with it.
    """
    labels = np.asarray(y, dtype=int).reshape(-1)
    picked = np.asarray(pick(np.asarray(log_p(np.asarray(scores(np.asarray(z))))), labels))
    return np.asarray(then(np.asarray(reduce(sign * picked, len(labels)))))


def log_of_probability(clip: float = 0.0, inside_log: float = 0.0, of: Function = softmax) -> Function:
    """Return the logarithm of probabilities, clipped or with something added inside it."""

    def log_p(z: np.ndarray) -> np.ndarray:
        p = of(np.asarray(z, dtype=float))
        return np.log((np.clip(p, clip, 1 - clip) if clip else p) + inside_log)

    return log_p


def as_floats(z: Any) -> np.ndarray:
    """Return the logits themselves."""
    return np.asarray(z, dtype=float)


def shares(z: np.ndarray) -> np.ndarray:
    """Return the logits over their sum, as Keras treats what it takes for probabilities."""
    return np.asarray(z / np.sum(z, axis=-1, keepdims=True))


def one_hot(values: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return (N, K) zeros with a 1 for each example's own class."""
    return np.asarray(np.eye(values.shape[-1])[labels])


def over_classes(log_p: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return (N, K): the log-probability of the own class, and 0 for every other."""
    return one_hot(log_p, labels) * log_p


def others(values: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the sum over the classes that are not the example's own."""
    return np.asarray(((1 - one_hot(values, labels)) * values).sum(axis=-1))


def class_by_class(p: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return minus the binary cross-entropies of probabilities, summed over the classes."""
    own = one_hot(p, labels)
    return np.asarray((own * np.log(p) + (1 - own) * np.log(1 - p)).sum(axis=-1))


def each_by_itself(z: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return for each example the sum of the binary cross-entropies of its classes' logits."""
    return np.asarray((softplus(z) - one_hot(z, labels) * z).sum(axis=-1))


def squared(p: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the squared distance of each entry from the one-hot label."""
    return np.asarray((one_hot(p, labels) - p) ** 2)


def margins(z: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the hinge loss of many classes: the sum over the others of max(0, z - z of the right class + 1)."""
    distances = np.maximum(0, z - own_class(z, labels)[:, None] + 1)
    distances[np.arange(len(labels)), labels] = 0
    return np.asarray(distances.sum(axis=-1))
