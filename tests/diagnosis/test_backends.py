"""diagnose() where Keras runs on JAX or PyTorch, and in half precision: what it says is what the loss does there.

The oracle is the loss in float64, from the logits that the models are made to give.
"""

import importlib.util
import json
import os
import subprocess
import sys

import another_backend
import numpy as np
import pytest
from conftest import ROOT

pytestmark = pytest.mark.slow  # another process, another backend

STUCK = {  # lesson 04's table where nothing is unwound: with from_logits=True and False, one logit and three
    "none": ["40.000 learns", "15.942 stuck", "40.000 learns", "16.118 stuck"],
    "sigmoid": ["1.313 stuck", "15.942 stuck", "1.294 learns", "1.386 learns"],
    "softmax": ["1.313 stuck", "15.942 stuck", "1.551 stuck", "16.118 stuck"],
    "by hand": ["1.313 stuck", "15.942 stuck", "1.551 stuck", "16.118 stuck"],
}
BACKENDS = ["jax", "torch"]


@pytest.fixture(scope="module", params=BACKENDS)
def seen(request):
    """Return what a process of its own saw on another backend."""
    if request.param == "torch" and importlib.util.find_spec("torch") is None:
        pytest.skip("PyTorch is not among the course's packages; where somebody has installed it, this test runs")
    paths = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    env = {**os.environ, "KERAS_BACKEND": request.param, "PYTHONPATH": paths}
    done = subprocess.run([sys.executable, another_backend.__file__], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return {"asked": request.param, **json.loads(done.stdout.splitlines()[-1])}


def true_loss(kind, z, y):
    """Return the mean loss in float64: of one logit, or of the logits z and 0."""
    z = z.astype("float64")[:, 0]
    if kind == "BinaryCrossentropy":
        return np.mean(np.logaddexp(0, z) - y * z)
    return np.mean(np.logaddexp(0, z) - np.where(y == 0, z, 0))


def misjudged(rows):
    """Return the endings that are accused though the loss is right, or not accused though it is not.

    The loss of a softmax in half precision is right to 1 %; its slopes are not, so that it may be accused.
    """
    wrong = []
    for policy, kind, name, told, ids, text, *measured in rows:
        oracle = [true_loss(kind, z, y) for z, y in another_backend.CRAFTED]
        right = np.allclose(measured, oracle, rtol=0.01)
        is_logits = name == "none"
        sound = right and told is is_logits
        coarse = kind.startswith("Sparse") and ids == ["half-precision-end"]
        if ((ids == []) is not sound and not coarse) or ("unwinds" in text) is not (right and told > is_logits):
            wrong.append((policy, kind, name, told, ids, measured, oracle))
    return wrong


def test_on_another_backend_an_ending_is_accused_just_where_its_loss_is_wrong(seen):
    assert seen["backend"] == seen["asked"]
    assert misjudged(seen["endings"]) == []
    assert not any("unwinds" in row[5] for row in seen["endings"])


def test_over_tensorflow_an_ending_is_accused_just_where_its_loss_is_wrong_or_is_unwound():
    rows = another_backend.look_at_endings()
    assert misjudged(rows) == []
    unwound = {(policy, name) for policy, _, name, _, _, text, *_ in rows if "unwinds" in text}
    assert ("float32", "sigmoid") in unwound
    assert not any(policy != "float32" and name != "Activation layer" for policy, name in unwound)


def test_on_another_backend_data_and_trainings_are_looked_at_and_tensorflow_is_not_imported(seen):
    data = seen["data"]
    assert data.pop("steps") == 3
    assert set(map(tuple, data.values())) == {("equal-weights", "logits-with-probability-loss")}
    assert not seen["tensorflow"]


def test_on_another_backend_lesson_04s_table_shows_that_nothing_is_unwound(seen):
    seen_here = [[cell.removesuffix(", warns") for cell in row] for row in seen["table"]]  # PyTorch warns of much
    assert dict(zip(STUCK, seen_here, strict=True)) == STUCK
