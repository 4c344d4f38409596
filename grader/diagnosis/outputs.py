"""Facts about a Keras model, output by output: its layers, what comes out, what it was compiled with."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from grader.diagnosis.activations import chained, is_unwound, kind_of, range_of
from grader.diagnosis.behaviour import Behaviour, behaviour_of
from grader.diagnosis.compiled import CATEGORICAL, CROSSENTROPIES, SPARSE, Loss, compiled_with, loss_of
from grader.diagnosis.data import Data
from grader.diagnosis.layers import Step, steps_to_outputs
from grader.diagnosis.metrics import Metric, metric_of

LITTLE = -2.5  # an activation that goes lower than this goes on and on, such as a leaky ReLU; an ELU does not


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
        p: what came out for some rows, where rows were given.
        unsteady: whether dropout was seen at work while predicting.
    """

    name: str
    steps: list[Step]
    units: int | None
    loss: Loss | None
    metrics: list[Metric]
    labels: str = ""
    y: np.ndarray | None = None
    p: np.ndarray | None = None
    unsteady: bool = False

    @property
    def shape(self) -> tuple[int | None, ...] | None:
        """The shape of what comes out, without the axis of examples; None where it is not known."""
        if self.p is not None:
            return self.p.shape[1:]
        shape = self.steps[-1].shape if self.steps else None
        return None if shape is None else shape[1:]

    @property
    def outside(self) -> bool:
        """Whether a prediction below 0 or above 1 was seen."""
        return self.p is not None and bool(((self.p < 0) | (self.p > 1)).any())

    @property
    def end(self) -> Step | None:
        """The last step that changes the numbers: the one with the last activation, or with the last weights."""
        for step in reversed(self.steps):
            if step.activation != "linear" or step.weighs:
                return step
        return None

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
    def behind_weights(self) -> list[Step]:
        """The steps from the last weights on that change numbers one by one, in order."""
        start = 0
        for i, step in enumerate(self.steps):
            if step.weighs:
                start = i
            elif step.activation == "unknown" and step is not self.end:  # where branches meet
                start = i + 1
        return [step for step in self.steps[start:] if step.computes]

    @property
    def _applied(self) -> Callable[[Any], Any]:
        """All that is done with numbers behind the last weights, as one function."""
        return chained([step.function for step in self.behind_weights])

    @cached_property
    def activation(self) -> str:
        """The activation whose numbers come out: `linear` for logits, `unknown` where it cannot be seen."""
        kind = self._read if self.steps else "unknown"
        kind = self._seen_in_numbers if kind == "unknown" else kind
        return "linear" if kind == "log-softmax" and self._takes_log_softmax else kind

    @property
    def _read(self) -> str:
        """The activation as the steps behind the last weights have it together; else as the last of them has it."""
        if not self.activations:
            return "linear"
        steps = self.behind_weights
        if len(steps) == 1:
            return steps[0].activation
        together = kind_of(self._applied, steps[0].rank)
        if together not in ("other", "unknown"):
            return together
        return steps[-1].activation if steps[-1].activation != "linear" else "other"

    @property
    def _takes_log_softmax(self) -> bool:
        """Whether the loss makes the same of the logarithms of probabilities as of logits, as a softmax does."""
        return self.loss is not None and self.loss.name in CATEGORICAL

    @property
    def _seen_in_numbers(self) -> str:
        """Return what the predictions show of an end that cannot be read: logits leave 0 to 1, a softmax sums to 1."""
        if self.p is None or not self.p.size or not np.isfinite(self.p).all():
            return "unknown"
        if self.outside:
            return "linear"
        sums = self.p.shape[-1] > 1 and np.allclose(self.p.sum(axis=-1), 1, atol=1e-3)
        return "softmax" if sums else "unknown"

    @cached_property
    def range(self) -> tuple[float, float]:
        """The least and the largest number that can come out, as far as what is behind the last weights tells."""
        end = self.end
        if end is None or self.activation in ("linear", "unknown") or self.normalized:
            return (-np.inf, np.inf)
        low, high = range_of(self._applied, end.rank)
        return (low if low > LITTLE else -np.inf), (high if high < -LITTLE else np.inf)

    @property
    def behind(self) -> list[Step]:
        """The steps behind the last layer with weights."""
        return self.steps[self.steps.index(self.end) + 1 :] if self.end in self.steps else []

    @property
    def normalized(self) -> str:
        """The layer behind the last activation that shifts and stretches what comes out by what it has learned."""
        return next((step.name for step in self.behind if step.name.endswith("Normalization")), "")

    @property
    def unwinds(self) -> bool:
        """Whether Keras finds the logits again although an activation hides them: asked of this very loss."""
        last = next((step for step in reversed(self.steps) if step.name != "Identity"), None)
        if last is None or self.loss is None or self.loss.call is None or last.layer is not last.owner:
            return False
        dtype = getattr(last.layer, "compute_dtype", "float32")
        return is_unwound(last.function, self.loss.call, last.activation, dtype, self.loss.name == SPARSE)

    @property
    def hidden(self) -> list[tuple[Step, bool]]:
        """The hidden layers with weights, each with whether something not linear stands before the next one."""
        weighing = [i for i, step in enumerate(self.steps) if step.weighs]
        pairs = itertools.pairwise(weighing)
        return [(self.steps[a], any(not s.keeps_lines_straight for s in self.steps[a:b])) for a, b in pairs]


def read_outputs(model: Any, data: Data | None = None) -> tuple[list[Output], Behaviour]:
    """Return the facts of every output of a model, and what was seen when some rows went through it.

    Args:
        model: a Keras model, compiled or not.
        data: some rows, to see what comes out of the model and which form the labels have.
    """
    data = data or Data()
    seen = Behaviour() if data.x is None else behaviour_of(model, data.x)
    ways = steps_to_outputs(model, data.x)
    names = _names(model, ways, seen.outputs)
    compiled = compiled_with(model)
    outputs = for_each_output(seen.outputs, names)
    labels = {name: y if isinstance(y, np.ndarray) else None for name, y in for_each_output(data.all_y, names).items()}
    losses = for_each_output(compiled.get("loss"), names, shared=True)
    metrics = {key: for_each_output(compiled.get(key), names, shared=True) for key in ("metrics", "weighted_metrics")}
    every = []
    for name in names:
        steps = (ways or {}).get(name, [])
        p, y = outputs[name], labels[name]
        units = _units(steps, p)
        loss = loss_of(losses[name], units, _label_form(y, p, None, units))
        form = _label_form(y, p, loss, units)
        found = [
            metric_of(m, units, form, weighted=key == "weighted_metrics")
            for key, given in metrics.items()
            for m in _as_list(given[name])
        ]
        every.append(Output(name, steps, units, loss, found, form, y, p, seen.dropped))
    return every, seen


def _names(model: Any, ways: dict[str, list[Step]] | None, outputs: Any) -> list[str]:
    """Return the names of the outputs, from the layers, from what came out, or from what was compiled."""
    if ways is not None:
        return list(ways)
    if isinstance(outputs, dict):
        return list(outputs)
    if isinstance(outputs, list | tuple) and len(outputs) > 1:
        return [f"output_{i + 1}" for i in range(len(outputs))]
    loss = compiled_with(model).get("loss")
    return list(loss) if isinstance(loss, dict) and "class_name" not in loss else ["output"]


def for_each_output(given: Any, names: list[str], shared: bool = False) -> dict[str, Any]:
    """Return what was given for each output.

    Args:
        given: one thing, or a dict by names, or a list in the order of the outputs.
        names: of the outputs.
        shared: whether one thing that is no dict and no list serves every output.
    """
    if isinstance(given, dict) and "class_name" not in given:
        if len(names) == 1 and names[0] not in given and len(given) == 1:
            return {names[0]: next(iter(given.values()))}
        return {name: _at(given, name) for name in names}
    if len(names) == 1:
        alone = isinstance(given, list | tuple) and len(given) == 1
        return {names[0]: given[0] if alone else given}
    if isinstance(given, list | tuple):
        return dict(zip(names, given, strict=True)) if len(given) == len(names) else dict.fromkeys(names)
    return dict.fromkeys(names, given if shared else None)


def _at(tree: Any, name: str) -> Any:
    """Return what stands in a dict for an output, whose name may be the way through dicts and lists: `a/0`."""
    if name in tree:
        return tree[name]
    for step in name.split("/"):
        if isinstance(tree, list | tuple):
            tree = {str(number): part for number, part in enumerate(tree)}
        tree = tree.get(step) if isinstance(tree, dict) else None
    return tree


def _as_list(given: Any) -> list[Any]:
    if given is None:
        return []
    return list(given) if isinstance(given, list | tuple) else [given]


def _units(steps: list[Step], p: np.ndarray | None) -> int | None:
    """Return the size of the last axis: what came out, else what the layers say."""
    if p is not None and p.ndim > 1:
        return int(p.shape[-1])
    return next((step.units for step in reversed(steps) if step.units is not None), None)


def _label_form(y: np.ndarray | None, p: np.ndarray | None, loss: Loss | None, units: int | None) -> str:
    """Return the form of the labels: from themselves, or else from what the loss asks for."""
    if y is not None and units and units > 1:
        same = y.ndim > 1 and y.shape[-1] == units and (p is None or y.ndim == p.ndim)
        return "one-hot" if same else "integers"
    if loss and loss.name == SPARSE:
        return "integers"
    return "one-hot" if loss and units and units > 1 and loss.name in CROSSENTROPIES else ""
