"""An end that is put together from several operations is seen by what it does from the last weights on."""

import keras
import numpy as np
import pytest
from keras import layers, losses, ops
from scipy import special

from grader.diagnosis.data import rows_of
from grader.diagnosis.diagnose import diagnose
from grader.diagnosis.outputs import read_outputs

X = np.random.default_rng(0).normal(0, 3, (8, 4)).astype("float32")


def softmax_by_hand(z):
    e = ops.exp(z - ops.max(z, axis=-1, keepdims=True))
    return e / ops.sum(e, axis=-1, keepdims=True)


# the operations behind the last weights, the number of units, and what SciPy has for them
ENDS = {
    "sigmoid by hand": (lambda z: 1 / (1 + ops.exp(-z)), 1, special.expit),
    "sigmoid from tanh": (lambda z: (ops.tanh(z / 2) + 1) / 2, 1, special.expit),
    "sigmoid, squeezed": (lambda z: ops.squeeze(ops.sigmoid(z), -1), 1, special.expit),
    "softmax by hand": (softmax_by_hand, 3, lambda z: special.softmax(z, -1)),
    "softmax, naive": (
        lambda z: ops.exp(z) / ops.sum(ops.exp(z), -1, keepdims=True),
        3,
        lambda z: special.softmax(z, -1),
    ),
    "softmax, rescaled by 1": (lambda z: layers.Rescaling(1.0)(ops.softmax(z)), 3, lambda z: special.softmax(z, -1)),
    "Activation and Reshape": (
        lambda z: layers.Reshape((3,))(layers.Activation(lambda t: ops.softmax(t))(z)),
        3,
        lambda z: special.softmax(z, -1),
    ),
    "a ReLU behind the softmax": (lambda z: layers.ReLU()(ops.softmax(z)), 3, lambda z: special.softmax(z, -1)),
    "softmax, then log": (lambda z: ops.log(ops.softmax(z)), 3, lambda z: special.log_softmax(z, -1)),
    "a temperature": (lambda z: z / 2.0 + 0.0, 3, lambda z: z / 2),
    "a shift": (lambda z: z * 3.0 - 1.0, 1, lambda z: 3 * z - 1),
}
LOGITS = ("softmax, then log", "a temperature", "a shift")


class BySubclass(keras.Model):
    def __init__(self, end, units):
        super().__init__()
        self.scores, self.finish = layers.Dense(units), end

    def call(self, x):
        return self.finish(self.scores(x))


def made(name, how, from_logits):
    end, units, _ = ENDS[name]
    keras.utils.set_random_seed(0)
    if how == "functional":
        inputs = keras.Input((4,))
        model = keras.Model(inputs, end(layers.Dense(units)(inputs)))
    else:
        model = BySubclass(end, units)
    kind = losses.BinaryCrossentropy if units == 1 else losses.SparseCategoricalCrossentropy
    model.compile("adam", kind(from_logits=from_logits))
    return model, (np.arange(8) % max(units, 2)).astype("float32")


@pytest.mark.parametrize("how", ["functional", "subclass"])
@pytest.mark.parametrize("name", ENDS)
def test_an_end_of_several_operations_is_known_by_what_it_does(name, how):
    model, y = made(name, how, True)
    fits = name in LOGITS
    activation = "linear" if fits else "sigmoid" if "sigmoid" in name else "softmax"
    p = np.asarray(model(X))  # it is built by this
    (output,), _ = read_outputs(model, rows_of(X, y))
    _, _, oracle = ENDS[name]
    dense = next(layer for layer in model.layers if isinstance(layer, layers.Dense))
    z = X @ np.asarray(dense.kernel)
    np.testing.assert_allclose(p.reshape(z.shape), oracle(z), rtol=1e-3, atol=1e-6)
    assert output.activation == activation
    assert diagnose(model, X, y).ids == ([] if fits else ["probabilities-with-logits-loss"])
    model.compile("adam", type(model.loss)(from_logits=False))
    assert diagnose(model, X, y).ids == (["logits-with-probability-loss"] if fits else [])
