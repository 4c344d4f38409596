"""What a saved configuration of a Keras model may hold, when whoever sends it may have forged it.

Keras's safe mode is about code in the file. Its configuration may still name any function and class of Keras, files to
read, and sizes to allocate; so here every name is on a list, and every number has a limit, before Keras sees it.
"""

import json
import math
from collections.abc import Iterator
from typing import Any

from grader.diagnosis.model_names import DTYPES, FUNCTIONAL, POLICIES, SEQUENTIAL, classes, functions

CONFIG_BYTES = 2_000_000
DEPTH = 100
LAYERS = 600
CALLS = 10_000  # of layers while the model is built
LARGEST = 2**24  # of a number that is a size
METRIC_LARGEST = 10_000  # a metric makes a Python list as long as its number of thresholds
INPUT_ELEMENTS = 2**22  # a picture of 1,000 x 1,000 in colour
NAME_LENGTH = 200

INNER = {  # what Keras writes for values that JSON does not have: the keys of their config
    "__keras_tensor__": {"shape", "dtype", "keras_history"},
    "__numpy__": {"value", "dtype"},
    "__slice__": {"start", "stop", "step"},
    "__ellipsis__": set(),
}
OBJECT_KEYS = {
    "module",
    "class_name",
    "config",
    "registered_name",
    "build_config",
    "compile_config",
    "name",
    "inbound_nodes",
}


class Refused(Exception):
    """A model cannot be judged; the message says why in one sentence for a learner."""


def parse_config(text: object) -> dict[str, Any]:
    """Return the configuration of a model in JSON, after everything in it has been looked at.

    Configurations of compile() within it are taken out but for the outermost.

    Raises:
        Refused: it is no configuration of a model, or holds what is not Keras's own or too large.
    """
    if not isinstance(text, str) or len(text) > CONFIG_BYTES:
        raise Refused(f"The model's configuration is larger than {CONFIG_BYTES:,} characters, or is no text.")
    try:
        config = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refused("The model's configuration is damaged.") from error
    refuse_unknown(config)
    return dict(config)


def refuse_unknown(config: Any) -> None:
    """Look at the configuration of a model as keras.saving.serialize_keras_object() gives it; see read()."""
    try:
        _check_tree(config, DEPTH)
    except (TypeError, AttributeError) as error:  # a list or a dict where a name should be
        raise Refused("The model's configuration is damaged.") from error
    if not is_model(config):
        raise Refused(
            f"The model is {_shown(config)}, which is not built by keras.Sequential or keras.Model(inputs, outputs) "
            "and cannot be judged."
        )
    if calls(config) > CALLS or layer_count(config) > LAYERS:
        raise Refused(f"The model has too many layers; {LAYERS} are allowed.")
    for inner in _objects(config):
        if inner is not config:
            inner.pop("compile_config", None)


def is_model(tree: Any) -> bool:
    """Return whether this is the configuration of a model."""
    return isinstance(tree, dict) and (tree.get("module"), tree.get("class_name")) in (SEQUENTIAL, FUNCTIONAL)


def layer_count(config: Any) -> int:
    """Return how many layers a model has, those of models within it included."""
    return sum(1 + (layer_count(layer) if is_model(layer) else 0) for layer in _layers(config))


def calls(config: Any) -> int:
    """Return about how often a layer is called to build the model: models within models multiply.

    A Sequential calls its first layers again for each one that is added.
    """
    total = 0
    for layer in _layers(config):
        inner = max(1, calls(layer)) if is_model(layer) else 1
        total += inner * (1 + len(layer.get("inbound_nodes") or ()))
    return total * (len(_layers(config)) // 2 + 1) if config["class_name"] == "Sequential" else total


def _layers(config: dict[str, Any]) -> list[dict[str, Any]]:
    inner = config["config"]
    layers = inner.get("layers") if isinstance(inner, dict) else None
    if not isinstance(layers, list) or not all(isinstance(layer, dict) for layer in layers):
        raise Refused("The model's configuration lists no layers.")
    if not all(isinstance(layer.get("inbound_nodes") or [], list) for layer in layers):
        raise Refused("The model's configuration is damaged.")
    return layers


def _objects(tree: Any) -> Iterator[dict[str, Any]]:
    """Yield every object in a configuration, the outer ones first."""
    if isinstance(tree, dict):
        if "class_name" in tree:
            yield tree
        for value in list(tree.values()):
            yield from _objects(value)
    elif isinstance(tree, list | tuple):
        for value in tree:
            yield from _objects(value)


def _check_tree(tree: Any, depth: int, largest: int = LARGEST) -> None:
    if not depth:
        raise Refused("The model's configuration is nested too deeply.")
    if isinstance(tree, dict):
        largest = _check_object(tree) if "class_name" in tree else largest
        for key, value in tree.items():
            _check_entry(key, value, depth - 1, largest)
    elif isinstance(tree, list | tuple):
        for value in tree:
            _check_tree(value, depth - 1, largest)
    elif isinstance(tree, int):
        if abs(tree) > largest:
            raise Refused(f"The model has a size of {_number(tree)}, and {largest:,} is the largest that is judged.")
    elif not isinstance(tree, str | float | None):
        raise Refused(f"The model's configuration holds a {type(tree).__name__}, which is no plain value.")


def _check_entry(key: Any, value: Any, depth: int, largest: int) -> None:
    """Look at one entry of a configuration."""
    if not isinstance(key, str):
        raise Refused("The model's configuration is damaged.")
    if key in ("seed", "iterations") and isinstance(value, int) and abs(value) < 2**63:
        return
    if key == "name" and isinstance(value, str) and (len(value) > NAME_LENGTH or not value.isprintable()):
        raise Refused(f"The model holds a name that is no word of at most {NAME_LENGTH} characters.")
    if key == "unroll" and value:
        raise Refused("The model holds a layer with unroll=True; leave that out.")
    if key in ("lora_rank", "quantization_config", "quantization_mode") and value:
        raise Refused("The model is quantized or has LoRA weights, and cannot be judged so.")
    if key == "dtype" and isinstance(value, str) and value not in DTYPES:
        raise Refused(f"The model has the dtype {_text(value)}, which is none that can be judged.")
    if key in ("batch_shape", "batch_input_shape") and _elements(value) > INPUT_ELEMENTS:
        raise Refused(f"The model's input has more than {INPUT_ELEMENTS:,} numbers.")
    _check_tree(value, depth, largest)


def _elements(shape: Any) -> int:
    sizes = shape if isinstance(shape, list | tuple) else [shape]
    return math.prod(abs(size) for size in sizes if isinstance(size, int) and size)


def _check_object(tree: dict[str, Any]) -> int:
    """Look at what names a class or a function; return how large the numbers in it may be."""
    name, module, config = tree["class_name"], tree.get("module"), tree.get("config")
    if not isinstance(name, str) or not isinstance(module, str | None):
        raise Refused("The model's configuration is damaged.")
    if name in INNER:
        if set(tree) != {"class_name", "config"} or not isinstance(config, dict) or set(config) != INNER[name]:
            raise Refused("The model's configuration is damaged.")
        if "dtype" in config and config["dtype"] not in DTYPES:
            raise Refused("The model holds a constant of a dtype that cannot be judged.")
        return LARGEST
    registered = tree.get("registered_name")
    if name == "function":
        if (module, config) not in functions() or registered not in (None, "function", config):
            raise Refused(
                f"The model uses the function {_text(config)}, which is code of its own and cannot be judged; "
                "use Keras's own."
            )
    elif (module, name) not in classes() or registered not in (None, name):
        raise Refused(
            f"The model holds {_shown(tree)}, which is code of its own and cannot be judged; use Keras's own layers."
            if name == "Lambda" or not str(module).startswith("keras.")
            else f"The model holds {_shown(tree)}, which is none of the kinds that can be judged."
        )
    if not set(tree) <= OBJECT_KEYS or (name != "function" and not isinstance(config, dict)):
        raise Refused("The model's configuration is damaged.")
    if name == "DTypePolicy" and (policy := (config or {}).get("name")) not in POLICIES:
        raise Refused(f"The model has the dtype policy {_text(policy)}; leave it at float32.")
    return METRIC_LARGEST if module == "keras.metrics" else LARGEST


def _shown(tree: Any) -> str:
    """Return the name of a class or layer as a sentence may hold it."""
    name = tree.get("class_name") if isinstance(tree, dict) else None
    if name in ("Lambda", "__lambda__"):
        return "a Lambda layer" if name == "Lambda" else "a lambda"
    return _text(name)


def _text(value: Any) -> str:
    """Return a stranger's words, cut and harmless."""
    return repr(value)[:60] if isinstance(value, str) and value.isprintable() else "something without a name"


def _number(value: int) -> str:
    return f"{value:,}" if abs(value) < 10**20 else "more than twenty digits"
