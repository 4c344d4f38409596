"""Functions and objects in a model that are neither Keras's nor TensorFlow's: it cannot be judged without them."""

import sys
import types
from collections.abc import Iterator
from typing import Any

from grader.diagnosis.layers import all_parts

GIVEN = ("optimizer", "loss", "loss_weights", "metrics", "weighted_metrics")  # arguments of compile()


def find_own_code(model: Any) -> str:
    """Return in a sentence why a model cannot be judged: it holds code of its own; "" where it holds none."""
    return next(filter(None, map(_own_code, _functions_of(model))), "")


def _functions_of(model: Any) -> Iterator[Any]:
    """Yield every function that a model was given. Keras writes only the names of some, and they may be borrowed."""
    for part in all_parts(model):
        yield getattr(part, "activation", None)
    if model.compiled:
        # compile()'s arguments as they were given have no public name; without them nothing is lost but this warning
        given = getattr(getattr(model, "_compile_config", None), "config", None) or {}
        for name in GIVEN:
            yield from _leaves(given.get(name))


def _leaves(tree: Any) -> Iterator[Any]:
    if isinstance(tree, dict):
        tree = list(tree.values())
    if isinstance(tree, list | tuple):
        for value in tree:
            yield from _leaves(value)
    else:
        yield tree


def _stands_there(of: Any) -> bool:
    """Return whether a function or class is in the module that it names, and not only says so."""
    module = sys.modules.get(of.__module__)
    return module is not None and any(of is part for part in vars(module).values())


def _own_code(value: Any) -> str:
    """Return why a function or object cannot be judged: it is neither Keras's nor TensorFlow's."""
    if value is None or isinstance(value, str | int | float):
        return ""
    of = value if isinstance(value, types.FunctionType) else type(value)
    if str(getattr(of, "__module__", "")).split(".")[0] in ("keras", "tensorflow") and _stands_there(of):
        return ""
    name = getattr(of, "__name__", "something")
    what = "a lambda" if name == "<lambda>" else f"{name}"
    return (
        f"The model uses {what}, which is code of its own and cannot be judged; "
        "use Keras's own losses, metrics and activations, as in keras.losses.BinaryCrossentropy(from_logits=True)."
    )
