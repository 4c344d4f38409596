"""The judge with references in place of the learner's functions says what a check in one process says."""

import itertools

import pytest
from test_learners import BLOCKS

from grader.answers.verdict import MIME
from grader.checks import MODULES
from grader.judging.workers import pool

IMPORTS = """import math
import keras
import numpy as np
import scipy.special as _special
import scipy.special
import tensorflow as tf
from keras import layers, losses, metrics
sp = scipy.special
"""


@pytest.fixture(scope="module")
def worker():
    with pool.worker(trusted=True) as warm:
        yield warm


def by_file():
    blocks = itertools.groupby(BLOCKS, key=lambda param: param.id.split("-")[0])
    return [pytest.param(name, [param.values for param in each], id=name) for name, each in blocks]


def said(outputs):
    """Return the misconception that a test cell's outputs name, None for a right answer, and what was seen."""
    told = [output["data"][MIME] for output in outputs if MIME in output.get("data", {})]
    errors = [output["evalue"] for output in outputs if output["output_type"] == "error"]
    return (told[0]["misconception"], told[0]["seen"]) if told else (("an error" if errors else None), str(errors))


@pytest.mark.parametrize(("file", "blocks"), by_file())
def test_learners_answers_are_judged_through_references_as_they_are_without(worker, file, blocks):
    module = MODULES[file.replace("_", "-")]
    cells = [{"source": IMPORTS, "test": False}]
    for name, _, code in blocks:
        test = f"from grader.checks.{module} import check_{name}\n\ncheck_{name}({name})"
        cells += [{"source": code, "test": False}, {"source": test, "test": True}]
    outputs, stopped = worker.run(cells)
    assert stopped == ""
    differ = []
    for (name, expected, code), told in zip(blocks, outputs[2::2], strict=True):
        misconception, seen = said(told)
        custom = "of its own" in seen or "CannotBeJudged" in seen
        if misconception != expected and not custom:
            differ.append((name, expected, misconception, seen, code))
    assert differ == []
