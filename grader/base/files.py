"""Files that are written: one whole or not at all, also when the process is killed or the disk is full; or many."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path


def replace_whole(target: Path, write: Callable[[Path], object]) -> None:
    """Put a new file in the place of an old one, on the disk when this returns; the old one stays if that fails.

    Args:
        target: the file.
        write: writes the new content to the path that it is given, in the same folder.

    Raises:
        OSError: it cannot be written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    try:
        write(part)
        with part.open("rb+") as written:
            os.fsync(written.fileno())
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a folder, by their ways below it."""
    for way, content in files.items():
        target = folder / way
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
