"""What an exercise asks of a Keras model, and the first way in which a model is something else.

First the public configuration is read, layer by layer; then a model that is laid out as asked is tried: see
grader.answers.trial. Neither the accuracy nor the loss that it reports is looked at.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from grader.answers.trial import Trial
from grader.base.hints import WHERE_LOGITS_ARE_ASKED, WHERE_PROBABILITIES_ARE_ASKED
from grader.base.text import first_line
from grader.diagnosis.behaviour import differ
from grader.diagnosis.compiled import REGRESSIONS, compiled_with
from grader.diagnosis.findings import Finding
from grader.diagnosis.layers import Step
from grader.diagnosis.metrics import ACCURACIES
from grader.diagnosis.outputs import Output, read_outputs
from grader.diagnosis.rules import DROPOUT, RULES

FEW = 4  # inputs that go through a model twice
LEAVE_WEIGHTS = "Leave the weights as Keras's initialisers and fit() make them."
TOLD_MORE_EXACTLY = ("metric-does-not-fit",)  # by what an exercise asks of its metric


@dataclass(frozen=True)
class Asked:
    """What a model must be.

    Attributes:
        layers: the layers that count, as (class name, facts), the last one with the output included.
        logits: whether the model must put out logits (True) or probabilities (False); None when it is free.
        labels: `binary` or `integers`.
        any_hidden: any number and size of hidden layers will do before the last one.
        hidden: the activation of the first of them; None when any bent one will do.
        tail: only the last layers are compared; a base stands before them.
        threshold_written: the accuracy must be an object that says where it cuts.
        optimizer: (class name, learning rate), or None when any will do.
        instead: another form that will do as well, for a model with as many units at its end.
    """

    layers: Sequence[tuple[str, dict[str, object]]]
    logits: bool | None = True
    labels: str = "binary"
    any_hidden: bool = False
    hidden: str | None = "relu"
    tail: bool = False
    threshold_written: bool = False
    optimizer: tuple[str, float] | None = None
    instead: "Asked | None" = None


def asked_text(asked: Asked) -> str:
    """Return what is asked, layer by layer: the second step of help."""
    layers = [f"{name}({', '.join(f'{k}={_first(v)}' for k, v in facts.items())})" for name, facts in asked.layers]
    if asked.any_hidden:
        kind = f"with activation='{asked.hidden}'" if asked.hidden else "with an activation"
        layers.insert(0, f"hidden Dense layers {kind}")
    ends = {True: "no activation at the end", False: "activation='sigmoid' at the end", None: "either end"}
    end = ends[asked.logits]
    labels = "integers 0 to K-1" if asked.labels == "integers" else "0 and 1"
    return (
        f"The exercise asks for {', '.join(layers)}; {end}; a loss and an accuracy that fit this end and labels that "
        f"are {labels}."
    )


def _first(value: object) -> object:
    return value[0] if isinstance(value, tuple) else value


def wrong_layout(model: Any, asked: Asked, x: np.ndarray) -> Finding | None:
    """Return the most telling way in which a model is laid out or compiled otherwise than asked, or None.

    Args:
        model: what came back.
        asked: what was asked.
        x: (N, ...) inputs that it must take.
    """
    if not model.compiled:
        return Finding("not-compiled", "the model is not compiled")
    every, _ = read_outputs(model)
    if len(every) != 1:
        return Finding("wrong-architecture", f"the model has {len(every)} outputs")
    asked = _form(asked, every[0])
    finds = (_misfit, _in_any_model, _ending, _architecture, _metrics(model), _optimizer(model), _predicting(model, x))
    for find in finds:
        if found := find(every[0], asked):
            return found
    if not all(np.isfinite(weight).all() for weight in model.get_weights()):
        return Finding("not-finite", "a weight of the model is infinite or NaN", LEAVE_WEIGHTS)
    return None


def wrong_when_tried(model: Any, asked: Asked, x: np.ndarray, y: np.ndarray | None, train: bool) -> Finding | None:
    """Return what is wrong with what a model does that is laid out as asked, or None.

    Args:
        model: the model.
        asked: what was asked.
        x: (N, ...) inputs.
        y: (N,) integer labels for x; None for some that have nothing to do with x.
        train: try a step of training, too.
    """
    ((output,), _) = read_outputs(model)
    labels = np.arange(len(x)) % max(2, output.units or 1) if y is None else y
    return Trial(model, output, as_taken(model, x), labels, _learning(output, _form(asked, output))).outcome(train)


def as_taken(model: Any, x: np.ndarray) -> np.ndarray:
    """Return inputs in the shape that a model takes, where it holds as many numbers; texts in the length."""
    shape = getattr(model, "input_shape", None)
    if not isinstance(shape, tuple) or None in shape[1:]:
        return x
    size = int(np.prod(shape[1:]))
    if x.dtype.kind == "i" and len(shape) == 2:
        return x[:, np.arange(size) % x.shape[1]]
    return x.reshape(len(x), *shape[1:]) if size == x[0].size else x


def _form(asked: Asked, output: Output) -> Asked:
    """Return the form of what is asked that a model has chosen, where there are two."""
    other = asked.instead
    return other if other and output.units == other.layers[-1][1]["units"] else asked


def _learning(output: Output, asked: Asked) -> list[Step]:
    """Return the layers that must learn: those that are asked for, and in front of them all but a base."""
    weighing = [step for step in output.steps if step.weighs]
    return weighing[-sum(name == "Dense" for name, _ in asked.layers) :] if asked.tail else weighing


def _misfit(output: Output, asked: Asked) -> Finding | None:
    """Return how loss and units do not fit the labels that are asked for."""
    loss, units = output.loss, output.units
    if loss is None:
        return Finding("labels-do-not-fit-loss", "the model is compiled without a loss", "Give compile() a loss.")
    if loss.name in REGRESSIONS:
        return Finding("regression-loss", f"the loss is {loss.name}")
    if asked.labels == "binary" and units == 1:
        return None  # one unit with a categorical loss is told by the rules
    words = f"{units} output units with {loss.name}"
    wanted = asked.layers[-1][1].get("units")
    if asked.labels == "integers":
        if loss.name in ("categorical_crossentropy", "binary_crossentropy"):
            return Finding("labels-do-not-fit-loss", f"{words}, and the labels are integers")
        if units != wanted:
            return Finding("labels-do-not-fit-loss", f"{words} for {wanted} classes")
    elif units != 1:
        return Finding("wrong-architecture", f"{words}, and the exercise asks for one")
    return None


def _in_any_model(output: Output, asked: Asked) -> Finding | None:
    """Return the first finding that is wrong in any model, judged as a classifier."""
    found = next(filter(None, (rule.finding(output) for rule in RULES if rule.id not in TOLD_MORE_EXACTLY)), None)
    changes = {True: WHERE_LOGITS_ARE_ASKED, False: WHERE_PROBABILITIES_ARE_ASKED, None: {}}[asked.logits]
    return replace(found, change=changes[found.id]) if found and found.id in changes else found


def _ending(output: Output, asked: Asked) -> Finding | None:
    if asked.logits and output.activation in ("sigmoid", "softmax"):
        return Finding("probabilities-not-asked", f"the model ends in {output.activation}, and the loss fits it")
    if asked.logits is False and output.activation == "linear":
        return Finding("logits-not-asked", "the model ends without an activation, and the loss fits that")
    if output.activation == "other" and output.steps[-1].activation == "linear":
        return Finding("end-changed", f"{output.steps[-1].name} behind the last activation changes what comes out")
    if output.activation not in ("linear", "sigmoid", "softmax"):
        return Finding("wrong-architecture", f"the last activation is {_called(output.steps[-1])}")
    return None


def _architecture(output: Output, asked: Asked) -> Finding | None:
    """Return the first layer that is not the one that is asked for."""
    steps = [step for step in output.steps if step.weighs or "Dropout" in step.name or "Pooling" in step.name]
    if asked.any_hidden:
        hidden = [(step, bent) for step, bent in output.hidden if step.name == "Dense"]
        if not hidden:
            return Finding("wrong-architecture", "there is no hidden Dense layer")
        first = hidden[0][0]
        kind, called = _kind_after(first, output.steps)
        seen = f"the hidden layer's activation is {called}, not {asked.hidden}"
        return None if asked.hidden in (None, kind) else Finding("wrong-architecture", seen)
    if asked.tail:
        steps = steps[-len(asked.layers) :]
    if len(steps) != len(asked.layers):
        names = ", ".join(step.name for step in steps)
        seen = f"the layers are {names}: {len(steps)}, and the exercise asks for {len(asked.layers)}"
        return Finding("wrong-architecture", seen)
    for number, (step, (name, facts)) in enumerate(zip(steps, asked.layers, strict=True), start=1):
        if step.name != name:
            return Finding("wrong-architecture", f"layer {number} is {step.name}, and the exercise asks for {name}")
        for fact, wanted in facts.items():
            if found := _differs(step, fact, wanted, output.steps):
                return found
    return _one_too_many(output.steps, steps, asked)


def _one_too_many(every: list[Step], steps: list[Step], asked: Asked) -> Finding | None:
    """Return the activation or operation in front of the last layer that nobody has asked for."""
    wanted = {id(step): facts.get("activation", "linear") for step, (_, facts) in zip(steps, asked.layers, strict=True)}
    start = next(i for i, step in enumerate(every) if step is steps[0]) if asked.tail else 0
    end = max(i for i, step in enumerate(every) if step is steps[-1])
    allowed: object = "linear"
    for step in every[start:end]:
        allowed = wanted.get(id(step), allowed)
        if id(step) not in wanted and step.activation not in ("linear", allowed):
            seen = f"{step.name} stands in the model, and the exercise does not ask for it"
            return Finding("wrong-architecture", seen)
    return None


def _kind_after(step: Step, steps: list[Step]) -> tuple[str, str]:
    """Return the activation of a layer, its own or that of an activation layer right behind it: kind and name."""
    place = next(i for i, other in enumerate(steps) if other is step)
    for other in steps[place:]:
        if other is not step and other.weighs:
            break
        if other.activation != "linear":
            return other.activation, _called(other)
    return "linear", "linear"


def _called(step: Step) -> str:
    """Return the name of the activation that a layer applies, also of one that is not known by its numbers."""
    if step.activation not in ("other", "unknown"):
        return step.activation
    own = getattr(step.layer, "activation", None)
    return str(getattr(own, "__name__", type(own).__name__)) if own is not None else step.name


def _differs(step: Step, fact: str, wanted: object, steps: list[Step]) -> Finding | None:
    if fact == "activation":
        kind, called = _kind_after(step, steps)
        seen = f"{step.name}'s activation is {called}, and the exercise asks for {wanted}"
        return None if kind == wanted else Finding("wrong-architecture", seen)
    value = getattr(step.layer, fact, None)
    if fact == "rate" and isinstance(value, float) and isinstance(wanted, float):
        if np.isclose(value, wanted):
            return None
        seen = f"Dropout has the rate {value:g}, and the exercise asks for {wanted:g}"
        if np.isclose(value, 1 - wanted):
            return Finding("dropout-keeps-instead-of-drops", seen)
        return Finding("wrong-architecture", seen)
    allowed = wanted if isinstance(wanted, tuple) else (wanted,)
    if value in allowed:
        return None
    return Finding("wrong-architecture", f"{step.name} has {fact}={value}, and the exercise asks for {allowed[0]}")


def _metrics(model: Any) -> Callable[[Output, Asked], Finding | None]:
    def find(output: Output, asked: Asked) -> Finding | None:
        counting = [metric for metric in output.metrics if metric.name in ACCURACIES]
        if not counting:
            return _no_accuracy(model)
        if asked.labels == "integers" and counting[0].name != "SparseCategoricalAccuracy":
            seen = f"{counting[0].name} is given integer labels and {output.units} scores"
            return Finding("accuracy-does-not-fit", seen)
        if asked.labels == "binary" and counting[0].name != "BinaryAccuracy":
            return Finding("accuracy-does-not-fit", f"{counting[0].name} is given one column of scores")
        right = 0.0 if output.activation == "linear" else 0.5
        if asked.labels == "binary" and counting[0].threshold != right:
            seen = f"BinaryAccuracy cuts at {counting[0].threshold}, and the border is at {right}"
            return Finding("accuracy-does-not-fit", seen)
        if asked.threshold_written and counting[0].written.startswith("'"):
            return Finding("threshold-not-written", f"the accuracy is given as {counting[0].written}")
        return None

    return find


def _no_accuracy(model: Any) -> Finding:
    """Return that no metric counts right answers, or that the metrics stand where the loss's weights do."""
    weights = compiled_with(model).get("loss_weights")
    given = weights if isinstance(weights, list | tuple) else [weights]
    if any(weight is not None and not isinstance(weight, int | float | dict) for weight in given):
        seen = "the metrics are the third argument of compile(), and the third one is loss_weights"
        return Finding("no-accuracy", seen, "Write metrics=[...], by its name.")
    return Finding("no-accuracy", "no metric counts the right answers")


def _optimizer(model: Any) -> Callable[[Output, Asked], Finding | None]:
    def find(output: Output, asked: Asked) -> Finding | None:
        if asked.optimizer is None:
            return None
        name, rate = asked.optimizer
        own, own_rate = type(model.optimizer).__name__, float(np.asarray(model.optimizer.learning_rate))
        if own == name and np.isclose(own_rate, rate):
            return None
        words = f"the optimizer is {own} with learning rate {own_rate:g}"
        return Finding("wrong-optimizer", f"{words}, and the exercise asks for {name} with {rate:g}")

    return find


def _predicting(model: Any, x: np.ndarray) -> Callable[[Output, Asked], Finding | None]:
    def find(output: Output, asked: Asked) -> Finding | None:
        few = as_taken(model, x[:FEW])
        try:
            dropped = differ(model(few), model(few))
        except Exception as error:  # a stranger's model may stop in any way
            shape = ", ".join(["N", *map(str, x.shape[1:])])
            return Finding("wrong-architecture", f"the model stops at inputs of shape ({shape}): {first_line(error)}")
        return DROPOUT.finding(replace(output, unsteady=True)) if dropped else None

    return find
