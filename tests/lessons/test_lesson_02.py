"""What lesson 02 states of log-odds, thresholds and softmax, against SciPy and Keras; and its live figure."""

import figures
import numpy as np
import pytest
import scipy.special
from data.two_runs import two_runs
from lesson_cells import cells, names, run_alone

DEFINING = ["odds", "log-odds", "sigmoid", "softmax"]
LESSON = "02-logits"
CELLS = cells(LESSON)


@pytest.fixture(scope="module")
def lesson():
    return names(LESSON, DEFINING, np=np)


@pytest.fixture(scope="module")
def keras():
    import keras

    return keras


def one_logit(keras, loss, **how):
    """Return a compiled model that puts out its one input."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="ones")])
    model.compile(keras.optimizers.SGD(1.0), loss=loss, **how)
    return model


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


def test_lesson_02_says_that_a_feature_adds_its_weight_times_its_value_and_that_one_more_multiplies_the_odds(lesson):
    x, w, b = np.array([2.0, -0.5, 3.0]), np.array([0.7, 1.2, -0.4]), 0.3
    before = lesson["odds"](lesson["sigmoid"](x @ w + b))
    for k in range(3):
        without = np.where(np.arange(3) == k, 0, x)
        assert x @ w - without @ w == pytest.approx(w[k] * x[k])
        after = lesson["odds"](lesson["sigmoid"]((x + np.eye(3)[k]) @ w + b))
        assert after / before == pytest.approx(np.exp(w[k]))
    assert "its weight times its value" in " ".join(CELLS["unit-reading"].split())


def test_lesson_02_says_that_from_logit_4_to_6_the_odds_grow_sevenfold_and_the_probability_by_little():
    low, high = scipy.special.expit([4.0, 6.0])
    assert high - low < 0.02
    assert 7 < np.exp(6.0) / np.exp(4.0) < 8, "more than seven times"


def test_lesson_02_says_that_a_logit_cut_at_one_half_asks_for_622_thousandths():
    assert scipy.special.expit(0.5) == pytest.approx(0.622, abs=5e-4)
    assert scipy.special.expit(0.3) == pytest.approx(0.574, abs=5e-4)


def test_lesson_02_says_that_the_string_accuracy_cuts_a_logit_at_one_half(keras):
    z = np.array([[-3.0], [-0.2], [0.3], [2.0]], np.float32)
    model = one_logit(keras, keras.losses.BinaryCrossentropy(from_logits=True), metrics=["accuracy"])
    classes = (z > 0.5).astype("float32")
    assert model.evaluate(z, classes, verbose=0)[1] == 1, "the logit 0.3 is called class 0"
    assert model.evaluate(z, (z > 0).astype("float32"), verbose=0)[1] == 0.75


def test_lesson_02_says_that_the_loss_of_the_first_run_expects_probabilities(keras):
    z, y = np.array([[0.3], [0.9]], np.float32), np.array([[0.0], [1.0]], np.float32)
    seen = one_logit(keras, "binary_crossentropy").evaluate(z, y, verbose=0)
    assert seen == pytest.approx(-np.log([0.7, 0.9]).mean(), rel=1e-4), "0.3 and 0.9 were taken for probabilities"


@pytest.mark.parametrize(("z", "y", "way"), [(0.4, 1, 1), (0.6, 0, -1), (1.5, 1, 0), (1.5, 0, 0), (-0.5, 1, 0)])
def test_lesson_02_says_that_this_loss_pushes_towards_0_or_1_and_lets_go_outside(keras, z, y, way):
    model = one_logit(keras, "binary_crossentropy")
    model.fit(np.array([[z]], np.float32), np.array([[y]], np.float32), verbose=0)
    _, bias = model.layers[0].get_weights()
    assert np.sign(bias[0]) == way, "exactly 0 outside: the exercise's solution says so"


def test_lesson_02_says_that_keras_gives_a_column_where_a_list_of_classes_is_flat(keras):
    model = one_logit(keras, "mse")
    z = model.predict(np.zeros((3, 1), np.float32), verbose=0)
    assert z.shape == (3, 1)
    assert np.ravel(z).shape == np.ravel(z[:, 0]).shape == (3,)


def test_lesson_02_says_that_keras_leaves_exactly_one_half_in_class_0(keras):
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


def test_lesson_02_says_that_the_largest_of_one_logit_is_always_class_0():
    assert np.array([[-9.0], [0.0], [9.0]]).argmax(axis=-1).tolist() == [0, 0, 0]


def test_lesson_02_answers_its_own_questions_rightly():
    assert np.exp([-2.0, 2.0]) == pytest.approx([0.135, 7.4], abs=0.05)
    assert scipy.special.logit(0.25) == pytest.approx(-np.log(3)) == pytest.approx(-1.1, abs=0.01)
    assert scipy.special.softmax([1.0, 2, 3]) == pytest.approx(scipy.special.softmax([11.0, 12, 13]))


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


# --- the lesson itself


def test_lesson_02_does_without_tensorflow_and_keras():
    run_alone(LESSON, without={"tensorflow", "keras"})
