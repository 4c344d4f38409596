"""What an answer to the binary cross-entropy gives away of itself: clips, factors, and of which parts it is made."""

from collections.abc import Callable

import numpy as np

from grader.answers.table import Function, Way
from grader.checks.activations.formulas import sigmoid
from grader.checks.fits import each_alone, number_from
from grader.checks.losses.binary_parts import through_probability
from grader.checks.losses.crossentropies import ceiling, clipped_at
from grader.checks.roundoff.softplus import softplus

LADDER = np.array([-3.1, -2.3, -1.7, -0.9, -0.4, 0.3, 0.8, 1.1, 1.9, 2.6, 3.3])
ONES, ZEROS = np.ones(len(LADDER)), np.zeros(len(LADDER))


def _ceilings(answer: Function) -> tuple[float, float] | None:
    """Return the largest losses, by their size, of class 1 and of class 0; where one is infinite, the other's twice.

    Where the labels are exchanged, they are those of the other label.
    """
    one, zero = (
        next((most for y in labels if (most := ceiling(answer, y, z))), 0.0)
        for z, labels in [(-1000.0, (1.0, 0.0)), (1000.0, (0.0, 1.0))]
    )
    return (one or zero, zero or one) if one or zero else None


def ceilings_of(answer: Function) -> Way | None:
    """Return the costs with the answer's own two ceilings; in float32 that of y = 0 lies lower."""
    most = _ceilings(answer)
    if most is None:
        return None
    one, zero = most
    return {"costs": lambda z: (np.minimum(softplus(-z), one), np.minimum(softplus(z), zero))}


def clip_of(of: Function) -> Callable[[Function], Way | None]:
    """Return what finds how an answer clips on both sides what it takes for a probability, `of` the logit."""

    def fit(answer: Function) -> Way | None:
        most = _ceilings(answer)
        if most is None:
            return None
        low, high = np.exp(-np.array(most))
        return {"costs": through_probability(float(low), float(high), of=of)}

    return fit


def added_of(of: Function) -> Callable[[Function], Way | None]:
    """Return what finds what an answer adds, inside the logarithm, to what it takes for a probability."""

    def fit(answer: Function) -> Way | None:
        most = _ceilings(answer)
        return None if most is None else {"costs": through_probability(inside_log=float(np.exp(-most[0])), of=of)}

    return fit


def logits_clip_of(answer: Function) -> Way | None:
    """Return where the answer cuts off logits, when that is a round number."""
    most = clipped_at((_ceilings(answer) or (None,))[0])
    return None if most is None else {"scores": lambda z: np.clip(z, -most, most)}


def scale_of(answer: Function) -> Way | None:
    """Return what the answer multiplies logits with, from the loss of the logit 1 with the label 1."""
    loss = number_from(answer, np.array([1.0]), np.array([1.0]))
    scale = -float(np.log(np.expm1(loss))) if 0 < loss < 30 else np.nan
    return {"scores": lambda z: scale * z} if np.isfinite(scale) and abs(abs(scale) - 1) > 1e-3 else None


def parts_of(answer: Function) -> np.ndarray | None:
    """Return how often max(z, 0), log1p(e^-|z|), z, 1 and e^-|z| stand in the loss of label 0 and of label 1, (2, 5).

    The softplus of z, of -z and of |z| are sums of the first three. None where the loss is no sum of these.
    """
    parts = _parts(LADDER)
    found = np.array([each_alone(answer, labels, LADDER) for labels in (ZEROS, ONES)])
    if not np.isfinite(found).all():
        return None
    counts = np.linalg.lstsq(parts.T, found.T, rcond=None)[0].T
    return counts if np.allclose(counts @ parts, found, rtol=1e-6, atol=1e-7) else None


def _parts(z: np.ndarray) -> np.ndarray:
    size = np.abs(z)
    return np.array([np.maximum(z, 0), np.log1p(np.exp(-size)), z, np.ones_like(z), np.exp(-size)])


def _sum_of_parts(counts: np.ndarray) -> Way:
    def losses(y: np.ndarray, one: np.ndarray, zero: np.ndarray) -> np.ndarray:
        parts = _parts(np.asarray(zero - one, dtype=float))
        of_zero, of_one = np.tensordot(counts, parts, 1)
        return np.asarray(np.where(y > 0.5, of_one, of_zero))

    return {"weigh": losses}


def _of_softplus(counts: np.ndarray) -> bool:
    """Return whether a loss is made of softplus(z), z and constants alone."""
    return bool(np.allclose(counts[:, 0], counts[:, 1], atol=1e-5) and np.allclose(counts[:, 4], 0, atol=1e-5))


def labels_of(answer: Function) -> Way | None:
    """Return the two numbers that enter the loss in place of the labels 0 and 1: it is softplus(z) less y z."""
    counts = parts_of(answer)
    if counts is None or not np.allclose(counts[:, [0, 1, 3, 4]], [1, 1, 0, 0], atol=1e-5):
        return None
    zero, one = -counts[:, 2]
    right = np.allclose([zero, one], [0, 1], atol=1e-5)
    return None if right else {"labels": lambda y: zero + (one - zero) * y}


def terms_of(answer: Function) -> Way | None:
    """Return the answer's own sum of softplus(z), z and a constant."""
    counts = parts_of(answer)
    return _sum_of_parts(counts) if counts is not None and _of_softplus(counts) else None


def stable_form_of(answer: Function) -> Way | None:
    """Return the answer's own sum of the parts of the form that is exact for every logit."""
    counts = parts_of(answer)
    return _sum_of_parts(counts) if counts is not None and not _of_softplus(counts) else None


CLIP_OF_P, CLIP_OF_Z = clip_of(sigmoid), clip_of(lambda z: z)
ADDED_TO_P, ADDED_TO_Z = added_of(sigmoid), added_of(lambda z: z)
