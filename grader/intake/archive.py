"""A zip file of submissions, unpacked as far as grading needs it: nothing in it chooses where it is written."""

import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from grader.base.errors import CannotGoOn
from grader.base.notebooks import SLIPS
from grader.intake.files import LARGEST

MOST_FILES = 100_000
MOST_BYTES = 5_000_000_000  # of all notebooks together: a class of a thousand has some hundred million
DEEPEST = 8  # folders in one another
_PIECE = 1_000_000


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
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, zlib.error) as error:
        raise CannotGoOn(
            f"{path} cannot be unpacked: it is damaged, it has a password, or it is no zip file. Download it again, "
            "or unpack it yourself and give the folder."
        ) from error


def _unpack_all(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], folder: Path) -> list[str]:
    left_out, room = 0, MOST_BYTES
    for member in members:
        parts = _parts(member)
        if member.is_dir():
            continue
        if not parts:
            left_out += 1
            continue
        wanted = parts[-1].endswith(".ipynb") or parts[-1] in SLIPS
        try:
            room -= _write(folder.joinpath(*parts), _pieces(archive, member) if wanted else iter(()))
        except FileExistsError:
            left_out += 1
        if room < 0:
            raise CannotGoOn(f"The notebooks of the zip file hold more than {MOST_BYTES // 1_000_000_000} GB.")
    return [f"Left out of the zip file: {left_out} entries that are links or have unusable names."] if left_out else []


def _parts(member: zipfile.ZipInfo) -> tuple[str, ...]:
    """Return the names on the way to a member, none for one that is not written."""
    name = member.filename.replace("\\", "/")
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
        while count <= LARGEST and (piece := file.read(min(_PIECE, LARGEST + 1 - count))):
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
