"""What an exercise asks of a Keras model, and the first way in which a model is something else.

Everything is read off the public configuration, layer by layer. Nothing is trained, and neither accuracy nor loss is
looked at.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.diagnosis.compiled import ACCURACIES, REGRESSIONS
from grader.diagnosis.layers import Step
from grader.diagnosis.outputs import Output, outputs
from grader.diagnosis.rules import RULES

HINTS = {
    "not-compiled": "Call compile() on the model before you return it.",
    "wrong-architecture": "Compare the layers that are asked for with what model.summary() shows.",
    "probabilities-not-asked": "This model is sound, and it puts out probabilities. Asked is one that puts out logits.",
    "logits-not-asked": "This model is sound, and it puts out logits. Asked is one that ends in an activation.",
    "labels-do-not-fit-loss": "Look at the form of the labels that the exercise names, and at what the loss takes.",
    "regression-loss": "A squared error measures distance. For classes use the cross-entropy that fits the labels.",
    "no-accuracy": "Give compile() a metric that counts right answers, in metrics=[...].",
    "accuracy-does-not-fit": "The metric must compare labels of the form that is asked with scores of this form.",
    "dropout-keeps-instead-of-drops": "Dropout's rate is the share that is dropped, not the share that is kept.",
    "dropout-at-prediction": "Leave out training=True: fit() turns dropout on, and predict() leaves it off.",
    "threshold-not-written": "Write the threshold out: a metric object with threshold=...",
    "wrong-optimizer": "Compare the optimizer and its learning rate with what is asked.",
    "base-not-frozen": "Set trainable to False on the base before you build the model around it.",
}


@dataclass(frozen=True)
class Asked:
    """What a model must be.

    Attributes:
        layers: the layers that count, as (class name, facts), the last one with the output included.
        logits: whether the model must put out logits (True) or probabilities (False); None when it is free.
        labels: `binary` or `integers`.
        any_hidden: any number and size of hidden ReLU layers will do before the last one.
        tail: only the last layers are compared; a base stands before them.
        threshold_written: the accuracy must be an object that says where it cuts.
        optimizer: (class name, learning rate), or None when any will do.
    """

    layers: Sequence[tuple[str, dict[str, object]]]
    logits: bool | None = True
    labels: str = "binary"
    any_hidden: bool = False
    tail: bool = False
    threshold_written: bool = False
    optimizer: tuple[str, float] | None = None


Problem = tuple[str, str, str]  # misconception, what was seen, hint


def asked_text(asked: Asked) -> str:
    """Return what is asked, layer by layer: the second step of help."""
    layers = [f"{name}({', '.join(f'{k}={_first(v)}' for k, v in facts.items())})" for name, facts in asked.layers]
    if asked.any_hidden:
        layers.insert(0, "hidden Dense layers with activation='relu'")
    ends = {True: "no activation at the end", False: "activation='sigmoid' at the end", None: "either end"}
    end = ends[asked.logits]
    labels = "integers 0 to K-1" if asked.labels == "integers" else "0 and 1"
    return f"Asked: {', '.join(layers)}; {end}; a loss and an accuracy that fit this end and labels that are {labels}."


def _first(value: object) -> object:
    return value[0] if isinstance(value, tuple) else value


def problem_of(model: Any, asked: Asked) -> Problem | None:
    """Return the most telling way in which a model is not what was asked, or None."""
    if not model.compiled:
        return "not-compiled", "the model is not compiled", HINTS["not-compiled"]
    every = outputs(model)
    if len(every) != 1:
        return "wrong-architecture", f"the model has {len(every)} outputs", HINTS["wrong-architecture"]
    output = every[0]
    for find in (_misfit, _rule, _ending, _architecture, _metrics, _optimizer(model), _dropping(model)):
        if found := find(output, asked):
            id_, words = found[0], found[1]
            return id_, words, found[2] if len(found) > 2 else HINTS[id_]
    return None


Found = tuple[str, ...] | None


def _misfit(output: Output, asked: Asked) -> Found:
    """Return how loss and units do not fit the labels that are asked for."""
    loss, units = output.loss, output.units
    if loss is None:
        return "labels-do-not-fit-loss", "the model is compiled without a loss", "Give compile() a loss."
    if loss.name in REGRESSIONS:
        return "regression-loss", f"the loss is {loss.name}"
    if asked.labels == "binary" and units == 1:
        return None  # one unit with a categorical loss is told by the rules
    words = f"{units} output units with {loss.name}"
    wanted = asked.layers[-1][1].get("units")
    if asked.labels == "integers":
        if loss.name in ("categorical_crossentropy", "binary_crossentropy"):
            return "labels-do-not-fit-loss", f"{words}, and the labels are integers"
        if units != wanted:
            return "labels-do-not-fit-loss", f"{words} for {wanted} classes"
    elif units != 1:
        return "wrong-architecture", f"{words}, and one is asked"
    return None


def _rule(output: Output, asked: Asked) -> Found:
    """Return the first finding that is wrong in any model, judged as a classifier."""
    for id_, shows, seen, change in RULES:
        if shows(output):
            return id_, seen(output), change
    return None


def _ending(output: Output, asked: Asked) -> Found:
    if asked.logits and output.activation in ("sigmoid", "softmax"):
        return "probabilities-not-asked", f"the model ends in {output.activation}, and the loss fits it"
    if asked.logits is False and output.activation == "linear":
        return "logits-not-asked", "the model ends without an activation, and the loss fits that"
    if output.activation not in ("linear", "sigmoid", "softmax"):
        return "wrong-architecture", f"the last activation is {output.activation}"
    return None


def _architecture(output: Output, asked: Asked) -> Found:
    """Return the first layer that is not the one that is asked for."""
    steps = [step for step in output.steps if step.weighs or "Dropout" in step.name or "Pooling" in step.name]
    if asked.any_hidden:
        hidden = [(step, bent) for step, bent in output.hidden if step.name == "Dense"]
        if not hidden:
            return "wrong-architecture", "there is no hidden Dense layer"
        first = hidden[0][0]
        kind = _kind_after(first, output.steps)
        return None if kind == "relu" else ("wrong-architecture", f"the hidden layer's activation is {kind}, not relu")
    if asked.tail:
        steps = steps[-len(asked.layers) :]
    if len(steps) != len(asked.layers):
        names = ", ".join(step.name for step in steps)
        return "wrong-architecture", f"the layers are {names}: {len(steps)} where {len(asked.layers)} are asked"
    for number, (step, (name, facts)) in enumerate(zip(steps, asked.layers, strict=True), start=1):
        if step.name != name:
            return "wrong-architecture", f"layer {number} is {step.name} where {name} is asked"
        for fact, wanted in facts.items():
            if found := _differs(step, fact, wanted, output.steps):
                return found
    return None


def _kind_after(step: Step, steps: list[Step]) -> str:
    """Return the activation of a layer, its own or that of an activation layer right behind it."""
    place = next(i for i, other in enumerate(steps) if other is step)
    for other in steps[place:]:
        if other is not step and other.weighs:
            break
        if other.activation != "linear":
            return other.activation
    return "linear"


def _differs(step: Step, fact: str, wanted: object, steps: list[Step]) -> Found:
    if fact == "activation":
        kind = _kind_after(step, steps)
        same = kind == wanted
        return None if same else ("wrong-architecture", f"{step.name}'s activation is {kind} where {wanted} is asked")
    value = getattr(step.layer, fact, None)
    if fact == "rate" and isinstance(value, float) and isinstance(wanted, float):
        if np.isclose(value, wanted):
            return None
        if np.isclose(value, 1 - wanted):
            return "dropout-keeps-instead-of-drops", f"Dropout has the rate {value:g}, and {wanted:g} is asked"
        return "wrong-architecture", f"Dropout has the rate {value:g} where {wanted:g} is asked"
    allowed = wanted if isinstance(wanted, tuple) else (wanted,)
    if value in allowed:
        return None
    return "wrong-architecture", f"{step.name} has {fact}={value} where {allowed[0]} is asked"


def _metrics(output: Output, asked: Asked) -> Found:
    counting = [metric for metric in output.metrics if metric.name in ACCURACIES]
    if not counting:
        return "no-accuracy", "no metric counts the right answers"
    if asked.labels == "integers" and counting[0].name != "SparseCategoricalAccuracy":
        return "accuracy-does-not-fit", f"{counting[0].name} is given integer labels and {output.units} scores"
    if asked.labels == "binary" and counting[0].name != "BinaryAccuracy":
        return "accuracy-does-not-fit", f"{counting[0].name} is given one column of scores"
    right = 0.0 if output.activation == "linear" else 0.5
    if asked.labels == "binary" and counting[0].threshold != right:
        return "accuracy-does-not-fit", f"BinaryAccuracy cuts at {counting[0].threshold}, and the border is at {right}"
    if asked.threshold_written and counting[0].written.startswith("'"):
        return "threshold-not-written", f"the accuracy is given as {counting[0].written}"
    return None


def _optimizer(model: Any) -> Callable[[Output, Asked], Found]:
    def find(output: Output, asked: Asked) -> Found:
        if asked.optimizer is None:
            return None
        name, rate = asked.optimizer
        own, own_rate = type(model.optimizer).__name__, float(np.asarray(model.optimizer.learning_rate))
        if own == name and np.isclose(own_rate, rate):
            return None
        return (
            "wrong-optimizer",
            f"the optimizer is {own} with learning rate {own_rate:g}, and {name} with {rate:g} is asked",
        )

    return find


def _dropping(model: Any) -> Callable[[Output, Asked], Found]:
    def find(output: Output, asked: Asked) -> Found:
        shape = getattr(model, "input_shape", None)
        if not isinstance(shape, tuple):
            return None
        x = np.ones([size or 4 for size in shape], "float32")
        first, second = np.asarray(model(x)), np.asarray(model(x))
        same = np.array_equal(first, second)
        return None if same else ("dropout-at-prediction", "two predictions for the same input differ")

    return find
