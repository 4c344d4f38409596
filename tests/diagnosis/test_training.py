"""diagnose() on what keeps a training from leading anywhere; beside each broken model a sound one that is near."""

import keras
import numpy as np
import pytest
from keras import layers, losses
from keras.optimizers import SGD, schedules
from page_models import model

from grader import diagnose

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(32, 4)).astype("float32"), RNG.integers(0, 2, (32, 1))
IDS = RNG.integers(0, 20, (32, 5))


@pytest.fixture(autouse=True)
def _seeded():
    keras.utils.set_random_seed(0)


def binary(*hidden, last="sigmoid", **settings):
    return model(*hidden, layers.Dense(1, last), **{"loss": "binary_crossentropy", "metrics": [], **settings})


def relu(units=8, **settings):
    return layers.Dense(units, "relu", **settings)


def trained_by(optimizer):
    return binary(relu(), optimizer=optimizer)


def of_words(first=None):
    stack = [layers.Embedding(20, 3), layers.GlobalAveragePooling1D(), layers.Dense(1, "sigmoid")]
    built = keras.Sequential([keras.Input((5,)), *([first] if first else []), *stack])
    built.compile("adam", "binary_crossentropy")
    return built


def two_heads(loss, **settings):
    inputs = keras.Input((4,))
    hidden = relu()(inputs)
    built = keras.Model(inputs, [layers.Dense(1, "sigmoid", name=name)(hidden) for name in "ab"])
    built.compile("adam", loss, **settings)
    return built


def rounded():
    inputs = keras.Input((4,))
    built = keras.Model(inputs, keras.ops.round(layers.Dense(1, "sigmoid")(relu()(inputs))))
    built.compile("adam", "binary_crossentropy")
    return built


def with_weights(weight):
    import tensorflow as tf

    return tf.data.Dataset.from_tensor_slices((X, Y, np.full(32, weight))).batch(8)


def unbuilt(trainable):
    built = keras.Sequential([relu(), layers.Dense(1, "sigmoid")])
    for layer in built.layers:
        layer.trainable = trainable
    built.compile("adam", "binary_crossentropy")
    return built


def smoothed(share):
    return keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=share)


BCE = "binary_crossentropy"
SMALL = keras.initializers.RandomNormal(stddev=0.01, seed=0)
PAIRS = {  # what is wrong: a broken model with its data, and a sound one that is near to it
    "learning-rate-not-positive": (
        lambda: (trained_by(SGD(schedules.ExponentialDecay(0.0, 100, 0.9))), X, Y),
        lambda: (trained_by(SGD(schedules.CosineDecay(0.0, 10, warmup_target=0.1, warmup_steps=5))), X, Y),
    ),
    "nothing-trains": (lambda: (unbuilt(False), X, Y), lambda: (unbuilt(True), X, Y)),
    "losses-do-not-fit-outputs": (
        lambda: (two_heads({"a": BCE, "c": BCE}), X, [Y, Y]),
        lambda: (two_heads({"a": BCE, "b": BCE}), X, {"b": Y, "a": Y}),
    ),
    "nothing-counts": (
        lambda: (two_heads([BCE, BCE], loss_weights=[0, 0]), X, [Y, Y]),
        lambda: (two_heads([BCE, BCE], loss_weights=[0, 1]), X, [Y, Y]),
    ),
    "nothing-counts for any example": (
        lambda: (binary(relu()), with_weights(0.0), None),
        lambda: (binary(relu()), with_weights(0.1), None),
    ),
    "drops-everything": (
        lambda: (binary(relu(), layers.Dropout(1.0)), X, Y),
        lambda: (binary(relu(), layers.Dropout(0.99)), X, Y),
    ),
    "labels-do-not-count": (
        lambda: (model(layers.Dense(1), loss=smoothed(1.0)), X, Y),
        lambda: (model(layers.Dense(1), loss=smoothed(0.9)), X, Y),
    ),
    "dropout-behind-the-end behind logits": (
        lambda: (model(layers.Dense(1), layers.Dropout(0.5), loss=smoothed(0.0)), X, Y),
        lambda: (model(layers.Dropout(0.5), layers.Dense(1), loss=smoothed(0.0)), X, Y),
    ),
    "ids-outside-embedding": (lambda: (of_words(), IDS - 1, Y), lambda: (of_words(), IDS.astype("float32"), Y)),
    "ids-outside-embedding with fractions": (
        lambda: (of_words(), IDS / 20, Y),
        lambda: (of_words(layers.Rescaling(20.0)), IDS / 20, Y),
    ),
    "data-do-not-fit-model": (lambda: (of_words(), IDS + 9, Y), lambda: (of_words(layers.Rescaling(0.5)), IDS + 9, Y)),
    "no-examples": (lambda: (binary(relu()), X[:0], Y[:0]), lambda: (binary(relu()), X[:1], Y[:1])),
    "inputs-all-equal": (
        lambda: (binary(relu()), np.ones((32, 4)), Y),
        lambda: (binary(relu()), np.ones((32, 4)), np.ones(32)),
    ),
    "gradient-is-zero": (
        lambda: (binary(relu(bias_initializer=keras.initializers.Constant(-100))), X, Y),
        lambda: (binary(relu(bias_initializer=keras.initializers.Constant(-100))), X * 500, Y),
    ),
    "gradient-is-zero behind 0": (
        lambda: (binary(relu(), layers.Rescaling(0.0)), X, Y),
        lambda: (binary(relu(), layers.Rescaling(1e-3)), X, Y),
    ),
    "gradient-is-zero because of rounding": (
        lambda: (rounded(), X, Y),
        lambda: (model(relu(), layers.Dense(1, kernel_initializer="zeros"), loss="mse"), X, Y * 1.5),
    ),
    "labels-do-not-fit-loss": (
        lambda: (model(relu(), layers.Dense(4), loss="categorical_hinge"), X, Y[:, 0]),
        lambda: (model(relu(), layers.Dense(4), loss="categorical_hinge"), X, np.eye(4)[Y[:, 0]]),
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_what_is_wrong_is_told_and_what_is_near_to_it_is_left_in_peace(name):
    broken, sound = PAIRS[name]
    assert diagnose(*broken()).ids == [name.split()[0]]
    assert diagnose(*sound()).ids == []


REMARKS = {  # words of a remark: a model with its data that they are on, and one that they are not
    "high for SGD": (lambda: (trained_by(SGD(5.0)), X, Y), lambda: (trained_by(SGD(0.1)), X, Y)),
    "plain SGD with the learning rate": (
        lambda: (model(relu(), layers.Dense(1), loss="mse", optimizer=SGD(0.5)), X, X.sum(axis=1) * 100),
        lambda: (model(relu(), layers.Dense(1), loss="mse", optimizer=SGD(0.01)), X, X.sum(axis=1)),
    ),
    "for no clipping": (lambda: (trained_by(SGD(0.1, clipnorm=0.0)), X, Y), lambda: (trained_by(SGD(0.1)), X, Y)),
    "low for Adadelta": (lambda: (trained_by("adadelta"), X, Y), lambda: (trained_by("adam"), X, Y)),
    "The gradient at the first layer": (
        lambda: (binary(*(layers.Dense(8, "sigmoid") for _ in range(12))), X, Y),
        lambda: (binary(*(relu() for _ in range(3))), X, Y),
    ),
    "a ReLU layer puts out 0": (
        lambda: (binary(relu(kernel_initializer=SMALL, bias_initializer=keras.initializers.Constant(-0.1))), X, Y),
        lambda: (binary(relu()), X, Y),
    ),
    "Several hidden layers have a sigmoid": (
        lambda: (binary(layers.Dense(8, "sigmoid"), layers.Dense(8, "sigmoid")), X, Y),
        lambda: (binary(layers.Dense(8, "sigmoid"), relu()), X, Y),
    ),
    "there is nothing to tell apart": (
        lambda: (binary(relu()), X, np.ones(32)),
        lambda: (binary(relu()), X, Y),
    ),
    "subtract that": (
        lambda: (model(relu(), layers.Dense(3), loss=losses.SparseCategoricalCrossentropy(True)), X, Y + 1),
        lambda: (model(relu(), layers.Dense(3), loss=losses.SparseCategoricalCrossentropy(True)), X, Y),
    ),
    "Every row of labels has one 1": (
        lambda: (model(relu(), layers.Dense(3, "sigmoid"), loss=BCE), X, np.eye(3)[Y[:, 0]]),
        lambda: (model(relu(), layers.Dense(3, "sigmoid"), loss=BCE), X, RNG.integers(0, 2, (32, 3))),
    ),
    "away from 0. Targets near 0": (
        lambda: (model(relu(), layers.Dense(1), loss="mse"), X, Y * 5e4),
        lambda: (model(relu(), layers.Dense(1), loss="mse"), X, Y * 50.5),
    ),
}


@pytest.mark.parametrize("words", REMARKS)
def test_what_may_be_meant_is_a_remark_and_no_finding(words):
    worth, sound = REMARKS[words]
    found = diagnose(*worth())
    assert found.ids == []
    assert any(words in remark for remark in found.remarks)
    assert not any(words in remark for remark in diagnose(*sound()).remarks)


@pytest.mark.parametrize("setting", ["clipnorm", "clipvalue", "global_clipnorm"])
def test_keras_takes_0_for_no_clipping(setting):
    built = trained_by(SGD(0.1, **{setting: 0.0}))
    before = built.layers[-1].get_weights()[0]
    built.fit(X, Y, verbose=0)
    assert not np.array_equal(before, built.layers[-1].get_weights()[0])


def test_where_the_gradient_is_said_to_be_0_a_training_indeed_changes_no_kernel():
    built = PAIRS["gradient-is-zero"][0]()[0]
    before = built.layers[0].get_weights()
    built.fit(X, Y, epochs=2, verbose=0)
    assert all(np.array_equal(a, b) for a, b in zip(before, built.layers[0].get_weights(), strict=True))
    with pytest.raises(ValueError, match="No gradients provided"):
        rounded().fit(X, Y, verbose=0)


def test_an_end_of_the_rows_before_they_came_is_said_and_stops_nothing():
    def rows():
        raise RuntimeError("\x1b[2Jthe disk is gone")
        yield X, Y

    unseen = diagnose(binary(relu()), rows()).unseen
    assert any("cannot be read" in words and "the disk is gone" in words for words in unseen)
    assert "\x1b" not in "".join(unseen)
