"""What keeps a model from training, or its data from entering it: seen in the model as a whole."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from grader.diagnosis.behaviour import Behaviour
from grader.diagnosis.data import Data, has_shape, leaves
from grader.diagnosis.findings import Finding
from grader.diagnosis.layers import all_parts
from grader.diagnosis.outputs import Output

CLEAN = "clean = numpy.isfinite({0}).reshape(len({0}), -1).all(axis=1)\nx, y = x[clean], y[clean]"
THAWED = (
    "model.trainable = False\nmodel.trainable = True  # both, so that it reaches layers that were frozen by themselves"
)
RANDOM = "kernel = model.get_layer('{0}').kernel\nkernel.assign(keras.initializers.GlorotUniform()(kernel.shape))"


def find_in_training(model: Any, data: Data, seen: Behaviour, outputs: list[Output]) -> Iterator[Finding]:
    """Yield what is wrong with the data, the weights and the optimizer of a model."""
    yield from _not_finite(model, data, seen)
    yield from _data_misfit(model, data, seen, outputs)
    if not model.compiled or model.optimizer is None:
        return
    if model.built and model.weights and not model.trainable_weights:
        words = "no weight of the model is trainable, so fit() changes none of them"
        yield Finding("nothing-trains", words, code=THAWED)
    rate = learning_rate(model)
    if rate is not None and rate <= 0:
        yield Finding("learning-rate-not-positive", f"the learning rate is {rate:g}: no step goes downhill")
    yield from _equal_weights(model, outputs)


def learning_rate(model: Any) -> float | None:
    """Return the learning rate of the optimizer, None for a schedule, whose rate of today says nothing."""
    optimizer = getattr(model.optimizer, "inner_optimizer", model.optimizer)  # of one that scales the loss
    try:
        return float(optimizer.get_config()["learning_rate"])
    except (TypeError, ValueError, AttributeError, KeyError, NotImplementedError):
        return None


def _not_finite(model: Any, data: Data, seen: Behaviour) -> Iterator[Finding]:
    """Yield where NaN or infinity is, from the cause to the effect: the first one explains the others."""
    labels, inputs = leaves(data.all_y), leaves(data.x)
    if any(_has_nan(values) for values in inputs):
        words = "the inputs hold NaN or infinity, which spreads to everything that is computed"
        yield Finding("not-finite", words, code=CLEAN.format("x"))
    elif any(_has_nan(values) for values in labels):
        yield Finding("not-finite", "the labels hold NaN or infinity, and so does the loss", code=CLEAN.format("y"))
    elif model.built and (bad := next((w for w in model.weights if _weight_has_nan(w)), None)) is not None:
        words = f"the weights of {bad.path} hold NaN or infinity: an earlier training went wrong"
        yield Finding("not-finite", words, code="model = keras.models.clone_model(model)  # with new weights")
    elif seen.outputs is not None and any(_has_nan(values) for values in leaves(seen.outputs)):
        yield Finding("not-finite", "NaN or infinity comes out of the model, and neither its weights nor x hold any")


def _has_nan(values: np.ndarray) -> bool:
    return values.dtype.kind == "f" and not np.isfinite(values).all()


def _weight_has_nan(weight: Any) -> bool:
    """Return whether a weight holds NaN or infinity."""
    from grader.base.keras_import import keras

    if not keras.backend.is_float_dtype(keras.backend.standardize_dtype(weight.dtype)):
        return False
    return not bool(keras.ops.convert_to_numpy(keras.ops.all(keras.ops.isfinite(weight))))


def _data_misfit(model: Any, data: Data, seen: Behaviour, outputs: list[Output]) -> Iterator[Finding]:
    """Yield how x is none that the model takes, or has other rows than y."""
    shapes = [tensor.shape[1:] for tensor in getattr(model, "inputs", None) or []]
    given = leaves(data.x)
    text = next((values for values in given if values.dtype.kind not in "biuf"), None)
    if text is not None and seen.trouble:
        yield Finding("data-do-not-fit-model", "x holds text, and the model computes with numbers")
    elif seen.trouble and shapes and len(given) != len(shapes):
        yield Finding("data-do-not-fit-model", f"the model takes {len(shapes)} inputs, and x holds {len(given)}")
    elif seen.trouble and shapes and (wrong := _first_misfit(shapes, given)):
        yield Finding("data-do-not-fit-model", wrong)
    elif seen.trouble and hasattr(model, "layers") and type(model).__module__.startswith("keras."):
        yield Finding("data-do-not-fit-model", f"the model stops at x: {seen.trouble}")
    elif data.y is not None and (wrong := _targets_misfit(outputs, data.y)):
        yield Finding("data-do-not-fit-model", wrong)
    elif len(set(data.counts)) > 1:
        counts = " and ".join(str(count) for count in dict.fromkeys(data.counts))
        yield Finding("data-do-not-fit-model", f"x and y do not have the same number of examples: {counts}")


def _targets_misfit(outputs: list[Output], y: Any) -> str:
    """Return how labels are not given for the outputs that there are."""
    names = [output.name for output in outputs]
    if len(names) > 1 and isinstance(y, dict) and not set(y) <= set(names):
        return f"y has labels for {', '.join(map(str, y))}, and the outputs are {', '.join(names)}"
    if len(leaves(y)) > len(names) or (len(names) > 1 and not isinstance(y, dict) and len(leaves(y)) != len(names)):
        return f"the model has {len(names)} outputs, and y holds labels for {len(leaves(y))}"
    return ""


def _first_misfit(shapes: list[Any], given: list[np.ndarray]) -> str:
    for shape, values in zip(shapes, given, strict=True):
        if not has_shape(values.shape[1:], shape):
            return f"an example in x has the shape {values.shape[1:]}, and the model takes {tuple(shape)}"
    return ""


def _equal_weights(model: Any, outputs: list[Output]) -> Iterator[Finding]:
    """Yield the hidden layers whose units all begin with the same weights: they stay equal, and are one unit."""
    ends = {id(output.end.layer) for output in outputs if output.end is not None}
    equal = [layer for layer in all_parts(model) if id(layer) not in ends and _begins_equal(layer)]
    if equal:
        names = " and ".join(layer.name for layer in equal)
        seen = f"all weights of a hidden layer are the same, so its units stay alike: {names}"
        yield Finding("equal-weights", seen, code="\n".join(RANDOM.format(layer.name) for layer in equal))


def _begins_equal(layer: Any) -> bool:
    """Return whether a layer of several units is to be trained, and all its weights are one number."""
    if not getattr(layer, "built", False) or not getattr(layer, "trainable", False):
        return False
    kernel = getattr(layer, "kernel", None)
    shape: tuple[int, ...] = getattr(kernel, "shape", ())
    return len(shape) > 1 and shape[-1] > 1 and _is_constant(kernel)


def _is_constant(kernel: Any) -> bool:
    from grader.base.keras_import import keras

    return bool(keras.ops.convert_to_numpy(keras.ops.max(kernel) == keras.ops.min(kernel)))
