"""What an answer to the cross-entropy of many classes gives away of itself: clips, factors, and of what it is made."""

from collections.abc import Callable
from functools import cache

import numpy as np

from grader.answers.table import Function, Way
from grader.checks.activations.formulas import softmax
from grader.checks.fits import each_alone, number_from
from grader.checks.losses.crossentropies import ceiling, clipped_at
from grader.checks.losses.sparse_parts import log_of_probability, one_hot
from grader.checks.roundoff.log_softmax import log_softmax

ROWS = 9  # of logits, of which the parts of a loss are found


def sure_and_wrong(answer: Function) -> float | None:
    """Return the loss where the right class has a logit 1000 below, when it is finite and no thousand."""
    return ceiling(answer, 1, [1000.0, 0.0, 0.0])


def floor_of(answer: Function) -> Way | None:
    """Return log-probabilities with the answer's own floor."""
    highest = sure_and_wrong(answer)
    return None if highest is None else {"log_p": lambda z: np.maximum(log_softmax(z), -highest)}


def clip_of(of: Function) -> Callable[[Function], Way | None]:
    """Return what finds how an answer clips on both sides what it takes for probabilities, `of` the logits."""

    def fit(answer: Function) -> Way | None:
        highest = sure_and_wrong(answer)
        return None if highest is None else {"log_p": log_of_probability(clip=float(np.exp(-highest)), of=of)}

    return fit


def added_of(of: Function) -> Callable[[Function], Way | None]:
    """Return what finds what an answer adds, inside the logarithm, to what it takes for probabilities."""

    def fit(answer: Function) -> Way | None:
        highest = sure_and_wrong(answer)
        return None if highest is None else {"log_p": log_of_probability(inside_log=float(np.exp(-highest)), of=of)}

    return fit


def logits_clip_of(answer: Function) -> Way | None:
    """Return where the answer cuts off logits, when that is a round number: 1000 and -1000 are twice that apart."""
    apart = clipped_at(ceiling(answer, 1, [1000.0, -1000.0]))
    return None if apart is None else {"scores": lambda z: np.clip(z, -apart / 2, apart / 2)}


def scale_of(answer: Function) -> Way | None:
    """Return what the answer multiplies logits with, from the loss of the logits 1 and 0."""
    loss = number_from(answer, np.array([0]), np.array([[1.0, 0.0]]))
    scale = -float(np.log(np.expm1(loss))) if 0 < loss < 30 else np.nan
    return {"scores": lambda z: scale * z} if np.isfinite(scale) and abs(abs(scale) - 1) > 1e-3 else None


def _parts(z: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return, for each example, the log-sum-exp, the largest logit, the own one, the sum of the others, and 1."""
    own = (one_hot(z, labels) * z).sum(axis=-1)
    largest, total = np.max(z, axis=-1), z.sum(axis=-1)
    return np.array([z[:, 0] - log_softmax(z)[:, 0], largest, own, total - own, np.ones(len(z))])


def terms_of(answer: Function) -> Way | None:
    """Return the answer's own sum of a row's log-sum-exp, its largest logit, its own and the other ones."""

    @cache
    def counts(classes: int) -> np.ndarray:
        z = np.random.default_rng(classes).normal(0, 2, (ROWS, classes))
        labels = np.arange(ROWS) % classes
        found = each_alone(answer, labels, z)
        if not np.isfinite(found).all():
            return np.full(5, np.nan)
        parts = _parts(z, labels)
        fitted = np.linalg.lstsq(parts.T, found, rcond=None)[0]
        return fitted if np.allclose(fitted @ parts, found, rtol=1e-6, atol=1e-7) else np.full(5, np.nan)

    def losses(z: np.ndarray, labels: np.ndarray) -> np.ndarray:
        return np.asarray(-counts(z.shape[-1]) @ _parts(z, labels))

    return None if np.isnan(counts(3)).any() else {"log_p": lambda z: np.asarray(z, dtype=float), "pick": losses}


CLIP_OF_P, CLIP_OF_Z = clip_of(softmax), clip_of(lambda z: z)
ADDED_TO_P, ADDED_TO_Z = added_of(softmax), added_of(lambda z: z)
