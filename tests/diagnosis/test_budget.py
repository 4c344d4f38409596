"""What Keras may ask for while a stranger's model is built; it has no setting for that, so a method is replaced."""

import keras
import pytest

from grader.diagnosis.budget import limit_variables
from grader.diagnosis.refusals import Refused


def test_the_method_that_is_replaced_makes_every_variable_and_is_put_back():
    original = keras.Variable.__init__
    with limit_variables(10_000):
        assert keras.Variable.__init__ is not original
        keras.layers.Dense(4).build((None, 3))
    assert keras.Variable.__init__ is original


@pytest.mark.parametrize("shape", [(1000, 1000), (10**6,)])
def test_more_than_was_allowed_is_refused_before_it_exists_and_the_method_is_put_back(shape):
    original = keras.Variable.__init__
    with limit_variables(1000), pytest.raises(Refused):
        keras.Variable("zeros", shape=shape)
    assert keras.Variable.__init__ is original
