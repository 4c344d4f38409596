"""Numbers that answers of several exercises are tried on."""

import numpy as np

from grader.answers.table import Probe

EPS16 = {"rtol": 4e-3, "atol": 2e-3}  # float16 keeps 11 bits: 1e-3 of a number at each step
COLUMN = np.array([[-1.5], [0.25], [2.0]])
TABLE = np.array([[1.0, 2.0, 4.0], [0.5, -1.0, 0.0]])
SQUARE = np.array([[0.0, 1.0, 3.0], [2.0, -1.0, 0.5], [-2.0, 0.0, 1.0]])
MIXED = np.array([[1000.0, 1001.0, 1002.0], [-1000.0, -1001.0, -1002.0], [0.0, 1.0, 2.0]])


def elementwise(rng: np.random.Generator) -> list[Probe]:
    """Return secret probes for a function that works on each number alone."""
    return [Probe((rng.normal(0, 3, shape),), secret=True) for shape in [(7,), (2, 5), (4, 1)]]
