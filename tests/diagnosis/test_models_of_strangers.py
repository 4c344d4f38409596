"""diagnose() on models as other people build them: what is wrong was written down before it was run.

In models_of_strangers.jsonl a model that is sound has no `wrong`; of a broken one `found` must be told. The code of a
case makes `model`, `x` and `y`.
"""

import json
from pathlib import Path

import keras
import numpy as np
import pytest
from true_loss import measured_and_true

from grader import diagnose

CASES = [json.loads(line) for line in Path(__file__).with_name("models_of_strangers.jsonl").open()]
SOUND = [case for case in CASES if not case["wrong"]]
BROKEN = [case for case in CASES if case["wrong"]]
pytestmark = pytest.mark.slow


def made(case):
    keras.utils.clear_session()
    keras.config.set_dtype_policy("float32")
    names = {"numpy": np, "keras": keras}
    exec(compile(case["code"], case["id"], "exec"), names)
    return names


@pytest.fixture(autouse=True)
def _policy():
    yield
    keras.config.set_dtype_policy("float32")


def test_half_of_the_models_are_sound():
    assert min(len(SOUND), len(BROKEN)) >= 60


@pytest.mark.parametrize("case", SOUND, ids=[case["id"] for case in SOUND])
def test_a_sound_model_is_left_in_peace(case):
    names = made(case)
    assert diagnose(names["model"], names.get("x"), names.get("y")).ids == []


@pytest.mark.parametrize("case", BROKEN, ids=[case["id"] for case in BROKEN])
def test_what_is_wrong_is_told_and_after_the_changes_nothing_is(case):
    names = made(case)
    found = diagnose(names["model"], names.get("x"), names.get("y"))
    assert set(case["found"]) <= set(found.ids)
    if found.code:
        exec(found.code, names)
        x, y = names.get("x"), names.get("y")
        assert diagnose(names["model"], x, y).ids == []
        if isinstance(x, np.ndarray) and (pair := measured_and_true(names["model"], x, y)):
            assert pair[0] == pytest.approx(pair[1], rel=1e-3)
