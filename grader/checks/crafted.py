"""Small Keras models with known weights, to try answers on that are given a model."""

from functools import cache, lru_cache
from typing import Any

import numpy as np

from grader.base.predicting import predict_at_once

# With the kernel below, logits on both sides of 0 and of 1, between 0 and one half, and some far away.
X = np.array([[1.5, 0.5], [-0.3, 0.4], [0.2, -0.1], [2.0, -3.0], [-1.0, 2.0]])


def rows(features: int) -> np.ndarray:
    """Return (64, features) numbers around 0 to try a model on."""
    return np.random.default_rng(0).normal(size=(64, features)).astype("float32")


def images() -> np.ndarray:
    """Return (16, 8, 8, 3) images to try a model on."""
    return np.random.default_rng(0).normal(size=(16, 8, 8, 3)).astype("float32")


@cache
def linear_model(units: int) -> Any:
    """Return a compiled model of dropout and one linear layer, (N, 2) -> (N, units), that puts out logits."""
    from grader.base.keras_import import keras

    model = keras.Sequential([keras.Input((2,)), keras.layers.Dropout(0.5), keras.layers.Dense(units)])
    kernel = np.array([[1.0, -2.0, 0.5], [-1.0, 1.0, 3.0]])[:, :units]
    model.layers[-1].set_weights([kernel, np.array([0.1, -0.5, 0.3])[:units]])
    loss = keras.losses.BinaryCrossentropy if units == 1 else keras.losses.SparseCategoricalCrossentropy
    model.compile(loss=loss(from_logits=True))
    return predict_at_once(model)


TOKENS = np.array([[1, 2, 3], [4, 4, 1], [2, 2, 2], [3, 1, 4], [4, 4, 4]])


WORD_SCORES = np.array([0.0, -4.0, 0.3, 2.0, 6.0])


@cache
def text_model(last: str | None) -> Any:
    """Return the exercise's text classifier of five words, with a sigmoid at its end or without."""
    return new_text_model(last, WORD_SCORES)


def new_text_model(last: str | None, scores: np.ndarray) -> Any:
    """Return a new one with (5,) word scores of its own."""
    from grader.base.keras_import import keras

    layers = keras.layers
    stack = [layers.Embedding(5, 1), layers.Dropout(0.2), layers.GlobalAveragePooling1D(), layers.Dropout(0.2)]
    model = keras.Sequential([keras.Input((3,)), *stack, layers.Dense(1, activation=last)])
    model.layers[0].set_weights([scores[:, None]])
    model.layers[-1].set_weights([np.array([[1.0]]), np.array([-0.2])])
    model.compile(loss=keras.losses.BinaryCrossentropy(from_logits=last is None))
    return predict_at_once(model)


def pictures(logits: np.ndarray) -> np.ndarray:
    """Return (N, 4, 4, 3) images for which picture_model() puts out these logits."""
    return np.ones((len(logits), 4, 4, 3)) * np.reshape(logits, (-1, 1, 1, 1))


@cache
def picture_model() -> Any:
    """Return a model whose logit is the mean brightness of an image."""
    from grader.base.keras_import import keras

    layers = keras.layers
    model = keras.Sequential([keras.Input((4, 4, 3)), layers.GlobalAveragePooling2D(), layers.Dense(1)])
    model.layers[-1].set_weights([np.full((3, 1), 1 / 3), np.zeros(1)])
    model.compile(loss=keras.losses.BinaryCrossentropy(from_logits=True))
    return predict_at_once(model)


def small_base() -> Any:
    """Return a new convolutional base with four layers of weights, functional as keras.applications makes them."""
    from grader.base.keras_import import keras

    layers = keras.layers
    x = inputs = keras.Input((8, 8, 3))
    for _ in range(4):
        x = layers.Conv2D(4, 3, activation="relu", padding="same")(x)
    return keras.Model(inputs, x, name="base")


LEARNING_RATE, STEPS = 1e-3, 300  # of the training that transfer_model() seems to have behind it


def transfer_model() -> tuple[Any, Any]:
    """Return a new (model, base) with a frozen base and one logit, its optimizer as it is after some training."""
    from grader.base.keras_import import keras

    layers = keras.layers
    base = small_base()
    base.trainable = False
    model = keras.Sequential([keras.Input((8, 8, 3)), base, layers.GlobalAveragePooling2D(), layers.Dense(1)])
    loss, metric = keras.losses.BinaryCrossentropy(from_logits=True), keras.metrics.BinaryAccuracy(threshold=0.0)
    model.compile(keras.optimizers.RMSprop(LEARNING_RATE), loss=loss, metrics=[metric])
    model.optimizer.build(model.trainable_variables)
    model.optimizer.iterations.assign(STEPS)
    return model, base


def raw(model: Any, x: np.ndarray) -> np.ndarray:
    """Return what a model puts out, as float64; all wrong ways ask for the same, and each input is tried once."""
    x = np.asarray(x)
    return _put_out(model, x.dtype.str, x.shape, x.tobytes())


@lru_cache(maxsize=64)
def _put_out(model: Any, dtype: str, shape: tuple[int, ...], numbers: bytes) -> np.ndarray:
    out = np.asarray(model(np.frombuffer(numbers, dtype).reshape(shape)), dtype=float)
    out.flags.writeable = False
    return out
