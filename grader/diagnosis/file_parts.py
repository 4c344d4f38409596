"""What is in a model's file, taken out of it and bounded before Keras sees it.

A file is copied into a folder of our own first, so that what was looked at is what is read. A few bytes in it may
announce gigabytes: parts that swell, and arrays that are in no file.
"""

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from grader.diagnosis.allowed import parse
from grader.diagnosis.refusals import SAVED, Refused

FILE_BYTES = 4 * 2**30
SLACK = 8_000_000  # bytes
SWELLS = 4  # times that the parts may be larger than the file; Keras does not compress them
OBJECTS = 100_000  # in an HDF5 file
ATTRIBUTE_BYTES = 2 * SAVED.characters  # all of one object's
CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
ROOT_ATTRIBUTES = ("model_config", "training_config", "keras_version")
DAMAGED = "The file is damaged: save the model again by model.save('name.keras')."


@dataclass(frozen=True)
class Parts:
    """A model's file after a first look.

    Attributes:
        copy: the file that Keras may read.
        config: the configuration of the model, in JSON.
        training: what compile() was given, in JSON, where it stands apart from the configuration.
        weight_bytes: how large the arrays are.
        version: that of Keras which saved it, as it says itself.
    """

    copy: Path
    config: str
    training: str
    weight_bytes: int
    version: str


def bytes_on_disk(path: Path) -> int:
    """Return how many bytes of a file really exist; one with holes may say that it is larger."""
    status = path.stat()
    return min(status.st_size, getattr(status, "st_blocks", status.st_size) * 512 or status.st_size)


def take_keras(path: Path, room: Path) -> Parts:
    """Return the parts of a .keras file, copied into a room; without its assets: no layer needs them to be looked at.

    Raises:
        Refused: the file is damaged, or its parts are larger than it.
    """
    copy, left = room / "model.keras", SLACK + SWELLS * bytes_on_disk(path)
    try:
        with zipfile.ZipFile(path) as archive, zipfile.ZipFile(copy, "w") as copied:
            for name, largest in ((CONFIG, SAVED.characters), (METADATA, SLACK), (WEIGHTS, left)):
                with archive.open(name) as source, copied.open(name, "w", force_zip64=True) as target:
                    _copy(source, target, largest)
    except (KeyError, ValueError, EOFError, NotImplementedError, RuntimeError, zipfile.BadZipFile, OSError) as error:
        raise Refused(DAMAGED) from error
    with zipfile.ZipFile(copy) as archive, archive.open(WEIGHTS) as weights:
        config, metadata = _text(archive.read(CONFIG)), parse(_text(archive.read(METADATA)), SAVED)
        weight_bytes, _ = _look_into(weights, bytes_on_disk(path))
    version = metadata.get("keras_version") if isinstance(metadata, dict) else ""
    return Parts(copy, config, "", weight_bytes, str(version))


def take_h5(path: Path, room: Path) -> Parts:
    """Return the parts of an .h5 file, copied into a room.

    Raises:
        Refused: the file is damaged, holds no whole model, or announces more than is in it.
    """
    copy, left = room / "model.h5", SLACK + SWELLS * bytes_on_disk(path)
    try:
        with path.open("rb") as source, copy.open("wb") as target:
            _copy(source, target, left)
    except OSError as error:
        raise Refused("The file cannot be read.") from error
    with copy.open("rb") as file:
        weight_bytes, attributes = _look_into(file, bytes_on_disk(path))
    if attributes.get("model_config") is None:
        raise Refused("The file holds weights and no model. Save the whole model by model.save('name.keras').")
    config, training, version = (_text(attributes.get(name) or "") for name in ROOT_ATTRIBUTES)
    return Parts(copy, config, training, weight_bytes, version)


def _copy(source: IO[bytes], target: IO[bytes], largest: int) -> None:
    """Copy what is no larger than it may be."""
    left = largest
    while block := source.read(min(2**20, left + 1)):
        left -= len(block)
        if left < 0:
            raise Refused("A part of the file is far larger than a model's: it was not made by model.save().")
        target.write(block)


def _text(value: object) -> str:
    """Return a configuration as text."""
    try:
        return value.decode("utf-8") if isinstance(value, bytes) else str(value)
    except UnicodeDecodeError as error:
        raise Refused(DAMAGED) from error


def _look_into(file: IO[bytes], stored: int) -> tuple[int, dict[str, Any]]:
    """Return how many bytes the arrays of an HDF5 file have, and the attributes of its root.

    Raises:
        Refused: it is damaged, names other files, or its arrays are larger than what is stored.
    """
    import h5py

    try:
        with h5py.File(file, "r") as opened:
            total = _array_bytes(opened)
            if total > SLACK + SWELLS * stored:
                raise Refused("The file announces arrays that are larger than itself.")
            return total, {name: opened.attrs.get(name) for name in ROOT_ATTRIBUTES}
    except (OSError, KeyError, ValueError, RuntimeError, TypeError) as error:
        raise Refused(DAMAGED) from error


def _array_bytes(opened: Any) -> int:
    """Return how many bytes the arrays have; each group is entered once, and no link is followed out of the file."""
    import h5py

    total, met, open_ = 0, set(), [opened]
    while open_:
        item = open_.pop()
        if (address := h5py.h5o.get_info(item.id).addr) in met:
            continue
        met.add(address)
        if len(met) > OBJECTS or _attribute_bytes(item) > ATTRIBUTE_BYTES:
            raise Refused("The file holds more than a model needs: it was not made by model.save().")
        if isinstance(item, h5py.Dataset):
            if item.external or item.is_virtual or item.dtype.hasobject:
                raise Refused("The file holds an array that is no array of numbers, or whose numbers are elsewhere.")
            total += item.size * item.dtype.itemsize
        elif isinstance(item, h5py.Group):
            if not all(isinstance(item.get(name, getlink=True), h5py.HardLink) for name in item):
                raise Refused("The file names parts of other files: it was not made by model.save().")
            open_ += [item[name] for name in item]
    return total


def _attribute_bytes(item: Any) -> int:
    attributes = [item.attrs.get_id(name) for name in item.attrs]
    return sum(each.get_space().get_simple_extent_npoints() * each.get_type().get_size() for each in attributes)
