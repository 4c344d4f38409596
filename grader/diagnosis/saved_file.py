"""Reading a saved model that nobody has looked at, without running anything that it brings."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from grader.base.text import clean, first_line
from grader.diagnosis.allowed import parse, parse_config, refuse_unknown_parts, refuse_unknown_words
from grader.diagnosis.file_parts import FILE_BYTES, Parts, take_h5, take_keras
from grader.diagnosis.refusals import SAVED, OwnCode, Refused

SAVE_AGAIN = "Save the model by model.save('name.keras')."
INSTEAD = "Call diagnose(model) in your own notebook."
KERAS_2 = (
    "It was saved by Keras 2 (tf.keras before TensorFlow 2.16, or tf_keras), and Keras 3 cannot read it. "
    "Build the same model with Keras 3; it need not be trained for this."
)
HDF5 = b"\x89HDF\r\n\x1a\n"


def how_to_take(path: Path) -> Callable[[Path, Path], Parts]:
    """Return the function that takes a file of this kind apart. Nothing but its first bytes is read.

    Raises:
        Refused: it is no file of a model, or one that cannot be read; the sentence says what to do.
    """
    try:
        return _kind(path)
    except (OSError, ValueError) as error:  # a name may be too long, or hold a zero
        raise Refused("The file cannot be read. Look at its name and at who may read it.") from error


def _kind(path: Path) -> Callable[[Path, Path], Parts]:
    if not path.exists():
        raise Refused("There is no such file. Look at its name, and at the folder that you are in.")
    if path.is_dir():
        raise Refused(_about_folder(path))
    if not path.is_file():
        raise Refused(f"It is no ordinary file. {SAVE_AGAIN}")
    if path.stat().st_size > FILE_BYTES:
        raise Refused(f"It is larger than {FILE_BYTES // 2**30} GB. {INSTEAD}")
    if path.name.endswith(".weights.h5"):
        raise Refused(f"It holds the weights of a model, and not its layers and its loss. {SAVE_AGAIN}")
    with path.open("rb") as file:
        if file.read(len(HDF5)) == HDF5:
            return take_h5
    if zipfile.is_zipfile(path):
        return take_keras
    raise Refused(f"It is none of the files that Keras writes. {SAVE_AGAIN}")


def _about_folder(path: Path) -> str:
    if (path / "saved_model.pb").exists():
        return (
            "It is a folder of TensorFlow's SavedModel format, which Keras 3 reads as one layer. Where the model was "
            "made, save it by model.save('name.keras'); or call diagnose(model) in your own notebook, where model is "
            f"keras.Sequential([keras.layers.TFSMLayer({clean(path.name)!r}, call_endpoint='serving_default')])."
        )
    return f"It is a folder. Name the file of the model in it. {SAVE_AGAIN}"


def load_model(path: Path, room: Path) -> Any:
    """Return the model in a file.

    The saved configuration is looked at first: only Keras's own classes and functions may be in it, and none that
    holds code or a path to it. Then Keras loads a copy of the file in its safe mode, and gets no more memory than the
    weights in it need.

    Args:
        path: a .keras or an .h5 file.
        room: an empty folder for what is copied.

    Raises:
        Refused: it is no model's file, or holds something that is not Keras's own, or too much.
    """
    parts = how_to_take(path)(path, room)
    try:
        return _load(parts)
    except OwnCode as own:
        if own.is_function or not _is_of_keras_2(parts):
            raise
        raise Refused(f"{KERAS_2} {INSTEAD}") from own
    except Refused as refused:
        raise Refused(f"{refused} {INSTEAD}") from refused


def _load(parts: Parts) -> Any:
    from grader.base.keras_import import keras
    from grader.diagnosis.budget import bytes_allowed, limit_variables, refuse_huge_outputs

    config = parse_config(parts.config, SAVED)
    training = parse(parts.training, SAVED) if parts.training else config.get("compile_config")
    refuse_unknown_parts(training, SAVED)
    refuse_unknown_words(training)
    try:
        # twice what came: Keras counts numbers of 16 bits as 32, and optimizers keep 32
        with limit_variables(bytes_allowed(2 * parts.weight_bytes)):
            model = keras.saving.load_model(parts.copy, safe_mode=True)
    except (Refused, MemoryError):
        raise
    except Exception as error:  # a damaged file may trip Keras anywhere
        if is_out_of_memory(error):
            raise MemoryError from error
        if _is_of_keras_2(parts):
            raise Refused(KERAS_2) from error
        raise Refused(f"Keras cannot load it: {first_line(error)}.") from error
    refuse_huge_outputs(model, SAVED)
    return model


def _is_of_keras_2(parts: Parts) -> bool:
    return parts.version.startswith(("1.", "2."))


def is_out_of_memory(error: Exception) -> bool:
    """Return whether NumPy, TensorFlow or JAX got no memory: TensorFlow has a class of its own for that."""
    return (
        isinstance(error, MemoryError)
        or type(error).__name__ == "ResourceExhaustedError"
        or "RESOURCE_EXHAUSTED" in str(error)
    )
