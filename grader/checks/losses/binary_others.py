"""What is computed in place of the binary cross-entropy of logits: another loss, or that of other numbers."""

import numpy as np

from grader.answers.table import Misconception
from grader.checks.activations.formulas import sigmoid
from grader.checks.losses.binary_fits import clip_of, scale_of
from grader.checks.losses.binary_parts import as_it_stands, other_loss, through_probability
from grader.checks.losses.crossentropies import logits_scaled
from grader.checks.roundoff.softplus import softplus

BINARY_OTHERS = [
    Misconception(
        "crossentropy-without-log",
        "The logarithm is missing: this is how far the probability is from the label.",
        (
            other_loss(lambda y, z: np.abs(y - sigmoid(z))),
            other_loss(lambda y, z: -(y * sigmoid(z) + (1 - y) * (1 - sigmoid(z)))),
            other_loss(lambda y, z: y * sigmoid(z) + (1 - y) * (1 - sigmoid(z))),
            other_loss(lambda y, z: y - sigmoid(z)),
            other_loss(lambda y, z: sigmoid(z) - y),
        ),
    ),
    Misconception(
        "squared-error",
        "This is a squared error. A cross-entropy is made of logarithms.",
        (
            other_loss(lambda y, z: (y - sigmoid(z)) ** 2),
            other_loss(lambda y, z: (y - z) ** 2),
        ),
    ),
    Misconception(
        "another-loss",
        "This is another loss: a hinge, or one for labels -1 and 1. The labels are 0 and 1 here.",
        (
            other_loss(lambda y, z: softplus(-y * z)),
            other_loss(lambda y, z: np.maximum(0, 1 - (2 * y - 1) * z)),
            other_loss(lambda y, z: np.maximum(0, 1 - y * z)),
        ),
    ),
    Misconception(
        "sigmoid-twice",
        "The sigmoid was taken of a probability.",
        ({"scores": sigmoid}, {"scores": lambda z: as_it_stands(as_it_stands(z))}),
    ),
    Misconception(
        "sigmoid-is-tanh",
        "The tanh was taken for the sigmoid: it runs from -1 to 1, and a probability from 0 to 1.",
        (
            {"costs": through_probability(1e-7, of=np.tanh)},
            {"costs": through_probability(1e-12, of=np.tanh)},
        ),
    ),
    Misconception(
        "log1p-for-log",
        "log1p(x) is log(1 + x): of a probability it is the logarithm of another number.",
        ({"costs": lambda z: (-np.log1p(sigmoid(z)), -np.log1p(sigmoid(-z)))},),
    ),
    Misconception(
        "classes-not-probabilities",
        "The logits were turned into classes first. The loss asks how sure the model is, and not only for which class "
        "it is.",
        (
            {"scores": lambda z: (z > 0) * 1.0},
            {"scores": lambda z: (z > 0.5) * 1.0},
            {"costs": through_probability(1e-7, of=lambda z: (z > 0) * 1.0)},
            {"costs": through_probability(1e-15, of=lambda z: (z > 0) * 1.0)},
        ),
        (clip_of(lambda z: (z > 0) * 1.0),),
    ),
    logits_scaled(scale_of),
    Misconception(
        "logit-without-sign",
        "The sign of the logit was lost. It says for which class the model is.",
        ({"scores": np.abs},),
    ),
    Misconception(
        "logarithm-of-the-mean",
        "The mean was taken of the probabilities, and then its logarithm. The logarithm comes first.",
        (
            other_loss(lambda y, z: y * sigmoid(z) + (1 - y) * sigmoid(-z))
            | {"reduce": lambda p, _: -np.log(np.mean(p))},
        ),
    ),
]
