"""How the labels pick the wrong entries of the log-probabilities."""

import numpy as np

from grader.answers.table import Misconception
from grader.checks.losses.sparse_parts import as_floats, others, over_classes, own_class
from grader.checks.roundoff.log_softmax import log_softmax

SPARSE_LABELS = [
    Misconception(
        "labels-from-one",
        "The labels were taken as 1 to K. They are 0 to K-1: label 0 is the first column.",
        ({"pick": lambda log_p, labels: own_class(log_p, labels - 1)},),
    ),
    Misconception(
        "labels-not-used",
        "The labels have no part in the result: it takes the largest of each row, or one and the same column, or none. "
        "The loss of an example is that of its own class, whatever the others are.",
        (
            {"pick": lambda log_p, labels: np.max(log_p, axis=-1)},
            {"pick": lambda log_p, labels: np.min(log_p, axis=-1)},
            {"log_p": as_floats, "pick": lambda z, labels: log_softmax(z)[:, 0] - z[:, 0]},
            {"pick": lambda log_p, labels: log_p[:, 0]},
            {"pick": lambda log_p, labels: log_p[:, -1]},
        ),
    ),
    Misconception(
        "classes-reversed",
        "The classes are counted from the last column backwards. Label 0 is the first column.",
        ({"pick": lambda log_p, labels: own_class(log_p, log_p.shape[-1] - 1 - labels)},),
    ),
    Misconception(
        "own-class-left-out",
        "The log-probabilities of the other classes count here, and that of the example's own class does not.",
        ({"pick": others}, {"pick": lambda log_p, labels: (1 - over_classes(np.ones_like(log_p), labels)) * log_p}),
    ),
    Misconception(
        "labels-in-the-order-of-rows",
        "The entries of the diagonal were taken: the class of an example is its label, and not its number.",
        ({"pick": lambda log_p, labels: np.diag(log_p)},),
    ),
    Misconception(
        "label-as-weight",
        "The label was multiplied with the log-probabilities. It is a place and no weight: which column does it name?",
        (
            {"pick": lambda log_p, labels: (labels[:, None] * log_p).sum(axis=-1)},
            {"pick": lambda log_p, labels: labels[:, None] * log_p},
            {"pick": lambda log_p, labels: labels * own_class(log_p, labels)},
        ),
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
        "crossentropy-all-classes",
        "The log-probabilities of all classes count here. The loss of an example is that of its own class alone.",
        (
            {"pick": lambda log_p, labels: np.sum(log_p, axis=-1)},
            {"pick": lambda log_p, labels: log_p},
        ),
    ),
    Misconception(
        "crossentropy-mean-over-classes",
        "The mean was taken over all N times K entries, most of which are 0. There are N examples.",
        ({"pick": over_classes},),
    ),
]
