"""Facts about a Keras model, output by output: its layers, what comes out, what it was compiled with."""

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.diagnosis.compiled import CROSSENTROPIES, Loss, Metric, compiled_metrics, loss_of, metric_of
from grader.diagnosis.layers import Step, steps_to_outputs


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
        unsteady: whether two predictions for the same input were seen to differ.
    """

    name: str
    steps: list[Step]
    units: int | None
    loss: Loss | None
    metrics: list[Metric]
    labels: str = ""
    y: np.ndarray | None = None
    outside: bool = False
    unsteady: bool = False

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


def read_outputs(model: Any, x: Any = None, y: Any = None) -> list[Output]:
    """Return the facts of every output of a model.

    Args:
        model: a Keras model, compiled or not.
        x: inputs, to see whether a single output leaves the range of probabilities.
        y: labels, to tell their form; a dict or list for a model of several outputs.
    """
    ways = steps_to_outputs(model)
    names = list(ways) if ways is not None else _names(model)
    given = {
        "loss": _for_each(getattr(model, "loss", None), names),
        "metrics": _for_each(compiled_metrics(model) if model.compiled else None, names, several=True),
        "y": _for_each(y, names),
    }
    sizes = _sizes(model, names)
    unsteady, outside = (set(), False) if x is None else _behaviour(model, x, names)
    found = []
    for name in names:
        steps = ways[name] if ways is not None else []
        loss, units = loss_of(given["loss"][name]), sizes[name] or _units(steps)
        labels = None if given["y"][name] is None else np.asarray(given["y"][name])
        form = _label_form(labels, loss, units)
        metrics = [metric_of(metric, units, form) for metric in given["metrics"][name] or []]
        found.append(Output(name, steps, units, loss, metrics, form, labels, outside, name in unsteady))
    return found


def _names(model: Any) -> list[str]:
    loss = getattr(model, "loss", None)
    return list(loss) if isinstance(loss, dict) else ["output"]


def _for_each(given: Any, names: list[str], several: bool = False) -> dict[str, Any]:
    """Return what was given for each output: one thing for the only output, or a dict or list for several."""
    if isinstance(given, dict) and not {"class_name", "module"} <= set(given):
        return {name: _as_list(given.get(name)) if several else given.get(name) for name in names}
    if len(names) > 1:
        split = isinstance(given, list | tuple) and len(given) == len(names)
        return {name: (_as_list(given[i]) if several else given[i]) if split else None for i, name in enumerate(names)}
    if several and isinstance(given, list) and len(given) == 1 and isinstance(given[0], list):
        given = given[0]
    return {names[0]: _as_list(given) if several else given}


def _as_list(given: Any) -> list[Any]:
    if given is None:
        return []
    return list(given) if isinstance(given, list | tuple) else [given]


def _sizes(model: Any, names: list[str]) -> dict[str, int | None]:
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


def _behaviour(model: Any, x: Any, names: list[str]) -> tuple[set[str], bool]:
    """Return the outputs that differ for the same input, and whether the only one puts out what is no probability."""
    first, second = (_for_each(model.predict(x, verbose=0), names) for _ in range(2))
    unsteady = {name for name in names if differ(first[name], second[name])}
    p = first[names[0]] if len(names) == 1 else None
    return unsteady, isinstance(p, np.ndarray) and bool(((p < 0) | (p > 1)).any())


def differ(first: Any, second: Any) -> bool:
    """Return whether two predictions for the same input are not the same."""
    return not np.array_equal(np.asarray(first), np.asarray(second))
