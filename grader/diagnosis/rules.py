"""What is wrong with an output of any model, as data: a misconception, how it shows, what was seen."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from grader.diagnosis.compiled import ACCURACIES, CROSSENTROPIES, REGRESSIONS, Metric
from grader.diagnosis.findings import Finding
from grader.diagnosis.outputs import Output


@dataclass(frozen=True)
class Rule:
    """One thing that may be wrong: the misconception's id, whether an output shows it, and what is then seen."""

    id: str
    shows: Callable[[Output], bool]
    seen: Callable[[Output], str]

    def finding(self, output: Output, where: str = "") -> Finding | None:
        """Return what is wrong with an output, or None; `where` is the output's name in a model of several."""
        return Finding(self.id, self.seen(output), output=where) if self.shows(output) else None


def _probabilities(output: Output) -> bool:
    return output.activation in ("sigmoid", "softmax")


def _crossentropy(output: Output) -> bool:
    return output.loss is not None and output.loss.name in CROSSENTROPIES


def _cut(output: Output) -> Metric | None:
    return next((metric for metric in output.metrics if metric.threshold is not None), None)


def _expects(output: Output, from_logits: bool) -> bool:
    return _crossentropy(output) and output.loss is not None and output.loss.from_logits is from_logits


def _categorical(output: Output) -> bool:
    return _crossentropy(output) and output.loss is not None and output.loss.name != "binary_crossentropy"


def _judged_as_classes(output: Output) -> bool:
    return output.activation == "softmax" or any(metric.name in ACCURACIES for metric in output.metrics)


def _labels_misfit(output: Output) -> str:
    """Return how the labels do not fit the loss, or ""."""
    y, loss, units = output.y, output.loss, output.units
    if loss is None or not _crossentropy(output) or units is None:
        return ""
    if units == 1 and _categorical(output):
        return f"one output unit with {loss.name}, which compares several classes"
    if y is None:
        return ""
    if loss.name == "sparse_categorical_crossentropy":
        if y.ndim > 1 and y.shape[-1] > 1:
            return f"labels of shape {y.shape} with {loss.name}, which takes one integer for each example"
        if y.size and (y.max() >= units or y.min() < 0):
            return f"labels from {y.min():g} to {y.max():g} with {units} output units, which stand for 0 to {units - 1}"
    elif units > 1 and (y.ndim < 2 or y.shape[-1] != units):
        return f"labels of shape {y.shape} with {units} output units and {loss.name}"
    return ""


def _loss_text(output: Output) -> str:
    loss = output.loss
    if loss is None:
        return "no loss"
    return loss.name if loss.from_logits is None else f"{loss.name} with from_logits={loss.from_logits}"


def _harm(output: Output) -> str:
    if output.unwinds:
        return (
            "Keras on TensorFlow unwinds this activation and only warns, so training goes as if it were not there; "
            "loss(y, model.predict(x)) does not"
        )
    return "Keras cannot unwind it here: the activation is applied twice in the loss, and training suffers"


DROPOUT = Rule(
    "dropout-at-prediction",
    lambda o: o.unsteady,
    lambda o: "two predictions for the same input differ, so dropout is at work while predicting",
)

RULES: list[Rule] = [
    Rule(
        "softmax-on-one-unit",
        lambda o: o.units == 1 and "softmax" in o.activations,
        lambda o: "the last layer is a softmax over one unit, so every prediction is 1",
    ),
    Rule(
        "sigmoid-twice",
        lambda o: o.activations[:2] == ["sigmoid", "sigmoid"],
        lambda o: "the sigmoid is applied twice, so every output lies between 0.5 and 0.731",
    ),
    Rule(
        "softmax-twice",
        lambda o: o.activations[:2] == ["softmax", "softmax"],
        lambda o: (
            "the softmax is applied twice, so no output can be larger than "
            + (f"{np.e / (np.e + o.units - 1):.3f}" if o.units else "e/(e+K-1)")
        ),
    ),
    Rule(
        "relu-on-logits",
        lambda o: o.activation == "relu" and _crossentropy(o),
        lambda o: "the last activation is a ReLU, so no output is ever negative",
    ),
    Rule(
        "logits-with-probability-loss",
        lambda o: o.activation == "linear" and _expects(o, from_logits=False),
        lambda o: (
            f"the last layer puts out raw numbers, and the loss is {_loss_text(o)}, which expects probabilities: "
            "outside 0 to 1 its gradient is 0"
        ),
    ),
    Rule(
        "probabilities-with-logits-loss",
        lambda o: _probabilities(o) and _expects(o, from_logits=True),
        lambda o: f"the model ends in {o.activation}, and the loss is {_loss_text(o)}. {_harm(o)}",
    ),
    Rule(
        "labels-do-not-fit-loss",
        lambda o: bool(_labels_misfit(o)),
        _labels_misfit,
    ),
    Rule(
        "regression-loss",
        lambda o: o.loss is not None and o.loss.name in REGRESSIONS and _judged_as_classes(o),
        lambda o: f"the loss is {_loss_text(o)}, and the model is judged as a classifier",
    ),
    Rule(
        "sigmoid-with-categorical-loss",
        lambda o: o.activation == "sigmoid" and _categorical(o) and o.units != 1,
        lambda o: (
            f"{o.units or 'several'} sigmoids with {_loss_text(o)}: sigmoids answer separate yes-or-no questions "
            "and do not sum to 1"
        ),
    ),
    Rule(
        "softmax-with-binary-loss",
        lambda o: o.activation == "softmax" and o.units != 1 and _crossentropy(o) and not _categorical(o),
        lambda o: f"a softmax over {o.units or 'several'} units with {_loss_text(o)}, which asks each unit alone",
    ),
    Rule(
        "accuracy-cuts-logits-at-half",
        lambda o: o.activation == "linear" and _crossentropy(o) and (m := _cut(o)) is not None and m.threshold == 0.5,
        lambda o: (
            f"the outputs are logits, and {_cut(o).written} cuts them at 0.5, "  # type: ignore[union-attr]  # it is there
            "which is a probability of 0.622"
        ),
    ),
    Rule(
        "accuracy-cuts-probabilities-at-zero",
        lambda o: _probabilities(o) and (m := _cut(o)) is not None and (m.threshold or 0) <= 0,
        lambda o: "the outputs are probabilities, and the metric cuts them at 0: every example counts as class 1",
    ),
    Rule(
        "activation-without-slope",
        lambda o: any(step.activation == "step" for step in o.steps),
        lambda o: "an activation is a step, whose slope is 0 everywhere: no layer before it learns anything",
    ),
    Rule(
        "missing-nonlinearity",
        lambda o: any(step.name == "Dense" and not bent for step, bent in o.hidden),
        lambda o: "a hidden Dense layer has no activation before the next layer, so the two are one linear layer",
    ),
    DROPOUT,
]
