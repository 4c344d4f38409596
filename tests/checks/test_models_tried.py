"""A model is judged by what it does: right ones pass however they are written, useless ones do not and are told why."""

import pytest
from learner_answers import CHECKS
from models_tried import RIGHT, WRONG

pytestmark = pytest.mark.slow  # some hundred and fifty models are built and trained for a step


@pytest.mark.parametrize("name", RIGHT)
def test_right_models_pass_however_they_are_written(name):
    verdicts = {number: CHECKS[name].judge(_named(name, build)) for number, build in enumerate(RIGHT[name])}
    assert {number: v.as_text() for number, v in verdicts.items() if not v.passed} == {}


@pytest.mark.parametrize("name", WRONG)
def test_a_model_that_is_good_for_nothing_does_not_pass_and_is_told_why(name):
    told = {}
    for number, (wanted, build) in enumerate(WRONG[name]):
        verdict = CHECKS[name].judge(_named(name, build))
        if verdict.misconception != wanted or not (verdict.seen and verdict.hint):
            told[number] = (wanted, verdict.misconception, verdict.as_text())
    assert told == {}


def test_there_are_enough_of_them():
    assert sum(map(len, RIGHT.values())) >= 60
    assert sum(map(len, WRONG.values())) >= 60


def _named(name, build):
    build.__name__ = name
    return build
