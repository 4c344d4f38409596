"""predict() of a few rows gives what Keras's predict() gives, without its data pipeline."""

from functools import partial

import numpy as np
import pytest

from grader.base.keras_import import keras
from grader.base.predicting import ROWS, predict_at_once
from grader.checks.crafted import TOKENS, X, linear_model, new_text_model


@pytest.fixture(scope="module")
def model():
    layers = keras.layers
    return keras.Sequential([keras.Input((2,)), layers.BatchNormalization(), layers.Dropout(0.5), layers.Dense(3)])


@pytest.mark.parametrize(
    "x",
    [X, X.astype("float32"), X[:1], np.ones((ROWS, 2), int), np.ones((ROWS + 1, 2)), keras.ops.convert_to_tensor(X)],
)
def test_it_gives_the_same_numbers_in_the_same_type(model, x):
    want = keras.Model.predict(model, x, verbose=0)
    got = predict_at_once(model).predict(x, verbose=0)
    assert type(got) is type(want)
    assert (got.dtype, got.shape) == (want.dtype, want.shape)
    np.testing.assert_allclose(got, want, rtol=1e-6, atol=1e-7)  # roundoff of float32 in sums of two products


@pytest.mark.parametrize(("x", "words"), [(X[0], "shape"), (X.tolist(), "Unrecognized"), ("text", "Unrec")])
def test_what_keras_refuses_is_refused_in_its_own_words(model, x, words):
    for predict in (partial(keras.Model.predict, model), predict_at_once(model).predict):
        with pytest.raises(ValueError, match=words):
            predict(x, verbose=0)


def test_a_batch_size_steps_and_callbacks_are_what_they_are_with_keras(model):
    seen = []
    note = keras.callbacks.LambdaCallback(on_predict_batch_end=lambda batch, logs: seen.append(batch))
    predict_at_once(model).predict(X, batch_size=2, verbose=0, callbacks=[note])
    assert seen == [0, 1, 2]
    with pytest.raises(TypeError):
        model.predict(X, batchsize=2)


def test_the_models_that_answers_are_given_use_it(monkeypatch):
    given = [(linear_model(2), X), (new_text_model(None, np.zeros(5)), TOKENS)]
    for model, x in given:
        monkeypatch.setattr(model, "predict_on_batch", lambda x: "at once")
        assert model.predict(x) == "at once"
