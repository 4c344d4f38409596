"""Plain data over a stream socket whose other end may be hostile: framed, bounded in size, memory and time."""

import contextlib
import socket
import struct
import time
from collections.abc import Callable
from typing import Any

from grader.judging.crossing.codec import Broken, decode, encode

__all__ = ["Broken", "Channel", "decode", "encode"]

MAGIC = b"lab1"
HEADER = struct.Struct(">4sQ")
CHUNK = 1_000_000
MB = 1_000_000
BETWEEN_LOOKS = 1.0  # seconds


class Channel:
    """One end of a connected stream socket; whatever goes wrong closes it.

    Attributes:
        largest: bytes that one message may have.
        budget: bytes that may be received in all.
        patience: seconds that a message may take from its first byte to its last, however it is dripped.
        look: called each second while the other end is waited for; it may raise Broken to wait no longer.
    """

    look: Callable[[], object] | None = None

    def __init__(
        self, connected: socket.socket, largest: int = 64 * MB, budget: int = 512 * MB, patience: float = 60
    ) -> None:
        self.largest = largest
        self.budget = budget
        self.patience = patience
        self._socket = connected
        self._received = 0
        self._next_look = time.monotonic() + BETWEEN_LOOKS
        self._open = True

    def send(self, value: Any, timeout: float | None = None) -> None:
        """Send a value.

        Args:
            value: plain data, see encode().
            timeout: seconds until the other end must have taken it; `patience` when None.

        Raises:
            TypeError: the value is not plain or too large; nothing was sent.
            Broken: the other end has gone or does not read; the channel is closed.
        """
        data = encode(value)
        if len(data) > self.largest:
            raise TypeError(f"The value has {len(data):,} bytes, and {self.largest:,} can be sent at once.")
        end = time.monotonic() + (self.patience if timeout is None else timeout)
        with self._closing():
            for piece in (HEADER.pack(MAGIC, len(data)), data):
                rest = memoryview(piece)
                while rest:
                    self._wait_until(end)
                    with contextlib.suppress(TimeoutError):  # there is time left, or else the next round tells
                        rest = rest[self._socket.send(rest) :]

    def receive(self, timeout: float | None = None) -> Any:
        """Return the next value.

        Args:
            timeout: seconds until it must have arrived whole; None waits for its first byte without end.

        Raises:
            Broken: what came is no message, too large or too late, or nothing comes any more; the channel is closed.
        """
        with self._closing():
            end = None if timeout is None else time.monotonic() + timeout
            first = self._read(1, end)
            soon = time.monotonic() + self.patience
            end = soon if end is None else min(end, soon)
            magic, length = HEADER.unpack(first + self._read(HEADER.size - 1, end))
            if magic != MAGIC:
                raise Broken("The other end sent something that is no message.")
            if length > self.largest:
                raise Broken(f"The other end announced {length:,} bytes, and {self.largest:,} are allowed.")
            if self._received + length > self.budget:
                raise Broken(f"The other end sent more than {self.budget:,} bytes in all.")
            return decode(self._read(length, end))

    def has_mail(self) -> bool:
        """Return whether something has come that nobody has received; it is left where it is."""
        try:
            self._socket.settimeout(0)
            return bool(self._socket.recv(1, socket.MSG_PEEK))
        except OSError:  # nothing has, or the connection is closed
            return False

    def close(self) -> None:
        """Close the socket; twice does no harm."""
        self._open = False
        self._socket.close()

    def _read(self, count: int, end: float | None) -> bytearray:
        """Return exactly so many bytes; memory grows with what arrives, not with what was announced."""
        data = bytearray()
        while len(data) < count:
            self._wait_until(end)
            try:
                piece = self._socket.recv(min(CHUNK, count - len(data)))
            except TimeoutError:  # there is time left, or else the next round tells
                continue
            if not piece:
                raise Broken("The other end closed the connection.")
            data += piece
            self._received += len(piece)
        return data

    def _wait_until(self, end: float | None) -> None:
        """Let the next call on the socket wait until then, and no longer; look, when it is time to."""
        if not self._open:
            raise Broken("The connection is closed.")
        now = time.monotonic()
        waits = [] if end is None else [end - now]
        if self.look:
            if now >= self._next_look:
                self._next_look = now + BETWEEN_LOOKS
                self.look()
            waits.append(BETWEEN_LOOKS)
        if waits and min(waits) <= 0:
            raise TimeoutError
        self._socket.settimeout(min(waits, default=None))

    @contextlib.contextmanager
    def _closing(self) -> Any:
        """Close on whatever is raised, also on an interrupt: half a message may be under way."""
        try:
            yield
        except TimeoutError as error:
            self.close()
            raise Broken("The other end took too long.") from error
        except OSError as error:
            self.close()
            raise Broken("The other end closed the connection.") from error
        except BaseException:
            self.close()
            raise
