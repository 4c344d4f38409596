"""What a change of compile() must not lose: settings of the loss, other metrics, and compile()'s other arguments."""

import inspect
from typing import Any

from grader.diagnosis.compiled import Loss, compiled_with

SAID = ("name", "axis", "dtype", "fn", "self", "kwargs", "from_logits", "from_sorted_ids")
PLAIN = (bool, int, float, str)
OTHERS = {"loss_weights": None, "run_eagerly": False, "steps_per_execution": 1, "jit_compile": False}


def class_for(name: str, loss: Loss) -> str:
    """Return the class of the loss that is to be compiled: the focal form where the loss was a focal one."""
    focal = name.replace("Crossentropy", "FocalCrossentropy")
    return focal if "focal" in loss.name and "Sparse" not in name else name


def call_of(name: str, loss: Loss, logits: bool) -> str:
    """Return an expression that makes a loss of Keras, with the settings of the compiled one that it has, too.

    Args:
        name: the new loss's class in keras.losses.
        loss: the loss as it was compiled.
        logits: whether it is to take logits.
    """
    from grader.base.keras_import import keras

    name = class_for(name, loss)
    kept = settings_for(getattr(keras.losses, name), loss.settings)
    given = {**({"from_logits": True} if logits else {}), **kept}
    return f"keras.losses.{name}({_arguments(given)})"


def settings_for(kind: type, settings: dict[str, Any]) -> dict[str, Any]:
    """Return those settings that a class has, too, and that are not its defaults."""
    takes = inspect.signature(kind).parameters
    return {
        key: value
        for key, value in settings.items()
        if key in takes and key not in SAID and isinstance(value, PLAIN) and value != takes[key].default
    }


def others_of(model: Any) -> str:
    """Return compile()'s other arguments as they were given, each behind a comma; "" where all are the defaults."""
    given = compiled_with(model)
    kept = {key: given.get(key, default) for key, default in OTHERS.items() if given.get(key, default) != default}
    return "".join(f", {key}={_literal(value)}" for key, value in kept.items() if _is_plain(value))


def _is_plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_is_plain(part) for part in value.values())
    if isinstance(value, list | tuple):
        return all(_is_plain(part) for part in value)
    return isinstance(value, PLAIN)


def _literal(value: Any) -> str:
    """Return a number, text, list or dict as code; Keras's own dicts are dicts."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {_literal(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_literal, value)) + "]"
    return repr(value)


def _arguments(given: dict[str, Any]) -> str:
    return ", ".join(f"{key}={value!r}" for key, value in given.items())
