"""The five broken models of exercise 09 have exactly the one fault that the exercise asks for."""

import pytest

from grader.checks.debug import MODELS_GIVEN, check_diagnosis_1, data
from grader.diagnosis.diagnose import diagnose


@pytest.mark.parametrize(("build", "id_"), MODELS_GIVEN, ids=lambda value: getattr(value, "__name__", value))
def test_diagnose_finds_first_what_the_exercise_asks_for(build, id_):
    assert diagnose(build()).ids[0] == id_


@pytest.mark.parametrize(("build", "id_"), MODELS_GIVEN, ids=lambda value: getattr(value, "__name__", value))
def test_the_broken_models_train_without_an_error_so_that_nobody_notices(build, id_):
    model = build()
    model.fit(*data(model.input_shape[-1], 10 if id_ == "missing-nonlinearity" else 2), verbose=0)


def test_a_diagnosis_may_have_blanks_around_it():
    assert check_diagnosis_1.judge(" logits-with-probability-loss ").passed


def test_a_diagnosis_that_is_none_of_the_names_is_told_what_a_name_is():
    answers = 3, "the softmax is wrong", ["sigmoid-twice", "softmax-twice"], lambda: "sigmoid-twice"
    assert {check_diagnosis_1.judge(answer).misconception for answer in answers} == {"not-one-of-the-names"}
    assert "text in quotes" in check_diagnosis_1.judge(3).hint


def test_the_second_hint_of_a_diagnosis_does_not_give_it_away(capsys):
    verdict = check_diagnosis_1.judge("regression-loss")
    assert verdict.seen == "it is 'regression-loss'."
    assert "logits-with" not in verdict.more + verdict.hint + verdict.as_text()
