"""The pair of classes that is confused most, and what is taken for it."""

from typing import Any

import numpy as np

from grader.answers.table import Answer, Function, Misconception, probes
from grader.checks.digits.confusion_matrix import shares, without_diagonal


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
    section="07-digits.ipynb#confusion-heading",
    idea="Outside the diagonal stand the mistakes. The largest of these entries names the pair.",
    way=(
        "Copy the matrix, put something small on the diagonal of the copy, find the place of the largest "
        "entry, and turn it into row and column with np.unravel_index."
    ),
    oracle=pair_done,
    recipe=pair_done,
    tries=[*probes(*MATRICES), *probes(np.array([[0, 3], [0, 0]]), MATRICES[0] / 20)],
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
            "input-cut-to-integers",
            "The entries were turned into whole numbers before they were compared. The matrix may hold shares, and all "
            "of them would be 0.",
            ({"over": np.trunc}, {"over": np.trunc, "apart": lambda m: without_diagonal(m, 0)}),
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
            "This is how often the pair is confused. The exercise asks which two classes they are.",
            (
                lambda matrix: np.max(without_diagonal(matrix, -1)),
                lambda matrix: int(np.max(without_diagonal(matrix, -1))),
            ),
        ),
        Misconception(
            "flat-place-not-pair",
            "argmax of a matrix gives one number, the place of the entry when all rows stand in one line. "
            "np.unravel_index turns it into row and column.",
            (
                lambda matrix: np.argmax(without_diagonal(matrix, -1)),
                lambda matrix: np.argmax(matrix),
            ),
        ),
        Misconception(
            "count-beside-the-pair",
            "A third number stands beside the pair. The exercise asks for the two classes alone.",
            (lambda matrix: np.array([*pair_done(matrix), np.max(without_diagonal(matrix, -1))]),),
        ),
        Misconception(
            "best-reset-in-each-row",
            "The search begins anew in each row, so that the last row alone decides. Set the best count once, before "
            "both loops.",
            (lambda matrix: np.array([len(matrix) - 1, np.argmax(without_diagonal(matrix, -1)[-1])]),),
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
