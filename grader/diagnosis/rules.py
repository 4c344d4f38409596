"""What is wrong with an output of any model, as data: a misconception, how it shows, what was seen, what to change."""

from collections.abc import Callable

import numpy as np

from grader.diagnosis.compiled import ACCURACIES, CROSSENTROPIES, REGRESSIONS, Metric
from grader.diagnosis.outputs import Output

# Each rule: the id, whether an output shows it, what was seen, what to change.
Rule = tuple[str, Callable[[Output], bool], Callable[[Output], str], str]


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


RULES: list[Rule] = [
    (
        "softmax-on-one-unit",
        lambda o: o.units == 1 and "softmax" in o.activations,
        lambda o: "the last layer is a softmax over one unit, so every prediction is 1",
        "Use one unit with a sigmoid, or no activation and from_logits=True.",
    ),
    (
        "sigmoid-twice",
        lambda o: o.activations[:2] == ["sigmoid", "sigmoid"],
        lambda o: "the sigmoid is applied twice, so every output lies between 0.5 and 0.731",
        "Keep one of the two sigmoids.",
    ),
    (
        "softmax-twice",
        lambda o: o.activations[:2] == ["softmax", "softmax"],
        lambda o: (
            "the softmax is applied twice, so no output can be larger than "
            + (f"{np.e / (np.e + o.units - 1):.3f}" if o.units else "e/(e+K-1)")
        ),
        "Keep one of the two softmax activations.",
    ),
    (
        "relu-on-logits",
        lambda o: o.activation == "relu" and _crossentropy(o),
        lambda o: "the last activation is a ReLU, so no output is ever negative",
        "Take the ReLU away from the last layer: a logit must be able to speak against a class.",
    ),
    (
        "logits-with-probability-loss",
        lambda o: o.activation == "linear" and _expects(o, from_logits=False),
        lambda o: (
            f"the last layer puts out raw numbers, and the loss is {_loss_text(o)}, which expects probabilities: "
            "outside 0 to 1 its gradient is 0"
        ),
        "Give the loss from_logits=True.",
    ),
    (
        "probabilities-with-logits-loss",
        lambda o: _probabilities(o) and _expects(o, from_logits=True),
        lambda o: f"the model ends in {o.activation}, and the loss is {_loss_text(o)}. {_harm(o)}",
        "Take the activation away from the end of the model, or set from_logits=False.",
    ),
    (
        "labels-do-not-fit-loss",
        lambda o: bool(_labels_misfit(o)),
        _labels_misfit,
        "Integer labels 0 to K-1 go with the sparse loss and K units, one-hot rows with the categorical one, "
        "0 and 1 with one unit and the binary one.",
    ),
    (
        "regression-loss",
        lambda o: o.loss is not None and o.loss.name in REGRESSIONS and _judged_as_classes(o),
        lambda o: f"the loss is {_loss_text(o)}, and the model is judged as a classifier",
        "Use a cross-entropy: where a sigmoid or softmax is sure and wrong, the gradient of a squared error vanishes.",
    ),
    (
        "sigmoid-with-categorical-loss",
        lambda o: o.activation == "sigmoid" and _categorical(o) and o.units != 1,
        lambda o: (
            f"{o.units or 'several'} sigmoids with {_loss_text(o)}: sigmoids answer separate yes-or-no questions "
            "and do not sum to 1"
        ),
        "Where one class excludes the others, use a softmax, or no activation and from_logits=True.",
    ),
    (
        "softmax-with-binary-loss",
        lambda o: o.activation == "softmax" and o.units != 1 and _crossentropy(o) and not _categorical(o),
        lambda o: f"a softmax over {o.units or 'several'} units with {_loss_text(o)}, which asks each unit alone",
        "Use the categorical cross-entropy with a softmax, the binary one with sigmoids.",
    ),
    (
        "accuracy-cuts-logits-at-half",
        lambda o: o.activation == "linear" and _crossentropy(o) and (m := _cut(o)) is not None and m.threshold == 0.5,
        lambda o: (
            f"the outputs are logits, and {_cut(o).written} cuts them at 0.5, "  # type: ignore[union-attr]  # it is there
            "which is a probability of 0.622"
        ),
        "Use keras.metrics.BinaryAccuracy(threshold=0.0): the logit 0 is the probability one half.",
    ),
    (
        "accuracy-cuts-probabilities-at-zero",
        lambda o: _probabilities(o) and (m := _cut(o)) is not None and (m.threshold or 0) <= 0,
        lambda o: "the outputs are probabilities, and the metric cuts them at 0: every example counts as class 1",
        "Use keras.metrics.BinaryAccuracy(threshold=0.5).",
    ),
    (
        "activation-without-slope",
        lambda o: any(step.activation == "step" for step in o.steps),
        lambda o: "an activation is a step, whose slope is 0 everywhere: no layer before it learns anything",
        "Use an activation that has a slope, such as 'relu' in hidden layers.",
    ),
    (
        "missing-nonlinearity",
        lambda o: any(step.name == "Dense" and not bent for step, bent in o.hidden),
        lambda o: "a hidden Dense layer has no activation before the next layer, so the two are one linear layer",
        "Give the hidden layers an activation, such as 'relu'.",
    ),
]
