"""What was seen of an answer, in words and in the learner's own numbers; a call is told as code that can be run."""

import builtins

import numpy as np

from grader.answers.observe import Observation, Raised
from grader.answers.personal import is_personal
from grader.answers.table import Probe

LONGEST = 70  # characters of a word, as text in place of a number
MOST = 40  # numbers of an array or a list that is told; a longer one is told by its shape
DIGITS = 4  # of a number that is told; of two that should differ so many that they do
ALL_DIGITS = 17  # of a float64


def seen_text(name: str, id_: str, probe: Probe, seen: Observation, right: Observation | None = None) -> str:
    """Return one sentence on what the learner's function `name` did on a probe.

    Args:
        name: the learner's name for the function.
        id_: the misconception, which decides what of the observation matters.
        probe: what it was called with, and whether that may be shown.
        seen: what it did.
        right: what should have come out, from which it is told apart.

    """
    if id_ == "not-attempted":
        return "it is not written yet."
    if probe.secret and seen.values is not None:
        return f"{name} passes the visible check and fails on other numbers."
    if probe.secret:
        return f"{hidden_call(name)} {hidden_text(seen)}"
    call = call_text(name, probe)
    if seen.raised:
        return stopped_text(call, seen.raised)
    if id_ == "changes-its-input":
        return f"{call} changed its argument."
    if seen.values is None:
        return f"{call} returned {value_text(seen.returned)}."
    if id_ == "wrong-shape" and right:
        return f"{call} gave shape {shapes(seen)}, and the exercise asks for shape {shapes(right)}."
    result = result_text(seen, _digits(seen, right))
    if id_ == "result-rounded":
        return f"{call} gave {result} and no further digits."
    if seen.warned and not seen.broke:
        return f"{call} gave {result} and warned: {seen.warned}."
    return f"{call} gave {result}."


def hidden_call(name: str) -> str:
    """Return what is told of a call in a hidden test."""
    return f"{name}(...), with numbers that are not shown,"


def hidden_text(seen: Observation) -> str:
    """Return what a call in a hidden test did, without the learner's words: these could tell what it was called with.

    Of an exception the kind is told where it is one of Python's own.
    """
    if not seen.raised:
        return "returned something else than the exercise asks for."
    kind = getattr(builtins, seen.raised.type, None)
    own = isinstance(kind, type) and issubclass(kind, BaseException)
    return f"stopped with {seen.raised.type}." if own else "stopped with an error."


def expected_text(name: str, probe: Probe, seen: Observation, right: Observation) -> str:
    """Return what should have come out on a probe, "" where the probe must not be shown."""
    if probe.secret:
        return ""
    without = " without a warning" if seen.warned and not seen.broke else ""
    return f"{call_text(name, probe)} should give {result_text(right, _digits(seen, right))}{without}."


def name_of(function: object, name: str) -> str:
    """Return what the learner calls a function: its own name, or `name` where it has none, as a lambda.

    Where a student has inputs of their own it is always `name`: a function's own name could carry them out.
    """
    own = getattr(function, "__name__", name)
    return own if own.isidentifier() and not is_personal() else name


def call_text(name: str, probe: Probe) -> str:
    """Return a call that can be copied: with the arrays as arrays, and their dtype where it matters."""
    given = [code_text(argument) for argument in probe.arguments]
    given += [f"{key}={code_text(value)}" for key, value in probe.keywords.items()]
    return f"{name}({', '.join(given)})"


def code_text(value: object) -> str:
    """Return a value as code that makes it again: a number, a list, an array; others as value_text() has them."""
    if isinstance(value, np.ndarray):
        numbers = np.array2string(value, separator=", ", threshold=value.size + 1, floatmode="unique")
        dtype = "" if value.dtype in (np.float64, np.int64) else f", dtype=np.{value.dtype.name}"
        whole = f"np.array({' '.join(numbers.split())}{dtype})"
        return whole if value.size <= MOST else f"an array of shape {value.shape}"
    return repr(value) if isinstance(value, list | float) else value_text(value)


def result_text(seen: Observation, digits: int = DIGITS) -> str:
    """Return the numbers of a result."""
    if seen.values is None or len(seen.values) == 1:
        return value_text(seen.values[0] if seen.values else seen.returned, digits)
    return "(" + ", ".join(value_text(value, digits) for value in seen.values) + ")"


def _digits(seen: Observation, right: Observation | None) -> int:
    """Return how many digits tell two results apart."""
    if right is None:
        return DIGITS
    enough = (n for n in range(DIGITS, ALL_DIGITS) if result_text(seen, n) != result_text(right, n))
    return next(enough, DIGITS)


def stopped_text(call: str, raised: Raised) -> str:
    """Return how a call ended in an exception, in one sentence."""
    if raised.took_too_long:
        return f"{call} did not come to an end{_at(raised)}."
    return f"{call} stopped with {raised_text(raised)}"


def raised_text(raised: Raised) -> str:
    """Return an exception in one sentence, with the learner's line where it is known."""
    words = f"{raised.type}: {raised.message}" if raised.message else raised.type
    meant = f" Did you mean '{raised.meant}'?" if raised.meant else ""
    return f"{words.rstrip('.')}{_at(raised)}.{meant}"


def _at(raised: Raised) -> str:
    return f", at the line `{raised.line}`" if raised.line else ""


def shapes(seen: Observation) -> str:
    """Return the shape, or shapes, of a result."""
    return ", ".join(str(value.shape) for value in seen.values or ())


def value_text(value: object, digits: int = DIGITS) -> str:
    """Return a value as the learner would write it: numbers to some digits, NumPy's names left out."""
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
        digits = _enough(array, digits)
        text = np.array2string(array, separator=", ", formatter={"float_kind": f"{{:.{digits}g}}".format})
    except (TypeError, ValueError):
        return _with_article(type(value).__name__)
    if array.dtype.kind not in "biufU":
        return _with_article(type(value).__name__)
    return " ".join(text.split()) if array.size <= MOST else f"an array of shape {array.shape}"


def _with_article(name: str) -> str:
    return f"{'an' if name[:1].lower() in 'aeio' else 'a'} {name}"


def _enough(array: np.ndarray, digits: int) -> int:
    """Return so many digits that one number which is not whole does not look as if it were."""
    if array.size != 1 or array.dtype.kind != "f" or not np.isfinite(array).all():
        return digits
    number = float(array.ravel()[0])
    enough = (n for n in range(digits, ALL_DIGITS) if not float(f"{number:.{n}g}").is_integer())
    return digits if number.is_integer() else next(enough, ALL_DIGITS)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."
