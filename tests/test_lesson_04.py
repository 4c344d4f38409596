"""What lesson 04 states of Keras's losses and of from_logits, against Keras, TensorFlow and higher precision."""

import warnings
from decimal import Decimal, getcontext

import figures
import numpy as np
import pytest
import scipy.special
from figures import losses
from lessons import cells, names

from grader.quiet import keras, tf

LESSON = "04-losses"


@pytest.fixture(scope="module")
def lesson():
    ids = ["through-p", "from-z", "many", "what-happens", "slopes", "network"]
    from data.digits import digits

    given = {"np": np, "keras": keras, "tf": tf, "warnings": warnings, "digits": digits}
    made = names(LESSON, ["through-p", "from-z"], **given)
    made["loss"] = keras.losses.BinaryCrossentropy(from_logits=True)
    for id_ in ids[2:]:
        exec(cells(LESSON)[id_], made)
    return made


def one(y, z, from_logits):
    return float(keras.losses.BinaryCrossentropy(from_logits=from_logits)(np.array([y]), np.array([z])))


def exact(y, z):
    """Return binary cross-entropy of one logit to 40 digits."""
    getcontext().prec = 40
    z = Decimal(z)
    return float((1 + z.exp()).ln() - y * z)


# --- binary cross-entropy


@pytest.mark.parametrize("y", [0, 1])
@pytest.mark.parametrize("z", [-1000.0, -40.0, -3.0, 0.0, 0.5, 40.0, 1000.0])
def test_lesson_04_writes_a_loss_that_is_exact_at_any_logit(lesson, y, z):
    assert lesson["loss_from_z"](y, z) == pytest.approx(exact(y, z), rel=1e-12, abs=0)
    assert one(float(y), z, True) == pytest.approx(exact(y, z), rel=1e-5, abs=1e-37)


def test_lesson_04_says_that_the_way_through_a_probability_ends_at_infinity(lesson):
    with np.errstate(divide="ignore", invalid="ignore"):
        assert np.isinf(lesson["loss_through_p"](0, 40.0))


def test_lesson_04_says_that_keras_clips_probabilities_and_what_the_two_ceilings_are():
    assert keras.config.epsilon() == 1e-7
    assert one(1.0, 0.0, False) == pytest.approx(-np.log(1e-7), rel=1e-6) == pytest.approx(16.118, abs=5e-4)
    assert one(0.0, 1.0, False) == pytest.approx(23 * np.log(2), rel=1e-6) == pytest.approx(15.942, abs=5e-4)
    assert np.float32(1) - np.float32(1e-7) == np.float32(1 - 2.0**-23)


@pytest.mark.parametrize("y", [0.0, 1.0])
def test_lesson_04_says_that_the_slope_from_a_logit_is_p_minus_y(lesson, y):
    for z in [-40.0, -2.0, 0.0, 3.0, 40.0]:
        logit = tf.Variable([[z]])
        with tf.GradientTape() as tape:
            value = lesson["loss"](tf.constant([[y]]), logit)
        assert float(tape.gradient(value, logit)[0, 0]) == pytest.approx(scipy.special.expit(z) - y, abs=1e-6)


@pytest.mark.parametrize(("z", "learns"), [(10.0, True), (20.0, False), (40.0, False)])
def test_lesson_04_says_that_through_a_clipped_probability_the_slope_becomes_exactly_0(lesson, z, learns):
    through = keras.losses.BinaryCrossentropy()
    slope = lesson["slope"](lambda y, z: through(y, 1 / (1 + tf.exp(-z))), z)
    assert (slope != 0) == learns


@pytest.mark.parametrize(("y", "z"), [(1.0, -3.0), (0.0, 3.0), (1.0, 3.0), (0.0, -3.0)])
def test_lesson_04_says_that_a_raw_output_outside_0_to_1_has_slope_0_in_a_loss_of_probabilities(y, z):
    output = tf.Variable([[z]])
    with tf.GradientTape() as tape:
        value = keras.losses.BinaryCrossentropy()(tf.constant([[y]]), output)
    assert float(tape.gradient(value, output)[0, 0]) == 0.0


# --- many classes


def test_lesson_04_writes_the_cross_entropy_of_many_classes_that_keras_computes(lesson):
    rng = np.random.default_rng(0)
    z, y = rng.normal(0, 5, (40, 7)), rng.integers(0, 7, 40)
    expected = -scipy.special.log_softmax(z, axis=-1)[np.arange(40), y]
    assert lesson["crossentropy"](y, z) == pytest.approx(expected)
    sparse = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    dense = keras.losses.CategoricalCrossentropy(from_logits=True)
    assert float(sparse(y, z)) == pytest.approx(expected.mean(), rel=1e-5)
    assert float(dense(np.eye(7)[y], z)) == pytest.approx(expected.mean(), rel=1e-5)


def ten_logits(**how):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(10)])
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True), **how)
    return model


def test_lesson_04_says_that_label_10_of_ten_logits_is_refused():
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"\[0, 10\)"):
        ten_logits().fit(np.zeros((2, 3)), np.array([9, 10]), verbose=0)


def test_lesson_04_says_that_with_jit_compile_label_10_gives_nan_in_silence():
    history = ten_logits(jit_compile=True).fit(np.zeros((2, 3)), np.array([9, 10]), verbose=0)
    assert np.isnan(history.history["loss"][0])


def test_lesson_04_says_that_ten_sigmoids_want_one_hot_labels():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(10, "sigmoid")])
    model.compile("sgd", keras.losses.BinaryCrossentropy())
    with pytest.raises(ValueError, match="shape"):
        model.fit(np.zeros((2, 3)), np.array([3, 7]), verbose=0)
    model.fit(np.zeros((2, 3)), np.eye(10)[[3, 7]], verbose=0)


def test_lesson_04_says_that_no_to_all_ten_is_nine_tenths_right():
    metric = keras.metrics.BinaryAccuracy(threshold=0.5)
    assert float(metric(np.eye(10), np.zeros((10, 10)))) == pytest.approx(0.9)


# --- what Keras does with from_logits

TABLE = {
    (None, True): (40.0, True, False),
    (None, False): (15.942, False, False),
    ("sigmoid", True): (40.0, True, True),
    ("sigmoid", False): (40.0, True, False),
    ("by hand", True): (1.313, False, False),
    ("by hand", False): (15.942, False, False),
}


@pytest.mark.parametrize(("pair", "expected"), TABLE.items())
def test_lesson_04_tells_what_each_pair_of_activation_and_from_logits_does(lesson, pair, expected):
    last, from_logits = pair
    activation = (lambda z: 1 / (1 + keras.ops.exp(-z))) if last == "by hand" else last
    loss, learns, warns = expected
    said = lesson["what_happens"](activation, from_logits)
    assert said == f"loss {loss:6.3f}, {'learns' if learns else 'learns nothing'}{', warns' if warns else ''}"


@pytest.mark.parametrize("last", [keras.layers.Rescaling(1.0), keras.layers.Reshape((1,))])
def test_lesson_04_says_that_a_layer_behind_the_sigmoid_hides_it(last):
    dense = keras.layers.Dense(1, "sigmoid", kernel_initializer="ones")
    model = keras.Sequential([keras.Input((1,)), dense, last])
    model.compile("sgd", keras.losses.BinaryCrossentropy())
    assert model.evaluate(np.array([[40.0]]), np.array([[0.0]]), verbose=0) == pytest.approx(15.942, abs=5e-4)


def test_lesson_04_says_that_predictions_have_no_past():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, "sigmoid", kernel_initializer="ones")])
    p = model.predict(np.array([[40.0]]), verbose=0)
    assert float(keras.losses.BinaryCrossentropy()(np.array([[0.0]]), p)) == pytest.approx(15.942, abs=5e-4)


def test_lesson_04_says_that_a_string_or_a_bare_function_expects_probabilities():
    p, y = np.array([[0.2, 0.3, 0.5]]), np.array([2])
    for loss in ["sparse_categorical_crossentropy", keras.losses.sparse_categorical_crossentropy]:
        assert np.asarray(keras.losses.get(loss)(y, p)) == pytest.approx([np.log(2)], rel=1e-5)


def test_lesson_04_says_that_the_squared_error_goes_silent_where_cross_entropy_speaks():
    z = tf.Variable([[-10.0]])
    slopes = []
    for loss in [keras.losses.BinaryCrossentropy(), keras.losses.MeanSquaredError()]:
        with tf.GradientTape() as tape:
            value = loss(tf.constant([[1.0]]), keras.ops.sigmoid(z))
        slopes.append(float(tape.gradient(value, z)[0, 0]))
    assert slopes == pytest.approx([-0.99995, -9.08e-5], rel=1e-2)


@pytest.mark.parametrize("k", [2, 3, 10])
def test_lesson_04_says_that_a_softmax_of_a_softmax_gives_no_class_more_than_e_over_e_plus_k_minus_1(k):
    sure = np.eye(k)[:1] * 1000
    twice = np.asarray(keras.ops.softmax(keras.ops.softmax(sure)))
    assert twice.max() == pytest.approx(np.e / (np.e + k - 1), rel=1e-5)


# --- the live figure


@pytest.mark.parametrize("y", [0, 1])
@pytest.mark.parametrize("z", [-30.0, -17.0, 0.0, 0.5, 17.0, 30.0])
def test_the_points_of_the_loss_figure_are_keras_own_loss_and_slope(y, z):
    figure = figures.loss_explorer()
    figure.controls["label"].value = y
    figure.controls["z"].value = z
    logit = tf.Variable([[z]])
    expected = []
    for loss, last in [
        (keras.losses.BinaryCrossentropy(from_logits=True), lambda z: z),
        (keras.losses.BinaryCrossentropy(), lambda z: 1 / (1 + tf.exp(-z))),
    ]:
        with tf.GradientTape() as tape:
            value = loss(tf.constant([[float(y)]]), last(logit))
        expected += [float(value), float(tape.gradient(value, logit)[0, 0])]
    drawn = [point.get_xydata()[0] for point in figure.points]
    assert [at for at, _ in drawn] == [z] * 4
    # float32 near the clip: the last digit of 1 - p is worth 6 % of the slope
    assert [value for _, value in drawn] == pytest.approx(expected, rel=1e-3, abs=2e-7)
    assert f"y = {y}, z = {z:.1f}: from the logit loss {drawn[0][1]:.3f}" in figure.text


def test_the_curves_of_the_loss_figure_are_drawn_again_for_another_label_alone():
    figure = figures.loss_explorer()
    for z in (-30.0, 0.0, 30.0):
        figure.controls["z"].value = z
    assert figure.full_draws == 1
    figure.controls["label"].value = 1
    assert figure.full_draws == 2
    z, loss = figure.curves[0].get_data()
    assert loss == pytest.approx([exact(1, float(value)) for value in z])
    assert np.float32(keras.config.epsilon()) == losses.LOWEST
