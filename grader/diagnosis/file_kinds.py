"""Which kind of file somebody names, known by its name and first bytes; a sentence for each that is none of Keras's."""

import zipfile
from collections.abc import Callable
from pathlib import Path

from grader.base.text import clean
from grader.diagnosis.file_parts import FILE_BYTES, Parts, take_h5, take_keras
from grader.diagnosis.refusals import Refused

SAVE_AGAIN = "Save the model by model.save('name.keras')."
INSTEAD = "Call diagnose(model) in your own notebook."
WEIGHTS_ALONE = f"It holds the weights of a model, and not its layers and its loss. {SAVE_AGAIN}"
OF_ANOTHER = "It is a file of {}, and diagnose() reads models of Keras 3. Build the same model with Keras, and save it."
HDF5, ZIP, TFLITE = b"\x89HDF\r\n\x1a\n", b"PK", b"TFL3"
ENDINGS = {  # of names, in the order in which they are tried
    ".weights.h5": WEIGHTS_ALONE,
    ".weights.json": WEIGHTS_ALONE,
    ".index": WEIGHTS_ALONE,
    ".ckpt": WEIGHTS_ALONE,
    ".onnx": OF_ANOTHER.format("ONNX"),
    ".safetensors": OF_ANOTHER.format("safetensors, which holds weights alone"),
    ".pt": OF_ANOTHER.format("PyTorch"),
    ".pth": OF_ANOTHER.format("PyTorch"),
    ".pkl": f"It is a pickle, which may run code when it is read. {SAVE_AGAIN}",
    ".pickle": f"It is a pickle, which may run code when it is read. {SAVE_AGAIN}",
    ".joblib": f"It is a pickle, which may run code when it is read. {SAVE_AGAIN}",
    ".json": f"It holds text, and a model's file holds its weights, too. {SAVE_AGAIN}",
    ".pb": "It is one file of TensorFlow's SavedModel format. Name the folder that it is in.",
}


def how_to_take(path: Path) -> Callable[[Path, Path], Parts]:
    """Return the function that takes a file of this kind apart. Nothing but its first bytes and its directory is read.

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
    if not path.stat().st_size:
        raise Refused(f"It is empty. {SAVE_AGAIN}")
    if path.stat().st_size > FILE_BYTES:
        raise Refused(f"It is larger than {FILE_BYTES // 2**30} GB. {INSTEAD}")
    if words := next((words for ending, words in ENDINGS.items() if path.name.lower().endswith(ending)), ""):
        raise Refused(words)
    with path.open("rb") as file:
        first = file.read(len(HDF5))
    if first == HDF5:
        return take_h5
    if first[4:8] == TFLITE:
        raise Refused(OF_ANOTHER.format("TensorFlow Lite"))
    if first.startswith(ZIP) and zipfile.is_zipfile(path):
        return _kind_of_archive(path)
    raise Refused(f"It is none of the files that Keras writes, or not all of one. {SAVE_AGAIN}")


def _kind_of_archive(path: Path) -> Callable[[Path, Path], Parts]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile:
        return take_keras  # which says that it is damaged
    if any(name.endswith("data.pkl") for name in names):
        raise Refused(OF_ANOTHER.format("PyTorch"))
    if names and all(name.endswith(".npy") for name in names):
        raise Refused(f"It holds arrays of NumPy, and no model. {SAVE_AGAIN}")
    if inside := next((name for name in names if name.endswith(".keras")), ""):
        raise Refused(f"It is an archive. Unpack it, and name the file {clean(inside)[:80]} in it.")
    return take_keras


def _about_folder(path: Path) -> str:
    if (path / "saved_model.pb").exists():
        return (
            "It is a folder of TensorFlow's SavedModel format, which Keras 3 reads as one layer. Where the model was "
            "made, save it by model.save('name.keras'); or call diagnose(model) in your own notebook, where model is "
            f"keras.Sequential([keras.layers.TFSMLayer({clean(path.name)!r}, call_endpoint='serving_default')])."
        )
    if (path / "config.json").exists() and (path / "metadata.json").exists():
        return f"It is a model's file that was unpacked. Name the .keras file itself. {SAVE_AGAIN}"
    return f"It is a folder. Name the file of the model in it. {SAVE_AGAIN}"
