"""What crosses the wire arrives as it was sent; what a hostile peer sends is refused, in little memory and time."""

import collections
import datetime as dt
import enum
import math
import pickle
import random
import socket
import struct
import threading
import time
import tracemalloc
from collections import Counter, deque
from decimal import Decimal
from fractions import Fraction

import hypothesis.extra.numpy as hnp
import ml_dtypes
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.judging.crossing.channel import HEADER, MAGIC, Broken, Channel, decode, encode
from grader.judging.crossing.codec import DEPTH, INT_BYTES, ITEMS

pytestmark = pytest.mark.quick

SOME = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))

NUMBERS = st.one_of(
    hnp.boolean_dtypes(),
    hnp.integer_dtypes(endianness="?"),
    hnp.unsigned_integer_dtypes(endianness="?"),
    hnp.floating_dtypes(endianness="?"),
    hnp.complex_number_dtypes(endianness="?"),
)
WORDS = st.one_of(hnp.unicode_string_dtypes(endianness="?", max_len=6), hnp.byte_string_dtypes(max_len=6))
ARRAYS = hnp.arrays(st.one_of(NUMBERS, WORDS), hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))
SCALARS = NUMBERS.flatmap(lambda dtype: hnp.arrays(dtype, ()).map(lambda array: array[()]))
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary(), ARRAYS, SCALARS
)  # fmt: skip
KEYS = st.one_of(
    st.integers(), st.text(), st.dates(), st.times(), st.datetimes(timezones=st.just(dt.UTC)), st.timedeltas(),
    st.fractions(), st.decimals(-1e6, 1e6), st.complex_numbers(allow_nan=False), st.tuples(st.integers(), st.text()),
    st.frozensets(st.integers(), max_size=3), st.none(), st.binary(),
)  # fmt: skip
MADE_OF_KEYS = st.one_of(
    KEYS, st.sets(KEYS, max_size=4), st.builds(Counter, st.lists(KEYS, max_size=4)), st.binary().map(bytearray),
    st.builds(range, st.integers(0, 99)),
)  # fmt: skip
VALUES = st.recursive(
    LEAVES | MADE_OF_KEYS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(st.text(max_size=5), inner, max_size=4),
        st.dictionaries(KEYS, inner, max_size=4),
        st.lists(inner, max_size=4).map(deque),
    ),
    max_leaves=12,
)


def same(one, other):
    """Return whether two values are the same to the last bit; the byte order of an array may differ."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray | np.generic):
        if isinstance(one, str | bytes):
            return one == other
        native = one.astype(one.dtype.newbyteorder("="))
        alike = (native.shape, native.dtype) == (other.shape, other.dtype)
        # long doubles have bytes that mean nothing
        return alike and (native.tobytes() == other.tobytes() or np.array_equal(native, other, equal_nan=True))
    if isinstance(one, float):
        return struct.pack("d", one) == struct.pack("d", other)
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple | deque):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


@SOME
@given(VALUES)
def test_every_plain_value_comes_back_as_it_was_to_the_last_bit(value):
    assert same(value, decode(encode(value)))


@SOME
@given(ARRAYS)
def test_an_array_that_came_is_new_writable_and_owns_its_memory(array):
    came = decode(encode({"x": [array]}))["x"][0]
    assert came.flags.owndata
    assert came.flags.writeable
    assert came.dtype.isnative
    assert not np.shares_memory(array, came)


@pytest.mark.parametrize(
    "value", [0.0, -0.0, math.inf, -math.inf, math.nan, 5e-324, 2**2000, -(2**2000), "\0", "ж\U0001f600"]
)
def test_the_ends_of_the_numbers_and_letters_are_kept(value):
    assert same(value, decode(encode(value)))


def test_zeros_at_the_end_of_numpys_strings_are_kept():
    assert same(np.str_("a\0"), decode(encode(np.str_("a\0"))))
    assert same(np.bytes_(b"a\0"), decode(encode(np.bytes_(b"a\0"))))


@pytest.mark.parametrize(
    "array",
    [
        np.arange(24).reshape(2, 3, 4)[:, ::-2, 1],
        np.asfortranarray(np.arange(6).reshape(2, 3)),
        np.arange(3, dtype=">f8"),
        np.broadcast_to(np.float16(2), (3, 2)),
        np.array(7),
        np.zeros((0, 3)),
    ],
)
def test_an_array_of_any_layout_arrives_with_its_values_and_shape(array):
    came = decode(encode(array))
    assert came.shape == array.shape
    np.testing.assert_array_equal(came, array)


def test_bfloat16_is_sent_as_float32():
    came = decode(encode([np.array([1.5, 2], ml_dtypes.bfloat16), ml_dtypes.bfloat16(0.1)]))
    assert same(came[0], np.array([1.5, 2], np.float32))
    assert same(came[1], np.float32(ml_dtypes.bfloat16(0.1)))


def test_subclasses_are_sent_as_what_they_are_made_of_and_are_not_asked():
    class Liar(str):
        def encode(self, *_):
            raise AssertionError

        def __str__(self):
            return "lie"

    class Odd(list):
        def __iter__(self):
            return iter(["lie"])

    pair = collections.namedtuple("Pair", "a b")(1, 2)
    colour = enum.IntEnum("Colour", "RED").RED
    sent = [Liar("true"), Odd([1]), pair, colour, collections.OrderedDict(a=1), np.ma.array([1, 2], mask=[0, 1])]
    came = decode(encode(sent))
    assert same(came[:5], ["true", [1], (1, 2), 1, {"a": 1}])
    assert type(came[5]) is np.ndarray
    assert came[5].tolist() == [1, 2]


def test_subclasses_of_the_further_kinds_are_sent_as_what_they_are_made_of():
    lying = {"__len__": lambda self: 10**9, "__iter__": lambda self: iter("ab"), "__eq__": lambda *_: True}
    lying |= {"__hash__": lambda self: 1, "__str__": lambda self: "x", "isoformat": lambda *_: "x"}
    for value in (
        {1, 2}, frozenset({1}), Counter("aab"), deque([1]), Fraction(1, 3), Decimal("1.50"), {1: "a"},
        dt.date(2026, 1, 2), dt.datetime(2026, 1, 2, 3, 4), dt.time(1, 2), dt.timedelta(1, 2, 3), bytearray(b"x"),
    ):  # fmt: skip
        kind = type(value)
        made = type("Liar", (kind,), lying)
        if hasattr(value, "isoformat"):
            liar = made.fromisoformat(value.isoformat())
        else:
            liar = made(1, 2, 3) if kind is dt.timedelta else made(value)
        came = decode(encode(liar))
        assert type(came) is kind
        assert value == came


def itself():
    value = []
    value.append(value)
    return value


@pytest.mark.parametrize(
    "value",
    [
        object(),
        {object()},
        len,
        {1: object()},
        np.array([object()]),
        np.array(["2020-01-01"], "M8[D]"),
        np.zeros(2, [("a", int)]),
        np.datetime64("2020"),
        itself(),
        "\ud800",
        np.array(["\ud800"]),
        10**5000,
        [0] * (ITEMS + 1),
        np.empty((10**12, 0)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_not_plain_raises_a_type_error_at_the_sender(value):
    with pytest.raises(TypeError):
        encode(value)


def test_every_number_that_arrives_can_be_written_in_digits():
    largest = 2 ** (INT_BYTES * 8 - 1) - 1
    assert str(decode(encode(largest))) == str(largest)
    forged = b"i" + struct.pack(">I", INT_BYTES + 1) + b"\x7f" * (INT_BYTES + 1)
    with pytest.raises(Broken):
        decode(forged)


def refused(data):
    """Return whether decode() refuses bytes; anything that it raises but Broken fails the test."""
    try:
        decode(data)
    except Broken as error:
        return str(error).endswith(".")
    return False


@SOME
@given(st.binary(max_size=300))
def test_random_bytes_raise_nothing_but_broken(data):
    refused(data)


@SOME
@given(VALUES, st.randoms(use_true_random=False))
def test_changed_bytes_raise_nothing_but_broken_and_what_is_taken_can_be_sent_again(value, rng):
    data = bytearray(encode(value))
    for _ in range(rng.randint(1, 4)):
        data[rng.randrange(len(data))] = rng.choice([0, 1, 0x7F, 0xFF, rng.randrange(256)])
    if not refused(bytes(data)):
        encode(decode(bytes(data)))


@SOME
@given(VALUES, st.data())
def test_a_value_that_is_cut_short_or_goes_on_is_broken(value, data):
    whole = encode(value)
    assert refused(whole[: data.draw(st.integers(0, len(whole) - 1))])
    assert refused(whole + b"N")


def kind(letter, parts):
    """Return a value of one of the further kinds, as whoever forges it writes it."""
    return b"k" + letter + struct.pack(">I", len(parts)) + b"".join(map(encode, parts))


def forged_array(kind, size, shape, raw=b"", ndim=None):
    head = struct.pack(">cIB", kind, size, len(shape) if ndim is None else ndim)
    return b"a" + head + struct.pack(f">{len(shape)}Q", *shape) + raw


FORGED = {
    "a list of four billion values": b"l" + b"\xff" * 4,
    "a tuple that is one value short": b"t" + struct.pack(">I", 2) + b"N",
    "a string of four gigabytes": b"s" + b"\xff" * 4,
    "an integer of four gigabytes": b"i" + b"\xff" * 4,
    "a string that is not UTF-8": b"s" + struct.pack(">I", 1) + b"\xff",
    "half a character": b"s" + struct.pack(">I", 3) + b"\xed\xa0\x80",
    "a dict with a key twice": b"m" + struct.pack(">I", 2) + (struct.pack(">I", 1) + b"aN") * 2,
    "lists that never end": b"l\0\0\0\1" * 100_000,
    "dicts that never end": b"m\0\0\0\1\0\0\0\0" * 100_000,
    "an array of exabytes": forged_array(b"f", 8, (2**60,)),
    "an array whose size overflows": forged_array(b"f", 8, (2**32, 2**32)),
    "an array whose size overflows to nothing": forged_array(b"f", 8, (2**61, 2**61, 8)),
    "an array of nothing with endless rows": forged_array(b"f", 8, (2**40, 0)),
    "strings of no length without end": forged_array(b"U", 0, (2**40,)),
    "an array of objects": forged_array(b"O", 8, (1,), b"\1" * 8),
    "an array of records": forged_array(b"V", 8, (1,), b"\1" * 8),
    "an array of times": forged_array(b"M", 8, (1,), b"\1" * 8),
    "floats of three bytes": forged_array(b"f", 3, (1,), b"\1" * 3),
    "a truth value of two": forged_array(b"b", 1, (1,), b"\2"),
    "a letter beyond Unicode": forged_array(b"U", 4, (1,), b"\xff" * 4),
    "half a letter in an array": forged_array(b"U", 4, (1,), np.uint32(0xD800).tobytes()),
    "letters of three bytes": forged_array(b"U", 3, (1,), b"\1" * 3),
    "an element of a gigabyte": forged_array(b"S", 2**30, (1,)),
    "more dimensions than NumPy has": forged_array(b"u", 1, (1,) * 65, b"\1"),
    "dimensions that are missing": forged_array(b"u", 1, (), b"", ndim=255),
    "a number that is an array": b"g" + forged_array(b"u", 1, (1,), b"\1")[1:],
    "a number of an unknown kind": b"g" + forged_array(b"\xff", 1, (), b"\1")[1:],
    "nothing": b"",
    "a value of a class that is none of ours": kind(b"!", []),
    "a set with an element twice": kind(b"s", [1, 1]),
    "a set that says it is longer": b"ks" + struct.pack(">I", 3) + b"TF",
    "a set of four billion elements": b"ks" + b"\xff" * 4,
    "a set of lists": kind(b"s", [[1]]),
    "a set of a thousand elements with one hash": kind(b"s", [n * (2**61 - 1) for n in range(1000)]),
    "a dict of a thousand keys with one hash": kind(b"m", [n // 2 * (2**61 - 1) for n in range(2000)]),
    "a dict whose key has no value": kind(b"m", [1, 2, 3]),
    "a dict with a number twice": kind(b"m", [1, 2, 1.0, 3]),
    "a Counter with a key that is a list": kind(b"C", [[1], 2]),
    "a complex number of words": kind(b"c", ["1", 2.0]),
    "a fraction over zero": kind(b"q", [1, 0]),
    "a fraction of truths": kind(b"q", [True, True]),
    "a decimal of a billion zeros": kind(b"D", ["1e999999999"]),
    "a decimal of too many digits": kind(b"D", ["1" * 5000]),
    "a decimal that is a word": kind(b"D", ["one"]),
    "a date that cannot be": kind(b"y", ["2026-02-30"]),
    "a date of numbers": kind(b"y", [2026, 1, 1]),
    "a time that is long": kind(b"t", ["2" * 10**6]),
    "a duration beyond all": kind(b"l", [10**12, 0, 0]),
    "a range without end": kind(b"r", [0, 10**18, 1]),
    "a range without steps": kind(b"r", [0, 9, 0]),
    "bytes that are a number": kind(b"b", [10**9]),
    "sets that never end": b"kf\0\0\0\1" * 100_000,
    "a pickle": pickle.dumps([1]),
}


@pytest.mark.parametrize("data", FORGED.values(), ids=FORGED)
def test_a_forged_value_is_broken_before_memory_is_asked_for(data):
    refused(b"N")  # what is loaded on first use is not counted
    tracemalloc.start()
    try:
        assert refused(data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 200_000 + 2 * len(data)


def test_many_small_values_are_refused_before_python_holds_them_all():
    inner = b"l" + struct.pack(">I", 1000) + b"N" * 1000
    data = b"l" + struct.pack(">I", 1000) + inner * 1000
    assert refused(data)


def test_depth_ends_where_the_sender_ends_it():
    value = None
    for _ in range(DEPTH):
        value = [value]
    assert same(value, decode(encode(value)))
    with pytest.raises(TypeError):
        encode([value])
    assert refused(b"l\0\0\0\1" + encode(value))


@pytest.fixture
def ends():
    """Return a raw socket and a function that makes the channel at the other end."""
    peer, mine = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    yield peer, lambda **limits: Channel(mine, **limits)
    peer.close()
    mine.close()


def frame(value):
    data = encode(value)
    return HEADER.pack(MAGIC, len(data)) + data


def broken(channel, words, timeout=20.0):
    """Receive, and check that it is refused in these words and that the channel is closed after it."""
    with pytest.raises(Broken, match=words):
        channel.receive(timeout)
    with pytest.raises(Broken, match="closed"):
        channel.receive(timeout)
    with pytest.raises(Broken, match="closed"):
        channel.send(1, timeout)


def test_values_go_both_ways_in_order_and_in_any_pieces(ends):
    peer, make = ends
    channel, other = make(), Channel(peer)
    big = np.arange(300_000, dtype=np.float64)

    def answer():
        for _ in range(3):
            other.send(other.receive(60), 60)

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        for value in ({"a": [1, (2,)]}, big, "end"):
            channel.send(value, 60)
            assert same(value, channel.receive(60))
    finally:
        thread.join()


def test_two_frames_that_arrive_together_are_two_values(ends):
    peer, make = ends
    channel = make()
    peer.sendall(frame(1) + frame("two"))
    assert [channel.receive(20), channel.receive(20)] == [1, "two"]


@pytest.mark.parametrize("sent", [b"", frame([1, 2, 3])[:1], frame([1, 2, 3])[:-1], frame([1, 2, 3])[: HEADER.size]])
def test_a_peer_that_leaves_is_broken_wherever_it_stops(ends, sent):
    peer, make = ends
    peer.sendall(sent)
    peer.close()
    broken(make(), "closed")


def test_a_peer_that_sends_no_frame_is_broken(ends):
    peer, make = ends
    peer.sendall(b"Traceback (most recent call last): ...")
    broken(make(), "no message")


@pytest.mark.parametrize("length", [1001, 2**31, 2**63, 2**64 - 1])
def test_a_length_that_is_too_large_is_broken_before_anything_is_read(ends, length):
    peer, make = ends
    peer.sendall(HEADER.pack(MAGIC, length))
    broken(make(largest=1000), "allowed")


def test_what_is_announced_is_not_allocated(ends):
    peer, make = ends
    channel = make()
    peer.sendall(HEADER.pack(MAGIC, 64_000_000))
    peer.close()
    tracemalloc.start()
    try:
        broken(channel, "closed")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 5_000_000


def test_the_bytes_of_a_life_are_limited(ends):
    peer, make = ends
    channel = make(budget=500)
    one = frame(b"x" * 100)
    for _ in range(4):
        peer.sendall(one)
        assert channel.receive(20) == b"x" * 100
    peer.sendall(one)
    broken(channel, "in all")


def test_a_frame_that_holds_no_value_is_broken(ends):
    peer, make = ends
    peer.sendall(HEADER.pack(MAGIC, 3) + b"xyz")
    broken(make(), "kind")


def test_a_silent_peer_is_waited_for_no_longer_than_was_said(ends):
    _, make = ends
    broken(make(), "too long", timeout=0.05)


@pytest.mark.parametrize("timeout", [None, 30.0])
def test_a_peer_that_drips_is_waited_for_no_longer_than_a_frame_may_take(ends, timeout):
    peer, make = ends
    stop = threading.Event()

    def drip():
        for byte in frame(b"x" * 100_000):
            if stop.wait(0.01):
                return
            try:
                peer.send(bytes([byte]))
            except OSError:
                return

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        started = time.monotonic()
        broken(make(patience=0.3), "too long", timeout=timeout)
        assert time.monotonic() - started < 20  # the whole frame would take a thousand seconds
    finally:
        stop.set()
        thread.join()


def test_a_peer_that_does_not_read_cannot_hold_the_sender(ends):
    _, make = ends
    channel = make()
    with pytest.raises(Broken, match="too long"):
        channel.send(b"x" * 10_000_000, 0.2)
    with pytest.raises(Broken, match="closed"):
        channel.send(1)


def test_a_value_that_cannot_be_sent_leaves_the_channel_as_it_was(ends):
    peer, make = ends
    channel = make(largest=1000)
    for value in (object(), b"x" * 2000):
        with pytest.raises(TypeError):
            channel.send(value)
    peer.sendall(frame(5))
    assert channel.receive(20) == 5


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60), st.booleans())
def test_random_bytes_on_the_socket_raise_nothing_but_broken(data, framed):
    peer, mine = socket.socketpair()
    channel = Channel(mine, largest=1000)
    peer.sendall((HEADER.pack(MAGIC, len(data)) if framed else b"") + data)
    peer.close()
    try:
        channel.receive(20)
    except Broken:
        assert mine.fileno() == -1
    channel.close()
    channel.close()


def test_seeded_damage_to_a_large_frame_raises_nothing_but_broken():
    rng = random.Random(0)
    whole = encode(
        {"config": "x" * 300, "weights": [np.ones((5, 3), np.float32), np.zeros(3, np.float32)], "n": [1] * 50}
    )
    for _ in range(1500):
        data = bytearray(whole)
        start = rng.randrange(len(data))
        data[start : start + rng.randrange(9)] = rng.randbytes(rng.randrange(9))
        refused(bytes(data))
