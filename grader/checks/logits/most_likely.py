"""The most likely of many classes, and what is taken for it."""

from typing import Any

import numpy as np

from grader.answers.table import Answer, Function, Misconception, Probe, probes
from grader.checks.activations.formulas import exp_over_sum, sigmoid, softmax, softmax_done
from grader.checks.general import PLACES

ROWS = np.array([[1.0, 3.0, -2.0], [0.5, -1.0, 0.2], [-4.0, -3.0, -1.0], [6.0, 1.0, 0.0], [1.2, 1.4, 0.9]])


def _shifted_for_all(z: np.ndarray) -> np.ndarray:
    """Return a softmax with the largest logit of all taken off: NaN in a row where every e^z is 0."""
    e = np.exp(z - np.max(z))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


def most_likely_done(z: Any, axis: int | None = -1, of: Function = lambda z: z) -> np.ndarray:
    """Return the place of the largest score, made from the logits by `of`, with something done to it by `then`."""
    return np.asarray(np.argmax(of(np.asarray(z)), axis=axis))


MOST_LIKELY = Answer(
    name="most_likely",
    section="02-logits.ipynb#most-likely-heading",
    idea="Softmax keeps the order of the logits, so the largest logit belongs to the largest probability.",
    way="Look for the place of the largest logit in each row: along the last axis.",
    oracle=lambda z: np.argmax(np.asarray(z), axis=-1),
    examples=(1,),
    recipe=most_likely_done,
    tries=[
        *probes(ROWS, ROWS[:3], ROWS[:, :2], ROWS.astype(np.float32)),
        *probes(ROWS[:1], any_shape=True),
        # the sigmoid of 40 and that of 41 are both 1
        *probes(np.array([[1000.0, 1001.0], [-1001.0, -1000.0]]), np.array([[40.0, 41.0], [3.0, 2.0]]), extreme=True),
        *probes([[0.0, 1.0], [2.0, 1.0]], optional=True),
    ],
    misconceptions=[
        Misconception(
            "most-likely-over-columns",
            "There is one result for each column. Each row is an example, and each example needs one class.",
            ({"axis": 0},),
        ),
        Misconception(
            "most-likely-over-the-batch",
            "There is one result for the whole batch. Without an axis argmax looks at all numbers as one row.",
            ({"axis": None}, {"after": np.max}, {"after": np.sum}, {"after": np.mean}),
        ),
        Misconception(
            "most-likely-flipped",
            "The least likely class was picked: the largest logit belongs to the largest probability.",
            ({"of": np.negative},),
        ),
        Misconception(
            "labels-from-one",
            "The classes are numbered 1 to K here. Python, NumPy and Keras count from 0: the classes are 0 to K-1.",
            ({"after": lambda classes: classes + 1},),
        ),
        Misconception(
            "probabilities-not-classes",
            "These are scores. The exercise asks which class has the largest one: its number, not its value.",
            (
                lambda z: np.max(np.asarray(z), axis=-1),
                lambda z: np.max(np.asarray(z)),
                softmax,
                lambda z: np.max(softmax(z), axis=-1),
                lambda z: np.asarray(z),
                lambda z: np.sort(z, axis=-1),
            ),
        ),
        Misconception(
            "one-hot-not-classes",
            "There is a number for every class. The exercise asks for one class for each example: the place of the 1.",
            (
                lambda z: z == np.max(z, axis=-1, keepdims=True),
                lambda z: np.round(softmax(z)),
                lambda z: np.asarray(z) > 0,
                lambda z: sigmoid(z) > 0.5,
            ),
        ),
        Misconception(
            "class-one-too-small",
            "Every class is one too small. argmax counts from 0, as the classes do.",
            ({"after": lambda classes: classes - 1},),
        ),
        Misconception(
            "columns-moved",
            "Something was done with each column before the rows were looked at: the logits of a row are compared as "
            "they are.",
            (
                {"of": lambda z: z - np.mean(z, axis=0)},
                {"of": lambda z: z - np.max(z, axis=0)},
                {"of": lambda z: softmax_done(z, axis=0)},
            ),
        ),
        Misconception(
            "ranking-not-class",
            "The classes were sorted, or ranked. The exercise asks for the one with the largest logit.",
            (
                lambda z: np.argsort(np.argsort(z, axis=-1), axis=-1),
                lambda z: np.argsort(np.argsort(z, axis=-1), axis=-1)[:, 0],
                lambda z: np.argsort(np.argsort(z, axis=-1), axis=-1)[:, -1],
                lambda z: np.argsort(z, axis=-1),
                lambda z: np.argsort(np.negative(z), axis=-1),
                lambda z: np.argsort(z, axis=-1)[:, ::-1],
            ),
        ),
        Misconception(
            "search-starts-at-zero",
            "Where all logits of a row are below 0, the first class is always taken: the search starts with 0 as the "
            "largest. Start with the first logit.",
            ({"of": lambda z: np.maximum(z, 0)},),
        ),
        Misconception(
            "one-class-left-out",
            "One of the classes is never looked at, or the count of classes begins behind it.",
            (
                {"of": lambda z: z[:, 1:]},
                {"of": lambda z: z[:, :-1]},
                {"of": lambda z: z[:, 1:], "after": lambda classes: classes + 1},
            ),
        ),
        Misconception(
            "argmax-of-the-size",
            "The sign of the logits was lost. A logit far below 0 speaks against its class.",
            ({"of": np.abs}, {"of": np.square}),
        ),
        Misconception(
            "threshold-for-many-classes",
            "The classes were decided by a threshold. With several logits in a row the largest one decides.",
            (
                lambda z: (np.asarray(z)[:, 0] > 0) * 1,
                lambda z: np.argmax(np.asarray(z) > 0, axis=-1),
                lambda z: np.argmax(np.asarray(z) > 0.5, axis=-1),
            ),
        ),
        Misconception(
            "softmax-global-shift",
            "The batch's largest logit was taken off every row. In a row far below it every e^z is 0. Logits can be "
            "compared as they are.",
            ({"of": _shifted_for_all},),
        ),
        Misconception(
            "indices-not-classes",
            "Each row of the result is a place in z, its row and its column. The exercise asks for the column alone.",
            (lambda z: np.argwhere(np.asarray(z) == np.max(z, axis=-1, keepdims=True)),),
        ),
        Misconception(
            "logit-rounded",
            "The logits were rounded before they were compared. Two of them may differ by less than 1.",
            ({"of": np.round}, {"of": np.trunc}),
        ),
        Misconception(
            "sigmoid-for-softmax",
            "Each logit went through a sigmoid by itself, which is 1 for 40 as for 41. Compare the logits as they are.",
            ({"of": sigmoid}, {"of": lambda z: sigmoid(z) / np.sum(sigmoid(z), axis=-1, keepdims=True)}),
        ),
        Misconception(
            "second-largest-taken",
            "The class with the second largest logit was picked.",
            (lambda z: np.argsort(z, axis=-1)[:, -2], lambda z: np.argsort(z, axis=-1)[:, 1]),
        ),
        Misconception(
            "softmax-no-shift",
            "Large logits lose their order on the way: e^1000 does not fit into a float, and probabilities end at 0 "
            "and 1. Is a probability needed to see which logit of a row is the largest?",
            ({"of": exp_over_sum},),
        ),
    ],
    general=PLACES,
    breaks="softmax-no-shift",
    more=lambda rng: [Probe((rng.normal(0, 3, shape),), secret=True) for shape in [(6, 4), (4, 4), (1, 5)]],
)
