"""Answers as learners write them, from tests/learners/, and the checks and tables that they are judged by."""

import re
from pathlib import Path

import pytest

from grader.answers.model_answer import ModelAnswer
from grader.base.paths import exercise_names
from grader.checks import checks_of

FOLDER = Path(__file__).parents[1] / "learners"
CHECKS = {check.table.name: check for exercise in exercise_names() for check in checks_of(exercise)}
NAMES = {
    exercise.replace("-", "_"): {check.table.name for check in checks_of(exercise)} for exercise in exercise_names()
}
TABLES = [check.table for check in CHECKS.values()]
FUNCTIONS = [table for table in TABLES if not isinstance(table, ModelAnswer)]
MODELS = [table for table in TABLES if isinstance(table, ModelAnswer)]

# what a learner's notebook has imported
IMPORTS = """import math
import keras
import numpy as np
import scipy.special as _special
import scipy.special
import tensorflow as tf
from keras import layers, losses, metrics
sp = scipy.special
"""


def blocks():
    """Return (answer, expected misconception or None, code) for every block of the files.

    A second misconception stands in the id alone, behind the first.
    """
    found = []
    for path in sorted(FOLDER.glob("*.txt")):
        for number, block in enumerate(path.read_text("utf-8").split("#: ")[1:]):
            head, code = block.split("\n", 1)
            names = re.findall(r"^(?:def )?(\w+)(?:\(| = )", code, re.MULTILINE)
            mine = [name for name in names if name in NAMES[path.stem]]
            name, expected = mine[0], None if head == "right" else head.split()[1]
            found.append(pytest.param(name, expected, code, id=f"{path.stem}-{number}-{name}-{head}"))
    return found


BLOCKS = blocks()
