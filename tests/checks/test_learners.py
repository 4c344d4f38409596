"""Answers as learners write them: nearly every mistake is named rightly, and no right answer is refused."""

import pytest
from learner_answers import BLOCKS, CHECKS, IMPORTS

PREDICTING = {"predict_probabilities", "positive_probability", "predict_label"}


@pytest.fixture(scope="session")
def libraries():
    """What a learner's notebook has imported."""
    names = {}
    exec(IMPORTS, names)
    return names


def mark_of(name, met):
    """Return the mark of a block: the first three exercises need NumPy alone, the last one trains its models.

    What calls a model's predict() takes a second: the first of the right answers, and the first of each mistake, stand
    for the others, which are slow, too.
    """
    exercise, _, answer, *head = name.split("-", 3)
    again = answer in PREDICTING and (answer, *head) in met
    met.add((answer, *head))
    return pytest.mark.quick if exercise < "04" else pytest.mark.slow if exercise >= "09" or again else ()


MET = set()
BY_NAME = [pytest.param(*block.values, id=block.id, marks=mark_of(block.id, MET)) for block in BLOCKS]


@pytest.mark.parametrize(("name", "expected", "code"), BY_NAME)
def test_what_a_learner_wrote_is_judged_rightly(libraries, request, name, expected, code):
    namespace = dict(libraries)
    exec(code, namespace)
    verdict = CHECKS[name].judge(namespace[name])
    assert verdict.misconception == expected, verdict.as_text()
    assert request.node.callspec.id.endswith(" ".join(["right" if verdict.passed else expected, *verdict.further]))
    assert bool(verdict.seen and verdict.hint) or verdict.passed, "a mistake that is named has words"


def test_there_are_enough_of_them_to_mean_something():
    wrong = [param for param in BLOCKS if param.values[1]]
    assert len(wrong) >= 150
    assert len(BLOCKS) - len(wrong) >= 100


@pytest.mark.parametrize("name", CHECKS)
def test_every_answer_has_five_right_ways_and_some_wrong_ones(name):
    mine = [param.values[1] for param in BLOCKS if param.values[0] == name]
    assert mine.count(None) >= (1 if name.startswith("diagnosis_") else 5)
    assert len(set(mine) - {None}) >= 2
