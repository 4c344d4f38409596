"""How the terms of the binary cross-entropy are put together wrongly."""

import numpy as np

from grader.answers.table import Misconception
from grader.checks.losses.binary_fits import labels_of, stable_form_of, terms_of
from grader.checks.losses.binary_parts import exchanged, of_logit
from grader.checks.roundoff.softplus import softplus

BINARY_TERMS = [
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
            {"weigh": of_logit(lambda y, z: np.maximum(z, 0) - y * z)},
            {"weigh": of_logit(lambda y, z: np.maximum(z, 0) - y * z + softplus(np.abs(z)))},
            {"weigh": of_logit(lambda y, z: np.maximum(z, 0) + y * z + softplus(-np.abs(z)))},
            {"weigh": of_logit(lambda y, z: np.maximum(z, 0) - y * z + softplus(-z))},
        ),
        otherwise=(stable_form_of,),
    ),
]
