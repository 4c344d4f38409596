"""What crosses between the judge and the learner's process: plain data, names of dtypes, and Keras models as data."""

from collections import deque
from types import SimpleNamespace
from typing import Any

import numpy as np

from grader.answers.observe import with_numbers
from grader.diagnosis.refusals import Refused
from grader.judging.crossing.kinds import KINDS, built, kind_of

PLAIN = (bool, int, float, str, bytes, np.generic)
NUMBER_TYPES = {np.dtype(kind).name: np.dtype(kind).type for kind in np.typecodes["AllInteger"] + "efdg?"}
CHANGEABLE = (list, dict, set, deque, bytearray, np.ndarray)  # what a call can change in place
DEEPEST = 20
LONGEST_NAME = 60
NUMBER_AS_WORD = 32  # characters that NumPy gives a number among words; of a larger one, all its digits
LARGEST_VALUE = 64_000_000  # bytes of one result as the arrays that it becomes where it is compared


def pack(value: object) -> dict[str, Any]:
    """Return a value as plain data that wire.py carries.

    Returns:
        `kind` and what belongs to it: `plain` with the value, `dtype` with its name, `model` with its data, or `other`
        with the name of the type: that does not cross, and is only spoken of.

    Raises:
        Refused: the value is a model that holds code of its own.
    """
    if isinstance(value, type) and issubclass(value, np.generic):
        return {"kind": "dtype", "name": np.dtype(value).name}
    if is_model(value):
        from grader.judging.crossing.models import serialise

        return {"kind": "model", "data": serialise(value)}
    try:
        return {"kind": "plain", "value": as_plain(value)}
    except (TypeError, ValueError, RecursionError):
        return {"kind": "other", "name": type(value).__name__[:LONGEST_NAME]}


def unpack(packed: object) -> Any:
    """Return what was packed; of `other` an object whose type has that name, and nothing else.

    Raises:
        ValueError: it was not packed by pack().
        Refused: it is a model that must not be rebuilt, or a value that is too large.
    """
    if not isinstance(packed, dict):
        raise ValueError("no packed value")
    kind = packed.get("kind")
    if kind == "plain":
        if size_as_arrays(packed.get("value")) > LARGEST_VALUE:
            raise Refused(f"As an array it takes more than {LARGEST_VALUE:,} bytes, the most that is judged.")
        return packed.get("value")
    if kind == "dtype":
        return _number_type(packed.get("name"))
    if kind == "model":
        from grader.judging.crossing.models import rebuild

        return rebuild(packed.get("data"))
    name = str(packed.get("name"))[:LONGEST_NAME]
    return type(name if name.isidentifier() else "object", (), {})()


def size_as_arrays(value: object) -> int:
    """Return the most bytes that a plain value takes as an array of float64 or of words.

    One long word makes every element of a list as long: 35 kB can become gigabytes.
    """
    count, widest, longest = 0, 8, 0
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list | tuple | range):
            waiting += part
        elif isinstance(part, dict):
            waiting += part.values()
        elif letter := kind_of(part):
            waiting += KINDS[letter].parts(part)
        elif isinstance(part, np.ndarray | np.generic):
            count += part.size
            widest = max(widest, part.itemsize)
        else:
            count += 1
            longest = max(longest, len(part) if isinstance(part, str | bytes) else 0)
            widest = max(widest, part.bit_length() if isinstance(part, int) else 0)
    return count * max(widest, 4 * max(longest, NUMBER_AS_WORD, widest // 3) if longest else 0)


def _number_type(name: object) -> type:
    """Return one of NumPy's number types; NumPy's own reading of a name can do more, and raises more, than that."""
    if not isinstance(name, str) or name not in NUMBER_TYPES:
        raise ValueError("no number type")
    return NUMBER_TYPES[name]


def as_plain(value: Any, depth: int = 0) -> object:
    """Return a value as numbers, words, arrays, lists, tuples and the kinds made of these; tensors become arrays.

    Raises:
        TypeError: there is something else in it.
    """
    if depth > DEEPEST:
        raise TypeError("nested too deeply")
    if value is None or type(value) in PLAIN or isinstance(value, np.generic):
        return value
    if isinstance(value, list | tuple):  # a namedtuple as the tuple that it is
        return (tuple if isinstance(value, tuple) else list)(as_plain(item, depth + 1) for item in value)
    if letter := kind_of(value):
        return built(letter, [as_plain(part, depth + 1) for part in KINDS[letter].parts(value)])
    if isinstance(value, np.ndarray) or hasattr(value, "__array__"):
        array = with_numbers(np.asarray(value))
        if array.dtype.kind in "biufUSc":
            return array
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    raise TypeError(f"{type(value).__name__} is no plain data")


def is_model(value: object) -> bool:
    """Return whether a value is a Keras model; without importing Keras where nobody has."""
    import sys

    keras = sys.modules.get("keras")
    return keras is not None and isinstance(value, keras.Model)


def pack_arguments(arguments: tuple[object, ...]) -> list[dict[str, Any]]:
    """Return packed arguments; a model that is a layer of another one is told by its place in it."""
    packed = []
    for value in arguments:
        outer = next((k for k, other in enumerate(arguments) if is_model(other) and _place(other, value) >= 0), None)
        if outer is None:
            packed.append(pack(value))
        else:
            packed.append({"kind": "layer", "of": outer, "index": _place(arguments[outer], value)})
    return packed


def _place(model: Any, value: object) -> int:
    return next((k for k, layer in enumerate(model.layers) if layer is value), -1)


def unpack_arguments(packed: list[dict[str, Any]]) -> tuple[Any, ...]:
    """Return the arguments that were packed; a layer of a model is that model's own layer."""
    values = [None if each["kind"] == "layer" else unpack(each) for each in packed]
    for number, each in enumerate(packed):
        if each["kind"] == "layer":
            values[number] = values[each["of"]].layers[each["index"]]
    return tuple(values)


def places_of(model: Any, other: Any) -> dict[str, Any]:
    """Return where the weights of another model, and those of each of its layers, stand among a model's weights."""
    where = {id(weight): k for k, weight in enumerate(model.weights)}
    return {
        "weights": [where.get(id(weight), -1) for weight in other.weights],
        "layers": [[where.get(id(weight), -1) for weight in layer.weights] for layer in other.layers],
    }


def as_part(model: Any, sent: Any, places: object) -> Any:
    """Return what stands for a model that was sent and is said to be a part of a rebuilt one.

    A weight is taken for the same only where it holds the numbers that were sent: the place is the learner's word. And
    where a matrix with these numbers is trained in the model, that is the one: a frozen copy beside it hides nothing.

    Returns:
        An object with `weights` and `layers`; each layer has `weights`.
    """
    told = places if isinstance(places, dict) else {}

    def same(weights: list[Any], told: object) -> list[Any]:
        indices = told if isinstance(told, list) and len(told) == len(weights) else [-1] * len(weights)
        return [_same(model, weight, index) for weight, index in zip(weights, indices, strict=True)]

    named = told.get("layers")
    layers: list[object] = (
        named if isinstance(named, list) and len(named) == len(sent.layers) else [None] * len(sent.layers)
    )
    return SimpleNamespace(
        weights=same(sent.weights, told.get("weights")),
        layers=[
            SimpleNamespace(name=layer.name, weights=same(layer.weights, each))
            for layer, each in zip(sent.layers, layers, strict=True)
        ],
    )


def _same(model: Any, weight: Any, index: object) -> object:
    numbers = np.asarray(weight)
    if numbers.ndim > 1:  # biases are all zeros at first, and say nothing
        for found in model.trainable_weights:
            if np.array_equal(np.asarray(found), numbers):
                return found
    if type(index) is not int or not 0 <= index < len(model.weights):
        return object()
    found = model.weights[index]
    return found if np.array_equal(np.asarray(found), numbers) else object()
