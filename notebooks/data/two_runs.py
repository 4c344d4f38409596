"""The outputs of one image classifier on 96 test images, in two trainings, as a question about it printed them."""

import json
from pathlib import Path

import numpy as np


def two_runs() -> tuple[np.ndarray, np.ndarray]:
    """Return the outputs without an activation and those with a sigmoid, float64 (96,) each; no labels."""
    runs = json.loads(Path(__file__).with_suffix(".json").read_text("utf-8"))
    return np.array(runs["without_activation"]), np.array(runs["with_sigmoid"])
