"""What is taken for the cross-entropy of many classes: the wrong ideas, in the order in which they are tried."""

import numpy as np

from grader.checks.losses.crossentropies import one_number
from grader.checks.losses.sparse_labels import SPARSE_LABELS
from grader.checks.losses.sparse_others import SPARSE_OTHERS
from grader.checks.losses.sparse_parts import sparse_done
from grader.checks.losses.sparse_probabilities import SPARSE_PROBABILITIES
from grader.checks.losses.sparse_range import SPARSE_RANGE

HINT_ONE = (
    "The mean over the examples is taken rightly, and the loss of a single example is another than it should be. Work "
    "one out on paper: two logits of 0 give log 2, whatever the label."
)
LABELS = np.array([0, 2, 1, 0, 2])
LOGITS = np.array([[0.3, -0.7, 0.2], [1.1, 0.4, -0.6], [-1.3, 0.9, 0.8], [2.1, -0.2, 1.7], [0.1, 1.4, 2.2]])
SPARSE_MISTAKES = [
    *SPARSE_LABELS,
    *SPARSE_PROBABILITIES,
    *SPARSE_OTHERS,
    *one_number(sparse_done, LABELS, LOGITS, HINT_ONE),
    *SPARSE_RANGE,  # the lesser of two mistakes stands last
]
