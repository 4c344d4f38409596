"""The confusion matrix, and what is taken for it."""

from typing import Any

import numpy as np

from grader.answers.table import Answer, Function, Misconception, Probe
from grader.checks.activations.formulas import softmax
from grader.checks.fits import result_on_a_line


def confusion_done(
    y: Any,
    z: Any,
    n_classes: int,
    pick: Function = lambda z: np.argmax(z, axis=-1),
    count: Function | None = None,
    shift: tuple[int, int] = (0, 0),
    order: Function = lambda counts: counts,
    then: Function = lambda counts: counts,
) -> np.ndarray:
    """Return the confusion matrix with each part done as the keywords say.

    Args:
        y: labels.
        z: logits.
        n_classes: how many rows and columns there are.
        pick: makes predicted classes from logits.
        count: makes the matrix from (true classes, predicted ones, n_classes) in place of counting.
        shift: what is taken off true and predicted classes.
        order: puts rows and columns in another order.
        then: what is done with the counts.
    """
    true, predicted = np.asarray(y, dtype=int).reshape(-1) - shift[0], np.asarray(pick(np.asarray(z))) - shift[1]
    return np.asarray(then(order((count or counted)(true, predicted, n_classes))))


def counted(true: np.ndarray, predicted: np.ndarray, n_classes: int) -> np.ndarray:
    """Return how often each pair of classes occurs."""
    counts = np.zeros((n_classes, n_classes), int)
    np.add.at(counts, (true, predicted), 1)
    return counts


def counted_once(true: np.ndarray, predicted: np.ndarray, n_classes: int) -> np.ndarray:
    """Return counts[true, predicted] += 1, which adds 1 to a place however often it is named."""
    counts = np.zeros((n_classes, n_classes), int)
    counts[true, predicted] += 1
    return counts


def counted_in_all_rows(true: np.ndarray, predicted: np.ndarray, n_classes: int) -> np.ndarray:
    """Return the counts of a list of lists that are one list: [[0] * n] * n."""
    return np.tile(np.bincount(predicted, minlength=n_classes), (n_classes, 1))


def of_scores(make: Function) -> Function:
    """Return the wrong function that adds scores up by true class instead of counting classes."""

    def wrong(y: object, z: object, n_classes: int) -> np.ndarray:
        sums = np.zeros((n_classes, n_classes))
        np.add.at(sums, np.asarray(y, dtype=int).reshape(-1), np.asarray(make(np.asarray(z, dtype=float))))
        return sums

    return wrong


def over_half(add: bool) -> Function:
    """Return the wrong function that takes an example for every class whose score is over one half."""

    def wrong(y: object, z: object, n_classes: int) -> np.ndarray:
        counts = np.zeros((n_classes, n_classes))
        for true, row in zip(np.asarray(y, dtype=int).reshape(-1), np.asarray(z), strict=True):
            counts[true, row > 0.5] = 1 + (counts[true, row > 0.5] if add else 0)
        return counts

    return wrong


def shares(axis: int | None) -> Function:
    """Return what makes shares along an axis of counts; 0 where there is nothing to divide by."""
    return lambda counts: counts / np.maximum(counts.sum(axis=axis, keepdims=True), 1)


def only_seen(counts: np.ndarray) -> np.ndarray:
    """Return the matrix of the classes that occur."""
    there = np.flatnonzero(counts.sum(axis=0) + counts.sum(axis=1))
    return counts[np.ix_(there, there)]


def scores_for(predicted: list[int], n_classes: int) -> np.ndarray:
    """Return (N, n_classes) logits whose largest stand at the predicted classes."""
    z = np.tile(np.linspace(-1.5, 0.9, n_classes), (len(predicted), 1))
    z[np.arange(len(predicted)), predicted] = np.linspace(2, 3, len(predicted))
    return np.round(z, 2)  # as they are shown


def case(y: list[int], predicted: list[int], n_classes: int) -> Probe:
    """Return a probe of labels and logits."""
    return Probe((np.array(y), scores_for(predicted, n_classes), n_classes))


CONFUSION_MATRIX = Answer(
    name="confusion_matrix",
    section="07-digits.ipynb#confusion-heading",
    idea=("Each example adds 1 to one entry: in the row of its true class and the column of the predicted one."),
    way=(
        "Find the predicted classes with argmax along each row, start with zeros, and count in a loop or "
        "with np.add.at."
    ),
    oracle=confusion_done,
    examples=(0, 1),
    recipe=confusion_done,
    tries=[
        case([0, 1, 2, 1, 0], [0, 1, 2, 2, 0], 3),
        case([0, 0, 1, 2, 2, 2], [1, 1, 1, 0, 2, 2], 3),
        case([0, 2, 2], [2, 2, 0], 4),
        case([1], [0], 2),
        case([3, 3, 3, 0, 1], [3, 1, 1, 0, 1], 4),
    ],
    misconceptions=[
        Misconception(
            "confusion-transposed",
            "Rows and columns are exchanged: a row is a true class, a column what the model took it for.",
            ({"order": np.transpose},),
        ),
        Misconception(
            "confusion-of-scores",
            "The entries are sums of scores. Decide for a class first, then count.",
            (of_scores(lambda z: z), of_scores(softmax), of_scores(np.round), of_scores(lambda z: z > 0)),
        ),
        Misconception(
            "confusion-normalised",
            "The entries are shares. The exercise asks how often: whole numbers.",
            (
                {"then": shares(1)},
                {"then": shares(0)},
                {"then": shares(None)},
                {"then": lambda counts: 100 * shares(1)(counts)},
                {"then": lambda counts: counts / counts.sum(axis=1, keepdims=True)},
                {"then": lambda counts: counts / counts.sum(axis=0, keepdims=True)},
                {"then": lambda counts: np.round(shares(1)(counts), 2)},
            ),
        ),
        Misconception(
            "confusion-repeats-lost",
            "No entry is above 1. counts[y, predicted] += 1 adds 1 to each place once, however often the place is "
            "named: look up np.add.at, or count in a loop.",
            ({"count": counted_once},),
        ),
        Misconception(
            "confusion-rows-shared",
            "All rows are the same. [[0] * n] * n holds one list n times: what is counted in one row is counted in "
            "all.",
            ({"count": counted_in_all_rows}, {"count": lambda t, p, n: np.tile(np.bincount(t, minlength=n), (n, 1))}),
        ),
        Misconception(
            "confusion-drops-empty-classes",
            "A class that does not occur still has its row and its column: the shape is n_classes by n_classes.",
            (
                {"then": only_seen},
                {"then": lambda counts: counts[counts.sum(axis=1) > 0]},
                {"then": lambda counts: counts[:, counts.sum(axis=0) > 0]},
                {"count": lambda t, p, n: counted(t, p, max(t.max(), p.max()) + 1)},
            ),
        ),
        Misconception(
            "confusion-one-class-too-many",
            "There is one row and one column too many: labels run from 0 to n_classes - 1, and n_classes of each do.",
            ({"count": lambda t, p, n: counted(t, p, n + 1)},),
        ),
        Misconception(
            "one-missing",
            "One of the examples is left out. At which example does the loop begin, and at which does it end?",
            (
                {"count": lambda t, p, n: counted(t[:-1], p[:-1], n)},
                {"count": lambda t, p, n: counted(t[1:], p[1:], n)},
            ),
        ),
        *result_on_a_line(confusion_done, *case([0, 1, 2, 1, 0], [0, 1, 2, 2, 0], 3).arguments),
        Misconception(
            "classes-reversed",
            "The classes stand in reversed order. Row 0 and column 0 belong to class 0.",
            (
                {"order": lambda counts: counts[::-1, ::-1]},
                {"order": lambda counts: counts[::-1]},
                {"order": lambda counts: counts[:, ::-1]},
            ),
        ),
        Misconception(
            "labels-from-one",
            "The counts are shifted by one class: labels run from 0 to n_classes - 1.",
            ({"shift": (1, 0)}, {"shift": (1, 1)}, {"shift": (0, 1)}, {"shift": (-1, -1)}),
        ),
        Misconception(
            "most-likely-flipped",
            "The least likely class was taken for the predicted one.",
            ({"pick": lambda z: np.argmin(z, axis=-1)},),
        ),
        Misconception(
            "most-likely-over-columns",
            "The largest logit of each column was taken. Each row is an example.",
            ({"pick": lambda z: np.argmax(z, axis=0)},),
        ),
        Misconception(
            "mistakes-alone-counted",
            "Some of the examples are missing. Right and wrong ones are counted, every example once.",
            (
                {"then": lambda counts: without_diagonal(counts, 0)},
                {"then": lambda counts: np.diag(np.diag(counts))},
                {"then": lambda counts: np.diag(counts)},
                {"then": np.triu},
                {"then": np.tril},
            ),
        ),
        Misconception(
            "threshold-for-many-classes",
            "An example was taken for every class whose score is over a threshold. The largest of its row decides.",
            (over_half(add=True), over_half(add=False)),
        ),
        Misconception(
            "confusion-symmetric",
            "Class 2 taken for 1 and class 1 taken for 2 are two different mistakes, each in its own place.",
            (
                {"then": lambda counts: counts + counts.T},
                {"then": lambda counts: counts + counts.T - np.diag(np.diag(counts))},
            ),
        ),
    ],
    more=lambda rng: [
        Probe((rng.integers(0, 5, 30), rng.normal(0, 1, (30, 5)), 5), secret=True),
        Probe((rng.integers(0, 3, 4), rng.normal(0, 1, (4, 6)), 6), secret=True),
    ],
)


def without_diagonal(matrix: np.ndarray, value: float) -> np.ndarray:
    """Return a copy of a matrix with its diagonal set to a value."""
    copy = np.array(matrix, dtype=float)
    np.fill_diagonal(copy, value)
    return copy
