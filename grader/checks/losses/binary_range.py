"""Where the binary cross-entropy runs out of range: by way of a probability, an overflow or a clip."""

import numpy as np

from grader.answers.table import Misconception
from grader.checks.losses.binary_fits import ADDED_TO_P, ADDED_TO_Z, CLIP_OF_P, CLIP_OF_Z, ceilings_of, logits_clip_of
from grader.checks.losses.binary_parts import other_loss, through_probability, without_infinities, without_nan

HINT_P = (
    "Right while the logits are small. At a logit of 40 the probability is 1 to the last digit, and what the logit "
    "knew is lost: write the loss in z, without computing p."
)

BINARY_RANGE = [
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
            other_loss(lambda y, z: np.log1p(np.exp(z)) - y * z),
            other_loss(lambda y, z: np.log1p(np.exp(-z)) + (1 - y) * z),
            other_loss(lambda y, z: np.log1p(np.exp(-(2 * y - 1) * z))),
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
