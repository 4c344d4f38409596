"""A zip file of submissions, unpacked as far as grading needs it: nothing in it chooses where it is written."""

import contextlib
import io
import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from grader.base.errors import CannotGoOn
from grader.base.notebooks import SLIPS
from grader.base.text import clean
from grader.intake.files import LARGEST
from grader.intake.notebook_names import is_notebook

MOST_FILES = 100_000
MOST_BYTES = 5_000_000_000  # of all notebooks together: a class of a thousand has some hundred million
LONGEST_LIST = 20_000_000  # bytes of the list of what is in the file, from which Python makes some ten times as many
DEEPEST = 8  # folders in one another
_PIECE = 1_000_000
_DAMAGED = (
    zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, zlib.error, lzma.LZMAError,
    ValueError, IndexError, OverflowError, struct.error,  # what zipfile makes of lists that nobody would write
)  # fmt: skip


def is_zip_file(path: Path) -> bool:
    """Return whether a file is a zip file, be it whole or not."""
    try:
        return zipfile.is_zipfile(path)
    except _DAMAGED:
        return True


class _Bounded(io.FileIO):
    """A file of which no more is read at once than the longest list of a zip file has."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go to a place; raises BadZipFile where there is none."""
        try:
            return super().seek(offset, whence)
        except OSError as error:
            raise zipfile.BadZipFile from error

    def read(self, size: int | None = -1, /) -> bytes:
        """Return some bytes.

        Raises:
            CannotGoOn: more were asked for.
        """
        if size is not None and size > LONGEST_LIST:
            raise _too_many(self.name)
        return super().read(size)


def unpack(path: Path, folder: Path) -> list[str]:
    """Write a zip file's notebooks and nbgrader's small files into an empty folder; of other files, their names.

    Links, files that would be written elsewhere and names that no folder can hold are left out. A notebook that is
    larger than one may be is cut one byte after that, so that whoever opens it says so.

    Returns:
        What was left out, a sentence each.

    Raises:
        CannotGoOn: it is no zip file, it is damaged or locked with a password, or it holds more files than a class has.
    """
    try:
        with _Bounded(path) as file, zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            if len(members) > MOST_FILES:
                raise _too_many(path)
            return _unpack_all(archive, members, folder)
    except _DAMAGED as error:
        raise CannotGoOn(
            f"{path} cannot be unpacked: it is damaged, it has a password, or it is no zip file. Download it again, "
            "or unpack it yourself and give the folder."
        ) from error


def _too_many(path: object) -> CannotGoOn:
    return CannotGoOn(
        f"{path} holds more than {MOST_FILES:,} files, the most that are read. Unpack it yourself and give the folder."
    )


def _unpack_all(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], folder: Path) -> list[str]:
    """Write the small files before the large ones, so that nobody's large ones take the room of others."""
    odd: list[str] = []
    large: list[str] = []
    room = MOST_BYTES
    for member in sorted(members, key=lambda each: each.file_size):
        parts = _parts(member)
        if member.filename.endswith("/"):
            continue
        if not parts:
            odd.append(member.filename)
            continue
        wanted = is_notebook(parts[-1]) or parts[-1] in SLIPS
        if wanted and min(member.file_size, LARGEST) > room:
            large.append(member.filename)
            continue
        try:
            room -= _write(folder.joinpath(*parts), _pieces(archive, member) if wanted else iter(()))
        except FileExistsError:
            odd.append(member.filename)
    told = {
        "Left out of the zip file, as links, twins, or names that cannot be used": odd,
        f"Left out of the zip file, because its notebooks have more than {MOST_BYTES // 1_000_000_000} GB": large,
    }
    return [f"{words}: {_shown(names)}." for words, names in told.items() if names]


def _shown(names: list[str]) -> str:
    return ", ".join(clean(name)[:60] for name in names[:3]) + " and more" * (len(names) > 3)


def _parts(member: zipfile.ZipInfo) -> tuple[str, ...]:
    """Return the names on the way to a member, none for one that is not written."""
    name = member.filename.replace("\\", "/")
    if not member.flag_bits & 0x800:  # no system writes cp437 that reads as UTF-8
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    odd = name.startswith("/") or any(part == ".." or {":", "\0"} & set(part) or _is_long(part) for part in parts)
    kind = stat.S_IFMT(member.external_attr >> 16)
    if odd or len(parts) > DEEPEST or kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return ()
    return parts


def _is_long(part: str) -> bool:
    return len(part.encode("utf-8", "surrogatepass")) > 255


def _pieces(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield a member's bytes as they are unpacked, LARGEST and one at most."""
    count = 0
    with archive.open(member) as file:
        while count <= LARGEST:
            try:
                piece = file.read(min(_PIECE, LARGEST + 1 - count))
            except OSError as error:  # what bz2 says of damaged data
                raise zipfile.BadZipFile from error
            if not piece:
                return
            count += len(piece)
            yield piece


def _write(target: Path, pieces: Iterator[bytes]) -> int:
    """Write a new file; return how many bytes it has. Raises FileExistsError where something is in the way."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            return sum(file.write(piece) for piece in pieces)
    except (NotADirectoryError, IsADirectoryError) as error:
        raise FileExistsError from error
