"""What a model does when it is tried: a model may be laid out as asked and still be good for nothing.

Whatever it is that spoils a model: every input must count; behind the last weights nothing may turn the scores round
or hold them fast; the loss must fall when the score of the right class rises; and a step of training must go downhill.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit, softmax

from grader.answers.training_step import trained_wrongly
from grader.diagnosis.behaviour import untouched
from grader.diagnosis.compiled import Loss
from grader.diagnosis.findings import Finding
from grader.diagnosis.layers import Step
from grader.diagnosis.outputs import Output

FAR = 1e3  # how far an input is moved to see whether it counts
COUNTS = 1e-4  # of what reaches the last layer: a change that is more than roundoff
SCORES = np.geomspace(1e-2, 1e6, 12)  # these and their negatives are put behind the last weights
LARGE = 1e3  # a logit that is never larger is held fast
PROBABILITIES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "sigmoid": expit,
    "softmax": lambda z: softmax(z, axis=-1),
}


@dataclass(frozen=True)
class Trial:
    """A compiled model, its output, and data that it can be tried on.

    Attributes:
        model: laid out as asked.
        output: the facts of its output.
        x: (N, ...) inputs.
        y: (N,) integer labels, all classes among them.
        learning: the layers that should learn.
    """

    model: Any
    output: Output
    x: np.ndarray
    y: np.ndarray
    learning: list[Step]

    def outcome(self, train: bool) -> Finding | None:
        """Return the first thing that is wrong with what the model does; with `train`, in a training step as well."""
        with untouched(self.model):
            found = self._flow() or _loss_order(self.output, int(self.y.max()) + 1)
        return found or (trained_wrongly(self.model, self.output, self.x, self.y, self.learning) if train else None)

    def _flow(self) -> Finding | None:
        """Return that some input does not count, or what is wrong behind the last weights: both in one call."""
        rows, given = _moved_one_by_one(self.x), []
        scores = _scores(max(len(rows), 2 * len(SCORES)), self.output.units or 1)
        rows = np.concatenate([rows, rows[:1].repeat(len(scores) - len(rows), 0)])
        layer = next(step.layer for step in reversed(self.output.steps) if step.weighs)

        def instead(h: Any, *_: Any, **__: Any) -> Any:
            given.append(np.asarray(h))
            return layer.activation(scores) if callable(getattr(layer, "activation", None)) else scores

        with _calling(layer, instead):
            out = np.asarray(self.model(rows, training=False), dtype=float).reshape(len(rows), -1)
        return _unseen(given[0].reshape(len(rows), -1), self.x) or _changed_behind(self.output, scores, out)


@contextlib.contextmanager
def _calling(layer: Any, instead: Callable[..., Any]) -> Iterator[None]:
    """Have a layer do something else meanwhile; its own call() is a method of its class, which this one hides."""
    layer.__dict__["call"] = instead
    try:
        yield
    finally:
        del layer.__dict__["call"]


def _moved_one_by_one(x: np.ndarray) -> np.ndarray:
    """Return rows of which every two neighbours differ in one input alone; of texts and images, other rows."""
    if x.ndim != 2 or x.dtype.kind != "f":
        return x
    base = np.full((1, x.shape[1]), 0.1, x.dtype)
    return np.concatenate([base, *(base + far * np.eye(x.shape[1], dtype=x.dtype) for far in (FAR, -FAR))])


def _unseen(h: np.ndarray, x: np.ndarray) -> Finding | None:
    """Return which inputs change nothing of what reaches the last layer."""
    changed = np.abs(h - h[0]).max(axis=-1) > COUNTS * (1 + np.abs(h[0]).max())
    if not changed.any():
        return Finding("inputs-not-used", "what reaches the last layer is the same for every input")
    if x.ndim != 2 or x.dtype.kind != "f":  # two texts may well give the same
        return None
    features = x.shape[1]
    counts = changed[1 : 1 + features] | changed[1 + features : 1 + 2 * features]
    if counts.all():
        return None
    seen = f"{np.sum(~counts)} of the {features} features change nothing of what reaches the last layer"
    return Finding("inputs-not-used", seen)


def _scores(rows: int, units: int) -> np.ndarray:
    """Return (rows, units) scores of all sizes and both signs, in another order in each column."""
    sizes = np.resize(np.concatenate([SCORES, -SCORES]), rows)
    return np.stack([np.roll(sizes, 5 * k) for k in range(units)], axis=-1).astype("float32")


def _changed_behind(output: Output, scores: np.ndarray, out: np.ndarray) -> Finding | None:
    """Return how what comes out is not the scores of the last weights, or their probabilities."""
    if out.shape != scores.shape:
        return Finding("end-changed", f"{out.shape[1]} numbers come out for {scores.shape[1]} scores")
    if known := PROBABILITIES.get(output.activation):
        if np.allclose(out, known(scores.astype(float)), atol=1e-4):
            return None
        return Finding("end-changed", f"what comes out is not the {output.activation} of the last layer's scores")
    order = np.argsort(scores, axis=0, kind="stable")
    rising = np.diff(np.take_along_axis(out, order, 0), axis=0)
    equal = np.diff(np.take_along_axis(scores, order, 0), axis=0) == 0
    if (out.min(axis=0) > -LARGE).any() or (out.max(axis=0) < LARGE).any() or ((rising == 0) & ~equal).any():
        return Finding("end-changed", f"every logit is held between {out.min():.4g} and {out.max():.4g}")
    if (rising < 0).any():
        return Finding("end-changed", "a layer behind the last weights turns the logits round")
    return None


def _loss_order(output: Output, classes: int) -> Finding | None:
    """Return for which class the loss does not fall when its score rises."""
    units, loss = output.units or 1, output.loss
    y, place = np.repeat(np.arange(classes), 3), np.tile([-1.0, 0.0, 1.0], classes)[:, None]
    towards = np.where(y > 0, 0.5, -0.5)[:, None] if units == 1 else np.eye(units)[y] / 2
    z = place if units == 1 else place * np.eye(units)[y]
    as_output = PROBABILITIES.get(output.activation, lambda scores: scores)
    try:
        before, after = (_values(loss, y, as_output(scores), units) for scores in (z, z + towards))
    except Exception:  # a loss that takes labels of another form; a step of training tells
        return None
    if before.shape != y.shape or (after < before).all():
        return None
    seen = f"the loss does not fall when the score of the right class rises, for class {y[np.argmin(after < before)]}"
    return Finding("labels-do-not-count", seen)


def _values(loss: Loss | None, y: np.ndarray, scores: np.ndarray, units: int) -> np.ndarray:
    """Return the loss of each example; a loss as an object would give their mean."""
    call: Any = getattr(loss.call, "call", loss.call) if loss else None
    labels = y[:, None].astype("float32") if units == 1 else y
    return np.asarray(call(labels, scores.astype("float32")), dtype=float)
