"""What was seen of an answer, in words and in the learner's own numbers."""

import numpy as np

from grader.answers.observe import Observation, Raised
from grader.answers.table import Probe

LONGEST = 70  # characters of one value; longer ones are told by their shape


def seen_text(name: str, id_: str, probe: Probe, seen: Observation) -> str:
    """Return one sentence on what the learner's function `name` did on a probe.

    Args:
        name: the learner's name for the function.
        id_: the misconception, which decides what of the observation matters.
        probe: what it was called with, and whether that may be shown.
        seen: what it did.

    """
    if id_ == "not-attempted":
        return "it is not written yet."
    if probe.secret and seen.values is not None:
        return f"{name} passes the visible check and fails on other numbers."
    call = f"{name}(...), with numbers that are not shown," if probe.secret else call_text(name, probe)
    if seen.raised:
        return f"{call} stopped with {raised_text(seen.raised)}"
    if id_ == "changes-its-input":
        return f"{call} changed its argument."
    if seen.values is None:
        return f"{call} returned {value_text(seen.returned)}."
    if id_ == "wrong-shape":
        given = ", ".join(str(np.asarray(argument).shape) for argument in probe.arguments)
        return f"{call} gave shape {shapes(seen)} from shape {given}."
    if seen.warned and not seen.broke:
        return f"{call} gave {result_text(seen)} and warned: {seen.warned}."
    return f"{call} gave {result_text(seen)}."


def expected_text(name: str, probe: Probe, right: Observation) -> str:
    """Return what should have come out on a probe, "" where the probe must not be shown."""
    return "" if probe.secret else f"{call_text(name, probe)} should give {result_text(right)}."


def name_of(function: object, name: str) -> str:
    """Return what the learner calls a function: its own name, or `name` where it has none, as a lambda."""
    own = getattr(function, "__name__", name)
    return own if own.isidentifier() else name


def call_text(name: str, probe: Probe) -> str:
    """Return a call as it would be typed, with long arrays told by their shape."""
    given = [value_text(argument) for argument in probe.arguments]
    given += [f"{key}={value_text(value)}" for key, value in probe.keywords.items()]
    return f"{name}({', '.join(given)})"


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
    if hasattr(value, "layers"):
        return "model"
    if isinstance(value, type | np.dtype):
        return f"np.{np.dtype(value).name}"
    try:
        array = np.asarray(value)
        text = np.array2string(array, separator=", ", formatter={"float_kind": "{:.4g}".format})
    except (TypeError, ValueError):
        return f"a {type(value).__name__}"
    if array.dtype.kind not in "biufU":
        return f"a {type(value).__name__}"
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else f"an array of shape {array.shape}"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."
