"""What would fit an output: its task, told by the labels or else by the loss, and the loss, end and metrics for it."""

import inspect
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from grader.diagnosis.carried import call_of, settings_for
from grader.diagnosis.compiled import HINGES, OF_PROBABILITIES, REGRESSIONS, SPARSE
from grader.diagnosis.metrics import F_SCORES, Metric
from grader.diagnosis.outputs import Output
from grader.diagnosis.rules.labels import KNOWN, are_classes
from grader.diagnosis.rules.rule import has_crossentropy, is_binary

BINARY, MULTI_LABEL, CATEGORICAL, INTEGERS, REGRESSION = (
    "binary",
    "multi-label",
    "categorical",
    "integers",
    "regression",
)
LOSSES = {
    BINARY: "BinaryCrossentropy",
    MULTI_LABEL: "BinaryCrossentropy",
    CATEGORICAL: "CategoricalCrossentropy",
    INTEGERS: "SparseCategoricalCrossentropy",
}
THRESHOLDS = ("Precision", "Recall", "TruePositives", "TrueNegatives", "FalsePositives", "FalseNegatives")


CUTTING = ("threshold", "thresholds", "from_logits", "num_thresholds")
ERRORS = ("MeanSquaredError", "RootMeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError")


@dataclass(frozen=True)
class Plan:
    """What fits an output.

    Attributes:
        task: what the labels ask.
        units: how many outputs that takes, None where as many as there are.
        labels: an expression that makes labels of y that fit, "" where they fit.
        logits: whether the model is to put out logits.
        loss, metrics, weighted: expressions for compile(): loss, metrics and weighted_metrics.
        left_out: the names of compiled metrics for which there is no expression.
        flat: whether one answer for each example is asked, and the model gives one for each word, step or pixel.
    """

    task: str
    units: int | None
    labels: str
    logits: bool
    loss: str
    metrics: list[str]
    flat: bool = False
    weighted: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def plan_for(output: Output, keep_end: bool) -> Plan | None:
    """Return what fits an output, None where neither labels nor loss tell what it is for.

    Args:
        output: one output of a model.
        keep_end: whether a sigmoid or softmax may stay where it fits the task.
    """
    task, units, labels = _told_by_labels(output) if output.y is not None and output.y.size else _told_by_loss(output)
    if not task:
        return None
    if output.loss is None or output.loss.name not in KNOWN or output.loss.settings.get("axis", -1) not in (-1, [-1]):
        return None  # what a loss of one's own, or one over another axis, wants only its author knows
    flat = _asks_one_answer(output)
    if task == REGRESSION:
        logits, loss = True, f"'{output.loss.name}'"
    else:
        fits = {BINARY: "sigmoid", MULTI_LABEL: "sigmoid", CATEGORICAL: "softmax", INTEGERS: "softmax"}[task]
        logits = flat or not (keep_end and output.activation == fits and (units or output.units) == output.units)
        loss = call_of(LOSSES[task], output.loss, logits)
    given = [[metric for metric in output.metrics if metric.weighted is weighted] for weighted in (False, True)]
    metrics, weighted = (_metrics(some, task, logits, units or output.units) for some in given)
    lost = [m.written for m in output.metrics if m.known and not _fitting(m, task, logits, units or output.units)]
    return Plan(task, units, labels, logits, loss, metrics, flat, weighted, lost)


def _asks_one_answer(output: Output) -> bool:
    """Whether the labels are one number or row for each example, and what comes out has more axes."""
    y, shape = output.y, output.shape
    if y is None or shape is None or len(shape) < 2 or y.ndim > 2:
        return False
    return y.ndim == 1 or y.shape[1:] != shape[:-1]


def _told_by_loss(output: Output) -> tuple[str, int | None, str]:
    loss, units = output.loss, output.units or 1
    if loss is None:
        return "", None, ""
    if loss.name in REGRESSIONS and output.activation != "softmax":
        return (BINARY if output.activation == "sigmoid" else REGRESSION), None, ""
    if units == 1:
        return BINARY, 1, ""
    if loss.name == SPARSE:
        return INTEGERS, None, ""
    binary = (is_binary(output) or loss.name in HINGES) and output.activation != "softmax"
    return (MULTI_LABEL if binary else CATEGORICAL), None, ""


def _told_by_labels(output: Output) -> tuple[str, int | None, str]:
    """Return the task, the units, and an expression that makes labels of y that fit."""
    y, loss = np.asarray(output.y), output.loss
    ignored = loss.settings.get("ignore_class") if loss is not None else None
    if ignored is not None and (y == ignored).any():
        rest = y[y != ignored]
        fits = rest.size and rest.min() >= 0 and rest.max() < (output.units or 0)
        return (INTEGERS, output.units, "") if fits else ("", None, "")
    if y.dtype.kind not in "biuf":
        classes = np.unique(y).size
        return (BINARY, 1, _NUMBERED) if classes == 2 else (INTEGERS, classes, _NUMBERED)
    one_each = y.ndim < 2 or y.shape[-1] == 1
    if (
        one_each
        and loss is not None
        and not is_binary(output)
        and has_crossentropy(output)
        and (y != np.round(y)).any()
    ):
        return INTEGERS, max(output.units or 0, np.unique(y).size), _NUMBERED
    numbers = loss is not None and loss.name in REGRESSIONS and output.activation != "softmax"
    if not are_classes(y) or (numbers and np.unique(y).size > 2 and one_each):
        if loss is not None and loss.name in OF_PROBABILITIES:
            return CATEGORICAL, None, ""
        if loss is not None and has_crossentropy(output) and y.min() >= 0:
            whole = y.max() > 1 and y.max() <= 255
            return MULTI_LABEL, None, "y / 255" if whole else ""
        return REGRESSION, None, ""
    if not one_each and y.shape[-1] == (output.units or y.shape[-1]):
        low, high = y.min(), y.max()
        scaled = "" if low >= 0 and high <= 1 else "(y + 1) / 2" if low == -1 else "y / 255"
        several = (y.sum(axis=-1) > 1).any() or (output.activation == "sigmoid" and is_binary(output))
        return (MULTI_LABEL if several else CATEGORICAL), None, scaled
    if not one_each and set(np.unique(y)) <= {0, 1} and (y.sum(axis=-1) == 1).all():
        return CATEGORICAL, int(y.shape[-1]), ""
    return _numbered(output, y)


_NUMBERED = "numpy.unique(y, return_inverse=True)[1]"


def _numbered(output: Output, y: np.ndarray) -> tuple[str, int | None, str]:
    """Return the same for one whole number for each example."""
    numbers = np.unique(y)
    if set(numbers) <= {0, 1}:
        if output.units == 1 or (output.activation == "sigmoid" and output.units is None):
            return BINARY, 1, ""
        return INTEGERS, max(2, output.units or 2), ""
    if numbers.size == 2 and output.units == 1:
        return BINARY, 1, f"(y == {numbers[1]:g})"
    whole = numbers.min() >= 0 and (numbers == np.round(numbers)).all()
    fits = whole and numbers.max() < (output.units or 0)
    if fits:
        return INTEGERS, output.units, ""
    if whole and output.units == 1:
        return INTEGERS, int(numbers.max()) + 1, ""
    if whole and numbers.max() - numbers.min() < (output.units or 0):
        return INTEGERS, output.units, f"y - {numbers.min():g}"
    return INTEGERS, int(numbers.size), _NUMBERED


def _metrics(given: list[Metric], task: str, logits: bool, units: int | None) -> list[str]:
    """Return the metrics that were compiled, in the form that fits; an accuracy where there were any."""
    kept = [text for metric in given if (text := _fitting(metric, task, logits, units))]
    if kept or not given:
        return list(dict.fromkeys(kept))
    return ["'mae'"] if task == REGRESSION else [_accuracy(task, logits)]


def _fitting(metric: Metric, task: str, logits: bool, units: int | None) -> str:
    """Return a metric that measures the same with these labels and scores, "" where none does."""
    each, name = task in (BINARY, MULTI_LABEL), metric.name
    if task == REGRESSION:
        return _as_it_was(metric) if name in ERRORS else ""
    if name in ("TopKCategoricalAccuracy", "SparseTopKCategoricalAccuracy") and not each:
        k = metric.settings.get("k", 5)
        return f"keras.metrics.{'Sparse' if task == INTEGERS else ''}TopKCategoricalAccuracy(k={k})"
    if name.endswith("Accuracy"):
        return _accuracy(task, logits)
    if name == "AUC" and task != INTEGERS:
        return _as_it_was(metric, from_logits=logits)
    if name in THRESHOLDS and each:
        return _as_it_was(metric, thresholds=0.0 if logits else 0.5)
    if name in F_SCORES and not logits and task != INTEGERS:
        return _as_it_was(metric, **({"threshold": 0.5} if each else {}))
    if name in ("MeanIoU", "OneHotMeanIoU") and not each:
        kind = "MeanIoU" if task == INTEGERS else "OneHotMeanIoU"
        return f"keras.metrics.{kind}(num_classes={units}{', sparse_y_pred=False' if task == INTEGERS else ''})"
    if name in ERRORS:
        return _as_it_was(metric)
    return ""


def _as_it_was(metric: Metric, **changed: Any) -> str:
    """Return an expression for a metric with its settings, some of them changed."""
    from grader.base.keras_import import keras

    kind = getattr(keras.metrics, metric.name)
    settings = {**settings_for(kind, {k: v for k, v in metric.settings.items() if k not in CUTTING}), **changed}
    defaults = inspect.signature(kind).parameters
    kept = {key: value for key, value in settings.items() if value != defaults[key].default}
    return f"keras.metrics.{metric.name}({', '.join(f'{key}={value!r}' for key, value in kept.items())})"


def _accuracy(task: str, logits: bool) -> str:
    if task in (BINARY, MULTI_LABEL):
        return f"keras.metrics.BinaryAccuracy(threshold={'0.0' if logits else '0.5'})"
    return "'accuracy'"
