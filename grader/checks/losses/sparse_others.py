"""What is computed in place of the cross-entropy of many classes."""

import numpy as np

from grader.answers.table import Misconception
from grader.checks.activations.formulas import softmax
from grader.checks.losses.sparse_fits import terms_of
from grader.checks.losses.sparse_parts import as_floats, class_by_class, margins, squared

SPARSE_OTHERS = [
    Misconception(
        "crossentropy-flipped",
        "The loss is negative. The logarithm of a probability is below 0: look at the sign.",
        ({"sign": 1.0},),
    ),
    Misconception(
        "logarithm-of-the-mean",
        "The mean was taken of the probabilities, and then its logarithm. The logarithm comes first.",
        ({"log_p": softmax, "sign": 1.0, "reduce": lambda p, _: -np.log(np.mean(p))},),
    ),
    Misconception(
        "binary-formula-for-classes",
        "Each class was treated as a yes or no of its own, with a term of log(1 - p). With a softmax the loss of an "
        "example is minus the log-probability of its own class alone.",
        (
            {"log_p": softmax, "pick": class_by_class},
            {"log_p": softmax, "pick": lambda p, labels: class_by_class(p, labels) / p.shape[-1]},
        ),
    ),
    Misconception(
        "squared-error",
        "This is a squared error. A cross-entropy is made of logarithms.",
        (
            {"log_p": softmax, "pick": squared, "sign": 1.0},
            {"log_p": softmax, "pick": lambda p, labels: squared(p, labels).sum(-1), "sign": 1.0},
            {"log_p": as_floats, "pick": squared, "sign": 1.0},
        ),
    ),
    Misconception(
        "another-loss",
        "This is a hinge loss, of how far the other logits lie above that of the right class. A cross-entropy is "
        "made of logarithms.",
        ({"log_p": as_floats, "pick": margins, "sign": 1.0},),
    ),
    Misconception(
        "crossentropy-terms",
        "The parts are put together wrongly. The loss of an example is the log-sum-exp of its row less the logit "
        "of its own class, and nothing else.",
        (),
        otherwise=(terms_of,),
    ),
]
