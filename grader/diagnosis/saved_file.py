"""Reading a saved .keras model that nobody has looked at, without running anything that it brings."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grader.base.errors import CannotGoOn

FORBIDDEN = ("Lambda", "TorchModuleWrapper", "JaxLayer", "FlaxLayer", "TFSMLayer", "__lambda__")


def load_model(path: Path) -> Any:
    """Return the model in a .keras file.

    The saved configuration is read first: only Keras's own classes may be in it, and none that holds code or
    a path to it. Then Keras loads the file in its safe mode, and gets no more memory than the weights in it need.

    Raises:
        CannotGoOn: the file is no .keras file, or holds something that is not Keras's own.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            config = json.loads(archive.read("config.json"))
            weight_bytes = sum(part.file_size for part in archive.infolist() if part.filename.endswith(".h5"))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, RecursionError) as error:
        raise CannotGoOn(f"{path} is no .keras file. Save the model by model.save('name.keras').") from error
    for strange in find_strangers(config):
        raise CannotGoOn(
            f"{path} holds {strange}, which is code and would have to be run. "
            "Call diagnose(model) in your own notebook instead."
        )
    from grader.base.keras_import import keras
    from grader.diagnosis.budget import Refused, bytes_allowed, limit_variables, refuse_huge_outputs

    try:
        with limit_variables(bytes_allowed(weight_bytes)):
            model = keras.saving.load_model(path, safe_mode=True)
        refuse_huge_outputs(model)
        return model
    except Refused as refused:
        raise CannotGoOn(f"{path} cannot be loaded. {refused}") from refused
    except Exception as error:  # a damaged file may trip Keras anywhere
        raise CannotGoOn(f"Keras cannot load {path}: {str(error).strip().splitlines()[0]}") from error


def find_strangers(tree: Any) -> Iterator[str]:
    """Yield the name of everything in a saved configuration that is not Keras's own."""
    if isinstance(tree, list):
        for value in tree:
            yield from find_strangers(value)
    if not isinstance(tree, dict):
        return
    name, module = tree.get("class_name"), tree.get("module")
    if name is not None and "config" in tree:
        own = isinstance(module, str) and (module == "builtins" or module.split(".")[0] == "keras")
        inner = name == "__keras_tensor__" or (module is None and tree.get("registered_name") is None)
        if name in FORBIDDEN or not (own or inner):
            yield str(name)
    for value in tree.values():
        yield from find_strangers(value)
