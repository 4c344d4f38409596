"""What was seen of an answer, in words and in the learner's own numbers."""

import numpy as np

from grader.observe import Observation, Raised

LONGEST = 70  # characters of one value; longer ones are told by their shape


def describe(name: str, id_: str, arguments: tuple[object, ...], seen: Observation, secret: bool) -> str:
    """Return one sentence on what the learner's function `name` did with these arguments.

    Args:
        name: the learner's name for the function.
        id_: the misconception, which decides what of the observation matters.
        arguments: what it was called with.
        seen: what it did.
        secret: the arguments must not be shown.

    """
    if id_ == "not-attempted":
        return "it is not written yet."
    if secret and seen.values is not None:
        return f"{name} passes the visible check and fails on other numbers."
    call = f"{name}(...), with numbers that are not shown," if secret else call_text(name, arguments)
    if seen.raised:
        return f"{call} stopped with {raised_text(seen.raised)}"
    if id_ == "changes-its-input":
        return f"{call} changed its argument."
    if seen.values is None:
        return f"{call} returned {value_text(seen.returned)}."
    if id_ == "wrong-shape":
        return f"{call} gave shape {shapes(seen)} from shape {', '.join(str(np.asarray(a).shape) for a in arguments)}."
    if seen.warned and not seen.broke:
        return f"{call} gave {result_text(seen)} and warned: {seen.warned}."
    return f"{call} gave {result_text(seen)}."


def call_text(name: str, arguments: tuple[object, ...]) -> str:
    """Return a call as it would be typed, with long arrays told by their shape."""
    return f"{name}({', '.join(value_text(argument) for argument in arguments)})"


def result_text(seen: Observation) -> str:
    """Return the numbers of a result."""
    if seen.values is None or len(seen.values) == 1:
        return value_text(seen.values[0] if seen.values else seen.returned)
    return "(" + ", ".join(value_text(value) for value in seen.values) + ")"


def raised_text(raised: Raised) -> str:
    """Return an exception in one sentence, with the learner's line where it is known."""
    words = f"{raised.type}: {raised.message}" if raised.message else raised.type
    return f"{words.rstrip('.')}, at the line `{raised.line}`." if raised.line else f"{words.rstrip('.')}."


def shapes(seen: Observation) -> str:
    """Return the shape, or shapes, of a result."""
    return ", ".join(str(value.shape) for value in seen.values or ())


def value_text(value: object) -> str:
    """Return a value as the learner would write it: numbers to 4 digits, NumPy's names left out."""
    if value is None:
        return "nothing (None)"
    if isinstance(value, bool | int | str):
        return _short(repr(value))
    try:
        array = np.asarray(value)
        text = np.array2string(array, separator=", ", formatter={"float_kind": "{:.4g}".format})
    except (TypeError, ValueError):
        return f"a {type(value).__name__}"
    if array.dtype.kind not in "biuf":
        return f"a {type(value).__name__}"
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else f"an array of shape {array.shape}"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."
