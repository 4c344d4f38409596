"""What people hand in as x and y: read as fit() reads it, or said in a sentence to be unreadable."""

import keras
import numpy as np
import pandas
import pytest
import tensorflow as tf
from keras import layers

from grader import diagnose
from grader.diagnosis.data import rows_of

X = np.eye(8, 4)


def test_sparse_tensors_are_read_with_their_zeros():
    assert np.array_equal(rows_of(tf.sparse.from_dense(X), None).x, X)


def test_missing_values_are_nan_and_no_text():
    frame = pandas.DataFrame({"a": pandas.array([1, None], dtype="Int64"), "b": [0.5, 1.5]})
    assert np.array_equal(rows_of(frame, None).x, [[1, 0.5], [np.nan, 1.5]], equal_nan=True)


@pytest.mark.parametrize("x", [[[1, 2], [3]], tf.ragged.constant([[1, 2], [3]])], ids=["list", "tensor"])
def test_rows_of_different_lengths_are_said_so(x):
    with pytest.raises(ValueError, match="rows have different lengths"):
        rows_of(x, None)


@pytest.mark.parametrize(("x", "y"), [("data.csv", None), (5, None), (X, 1)])
def test_what_is_no_array_is_not_taken_for_rows(x, y):
    with pytest.raises(ValueError, match="is no array of rows"):
        rows_of(x, y)


def test_outputs_in_dicts_and_lists_are_looked_at_one_by_one_and_names_are_harmless():
    inputs = keras.Input((4,))
    ends = {"a": {"p\x1b[2J": layers.Dense(1)(inputs), "q": layers.Dense(1)(inputs)}, "b": [layers.Dense(1)(inputs)]}
    built = keras.Model(inputs, ends)
    built.compile("adam", {"a": {"p\x1b[2J": "binary_crossentropy", "q": "mse"}, "b": ["mse"]})
    y = np.arange(8) % 2
    found = diagnose(built, X, {"a": {"p\x1b[2J": y, "q": y / 3}, "b": [y / 3]})
    assert [(f.output, f.id) for f in found.findings] == [("a/p [2J", "logits-with-probability-loss")]
    assert "\x1b" not in str(found)


def test_a_model_with_a_fixed_batch_is_called_on_that_many_rows():
    stack = [keras.Input(batch_shape=(4, 5, 3)), layers.LSTM(4, stateful=True), layers.Dense(1, "sigmoid")]
    built = keras.Sequential(stack)
    built.compile("adam", "binary_crossentropy")
    found = diagnose(built, np.random.default_rng(0).normal(size=(32, 5, 3)), np.arange(32) % 2)
    assert (found.ids, found.unseen) == ([], [])
