"""Values of Python's own classes that are made of plain ones: dicts with any keys, sets, fractions, dates.

The sender takes a value apart by its class's own methods, whatever a subclass says of itself. The receiver may be given
parts that were forged in any way: what it builds is of exactly the class that stands here, or it raises.
"""

import datetime as dt
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, DecimalException
from fractions import Fraction
from typing import Any

LONGEST_RANGE = 250_000  # as many values as one message may hold
SAME_HASH = 64  # keys of a set or dict that may share a hash: each costs a comparison with all before it
DIGITS = 4_000  # of a Decimal
LARGEST_EXPONENT = 1_000  # of a Decimal: as a whole number it is written out


@dataclass(frozen=True)
class Kind:
    """A class of values.

    Attributes:
        type: the class.
        parts: takes a value apart into plain ones.
        build: makes a value of parts; raises ValueError, TypeError, OverflowError or ArithmeticError for other parts.
    """

    type: type
    parts: Callable[[Any], Sequence[object]]
    build: Callable[..., Any]


def _all_of(kind: type, *values: object) -> None:
    """Raise TypeError unless the values are exactly of a class: True is no whole number here."""
    if any(type(value) is not kind for value in values):
        raise TypeError(f"a {kind.__name__} was expected")


def _hashed(keys: Sequence[Any]) -> Sequence[Any]:
    """Return keys that a set or dict takes in a bounded time, each once; of others, raise."""
    hashes = Counter(map(hash, keys))
    if hashes and max(hashes.values()) > SAME_HASH:
        raise ValueError("too many keys share a hash")
    return keys


def _set(*items: Any) -> set[Any]:
    built = set(_hashed(items))
    if len(built) != len(items):
        raise ValueError("an element is there twice")
    return built


def _dict(*parts: Any) -> dict[Any, Any]:
    built = dict(zip(_hashed(parts[::2]), parts[1::2], strict=True))
    if 2 * len(built) != len(parts):
        raise ValueError("a key is there twice")
    return built


def _complex(real: float, imaginary: float) -> complex:
    _all_of(float, real, imaginary)
    return complex(real, imaginary)


def _fraction(numerator: int, denominator: int) -> Fraction:
    _all_of(int, numerator, denominator)
    if denominator <= 0:
        raise ValueError("a denominator is positive")
    return Fraction(numerator, denominator)


def _decimal(text: str) -> Decimal:
    _all_of(str, text)
    if len(text) > DIGITS:
        raise ValueError("too many digits")
    number = Decimal(text)
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and max(abs(exponent), abs(number.adjusted())) > LARGEST_EXPONENT + DIGITS:
        raise ValueError("too large or too small")
    return number


def _range(start: int, stop: int, step: int) -> range:
    _all_of(int, start, stop, step)
    built = range(start, stop, step)
    if len(built) > LONGEST_RANGE:
        raise ValueError("too long")
    return built


def _duration(days: int, seconds: int, microseconds: int) -> dt.timedelta:
    _all_of(int, days, seconds, microseconds)
    return dt.timedelta(days, seconds, microseconds)


def _time_of(kind: Any) -> Callable[[str], Any]:
    """Return what reads a date or time; one with a zone gets a zone of that difference."""

    def build(text: str) -> Any:
        _all_of(str, text)
        return kind.fromisoformat(text)

    return build


def _bytearray(data: bytes) -> bytearray:
    _all_of(bytes, data)
    return bytearray(data)


def _deque(*items: object) -> deque[object]:
    return deque(items)


def _counter(*parts: Any) -> "Counter[Any]":
    counter: Counter[Any] = Counter()
    dict.update(counter, _dict(*parts))
    return counter


def _pairs(value: dict[Any, Any]) -> list[object]:
    return [part for pair in dict.items(value) for part in pair]


KINDS = {
    b"C": Kind(Counter, _pairs, _counter),
    b"m": Kind(dict, _pairs, _dict),
    b"s": Kind(set, lambda value: list(set.__iter__(value)), _set),
    b"f": Kind(frozenset, lambda value: list(frozenset.__iter__(value)), lambda *items: frozenset(_set(*items))),
    b"d": Kind(deque, lambda value: list(deque.__iter__(value)), _deque),
    b"c": Kind(complex, lambda value: [value.real, value.imag], _complex),
    b"q": Kind(Fraction, lambda value: [int(value.numerator), int(value.denominator)], _fraction),
    b"D": Kind(Decimal, lambda value: [Decimal.__str__(value)], _decimal),
    b"t": Kind(dt.datetime, lambda value: [dt.datetime.isoformat(value)], _time_of(dt.datetime)),
    b"y": Kind(dt.date, lambda value: [dt.date.isoformat(value)], _time_of(dt.date)),
    b"h": Kind(dt.time, lambda value: [dt.time.isoformat(value)], _time_of(dt.time)),
    b"l": Kind(dt.timedelta, lambda value: [value.days, value.seconds, value.microseconds], _duration),
    b"r": Kind(range, lambda value: [value.start, value.stop, value.step], _range),
    b"b": Kind(bytearray, lambda value: [bytes(memoryview(value))], _bytearray),
}  # a class stands before those that it is a kind of
NONE = (int, float, str, bytes, bool, type(None), list, tuple)  # most values


def kind_of(value: object) -> bytes:
    """Return the letter of a value's kind, b"" where it has none."""
    if type(value) in NONE:
        return b""
    return next((letter for letter, kind in KINDS.items() if isinstance(value, kind.type)), b"")


def built(letter: bytes, parts: object) -> Any:
    """Return the value of a kind that is made of these parts.

    Raises:
        ValueError: there is no such kind, or none of these parts.
    """
    if letter not in KINDS or type(parts) is not list:
        raise ValueError("no known kind")
    try:
        return KINDS[letter].build(*parts)
    except (TypeError, ValueError, OverflowError, DecimalException) as error:
        raise ValueError(f"no {KINDS[letter].type.__name__}: {error}") from error
