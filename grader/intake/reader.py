"""The process that reads strangers' notebooks, as the grader sees it: files in, plain notebooks out, one at a time."""

import contextlib
import subprocess
import sys
import threading
from collections.abc import Iterable
from typing import Self

from grader.intake import plain
from grader.intake.files import Unreadable

LONGEST = 300.0  # seconds of wall time, a last resort; the process has its own limit of processor time
_LARGEST_REPLY = 20_000_000  # bytes; more than a plain notebook can have
_ENDED = "The notebook cannot be read within the time and the memory that there is for it."


class Reader:
    """Reads notebooks; the process is started when the first one comes, and anew when one has ended it."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        if self._process:
            for stream in (self._process.stdin, self._process.stdout):
                assert stream is not None
                with contextlib.suppress(OSError):
                    stream.close()
            self._process.kill()
            self._process.wait()
            self._process = None

    def read(self, size: int, pieces: Iterable[bytes]) -> bytes:
        """Return a notebook file as a plain notebook; see grader.intake.plain.

        Args:
            size: bytes of the file.
            pieces: these bytes.

        Raises:
            Unreadable: the file is no notebook, or not within the limits.
        """
        process = self._process = self._process or _started()
        clock = threading.Timer(LONGEST, process.kill)
        clock.daemon = True
        clock.start()
        try:
            is_notebook, told = _asked(process, size, pieces)
        except OSError as error:
            self.close()
            raise Unreadable(_ENDED) from error
        except BaseException:  # half a file may be under way
            self.close()
            raise
        finally:
            clock.cancel()
        if not is_notebook:
            raise Unreadable(told.decode())
        return told


def _started() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-I", "-S", str(plain.__file__), str(plain.SECONDS)]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={"PYTHONUTF8": "1"}
    )


def _asked(process: "subprocess.Popen[bytes]", size: int, pieces: Iterable[bytes]) -> tuple[bool, bytes]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(plain.REQUEST.pack(size))
    for piece in pieces:
        process.stdin.write(piece)
    process.stdin.flush()
    head = process.stdout.read(plain.REPLY.size)
    if len(head) < plain.REPLY.size:
        raise BrokenPipeError
    is_notebook, length = plain.REPLY.unpack(head)
    told = process.stdout.read(min(length, _LARGEST_REPLY))
    if len(told) < length:
        raise BrokenPipeError
    return is_notebook, told
