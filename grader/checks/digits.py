"""Exercise 07: the confusion matrix, the pair that is confused most, and when to stop."""

from typing import Any

import numpy as np

from grader.answers.asked import Asked
from grader.answers.check import Check
from grader.answers.model_answer import ModelAnswer, ModelCheck
from grader.answers.table import Answer, Function, Misconception, Probe, Way, probes
from grader.checks.activations import softmax
from grader.checks.fits import number_from

LESSON = "07-digits.ipynb"


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
    return z


def case(y: list[int], predicted: list[int], n_classes: int) -> Probe:
    """Return a probe of labels and logits."""
    return Probe((np.array(y), scores_for(predicted, n_classes), n_classes))


CONFUSION_MATRIX = Answer(
    name="confusion_matrix",
    section=f"{LESSON}#confusion-heading",
    idea=("Each example adds 1 to one entry: in the row of its true class and the column of the predicted one."),
    way=(
        "Find the predicted classes with argmax along each row, start with zeros, and count in a loop or "
        "with np.add.at."
    ),
    oracle=confusion_done,
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
                {"count": lambda t, p, n: counted(t, p, n + 1)},
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


def pair_done(
    matrix: Any,
    over: Function = lambda m: m,
    apart: Function = lambda m: without_diagonal(m, -1),
    pick: Function = np.argmax,
    first: int = 0,
    then: Function = lambda pair: pair,
) -> np.ndarray:
    """Return the most confused pair with each part done as the keywords say.

    Args:
        matrix: of counts.
        over: makes from the counts what is compared.
        apart: keeps the diagonal out.
        pick: chooses a place of the flat matrix.
        first: from which number classes are counted.
        then: what is done with (row, column).
    """
    compared = np.asarray(apart(np.asarray(over(np.asarray(matrix, dtype=float)))))
    return np.asarray(then(np.array(divmod(int(pick(compared)), compared.shape[1])) + first))


MATRICES = [
    np.array([[9, 1, 4], [0, 8, 2], [3, 1, 7]]),
    np.array([[1, 7], [2, 9]]),
    np.array([[30, 2, 1, 5], [3, 25, 4, 1], [8, 1, 28, 2], [1, 6, 2, 31]]),
    # one class is far more frequent than the others, and two pairs are often confused in both directions
    np.array([[80, 9, 1, 0], [1, 4, 3, 2], [8, 5, 20, 0], [1, 0, 1, 1]]),
]

MOST_CONFUSED_PAIR = Answer(
    name="most_confused_pair",
    section=f"{LESSON}#confusion-heading",
    idea="Outside the diagonal stand the mistakes. The largest of these entries names the pair.",
    way=(
        "Copy the matrix, put something small on the diagonal of the copy, find the place of the largest "
        "entry, and turn it into row and column with np.unravel_index."
    ),
    oracle=pair_done,
    recipe=pair_done,
    tries=[*probes(*MATRICES), *probes(np.array([[0, 3], [0, 0]]), MATRICES[0].astype(float))],
    misconceptions=[
        Misconception(
            "diagonal-not-excluded",
            "The diagonal holds what was right. Look for the largest count outside it.",
            ({"apart": lambda m: m},),
        ),
        Misconception(
            "confusion-transposed",
            "Rows and columns are exchanged: the true class comes first, and it is the row.",
            ({"then": lambda pair: pair[::-1]},),
        ),
        Misconception(
            "pair-by-shares",
            "The counts were divided by the size of their row or column, so that a rare class weighs as much as a "
            "frequent one. The exercise asks for the mistake that was made most often.",
            (
                {"over": lambda m: m / m.sum(axis=1, keepdims=True)},
                {"over": shares(1)},
                {"over": lambda m: m / m.sum(axis=0, keepdims=True)},
                {"over": shares(0)},
                {"over": lambda m: np.nan_to_num(m / m.sum(axis=1, keepdims=True))},
            ),
        ),
        Misconception(
            "confusion-symmetric",
            "Both directions were added up. Class 0 taken for 1 and class 1 taken for 0 are two different mistakes.",
            (
                {"over": lambda m: m + m.T},
                {"over": lambda m: np.triu(m + m.T)},
                {"over": lambda m: np.tril(m + m.T)},
            ),
        ),
        Misconception(
            "first-entry-taken",
            "The result is (0, 0) for every matrix. np.fill_diagonal changes the matrix that it is given and returns "
            "None, in which nothing can be found.",
            (lambda matrix: np.array([0, 0]),),
        ),
        Misconception(
            "one-triangle-alone",
            "Only one side of the diagonal was looked at. Mistakes stand on both sides.",
            ({"over": lambda m: np.triu(m, 1)}, {"over": lambda m: np.tril(m, -1)}),
        ),
        Misconception(
            "least-confused-pair",
            "This pair is confused least. Look for the largest count.",
            (
                {"apart": lambda m: without_diagonal(m, 1e9), "pick": np.argmin},
                {"apart": lambda m: m, "pick": np.argmin},
            ),
        ),
        Misconception(
            "labels-from-one",
            "Both classes are one too large: rows and columns are numbered from 0.",
            ({"first": 1},),
        ),
        Misconception(
            "second-largest-taken",
            "This is the mistake that was made second most often.",
            ({"pick": lambda m: np.argsort(m, axis=None)[-2]},),
        ),
        Misconception(
            "count-not-pair",
            "This is how often the pair is confused, or where it stands when all rows are one. The exercise asks "
            "which two classes they are.",
            (
                lambda matrix: np.max(without_diagonal(matrix, -1)),
                lambda matrix: np.argmax(without_diagonal(matrix, -1)),
            ),
        ),
        Misconception(
            "row-and-column-apart",
            "The row and the column were chosen one by one. The pair belongs to one entry, the largest.",
            (
                lambda matrix: _apart(np.sum, without_diagonal(matrix, 0)),
                lambda matrix: _worst_row(without_diagonal(matrix, 0)),
                lambda matrix: np.argmax(without_diagonal(matrix, 0), axis=1),
                lambda matrix: np.argmax(without_diagonal(matrix, 0), axis=0),
            ),
        ),
    ],
    more=lambda rng: probes(*(rng.permutation(n * n).reshape(n, n) for n in (3, 6)), secret=True),
)


def _worst_row(matrix: np.ndarray) -> np.ndarray:
    row = int(np.argmax(matrix.sum(axis=1)))
    return np.array([row, np.argmax(matrix[row])])


def _apart(of: Function, matrix: np.ndarray) -> np.ndarray:
    return np.array([np.argmax(of(matrix, axis=1)), np.argmax(of(matrix, axis=0))])


def stopped_early(patience: int, best: bool = True) -> Function:
    """Return what gives up after `patience` epochs without a lower loss: the best place, or the one it stops at."""

    def epoch(losses: list[float]) -> int:
        lowest = 0
        for place, loss in enumerate(losses):
            if loss < losses[lowest]:
                lowest = place
            elif place - lowest >= patience:
                return lowest if best else place
        return lowest if best else len(losses) - 1

    return epoch


def patience_of(answer: Function) -> Way | None:
    """Return the search that gives up as the answer does: after how many worse epochs it misses a lower loss."""
    for patience in range(1, LONGEST_PATIENCE + 1):
        losses = [0.9, 0.5, *[0.6] * patience, 0.4]
        epoch = number_from(answer, losses)
        if epoch != len(losses):
            return {"pick": stopped_early(patience, best=epoch == 2)}
    return None


LONGEST_PATIENCE = 30
WORSE_FOR_LONG = [0.9, 0.5, *[round(0.9 - 0.01 * k, 2) for k in range(LONGEST_PATIENCE)], 0.4, 0.6]


def epoch_done(losses: list[float], pick: Function = np.argmin, first: int = 1) -> Any:
    """Return the number of the epoch that `pick` chooses by its place, where the first has the number `first`."""
    return pick(losses) + first


def improved_by(least: float) -> Function:
    """Return what takes a loss for lower only where it is lower by more than `least`."""

    def place(losses: list[float]) -> int:
        lowest = 0
        for k, loss in enumerate(losses):
            lowest = k if loss < losses[lowest] - least else lowest
        return lowest

    return place


def first_rise(losses: list[float]) -> int:
    """Return the place before the first rise, the last one where there is none."""
    return next((k for k in range(len(losses) - 1) if losses[k + 1] > losses[k]), len(losses) - 1)


def last_rise(losses: list[float]) -> int:
    """Return the place before the last rise, the last one where there is none."""
    return max((k for k in range(len(losses) - 1) if losses[k + 1] > losses[k]), default=len(losses) - 1)


EPOCHS_BEFORE_OVERFITTING = Answer(
    name="epochs_before_overfitting",
    section=f"{LESSON}#stop-heading",
    idea=("The validation loss falls and then rises again. Where it is lowest the model is at its best for new data."),
    way=("Find the place of the lowest loss in the whole list, and remember from which number epochs are counted."),
    oracle=epoch_done,
    recipe=epoch_done,
    tries=probes(
        [0.9, 0.6, 0.5, 0.55, 0.7],
        [0.9, 0.8, 0.7],
        [0.3, 0.4, 0.5, 0.6],
        [0.9, 0.5, 0.6, 0.45, 0.7, 0.8],
        [0.5],
        [0.9, 0.4, 0.7, 0.6, 0.8, 0.45],
        [0.7, 0.500001, 0.5, 0.6],
        WORSE_FOR_LONG,
    ),
    misconceptions=[
        Misconception(
            "off-by-one-epoch",
            "The number is one too small or one too large. Python counts places from 0, and the exercise counts "
            "epochs from 1.",
            ({"first": 0}, {"first": 2}, {"first": -1}),
        ),
        Misconception(
            "highest-loss-taken",
            "This is the epoch with the highest validation loss. A loss is better when it is lower.",
            ({"pick": np.argmax},),
        ),
        Misconception(
            "last-epoch-taken",
            "This is the number of epochs. The exercise asks for the one after which the validation loss was lowest.",
            ({"pick": lambda losses: len(losses) - 1},),
        ),
        Misconception(
            "loss-not-epoch",
            "This is the lowest loss itself. The exercise asks for its epoch.",
            ({"pick": np.min, "first": 0},),
        ),
        Misconception(
            "first-rise-taken",
            "This stops at the first rise. The loss may fall again afterwards: look at all epochs.",
            ({"pick": first_rise}, {"pick": lambda losses: min(first_rise(losses) + 1, len(losses) - 1)}),
        ),
        Misconception(
            "search-given-up",
            "The search ends after some epochs without a lower loss, and a lower one comes later: look at all epochs.",
            ({"pick": stopped_early(2)}, {"pick": stopped_early(3)}, {"pick": stopped_early(2, best=False)}),
            fitted=(patience_of,),
        ),
        Misconception(
            "small-improvement-missed",
            "A loss that is only a little lower counts, too. What is taken off, or rounded, before the comparison?",
            (
                {"pick": improved_by(0.01)},
                {"pick": improved_by(0.001)},
                {"pick": improved_by(0.1)},
                {"pick": lambda losses: np.argmin(np.round(losses, 1))},
                {"pick": lambda losses: np.argmin(np.round(losses, 2))},
            ),
        ),
        Misconception(
            "last-epoch-left-out",
            "The loop ends too early: a lowest loss in the last epoch is not seen.",
            (
                {"pick": lambda losses: np.argmin(losses[: max(1, len(losses) - 1)])},
                {"pick": lambda losses: 1 + np.argmin(losses[1:]) if len(losses) > 1 else 0},
            ),
        ),
        Misconception(
            "last-rise-taken",
            "This is the last epoch at which the loss fell or rose, or the largest step. The exercise asks where the "
            "loss itself is lowest.",
            (
                {"pick": last_rise},
                {
                    "pick": lambda losses: max(
                        (k for k in range(1, len(losses)) if losses[k] < losses[k - 1]), default=0
                    )
                },
                {"pick": lambda losses: np.argmin(np.diff(losses)) + 1},
                {"pick": lambda losses: np.argmin(np.diff(losses))},
                {"pick": lambda losses: np.argmax(np.diff(losses))},
                {"pick": lambda losses: np.argmax(np.diff(losses)) + 1},
            ),
        ),
        Misconception(
            "losses-sorted",
            "The losses were sorted, so that the lowest stands at the beginning whenever it came.",
            ({"pick": lambda losses: 0},),
        ),
    ],
    more=lambda rng: probes(*(rng.uniform(0.1, 1, n).tolist() for n in (8, 12)), secret=True),
)


def digits_asked(dropout: float) -> Asked:
    """Return what build_digit_classifier must build."""
    layers: list[tuple[str, dict[str, object]]] = [("Dense", {"units": 128, "activation": "relu"})]
    return Asked([*layers, ("Dropout", {"rate": dropout}), ("Dense", {"units": 10})], labels="integers")


BUILD_DIGIT_CLASSIFIER = ModelAnswer(
    name="build_digit_classifier",
    section=f"{LESSON}#network-heading",
    calls=lambda: [(0.2,), (0.35,)],
    asked=digits_asked,
    draws=lambda rng: [(round(float(rng.uniform(0.05, 0.75)), 3),)],
)
check_confusion_matrix = Check(CONFUSION_MATRIX)
check_most_confused_pair = Check(MOST_CONFUSED_PAIR)
check_epochs_before_overfitting = Check(EPOCHS_BEFORE_OVERFITTING)
check_build_digit_classifier = ModelCheck(BUILD_DIGIT_CLASSIFIER)
