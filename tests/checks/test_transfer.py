"""What exercise 08 takes for granted of Keras: when a change of trainable has an effect."""

import keras
import numpy as np
import pytest

from grader.checks.crafted import transfer_model


@pytest.fixture
def examples():
    rng = np.random.default_rng(0)
    return rng.normal(size=(32, 8, 8, 3)).astype("float32"), np.arange(32) % 2


def moved(base, before):
    return any(not np.array_equal(a, b) for a, b in zip(before, base.get_weights(), strict=True))


def test_a_base_that_is_unfrozen_after_training_does_not_move_until_the_model_is_compiled_again(examples):
    model, base = transfer_model()
    model.fit(*examples, verbose=0)
    base.trainable = True
    before = base.get_weights()
    model.fit(*examples, verbose=0)
    assert not moved(base, before)
    model.compile(keras.optimizers.RMSprop(1e-4), loss=model.loss)
    model.fit(*examples, verbose=0)
    assert moved(base, before)


def test_a_base_that_is_unfrozen_before_any_training_moves_at_once(examples):
    model, base = transfer_model()
    model.compile(keras.optimizers.RMSprop(1e-4), loss=model.loss)
    base.trainable = True
    before = base.get_weights()
    model.fit(*examples, verbose=0)
    assert moved(base, before)


def test_the_model_that_is_given_refuses_what_was_unfrozen_when_its_old_optimizer_is_compiled_in_again(examples):
    model, base = transfer_model()
    base.trainable = True
    model.compile(model.optimizer, loss=model.loss)
    with pytest.raises(ValueError, match="Unknown variable"):
        model.fit(*examples, verbose=0)
