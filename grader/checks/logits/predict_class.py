"""The class from a logit, and where it is decided wrongly."""

import math
from typing import Any

import numpy as np

from grader.answers.table import Answer, Function, Misconception, Way, probes
from grader.checks.activations.formulas import sigmoid, softmax
from grader.checks.fits import numbers_from
from grader.checks.general import PLACES
from grader.checks.logits.classes import (
    HALF_ON_LOGITS,
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
    classes,
    decided,
    flat,
)

Z = np.array([-3.0, -1.2, -0.2, 0.3, 0.45, 0.55, 2.0])
BORDER = np.array([0.0, -1.0, 1.0])


def class_done(
    z: Any, cut: float = 0.0, border: bool = False, flipped: bool = False, of: Function = lambda z: z
) -> np.ndarray:
    """Return class 1 where a score, made from the logit by `of`, is over (or, with `border`, at) where it is cut."""
    return decided(of(flat(z)), cut, border, flipped)


LADDER = np.arange(-2399.5, 2400) / 400  # logits between the multiples of 1/400, at which answers cut


def cut_of(answer: Function) -> Way | None:
    """Return where the answer cuts logits, to a 400th, or None when it does not cut once."""
    steps = np.flatnonzero(np.diff(numbers_from(answer, LADDER)))
    cut = round(float(LADDER[steps[0]]) + 1 / 800, 6) if len(steps) == 1 else 0.0
    return {"cut": cut} if abs(cut) > 0.004 else None


def cut_of_size_of(answer: Function) -> Way | None:
    """Return where the answer cuts the size of a logit, on both sides of 0 alike, to a 400th."""
    steps = np.flatnonzero(np.diff(numbers_from(answer, LADDER)))
    good = len(steps) == 2 and abs(LADDER[steps[0]] + LADDER[steps[1] + 1]) < 1e-9
    return {"of": np.abs, "cut": round(float(LADDER[steps[1]]) + 1 / 800, 6)} if good else None


PREDICT_CLASS = Answer(
    name="predict_class",
    section="02-logits.ipynb#logit-to-class-heading",
    idea="A logit above 0 is a probability above one half: no probability has to be computed.",
    way=("Make z flat, compare it with the logit that belongs to one half, and turn True and False into integers."),
    oracle=lambda z: (flat(z) > 0).astype(int),
    examples=(0,),
    recipe=class_done,
    tries=[
        *probes(Z, Z[:, None], BORDER, np.array([0.0078125, 0.375], dtype=np.float32)),
        *probes(Z[:1], any_shape=True),
        *probes(np.array([[0.4], [-0.4], [3.0]]), BORDER[:, None]),
        # the sigmoid of -45 is not 0, and the sigmoid of that is one half; the sigmoid of 45 is 1
        *probes(np.array([[-45.0], [45.0]])),
        *probes(np.array([-1000.0, 1000.0]), extreme=True),
        *probes([-1.0, 0.25, 2.0], optional=True),
    ],
    misconceptions=[
        HALF_ON_LOGITS,
        Misconception(
            "argmax-on-one-column",
            HINT_ONE_COLUMN + "threshold.",
            (argmax_of_column, lambda z: np.argmax(np.asarray(z), axis=-1)),
        ),
        Misconception("probability-cut-to-integer", HINT_CUT_CLASS, (lambda z: np.trunc(sigmoid(flat(z))),)),
        Misconception("second-mask-overwrites", HINT_ONE_CLASS, (lambda z: np.ones(flat(z).shape, int),)),
        Misconception(
            "sigmoid-twice",
            "Nearly every example is class 1: the sigmoid was taken of a probability, and what it gives is one half or "
            "more.",
            ({"of": lambda z: sigmoid(sigmoid(z)), "cut": 0.5},),
        ),
        Misconception("threshold-flipped", HINT_FLIPPED_CLASS, ({"flipped": True}, lambda z: flat(z) < 0)),
        Misconception(
            "threshold-zero-on-probabilities",
            "Nearly every example is class 1: a probability is never below 0. 0 is the border of logits.",
            ({"of": sigmoid},),
        ),
        Misconception("threshold-includes-the-border", HINT_BORDER, ({"border": True},)),
        Misconception(
            "threshold-elsewhere",
            "The classes change at another logit than they should. The probability one half belongs to the logit 0.",
            ({"cut": 1.0}, {"cut": 1.0, "border": True}, {"cut": -0.5}),
            fitted=(cut_of,),
        ),
        Misconception(
            "logit-rounded",
            "The logit itself was rounded, or cut to a whole number, so that there are classes below 0 and above 1. "
            "Which step turns it into something between 0 and 1 first?",
            (
                lambda z: np.round(flat(z)),
                lambda z: np.trunc(flat(z)),
                lambda z: np.floor(flat(z) + 0.5),
                lambda z: np.floor(flat(z)),
                lambda z: np.ceil(flat(z)),
                lambda z: np.abs(np.round(flat(z))),
            ),
        ),
        Misconception(
            "sign-lost",
            "A logit far below 0 gets class 1, as one far above it does: its sign was lost. An absolute value does "
            "this, a square, and bool(), for which every number but 0 is True.",
            (
                lambda z: np.trunc(flat(z)) != 0,
                lambda z: np.round(flat(z)) != 0,
                lambda z: flat(z) != 0,
                {"of": np.abs},
                {"of": np.abs, "cut": 0.5},
                {"of": lambda z: sigmoid(np.abs(z)), "cut": 0.5},
            ),
            fitted=(cut_of_size_of,),
        ),
        Misconception(
            "classes-minus-one-and-one",
            "The classes are -1 and 1 here. The exercise asks for 0 and 1.",
            (
                lambda z: np.sign(flat(z)),
                lambda z: np.where(flat(z) > 0, 1, -1),
                lambda z: np.where(flat(z) >= 0, 1, -1),
            ),
        ),
        Misconception(
            "classes-from-one",
            HINT_FROM_ONE,
            (lambda z: (flat(z) > 0) + 1, lambda z: (flat(z) >= 0) + 1),
        ),
        Misconception(
            "border-from-the-batch",
            "The border was computed from the logits of the batch, or they were compared with each other. The class of "
            "one does not depend on the others.",
            (
                {"of": lambda z: z - np.mean(z)},
                {"of": lambda z: z - np.median(z)},
                {"of": lambda z: z - (np.max(z) + np.min(z)) / 2},
                {"of": lambda z: z - np.max(z) / 2},
                {"of": softmax, "cut": 0.5},
                {"of": lambda z: z / np.max(z), "cut": 0.5},
            ),
        ),
        Misconception("probabilities-not-classes", HINT_SCORES, (lambda z: sigmoid(flat(z)), flat)),
        Misconception(
            "one-hot-not-classes",
            HINT_NOT_CLASSES,
            (
                lambda z: np.stack([flat(z) <= 0, flat(z) > 0], axis=-1),
                lambda z: np.stack([flat(z) > 0, flat(z) <= 0], axis=-1),
                lambda z: np.stack([1 - sigmoid(flat(z)), sigmoid(flat(z))], axis=-1),
            ),
        ),
        Misconception(
            "indices-not-classes",
            "These are the places of the examples of class 1. The exercise asks for the class of every example.",
            (lambda z: np.flatnonzero(flat(z) > 0), lambda z: np.argwhere(flat(z) > 0)),
        ),
        Misconception(
            "examples-in-one-row",
            HINT_ONE_ROW,
            (lambda z: np.atleast_2d(z)[:1] > 0, lambda z: np.atleast_2d(z)[0] > 0),
        ),
        Misconception("first-example-alone", HINT_FIRST, (lambda z: flat(z)[:1] > 0, lambda z: flat(z)[0] > 0)),
        Misconception(
            "one-class-for-all",
            "There is one result for the whole batch. Each example needs a class of its own.",
            (
                lambda z: np.sum(flat(z) > 0),
                lambda z: np.any(flat(z) > 0),
                lambda z: np.mean(flat(z) > 0),
                lambda z: np.all(flat(z) > 0),
                lambda z: np.mean(flat(z)) > 0,
                lambda z: np.argmax(flat(z)),
            ),
        ),
        Misconception(
            "sigmoid-overflow",
            "For a logit this large e^z or e^-z does not fit into a float, and the probability is lost. Is it needed "
            "to know on which side of one half it lies?",
            (
                lambda z: np.exp(flat(z)) / (1 + np.exp(flat(z))) > 0.5,  # NaN is not over one half
                lambda z: [1 / (1 + math.exp(-v)) > 0.5 for v in flat(z)],
            ),
        ),
    ],
    general=PLACES,
    breaks="sigmoid-overflow",
    more=classes,
)
