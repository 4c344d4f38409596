"""A zip file of submissions, unpacked as far as grading needs it: nothing in it chooses where it is written."""

import contextlib
import lzma
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from grader.base.errors import CannotGoOn
from grader.base.notebooks import SLIPS
from grader.base.text import clean
from grader.intake.files import LARGEST
from grader.intake.notebook_names import is_notebook

MOST_FILES = 100_000
MOST_BYTES = 5_000_000_000  # of all notebooks together: a class of a thousand has some hundred million
DEEPEST = 8  # folders in one another
_PIECE = 1_000_000
_DAMAGED = (zipfile.BadZipFile, EOFError, NotImplementedError, UnicodeDecodeError, zlib.error, lzma.LZMAError)


def unpack(path: Path, folder: Path) -> list[str]:
    """Write a zip file's notebooks and nbgrader's small files into an empty folder; of other files, their names.

    Links, files that would be written elsewhere and names that no folder can hold are left out. A notebook that is
    larger than one may be is cut one byte after that, so that whoever opens it says so.

    Returns:
        What was left out, a sentence each.

    Raises:
        CannotGoOn: it is no zip file, it is damaged or locked with a password, or it holds more than a class can.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > MOST_FILES:
                raise CannotGoOn(f"{path} holds {len(members):,} files, and {MOST_FILES:,} are read at most.")
            return _unpack_all(archive, members, folder)
    except (*_DAMAGED, RuntimeError) as error:
        raise CannotGoOn(
            f"{path} cannot be unpacked: it is damaged, it has a password, or it is no zip file. Download it again, "
            "or unpack it yourself and give the folder."
        ) from error


def _unpack_all(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], folder: Path) -> list[str]:
    left_out: list[str] = []
    room = MOST_BYTES
    for member in members:
        parts = _parts(member)
        if member.is_dir():
            continue
        if not parts:
            left_out.append(member.filename)
            continue
        wanted = is_notebook(parts[-1]) or parts[-1] in SLIPS
        try:
            room -= _write(folder.joinpath(*parts), _pieces(archive, member) if wanted else iter(()))
        except FileExistsError:
            left_out.append(member.filename)
        if room < 0:
            raise CannotGoOn(f"The notebooks of the zip file hold more than {MOST_BYTES // 1_000_000_000} GB.")
    shown = ", ".join(clean(name)[:60] for name in left_out[:3])
    words = "Left out of the zip file, as links, twins, or names that cannot be used"
    return [f"{words}: {shown}{' and more' if len(left_out) > 3 else ''}."] if left_out else []


def _parts(member: zipfile.ZipInfo) -> tuple[str, ...]:
    """Return the names on the way to a member, none for one that is not written."""
    name = member.filename.replace("\\", "/")
    if not member.flag_bits & 0x800:  # no system writes cp437 that reads as UTF-8
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    kind = stat.S_IFMT(member.external_attr >> 16)
    parts = PurePosixPath(name).parts
    odd = any(part in ("..", "/") or ":" in part or "\0" in part or len(part.encode()) > 255 for part in parts)
    if odd or len(parts) > DEEPEST or kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return ()
    return parts


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
