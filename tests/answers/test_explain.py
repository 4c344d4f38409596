"""Which wrong idea explains an answer: two at once, another form of result, and what is shown of it."""

import numpy as np
import pytest
from learner_answers import FUNCTIONS

from grader.answers.compare import judge_function
from grader.answers.table import Answer, Misconception, probes
from grader.answers.wording import call_text, code_text
from grader.base.hints import KEEP_AN_AXIS, PROMISED
from grader.checks.activations import RELU, SIGMOID, SOFTMAX
from grader.checks.losses import BINARY_CROSSENTROPY, SPARSE_CATEGORICAL_CROSSENTROPY

pytestmark = pytest.mark.quick


def line(x, slope=2.0, offset=1.0):
    return slope * np.asarray(x, dtype=float) + offset


LINE = Answer(
    "line",
    "lesson.ipynb#Lines",
    line,
    probes(1.0, np.array([2.0, 3.0]), np.array([-1.0, 0.5, 4.0])),
    [
        Misconception("steep", "Look at the slope, it should be two.", ({"slope": 3.0},)),
        Misconception("high", "Look at the offset, it should be one.", ({"offset": 5.0}, {"offset": 7.0})),
    ],
    recipe=line,
)


def test_two_mistakes_in_different_parts_are_both_named_the_first_of_the_table_first():
    verdict = judge_function(LINE, lambda x: 3 * np.asarray(x) + 7)
    assert (verdict.misconception, verdict.further) == ("steep", ("high",))
    assert verdict.also == ("Look at the offset, it should be one.",)


def test_one_mistake_is_not_made_two_and_a_third_part_is_not_guessed():
    assert judge_function(LINE, lambda x: 3 * np.asarray(x) + 1).further == ()
    assert judge_function(LINE, lambda x: 3 * np.asarray(x) + 6).misconception == "unrecognised"


def test_a_value_returned_with_its_cache_is_told_as_such_and_so_is_what_is_wrong_in_it():
    verdict = judge_function(RELU, lambda z: (np.maximum(0, z), z))
    assert verdict.misconception == "returns-more-than-asked"
    verdict = judge_function(RELU, lambda z: (np.abs(z), z))
    assert (verdict.misconception, verdict.further) == ("relu-absolute", ("returns-more-than-asked",))


def test_that_both_fail_everywhere_names_nothing():
    def stops(z):
        raise IndexError("out of range")

    assert judge_function(SOFTMAX, stops).misconception == "raises-error"


@pytest.mark.parametrize("epsilon", [1e-3, 1e-5, 3e-6, 2e-9, 1e-12])
def test_an_epsilon_of_any_size_is_found_and_gave_differs_from_should_give(epsilon):
    def loss(y, z):
        p = np.exp(z - np.max(z, axis=1, keepdims=True))
        p = p / p.sum(axis=1, keepdims=True)
        return -np.mean(np.log(p[np.arange(len(y)), y] + epsilon))

    verdict = judge_function(SPARSE_CATEGORICAL_CROSSENTROPY, loss)
    assert verdict.misconception == "crossentropy-through-probability"
    assert verdict.seen.rpartition(" gave ")[2] != verdict.more.rpartition(" should give ")[2]


@pytest.mark.parametrize("table", [BINARY_CROSSENTROPY, SPARSE_CATEGORICAL_CROSSENTROPY], ids=lambda table: table.name)
def test_all_fits_together_ask_an_answer_the_same_question_once(table):
    asked = []

    def clipped(y, z):
        asked.append(repr((y, z)))
        return 16.1

    assert len(table.fitted(clipped)) > 1
    assert len(asked) == len(set(asked))


@pytest.mark.parametrize("slope", [0.003, 0.3, 0.77])
def test_a_slope_of_any_size_is_found(slope):
    def leaks(z):
        return np.where(np.asarray(z) > 0, z, slope * np.asarray(z))

    assert judge_function(RELU, leaks).misconception == "relu-leaky"


@pytest.mark.parametrize("most", [3, 12.5, 30])
def test_a_clip_of_any_size_is_found(most):
    def clipped(z):
        return 1 / (1 + np.exp(-np.clip(np.asarray(z, dtype=float), -most, most)))

    verdict = judge_function(SIGMOID, clipped)
    assert verdict.passed if most > 16 else verdict.misconception == "sigmoid-clipped"


NUMPY = [answer for answer in FUNCTIONS if not callable(answer.tries) and answer.probes[0].arguments]
EVERY = [(answer.name, probe) for answer in NUMPY for probe in answer.probes]


@pytest.mark.parametrize(("name", "probe"), EVERY, ids=[f"{name}-{k}" for k, (name, _) in enumerate(EVERY)])
def test_a_call_that_is_shown_can_be_run_and_is_the_same_call(name, probe):
    def same(*arguments, **keywords):
        assert keywords == probe.keywords
        for mine, given in zip(arguments, probe.arguments, strict=True):
            assert type(mine) is type(given)
            if isinstance(given, np.ndarray):
                assert mine.dtype == given.dtype
                assert mine.shape == given.shape
            np.testing.assert_array_equal(mine, given)
        return "run"

    assert eval(call_text(name, probe), {"np": np, name: same}) == "run"


def test_an_array_that_is_shown_keeps_its_dtype():
    assert code_text(np.array([100, 99], dtype=np.float32)) == "np.array([100., 99.], dtype=np.float32)"


def test_a_form_of_input_that_the_exercise_allows_is_said_and_what_makes_shapes_fit():
    def forgets_the_axis(z):
        return np.exp(z) / np.sum(np.exp(z), axis=-1)

    verdict = judge_function(SOFTMAX, forgets_the_axis)
    assert verdict.hint.endswith(f"{KEEP_AN_AXIS} {PROMISED['array'].format('(2, 3)')}")
    verdict = judge_function(RELU, lambda z: np.maximum(z, np.zeros(z.shape)))
    assert verdict.hint.endswith(PROMISED["one number"])


def test_a_right_value_with_a_warning_is_not_said_to_be_another_value():
    verdict = judge_function(SIGMOID, lambda z: 1 / (1 + np.exp(-np.asarray(z))))
    assert verdict.seen.startswith("sigmoid(-1000.0) gave 0 and warned")
    assert verdict.more == "sigmoid(-1000.0) should give 0 without a warning."


def test_a_learners_own_setting_for_warnings_holds():
    before = np.seterr(over="ignore")
    try:
        assert judge_function(SIGMOID, lambda z: 1 / (1 + np.exp(-np.asarray(z, dtype=float)))).passed
    finally:
        np.seterr(**before)


def test_numbers_in_an_array_of_objects_are_numbers():
    assert judge_function(RELU, np.frompyfunc(lambda v: max(0.0, float(v)), 1, 1)).passed


@pytest.mark.parametrize(
    "align", [lambda y, z: (y, z), lambda y, z: (y.reshape(-1, 1), z), lambda y, z: (y.ravel(), z)]
)
@pytest.mark.parametrize("reduce", [lambda losses, n: losses.mean(), lambda losses, n: losses.sum() / n])
def test_n_by_n_is_named_in_every_spelling(align, reduce):
    def loss(y, z):
        count = np.size(y)
        y, z = align(np.asarray(y, dtype=float), np.asarray(z, dtype=float))
        return reduce(np.logaddexp(0, z) - y * z, count)

    assert judge_function(BINARY_CROSSENTROPY, loss).misconception == "broadcast-n-by-n"
