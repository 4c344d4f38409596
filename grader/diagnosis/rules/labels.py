"""What is wrong with labels, beside the loss and the shape of what comes out."""

import numpy as np

from grader.diagnosis.compiled import CROSSENTROPIES, HINGES, OF_PROBABILITIES, REGRESSIONS, SPARSE
from grader.diagnosis.data import has_shape
from grader.diagnosis.outputs import Output
from grader.diagnosis.rules.label_changes import change_of_labels
from grader.diagnosis.rules.rule import Rule, has_crossentropy, is_binary, is_categorical

KNOWN = (
    *CROSSENTROPIES,
    *OF_PROBABILITIES,
    *HINGES,
    *REGRESSIONS,
    "poisson",
    "mean_squared_logarithmic_error",
    "categorical_hinge",
)
SLACK = 1e-3  # of float32 rows that should sum to 1
FEW = 20  # different numbers are still classes
Shape = tuple[int | None, ...]


def are_classes(y: np.ndarray | None) -> bool:
    """Return whether labels are classes: text, truth values, few whole numbers or rows of 0 and 1."""
    if y is None or not y.size:
        return False
    if y.dtype.kind not in "iuf":
        return True
    whole = bool(np.isfinite(y).all() and (y == np.round(y)).all())
    return whole and np.unique(y).size <= max(FEW, 1 if y.ndim < 2 else y.shape[-1])


def _labels_misfit(output: Output) -> str:
    """Return how the labels do not fit the loss, or ""."""
    y, loss, units = output.y, output.loss, output.units
    if loss is None or loss.name not in KNOWN or loss.settings.get("axis", -1) not in (-1, [-1]):
        return ""
    if units == 1 and is_categorical(output):
        return f"one output unit with {loss.name}, which compares several classes"
    if y is None or not y.size:
        return ""
    if y.dtype.kind not in "biuf":
        return f"labels that are text, such as '{str(y.ravel()[0])[:40]}', with {loss.name}, which takes numbers"
    if not np.isfinite(np.asarray(y, "float64")).all():
        return ""  # said by another rule
    return _shapes_misfit(output, y) or _values_misfit(output, y)


def _shapes_misfit(output: Output, y: np.ndarray) -> str:
    """Return how the shape of the labels is not one that the loss takes with these outputs."""
    loss, shape, units = output.loss, output.shape, output.units
    if loss is None or units is None:
        return ""
    sparse = loss.name == SPARSE
    if shape is None:  # only the last axis is known
        if sparse and y.ndim > 1 and y.shape[-1] > 1:
            return f"labels of shape {y.shape} with {loss.name}, which takes one integer for each example"
        if not sparse and has_crossentropy(output) and units > 1 and (y.ndim < 2 or y.shape[-1] != units):
            return f"labels of shape {y.shape} with {units} output units and {loss.name}"
        return ""
    if any(has_shape(y.shape[1:], fits) for fits in _fitting(shape, sparse)):
        return ""
    wanted = " or ".join(_text(fits) for fits in _fitting(shape, sparse))
    return (
        f"the model puts out {_text(shape)} for each example, and {loss.name} takes labels of {wanted} with that; here "
        f"they are {_text(y.shape[1:])}"
    )


def _fitting(shape: Shape, sparse: bool) -> list[Shape]:
    """Return the shapes of labels, without the axis of examples, that fit the shape of an output."""
    if sparse:
        return [shape[:-1], (*shape[:-1], 1)]
    return [shape, shape[:-1]] if shape and shape[-1] == 1 else [shape]


def _text(shape: Shape) -> str:
    if not shape:
        return "one number"
    return "the shape (" + ", ".join("any" if size is None else str(size) for size in shape) + ")"


def _values_misfit(output: Output, y: np.ndarray) -> str:
    """Return how the values of the labels are none that the loss is made for."""
    loss, units = output.loss, output.units
    if loss is None:
        return ""
    low, high = y.min(), y.max()
    if loss.name == SPARSE:
        if (y != np.round(y)).any():
            return f"labels such as {_broken(y):g} with {loss.name}, which takes whole numbers"
        outside = y[(y < 0) | (y >= (units or np.inf))]
        if outside.size and not np.isin(outside, loss.settings.get("ignore_class", -(10**9))).all():
            return f"labels from {low:g} to {high:g} with {units} output units, which stand for 0 to {(units or 0) - 1}"
        return ""
    if is_binary(output) or is_categorical(output) or loss.name in OF_PROBABILITIES:
        if low < -SLACK or high > 1 + SLACK:
            return f"labels from {low:g} to {high:g} with {loss.name}, which takes labels from 0 to 1"
        several = output.activation == "softmax" or is_categorical(output)
        if several and units and units > 1 and y.ndim > 1 and (y.sum(axis=-1) > 1 + SLACK).any():
            largest = y.sum(axis=-1).max()
            return f"rows of labels that sum to as much as {largest:g}: several classes at once, where a row has one"
    if loss.name in HINGES and not np.isin(y, (-1, 0, 1)).all():
        return f"labels from {low:g} to {high:g} with {loss.name}, which takes -1 and 1, or 0 and 1"
    return ""


def _broken(y: np.ndarray) -> float:
    return float(y[y != np.round(y)].ravel()[0])


def _targets_outside_the_end(output: Output) -> str:
    """Return how the targets of a regression are numbers that can never come out."""
    y, (low, high) = output.y, output.range
    if output.loss is None or output.loss.name not in REGRESSIONS or y is None or y.dtype.kind not in "iuf":
        return ""
    if not y.size or not np.isfinite(y).all() or (are_classes(y) and np.unique(y).size < 3):
        return ""
    if y.min() >= low - SLACK and y.max() <= high + SLACK:
        return ""
    return (
        f"the targets go from {y.min():g} to {y.max():g}, and the last activation lets nothing "
        + (f"above {round(high, 1):g}" if y.max() > high + SLACK else f"below {round(low, 1):g}")
        + " come out"
    )


LABELS = [
    Rule("labels-do-not-fit-loss", _labels_misfit, change_of_labels),
    Rule("targets-outside-the-end", _targets_outside_the_end),
]
