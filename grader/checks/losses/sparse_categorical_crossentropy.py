"""The cross-entropy of many classes, and what is taken for it."""

from typing import Any

import numpy as np

from grader.answers.table import Answer, Function, Misconception, Probe, Way
from grader.checks.activations.formulas import exp_over_sum, sigmoid, softmax
from grader.checks.fits import rounding_of
from grader.checks.losses.crossentropies import (
    HINT_DIVIDED,
    HINT_EACH,
    RETURN_INSIDE_THE_LOOP,
    SUM_NOT_MEAN,
    ceiling,
    mean,
)
from grader.checks.roundoff.log_softmax import log_softmax, log_softmax_done
from grader.checks.roundoff.softplus import softplus
from grader.checks.words import HINT_ROUNDED


def own_class(log_p: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the log-probability of each example's own class."""
    return np.asarray(log_p[np.arange(len(labels)), labels])


def sparse_done(
    y: Any,
    z: Any,
    log_p: Function = log_softmax,
    pick: Function = own_class,
    reduce: Function = mean,
    factor: float = -1.0,
    then: Function = lambda loss: loss,
) -> np.ndarray:
    """Return the cross-entropy of many classes with each part done as the keywords say.

    Args:
        y: integer labels.
        z: logits.
        log_p: makes log-probabilities from logits.
        pick: makes from them and the labels what is averaged.
        reduce: makes the result from that and the number of examples.
        factor: what the result is multiplied with; minus 1 where all is well.
        then: what is done with it.
    """
    labels = np.asarray(y, dtype=int).reshape(-1)
    picked = np.asarray(pick(np.asarray(log_p(np.asarray(z))), labels))
    return np.asarray(then(factor * np.asarray(reduce(picked, len(labels)))))


def log_of_probability(clip: float = 0.0, inside_log: float = 0.0, of: Function = softmax) -> Function:
    """Return the logarithm of probabilities, clipped or with something added inside it."""
    return lambda z: np.log(np.clip(of(np.asarray(z, dtype=float)), clip, 1 - clip) + inside_log)


def shares(z: np.ndarray) -> np.ndarray:
    """Return the logits over their sum, as Keras treats what it takes for probabilities."""
    return np.asarray(z / np.sum(z, axis=-1, keepdims=True))


def sure_and_wrong(answer: Function) -> float | None:
    """Return the loss where the right class has a logit 1000 below, when it is finite and no thousand."""
    return ceiling(answer, 1, [1000.0, 0.0, 0.0])


def sparse_ceiling_of(answer: Function) -> Way | None:
    """Return log-probabilities with the answer's own floor."""
    highest = sure_and_wrong(answer)
    return None if highest is None else {"log_p": lambda z: np.maximum(log_softmax(z), -highest)}


def sparse_clip_of(answer: Function) -> Way | None:
    """Return log-probabilities that are clipped on both sides as the answer's are."""
    highest = sure_and_wrong(answer)
    return None if highest is None else {"log_p": log_of_probability(clip=float(np.exp(-highest)))}


def sparse_added_of(answer: Function) -> Way | None:
    """Return the logarithm of softmax with what the answer adds inside it."""
    highest = sure_and_wrong(answer)
    return None if highest is None else {"log_p": log_of_probability(inside_log=float(np.exp(-highest)))}


def sparse_probability_of(answer: Function) -> Way | None:
    """Return the logarithm of logits that are taken for probabilities, with what the answer adds inside it."""
    highest = sure_and_wrong(answer)
    little = float(np.exp(-highest)) if highest else 0.0
    return {"log_p": lambda z: np.log(np.asarray(z, dtype=float) + little)} if highest else None


def sparse_probability_clip_of(answer: Function) -> Way | None:
    """Return the logarithm of logits that are taken for probabilities, and clipped as the answer's are."""
    highest = sure_and_wrong(answer)
    return None if highest is None else {"log_p": log_of_probability(clip=float(np.exp(-highest)), of=lambda z: z)}


LABELS = np.array([0, 2, 1, 2])

LOGITS = np.array([[1.0, 2.0, 4.0], [0.5, -1.0, 0.25], [-2.0, 3.0, 1.0], [0.0, 0.5, 2.0]])
SQUARE = LOGITS[:3]


def _over_classes(log_p: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return (N, K): the log-probability of the own class, and 0 for every other."""
    return np.asarray(np.eye(log_p.shape[-1])[labels] * log_p)


def _each_by_itself(z: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return for each example the sum of the binary cross-entropies of its classes."""
    return np.asarray((softplus(z) - np.eye(z.shape[-1])[labels] * z).sum(axis=-1))


def _squared(p: np.ndarray, labels: np.ndarray) -> np.ndarray:
    return np.asarray((np.eye(p.shape[-1])[labels] - p) ** 2)


def _margins(z: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the hinge loss of many classes: the sum over the others of max(0, z - z of the right class + 1)."""
    margins = np.maximum(0, z - own_class(z, labels)[:, None] + 1)
    margins[np.arange(len(labels)), labels] = 0
    return np.asarray(margins.sum(axis=-1))


FAR_APART = np.array([[1000.0, 0.0, -1000.0], [-1000.0, -1000.5, -1001.0]])

SPARSE_CATEGORICAL_CROSSENTROPY = Answer(
    name="sparse_categorical_crossentropy",
    section="04-losses.ipynb#many-heading",
    idea=(
        "The loss of an example is minus the log-probability of its own class: the log-sum-exp of its "
        "logits minus the logit of its class."
    ),
    way=(
        "Take each row's largest logit off, compute the logarithm of the row's sum of e^z, subtract the "
        "logit that stands in the column of the label, and take the mean."
    ),
    oracle=lambda y, z: float(sparse_done(y, z)),
    examples=(0, 1),
    recipe=sparse_done,
    tries=[
        Probe((LABELS, LOGITS)),
        Probe((LABELS[:3], SQUARE)),
        Probe((LABELS[:1], LOGITS[:1])),
        Probe((np.array([2]), LOGITS[1:2])),
        Probe((np.array([1, 0]), np.array([[0.5, -0.5], [2.0, 1.0]]))),
        Probe((LABELS, LOGITS.astype(np.float32))),
        Probe((np.array([1]), np.array([[1000.0, 0.0, 0.0]])), extreme=True),
        Probe((np.array([0]), np.array([[1000.0, 0.0, 0.0]])), extreme=True),
        Probe((np.array([0, 1]), np.array([[-1000.0, -1001.0], [-1000.0, -1001.0]])), extreme=True),
        Probe((np.array([0, 1]), FAR_APART), extreme=True),
        Probe((np.array([1]), np.array([[0.0, -800.0]])), extreme=True),
        Probe(([0, 1], [[0.5, 1.0], [2.0, 1.0]]), optional=True),
    ],
    misconceptions=[
        Misconception(
            "crossentropy-through-probability",
            "Right while the logits are small. Where a probability is so small that it becomes 0, its logarithm is "
            "lost: write the loss in the logits, by log-sum-exp.",
            (
                {"log_p": log_of_probability()},
                {"log_p": log_of_probability(of=exp_over_sum)},
                {"log_p": log_of_probability(clip=1e-7)},
                {"log_p": log_of_probability(inside_log=1e-7)},
                {"log_p": log_of_probability(inside_log=1e-12)},
                {"log_p": lambda z: np.nan_to_num(np.log(softmax(z)))},
            ),
            fitted=(sparse_ceiling_of, sparse_clip_of, sparse_added_of),
        ),
        Misconception(
            "logsumexp-no-shift",
            "e^1000 does not fit into a float, and e^-1000 is 0. Take the largest logit of each row off first.",
            (
                {"log_p": lambda z: log_softmax_done(z, shift="none", dtype=None)},
                {"log_p": lambda z: log_softmax_done(z, shift="none")},
            ),
        ),
        Misconception(
            "softmax-global-shift",
            "The batch's largest logit was taken off every row. In a row far below it every e^z is 0: use each row's "
            "own.",
            (
                {"log_p": lambda z: log_softmax_done(z, shift="all")},
                {"log_p": log_of_probability(of=lambda z: exp_over_sum(z - np.max(z)))},
            ),
        ),
        Misconception(
            "labels-from-one",
            "The labels were taken as 1 to K. They are 0 to K-1: label 0 is the first column.",
            ({"pick": lambda log_p, labels: own_class(log_p, labels - 1)},),
        ),
        Misconception(
            "crossentropy-flipped",
            "The loss is negative. The logarithm of a probability is below 0: look at the sign.",
            ({"factor": 1.0},),
        ),
        SUM_NOT_MEAN,
        Misconception(
            "divided-by-another-number",
            HINT_DIVIDED,
            (
                {"reduce": lambda losses, n: np.sum(losses) / (2 * n)},
                {"reduce": lambda losses, n: np.sum(losses) / n**2},
            ),
        ),
        RETURN_INSIDE_THE_LOOP,
        Misconception(
            "crossentropy-per-example",
            HINT_EACH,
            ({"reduce": lambda losses, _: losses}, {"reduce": lambda losses, n: losses / n}),
        ),
        Misconception(
            "softmax-wrong-axis",
            "The sum ran down the columns. One row is one example: sum along the last axis.",
            (
                {"log_p": lambda z: log_softmax(z, axis=0)},
                {"log_p": lambda z: log_softmax_done(z, axis=0, shift="row")},
            ),
        ),
        Misconception(
            "softmax-whole-batch",
            "All rows went into one sum. Each row is an example of its own.",
            (
                {"log_p": lambda z: log_softmax(z, axis=None)},
                {"log_p": lambda z: log_softmax_done(z, axis=None, shift="row")},
            ),
        ),
        Misconception(
            "logits-not-turned-into-probabilities",
            "This is the mean of the logits of the right classes, with its sign changed. The other logits count too.",
            ({"log_p": lambda z: np.asarray(z, dtype=float)},),
        ),
        Misconception(
            "logits-with-probability-loss",
            "The logarithm was taken of the logits as if they were probabilities. Which form of the loss takes logits?",
            (
                {"log_p": np.log},
                {"log_p": lambda z: np.log(np.asarray(z, dtype=float) + 1e-7)},
                {"log_p": log_of_probability(clip=1e-7, of=lambda z: z)},
                {"log_p": log_of_probability(clip=1e-7, of=shares)},
                {"log_p": log_of_probability(of=shares)},
                {"log_p": log_of_probability(inside_log=1e-7, of=shares)},
                {"log_p": lambda z: np.log(np.abs(z))},
            ),
            fitted=(sparse_probability_of, sparse_probability_clip_of),
        ),
        Misconception(
            "crossentropy-mean-over-classes",
            "The mean was taken over all N times K entries, most of which are 0. There are N examples.",
            ({"pick": _over_classes},),
        ),
        Misconception(
            "crossentropy-all-classes",
            "The log-probabilities of all classes count here. The loss of an example is that of its own class alone.",
            (
                {"pick": lambda log_p, labels: np.sum(log_p, axis=-1)},
                {"pick": lambda log_p, labels: log_p},
            ),
        ),
        Misconception(
            "labels-not-used",
            "The labels have no part in the result: it takes the largest of each row. The loss of an example is that "
            "of its own class, also where another one is larger.",
            ({"pick": lambda log_p, labels: np.max(log_p, axis=-1)},),
        ),
        Misconception(
            "crossentropy-median",
            "The exercise asks for the mean.",
            ({"reduce": lambda losses, _: np.median(losses)},),
        ),
        Misconception(
            "logarithm-of-the-mean",
            "The mean was taken of the probabilities, and then its logarithm. The logarithm comes first.",
            ({"log_p": softmax, "reduce": lambda p, _: np.log(np.mean(p))},),
        ),
        Misconception(
            "label-as-weight",
            "The label was multiplied with the log-probabilities. It is a place and no weight: which column does "
            "it name?",
            (
                {"pick": lambda log_p, labels: (labels[:, None] * log_p).sum(axis=-1)},
                {"pick": lambda log_p, labels: labels[:, None] * log_p},
                {"pick": lambda log_p, labels: labels * own_class(log_p, labels)},
            ),
        ),
        Misconception(
            "another-loss",
            "This is a hinge loss, of how far the other logits lie above that of the right class. A cross-entropy is "
            "made of logarithms.",
            ({"log_p": lambda z: np.asarray(z, dtype=float), "pick": _margins, "factor": 1.0},),
        ),
        Misconception(
            "labels-pick-columns",
            "z[:, y] takes whole columns, for every example those of all labels. Each example needs one entry: that "
            "of its row and its label.",
            (
                {"pick": lambda log_p, labels: log_p[:, labels]},
                {"pick": lambda log_p, labels: log_p[:, labels], "reduce": lambda losses, n: np.sum(losses) / n},
                {"pick": lambda log_p, labels: log_p[labels]},
                {"pick": lambda log_p, labels: log_p[labels], "reduce": lambda losses, n: np.sum(losses) / n},
            ),
        ),
        Misconception(
            "crossentropy-without-log",
            "The logarithm is missing: these are probabilities.",
            (
                {"log_p": softmax},
                {"log_p": lambda z: softmax(z) - 1},
                {"log_p": exp_over_sum},
            ),
        ),
        Misconception(
            "shift-on-one-side",
            "What is taken off the logits in the sum must be taken off the logit of the right class, too.",
            (
                {"log_p": lambda z: log_softmax_done(z, times=(0.0, 0.0))},
                {"log_p": lambda z: log_softmax_done(z, times=(1.0, 1.0))},
                {"log_p": lambda z: log_softmax_done(z, times=(0.0, -1.0))},
            ),
        ),
        Misconception(
            "sigmoid-for-softmax",
            "The sigmoid was taken of each logit by itself. Where one class excludes the others, it is the softmax.",
            (
                {"log_p": lambda z: -softplus(-np.asarray(z, dtype=float))},
                {"log_p": lambda z: np.log(sigmoid(z))},
                {"log_p": lambda z: np.asarray(z, dtype=float), "pick": _each_by_itself, "factor": 1.0},
            ),
        ),
        Misconception(
            "squared-error",
            "This is a squared error. A cross-entropy is made of logarithms.",
            (
                {"log_p": softmax, "pick": _squared, "factor": 1.0},
                {"log_p": softmax, "pick": lambda p, labels: _squared(p, labels).sum(-1), "factor": 1.0},
                {"log_p": lambda z: np.asarray(z, dtype=float), "pick": _squared, "factor": 1.0},
            ),
        ),
        Misconception(
            "softmax-twice",
            "The softmax was taken of probabilities.",
            ({"log_p": lambda z: log_softmax(softmax(z))},),
        ),
        Misconception(
            "logarithm-of-another-base",
            "The logarithm has another base than e.",
            ({"factor": float(-1 / np.log(2))}, {"factor": float(-1 / np.log(10))}),
        ),
        Misconception(
            "result-rounded",
            HINT_ROUNDED,
            ({"then": np.round},),
            (rounding_of("then", np.array([1]), np.array([[0.3, -0.7]])),),
        ),
    ],
    breaks="crossentropy-through-probability",
    more=lambda rng: [
        Probe((rng.integers(0, k, n), rng.normal(0, 3, (n, k))), secret=True) for n, k in [(6, 4), (4, 4)]
    ],
)
