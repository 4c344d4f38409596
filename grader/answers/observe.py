"""One call of a learner's function, and everything that could be seen of it."""

import copy
import linecache
import sysconfig
import traceback
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.base.capture import captured_output

STDLIB = sysconfig.get_path("stdlib")
OVERFLOWS = ("OverflowError", "FloatingPointError", "ZeroDivisionError")


@dataclass(frozen=True)
class Raised:
    """An exception as it left the learner's code: its type, its words, where it was raised."""

    type: str
    message: str
    function: str = ""
    line: str = ""


@dataclass(frozen=True)
class Observation:
    """What one call did.

    Attributes:
        values: the result as float64 arrays (or arrays of words), one for each item of a returned tuple; None
            where it was neither, or nothing was returned.
        returned: the result as it was returned.
        raised: the exception that ended the call.
        warned: the text of the first numerical warning, or "".
        changed: whether the call changed its arguments.
        arguments: the arguments after the call, where they are other objects now: models that went to another process.

    """

    values: tuple[np.ndarray, ...] | None
    returned: object = None
    raised: Raised | None = None
    warned: str = ""
    changed: bool = False
    arguments: tuple[Any, ...] | None = None

    @property
    def broke(self) -> bool:
        """Whether the numbers ran out: an overflow that was raised, or an infinity or NaN in the result."""
        if self.raised:
            return self.raised.type in OVERFLOWS
        numbers = [value for value in self.values or () if value.dtype.kind != "U"]
        return not all(np.isfinite(value).all() for value in numbers)


Call = tuple[tuple[object, ...], dict[str, object]]  # arguments, and arguments by name


class Remote(ABC):
    """A function that lives in another process, which does the observing there; see grader.judging.judge.proxies."""

    @abstractmethod
    def observed(self, calls: Sequence[Call], items: int) -> list[Observation]:
        """Return what observe_all() returns for a function of this process."""


class Remembered(Remote):
    """A function that is called once for the same arguments, however often it is observed with them."""

    def __init__(self, function: Callable[..., object]) -> None:
        """Remember nothing yet of a function."""
        self.function = function
        self._known: dict[str, Observation] = {}

    def __call__(self, *arguments: object, **keywords: object) -> object:
        """Call the function."""
        return self.function(*arguments, **keywords)

    def observed(self, calls: Sequence[Call], items: int) -> list[Observation]:
        """Return what was seen, now or before, of each call."""
        return [self._once(arguments, keywords, items) for arguments, keywords in calls]

    def _once(self, arguments: tuple[object, ...], keywords: dict[str, object], items: int) -> Observation:
        told = [(a.dtype.str, a.shape, a.tobytes()) if isinstance(a, np.ndarray) else a for a in arguments]
        question = repr((told, keywords, items))
        if question not in self._known:
            self._known[question] = observe(self.function, arguments, items, keywords)
        return self._known[question]


def observe_all(function: Callable[..., object], calls: Sequence[Call], items: int = 1) -> list[Observation]:
    """Return what observe() sees of each call; the way to another process is gone once for all of them."""
    if isinstance(function, Remote):
        return function.observed(calls, items)
    return [observe(function, arguments, items, keywords) for arguments, keywords in calls]


def observe(
    function: Callable[..., object],
    arguments: tuple[object, ...],
    items: int = 1,
    keywords: dict[str, object] | None = None,
) -> Observation:
    """Call a function on copies of the arguments, quietly, and return what was seen.

    Printing, log lines and warnings of the function reach nobody: they are no fault of an answer.

    Args:
        function: the learner's, or a wrong function from a table.
        arguments: what to call it with; arrays and lists are copied before.
        items: how many arrays the result must hold; more than one are returned as a tuple or list.
        keywords: further arguments, by name.

    """
    if isinstance(function, Remote):
        return function.observed([(arguments, keywords or {})], items)[0]
    given = tuple(copy.deepcopy(a) if isinstance(a, np.ndarray | list) else a for a in arguments)
    with captured_output() as warned:
        try:
            returned = function(*given, **(keywords or {}))
            values = as_arrays(returned, items)
        except (Exception, SystemExit) as error:  # a learner's exit() must not end the check
            return Observation(None, raised=raised_from(error), changed=not unchanged(arguments, given))
    overflow = next((str(w.message) for w in warned if issubclass(w.category, RuntimeWarning)), "")
    return Observation(values, returned, None, overflow, not unchanged(arguments, given))


def as_arrays(returned: object, items: int) -> tuple[np.ndarray, ...] | None:
    """Return a result (numbers, lists, NumPy, TensorFlow) as float64 arrays, words as they are; None for the rest."""
    if returned is None:
        return None
    parts: Sequence[object] = (returned,)
    if items > 1:
        if not (isinstance(returned, tuple | list) and len(returned) == items):
            return None
        parts = returned
    try:
        arrays = [with_numbers(np.asarray(part)) for part in parts]
        if any(array.dtype.kind in "cSOMm" for array in arrays):
            return None
        return tuple(array if array.dtype.kind == "U" else array.astype(np.float64) for array in arrays)
    except (TypeError, ValueError):
        return None


def with_numbers(array: np.ndarray) -> np.ndarray:
    """Return an array of Python's numbers, as np.frompyfunc gives it, as one of floats; any other as it is."""
    if array.dtype.kind != "O" or not all(isinstance(item, int | float | np.number) for item in array.ravel()):
        return array
    try:
        return array.astype(np.float64)
    except OverflowError:  # a whole number beyond 1e308
        return array


def raised_from(error: BaseException) -> Raised:
    """Return an exception with the innermost line of the learner's own code."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if _is_learners(f.filename)]
    where = frames[-1] if frames else None
    line = (where.line or linecache.getline(where.filename, where.lineno or 0)).strip() if where else ""
    message = str(error).strip().splitlines()[0] if str(error).strip() else ""
    return Raised(type(error).__name__, message, where.name if where else "", line)


def _is_learners(filename: str) -> bool:
    return not filename.startswith((STDLIB, "<frozen")) and "site-packages" not in filename and filename != __file__


def unchanged(before: tuple[object, ...], after: tuple[object, ...]) -> bool:
    """Return whether two argument tuples still hold the same numbers (arrays and lists; models are not looked at)."""
    return all(_same(a, b) for a, b in zip(before, after, strict=True))


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and a.shape == b.shape and a.dtype == b.dtype and np.array_equal(a, b)
    return a == b if isinstance(a, list | int | float) else True
