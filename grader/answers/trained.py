"""Whether a model was trained on the data that it was given, although nobody saw it before."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from grader.answers.training_step import assign, has_learned, length_of, loss_now, loss_of_guess, values_of
from grader.diagnosis.behaviour import untouched, without_dropout
from grader.diagnosis.findings import Finding
from grader.diagnosis.outputs import read_outputs

SHORTEST = 0.05  # how far weights are moved at least to see whether the loss falls, far above roundoff
OFFSETS = ("bias", "beta", "gamma", "alpha")  # weights that layers begin with a constant, as a rule


def not_trained(model: Any, x: np.ndarray, y: np.ndarray) -> Finding | None:
    """Return that fit() on x and y has left no trace in a model.

    Nobody knows with which weights a model began, but for its offsets: they begin at a constant, mostly 0. Training
    moves them, and in such a direction that the loss on its data falls; where the loss is low already, it has done so.

    Args:
        model: compiled, with one output.
        x: (N, ...) inputs.
        y: (N,) integer labels.
    """
    ((output,), _) = read_outputs(model)
    pairs = list(_offsets(model))
    offsets, begun = [offset for offset, _ in pairs], [constant for _, constant in pairs]
    kept = values_of(offsets)
    moved = [a - b for a, b in zip(kept, begun, strict=True)]
    if pairs and not any(values.any() for values in moved):
        return Finding("not-trained", "fit() has moved no bias: the model has not been trained")

    def loss(way: float) -> float:
        assign(offsets, [b + np.float32(way) * d for b, d in zip(begun, moved, strict=True)])
        with untouched(model), without_dropout(model):  # which would decide by chance whether it has fallen
            return loss_now(model, output, x, y, training=True)

    try:
        now, guess = loss(1.0), loss_of_guess(output)
        if has_learned(output, now) or (pairs and _has_fallen(loss, moved)):
            return None
        seen = f"the loss on x and y is {now:.3g}, and nothing shows that it has fallen; a guess has {guess:.3g}"
        return Finding("not-trained", seen)
    finally:
        assign(offsets, kept)


def _has_fallen(loss: Callable[[float], float], moved: list[np.ndarray]) -> bool:
    """Return whether the loss is lower on the way that the offsets went than where it began, or on the opposite way."""
    way = max(1.0, SHORTEST / length_of(moved))
    return loss(way) < max(loss(0.0), loss(-way))


def _offsets(model: Any) -> Iterator[tuple[Any, np.ndarray]]:
    """Yield each trainable offset that began with a constant, and that constant."""
    from grader.base.keras_import import keras

    constants = (keras.initializers.Zeros, keras.initializers.Ones, keras.initializers.Constant)
    for layer in model._flatten_layers():
        for name in OFFSETS:
            offset, begins = getattr(layer, name, None), getattr(layer, f"{name}_initializer", None)
            if offset is not None and isinstance(begins, constants) and offset.trainable:
                yield offset, np.array(begins(offset.shape, offset.dtype))
