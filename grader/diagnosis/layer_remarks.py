"""What may be meant, and is worth a look, in the layers that lead to an output."""

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from grader.diagnosis.data import Data
from grader.diagnosis.inside import numbers_at, tensor_of
from grader.diagnosis.outputs import Output
from grader.diagnosis.rules.rule import has_crossentropy

ENDS = {"sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0)}
NEAR = 0.01
MOSTLY = 0.9


def remarks_on_layers(model: Any, data: Data, output: Output) -> Iterator[str]:
    """Yield whole sentences on the layers that lead to an output."""
    yield from _on_layers(output)
    yield from _on_saturated(model, data, output)
    yield from _on_filters(output)


def _on_layers(output: Output) -> Iterator[str]:
    """Yield how hidden layers bend less than is usual."""
    hidden = [step for step, _ in output.hidden]
    if sum(step.activation == "sigmoid" and "LSTM" not in step.name for step in hidden) > 1:
        yield "Several hidden layers have a sigmoid, whose slope is 0.25 at most. With 'relu' they learn faster."
    weighing = [i for i, step in enumerate(output.steps) if step.weighs]
    for a, b in itertools.pairwise(weighing):
        between = output.steps[a + 1 : b]
        pooled = [step for step in between if "MaxPooling" in step.name]
        straight = all(step in pooled or step.keeps_lines_straight for step in between)
        if "Conv" in output.steps[a].name and output.steps[a].is_linear and pooled and straight:
            yield (
                f"{output.steps[a].layer.name} has no activation, and a max pooling is all that bends behind it. "
                "Convolutions mostly have activation='relu'."
            )
            return


def _on_saturated(model: Any, data: Data, output: Output) -> Iterator[str]:
    """Yield which hidden layer has a sigmoid or tanh that is at its ends for nearly all rows."""
    bent = [s for s, _ in output.hidden if s.activation in ENDS and s.owner in getattr(model, "layers", [])]
    layers = {id(step): tensor for step in bent if (tensor := tensor_of(step.layer)) is not None}
    shown = numbers_at(model, data.x, list(layers.values()))
    for step, values in zip((step for step in bent if id(step) in layers), shown, strict=False):
        low, high = ENDS[step.activation]
        share = np.mean((values < low + NEAR) | (values > high - NEAR))
        if share > MOSTLY:
            yield (
                f"{share:.0%} of what {step.layer.name} puts out is within {NEAR:g} of the ends of its "
                f"{step.activation}, where the slope is nearly 0. Scale what comes in, or use 'relu'."
            )
            return


def _on_filters(output: Output) -> Iterator[str]:
    """Yield that a classifier has fewer and fewer filters, although its pictures get smaller."""
    convolutions = [
        s for s in output.steps if s.name in ("Conv1D", "Conv2D", "Conv3D") and min(s.layer.kernel_size) > 1
    ]
    counts = [step.layer.filters for step in convolutions]
    shrinks = any("Pooling" in step.name or max(getattr(step.layer, "strides", (1,))) > 1 for step in output.steps)
    classifies = has_crossentropy(output) and output.shape is not None and len(output.shape) == 1
    if classifies and shrinks and counts == sorted(counts, reverse=True) and counts[:1] != counts[-1:]:
        yield (
            f"The convolutions have {', '.join(map(str, counts))} filters. Mostly a layer has as many as the one "
            "before it or more, because its pictures are smaller."
        )
