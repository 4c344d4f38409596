"""What keeps data from entering a model, or from teaching it anything: seen in x and y beside the model."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from grader.diagnosis.behaviour import Behaviour
from grader.diagnosis.data import Data, has_shape, leaves
from grader.diagnosis.findings import Finding
from grader.diagnosis.layers import all_parts
from grader.diagnosis.outputs import Output

CLEAN = "clean = numpy.isfinite({0}).reshape(len({0}), -1).all(axis=1)\nx, y = x[clean], y[clean]"
MANY = 8  # rows that are all the same are no chance


def find_in_examples(model: Any, data: Data, seen: Behaviour, outputs: list[Output]) -> Iterator[Finding]:
    """Yield what is wrong with the data, beside the inputs and outputs of a model."""
    if 0 in data.counts:
        yield Finding("no-examples", "there are no examples: x or y has no rows")
        return
    yield from _not_finite(model, data, seen)
    yield from _data_misfit(model, data, seen, outputs)
    if not seen.trouble and (words := _ids_misfit(model, data)):
        yield Finding("ids-outside-embedding", words)
    if not seen.trouble and _are_all_equal(data):
        yield Finding("inputs-all-equal", "all rows of x that were looked at are the same, and their labels are not")
    if data.weights is not None and not np.any(data.weights):
        yield Finding("nothing-counts", "the weights of all examples are 0, so none of them counts")


def _not_finite(model: Any, data: Data, seen: Behaviour) -> Iterator[Finding]:
    """Yield where NaN or infinity is, from the cause to the effect: the first one explains the others."""
    labels, inputs = leaves(data.all_y), leaves(data.x)
    if any(_has_nan(values) for values in inputs):
        words = "the inputs hold NaN or infinity, which spreads to everything that is computed"
        yield Finding("not-finite", words, code=CLEAN.format("x"))
    elif any(_has_nan(values) for values in labels):
        yield Finding("not-finite", "the labels hold NaN or infinity, and so does the loss", code=CLEAN.format("y"))
    elif model.built and (bad := next((w for w in model.weights if _weight_has_nan(w)), None)) is not None:
        words = f"the weights of {bad.path} hold NaN or infinity: an earlier training went wrong"
        yield Finding("not-finite", words, code="model = keras.models.clone_model(model)  # with new weights")
    elif seen.outputs is not None and any(_has_nan(values) for values in leaves(seen.outputs)):
        yield Finding("not-finite", "NaN or infinity comes out of the model, and neither its weights nor x hold any")


def _has_nan(values: np.ndarray) -> bool:
    return values.dtype.kind == "f" and not np.isfinite(values).all()


def _weight_has_nan(weight: Any) -> bool:
    """Return whether a weight holds NaN or infinity."""
    from grader.base.keras_import import keras

    if not keras.backend.is_float_dtype(keras.backend.standardize_dtype(weight.dtype)):
        return False
    return not bool(keras.ops.convert_to_numpy(keras.ops.all(keras.ops.isfinite(weight))))


def _data_misfit(model: Any, data: Data, seen: Behaviour, outputs: list[Output]) -> Iterator[Finding]:
    """Yield how x is none that the model takes, or has other rows than y."""
    shapes = [tensor.shape[1:] for tensor in getattr(model, "inputs", None) or []]
    given = leaves(data.x)
    count = len(data.x) if isinstance(data.x, list) else len(given)  # some of a list may be None
    text = next((values for values in given if values.dtype.kind not in "biuf"), None)
    if text is not None and seen.trouble:
        yield Finding("data-do-not-fit-model", "x holds text or dates, and the model computes with numbers")
    elif seen.trouble and shapes and count != len(shapes):
        yield Finding("data-do-not-fit-model", f"the model takes {len(shapes)} inputs, and x holds {count}")
    elif seen.trouble and (wrong := _first_misfit(shapes, given) or _ids_misfit(model, data)):
        yield Finding("data-do-not-fit-model", wrong)
    elif seen.trouble and hasattr(model, "layers") and type(model).__module__.startswith("keras."):
        yield Finding("data-do-not-fit-model", f"the model stops at x: {seen.trouble}")
    elif data.y is not None and (wrong := _targets_misfit(outputs, data.y)):
        yield Finding("data-do-not-fit-model", wrong)
    elif len(set(data.counts)) > 1:
        counts = " and ".join(str(count) for count in dict.fromkeys(data.counts))
        yield Finding("data-do-not-fit-model", f"x and y do not have the same number of examples: {counts}")


def _targets_misfit(outputs: list[Output], y: Any) -> str:
    """Return how labels are not given for the outputs that there are."""
    names = [output.name for output in outputs]
    if len(names) > 1 and isinstance(y, dict) and not set(y) <= {*names, *(name.split("/")[0] for name in names)}:
        return f"y has labels for {', '.join(map(str, y))}, and the outputs are {', '.join(names)}"
    given = len(y) if isinstance(y, list) else len(leaves(y))  # some of a list may be None
    if given > len(names) or (len(names) > 1 and not isinstance(y, dict) and given != len(names)):
        return f"the model has {len(names)} outputs, and y holds labels for {given}"
    return ""


def _first_misfit(shapes: list[Any], given: list[np.ndarray]) -> str:
    for shape, values in zip(shapes, given, strict=False):
        if not has_shape(values.shape[1:], shape):
            return f"an example in x has the shape {values.shape[1:]}, and the model takes {tuple(shape)}"
    return ""


def _ids_misfit(model: Any, data: Data) -> str:
    """Return how numbers in x are none of the rows of the Embedding that they go into, or ""."""
    for layer, ids in _read_by_embeddings(model, data.x):
        if ids.dtype.kind not in "iuf" or not ids.size or not np.isfinite(ids).all():
            continue
        takes = f"and the Embedding takes whole numbers from 0 to {layer.input_dim - 1}"
        if (broken := ids[ids != np.round(ids)]).size:
            return f"x holds numbers such as {broken.ravel()[0]:.3g}, {takes}"
        if ids.min() < 0 or ids.max() >= layer.input_dim:
            return f"x holds numbers from {ids.min():g} to {ids.max():g}, {takes}"
    return ""


def _read_by_embeddings(model: Any, x: Any) -> Iterator[tuple[Any, np.ndarray]]:
    """Yield every Embedding into which an input goes as it is, with the numbers that go in."""
    from grader.base.keras_import import keras

    inputs = getattr(model, "inputs", None) or []
    if not inputs:
        first = model.layers[0] if isinstance(model, keras.Sequential) and model.layers else None
        if isinstance(first, keras.layers.Embedding) and isinstance(x, np.ndarray):
            yield first, x
        return
    given = [x.get(tensor.name) for tensor in inputs] if isinstance(x, dict) else leaves(x)
    for layer in all_parts(model):
        if isinstance(layer, keras.layers.Embedding):
            for tensor, ids in zip(inputs, given, strict=False):
                if isinstance(ids, np.ndarray) and any(_reads(node, tensor) for node in layer._inbound_nodes):
                    yield layer, ids


def _reads(node: Any, tensor: Any) -> bool:
    return any(source is tensor for source in node.arguments.keras_tensors)


def _are_all_equal(data: Data) -> bool:
    """Return whether all rows of x are the same, and the labels are not."""
    rows, labels = leaves(data.x), leaves(data.y)
    if len(labels) != 1 or not rows or any(len(part) < MANY for part in rows):
        return False
    return all((part == part[:1]).all() for part in rows) and not bool((labels[0] == labels[0][:1]).all())
