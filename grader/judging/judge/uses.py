"""What a test does with the learner's functions: it calls them, and sees what an ordinary call would show.

Nothing that comes is believed: a value is rebuilt from plain data, an exception is one of Python's own classes, and an
argument changes only as its class allows.
"""

import builtins
import sys
from collections import deque
from collections.abc import Iterator
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.base.text import clean
from grader.judging.crossing.values import CHANGEABLE, pack_arguments, size_as_arrays, unpack

if TYPE_CHECKING:
    from grader.judging.judge.proxies import LearnerProxy

MOST_PRINTED = 20_000  # characters by one call
MOST_WORDS = 300  # characters of anything that the learner's process says
LARGEST_REASON = 100_000  # bytes of an exception's arguments
ERRORS = {
    name: kind
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, Exception | SystemExit)
}
NOTHING = object()


class Unjudged(BaseException):
    """A call that cannot be judged, or that was ended; no `except Exception` in a test takes it for an exception."""


class Held:
    """Something of the learner's process that tests use and that stays there.

    Attributes:
        of: its name there, or the number that it was told with.
    """

    def __init__(self, learner: "LearnerProxy", of: str | int) -> None:
        """Refer to it."""
        self._learner, self.of = learner, of


class IteratorProxy(Held, Iterator[Any]):
    """An iterator of the learner's process; each value is asked for when it is needed."""

    def __next__(self) -> Any:
        """Return the next value; raises what the iterator raises."""
        return use(self._learner, self.of, (), {}, step=True)


def use(
    learner: "LearnerProxy",
    of: str | int,
    arguments: tuple[Any, ...],
    keywords: dict[str, Any],
    step: bool = False,
) -> Any:
    """Call a function of the learner, or take the next value of an iterator.

    Returns:
        What it returns; arguments that it changed are changed, and what it printed is printed.

    Raises:
        Exception: of the class that it raised, or of the first one of Python's own that this is a kind of.
        TypeError: an argument cannot be handed to it.
        Unjudged: it was ended, or what came cannot be judged.
        Gone: the process is not there any more.
    """
    given = (*arguments, *keywords.values())
    told = learner.ask("use", of=of, arguments=_packed(given), keywords=list(keywords), step=step)
    for stream, key in ((sys.stdout, "out"), (sys.stderr, "err")):
        text = told.get(key)
        stream.write(text[:MOST_PRINTED] if isinstance(text, str) else "")
    _change(learner, given, told.get("after"))
    reason = told.get("raised")
    if isinstance(reason, dict):
        learner.raised = error_of(reason), _sentence(reason)
        raise learner.raised[0]
    return learner.received(told.get("returned"), given)


def _packed(given: tuple[Any, ...]) -> list[dict[str, Any]]:
    packed = pack_arguments(tuple(None if isinstance(value, Held) else value for value in given))
    for number, value in enumerate(given):
        if isinstance(value, Held):
            packed[number] = {"kind": "held", "of": value.of}
        elif packed[number]["kind"] == "other":
            raise TypeError(f"A {type(value).__name__} cannot be handed to the submitted code: it is no plain data.")
    return packed


def _change(learner: "LearnerProxy", given: tuple[Any, ...], after: object) -> None:
    """Make the arguments what the call has made of them, as far as they were ones that can change."""
    if not isinstance(after, list) or len(after) != len(given):
        return
    for value, packed in zip(given, after, strict=True):
        if packed is not None and isinstance(value, CHANGEABLE):
            became = learner.received(packed, ())
            if type(became) is type(value):
                write_over(value, became)


def write_over(value: Any, became: Any) -> None:
    """Give a list, dict, set, deque, bytearray or array the content of another one; what is in it stays if it can."""
    if isinstance(value, np.ndarray):
        if value.shape == became.shape and value.dtype == became.dtype:
            value[...] = became
    elif isinstance(value, list):
        pairs = zip_longest(value, became, fillvalue=NOTHING)
        value[:] = [_became(old, new) for old, new in pairs if new is not NOTHING]
    elif isinstance(value, dict):
        content = {key: _became(value.get(key, NOTHING), new) for key, new in became.items()}
        value.clear()
        dict.update(value, content)
    elif isinstance(value, bytearray):
        value[:] = became
    else:
        value.clear()
        (value.extend if isinstance(value, deque) else value.update)(became)


def _became(old: Any, new: Any) -> Any:
    if type(old) is type(new) and isinstance(old, CHANGEABLE):
        if isinstance(old, np.ndarray) and (old.shape, old.dtype) != (new.shape, new.dtype):
            return new
        write_over(old, new)
        return old
    return new


def error_of(told: dict[str, Any]) -> BaseException:
    """Return the exception that was described, of one of Python's own classes."""
    name = told.get("base")
    kind = ERRORS.get(name) if isinstance(name, str) else None
    if kind is None:
        return Unjudged(_sentence(told))
    try:
        arguments = unpack(told.get("args"))
        if type(arguments) is list and size_as_arrays(arguments) <= LARGEST_REASON:
            return kind(*arguments)
    except Exception:  # none that could be described, or none that this class takes
        pass
    try:
        return kind(words(told.get("message")))
    except Exception:
        return RuntimeError(_sentence(told))


def _sentence(told: dict[str, Any]) -> str:
    return f"{words(told.get('type'))}: {words(told.get('message'))}"


def words(value: object) -> str:
    """Return what the learner's process says, cut, and without what a terminal would act on."""
    return clean(value[:MOST_WORDS]) if isinstance(value, str) else ""
