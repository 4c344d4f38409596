"""Answers as learners write them: nearly every mistake is named rightly, and no right answer is refused."""

import importlib
import re
from pathlib import Path

import pytest

from grader.answers.check import Check
from grader.checks import MODULES

FOLDER = Path(__file__).parent / "learners"
CHECKS = {
    name.removeprefix("check_"): check
    for module in MODULES.values()
    for name, check in vars(importlib.import_module(f"grader.checks.{module}")).items()
    if isinstance(check, Check)
}


def blocks():
    """Return (answer, expected misconception or None, code) for every block of the files."""
    found = []
    for path in sorted(FOLDER.glob("*.txt")):
        for number, block in enumerate(path.read_text("utf-8").split("#: ")[1:]):
            head, code = block.split("\n", 1)
            names = re.findall(r"^(?:def )?(\w+)(?:\(| = )", code, re.MULTILINE)
            name = next(name for name in names if name in CHECKS)
            expected = None if head == "right" else head.split()[1]
            found.append(pytest.param(name, expected, code, id=f"{path.stem}-{number}-{name}-{head}"))
    return found


BLOCKS = blocks()


@pytest.fixture(scope="session")
def libraries():
    """What a learner's notebook has imported."""
    import math

    import keras
    import numpy as np
    import scipy.special
    import tensorflow as tf
    from keras import layers, losses, metrics

    names = {"np": np, "math": math, "keras": keras, "tf": tf, "sp": scipy.special}
    return {**names, "layers": layers, "losses": losses, "metrics": metrics}


@pytest.mark.parametrize(("name", "expected", "code"), BLOCKS)
def test_what_a_learner_wrote_is_judged_rightly(libraries, name, expected, code):
    namespace = dict(libraries)
    exec(code, namespace)
    verdict = CHECKS[name].judge(namespace[name])
    assert verdict.misconception == expected, verdict.as_text()


def test_there_are_enough_of_them_to_mean_something():
    wrong = [param for param in BLOCKS if param.values[1]]
    assert len(wrong) >= 150
    assert len(BLOCKS) - len(wrong) >= 100


@pytest.mark.parametrize("name", CHECKS)
def test_every_answer_has_five_right_ways_and_some_wrong_ones(name):
    mine = [param.values[1] for param in BLOCKS if param.values[0] == name]
    assert mine.count(None) >= (1 if name.startswith("diagnosis_") else 5)
    assert len(set(mine) - {None}) >= 2
