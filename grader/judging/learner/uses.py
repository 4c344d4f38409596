"""Ordinary calls that a test makes: what was returned, raised and printed, and the arguments as they are afterwards."""

import builtins
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from grader.answers.observe import names_in, raised_from
from grader.base.time_limit import TookTooLong
from grader.judging.crossing.channel import encode
from grader.judging.crossing.values import CHANGEABLE, is_model, pack, unpack_arguments

Packed = dict[str, Any]


class Uses:
    """The learner's functions and iterators that the judge knows, by their names or by a number."""

    def __init__(self, names: dict[str, Any]) -> None:
        """Know the names of the learner's cells."""
        self._names = names
        self._told: list[Any] = []
        self._aside: dict[str, Any] = {}

    def value(self, of: str | int) -> Any:
        """Return what a name or a number stands for; raises KeyError or IndexError."""
        if isinstance(of, int):
            return self._told[of]
        return self._aside[of] if of in self._aside else self._names[of]

    def put_aside(self, name: str) -> Packed:
        """Let a name stand for nothing in the learner's code until names are put back; proxies of it still work."""
        self._aside[name] = self._names.pop(name)
        return {}

    def put_back(self) -> Packed:
        """Let all names stand again for what they stood for."""
        self._names.update(self._aside)
        self._aside.clear()
        return {}

    def use(self, of: str | int, arguments: list[Packed], keywords: list[str], step: bool) -> Packed:
        """Call a function, or take the next value of an iterator; return what came of it.

        Args:
            of: which one.
            arguments: packed; `held` is one of the learner's own functions.
            keywords: the names of the last of them.
            step: take the next value.
        """
        before = [encode(each) for each in arguments]  # a call may change what arrived
        given = self._unpack(arguments)
        first = len(given) - len(keywords)
        target = self.value(of)
        try:
            named = dict(zip(keywords, given[first:], strict=True))
            returned = next(target) if step else target(*given[:first], **named)
        except (Exception, SystemExit, TookTooLong) as error:
            return {"raised": describe_error(error), "after": _after(given, before)}
        return {"raised": None, "after": _after(given, before), "returned": self._pack(returned, given)}

    def _unpack(self, arguments: list[Packed]) -> tuple[Any, ...]:
        plain = [{"kind": "plain", "value": None} if each["kind"] == "held" else each for each in arguments]
        pairs = zip(arguments, unpack_arguments(plain), strict=True)
        return tuple(self.value(each["of"]) if each["kind"] == "held" else value for each, value in pairs)

    def _pack(self, value: Any, given: tuple[Any, ...]) -> Packed:
        for index, argument in enumerate(given):
            if value is argument and isinstance(value, CHANGEABLE):
                return {"kind": "argument", "index": index}
        return self.describe(value) or pack(value)

    def describe(self, value: Any) -> Packed | None:
        """Return how the judge is told of a function or an iterator, and remember it; None for any other value."""
        if isinstance(value, Iterator):
            self._told.append(value)
            return {"kind": "iterator", "of": len(self._told) - 1}
        if not callable(value) or is_model(value) or isinstance(value, type):
            return None
        self._told.append(value)
        return {"kind": "function", "of": len(self._told) - 1, **describe_function(value)}


def describe_function(value: Callable[..., object]) -> Packed:
    """Return what the judge is told of a function: its own name, and the names in its code."""
    called = getattr(value, "__name__", "")
    return {"called": called if isinstance(called, str) else "", "uses": sorted(names_in(value))}


def _after(given: tuple[Any, ...], before: list[bytes]) -> list[Packed | None]:
    """Return the arguments that the call has changed, as they are now, and None for the others."""
    now = [pack(value) if isinstance(value, CHANGEABLE) else None for value in given]
    return [each if each and encode(each) != was else None for each, was in zip(now, before, strict=True)]


def describe_error(error: BaseException) -> Packed:
    """Return what the judge is told of an exception: the first class of Python's own that it is, and its arguments."""
    known = (kind.__name__ for kind in type(error).__mro__ if getattr(builtins, kind.__name__, None) is kind)
    return {**asdict(raised_from(error)), "base": next(known, ""), "args": pack(list(error.args))}
