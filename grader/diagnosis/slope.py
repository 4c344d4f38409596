"""How the loss of some rows changes with the weights: what the first step of a training would do, without a step."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.diagnosis.behaviour import first_rows, is_long, rows_at_once
from grader.diagnosis.data import Data, leaves
from grader.diagnosis.outputs import Output, for_each_output
from grader.diagnosis.stand_in import stand_in

ROWS = 16
LARGEST = 20_000_000  # weights: each of them gets a gradient, which takes as much memory again
HALVES = ("float16", "bfloat16")  # small gradients are 0 in them, unless the optimizer scales the loss
LAYERS = 200
DOWN = 3  # steps: the first ones of a training that leaps are small, where the first weights are
JUMP = 2.0  # times the loss before
DRAWS = 3  # a ReLU may be dead by chance: other weights wake it


@dataclass(frozen=True)
class Slope:
    """What was seen of the loss of some rows.

    Attributes:
        loss: its mean.
        after: its mean after some plain steps with the learning rate, None where that is not known.
        sizes: of every weight that fit() trains, by its path: how many axes it has, and its largest gradient.
        by_chance: whether the gradient is another with other kernels, drawn at random.
    """

    loss: float
    after: float | None
    sizes: dict[str, tuple[int, float]]
    by_chance: bool = False

    @property
    def is_flat(self) -> bool:
        """Whether no weight has a gradient, although there is a loss."""
        return self.loss > 1e-3 and not any(size for _, size in self.sizes.values())

    @property
    def is_cut_off(self) -> bool:
        """Whether nothing but biases has a gradient: what comes in does not reach what comes out."""
        matrices = [size for rank, size in self.sizes.values() if rank > 1]
        return self.loss > 1e-3 and bool(matrices) and not any(matrices)


def slope_of(model: Any, data: Data, outputs: list[Output], rate: float | None) -> Slope | None:
    """Return what a step of training would do to the loss of some rows; to be called within untouched().

    Args:
        model: a compiled model.
        data: its rows and labels.
        outputs: what is known of its outputs; all that have a loss count.
        rate: the learning rate of plain SGD, None where steps are made in another way.

    Returns:
        None where it cannot be seen: a training of the model's own, a loss that is not known, labels that do not fit,
        numbers of 16 bits, or what takes long.
    """
    try:
        return _slope_of(model, data, outputs, rate) if _can_be_seen(model, data) else None
    except Exception:  # a model of a stranger's may stop in any way
        return None


def _can_be_seen(model: Any, data: Data) -> bool:
    """Return whether there are labels and rows that differ, and fit() trains as Keras does."""
    from grader.base.keras_import import keras

    own = any(getattr(type(model), name) is not getattr(keras.Model, name) for name in ("train_step", "compute_loss"))
    halves = any(getattr(part, "compute_dtype", "") in HALVES for part in model._flatten_layers())
    rows = leaves(data.x)  # where they are all 0, nothing but biases has a gradient
    differ = any((part != part[:1]).any() for part in rows)
    return not own and not halves and differ and data.y is not None and not takes_long(model, data)


def takes_long(model: Any, data: Data) -> bool:
    """Return whether a model has so many weights, layers or steps in time that its gradient is not taken."""
    weights = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    return weights > LARGEST or len(list(model._flatten_layers())) > LAYERS or is_long(model, data.x)


def _slope_of(model: Any, data: Data, outputs: list[Output], rate: float | None) -> Slope | None:
    from grader.base.keras_import import keras

    count = rows_at_once(model, ROWS)
    x = first_rows(data.x, count)
    names = [output.name for output in outputs]
    labels = for_each_output(data.y, names)
    judged = [(output, labels[output.name][:count]) for output in outputs if output.loss is not None]
    called = model if all(part.built for part in model._flatten_layers()) else stand_in(model)
    called(x, training=False)  # builds a stand-in
    variables = called.trainable_variables

    def loss_with(values: list[Any]) -> Any:
        with keras.StatelessScope(state_mapping=list(zip(variables, values, strict=True))):
            scores = for_each_output(called(x, training=False), names)
            return sum(_loss(output, y, scores[output.name]) for output, y in judged)

    values = [keras.ops.convert_to_tensor(variable.value) for variable in variables]
    loss, gradients = _value_and_gradients(loss_with, values)
    sizes = {variable.path: _size(variable, part) for variable, part in zip(variables, gradients, strict=True)}
    slope = Slope(loss, _after(loss_with, values, gradients, rate), sizes)
    if not slope.is_cut_off:
        return slope
    again = (_value_and_gradients(loss_with, _other(values, draw))[1] for draw in range(DRAWS))
    wakes = any(rank > 1 and size for g in again for rank, size in map(_size, variables, g))
    return Slope(loss, slope.after, sizes, wakes)


def _loss(output: Output, y: np.ndarray, scores: Any) -> Any:
    """Return the mean loss of some rows, with labels in the shape of the scores as Keras brings them there."""
    from grader.base.keras_import import keras

    if y.ndim == len(scores.shape) - 1 and scores.shape[-1] == 1:
        y = y[..., None]
    labels = y if y.dtype.kind in "iu" else y.astype("float32")
    if output.loss is None or output.loss.call is None:
        raise ValueError("The loss cannot be called.")
    return keras.ops.mean(output.loss.call(keras.ops.convert_to_tensor(labels), scores))


def _value_and_gradients(function: Callable[[list[Any]], Any], values: list[Any]) -> tuple[float, list[Any]]:
    """Return a function's value and its gradient by each of the values, None where it does not depend on one."""
    from grader.base.keras_import import keras

    backend = keras.config.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            tape.watch(values)
            loss = function(values)
        gradients = [None if g is None else tf.convert_to_tensor(g) for g in tape.gradient(loss, values)]
    elif backend == "jax":
        import jax

        loss, gradients = jax.value_and_grad(function)(values)
    else:
        import torch

        values = [value.detach().clone().requires_grad_() for value in values]
        loss = function(values)
        gradients = list(torch.autograd.grad(loss, values, allow_unused=True))
    return float(loss), gradients


def _size(variable: Any, gradient: Any) -> tuple[int, float]:
    from grader.base.keras_import import keras

    if gradient is None or not variable.shape or 0 in variable.shape:
        return len(variable.shape), 0.0
    return len(variable.shape), float(keras.ops.max(keras.ops.abs(gradient)))


def _other(values: list[Any], seed: int) -> list[Any]:
    """Return the weights with other kernels, drawn at random; biases stay."""
    from grader.base.keras_import import keras

    draw = keras.initializers.GlorotUniform
    return [draw(seed)(v.shape, dtype=v.dtype) if len(v.shape) > 1 else v for v in values]


def _after(
    function: Callable[[list[Any]], Any], values: list[Any], gradients: list[Any], rate: float | None
) -> float | None:
    """Return the loss after DOWN steps down the slope, or fewer where it jumps; None where a step is not known."""
    if rate is None:
        return None
    loss = first = float(function(values))
    for _ in range(DOWN):
        values = [v if g is None else v - rate * g for v, g in zip(values, gradients, strict=True)]
        loss, gradients = _value_and_gradients(function, values)
        if not loss <= JUMP * first:
            break
    return loss
