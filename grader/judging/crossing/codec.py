"""Plain values as bytes and back, for a peer that may forge every byte.

A value is a tag, a length or a count, and what it announces. Nothing here can name a class or hold code, and decode()
believes no number before it has compared it with the bytes that are really there.
"""

import math
import struct
from collections.abc import Callable
from typing import Any

import numpy as np

from grader.judging.crossing.kinds import KINDS, built, kind_of

DEPTH = 64  # lists within lists
ITEMS = 250_000  # values in one message: each costs Python some hundred bytes
INT_BYTES = 1_700  # 4,094 digits: str() of what arrives never meets Python's limit of 4,300
TEXT_BYTES = 8_000_000  # Python may need four bytes for each of them
SIZES = {"b": (1,), "i": (1, 2, 4, 8), "u": (1, 2, 4, 8), "f": (2, 4, 8, 16), "c": (8, 16, 32)}
LONGEST_ROW = 100_000  # bytes of one element of an array of strings
DIMENSIONS = 64
EXTENT = 2**30  # bytes or rows that an array may announce, also one of no bytes: nobody loops over more

Halves = range(0xD800, 0xE000)  # code points that no UTF-8 text holds


class Broken(Exception):
    """What the other end sent cannot be used, or it sent nothing."""


def encode(value: Any) -> bytes:
    """Return a plain value as bytes.

    Plain are None, bool, int, float, str, bytes, list, tuple, dict, NumPy's arrays and numbers, and the other kinds of
    grader.judging.crossing.kinds. Subclasses are sent as
    these; bfloat16 is sent as float32.

    Raises:
        TypeError: it is something else, or too large, too deep or too long to be sent.
    """
    pieces: list[bytes] = []
    _write(value, pieces.append, [ITEMS], DEPTH)
    return b"".join(pieces)


def _write(value: Any, put: Callable[[bytes], object], left: list[int], depth: int) -> None:
    left[0] -= 1
    if left[0] < 0:
        raise TypeError(f"Only {ITEMS:,} values can be sent at once; send an array instead of a list.")
    if value is None or value is True or value is False:
        put({None: b"N", True: b"T", False: b"F"}[value])
    elif isinstance(value, np.generic):
        _write_scalar(value, put)
    elif isinstance(value, np.ndarray):
        put(b"a")
        _write_array(np.asarray(value), put)
    elif isinstance(value, int):
        number = int(value)
        _write_sized(b"i", number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True), INT_BYTES, put)
    elif isinstance(value, float):
        put(b"d" + struct.pack(">d", float.__float__(value)))
    elif isinstance(value, str):
        _write_sized(b"s", _utf8(value), TEXT_BYTES, put)
    elif isinstance(value, bytes):
        _write_sized(b"b", bytes(memoryview(value)), EXTENT, put)
    else:
        if not depth:
            raise TypeError(f"Lists nested deeper than {DEPTH} cannot be sent.")
        _write_several(value, put, left, depth - 1)


def _write_several(value: Any, put: Callable[[bytes], object], left: list[int], depth: int) -> None:
    """Write what is made of others; read by the base class, whatever a subclass says of itself."""
    letter = kind_of(value)
    if letter == b"m" and all(isinstance(key, str) for key in dict.keys(value)):
        put(b"m" + struct.pack(">I", dict.__len__(value)))
        for key, inner in dict.items(value):
            _write_sized(b"", _utf8(key), TEXT_BYTES, put)
            _write(inner, put, left, depth)
        return
    if letter:
        tag, items = b"k" + letter, list(KINDS[letter].parts(value))
    elif isinstance(value, list | tuple):
        kind: Any = tuple if isinstance(value, tuple) else list
        tag, items = b"t" if kind is tuple else b"l", list(kind.__iter__(value))
    else:
        raise TypeError(f"A {type(value).__name__} is no plain value.")
    put(tag + struct.pack(">I", len(items)))
    for inner in items:
        _write(inner, put, left, depth)


def _utf8(text: str) -> bytes:
    try:
        return str.encode(text, "utf-8")
    except UnicodeEncodeError as error:
        raise TypeError("The string holds half a character (a lone surrogate).") from error


def _write_sized(tag: bytes, data: bytes, most: int, put: Callable[[bytes], object]) -> None:
    if len(data) > most:
        raise TypeError(f"A value of {len(data):,} bytes is too large to be sent; {most:,} are allowed.")
    put(tag + struct.pack(">I", len(data)))
    put(data)


def _write_scalar(value: np.generic, put: Callable[[bytes], object]) -> None:
    if isinstance(value, np.str_):  # as an array it would lose the zeros at its end
        _write_sized(b"U", _utf8(str.__str__(value)), TEXT_BYTES, put)
    elif isinstance(value, np.bytes_):
        _write_sized(b"S", bytes(memoryview(value)), EXTENT, put)
    else:
        put(b"g")
        _write_array(np.asarray(value), put)


def _write_array(array: np.ndarray, put: Callable[[bytes], object]) -> None:
    if array.dtype.name == "bfloat16":
        array = array.astype(np.float32)
    kind, size = array.dtype.kind, array.dtype.itemsize
    if reason := _unfit(kind, size, array.shape):
        raise TypeError(f"An array of {array.dtype} and shape {array.shape} cannot be sent: {reason}.")
    native = np.ascontiguousarray(array, array.dtype.newbyteorder("="))  # of 0 dimensions it makes 1: same bytes
    if kind == "U" and _odd_bytes(kind, native):
        raise TypeError("The array of strings holds half a character (a lone surrogate).")
    put(struct.pack(f">cIB{array.ndim}Q", kind.encode(), size, array.ndim, *array.shape))
    put(native.tobytes())


def _unfit(kind: str, size: int, shape: tuple[int, ...]) -> str:
    """Return why an array of this kind is neither sent nor taken."""
    if kind == "U" or kind == "S":
        known = size <= LONGEST_ROW and size % (4 if kind == "U" else 1) == 0
    else:
        known = size in SIZES.get(kind, ())
    if not known:
        return "its dtype is none of numbers or strings"
    if len(shape) > DIMENSIONS:
        return "it has too many dimensions"
    return "it is too large" if math.prod(max(n, 1) for n in shape) * max(size, 1) > EXTENT else ""


def _odd_bytes(kind: str, array: np.ndarray) -> bool:
    """Return whether an array's bytes are none that NumPy itself would write: it trusts them blindly."""
    if not array.nbytes:
        return False
    if kind == "b":
        return bool(array.reshape(-1).view(np.uint8).max() > 1)
    if kind == "U":
        points = array.reshape(-1).view(np.uint32)
        return bool(points.max() > 0x10FFFF or ((points >= Halves.start) & (points < Halves.stop)).any())
    return False


def decode(data: bytes | bytearray | memoryview) -> Any:
    """Return the value that encode() wrote; arrays are new, writable and own their memory.

    Raises:
        Broken: encode() did not write this.
    """
    reader = _Reader(memoryview(data))
    value = reader.value(DEPTH)
    if reader.at != len(reader.data):
        raise Broken("There are bytes after the end of the value.")
    return value


class _Reader:
    """Reads values from bytes; asks for nothing that the bytes do not pay for."""

    def __init__(self, data: memoryview) -> None:
        self.data = data.cast("B")
        self.at = 0
        self.left = ITEMS

    def take(self, count: int) -> memoryview:
        """Return the next bytes."""
        if count > len(self.data) - self.at:
            raise Broken("The message is shorter than it says.")
        self.at += count
        return self.data[self.at - count : self.at]

    def unpack(self, form: str) -> tuple[Any, ...]:
        """Return numbers of fixed sizes."""
        return struct.unpack(form, self.take(struct.calcsize(form)))

    def sized(self, most: int) -> memoryview:
        """Return the bytes that follow their length."""
        (count,) = self.unpack(">I")
        if count > most:
            raise Broken(f"The message holds a value of {count:,} bytes, and {most:,} are allowed.")
        return self.take(count)

    def value(self, depth: int) -> Any:
        """Return the next value."""
        self.left -= 1
        if self.left < 0:
            raise Broken(f"The message holds more than {ITEMS:,} values.")
        tag = bytes(self.take(1))
        if tag in b"ltmk":
            if not depth:
                raise Broken(f"The message is nested deeper than {DEPTH}.")
            return self.several(tag, depth - 1)
        if tag not in READ:
            raise Broken("The message holds a value of no known kind.")
        return READ[tag](self)

    def several(self, tag: bytes, depth: int) -> Any:
        """Return a list, a tuple, a dict, or a value of another kind that is made of several."""
        letter = bytes(self.take(1)) if tag == b"k" else b""
        (count,) = self.unpack(">I")
        if tag == b"m":
            pairs = {self.text(): self.value(depth) for _ in range(count)}
            if len(pairs) != count:
                raise Broken("A dict in the message names a key twice.")
            return pairs
        items = [self.value(depth) for _ in range(count)]
        try:
            return built(letter, items) if letter else items if tag == b"l" else tuple(items)
        except ValueError as error:
            raise Broken("A value in the message is none of its kind.") from error

    def text(self) -> str:
        """Return a string."""
        try:
            return str(self.sized(TEXT_BYTES), "utf-8")
        except UnicodeDecodeError as error:
            raise Broken("A string in the message is not UTF-8.") from error

    def array(self) -> np.ndarray:
        """Return an array; its memory is asked for when its bytes are known to be there."""
        kind, size, ndim = self.unpack(">cIB")
        if ndim > DIMENSIONS:
            raise Broken("An array in the message has too many dimensions.")
        shape = self.unpack(f">{ndim}Q")
        letter = kind.decode("latin-1")
        if reason := _unfit(letter, size, shape):
            raise Broken(f"An array in the message cannot be taken: {reason}.")
        raw = self.take(math.prod(shape) * size)
        length = size // 4 if letter == "U" else size
        try:
            array = np.empty(shape, np.dtype(f"{letter}{length}"))
        except (TypeError, ValueError, MemoryError) as error:
            raise Broken("An array in the message cannot be made here.") from error
        if array.nbytes != len(raw):  # some versions of NumPy make strings of length 0 longer
            raise Broken("An array in the message has another size here.")
        if raw:
            array.reshape(-1).view(np.uint8)[:] = np.frombuffer(raw, np.uint8)
        if _odd_bytes(letter, array):
            raise Broken("An array in the message holds bytes that are no value of its dtype.")
        return array

    def scalar(self) -> Any:
        """Return one of NumPy's numbers."""
        array = self.array()
        if array.ndim or array.dtype.kind in "US":
            raise Broken("A number in the message is an array.")
        return array[()]


READ: dict[bytes, Callable[[_Reader], Any]] = {
    b"N": lambda reader: None,
    b"T": lambda reader: True,
    b"F": lambda reader: False,
    b"i": lambda reader: int.from_bytes(reader.sized(INT_BYTES), "big", signed=True),
    b"d": lambda reader: reader.unpack(">d")[0],
    b"s": _Reader.text,
    b"b": lambda reader: bytes(reader.sized(EXTENT)),
    b"a": _Reader.array,
    b"g": _Reader.scalar,
    b"U": lambda reader: np.str_(reader.text()),
    b"S": lambda reader: np.bytes_(reader.sized(EXTENT)),
}
