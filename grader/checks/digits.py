"""Exercise 07: the confusion matrix, the pair that is confused most, and when to stop."""

import numpy as np

from grader.answers.asked import Asked
from grader.answers.check import Check
from grader.answers.model_answer import ModelAnswer, ModelCheck
from grader.answers.table import Answer, Function, Misconception, Probe, probes
from grader.checks.activations import softmax

LESSON = "07-digits.ipynb"


def confusion_matrix(y: object, z: object, n_classes: int) -> np.ndarray:
    """Return how often an example of class `row` was taken for class `column`."""
    counts = np.zeros((n_classes, n_classes), int)
    np.add.at(counts, (np.asarray(y, dtype=int).reshape(-1), np.argmax(np.asarray(z), axis=-1)), 1)
    return counts


def of_scores(make: Function) -> Function:
    """Return the wrong function that adds scores up by true class instead of counting classes."""

    def wrong(y: object, z: object, n_classes: int) -> np.ndarray:
        sums = np.zeros((n_classes, n_classes))
        np.add.at(sums, np.asarray(y, dtype=int).reshape(-1), np.asarray(make(np.asarray(z, dtype=float))))
        return sums

    return wrong


def per_row(y: object, z: object, n_classes: int) -> np.ndarray:
    """Return the share of each true class; 0 for a class without examples."""
    counts = confusion_matrix(y, z, n_classes)
    return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)


def per_column(y: object, z: object, n_classes: int) -> np.ndarray:
    """Return the share of each predicted class; 0 for a class that was never predicted."""
    counts = confusion_matrix(y, z, n_classes)
    return counts / np.maximum(counts.sum(axis=0, keepdims=True), 1)


def only_seen(y: object, z: object, n_classes: int) -> np.ndarray:
    """Return the matrix of the classes that occur."""
    labels, predicted = np.asarray(y, dtype=int).reshape(-1), np.argmax(np.asarray(z), axis=-1)
    there = np.union1d(labels, predicted)
    return confusion_matrix(y, z, n_classes)[np.ix_(there, there)]


def scores_for(predicted: list[int], n_classes: int) -> np.ndarray:
    """Return (N, n_classes) logits whose largest stand at the predicted classes."""
    z = np.tile(np.linspace(-1.5, 0.5, n_classes), (len(predicted), 1))
    z[np.arange(len(predicted)), predicted] = np.linspace(2, 3, len(predicted))
    return z


def case(y: list[int], predicted: list[int], n_classes: int) -> Probe:
    """Return a probe of labels and logits."""
    return Probe((np.array(y), scores_for(predicted, n_classes), n_classes))


CONFUSION_MATRIX = Answer(
    name="confusion_matrix",
    section=f"{LESSON}#The-confusion-matrix",
    oracle=confusion_matrix,
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
            (lambda y, z, n: confusion_matrix(y, z, n).T,),
        ),
        Misconception(
            "confusion-of-scores",
            "The entries are sums of scores. Decide for a class first, then count.",
            (of_scores(lambda z: z), of_scores(softmax), of_scores(np.round)),
        ),
        Misconception(
            "confusion-normalised",
            "The entries are shares. The exercise asks how often: whole numbers.",
            (
                per_row,
                per_column,
                lambda y, z, n: confusion_matrix(y, z, n) / len(np.asarray(y)),
            ),
        ),
        Misconception(
            "confusion-drops-empty-classes",
            "A class that does not occur still has its row and its column: the shape is n_classes by n_classes.",
            (only_seen,),
        ),
        Misconception(
            "labels-from-one",
            "The counts are shifted by one class: labels run from 0 to n_classes - 1.",
            (
                lambda y, z, n: np.roll(confusion_matrix(y, z, n), -1, axis=0),
                lambda y, z, n: np.roll(confusion_matrix(y, z, n), -1, axis=(0, 1)),
            ),
        ),
    ],
    more=lambda rng: [
        Probe((rng.integers(0, 5, 30), rng.normal(0, 1, (30, 5)), 5), secret=True),
        Probe((rng.integers(0, 3, 4), rng.normal(0, 1, (4, 6)), 6), secret=True),
    ],
)


def position(pick: Function) -> Function:
    """Return the (row, column) that a function of the flat matrix picks."""
    return lambda matrix: np.array(divmod(int(np.asarray(pick(np.asarray(matrix)))), np.shape(matrix)[1]))


def without_diagonal(matrix: np.ndarray, value: float) -> np.ndarray:
    """Return a copy of a matrix with its diagonal set to a value."""
    copy = np.array(matrix, dtype=float)
    np.fill_diagonal(copy, value)
    return copy


most_confused_pair = position(lambda m: np.argmax(without_diagonal(m, -1)))

MATRICES = [
    np.array([[9, 1, 4], [0, 8, 2], [3, 1, 7]]),
    np.array([[1, 7], [2, 9]]),
    np.array([[30, 2, 1, 5], [3, 25, 4, 1], [8, 1, 28, 2], [1, 6, 2, 31]]),
]

MOST_CONFUSED_PAIR = Answer(
    name="most_confused_pair",
    section=f"{LESSON}#The-confusion-matrix",
    oracle=most_confused_pair,
    tries=[*probes(*MATRICES), *probes(np.array([[0, 3], [0, 0]]), MATRICES[0].astype(float))],
    misconceptions=[
        Misconception(
            "diagonal-not-excluded",
            "The diagonal holds what was right. Look for the largest count outside it.",
            (position(np.argmax),),
        ),
        Misconception(
            "confusion-transposed",
            "Rows and columns are exchanged: the true class comes first, and it is the row.",
            (lambda matrix: most_confused_pair(matrix)[::-1],),  # type: ignore[index]  # an array of two
        ),
        Misconception(
            "least-confused-pair",
            "This pair is confused least. Look for the largest count.",
            (position(lambda m: np.argmin(without_diagonal(m, 1e9))), position(np.argmin)),
        ),
        Misconception(
            "labels-from-one",
            "Both classes are one too large: rows and columns are numbered from 0.",
            (lambda matrix: most_confused_pair(matrix) + 1,),  # type: ignore[operator]  # an array of two
        ),
        Misconception(
            "count-not-pair",
            "This is how often the pair is confused. The exercise asks which two classes they are.",
            (lambda matrix: np.max(without_diagonal(matrix, -1)),),
        ),
    ],
    more=lambda rng: probes(*(rng.permutation(n * n).reshape(n, n) for n in (3, 6)), secret=True),
)

EPOCHS_BEFORE_OVERFITTING = Answer(
    name="epochs_before_overfitting",
    section=f"{LESSON}#When-to-stop",
    oracle=lambda validation_loss: int(np.argmin(validation_loss)) + 1,
    tries=[
        *probes(
            [0.9, 0.6, 0.5, 0.55, 0.7], [0.9, 0.8, 0.7], [0.3, 0.4, 0.5, 0.6], [0.9, 0.4, 0.4, 0.8, 0.7, 0.75], [0.5]
        ),
        *probes(np.array([0.9, 0.5, 0.6, 0.45, 0.7, 0.8])),
    ],
    misconceptions=[
        Misconception(
            "off-by-one-epoch",
            "Epochs are counted from 1, and Python counts from 0.",
            (lambda loss: int(np.argmin(loss)), lambda loss: int(np.argmin(loss)) + 2),
        ),
        Misconception(
            "highest-loss-taken",
            "This is the epoch with the highest validation loss. A loss is better when it is lower.",
            (lambda loss: int(np.argmax(loss)) + 1, lambda loss: int(np.argmax(loss))),
        ),
        Misconception(
            "last-epoch-taken",
            "This is the number of epochs. The exercise asks for the one after which the validation loss was lowest.",
            (len,),
        ),
        Misconception(
            "loss-not-epoch",
            "This is the lowest loss itself. The exercise asks for its epoch.",
            (np.min,),
        ),
        Misconception(
            "first-rise-taken",
            "This stops at the first rise. The loss may fall again afterwards: look at all epochs.",
            (lambda loss: next((i for i in range(1, len(loss)) if loss[i] > loss[i - 1]), len(loss)),),
        ),
    ],
    more=lambda rng: probes(*(rng.uniform(0.1, 1, n) for n in (8, 12)), secret=True),
)


def digits_asked(dropout: float) -> Asked:
    """Return what build_digit_classifier must build."""
    layers: list[tuple[str, dict[str, object]]] = [("Dense", {"units": 128, "activation": "relu"})]
    return Asked([*layers, ("Dropout", {"rate": dropout}), ("Dense", {"units": 10})], labels="integers")


BUILD_DIGIT_CLASSIFIER = ModelAnswer(
    name="build_digit_classifier",
    section=f"{LESSON}#The-network",
    calls=lambda: [(0.2,), (0.35,)],
    asked=digits_asked,
    draws=lambda rng: [(round(float(rng.uniform(0.05, 0.75)), 3),)],
)
check_confusion_matrix = Check(CONFUSION_MATRIX)
check_most_confused_pair = Check(MOST_CONFUSED_PAIR)
check_epochs_before_overfitting = Check(EPOCHS_BEFORE_OVERFITTING)
check_build_digit_classifier = ModelCheck(BUILD_DIGIT_CLASSIFIER)
