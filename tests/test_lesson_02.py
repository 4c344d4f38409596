"""What lesson 02 states of log-odds, thresholds and softmax, against SciPy and Keras; and its live figure."""

import figures
import numpy as np
import pytest
import scipy.special
from data.two_runs import two_runs
from lessons import names

DEFINING = ["odds", "log-odds", "sigmoid", "softmax"]


@pytest.fixture(scope="module")
def lesson():
    return names("02-logits", DEFINING, np=np)


def test_lesson_02_writes_the_logit_the_sigmoid_and_the_softmax_of_scipy(lesson):
    p, z = np.linspace(0.001, 0.999, 99), np.linspace(-30, 30, 61)
    assert lesson["log_odds"](p) == pytest.approx(scipy.special.logit(p), abs=1e-12)
    assert lesson["sigmoid"](z) == pytest.approx(scipy.special.expit(z))
    table = np.random.default_rng(0).normal(0, 5, (20, 4))
    assert lesson["softmax"](table) == pytest.approx(scipy.special.softmax(table, axis=-1))


def test_lesson_02_says_that_one_more_unit_multiplies_the_odds_by_e(lesson):
    for z in np.linspace(-9, 9, 19):
        ratio = lesson["odds"](scipy.special.expit(z + 1)) / lesson["odds"](scipy.special.expit(z))
        assert ratio == pytest.approx(np.e)


def test_lesson_02_says_that_from_logit_4_to_6_the_odds_grow_sevenfold_and_the_probability_by_little():
    low, high = scipy.special.expit([4.0, 6.0])
    assert high - low < 0.02
    assert 7 < np.exp(6.0) / np.exp(4.0) < 8


def test_lesson_02_says_that_a_logit_cut_at_one_half_asks_for_622_thousandths():
    assert scipy.special.expit(0.5) == pytest.approx(0.622, abs=5e-4)
    assert scipy.special.expit(0.3) == pytest.approx(0.574, abs=5e-4)


def test_lesson_02_says_that_keras_leaves_exactly_one_half_in_class_0():
    import keras

    metric = keras.metrics.BinaryAccuracy(threshold=0.5)
    assert float(metric([[0.0], [1.0]], [[0.5], [0.5]])) == 0.5, "both were called class 0"


def test_lesson_02_says_that_the_border_decides_thirteen_of_the_96_images():
    first, second = two_runs()
    assert [int((first > border).sum()) for border in (1, 0.5, 0)] == [43, 83, 96]
    assert int(((first > 0) != (first > 0.5)).sum()) == 13
    assert int((second > 0.5).sum()) == int((scipy.special.logit(second) > 0).sum()) == 51
    assert np.abs(scipy.special.logit(second)).max() < 1.1
    assert first.shape == second.shape == (96,)


def test_lesson_02_says_that_every_threshold_has_its_logit():
    z = np.linspace(-6, 6, 1001)
    for threshold in (0.1, 0.25, 0.5, 0.9):
        cut = scipy.special.logit(threshold)
        assert np.array_equal(scipy.special.expit(z) > threshold, z > cut)


def test_lesson_02_says_that_softmax_forgets_a_shift_and_keeps_differences(lesson):
    z = np.random.default_rng(1).normal(0, 3, (50, 5))
    p = lesson["softmax"](z)
    assert lesson["softmax"](z + 100) == pytest.approx(p)
    assert np.log(p[:, 0] / p[:, 1]) == pytest.approx(z[:, 0] - z[:, 1])
    assert z - np.log(p) == pytest.approx(np.tile(scipy.special.logsumexp(z, axis=-1, keepdims=True), 5))


def test_lesson_02_says_that_a_softmax_of_two_is_a_sigmoid_of_the_difference(lesson):
    z = np.random.default_rng(2).normal(0, 3, (50, 2))
    assert lesson["softmax"](z)[:, 1] == pytest.approx(scipy.special.expit(z[:, 1] - z[:, 0]))


# --- the live figure


@pytest.mark.parametrize("z", [-6.0, -0.1, 0.0, 6.0])
@pytest.mark.parametrize("threshold", [0.05, 0.5, 0.95])
def test_the_example_the_threshold_and_the_text_agree(z, threshold):
    figure = figures.logit_explorer()
    figure.controls["z"].value = z
    figure.controls["threshold"].value = threshold
    p = scipy.special.expit(z)
    assert figure.point.get_xydata()[0] == pytest.approx([z, p])
    assert figure.across.get_ydata() == pytest.approx([threshold] * 2)
    assert figure.down.get_xdata() == pytest.approx([scipy.special.logit(threshold)] * 2, abs=1e-12)
    assert f"odds {np.exp(z):.3f} to 1, probability {p:.3f}" in figure.text
    assert figure.text.endswith(f"class {int(p > threshold)}")
    assert figure.full_draws == 1
    z_drawn, p_drawn = figure.curve.get_data()
    assert p_drawn == pytest.approx(scipy.special.expit(z_drawn))
