"""How a misconception is chosen, and which probe shows it: few probes name nothing, and secret ones are shown last."""

from decimal import Decimal

import numpy as np
import pytest
from scipy.special import logsumexp

from grader.answers.compare import judge_function
from grader.answers.explain import FEWEST
from grader.answers.table import Answer, Misconception, Probe, probes
from grader.answers.wording import LONGEST, MOST, code_text, value_text
from grader.checks.roundoff import check_log_softmax

pytestmark = pytest.mark.quick


def double(z):
    return 2 * np.asarray(z)


def table(tries, **more):
    """Return the table of an answer that doubles, with one wrong idea: it triples."""
    tripled = Misconception("tripled", "Look at the factor: it should be two.", (lambda z: 3 * np.asarray(z),))
    return Answer("double", "lesson.ipynb#Doubling", double, tries, [tripled], **more)


def triples_or_stops(z):
    """Triple small numbers, and stop at large ones."""
    if np.max(z) > 10:
        raise ValueError("too large")
    return 3 * np.asarray(z)


@pytest.mark.parametrize(("count", "named"), [(FEWEST, "tripled"), (FEWEST - 1, "raises-error")])
def test_what_a_part_of_the_probes_shows_is_named_only_where_three_are_left(count, named):
    tries = [*probes(*(np.array([1.0, 2.0]) + k for k in range(count))), *probes(np.array([50.0, 60.0]))]
    assert judge_function(table(tries), triples_or_stops).misconception == named


def test_three_probes_must_be_left():
    assert FEWEST == 3


def test_a_mistake_that_a_visible_and_a_shorter_secret_probe_show_is_shown_on_the_visible_one():
    answer = table(probes(np.array([1.0, 2.0, 3.0])), more=lambda rng: [Probe((4.0,), secret=True)])
    verdict = judge_function(answer, lambda z: 3 * np.asarray(z), seed=1)
    assert verdict.seen == "double(np.array([1., 2., 3.])) gave [3, 6, 9]."


def test_an_array_of_forty_numbers_is_shown_whole_and_a_longer_one_by_its_shape():
    assert value_text(np.full(MOST, 1.5)) == f"[{', '.join(['1.5'] * MOST)}]"
    assert value_text(np.full(MOST + 1, 1.5)) == code_text(np.full(MOST + 1, 1.5)) == f"an array of shape ({MOST + 1},)"
    assert MOST == 40


def test_a_word_of_seventy_characters_is_shown_whole():
    assert LONGEST == 70
    assert value_text("x" * 68) == repr("x" * 68)
    assert value_text("x" * 69) == repr("x" * 69)[: LONGEST - 3] + "..."


def test_a_right_log_softmax_that_loses_digits_passes_with_a_remark_and_float32_gets_none():
    def shifted_late(z):
        return z - logsumexp(z, axis=-1, keepdims=True)

    def shifted_first(z):
        return shifted_late(z - np.max(z, axis=-1, keepdims=True))

    def in_float32(z):
        return shifted_first(np.asarray(z, "float32"))

    late, *others = (check_log_softmax.judge(each) for each in (shifted_late, shifted_first, in_float32))
    assert late.passed
    assert "more digits" in late.as_text()
    assert [verdict.as_text() for verdict in others] == ["shifted_first: right.", "in_float32: right."]
    largest = np.array([1e8, 1e8 + 1])  # what the remark says of this input, against 28 digits
    total = (1 + Decimal(1).exp()).ln()
    exact = [float(-total), float(1 - total)]
    assert np.abs(shifted_late(largest) - exact).max() > 1e-10
    assert np.abs(shifted_first(largest) - exact).max() < 1e-15
