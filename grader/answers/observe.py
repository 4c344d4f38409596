"""One call of a learner's function, and everything that could be seen of it."""

import builtins
import contextlib
import copy
import difflib
import linecache
import sysconfig
import traceback
import types
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from grader.base.capture import captured_output
from grader.base.time_limit import TookTooLong, limit_time

STDLIB = sysconfig.get_path("stdlib")
OURS = str(Path(__file__).parents[1])
LONGEST = 60  # seconds for the calls of one answer
OVERFLOWS = ("OverflowError", "FloatingPointError", "ZeroDivisionError")


@dataclass(frozen=True)
class Raised:
    """An exception as it left the learner's code.

    Attributes:
        type: the name of its class.
        message: the first line of its words.
        function: where it was raised.
        line: the line there.
        meant: the near name that Python asks for where it prints an error, and keeps out of the error's own words.
    """

    type: str
    message: str
    function: str = ""
    line: str = ""
    meant: str = ""

    @property
    def took_too_long(self) -> bool:
        """Whether the code was ended because it took too long."""
        return self.type == TookTooLong.__name__


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
    def endless(self) -> bool:
        """Whether the call was ended because it took too long."""
        return self.raised is not None and self.raised.took_too_long

    @cached_property
    def broke(self) -> bool:
        """Whether the numbers ran out: an overflow that was raised, or an infinity or NaN in the result."""
        if self.raised:
            return self.raised.type in OVERFLOWS
        numbers = [value for value in self.values or () if value.dtype.kind != "U"]
        return not all(np.isfinite(value).all() for value in numbers)


Call = tuple[tuple[object, ...], dict[str, object]]  # arguments, and arguments by name


class Remote(ABC):
    """A function that is observed and not called, as one of another process; see grader.judging.judge.proxies.

    Attributes:
        uses: the names in its code, as names_in() gives them.
    """

    uses: frozenset[str] = frozenset()

    def __call__(self, *arguments: object, **keywords: object) -> Any:
        """Return what the function returns, as far as it can be seen.

        Raises:
            RuntimeError: it raised something.
        """
        (seen,) = self.observed([(arguments, keywords)], 1)
        if seen.raised:
            raise RuntimeError(f"{seen.raised.type}: {seen.raised.message}")
        return seen.returned

    @abstractmethod
    def observed(self, calls: Sequence[Call], items: int, seconds: int = LONGEST) -> list[Observation]:
        """Return what observe_all() returns for a function of this process.

        Args:
            calls: what to call it with.
            items: as observe() takes it.
            seconds: of processor time for all of them; the ones after the call that takes too long are not made.
        """


class Limited(Remote):
    """A learner's function that is given so much time, and is not called again once it has taken too long."""

    def __init__(self, function: Callable[..., object], seconds: int = LONGEST) -> None:
        """Call nothing yet."""
        self.function, self.seconds, self.uses = function, seconds, names_in(function)
        self._endless: Observation | None = None

    def observed(self, calls: Sequence[Call], items: int, seconds: int = LONGEST) -> list[Observation]:
        """Return what was seen of each call."""
        if self._endless:
            return [self._endless] * len(calls)
        seen = self._seen(calls, items, min(seconds, self.seconds))
        self._endless = next((each for each in seen if each.endless), None)
        return seen

    def _seen(self, calls: Sequence[Call], items: int, seconds: int) -> list[Observation]:
        if isinstance(self.function, Remote):
            return self.function.observed(calls, items, seconds)
        seen: list[Observation] = []
        with limit_time(seconds, LONGEST) as interrupted:
            for arguments, keywords in calls:
                seen.append(seen[-1] if interrupted else observe(self.function, arguments, items, keywords))
        return seen


class Remembered(Remote):
    """A function that is called once for the same arguments, however often it is observed with them."""

    def __init__(self, function: Callable[..., object]) -> None:
        """Remember nothing yet of a function."""
        self.function = function
        self._known: dict[str, Observation] = {}

    def observed(self, calls: Sequence[Call], items: int, seconds: int = LONGEST) -> list[Observation]:
        """Return what was seen, now or before, of each call."""
        questions = [_told(arguments, keywords, items) for arguments, keywords in calls]
        new = {told: call for told, call in zip(questions, calls, strict=True) if told not in self._known}
        self._known |= dict(zip(new, observe_all(self.function, list(new.values()), items), strict=True))
        return [self._known[told] for told in questions]


def _told(arguments: tuple[object, ...], keywords: dict[str, object], items: int) -> str:
    told = [(a.dtype.str, a.shape, a.tobytes()) if isinstance(a, np.ndarray) else a for a in arguments]
    return repr((told, keywords, items))


def names_in(function: object) -> frozenset[str]:
    """Return the names that a function's code uses and that are not its own variables, such as `np` and `where`."""
    if isinstance(function, Remote):
        return function.uses
    code = getattr(function, "__code__", None)
    return frozenset(name for part in _parts(code) for name in part.co_names)


def _parts(code: object) -> Iterator[types.CodeType]:
    """Yield code and the code of the functions inside it."""
    if isinstance(code, types.CodeType):
        yield code
        for constant in code.co_consts:
            yield from _parts(constant)


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
        except (Exception, SystemExit, TookTooLong) as error:  # a learner's exit() must not end the check
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
    return Raised(type(error).__name__, message, where.name if where else "", line, _meant(error))


def _meant(error: BaseException) -> str:
    """Return the name nearest to the one that was not found, or ""."""
    name = getattr(error, "name", None)
    if not isinstance(name, str) or not isinstance(error, NameError | AttributeError):
        return ""
    if isinstance(error, NameError) and hasattr(np, name):  # that one is meant
        return ""
    known: set[str] = set()
    with contextlib.suppress(Exception):  # an object of one's own may say anything of itself
        known = {each for each in _names_around(error) if isinstance(each, str) and not each.startswith("_")} - {name}
    return next(iter(difflib.get_close_matches(name, known, 1, 0.7)), "")


def _names_around(error: NameError | AttributeError) -> Iterable[str]:
    """Return the names that could stand in place of the one that was not found."""
    if isinstance(error, AttributeError):
        return dir(error.obj)
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    around = frames[-1] if frames else None
    return {*around.f_locals, *around.f_globals, *vars(builtins)} if around else ()


def _is_learners(filename: str) -> bool:
    return not filename.startswith((STDLIB, OURS, "<frozen")) and "site-packages" not in filename


def unchanged(before: tuple[object, ...], after: tuple[object, ...]) -> bool:
    """Return whether two argument tuples still hold the same numbers (arrays and lists; models are not looked at)."""
    return all(_same(a, b) for a, b in zip(before, after, strict=True))


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and a.shape == b.shape and a.dtype == b.dtype and np.array_equal(a, b)
    return a == b if isinstance(a, list | int | float) else True
