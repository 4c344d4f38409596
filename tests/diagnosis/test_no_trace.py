"""diagnose() changes nothing: not the weights, not what is built, no state, no random number to come."""

import random

import keras
import numpy as np
import pytest
from keras import layers, losses

from grader import diagnose

RNG = np.random.default_rng(0)
ROWS = RNG.normal(size=(8, 6)).astype("float32")
WORDS = RNG.integers(1, 20, (8, 6))
SERIES = RNG.normal(size=(8, 5, 6)).astype("float32")
PICTURES = RNG.normal(size=(8, 8, 8, 3)).astype("float32")


class Own(layers.Layer):
    """A layer with weights and a count of its calls, as somebody else writes it."""

    def __init__(self, units):
        super().__init__()
        self.units = units
        self.calls = self.add_weight(shape=(), initializer="zeros", trainable=False)

    def build(self, shape):
        self.kernel = self.add_weight(shape=(shape[-1], self.units))

    def call(self, x):
        self.calls.assign(self.calls + 1)
        return x @ self.kernel


class Noise(layers.Layer):
    def __init__(self):
        super().__init__()
        self.seed = keras.random.SeedGenerator(1)

    def call(self, x):
        return x + keras.random.normal(keras.ops.shape(x), seed=self.seed)


class Subclass(keras.Model):
    def __init__(self):
        super().__init__()
        self.many = [layers.Dense(4, activation="relu"), Own(3)]
        self.named = {"last": layers.Dense(1)}

    def call(self, x, training=False):
        for layer in self.many:
            x = layer(x)
        return self.named["last"](x)


# every layer of Keras that goes into a chain, in as few chains as their shapes allow, with the rows that these take
CHAINS = {
    "rows": (ROWS, [
        *(layers.Dense(4), layers.PReLU(), layers.LeakyReLU(), layers.ELU(), layers.ReLU(), layers.Softmax()),
        *(layers.BatchNormalization(), layers.LayerNormalization(), layers.RMSNormalization()),
        *(layers.UnitNormalization(), layers.Dropout(0.5), layers.AlphaDropout(0.5), layers.GaussianDropout(0.5)),
        *(layers.GaussianNoise(1.0), layers.ActivityRegularization(0.1), layers.Rescaling(2.0), layers.Identity()),
        *(layers.Activation("tanh"), layers.Lambda(lambda z: z * 2), layers.EinsumDense("ab,bc->ac", 4)),
        *(layers.SpectralNormalization(layers.Dense(3)), layers.Normalization(), layers.Masking(), Own(3), Noise()),
        layers.Discretization([0.0, 1.0]),
    ]),
    "shapes": (ROWS, [layers.Reshape((3, 2)), layers.Flatten(), layers.RepeatVector(2)]),
    "series": (SERIES, [
        *(layers.Conv1D(3, 2), layers.SeparableConv1D(3, 2), layers.Conv1DTranspose(3, 2)),
        *(layers.SpatialDropout1D(0.5), layers.UpSampling1D(), layers.ZeroPadding1D(), layers.Cropping1D()),
        *(layers.MaxPooling1D(), layers.AveragePooling1D(2), layers.Permute((2, 1))),
        layers.TimeDistributed(layers.Dense(3)),
    ]),
    "recurrent": (SERIES, [
        *(layers.LSTM(3), layers.RepeatVector(2), layers.GRU(3, stateful=True), layers.RepeatVector(2)),
        *(layers.SimpleRNN(3, stateful=True), layers.RepeatVector(2), layers.LSTM(3, stateful=True)),
        *(layers.RepeatVector(2), layers.Bidirectional(layers.LSTM(3)), layers.RepeatVector(2)),
        *(layers.RNN(layers.LSTMCell(3)), layers.RepeatVector(2), layers.GlobalAveragePooling1D()),
        *(layers.RepeatVector(2), layers.GlobalMaxPooling1D()),
    ]),
    "pictures": (PICTURES, [
        *(layers.RandomFlip(), layers.RandomRotation(0.1), layers.RandomZoom(0.1), layers.RandomContrast(0.1)),
        *(layers.RandomBrightness(0.1), layers.SpatialDropout2D(0.5), layers.Conv2D(3, 2), layers.DepthwiseConv2D(2)),
        *(layers.SeparableConv2D(3, 2), layers.Conv2DTranspose(3, 2), layers.GroupNormalization(3)),
        *(layers.UpSampling2D(), layers.ZeroPadding2D(), layers.Cropping2D(), layers.MaxPooling2D()),
        *(layers.Resizing(4, 4), layers.CenterCrop(4, 4), layers.AveragePooling2D(2), layers.GlobalMaxPooling2D()),
    ]),
    "films": (PICTURES, [layers.ConvLSTM1D(3, 2)]),
    "words": (WORDS, [layers.Embedding(20, 4, mask_zero=True)]),
    "categories": (WORDS, [layers.CategoryEncoding(20)]),
}  # fmt: skip


def state_of(model):
    parts = list(model._flatten_layers())
    return (
        [(v.path, np.array(v)) for v in model.variables],
        [np.array(v) for v in model.optimizer.variables],
        [(part.name, part.built, len(part._inbound_nodes)) for part in parts],
        keras.config.dtype_policy().name,
        random.getstate(),
        np.random.get_state()[1].tolist(),
    )


def assert_same(one, two):
    for (path, a), (other, b) in zip(one[0], two[0], strict=True):
        assert path == other
        assert np.array_equal(a, b, equal_nan=True), path
    assert all(np.array_equal(a, b) for a, b in zip(one[1], two[1], strict=True))
    assert one[2:] == two[2:]


@pytest.mark.parametrize("built", [False, True], ids=["before it is built", "built"])
@pytest.mark.parametrize("name", CHAINS)
def test_no_layer_of_keras_is_changed_by_a_look(name, built):
    x, chain = CHAINS[name]
    model = keras.Sequential([*map(again, chain), layers.Flatten(), layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    if built:
        model(x)
    before = state_of(model)
    looked = diagnose(model, x, np.array([0, 1] * 4))
    assert looked.unseen == [], "every layer was called"
    diagnose(model)
    assert_same(before, state_of(model))


def again(layer):
    """Return a new layer with the same settings."""
    return layer if type(layer) in (Own, Noise, layers.Lambda) else type(layer).from_config(layer.get_config())


@pytest.mark.parametrize("called", [False, True])
def test_a_model_that_is_connected_by_code_is_not_changed_and_trains_afterwards(called):
    model = Subclass()
    model.compile("adam", losses.BinaryCrossentropy(from_logits=True), run_eagerly=True)  # to compile takes longer
    if called:
        model(ROWS)
    before = state_of(model)
    found = diagnose(model, ROWS, np.array([0, 1] * 4))
    assert found.ids == []
    assert_same(before, state_of(model))
    model.fit(ROWS, np.array([0, 1] * 4), verbose=0)
    assert len(model.weights) == 6


def test_a_model_that_was_looked_at_before_it_is_built_takes_rows_of_its_own_width():
    model = keras.Sequential([layers.PReLU(), layers.Dense(1, activation="sigmoid")])
    model.compile(loss="binary_crossentropy", run_eagerly=True)
    diagnose(model)
    model.fit(ROWS, np.array([0, 1] * 4), verbose=0)
    assert model.layers[0].alpha.shape == (6,)


def test_the_random_numbers_of_a_training_to_come_are_the_same():
    def losses_of(looked):
        keras.utils.set_random_seed(1)
        model = keras.Sequential([keras.Input((6,)), layers.Dropout(0.5), layers.Dense(4), layers.GaussianNoise(1.0)])
        model.add(layers.Dense(1))
        model.compile("adam", losses.BinaryCrossentropy(from_logits=True), run_eagerly=True)
        if looked:
            diagnose(model, ROWS, np.array([0, 1] * 4))
        return model.fit(ROWS, np.array([0, 1] * 4), epochs=2, verbose=0).history["loss"]

    assert losses_of(looked=True) == losses_of(looked=False)
