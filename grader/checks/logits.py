"""Exercise 02: log-odds, and classes from logits and from probabilities."""

import math

import numpy as np

from grader.answers.check import Check
from grader.answers.observe import observe
from grader.answers.table import Answer, Function, Misconception, Probe, probes
from grader.checks.activations import EPS16, exp_over_sum, sigmoid, softmax

LESSON = "02-logits.ipynb"


def log_odds(p: np.ndarray) -> np.ndarray:
    """Return log(p / (1 - p)); by log1p, which keeps the accuracy of 1 - p."""
    p = np.asarray(p, dtype=float)
    return np.log(p) - np.log1p(-p)


def odds(p: np.ndarray) -> np.ndarray:
    """Return p / (1 - p)."""
    p = np.asarray(p, dtype=float)
    return p / (1 - p)


def flat(z: np.ndarray) -> np.ndarray:
    """Return (N, 1) or (N,) as (N,)."""
    return np.asarray(z, dtype=float).reshape(-1)


def argmax_of_column(z: np.ndarray, *_: object, **__: object) -> np.ndarray:
    """Return the class that argmax over a single column gives: always 0."""
    return np.argmax(flat(z)[:, None], axis=-1)


def clipped(border: float) -> Function:
    """Return the logit of probabilities that are first kept away from 0 and 1."""
    return lambda p: log_odds(np.clip(p, border, 1 - border))


def clipped_like(answer: Function) -> Function | None:
    """Return the logit that is clipped where the answer is, or None when it still moves at 1e-12."""
    seen = observe(answer, (1e-12,))
    if not seen.values or seen.values[0].size != 1 or seen.values[0].dtype.kind != "f" or seen.broke:
        return None
    border = float(sigmoid(seen.values[0].ravel()[0]))
    return clipped(border) if 2e-12 < border < 0.01 else None


def padded(little: float) -> Function:
    """Return the logit with a little added to p and to 1 - p, against a logarithm of 0."""
    return lambda p: np.log((np.asarray(p) + little) / (1 - np.asarray(p) + little))


FLIPPED = "logit-flipped"
HINT_FLIPPED = "A probability above one half must get a positive logit. Which of the two, p or 1 - p, belongs on top?"
HINT_NO_LOG = "These are the odds. They run from 0 up, and a logit runs over all numbers: one step is missing."
HINT_BASE = "The numbers are the logits times a constant: the logarithm has another base. Undo e^z, not 2^z or 10^z."
LOGIT_IDEAS = [
    Misconception(FLIPPED, HINT_FLIPPED, (lambda p: -log_odds(p),)),
    Misconception("logit-no-log", HINT_NO_LOG, (odds,)),
    Misconception(
        "logit-wrong-base",
        HINT_BASE,
        (lambda p: log_odds(p) / np.log(2), lambda p: log_odds(p) / np.log(10)),
    ),
    Misconception(
        "probabilities-clipped",
        "A very small p is treated as if it were larger. Every p between 0 and 1 has a logit of its own: what was "
        "done to p before the logarithm?",
        (clipped(1e-7), padded(1e-7), padded(1e-8)),
        fitted=clipped_like,
    ),
]
P = np.array([0.1, 0.25, 0.5, 0.8, 0.99])


def inside(rng: np.random.Generator) -> list[Probe]:
    """Return secret probabilities, none of them 0 or 1."""
    return [Probe((rng.uniform(0.02, 0.98, shape),), secret=True) for shape in [(7,), (2, 5), (4, 1)]]


LOGIT = Answer(
    name="logit",
    section=f"{LESSON}#Log-odds",
    oracle=log_odds,
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

Z = np.array([-3.0, -0.2, 0.3, 0.45, 2.0])
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


PREDICT_CLASS = Answer(
    name="predict_class",
    section=f"{LESSON}#From-a-logit-to-a-class",
    oracle=lambda z: (flat(z) > 0).astype(int),
    tries=[
        *probes(Z, Z[:, None], Z[:1], BORDER, np.array([0.1, 0.4], dtype=np.float32)),
        *probes(np.array([[0.4], [-0.4], [3.0]]), BORDER[:, None]),
        *probes(np.array([-1000.0, 1000.0]), extreme=True),
        *probes([-1.0, 0.25, 2.0], optional=True),
    ],
    misconceptions=[
        Misconception(
            "threshold-half-on-logits",
            "The logits were cut at 0.5, which is a probability of 0.622. Which logit belongs to one half?",
            (lambda z: (flat(z) > 0.5).astype(int), lambda z: (flat(z) >= 0.5).astype(int)),
        ),
        Misconception(
            "argmax-on-one-column",
            HINT_ONE_COLUMN + "threshold.",
            (argmax_of_column, lambda z: np.argmax(np.asarray(z), axis=-1)),
        ),
        Misconception("threshold-flipped", HINT_FLIPPED_CLASS, (lambda z: flat(z) < 0, lambda z: flat(z) <= 0)),
        Misconception(
            "threshold-zero-on-probabilities",
            "Every example is class 1: probabilities are never below 0. 0 is the border of logits.",
            (lambda z: np.ones(flat(z).shape, int),),
        ),
        Misconception("threshold-includes-the-border", HINT_BORDER, (lambda z: flat(z) >= 0,)),
        Misconception("probabilities-not-classes", HINT_SCORES, (lambda z: sigmoid(flat(z)), flat)),
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


def cut(compare: Function) -> Function:
    """Return a wrong function of (p, threshold) that compares flat probabilities in its own way."""
    return lambda p, threshold=0.5: compare(flat(p), threshold)


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
    section=f"{LESSON}#From-a-probability-to-a-class",
    oracle=lambda p, threshold=0.5: (flat(p) > threshold).astype(int),
    tries=[
        *probes(PROBABILITIES, PROBABILITIES[:, None], PROBABILITIES[:1], np.array([0.3, 0.7], dtype=np.float32)),
        *probes(np.array([[0.2], [0.55], [0.45]])),
        Probe((PROBABILITIES,), {"threshold": 0.625}),
        Probe((PROBABILITIES[:, None], 0.8)),
        *probes([0.2, 0.7], optional=True),
    ],
    misconceptions=[
        Misconception(
            "threshold-zero-on-probabilities",
            "Every example is class 1: a probability is never below 0. 0 is the border of logits.",
            (cut(lambda p, _: p > 0),),
        ),
        Misconception(
            "threshold-ignored",
            "The result does not change with the threshold. Compare with the argument, not with a fixed number.",
            (cut(lambda p, _: p > 0.5), cut(lambda p, _: p >= 0.5)),
        ),
        Misconception("threshold-flipped", HINT_FLIPPED_CLASS, (cut(lambda p, t: p < t), cut(lambda p, t: p <= t))),
        Misconception(
            "argmax-on-one-column",
            HINT_ONE_COLUMN + "the threshold.",
            (argmax_of_column, lambda p, threshold=0.5: np.argmax(np.asarray(p), axis=-1)),
        ),
        Misconception("threshold-includes-the-border", HINT_BORDER, (cut(lambda p, t: p >= t),)),
        Misconception(
            "probabilities-not-classes", HINT_SCORES, (cut(lambda p, _: p), cut(lambda p, t: np.where(p > t, p, 0)))
        ),
        Misconception(
            "sigmoid-twice",
            "The numbers given are probabilities already. A sigmoid of them is over one half for every example.",
            (cut(lambda p, t: sigmoid(p) > t),),
        ),
    ],
    more=cuts,
)

ROWS = np.array([[1.0, 3.0, -2.0], [0.5, -1.0, 0.2], [-4.0, -3.0, -1.0], [2.0, 1.0, 0.0]])

MOST_LIKELY = Answer(
    name="most_likely",
    section=f"{LESSON}#The-most-likely-class",
    oracle=lambda z: np.argmax(np.asarray(z), axis=-1),
    tries=[
        *probes(ROWS, ROWS[:1], ROWS[:3], ROWS[:, :2], ROWS.astype(np.float32)),
        *probes(np.array([[1000.0, 1001.0], [-1001.0, -1000.0]]), extreme=True),
        *probes([[0.0, 1.0], [2.0, 1.0]], optional=True),
    ],
    misconceptions=[
        Misconception(
            "most-likely-over-columns",
            "There is one result for each column. Each row is an example, and each example needs one class.",
            (lambda z: np.argmax(np.asarray(z), axis=0),),
        ),
        Misconception(
            "most-likely-over-the-batch",
            "There is one result for the whole batch. Without an axis argmax looks at all numbers as one row.",
            (lambda z: np.argmax(np.asarray(z)),),
        ),
        Misconception(
            "most-likely-flipped",
            "The least likely class was picked: the largest logit belongs to the largest probability.",
            (lambda z: np.argmin(np.asarray(z), axis=-1),),
        ),
        Misconception(
            "labels-from-one",
            "The classes are numbered 1 to K here. Python, NumPy and Keras count from 0: the classes are 0 to K-1.",
            (lambda z: np.argmax(np.asarray(z), axis=-1) + 1,),
        ),
        Misconception(
            "probabilities-not-classes",
            "These are scores. The exercise asks which class has the largest one: its number, not its value.",
            (
                lambda z: np.max(np.asarray(z), axis=-1),
                softmax,
                lambda z: np.max(softmax(z), axis=-1),
                lambda z: np.asarray(z),
            ),
        ),
        Misconception(
            "softmax-no-shift",
            "e^1000 does not fit into a float, e^-1000 is 0, and the class is picked from NaN. Does softmax change "
            "which logit of a row is the largest?",
            (lambda z: np.argmax(exp_over_sum(z), axis=-1),),
        ),
    ],
    breaks="softmax-no-shift",
    more=lambda rng: [Probe((rng.normal(0, 3, shape),), secret=True) for shape in [(6, 4), (4, 4), (1, 5)]],
)

LOGIT_THRESHOLD = Answer(
    name="logit_threshold",
    section=f"{LESSON}#Other-thresholds",
    oracle=log_odds,
    tries=[*probes(0.622, 0.1, 0.01), *probes(1e-6, 1e-12, rtol=1e-4)],
    misconceptions=[
        *LOGIT_IDEAS,
        Misconception(
            "threshold-half-on-logits",
            "This cuts the logits at the probability itself. The probability one half belongs to the logit 0, not 0.5.",
            (lambda p: p,),
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
