"""The check of the cross-entropy of many classes."""

import numpy as np

from grader.answers.table import Answer, Probe
from grader.checks.losses.sparse_mistakes import SPARSE_MISTAKES
from grader.checks.losses.sparse_parts import sparse_done

LABELS = np.array([0, 2, 1, 2])

LOGITS = np.array([[1.0, 2.0, 4.0], [0.5, -1.0, 0.25], [-2.0, 3.0, 1.0], [0.0, 0.5, 2.0]])
SQUARE = LOGITS[:3]


FAR_APART = np.array([[1000.0, 0.0, -1000.0], [-1000.0, -1000.5, -1001.0]])

SPARSE_CATEGORICAL_CROSSENTROPY = Answer(
    name="sparse_categorical_crossentropy",
    section="04-losses.ipynb#many-heading",
    idea=(
        "The loss of an example is minus the log-probability of its own class: the log-sum-exp of its "
        "logits minus the logit of its class."
    ),
    way=(
        "Take each row's largest logit off, compute the logarithm of the row's sum of e^z, subtract the "
        "logit that stands in the column of the label, and take the mean."
    ),
    oracle=lambda y, z: float(sparse_done(y, z)),
    examples=(0, 1),
    recipe=sparse_done,
    tries=[
        Probe((LABELS[:1], LOGITS[:1])),
        Probe((LABELS, LOGITS)),
        Probe((LABELS[:3], SQUARE)),
        Probe((np.array([2]), LOGITS[1:2])),
        Probe((np.array([1, 0]), np.array([[0.5, -0.5], [2.0, 1.0]]))),
        Probe((LABELS, LOGITS.astype(np.float32))),
        Probe((np.array([1]), np.array([[1000.0, 0.0, 0.0]])), extreme=True),
        Probe((np.array([0]), np.array([[1000.0, 0.0, 0.0]])), extreme=True),
        Probe((np.array([0, 1]), np.array([[-1000.0, -1001.0], [-1000.0, -1001.0]])), extreme=True),
        Probe((np.array([0, 1]), FAR_APART), extreme=True),
        Probe((np.array([1]), np.array([[0.0, -800.0]])), extreme=True),
        Probe(([0, 1], [[0.5, 1.0], [2.0, 1.0]]), optional=True),
    ],
    misconceptions=SPARSE_MISTAKES,
    breaks="crossentropy-through-probability",
    more=lambda rng: [
        Probe((rng.integers(0, k, n), rng.normal(0, 3, (n, k))), secret=True) for n, k in [(6, 4), (4, 4)]
    ],
)
