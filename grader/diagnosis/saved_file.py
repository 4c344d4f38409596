"""Reading a saved model that nobody has looked at, without running anything that it brings."""

import re
from pathlib import Path
from typing import Any

from grader.base.text import first_line
from grader.diagnosis.allowed import parse, parse_config, refuse_unknown_parts, refuse_unknown_words
from grader.diagnosis.file_kinds import INSTEAD, how_to_take
from grader.diagnosis.file_parts import Parts
from grader.diagnosis.refusals import SAVED, OwnCode, Refused

KERAS_2 = (
    "It was saved by Keras 2 (tf.keras before TensorFlow 2.16, or tf_keras), and Keras 3 cannot read it. "
    "Build the same model with Keras 3; it need not be trained for this."
)
NEWER = "It was saved by Keras {}, and Keras {} is older. Update it: pip install --upgrade keras."


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
        if not own.is_function and (words := _about_version(parts)):
            raise Refused(f"{words} {INSTEAD}") from own
        raise
    except Refused as refused:
        told = {str(refused): None, _about_version(parts): None, INSTEAD: None}  # each once
        raise Refused(" ".join(filter(None, told))) from refused


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
        raise Refused(_about_version(parts) or f"Keras cannot load it: {first_line(error)}.") from error
    refuse_huge_outputs(model, SAVED)
    return model


def _about_version(parts: Parts) -> str:
    """Return in a sentence how a file that cannot be read is of another Keras than this one, "" where it is not."""
    from grader.base.keras_import import keras

    numbers = re.match(r"(\d+)\.(\d+)", parts.version)
    if numbers is None:
        return ""
    saved_by = tuple(map(int, numbers.groups()))
    if saved_by[0] < 3:
        return KERAS_2
    here = tuple(map(int, keras.__version__.split(".")[:2]))
    return NEWER.format(numbers[0], keras.__version__) if saved_by > here else ""


def is_out_of_memory(error: Exception) -> bool:
    """Return whether NumPy, TensorFlow or JAX got no memory: TensorFlow has a class of its own for that."""
    return (
        isinstance(error, MemoryError)
        or type(error).__name__ == "ResourceExhaustedError"
        or "RESOURCE_EXHAUSTED" in str(error)
    )
