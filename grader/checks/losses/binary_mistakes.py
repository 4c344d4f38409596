"""What is taken for the binary cross-entropy: the wrong ideas, and the ways of the recipe that they lead to."""

import numpy as np

from grader.answers.table import Misconception
from grader.checks.activations.formulas import sigmoid
from grader.checks.losses.binary_fits import (
    ADDED_TO_P,
    ADDED_TO_Z,
    CLIP_OF_P,
    CLIP_OF_Z,
    ceilings_of,
    clip_of,
    labels_of,
    logits_clip_of,
    scale_of,
    stable_form_of,
    terms_of,
)
from grader.checks.losses.binary_parts import (
    CROSSED,
    as_it_stands,
    binary_done,
    exchanged,
    other_loss,
    through_probability,
    without_infinities,
    without_nan,
)
from grader.checks.losses.crossentropies import logits_scaled, one_number
from grader.checks.roundoff.softplus import softplus

HINT_P = (
    "Right while the logits are small. At a logit of 40 the probability is 1 to the last digit, and what the logit "
    "knew is lost: write the loss in z, without computing p."
)

OF_RANGE = [
    Misconception(
        "logits-clipped",
        "The logits were cut off at a certain size, and the loss of one that is surer and wrong does not grow any "
        "more. max(z, 0) - y z + log1p(e^-|z|) needs no cutting.",
        (),
        (logits_clip_of,),
    ),
    Misconception(
        "crossentropy-through-probability",
        HINT_P,
        (
            {"costs": through_probability()},
            {"costs": through_probability(1e-7)},
            {"costs": through_probability(1e-15)},
            {"costs": through_probability(inside_log=1e-7)},
            {"costs": through_probability(inside_log=1e-12)},
            {"costs": without_nan},
            {"costs": through_probability(), "weigh": without_infinities},
        ),
        (ceilings_of, CLIP_OF_P, ADDED_TO_P),
    ),
    Misconception(
        "log1p-overflow",
        "e^1000 does not fit into a float: log(1 + e^z) is infinite there. Take max(z, 0) out of it, so that e is "
        "raised to -|z| alone.",
        (
            {"costs": lambda z: (np.log1p(np.exp(-z)), np.log1p(np.exp(z)))},
            {"weigh": other_loss(lambda y, z: np.log1p(np.exp(z)) - y * z)},
            {"weigh": other_loss(lambda y, z: np.log1p(np.exp(-z)) + (1 - y) * z)},
            {"weigh": other_loss(lambda y, z: np.log1p(np.exp(-(2 * y - 1) * z)))},
        ),
    ),
    Misconception(
        "logits-with-probability-loss",
        "The logits were put into the logarithm as if they were probabilities. -y log p - (1-y) log(1-p) needs "
        "probabilities: which form of it takes logits?",
        (
            {"costs": through_probability(of=lambda z: z)},
            {"costs": through_probability(1e-7, of=lambda z: z)},
            {"costs": through_probability(1e-7, float(np.spacing(np.float32(1))), of=lambda z: z)},
            {"costs": through_probability(1e-15, of=lambda z: z)},
            {"costs": through_probability(inside_log=1e-7, of=lambda z: z)},
            {"costs": through_probability(1e-7, inside_log=1e-7, of=lambda z: z)},
            {"costs": through_probability(inside_log=1e-8, of=np.abs)},
            {"costs": through_probability(of=np.abs)},
        ),
        (CLIP_OF_Z, ADDED_TO_Z),
    ),
]

OF_TERMS = [
    Misconception(
        "crossentropy-one-class-only",
        "Examples of one class cost nothing here. Both classes must: what does an example with y = 0 pay?",
        ({"weigh": lambda y, one, zero: y * one}, {"weigh": lambda y, one, zero: (1 - y) * zero}),
    ),
    Misconception(
        "crossentropy-flipped",
        "A sure and right prediction must cost next to nothing, and a sure and wrong one a lot. Look at the sign, "
        "and at which of y and the prediction stands inside the logarithm.",
        (
            {"sign": -1.0},
            {"weigh": lambda y, one, zero: (1 - y) * one + y * zero},
            {"weigh": exchanged},
            {"align": lambda y, z: (z.ravel(), y.ravel())},
        ),
    ),
    Misconception(
        "crossentropy-log-p-twice",
        "Both terms have the same logarithm. The second one, for examples with y = 0, has log(1 - p).",
        (
            {"weigh": lambda y, one, zero: one},
            {"weigh": lambda y, one, zero: zero},
            {"weigh": lambda y, one, zero: y * one + (1 - y) * one},
        ),
    ),
    Misconception(
        "labels-changed",
        "Other numbers than y and 1 - y weigh the two terms, as with smoothed labels, or with labels that were made -1 "
        "and 1. The formula needs the labels as they are, 0 and 1.",
        ({"labels": lambda y: 2 * y - 1}, {"labels": lambda y: 0.9 * y + 0.05}),
        (labels_of,),
    ),
    Misconception(
        "crossentropy-terms",
        "The two terms are put together wrongly: the loss is -(y log p + (1-y) log(1-p)), with the minus before "
        "both and y and 1-y as their weights.",
        (
            {"weigh": lambda y, one, zero: y * one - (1 - y) * zero},
            {"weigh": lambda y, one, zero: (1 - y) * zero - y * one},
            {"weigh": lambda y, one, zero: y * one + zero},
            {"weigh": lambda y, one, zero: one + zero},
            {"weigh": lambda y, one, zero: one + (1 - y) * zero},
            {"weigh": lambda y, one, zero: (y * one) * ((1 - y) * zero)},
        ),
        otherwise=(terms_of,),
    ),
    Misconception(
        "stable-form",
        "The parts of the stable form are put together wrongly: it is max(z, 0) - y z + log1p(e^-|z|). Compare each "
        "part, its sign and what stands in the exponent.",
        (
            {"weigh": other_loss(lambda y, z: np.maximum(z, 0) - y * z)},
            {"weigh": other_loss(lambda y, z: np.maximum(z, 0) - y * z + softplus(np.abs(z)))},
            {"weigh": other_loss(lambda y, z: np.maximum(z, 0) + y * z + softplus(-np.abs(z)))},
            {"weigh": other_loss(lambda y, z: np.maximum(z, 0) - y * z + softplus(-z))},
        ),
        otherwise=(stable_form_of,),
    ),
]

OTHER_LOSSES = [
    Misconception(
        "crossentropy-without-log",
        "The logarithm is missing: this is how far the probability is from the label.",
        (
            {"weigh": other_loss(lambda y, z: np.abs(y - sigmoid(z)))},
            {"weigh": other_loss(lambda y, z: -(y * sigmoid(z) + (1 - y) * (1 - sigmoid(z))))},
            {"weigh": other_loss(lambda y, z: y * sigmoid(z) + (1 - y) * (1 - sigmoid(z)))},
            {"weigh": other_loss(lambda y, z: y - sigmoid(z))},
            {"weigh": other_loss(lambda y, z: sigmoid(z) - y)},
        ),
    ),
    Misconception(
        "squared-error",
        "This is a squared error. A cross-entropy is made of logarithms.",
        (
            {"weigh": other_loss(lambda y, z: (y - sigmoid(z)) ** 2)},
            {"weigh": other_loss(lambda y, z: (y - z) ** 2)},
        ),
    ),
    Misconception(
        "another-loss",
        "This is another loss: a hinge, or one for labels -1 and 1. The labels are 0 and 1 here.",
        (
            {"weigh": other_loss(lambda y, z: softplus(-y * z))},
            {"weigh": other_loss(lambda y, z: np.maximum(0, 1 - (2 * y - 1) * z))},
            {"weigh": other_loss(lambda y, z: np.maximum(0, 1 - y * z))},
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
            {
                "weigh": other_loss(lambda y, z: y * sigmoid(z) + (1 - y) * sigmoid(-z)),
                "reduce": lambda p, _: -np.log(np.mean(p)),
            },
        ),
    ),
]

HINT_CROSSED = (
    "Labels of shape (N,) and logits of shape (N, 1) met in an N by N table, every label with every logit. Bring both "
    "to one shape first."
)
HINT_ONE = (
    "The mean over the examples is taken rightly, and the loss of a single example is another than it should be. Work "
    "one out on paper: y = 1 and z = 0 give log 2, and so do y = 0 and z = 0."
)
OF_SHAPES = [
    Misconception(
        "broadcast-n-by-n",
        HINT_CROSSED,
        (
            *({"align": align} for align in CROSSED),
            *({"align": align, "reduce": lambda losses, n: np.sum(losses) / n} for align in CROSSED),
        ),
    ),
    Misconception(
        "crossentropy-per-example",
        "There is one number for each example. The exercise asks for one number, their mean.",
        (
            {"reduce": lambda losses, _: np.mean(losses, axis=-1), "align": lambda y, z: (y, z)},
            {"reduce": lambda losses, _: np.mean(losses, axis=0), "align": lambda y, z: (y, z)},
        ),
    ),
]

LABELS, LOGITS = np.array([1.0, 0.0, 1.0, 0.0, 1.0]), np.array([0.3, -0.7, -1.4, 1.1, 2.3])
BINARY_MISTAKES = [
    *OF_TERMS,
    *OTHER_LOSSES,
    *one_number(binary_done, LABELS, LOGITS, HINT_ONE),
    *OF_SHAPES,
    *OF_RANGE,  # the lesser of two mistakes stands last
]
