"""Diagnose() inside fit(): it looks at the first batch, tells once, and the training is the same."""

import keras
import numpy as np
import pytest
from keras import layers, losses

from grader import Diagnose

X = np.random.default_rng(0).normal(size=(24, 4)).astype("float32")
Y = (X[:, 0] > 0).astype("float32")


def classifier(last=None, loss="binary_crossentropy"):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4,)), layers.Dense(8, activation="relu"), layers.Dense(1, activation=last)])
    model.compile("adam", loss)
    return model


def test_the_first_batch_is_looked_at_and_told_once(capsys):
    callback = Diagnose()
    classifier().fit(X, Y + 1, batch_size=8, epochs=2, verbose=0, callbacks=[callback])
    assert {"logits-with-probability-loss", "labels-do-not-fit-loss"} <= set(callback.diagnosis.ids)
    assert capsys.readouterr().out.count("(logits-with-probability-loss)") == 1


def test_a_training_with_the_callback_ends_with_the_same_weights():
    plain, watched = classifier(), classifier()
    plain.fit(X, Y, batch_size=8, epochs=2, verbose=0, shuffle=False)
    compute_loss = type(watched).compute_loss
    watched.fit(X, Y, batch_size=8, epochs=2, verbose=0, shuffle=False, callbacks=[Diagnose()])
    for one, two in zip(plain.get_weights(), watched.get_weights(), strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-5, atol=1e-6)  # one step was not compiled
    assert watched.compute_loss.__func__ is compute_loss
    assert not watched.run_eagerly


@pytest.mark.parametrize(("stop", "steps"), [(False, 6), (True, 1)])
def test_a_training_stops_only_when_asked_to(stop, steps):
    model = classifier()
    model.fit(X, Y, batch_size=8, epochs=2, verbose=0, callbacks=[Diagnose(stop=stop)])
    assert int(model.optimizer.iterations) == steps


def test_a_sound_model_is_left_in_peace_also_when_it_is_asked_to_stop():
    model = classifier("sigmoid")
    callback = Diagnose(stop=True)
    model.fit(X, Y, batch_size=8, epochs=1, verbose=0, callbacks=[callback])
    assert callback.diagnosis.ids == []
    assert int(model.optimizer.iterations) == 3


def test_a_batch_that_the_loss_refuses_is_told_before_fit_ends():
    def batches():
        while True:
            yield X[:8], np.eye(3)[[0, 1, 2, 0, 1, 2, 0, 1]]

    model = keras.Sequential([keras.Input((4,)), layers.Dense(3)])
    model.compile("adam", losses.SparseCategoricalCrossentropy(from_logits=True))
    callback = Diagnose()
    with pytest.raises(ValueError, match="rank"):
        model.fit(batches(), steps_per_epoch=1, verbose=0, callbacks=[callback])
    assert callback.diagnosis.ids == ["labels-do-not-fit-loss"]
    assert "CategoricalCrossentropy" in callback.diagnosis.code
