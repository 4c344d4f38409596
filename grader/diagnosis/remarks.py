"""What may be meant, and is worth a look where a model does not learn: remarks beside the findings."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from grader.diagnosis.compiled import REGRESSIONS
from grader.diagnosis.data import Data, leaves
from grader.diagnosis.layers import DROPS, all_parts
from grader.diagnosis.outputs import Output
from grader.diagnosis.rules.counting import counts_right_answers
from grader.diagnosis.rules.labels import are_classes
from grader.diagnosis.rules.training import learning_rate

FAR = 10.0  # one input in twenty is further from 0 than this
RARE = 0.1  # share of the rarest of two classes
SCALING = ("Rescaling", "Normalization", "BatchNormalization", "LayerNormalization", "Embedding", "Hashing")
HIGH = {"SGD": 1.0, "Adam": 0.1, "AdamW": 0.1, "RMSprop": 0.1, "Nadam": 0.1, "Adamax": 0.1}


def remarks_on(model: Any, data: Data, outputs: list[Output]) -> Iterator[str]:
    """Yield whole sentences on what may be meant."""
    yield from _on_inputs(model, data)
    yield from _on_settings(model)
    for output in outputs:
        yield from _on_output(output)


def _on_inputs(model: Any, data: Data) -> Iterator[str]:
    if data.once:
        yield "One batch was taken from the generator. Make the generator again before fit()."
    if data.lists:
        yield "x or y is a list of rows. fit() takes arrays: write numpy.array(x)."
    numbers = [values for values in leaves(data.x) if values.dtype.kind in "iuf" and values.size]
    far = max((float(np.nanpercentile(np.abs(values.astype("float64")), 95)) for values in numbers), default=0.0)
    if far > FAR and not any(type(part).__name__ in SCALING for part in all_parts(model)):
        yield (
            f"One in twenty inputs is {far:.3g} or more away from 0, and no layer scales them. "
            "Numbers near 0 are learned better."
        )


def _on_settings(model: Any) -> Iterator[str]:
    rate = learning_rate(model) if model.compiled and model.optimizer is not None else None
    name = type(model.optimizer).__name__ if rate is not None else ""
    if rate is not None and rate >= HIGH.get(name, np.inf):
        yield f"The learning rate {rate:g} is high for {name}. If the loss jumps or is NaN, try a tenth of it."
    high = next((p for p in all_parts(model) if type(p).__name__ in DROPS and p.rate > 0.5), None)
    if high is not None:
        yield f"Dropout of {high.rate:g} drops more than half. The rate is the share that is dropped, not kept."


def _on_output(output: Output) -> Iterator[str]:
    y = output.y
    if y is None or not y.size or y.dtype.kind not in "biuf":
        return
    counts = counts_right_answers(output)
    if counts and output.loss is not None and output.loss.name in REGRESSIONS and not are_classes(y):
        yield "The targets are numbers of any size, and an accuracy counts exact hits. Use 'mae' in its place."
    elif _counts_the_largest_alone(output, y):
        yield (
            "Some rows of labels have several ones, and the accuracy looks at the largest score of each row alone. "
            "keras.metrics.BinaryAccuracy() asks every unit."
        )
    if output.units == 1 and set(np.unique(y)) == {0, 1} and min(y.mean(), 1 - y.mean()) < RARE and y.size >= 50:
        yield f"One class has {max(y.mean(), 1 - y.mean()):.0%} of the labels: an accuracy of that much needs no model."


def _counts_the_largest_alone(output: Output, y: np.ndarray) -> bool:
    several = output.labels == "one-hot" and y.ndim > 1 and bool((y.sum(axis=-1) > 1.001).any())
    return several and any(metric.name == "CategoricalAccuracy" for metric in output.metrics)
