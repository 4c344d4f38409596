"""A step of training, tried and taken back: whether it moves every layer that should learn, and moves it downhill."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from scipy.special import log_softmax

from grader.base.text import first_line
from grader.diagnosis.behaviour import untouched, without_dropout
from grader.diagnosis.findings import Finding
from grader.diagnosis.layers import Step
from grader.diagnosis.outputs import Output

STEPS = 3  # some schedules begin with a learning rate of 0, and behind weights of 0 nothing moves at first
LENGTH = 0.05  # of the weights' own length: so short that the loss is nearly straight, and far above roundoff
HEAVY = 100.0  # a penalty that is so many times the loss leaves the labels no say
LEARNED = 0.7  # of the loss of a guess
LITTLE = 1e-7  # the smallest probability whose logarithm is taken, as in Keras
LET_LEARN = (
    "Look at the optimizer with its learning rate, at trainable, and at constraints: a layer must be able to learn."
)
Weights = list[np.ndarray]


def trained_wrongly(model: Any, output: Output, x: np.ndarray, y: np.ndarray, learning: list[Step]) -> Finding | None:
    """Return how a step of training on x and y does not do what it should; every variable is put back.

    Args:
        model: compiled.
        output: the facts of its one output.
        x: (N, ...) inputs.
        y: (N,) integer labels.
        learning: the layers that should learn.
    """
    trained = {id(weight) for weight in model.trainable_weights}
    if frozen := next((step.layer for step in learning if id(_kernel(step.layer)) not in trained), None):
        return Finding("nothing-trains", f"the weights of {frozen.name} are frozen")
    optimizer = model.optimizer
    if not optimizer.built:
        optimizer.build(model.trainable_variables)
    variables = [*model.variables, *optimizer.variables]
    kept = values_of(variables)
    try:
        with untouched(model), without_dropout(model):  # which would decide by chance where a short step leads
            return _try_a_step(model, output, x, y, learning)
    except Exception as error:  # what a stranger gave to compile() may stop training in any way
        return Finding("raises-error", f"a step of training stops with {type(error).__name__}: {first_line(error)}")
    finally:
        assign(variables, kept)


def _try_a_step(model: Any, output: Output, x: np.ndarray, y: np.ndarray, learning: list[Step]) -> Finding | None:
    penalty = float(sum(np.asarray(each) for each in model.losses))
    if not penalty < HEAVY * max(1.0, loss_now(model, output, x, y)):
        return Finding("labels-do-not-count", f"the regularisers add {penalty:.3g} to the loss, and the labels little")
    weights, kernels = model.trainable_variables, [_kernel(step.layer) for step in learning]
    start, first = values_of(weights), values_of(kernels)
    now = first
    for _ in range(STEPS * (model.optimizer.gradient_accumulation_steps or 1)):
        model.train_step((x, y))
        now = values_of(kernels)
        if all((a != b).any() for a, b in zip(first, now, strict=True)):
            break
    if not all(np.isfinite(values).all() for values in now):
        return Finding("not-finite", "a step of training makes the weights infinite or NaN", LET_LEARN)
    for step, a, b in zip(learning, first, now, strict=True):
        if (a == b).all() or not b.any():
            word = "does not move the weights" if (a == b).all() else "makes all weights 0"
            return Finding("nothing-trains", f"a step of training {word} of {step.layer.name}", LET_LEARN)
    if has_learned(output, loss_now(model, output, x, y)):
        return None  # near the least loss a step may well lead up
    moved = [after - before for before, after in zip(start, values_of(weights), strict=True)]
    share = LENGTH * max(1.0, length_of(start)) / length_of(moved)
    ahead, back = (_loss_at(model, output, x, y, start, moved, sign * share) for sign in (1, -1))
    return None if ahead < back else Finding("labels-do-not-count", "a step of training makes the loss larger")


def _loss_at(
    model: Any, output: Output, x: np.ndarray, y: np.ndarray, start: Weights, moved: Weights, share: float
) -> float:
    """Return the loss at weights that lie on the line of a step."""
    assign(model.trainable_variables, [a + np.float32(share) * d for a, d in zip(start, moved, strict=True)])
    with untouched(model):
        return loss_now(model, output, x, y)


def cross_entropy(output: Output, out: np.ndarray, y: np.ndarray) -> float:
    """Return the mean cross-entropy of (N,) labels and what a model put out, in float64, whatever its own loss is."""
    out = out.reshape(len(y), -1).astype(float)
    if output.activation in ("sigmoid", "softmax"):
        p = np.clip(out, LITTLE, 1 - LITTLE)
        logs = np.log(np.hstack([1 - p, p]) if p.shape[1] == 1 else p)
    else:
        logs = log_softmax(np.hstack([0 * out, out]) if out.shape[1] == 1 else out, axis=-1)
    return -float(np.mean(np.take_along_axis(logs, y[:, None], axis=1)))


def loss_now(model: Any, output: Output, x: np.ndarray, y: np.ndarray, training: bool = False) -> float:
    """Return the mean cross-entropy of (N,) labels and what a model puts out for (N, ...) inputs."""
    return cross_entropy(output, np.asarray(model(x, training=training)), y)


def loss_of_guess(output: Output) -> float:
    """Return the cross-entropy of a model that gives all classes the same probability."""
    return float(np.log(max(2, output.units or 1)))


def has_learned(output: Output, loss: float) -> bool:
    """Return whether a loss is so much below that of a guess that a model has learned, whichever way."""
    return loss < LEARNED * loss_of_guess(output)


def _kernel(layer: Any) -> Any:
    """Return the weights that a layer multiplies by, or its table."""
    return next((w for w in layer.weights if len(w.shape) > 1), layer.weights[0])


def values_of(variables: Iterable[Any]) -> Weights:
    """Return the numbers of variables, copied."""
    return [np.array(variable) for variable in variables]


def assign(variables: Iterable[Any], values: Weights) -> None:
    """Give variables these numbers."""
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


def length_of(values: Weights) -> float:
    """Return the length of all numbers taken as one vector."""
    return float(np.sqrt(sum(np.sum(np.square(v.astype(float))) for v in values)))
