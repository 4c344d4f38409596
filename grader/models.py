"""Facts about a Keras model, output by output, and what they say: diagnose(model, x, y)."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.compiled import ACCURACIES, CROSSENTROPIES, REGRESSIONS, Loss, Metric, compiled_metrics, loss_of, metric_of
from grader.findings import Diagnosis, Finding
from grader.layers import Step, paths


@dataclass(frozen=True)
class Output:
    """One output of a model.

    Attributes:
        name: as compile() knows it.
        steps: the layers that lead to it; empty where they cannot be seen.
        units: the size of its last axis, None where it is not known yet.
        loss, metrics: what was compiled for it.
        labels: the form of the labels: `integers`, `one-hot` or "" where nothing tells.
        y: the labels, where they were given.
        outside: whether a prediction below 0 or above 1 was seen.
    """

    name: str
    steps: list[Step]
    units: int | None
    loss: Loss | None
    metrics: list[Metric]
    labels: str = ""
    y: np.ndarray | None = None
    outside: bool = False

    @property
    def activations(self) -> list[str]:
        """The activations behind the last weights, the last one first; linear ones left out."""
        kinds = []
        for step in reversed(self.steps):
            if step.activation != "linear":
                kinds.append(step.activation)
            if step.weighs:
                break
        return kinds

    @property
    def activation(self) -> str:
        """The activation whose numbers come out: `linear` for logits, `unknown` where it cannot be seen."""
        if not self.steps:
            return "linear" if self.outside else "unknown"
        return self.activations[0] if self.activations else "linear"

    @property
    def unwinds(self) -> bool:
        """Whether Keras on TensorFlow finds the logits again although an activation hides them."""
        last = next((step for step in reversed(self.steps) if step.name not in ("Identity",)), None)
        return last is not None and last.unwinds

    @property
    def hidden(self) -> list[tuple[Step, bool]]:
        """The hidden layers with weights, each with whether something not linear stands before the next one."""
        weighing = [i for i, step in enumerate(self.steps) if step.weighs]
        pairs = itertools.pairwise(weighing)
        return [(self.steps[a], any(not _is_linear(s) for s in self.steps[a:b])) for a, b in pairs]


def _is_linear(step: Step) -> bool:
    return step.activation == "linear" and "Max" not in step.name and "LayerNorm" not in step.name


def outputs(model: Any, x: Any = None, y: Any = None) -> list[Output]:  # noqa: ANN401 - Keras has no types
    """Return the facts of every output of a model.

    Args:
        model: a Keras model, compiled or not.
        x: inputs, to see whether a single output leaves the range of probabilities.
        y: labels, to tell their form; a dict or list for a model of several outputs.
    """
    ways = paths(model)
    names = list(ways) if ways is not None else _names(model)
    given = {
        "loss": _for_each(getattr(model, "loss", None), names),
        "metrics": _for_each(compiled_metrics(model) if model.compiled else None, names, several=True),
        "y": _for_each(y, names),
    }
    sizes = _sizes(model, names)
    found = []
    for name in names:
        steps = ways[name] if ways is not None else []
        loss, units = loss_of(given["loss"][name]), sizes[name] or _units(steps)
        labels = None if given["y"][name] is None else np.asarray(given["y"][name])
        form = _label_form(labels, loss, units)
        metrics = [metric_of(metric, units, form) for metric in given["metrics"][name] or []]
        found.append(Output(name, steps, units, loss, metrics, form, labels, outside=leaves_range(model, x)))
    return found


def _names(model: Any) -> list[str]:  # noqa: ANN401
    loss = getattr(model, "loss", None)
    return list(loss) if isinstance(loss, dict) else ["output"]


def _for_each(given: Any, names: list[str], several: bool = False) -> dict[str, Any]:  # noqa: ANN401
    """Return what was given for each output: one thing for the only output, or a dict or list for several."""
    if isinstance(given, dict) and not {"class_name", "module"} <= set(given):
        return {name: _as_list(given.get(name)) if several else given.get(name) for name in names}
    if len(names) > 1:
        split = isinstance(given, list | tuple) and len(given) == len(names)
        return {name: (_as_list(given[i]) if several else given[i]) if split else None for i, name in enumerate(names)}
    if several and isinstance(given, list) and len(given) == 1 and isinstance(given[0], list):
        given = given[0]
    return {names[0]: _as_list(given) if several else given}


def _as_list(given: Any) -> list[Any]:  # noqa: ANN401
    if given is None:
        return []
    return list(given) if isinstance(given, list | tuple) else [given]


def _sizes(model: Any, names: list[str]) -> dict[str, int | None]:  # noqa: ANN401
    """Return the size of every output's last axis; None before the model is built."""
    try:
        tensors = model.output if isinstance(model.output, dict) else dict(zip(names, model.outputs, strict=True))
    except (AttributeError, ValueError):
        return dict.fromkeys(names)
    return {name: tensors[name].shape[-1] for name in names}


def _units(steps: list[Step]) -> int | None:
    """Return the size of the last Dense layer, for a model that is not built yet."""
    return next((getattr(step.layer, "units", None) for step in reversed(steps) if step.weighs), None)


def _label_form(y: np.ndarray | None, loss: Loss | None, units: int | None) -> str:
    """Return the form of the labels: from themselves, or else from what the loss asks for."""
    if y is not None and units and units > 1:
        return "one-hot" if y.ndim > 1 and y.shape[-1] == units else "integers"
    if loss and loss.name == "sparse_categorical_crossentropy":
        return "integers"
    return "one-hot" if loss and units and units > 1 and loss.name in CROSSENTROPIES else ""


def leaves_range(model: Any, x: Any) -> bool:  # noqa: ANN401
    """Return whether the only output of a model puts out something that is no probability."""
    if x is None:
        return False
    p = model.predict(x, verbose=0)
    return isinstance(p, np.ndarray) and bool(((p < 0) | (p > 1)).any())


def predictions_differ(model: Any, x: np.ndarray) -> bool:  # noqa: ANN401
    """Return whether the model predicts different things for the same input twice."""
    first, second = (np.asarray(model.predict(x, verbose=0)) for _ in range(2))
    return not np.array_equal(first, second)


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


def diagnose(model: Any, x: Any = None, y: Any = None) -> Diagnosis:  # noqa: ANN401
    """Say what is wrong with a Keras model, from its configuration and, with x, from its behaviour.

    Accuracy and loss are never looked at. What cannot be seen is listed, not guessed.

    Args:
        model: any Keras model; each output of several is looked at on its own.
        x: some inputs, as predict() takes them; with them it is seen whether two predictions agree.
        y: the labels for them, to tell their form.

    Returns:
        The findings, none for a sound model, and what could not be seen.

    Raises:
        TypeError: `model` is no Keras model.
    """
    import keras

    if not isinstance(model, keras.Model):
        raise TypeError(f"diagnose() takes a Keras model, and this is a {type(model).__name__}.")
    diagnosis = Diagnosis()
    every = outputs(model, x, y)
    for output in every:
        where = output.name if len(every) > 1 else ""
        diagnosis.findings += [
            Finding(i, where, seen(output), change) for i, shows, seen, change in RULES if shows(output)
        ]
        diagnosis.unseen += [f"{where + ': ' if where else ''}{words}" for words in _unseen(output, model)]
    if x is not None and predictions_differ(model, x):
        change = "Do not pass training=True to dropout inside the model; fit() does it where it belongs."
        seen = "two predictions for the same input differ, so dropout is at work while predicting"
        diagnosis.findings.append(Finding("dropout-at-prediction", "", seen, change))
    return diagnosis


def _unseen(output: Output, model: Any) -> list[str]:  # noqa: ANN401
    """Return what of an output cannot be seen."""
    words = []
    if not output.steps:
        words.append("the layers, because the model is connected by code (a subclass of keras.Model)")
    elif output.activation in ("unknown", "other"):
        words.append(f"what the last layer, {output.steps[-1].name}, does to a logit")
    if not model.compiled:
        words.append("the loss and the metrics, because the model is not compiled")
    elif output.loss is not None and output.loss.name == "unknown":
        words.append("whether the loss expects logits, because it is none of Keras's")
    return words
