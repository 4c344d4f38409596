"""Strangers' files: opened below a folder without following links, without waiting, and read to a stated size."""

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from grader.base.text import printable

LARGEST = 50_000_000  # bytes of a notebook; an honest one has some thousands, with pictures some millions
LARGEST_SLIP = 1_000  # bytes of nbgrader's small files; it writes some 30 and 128
PIECE = 1_000_000

_FLAGS = ("O_CLOEXEC", "O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY", "O_BINARY")  # a system has those that mean something
_SAFELY = os.O_RDONLY | sum(getattr(os, name, 0) for name in _FLAGS)
_LINK_ERRORS = (errno.ELOOP, errno.ENOTDIR, errno.EMLINK)  # what O_NOFOLLOW says, and with O_DIRECTORY


class Unreadable(Exception):
    """What was handed in cannot be taken; the message says why in one sentence."""


class Missing(Unreadable):
    """There is no such file."""


class TooLarge(Unreadable):
    """The file has more bytes than are read."""


@contextlib.contextmanager
def open_below(folder: Path, *parts: str, same_owner: bool = False) -> Iterator[BinaryIO]:
    """Yield a regular file that lies below a folder.

    Every part is opened inside the one before it, and none may be a link, so that what is exchanged meanwhile leads
    nowhere else. All questions are asked of what has been opened.

    Args:
        folder: where to begin; it is the caller's own, and may be reached by links.
        parts: the names on the way, the file's last.
        same_owner: whether the file must belong to its folder's owner.

    Raises:
        Missing: there is no such file.
        Unreadable: something on the way is a link, the file is none or may not be read.
    """
    with contextlib.ExitStack() as opened:
        try:
            file = opened.enter_context(_opened(folder, parts, same_owner))
        except OSError as error:
            raise _reason(error, parts) from error
        yield file


def file_pieces(file: BinaryIO, most: int) -> Iterator[bytes]:
    """Yield the bytes of an open file, counted as they come: a file may have holes, and may grow.

    Raises:
        TooLarge: there are more than `most`.
        Unreadable: the disk does not give them.
    """
    count = 0
    try:
        size = os.fstat(file.fileno()).st_size
        while size <= most and (piece := file.read(PIECE)):
            count += len(piece)
            size = max(size, count)
            if count <= most:
                yield piece
    except OSError as error:
        raise Unreadable(f"The file cannot be read: {error.strerror}.") from error
    if size > most:
        raise TooLarge(f"The file is larger than {_size_text(most)}; clear the outputs and submit it again.")


def read_below(folder: Path, *parts: str, most: int = LARGEST) -> bytes:
    """Return the bytes of a regular file below a folder; see open_below() and file_pieces()."""
    with open_below(folder, *parts) as file:
        return b"".join(file_pieces(file, most))


def _opened(folder: Path, parts: tuple[str, ...], same_owner: bool) -> BinaryIO:
    if os.open not in os.supports_dir_fd:
        return _opened_by_path(folder, parts)
    at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in parts[:-1]:
            inner = os.open(part, _SAFELY | os.O_DIRECTORY, dir_fd=at)
            os.close(at)
            at = inner
        file = os.open(parts[-1], _SAFELY, dir_fd=at)
        try:
            found = os.fstat(file)
            if not stat.S_ISREG(found.st_mode):
                raise OSError(errno.EINVAL, "it is no regular file")
            if same_owner and found.st_uid != os.fstat(at).st_uid:
                raise OSError(errno.EPERM, "it belongs to somebody else")
            return os.fdopen(file, "rb", buffering=0)
        except OSError:
            os.close(file)
            raise
    finally:
        os.close(at)


def _opened_by_path(folder: Path, parts: tuple[str, ...]) -> BinaryIO:
    """Open where folders cannot be opened (Windows): each part is looked at before, which no race may be allowed to."""
    path = folder
    for part in parts:
        path = path / part
        if path.is_symlink() or path.resolve() != path.parent.resolve() / part:
            raise OSError(errno.ELOOP, "it is a link")
    if not path.is_file():
        raise OSError(errno.EINVAL if path.exists() else errno.ENOENT, "it is no regular file")
    return path.open("rb", buffering=0)


def _reason(error: OSError, parts: tuple[str, ...]) -> Unreadable:
    where = printable("/".join(parts[-2:]))
    if error.errno == errno.ENOENT:
        return Missing(f"There is no file {where} in the student's folder.")
    if error.errno in _LINK_ERRORS:
        return Unreadable(f"There is no file {where} in the student's folder; a link to one is not followed.")
    return Unreadable(f"The file {where} cannot be read: {(error.strerror or 'it is no regular file').rstrip('.')}.")


def _size_text(count: int) -> str:
    return f"{count // 1_000_000} MB" if count >= 1_000_000 else f"{count:,} bytes"
