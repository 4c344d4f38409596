"""What a model puts out for some rows, seen without leaving a trace in it."""

import contextlib
import functools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.base.text import first_line
from grader.diagnosis.data import leaves
from grader.diagnosis.layers import DROPS
from grader.diagnosis.stand_in import stand_in

CALLED = 32  # rows go through the model
AGAIN = 8  # of these twice more, where a layer drops something
STEPS = 100  # in time, of a recurrent layer
RECURRENT = ("RNN", "SimpleRNN", "LSTM", "GRU", "Bidirectional", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")


@dataclass(frozen=True)
class Behaviour:
    """What was seen when some rows went through a model.

    Attributes:
        outputs: what came out, in the structure of the model's outputs; None where nothing did.
        dropped: whether the same rows gave other numbers the second time, because of dropout.
        trouble: why nothing came out.
    """

    outputs: Any = None
    dropped: bool = False
    trouble: str = ""


def behaviour_of(model: Any, x: Any) -> Behaviour:
    """Send some rows through a model as predict() does, a few of them twice; to be done within untouched().

    Args:
        model: any Keras model; one that is not built yet is not built by this.
        x: NumPy arrays of rows in the structure that the model takes.
    """
    try:
        called = model if all(part.built for part in model._flatten_layers()) else stand_in(model)
        outputs = _call(called, first_rows(x, rows_at_once(model, CALLED)))
        return Behaviour(outputs, _drops(called, first_rows(x, rows_at_once(model, AGAIN))))
    except Exception as error:  # a model of a stranger's may stop in any way
        return Behaviour(trouble=first_line(error))


def first_rows(tree: Any, count: int) -> Any:
    """Return some rows of every input; None, for an input that may be left out, stays."""
    from grader.base.keras_import import keras

    return keras.tree.map_structure(lambda rows: None if rows is None else rows[:count], tree)


def rows_at_once(model: Any, most: int) -> int:
    """Return how many rows a model is called on: its batch size where that is fixed, as in a stateful one."""
    inputs = getattr(model, "inputs", None) or []
    return next((tensor.shape[0] for tensor in inputs if tensor.shape and tensor.shape[0]), most)


def is_long(model: Any, x: Any) -> bool:
    """Return whether a recurrent layer of a model takes many steps in time for these rows."""
    steps = max((part.shape[1] for part in leaves(x) if part.ndim > 1), default=0)
    return steps > STEPS and any(type(part).__name__ in RECURRENT for part in model._flatten_layers())


def _call(model: Any, x: Any) -> Any:
    """Return what comes out for some rows. Step by step in time only a graph is fast, on TensorFlow."""
    from grader.base.keras_import import keras

    run = functools.partial(model, training=False)
    if keras.config.backend() == "tensorflow" and is_long(model, x):
        import tensorflow as tf

        run = tf.function(run)
    return keras.tree.map_structure(keras.ops.convert_to_numpy, run(x))


def _drops(model: Any, x: Any) -> bool:
    """Return whether two predictions for the same rows differ, and no longer once no layer drops anything."""
    if not any(map(_is_dropping, model._flatten_layers())) or not differ(_call(model, x), _call(model, x)):
        return False
    with without_dropout(model):
        return not differ(_call(model, x), _call(model, x))


def _is_dropping(layer: Any) -> bool:
    return type(layer).__name__ in DROPS and 0 < layer.rate < 1


@contextlib.contextmanager
def without_dropout(model: Any) -> Iterator[None]:
    """Have no layer drop a part of what it gets."""
    layers = [layer for layer in model._flatten_layers() if _is_dropping(layer)]
    rates = [layer.rate for layer in layers]
    try:
        for layer in layers:
            layer.rate = 0.0
        yield
    finally:
        for layer, rate in zip(layers, rates, strict=True):
            layer.rate = rate


@contextlib.contextmanager
def untouched(model: Any) -> Iterator[None]:
    """Put back what probing a model changes: the states of recurrent layers, seeds, and random numbers to come."""
    from keras.src.backend.common import global_state  # it has no public name

    from grader.base.keras_import import keras

    kept = [(v, keras.ops.convert_to_numpy(v)) for v in model.non_trainable_variables]
    python, numpy = random.getstate(), np.random.get_state()
    seed = global_state.get_global_attribute("global_seed_generator")  # of layers that draw without a seed of their own
    kept += [] if seed is None else [(seed.state, keras.ops.convert_to_numpy(seed.state))]
    try:
        yield
    finally:
        for variable, value in kept:
            if not np.array_equal(keras.ops.convert_to_numpy(variable), value):
                variable.assign(value)
        random.setstate(python)
        np.random.set_state(numpy)


def differ(first: Any, second: Any) -> bool:
    """Return whether two predictions for the same input are not the same; NaN is the same as NaN."""
    from grader.base.keras_import import keras

    pairs = zip(keras.tree.flatten(first), keras.tree.flatten(second), strict=True)
    return not all(np.array_equal(a, b, equal_nan=np.asarray(a).dtype.kind == "f") for a, b in map(_pair, pairs))


def _pair(pair: tuple[Any, Any]) -> tuple[np.ndarray, np.ndarray]:
    from grader.base.keras_import import keras

    one, two = (keras.ops.convert_to_numpy(part) for part in pair)
    return one, two
