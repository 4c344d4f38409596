"""The check of the binary cross-entropy of logits."""

from typing import Any

import numpy as np

from grader.answers.table import Answer, Probe
from grader.checks.losses.binary_mistakes import BINARY_MISTAKES
from grader.checks.losses.binary_parts import binary_done


def binary_crossentropy(y: Any, z: Any) -> float:
    """Return the mean binary cross-entropy of labels 0 and 1 and logits, exact for any finite logit."""
    return float(binary_done(y, z))


Y = np.array([0.0, 1.0, 1.0, 0.0, 1.0])
Z = np.array([-1.0, 2.0, -0.5, 1.5, 0.25])
SURE_AND_WRONG = [(100.0, 0.0), (-100.0, 1.0), (1000.0, 0.0), (-1000.0, 1.0)]


def sized(*shapes: tuple[object, ...]) -> list[Probe]:
    """Return probes with the example labels and logits in other shapes."""
    return [Probe((Y.reshape(a), Z.reshape(b))) for a, b in shapes]  # type: ignore[call-overload]  # shapes


def batches(rng: np.random.Generator) -> list[Probe]:
    """Return secret labels and logits."""
    return [
        Probe((rng.integers(0, 2, n).astype(float), rng.normal(0, 3, shape)), secret=True)
        for n, shape in [(4, (4, 1)), (8, (8,))]
    ]


BINARY_CROSSENTROPY = Answer(
    name="binary_crossentropy",
    section="04-losses.ipynb#binary-heading",
    idea=(
        "With the label 1 the loss is -log p, with the label 0 it is -log(1-p). Both can be written in "
        "the logit, where no digit is lost."
    ),
    way=(
        "Bring y and z to one shape. The loss of an example is softplus(z) - y z; write softplus so that "
        "it holds for every z, and take the mean."
    ),
    oracle=binary_crossentropy,
    examples=(0, 0),
    recipe=binary_done,
    tries=[
        Probe((np.array([1.0]), np.array([0.75]))),
        *sized(((5,), (5,)), ((5, 1), (5, 1)), ((5,), (5, 1)), ((5, 1), (5,))),
        Probe((np.array([1.0, 1.0]), np.array([0.5, -0.5]))),
        Probe((np.array([0.0, 0.0, 0.0]), np.array([0.5, -0.5, 2.0]))),
        Probe((np.array([0, 1]), np.array([0.5, -0.5]))),
        Probe((Y.astype(np.float32), Z.astype(np.float32))),
        *(Probe((np.array([y]), np.array([z])), extreme=True) for z, y in SURE_AND_WRONG),
        Probe((np.array([1.0, 0.0]), np.array([1000.0, -1000.0])), extreme=True),
        Probe(([0, 1], [0.5, -0.5]), optional=True),
    ],
    misconceptions=BINARY_MISTAKES,
    breaks="crossentropy-through-probability",
    more=batches,
)
