"""Exercise 02: log-odds, and classes from logits and from probabilities."""

import math
from typing import Any

import numpy as np

from grader.answers.check import Check
from grader.answers.table import Answer, Function, Misconception, Probe, Way, probes
from grader.checks.activations import EPS16, HINT_PRECEDENCE, HINT_ROUNDED, exp_over_sum, rounding_of, sigmoid, softmax
from grader.checks.fits import number_from, numbers_from

LESSON = "02-logits.ipynb"


def log_odds(p: Any) -> np.ndarray:
    """Return log(p / (1 - p)); by log1p, which keeps the accuracy of 1 - p."""
    p = np.asarray(p, dtype=float)
    return np.log(p) - np.log1p(-p)


def logit_done(
    p: Any,
    factor: float = 1.0,
    clip: float = 0.0,
    little: tuple[float, float] = (0.0, 0.0),
    of: Function = log_odds,
    then: Function = lambda z: z,
) -> np.ndarray:
    """Return the logit with each part done as the keywords say.

    Args:
        p: probabilities.
        factor: what the logit is multiplied with, as another base of the logarithm does.
        clip: how far p is kept away from 0 and 1.
        little: what is added above and below the fraction line, against a logarithm of 0.
        of: makes the logit from p.
        then: what is done with it.
    """
    p = np.clip(np.asarray(p, dtype=float), clip, 1 - clip)
    z = of(p) if little == (0.0, 0.0) else np.log((p + little[0]) / (1 - p + little[1]))
    return np.asarray(then(factor * np.asarray(z)))


def flat(z: Any) -> np.ndarray:
    """Return (N, 1) or (N,) as (N,)."""
    return np.asarray(z, dtype=float).reshape(-1)


def argmax_of_column(z: np.ndarray, *_: object, **__: object) -> np.ndarray:
    """Return the class that argmax over a single column gives: always 0."""
    return np.argmax(flat(z)[:, None], axis=-1)


SMALL = 1e-12  # the smallest probability that the exercise names


def clip_of(answer: Function) -> Way | None:
    """Return how far the answer keeps p away from 0, or None when the logit still moves at 1e-12."""
    border = float(sigmoid(np.array(number_from(answer, SMALL))))
    return {"clip": border} if 2 * SMALL < border < 0.5 else None


def little_of(answer: Function) -> Way | None:
    """Return what the answer adds above and below the fraction line, from p at 1e-12 and one half, or None."""
    low, half = (float(np.exp(number_from(answer, p))) for p in (SMALL, 0.5))
    # low = (1e-12 + a) / (1 + b) and half = (.5 + a) / (.5 + b): two equations for a and b, the second of them linear
    above = (low * (1 + (0.5 / half) - 0.5) - SMALL) / (1 - low / half) if half and low != half else np.nan
    below = (0.5 + above) / half - 0.5 if half else np.nan
    good = abs(above) < 0.5 and abs(below) < 0.5 and max(above, below) > SMALL / 2
    return {"little": (max(above, 0.0), below)} if good else None


def factor_of(answer: Function) -> Way | None:
    """Return what the answer multiplies the logit with, or None when it is 1 or no number."""
    factor = number_from(answer, 0.75) / float(log_odds(0.75))
    return {"factor": factor} if np.isfinite(factor) and abs(abs(factor) - 1) > 1e-3 and abs(factor) > 1e-3 else None


LOGIT_IDEAS = [
    Misconception(
        "logit-flipped",
        "A probability above one half must get a positive logit. Which of the two, p or 1 - p, belongs on top?",
        ({"factor": -1.0},),
    ),
    Misconception(
        "logit-no-log",
        "These are the odds. They run from 0 up, and a logit runs over all numbers: one step is missing.",
        ({"of": lambda p: p / (1 - p)},),
    ),
    Misconception(
        "logit-wrong-base",
        "The numbers are the logits times a constant: the logarithm has another base. Undo e^z, not 2^z or 10^z.",
        ({"factor": 1 / np.log(2)}, {"factor": 1 / np.log(10)}),
        fitted=(factor_of,),
    ),
    Misconception(
        "probabilities-clipped",
        "A very small p is treated as if it were larger. Every p between 0 and 1 has a logit of its own: what was "
        "done to p before the logarithm?",
        ({"clip": 1e-7}, {"little": (1e-7, 1e-7)}, {"little": (1e-8, 1e-8)}),
        fitted=(clip_of, little_of),
    ),
    Misconception(
        "logit-of-one-part",
        "p and 1 - p both belong inside one logarithm, as a fraction. Here the logarithm is taken of one part alone, "
        "or the division comes after it.",
        (
            {"of": np.log},
            {"of": lambda p: np.log(p) / (1 - p)},
            {"of": lambda p: np.log(p) / np.log(1 - p)},
            {"of": lambda p: np.log(p) - (1 - p)},
            {"of": lambda p: np.log(p) * np.log(1 - p)},
            {"of": lambda p: np.log(p) + np.log(1 - p)},
            {"of": lambda p: np.log(1 - p)},
            {"of": lambda p: p / np.log(1 - p)},
            {"of": lambda p: np.log(p / (1 + p))},
            {"of": np.log1p},
            {"of": lambda p: p * np.log(p / (1 - p))},
            {"of": lambda p: p * np.log(p) + (1 - p) * np.log(1 - p)},
            {"of": lambda p: -p * np.log(p) - (1 - p) * np.log(1 - p)},
        ),
    ),
    Misconception(
        "logit-is-sigmoid",
        "This is the sigmoid, which turns a logit into a probability. The logit is the way back.",
        ({"of": sigmoid}, {"of": lambda p: np.log(sigmoid(p))}),
    ),
    Misconception("operator-precedence", HINT_PRECEDENCE, ({"of": lambda p: np.log(p / 1 - p)},)),
    Misconception(
        "logit-without-sign",
        "No result is below 0. A probability below one half has a negative logit.",
        ({"then": np.abs}, {"then": lambda z: np.maximum(z, 0)}),
    ),
    Misconception(
        "logit-is-a-straight-line",
        "This grows evenly with p. The logit grows without end near 0 and near 1, and is 2.2 at p = 0.9.",
        ({"of": lambda p: p - 0.5}, {"of": lambda p: 2 * p - 1}, {"of": lambda p: 1 - p}, {"of": lambda p: 4 * p - 2}),
    ),
    Misconception("result-rounded", HINT_ROUNDED, ({"then": np.round},), (rounding_of("then", 0.7),)),
]
P = np.array([0.1, 0.25, 0.5, 0.8, 0.99])


def inside(rng: np.random.Generator) -> list[Probe]:
    """Return secret probabilities, none of them 0 or 1."""
    return [Probe((rng.uniform(0.02, 0.98, shape),), secret=True) for shape in [(7,), (2, 5), (4, 1)]]


LOGIT = Answer(
    name="logit",
    section=f"{LESSON}#log-odds-heading",
    idea=("The logit is the logarithm of the odds, p against 1 - p: 0 at one half, and without an end on either side."),
    way=("Divide p by 1 - p, with brackets around the difference, and take the natural logarithm of the fraction."),
    oracle=log_odds,
    recipe=logit_done,
    tries=[
        *probes(0.75, 0.1, P, P.reshape(5, 1), np.array([[0.2, 0.6], [0.9, 0.3]])),
        *probes(np.array([0.2, 0.9], dtype=np.float32)),
        *probes(np.array([0.2, 0.9], dtype=np.float16), **EPS16),
        # 1 - 2^-10 is a number of float32 too, so an answer that computes in float32 is right there
        *probes(1e-12, np.array([1e-6, 1 - 2.0**-10]), rtol=1e-4),
        *probes([0.2, 0.9], optional=True),
    ],
    misconceptions=LOGIT_IDEAS,
    more=inside,
)

Z = np.array([-3.0, -1.2, -0.2, 0.3, 0.45, 0.55, 2.0])
BORDER = np.array([0.0, -1.0, 1.0])
HINT_BORDER = (
    "The border itself, a probability of exactly one half or of the threshold, is not over it: look at > and >=."
)
HINT_FLIPPED_CLASS = "The classes are exchanged: the larger the score, the more it speaks for class 1."
HINT_ONE_COLUMN = (
    "argmax picks the largest of the columns, and with one column that is always column 0. Compare with a "
)
HINT_SCORES = "These are scores. A class is a whole number, 0 or 1."


def classes(rng: np.random.Generator) -> list[Probe]:
    """Return secret logits of both signs, none at the border."""
    return [Probe((rng.normal(0, 2, shape),), secret=True) for shape in [(9,), (6, 1)]]


def class_done(
    z: Any, cut: float = 0.0, border: bool = False, flipped: bool = False, of: Function = lambda z: z
) -> np.ndarray:
    """Return class 1 where a score, made from the logit by `of`, is over (or, with `border`, at) where it is cut."""
    score = np.asarray(of(flat(z)))
    over = score >= cut if border else score > cut
    return np.asarray(~over if flipped else over).astype(int)


LADDER = np.linspace(-6, 6, 4801)  # logits in steps of 1/400: an answer shows by them where it cuts


def cut_of(answer: Function) -> Way | None:
    """Return where the answer cuts logits, to a 400th, or None when it does not cut once."""
    steps = np.flatnonzero(np.diff(numbers_from(answer, LADDER)))
    cut = float(LADDER[steps[0]]) + 1 / 800 if len(steps) == 1 else 0.0
    return {"cut": cut} if abs(cut) > 0.01 else None


HINT_ONE_ROW = "The examples were taken to stand beside each other in one row. With (N, 1) they stand below each other."
HINT_FIRST = "Only the first example has got a class. Each of the N examples needs one."
HINT_NOT_CLASSES = "The result is no class. A class is a whole number, 0 or 1, one for each example."

PREDICT_CLASS = Answer(
    name="predict_class",
    section=f"{LESSON}#logit-to-class-heading",
    idea="A logit above 0 is a probability above one half: no probability has to be computed.",
    way=("Make z flat, compare it with the logit that belongs to one half, and turn True and False into integers."),
    oracle=lambda z: (flat(z) > 0).astype(int),
    recipe=class_done,
    tries=[
        *probes(Z, Z[:, None], BORDER, np.array([0.1, 0.4], dtype=np.float32)),
        *probes(Z[:1], any_shape=True),
        *probes(np.array([[0.4], [-0.4], [3.0]]), BORDER[:, None]),
        *probes(np.array([-1000.0, 1000.0]), extreme=True),
        *probes([-1.0, 0.25, 2.0], optional=True),
    ],
    misconceptions=[
        Misconception(
            "threshold-half-on-logits",
            "The logits were cut at 0.5, which is a probability of 0.622. Which logit belongs to one half?",
            ({"cut": 0.5}, {"cut": 0.5, "border": True}),
        ),
        Misconception(
            "argmax-on-one-column",
            HINT_ONE_COLUMN + "threshold.",
            (argmax_of_column, lambda z: np.argmax(np.asarray(z), axis=-1)),
        ),
        Misconception("threshold-flipped", HINT_FLIPPED_CLASS, ({"flipped": True}, lambda z: flat(z) < 0)),
        Misconception(
            "threshold-zero-on-probabilities",
            "Every example is class 1: probabilities are never below 0. 0 is the border of logits.",
            (lambda z: np.ones(flat(z).shape, int),),
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
                lambda z: np.trunc(flat(z)) != 0,
                lambda z: np.round(flat(z)) != 0,
                lambda z: flat(z) != 0,
            ),
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
        Misconception("probabilities-not-classes", HINT_SCORES, (lambda z: sigmoid(flat(z)), flat)),
        Misconception(
            "one-hot-not-classes",
            HINT_NOT_CLASSES,
            (
                lambda z: np.stack([flat(z) <= 0, flat(z) > 0], axis=-1),
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
    breaks="sigmoid-overflow",
    more=classes,
)


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
    score, cut = np.asarray(of(flat(p))), at(default if threshold is None else threshold)
    over = score >= cut if border else score > cut
    return np.asarray(~over if flipped else over).astype(int)


def default_of(answer: Function) -> Way | None:
    """Return where the answer cuts when no threshold is given, to a 2000th, or None when that is one half."""
    places = np.linspace(0, 1, 2001)
    steps = np.flatnonzero(np.diff(numbers_from(answer, places)))
    cut = float(places[steps[0]]) + 1 / 4000 if len(steps) == 1 else 0.5
    return {"default": cut} if abs(cut - 0.5) > 0.001 else None


def fixed_cut_of(answer: Function) -> Way | None:
    """Return the number at which the answer cuts whatever the threshold is, to a 2000th, or None."""
    places = np.linspace(0, 1, 2001)
    low, high = (numbers_from(answer, places, threshold) for threshold in (0.25, 0.8))
    steps = np.flatnonzero(np.diff(low))
    if len(steps) != 1 or not np.array_equal(low, high):
        return None
    cut = float(places[steps[0]]) + 1 / 4000
    return {"at": lambda threshold: cut}


# 0.625 is the same number in float16, float32 and float64: as a threshold it is a border in each of them
PROBABILITIES = np.array([0.05, 0.3, 0.5, 0.625, 0.9])


def cuts(rng: np.random.Generator) -> list[Probe]:
    """Return secret probabilities with secret thresholds."""
    return [
        Probe((rng.uniform(0, 1, shape),), {"threshold": float(rng.uniform(0.1, 0.9))}, secret=True)
        for shape in [(9,), (6, 1)]
    ]


PREDICT_CLASS_FROM_PROBABILITY = Answer(
    name="predict_class_from_probability",
    section=f"{LESSON}#probability-to-class-heading",
    idea="The class is a decision: the caller says from which probability on it is 1.",
    way="Make p flat, compare it with the argument threshold, and turn True and False into integers.",
    oracle=lambda p, threshold=0.5: (flat(p) > threshold).astype(int),
    recipe=cut_done,
    tries=[
        *probes(PROBABILITIES, PROBABILITIES[:, None], np.array([0.3, 0.7], dtype=np.float32)),
        *probes(PROBABILITIES[:1], any_shape=True),
        *probes(np.array([[0.2], [0.55], [0.45]])),
        Probe((PROBABILITIES,), {"threshold": 0.625}),
        Probe((PROBABILITIES[:, None], 0.8)),
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
            ({"at": lambda threshold: 0.5}, {"at": lambda threshold: 0.5, "border": True}),
            fitted=(fixed_cut_of,),
        ),
        Misconception("threshold-flipped", HINT_FLIPPED_CLASS, ({"flipped": True}, {"flipped": True, "border": True})),
        Misconception(
            "argmax-on-one-column",
            HINT_ONE_COLUMN + "the threshold.",
            (argmax_of_column, lambda p, threshold=0.5: np.argmax(np.asarray(p), axis=-1)),
        ),
        Misconception("threshold-includes-the-border", HINT_BORDER, ({"border": True},)),
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
            "logit-against-probability",
            "A logit was compared with a probability. p and the threshold are probabilities, and can be compared as "
            "they are.",
            (
                {"of": log_odds},
                {"at": lambda threshold: float(sigmoid(np.array(threshold)))},
            ),
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
        Misconception(
            "sigmoid-twice",
            "The numbers given are probabilities already, and so is the threshold: both can be compared as they are. "
            "A sigmoid of a probability, or the logit of a threshold, is another number.",
            ({"of": sigmoid},),
        ),
    ],
    more=cuts,
)

ROWS = np.array([[1.0, 3.0, -2.0], [0.5, -1.0, 0.2], [-4.0, -3.0, -1.0], [2.0, 1.0, 0.0]])


def most_likely_done(
    z: Any, axis: int | None = -1, of: Function = lambda z: z, then: Function = lambda classes: classes
) -> np.ndarray:
    """Return the place of the largest score, made from the logits by `of`, with something done to it by `then`."""
    return np.asarray(then(np.argmax(of(np.asarray(z)), axis=axis)))


MOST_LIKELY = Answer(
    name="most_likely",
    section=f"{LESSON}#most-likely-heading",
    idea="Softmax keeps the order of the logits, so the largest logit belongs to the largest probability.",
    way="Look for the place of the largest logit in each row: along the last axis.",
    oracle=lambda z: np.argmax(np.asarray(z), axis=-1),
    recipe=most_likely_done,
    tries=[
        *probes(ROWS, ROWS[:3], ROWS[:, :2], ROWS.astype(np.float32)),
        *probes(ROWS[:1], any_shape=True),
        *probes(np.array([[1000.0, 1001.0], [-1001.0, -1000.0]]), extreme=True),
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
            ({"axis": None},),
        ),
        Misconception(
            "most-likely-flipped",
            "The least likely class was picked: the largest logit belongs to the largest probability.",
            ({"of": np.negative},),
        ),
        Misconception(
            "labels-from-one",
            "The classes are numbered 1 to K here. Python, NumPy and Keras count from 0: the classes are 0 to K-1.",
            ({"then": lambda classes: classes + 1},),
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
            "ranking-not-class",
            "Every row holds all classes, sorted. The exercise asks for the one with the largest logit.",
            (
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
                {"of": lambda z: z[:, 1:], "then": lambda classes: classes + 1},
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
    breaks="softmax-no-shift",
    more=lambda rng: [Probe((rng.normal(0, 3, shape),), secret=True) for shape in [(6, 4), (4, 4), (1, 5)]],
)

LOGIT_THRESHOLD = Answer(
    name="logit_threshold",
    section=f"{LESSON}#other-heading",
    idea=("Cutting probabilities at p and cutting logits at the logit of p decides every example in the same way."),
    way="Which function turns a probability into a logit? You have written it above.",
    oracle=log_odds,
    recipe=logit_done,
    tries=[*probes(0.622, 0.1, 0.01), *probes(1e-6, 1e-12, rtol=1e-4)],
    misconceptions=[
        *LOGIT_IDEAS,
        Misconception(
            "threshold-half-on-logits",
            "This cuts the logits at the probability itself. The probability one half belongs to the logit 0, not 0.5.",
            ({"of": lambda p: p},),
        ),
        Misconception(
            "threshold-ignored",
            "The logit to cut at is the same for every p. It must move with the probability threshold.",
            (lambda p: 0.0, lambda p: 0.5),
        ),
    ],
    more=lambda rng: [Probe((float(rng.uniform(0.02, 0.98)),), secret=True) for _ in range(3)],
)

check_logit = Check(LOGIT)
check_predict_class = Check(PREDICT_CLASS)
check_predict_class_from_probability = Check(PREDICT_CLASS_FROM_PROBABILITY)
check_most_likely = Check(MOST_LIKELY)
check_logit_threshold = Check(LOGIT_THRESHOLD)
