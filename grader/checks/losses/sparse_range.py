"""Where the cross-entropy of many classes runs out of range: by way of a probability, an overflow or a clip."""

import numpy as np

from grader.answers.table import Misconception
from grader.checks.activations.formulas import exp_over_sum, softmax
from grader.checks.losses.sparse_fits import ADDED_TO_P, CLIP_OF_P, floor_of, logits_clip_of
from grader.checks.losses.sparse_parts import log_of_probability
from grader.checks.roundoff.log_softmax import log_softmax_done

SPARSE_RANGE = [
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
