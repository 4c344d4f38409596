"""What is taken for the binary cross-entropy: all the wrong ideas, in the order in which they are looked for."""

import numpy as np

from grader.answers.table import Misconception
from grader.checks.losses.binary_others import BINARY_OTHERS
from grader.checks.losses.binary_parts import CROSSED, binary_done
from grader.checks.losses.binary_range import BINARY_RANGE
from grader.checks.losses.binary_terms import BINARY_TERMS
from grader.checks.losses.crossentropies import one_number

HINT_CROSSED = (
    "Labels of shape (N,) and logits of shape (N, 1) met in an N by N table, every label with every logit. Bring both "
    "to one shape first."
)
HINT_ONE = (
    "The mean over the examples is taken rightly, and the loss of a single example is another than it should be. Work "
    "one out on paper: y = 1 and z = 0 give log 2, and so do y = 0 and z = 0."
)
ALIGNED_CROSSED = (
    *({"align": align} for align in CROSSED),
    *({"align": align, "reduce": lambda losses, n: np.sum(losses) / n} for align in CROSSED),
)
MEANS_OF_ROWS = tuple(
    {"reduce": lambda losses, _, axis=axis: np.mean(losses, axis=axis), "align": lambda y, z: (y, z)}
    for axis in (-1, 0)
)
LABELS, LOGITS = np.array([1.0, 0.0, 1.0, 0.0, 1.0]), np.array([0.3, -0.7, -1.4, 1.1, 2.3])
BINARY_MISTAKES = [
    *BINARY_TERMS,
    *BINARY_OTHERS,
    Misconception("broadcast-n-by-n", HINT_CROSSED, ALIGNED_CROSSED),
    *one_number(binary_done, LABELS, LOGITS, HINT_ONE, MEANS_OF_ROWS),
    *BINARY_RANGE,  # the lesser of two mistakes stands last
]
