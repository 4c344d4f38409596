"""What the layers of a model hand on for some rows: the numbers between its inputs and its outputs."""

from typing import Any

import numpy as np

from grader.diagnosis.behaviour import first_rows, is_long, rows_at_once

ROWS = 16
LARGEST = 1_000_000  # numbers of one layer for one row


def numbers_at(model: Any, x: Any, tensors: list[Any]) -> list[np.ndarray]:
    """Return what symbolic tensors within a model are for some rows; to be called within untouched().

    Args:
        model: a functional or a Sequential model that is built.
        x: rows in the structure that the model takes.
        tensors: of the model's own graph.

    Returns:
        An array for each tensor; an empty list where they cannot be had, or take long.
    """
    from grader.base.keras_import import keras

    sizes = [int(np.prod([size or 1 for size in tensor.shape[1:]])) for tensor in tensors]
    if not tensors or x is None or max(sizes) > LARGEST or is_long(model, x):
        return []
    try:
        part = keras.Model(model.inputs, tensors, name="part")  # a name of its own, so that none is counted
        found = part(first_rows(x, rows_at_once(model, ROWS)), training=False)
        return [keras.ops.convert_to_numpy(values) for values in keras.tree.flatten(found)]
    except Exception:  # a model of a stranger's may stop in any way
        return []


def tensor_of(layer: Any, which: str = "output") -> Any:
    """Return the symbolic input or output of a layer, None where it has none, several, or one in each of two calls."""
    try:
        tensor = getattr(layer, which)
    except (AttributeError, ValueError):
        return None
    return tensor if hasattr(tensor, "_keras_history") else None
