"""What is taken for the cross-entropy of many classes: the wrong ideas, and the ways of the recipe they lead to."""

import numpy as np

from grader.answers.table import Misconception
from grader.checks.activations.formulas import exp_over_sum, sigmoid, softmax
from grader.checks.losses.crossentropies import logits_scaled, one_number
from grader.checks.losses.sparse_fits import (
    ADDED_TO_P,
    ADDED_TO_Z,
    CLIP_OF_P,
    CLIP_OF_Z,
    floor_of,
    logits_clip_of,
    scale_of,
    terms_of,
)
from grader.checks.losses.sparse_parts import (
    as_floats,
    class_by_class,
    each_by_itself,
    log_of_probability,
    margins,
    others,
    over_classes,
    own_class,
    shares,
    sparse_done,
    squared,
)
from grader.checks.roundoff.log_softmax import log_softmax, log_softmax_done
from grader.checks.roundoff.softplus import softplus

OF_RANGE = [
    Misconception(
        "logits-clipped",
        "The logits were cut off at a certain size, and the loss of one that is surer and wrong does not grow any "
        "more. With each row's largest logit taken off nothing needs cutting.",
        (),
        (logits_clip_of,),
    ),
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
        fitted=(floor_of, CLIP_OF_P, ADDED_TO_P),
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
        "The batch's largest logit was taken off every row. In a row far below it every e^z is 0: use each row's own.",
        (
            {"log_p": lambda z: log_softmax_done(z, shift="all")},
            {"log_p": log_of_probability(of=lambda z: exp_over_sum(z - np.max(z)))},
        ),
    ),
]

OF_PROBABILITIES = [
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

OF_LABELS = [
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

OTHER_LOSSES = [
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

HINT_ONE = (
    "The mean over the examples is taken rightly, and the loss of a single example is another than it should be. Work "
    "one out on paper: two logits of 0 give log 2, whatever the label."
)
LABELS = np.array([0, 2, 1, 0, 2])
LOGITS = np.array([[0.3, -0.7, 0.2], [1.1, 0.4, -0.6], [-1.3, 0.9, 0.8], [2.1, -0.2, 1.7], [0.1, 1.4, 2.2]])
SPARSE_MISTAKES = [
    *OF_LABELS,
    *OF_PROBABILITIES,
    *OTHER_LOSSES,
    *one_number(sparse_done, LABELS, LOGITS, HINT_ONE),
    *OF_RANGE,  # the lesser of two mistakes stands last
]
