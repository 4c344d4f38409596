"""What lesson 01 states of today's Keras, NumPy and scikit-learn; the lesson's own cells are what is tested."""

import nbformat
import numpy as np
import pytest
import scipy.special
from conftest import ROOT

LESSON = nbformat.read(ROOT / "notebooks/01-activations.ipynb", as_version=4)
CELLS = {cell.id: cell.source for cell in LESSON.cells}


@pytest.fixture(scope="module")
def lesson():
    """The names that the lesson's definitions make."""
    namespace = {"np": np}
    for id_ in ["none", "relu", "sigmoid", "softmax", "sigmoid-slope", "jacobian"]:
        exec(CELLS[id_], namespace)
    return namespace


@pytest.fixture(scope="module")
def keras():
    import keras

    keras.utils.set_random_seed(0)
    return keras


def moons():
    from sklearn.datasets import make_moons

    return make_moons(400, noise=0.2, random_state=0)


@pytest.mark.parametrize("name", ["relu", "sigmoid", "softmax"])
def test_lesson_01_writes_the_activations_that_keras_computes(lesson, keras, name):
    z = np.linspace(-9, 9, 37, dtype=np.float32)
    expected = keras.ops.convert_to_numpy(getattr(keras.activations, name)(z[None]))[0]
    assert lesson[name](z) == pytest.approx(expected, rel=1e-5, abs=1e-7)


def test_lesson_01_says_that_a_dense_layer_uses_no_activation_unless_asked(keras, lesson):
    layer = keras.layers.Dense(1)
    assert layer.activation is keras.activations.linear
    z = np.linspace(-3, 3, 7)
    assert np.array_equal(layer.activation(z), lesson["none"](z))


def test_lesson_01_says_that_two_layers_without_activation_are_one(keras):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(5), keras.layers.Dense(2)])
    model.layers[0].bias.assign(np.arange(5.0))
    (w1, b1), (w2, b2) = (layer.get_weights() for layer in model.layers)
    one = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    one.layers[0].set_weights([w1 @ w2, b1 @ w2 + b2])
    x = np.random.default_rng(0).normal(size=(50, 3)).astype("float32")
    assert one.predict(x, verbose=0) == pytest.approx(model.predict(x, verbose=0), abs=1e-5)


def test_lesson_01_says_that_a_mean_pooling_layer_is_linear(keras):
    pool = keras.layers.GlobalAveragePooling1D()
    a, b = np.random.default_rng(0).normal(size=(2, 4, 6, 3)).astype("float32")
    assert np.asarray(pool(2 * a + b)) == pytest.approx(2 * np.asarray(pool(a)) + np.asarray(pool(b)), abs=1e-5)


def trained_on_moons(keras, activation):
    """Return a Keras model of the lesson's shape and by how much its first kernel moved."""
    keras.utils.set_random_seed(1)
    x, y = moons()
    layers = [keras.Input((2,)), keras.layers.Dense(16, activation=activation), keras.layers.Dense(1)]
    model = keras.Sequential(layers)
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    metric = keras.metrics.BinaryAccuracy(threshold=0.0)
    model.compile(keras.optimizers.Adam(0.05), loss=loss, metrics=[metric])
    start = model.layers[0].get_weights()[0]
    model.fit(x, y, epochs=15, verbose=0)
    return model.evaluate(x, y, verbose=0)[1], float(np.abs(model.layers[0].get_weights()[0] - start).max())


def test_lesson_01_says_that_a_layer_with_a_step_does_not_move_in_training(keras):
    step_accuracy, step_change = trained_on_moons(keras, lambda z: keras.ops.cast(z > 0, "float32"))
    relu_accuracy, relu_change = trained_on_moons(keras, "relu")
    assert step_change == 0.0
    assert relu_change > 0.1
    assert relu_accuracy > step_accuracy


def test_lesson_01_says_that_every_softmax_output_depends_on_every_logit(keras, lesson):
    import tensorflow as tf

    z = tf.constant([1.0, 2.0, 3.0, 4.0])
    for activation, own_alone in [("softmax", False), ("sigmoid", True)]:
        with tf.GradientTape() as tape:
            tape.watch(z)
            p = getattr(keras.activations, activation)(z[None])[0]
        exact = tape.jacobian(p, z).numpy()
        off_diagonal = exact[~np.eye(4, dtype=bool)]
        assert np.all(off_diagonal == 0) if own_alone else np.all(off_diagonal < 0)
        assert lesson["jacobian"](lesson[activation], z.numpy().astype(float)) == pytest.approx(exact, abs=1e-6)


def test_lesson_01_says_that_softmax_does_not_care_for_a_shift(lesson):
    z = np.array([1.0, -2.0, 0.5])
    assert lesson["softmax"](z + 1000) == pytest.approx(scipy.special.softmax(z))


def test_lesson_01_says_how_steep_the_sigmoid_is(lesson):
    assert lesson["sigmoid_slope"](0.0) == 0.25
    assert lesson["sigmoid_slope"](10.0) < 1 / 20_000


def test_lesson_01_does_without_tensorflow_and_keras():
    assert not any("tensorflow" in source or "import keras" in source for source in CELLS.values())
