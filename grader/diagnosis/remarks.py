"""What may be meant, and is worth a look where a model does not learn: remarks beside the findings."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from grader.diagnosis.compiled import REGRESSIONS, SPARSE
from grader.diagnosis.data import Data, leaves
from grader.diagnosis.inside import numbers_at, tensor_of
from grader.diagnosis.layer_remarks import remarks_on_layers
from grader.diagnosis.layers import DROPS, all_parts
from grader.diagnosis.outputs import Output
from grader.diagnosis.rules.counting import counts_right_answers
from grader.diagnosis.rules.labels import are_classes
from grader.diagnosis.rules.rule import is_binary
from grader.diagnosis.rules.training import learning_rate
from grader.diagnosis.slope import DOWN, JUMP, Slope

FAR = 10.0  # one input in twenty is further from 0 than this
RARE = 0.1  # share of the rarest of two classes
SCALING = ("Rescaling", "Normalization", "BatchNormalization", "LayerNormalization", "Embedding", "Hashing")
LARGE = 1000.0  # targets, of which a network puts out numbers near 0 at the start
ENOUGH = 10  # labels, among which each class is to be expected
VANISHED = 1e-5
CLIPS = ("clipnorm", "clipvalue", "global_clipnorm")
LOW = {"SGD": 1e-5, "Adam": 1e-6, "AdamW": 1e-6, "RMSprop": 1e-6, "Adagrad": 1e-4, "Adadelta": 0.0011}
HIGH = {"SGD": 1.0, "Adam": 0.1, "AdamW": 0.1, "RMSprop": 0.1, "Nadam": 0.1, "Adamax": 0.1}


def remarks_on(model: Any, data: Data, outputs: list[Output], slope: Slope | None) -> Iterator[str]:
    """Yield whole sentences on what may be meant."""
    yield from _on_inputs(model, data)
    yield from _on_settings(model)
    yield from _on_slope(model, slope)
    for output in outputs:
        yield from remarks_on_layers(model, data, output)
        yield from _on_output(output)


def _on_inputs(model: Any, data: Data) -> Iterator[str]:
    if data.once:
        yield "One batch was taken from the generator. Make the generator again before fit()."
    if data.lists:
        yield "x or y is a list of rows. fit() takes arrays: write numpy.array(x)."
    far = _far(leaves(data.x))
    if (
        far > FAR
        and not any(type(part).__name__ in SCALING for part in all_parts(model))
        and _reaches_weights(model, data)
    ):
        yield (
            f"One in twenty inputs is {far:.3g} or more away from 0, and no layer scales them. "
            "Numbers near 0 are learned better."
        )


def _far(arrays: list[np.ndarray]) -> float:
    """Return how far from 0 one number in twenty is, in the array where that is most."""
    numbers = [values for values in arrays if values.dtype.kind in "iuf" and values.size]
    return max((float(np.nanpercentile(np.abs(values.astype("float64")), 95)) for values in numbers), default=0.0)


def _reaches_weights(model: Any, data: Data) -> bool:
    """Return whether large numbers reach the first layer with weights: what stands before it may scale them."""
    first = next((layer for layer in getattr(model, "layers", []) if layer.weights), None)
    tensor = tensor_of(first, "input")
    entered = numbers_at(model, data.x, [] if tensor is None else [tensor])
    return not entered or _far(entered) > FAR


def _on_settings(model: Any) -> Iterator[str]:
    rate = learning_rate(model) if model.compiled and model.optimizer is not None else None
    name = type(model.optimizer).__name__ if rate is not None else ""
    if rate is not None and rate >= HIGH.get(name, np.inf):
        yield f"The learning rate {rate:g} is high for {name}. If the loss jumps or is NaN, try a tenth of it."
    if rate is not None and 0 < rate <= LOW.get(name, 0):
        yield f"The learning rate {rate:g} is low for {name}. If the loss hardly falls, try ten times as much."
    optimizer = model.optimizer if model.compiled else None
    unclipped = next((word for word in CLIPS if getattr(optimizer, word, None) == 0), "")
    if unclipped:
        yield f"{unclipped} is 0, and Keras takes 0 for no clipping. Give it a positive number, or leave it out."
    high = next((p for p in all_parts(model) if type(p).__name__ in DROPS and p.rate > 0.5), None)
    if high is not None:
        yield f"Dropout of {high.rate:g} drops more than half. The rate is the share that is dropped, not kept."


def _on_slope(model: Any, slope: Slope | None) -> Iterator[str]:
    if slope is None:
        return
    if slope.by_chance and slope.is_cut_off:
        yield (
            "With these weights no kernel has a gradient: a ReLU layer puts out 0 for all rows that were looked at. "
            "Other weights at the start wake it: build the model again, or give that layer more units."
        )
    if slope.after is not None and not slope.after <= JUMP * slope.loss:
        rate = learning_rate(model) or 0.0
        yield (
            f"Within {DOWN} steps, plain SGD with the learning rate {rate:g} takes the loss of these rows from "
            f"{slope.loss:.3g} to {slope.after:.3g}. Try a tenth of it, or scale the inputs and targets."
        )
    sizes = [size for rank, size in slope.sizes.values() if rank > 1]
    if len(sizes) > 2 and 0 < sizes[0] < VANISHED * sizes[-1]:
        yield (
            f"The gradient at the first layer is {sizes[0] / sizes[-1]:.0e} of that at the last, so the first layers "
            "hardly learn. 'relu' in the hidden layers, or a BatchNormalization between them, keeps it larger."
        )


def _on_output(output: Output) -> Iterator[str]:
    y = output.y
    if y is None or not y.size or y.dtype.kind not in "biuf":
        return
    counts = counts_right_answers(output)
    if counts and output.loss is not None and output.loss.name in REGRESSIONS and not are_classes(y):
        yield "The targets are numbers of any size, and an accuracy counts exact hits. Use 'mae' in its place."
    elif _counts_the_largest_alone(output, y):
        yield (
            "Some rows of labels have several ones, and the accuracy looks at the largest score of each row alone. "
            "keras.metrics.BinaryAccuracy() asks every unit."
        )
    if _is_large_target(output, y):
        far = np.abs(y).max()
        yield f"Some targets are {far:.3g} away from 0. Targets near 0, such as (y - mean) / std, are learned better."
    if output.activation == "sigmoid" and is_binary(output) and _has_one_one_each(y):
        yield "Every row of labels has one 1. If the classes exclude each other, a softmax and its loss say so."
    sparse = output.loss is not None and output.loss.name == SPARSE and output.loss.settings.get("ignore_class") is None
    if sparse and y.size >= ENOUGH and y.min() > 0 and y.max() + 1 == output.units:
        yield f"No label is 0, and labels count from 0. If they begin at {y.min():g}, subtract that."
    if (
        are_classes(y)
        and y.ndim < 3
        and y.size >= ENOUGH
        and y.shape[-1:] in ((1,), y.shape[:1])
        and np.all(y == y.flat[0])
    ):
        yield f"Every label that was looked at is {y.flat[0]:g}. With one class there is nothing to tell apart."
    if output.units == 1 and set(np.unique(y)) == {0, 1} and min(y.mean(), 1 - y.mean()) < RARE and y.size >= 50:
        yield f"One class has {max(y.mean(), 1 - y.mean()):.0%} of the labels: an accuracy of that much needs no model."


def _is_large_target(output: Output, y: np.ndarray) -> bool:
    regression = output.loss is not None and output.loss.name in REGRESSIONS and y.dtype.kind in "iuf"
    return regression and output.activation == "linear" and bool(np.isfinite(y).all() and np.abs(y).max() > LARGE)


def _has_one_one_each(y: np.ndarray) -> bool:
    if y.ndim < 2 or y.shape[-1] < 3 or len(y) < 4:
        return False
    return bool(np.isin(y, (0, 1)).all() and (y.sum(axis=-1) == 1).all())


def _counts_the_largest_alone(output: Output, y: np.ndarray) -> bool:
    several = output.labels == "one-hot" and y.ndim > 1 and bool((y.sum(axis=-1) > 1.001).any())
    return several and any(metric.name == "CategoricalAccuracy" for metric in output.metrics)
