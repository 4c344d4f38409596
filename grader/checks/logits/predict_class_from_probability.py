"""The class from a probability and a threshold, and where it is decided wrongly."""

from typing import Any

import numpy as np

from grader.answers.table import Answer, Function, Misconception, Probe, Way, probes
from grader.checks.activations.formulas import sigmoid
from grader.checks.fits import numbers_from
from grader.checks.general import PLACES
from grader.checks.logits.classes import (
    HINT_BORDER,
    HINT_CUT_CLASS,
    HINT_FIRST,
    HINT_FLIPPED_CLASS,
    HINT_FROM_ONE,
    HINT_NOT_CLASSES,
    HINT_ONE_CLASS,
    HINT_ONE_COLUMN,
    HINT_ONE_ROW,
    HINT_SCORES,
    argmax_of_column,
    decided,
    flat,
)
from grader.checks.logits.logit import log_odds


def cut_done(
    p: Any,
    threshold: float | None = None,
    default: float = 0.5,
    at: Function = lambda threshold: threshold,
    border: bool = False,
    flipped: bool = False,
    of: Function = lambda p: p,
) -> np.ndarray:
    """Return class 1 where a score, made from the probability by `of`, is over what `at` makes of the threshold."""
    return decided(of(flat(p)), at(default if threshold is None else threshold), border, flipped)


BETWEEN = np.arange(0.5, 10000) / 10000  # probabilities between the multiples of 1/10000, at which answers cut


def cut_at(steps: np.ndarray) -> float:
    """Return the multiple of 1/10000 at the first of the steps between these probabilities."""
    return round(float(BETWEEN[steps[0]]) + 1 / 20000, 6)


def default_of(answer: Function) -> Way | None:
    """Return where the answer cuts when no threshold is given, to a 10000th, or None when that is one half."""
    steps = np.flatnonzero(np.diff(numbers_from(answer, BETWEEN)))
    cut = cut_at(steps) if len(steps) == 1 else 0.5
    return {"default": cut} if abs(cut - 0.5) > 0.001 else None


def fixed_cut_of(answer: Function) -> Way | None:
    """Return the number at which the answer cuts whatever the threshold is, to a 10000th, or None."""
    low, high = (numbers_from(answer, BETWEEN, threshold) for threshold in (0.25, 0.8))
    steps = np.flatnonzero(np.diff(low))
    if len(steps) != 1 or not np.array_equal(low, high):
        return None
    cut = cut_at(steps)
    return {"at": lambda threshold: cut}


def cuts_of(answer: Function) -> list[float]:
    """Return where the answer cuts for a threshold of 0.25 and of 0.8, to a 10000th; [] where it does not cut once."""
    steps = [np.flatnonzero(np.diff(numbers_from(answer, BETWEEN, threshold))) for threshold in (0.25, 0.8)]
    found = [cut_at(step) for step in steps if len(step) == 1]
    return found if len(found) == 2 else []


def margin_of(answer: Function) -> Way | None:
    """Return by how much the answer cuts beside the threshold, or None when it is not the same twice."""
    margins = [cut - threshold for cut, threshold in zip(cuts_of(answer), (0.25, 0.8), strict=False)]
    if not margins or abs(margins[0] - margins[1]) > 2e-4 or abs(margins[0]) < 2e-4:
        return None
    return {"at": lambda threshold: threshold + margins[0]}


def share_of(answer: Function) -> Way | None:
    """Return what the answer multiplies the threshold with, or None when it is not the same twice."""
    shares = [cut / threshold for cut, threshold in zip(cuts_of(answer), (0.25, 0.8), strict=False)]
    if not shares or abs(shares[0] - shares[1]) > 1e-3 or abs(shares[0] - 1) < 1e-3:
        return None
    return {"at": lambda threshold: threshold * shares[1]}


# 0.625 is the same number in float16, float32 and float64: as a threshold it is a border in each of them
PROBABILITIES = np.array([0.0, 0.004, 0.3, 0.5, 0.501, 0.625, 0.626, 0.9, 1.0])


def cuts(rng: np.random.Generator) -> list[Probe]:
    """Return secret probabilities with secret thresholds."""
    return [
        Probe((rng.uniform(0, 1, shape),), {"threshold": float(rng.uniform(0.1, 0.9))}, secret=True)
        for shape in [(9,), (6, 1)]
    ]


PREDICT_CLASS_FROM_PROBABILITY = Answer(
    name="predict_class_from_probability",
    section="02-logits.ipynb#probability-to-class-heading",
    idea="The class is a decision: the caller says from which probability on it is 1.",
    way="Make p flat, compare it with the argument threshold, and turn True and False into integers.",
    oracle=lambda p, threshold=0.5: (flat(p) > threshold).astype(int),
    examples=(0,),
    recipe=cut_done,
    tries=[
        *probes(PROBABILITIES, PROBABILITIES[:, None], np.array([0.3125, 0.6875], dtype=np.float32)),
        *probes(PROBABILITIES[:1], any_shape=True),
        *probes(np.array([[0.2], [0.55], [0.45]])),
        Probe((PROBABILITIES[:, None], 0.625)),
        Probe((PROBABILITIES,), {"threshold": 0.0}),
        Probe((PROBABILITIES,), {"threshold": 1.0}),  # two masks in the wrong order leave class 1 here
        *probes([0.2, 0.7], optional=True),
    ],
    misconceptions=[
        Misconception(
            "threshold-zero-on-probabilities",
            "Every example is class 1: a probability is never below 0. 0 is the border of logits.",
            ({"at": lambda threshold: 0.0},),
        ),
        Misconception(
            "threshold-ignored",
            "The result does not change with the threshold. Compare with the argument, not with a fixed number.",
            (
                {"at": lambda threshold: 0.5},
                {"at": lambda threshold: 0.5, "border": True},
                {"at": lambda threshold: threshold or 0.5},
            ),
            fitted=(fixed_cut_of,),
        ),
        Misconception("threshold-flipped", HINT_FLIPPED_CLASS, ({"flipped": True}, {"flipped": True, "border": True})),
        Misconception(
            "argmax-on-one-column",
            HINT_ONE_COLUMN + "the threshold.",
            (argmax_of_column, lambda p, threshold=0.5: np.argmax(np.asarray(p), axis=-1)),
        ),
        Misconception("probability-cut-to-integer", HINT_CUT_CLASS, (lambda p, threshold=0.5: np.trunc(flat(p)),)),
        Misconception(
            "second-mask-overwrites",
            HINT_ONE_CLASS,
            (
                lambda p, threshold=0.5: np.ones(flat(p).shape, int),
                lambda p, threshold=0.5: np.full(flat(p).shape, threshold >= 1),
                lambda p, threshold=0.5: np.full(flat(p).shape, threshold > 0),
            ),
        ),
        Misconception("classes-from-one", HINT_FROM_ONE, (lambda p, threshold=0.5: (flat(p) > threshold) + 1,)),
        Misconception(
            "threshold-includes-the-border",
            HINT_BORDER,
            ({"border": True}, lambda p, threshold=0.5: np.floor(flat(p) - threshold + 1)),
        ),
        Misconception(
            "default-threshold",
            "Without a threshold the result is another one than with 0.5, which is what the threshold is when the "
            "caller gives none.",
            ({"default": 0.3}, {"default": 0.0}),
            fitted=(default_of,),
        ),
        Misconception(
            "examples-in-one-row", HINT_ONE_ROW, (lambda p, threshold=0.5: np.atleast_2d(p)[:1] > threshold,)
        ),
        Misconception("first-example-alone", HINT_FIRST, (lambda p, threshold=0.5: flat(p)[:1] > threshold,)),
        Misconception(
            "threshold-of-the-other-class",
            "The probability was compared with 1 minus the threshold, which is the border of class 0.",
            ({"at": lambda threshold: 1 - threshold},),
        ),
        Misconception(
            "threshold-moved",
            "The probabilities are cut beside the threshold: something is added "
            "to it, or it is multiplied. The class is 1 as soon as p is "
            "over the threshold.",
            ({"at": lambda threshold: threshold + 0.01},),
            fitted=(margin_of, share_of),
        ),
        Misconception(
            "logit-against-probability",
            "p and the threshold are probabilities, and can be compared as they are. Here one of them was changed "
            "first, by a sigmoid or by a logarithm, and the other one was not.",
            (
                {"of": log_odds},
                {"of": sigmoid},
                {"at": lambda threshold: float(sigmoid(np.array(threshold)))},
            ),
        ),
        Misconception(
            "percent-against-fraction",
            "One of the two, p and the threshold, was made a percentage, and the other one is a fraction.",
            ({"of": lambda p: 100 * p}, {"at": lambda threshold: 100 * threshold}),
        ),
        Misconception(
            "border-from-the-batch",
            "The border was computed from the probabilities of the batch. The caller chooses it.",
            (
                lambda p, threshold=0.5: flat(p) > np.mean(flat(p)),
                lambda p, threshold=0.5: flat(p) > np.median(flat(p)),
                {"of": lambda p: p / np.max(p)},
            ),
        ),
        Misconception(
            "input-rounded",
            "p was rounded before it was compared. 0.501 is over 0.5, and 0.5 is not.",
            ({"of": lambda p: np.round(p, 2)},),
        ),
        Misconception(
            "probabilities-not-classes",
            HINT_SCORES,
            (
                lambda p, threshold=0.5: flat(p),
                lambda p, threshold=0.5: np.where(flat(p) > threshold, flat(p), 0),
                lambda p, threshold=0.5: flat(p) - threshold,
                lambda p, threshold=0.5: np.where(flat(p) > threshold, 1, flat(p)),
            ),
        ),
        Misconception(
            "classes-minus-one-and-one",
            "The classes are -1 and 1 here. The exercise asks for 0 and 1.",
            (
                lambda p, threshold=0.5: np.sign(flat(p) - threshold),
                lambda p, threshold=0.5: np.where(flat(p) > threshold, 1, -1),
            ),
        ),
        Misconception(
            "one-hot-not-classes",
            HINT_NOT_CLASSES,
            (lambda p, threshold=0.5: np.stack([flat(p) <= threshold, flat(p) > threshold], axis=-1),),
        ),
        Misconception(
            "indices-not-classes",
            "These are the places of the examples of class 1. The exercise asks for the class of every example.",
            (
                lambda p, threshold=0.5: np.flatnonzero(flat(p) > threshold),
                lambda p, threshold=0.5: np.argwhere(flat(p) > threshold),
            ),
        ),
        Misconception(
            "one-class-for-all",
            "There is one result for the whole batch. Each example needs a class of its own.",
            (
                lambda p, threshold=0.5: np.sum(flat(p) > threshold),
                lambda p, threshold=0.5: np.any(flat(p) > threshold),
                lambda p, threshold=0.5: np.mean(flat(p) > threshold),
            ),
        ),
    ],
    general=PLACES,
    more=cuts,
)
