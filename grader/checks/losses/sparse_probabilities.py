"""What is taken for the log-probabilities of many classes."""

import numpy as np

from grader.answers.table import Misconception
from grader.checks.activations.formulas import exp_over_sum, sigmoid, softmax
from grader.checks.losses.crossentropies import logits_scaled
from grader.checks.losses.sparse_fits import ADDED_TO_Z, CLIP_OF_Z, scale_of
from grader.checks.losses.sparse_parts import as_floats, each_by_itself, log_of_probability, shares
from grader.checks.roundoff.log_softmax import log_softmax, log_softmax_done
from grader.checks.roundoff.softplus import softplus

SPARSE_PROBABILITIES = [
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
        "softmax-flipped",
        "The largest logit got the smallest probability. Look at the sign in the exponent.",
        ({"scores": np.negative},),
    ),
    logits_scaled(scale_of),
    Misconception(
        "logits-not-turned-into-probabilities",
        "This is the mean of the logits of the right classes, with its sign changed. The other logits count too.",
        ({"log_p": as_floats},),
    ),
    Misconception(
        "logits-with-probability-loss",
        "The logarithm was taken of the logits as if they were probabilities. Which form of the loss takes logits?",
        (
            {"log_p": np.log},
            {"log_p": lambda z: np.log(np.asarray(z, dtype=float) + 1e-7)},
            {"log_p": log_of_probability(clip=1e-7, of=lambda z: z)},
            {"log_p": log_of_probability(clip=1e-7, of=shares)},
            {"log_p": log_of_probability(of=lambda z: shares(np.clip(z, 1e-7, 1 - 1e-7)))},
            {"log_p": log_of_probability(of=shares)},
            {"log_p": log_of_probability(inside_log=1e-7, of=shares)},
            {"log_p": lambda z: np.log(np.abs(z))},
        ),
        fitted=(ADDED_TO_Z, CLIP_OF_Z),
    ),
    Misconception(
        "sigmoid-for-softmax",
        "The sigmoid was taken of each logit by itself. Where one class excludes the others, it is the softmax.",
        (
            {"log_p": lambda z: -softplus(-np.asarray(z, dtype=float))},
            {"log_p": lambda z: np.log(sigmoid(z))},
            {"log_p": as_floats, "pick": each_by_itself, "sign": 1.0},
            {"log_p": as_floats, "pick": lambda z, labels: each_by_itself(z, labels) / z.shape[-1], "sign": 1.0},
        ),
    ),
    Misconception(
        "softmax-twice",
        "The softmax was taken of probabilities.",
        ({"log_p": lambda z: log_softmax(softmax(z))},),
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
        "crossentropy-without-log",
        "The logarithm is missing: these are probabilities.",
        (
            {"log_p": softmax},
            {"log_p": lambda z: softmax(z) - 1},
            {"log_p": exp_over_sum},
        ),
    ),
    Misconception(
        "log1p-for-log",
        "log1p(x) is log(1 + x): of a probability it is the logarithm of another number.",
        ({"log_p": lambda z: np.log1p(softmax(z))},),
    ),
]
