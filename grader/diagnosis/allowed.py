"""What a saved configuration of a Keras model may hold, when whoever sends it may have forged it.

Keras's safe mode is about code in the file. Its configuration may still name any function and class of Keras, files to
read, and sizes to allocate; so here every name is on a list, and every number has a limit, before Keras sees it.
"""

import json
import math
from collections.abc import Iterator
from typing import Any

from grader.diagnosis.model_names import (
    DTYPES,
    MORE_DTYPES,
    MORE_POLICIES,
    POLICIES,
    bare_names,
    classes,
    functions,
    is_word_for,
    operation_names,
)
from grader.diagnosis.model_tree import calls, is_model, layer_count, objects_in
from grader.diagnosis.refusals import JUDGED, Bounds, OwnCode, Refused

DEPTH = 100
METRIC_LARGEST = 10_000  # a metric makes a Python list as long as its number of thresholds
NAME_LENGTH = 200


INNER = {  # what Keras writes for values that JSON does not have: the keys of their config
    "__keras_tensor__": {"shape", "dtype", "keras_history"},
    "__numpy__": {"value", "dtype"},
    "__slice__": {"start", "stop", "step"},
    "__ellipsis__": set(),
}
LEGACY = ("__tuple__", "TensorShape")  # the same in .h5 files of earlier versions
KERAS_2 = "Custom>"  # what tf_keras writes before the names of its optimizers
OBJECT_KEYS = {
    "module",
    "class_name",
    "config",
    "registered_name",
    "build_config",
    "compile_config",
    "name",
    "inbound_nodes",
    "shared_object_id",
}


def parse_config(text: object, bounds: Bounds = JUDGED) -> dict[str, Any]:
    """Return the configuration of a model in JSON, after everything in it has been looked at.

    Configurations of compile() within it are taken out but for the outermost.

    Raises:
        Refused: it is no configuration of a model, or holds what is not Keras's own or too large.
    """
    config = parse(text, bounds)
    refuse_unknown(config, bounds)
    return dict(config)


def parse(text: object, bounds: Bounds) -> Any:
    """Return what a text in JSON says, when it is not too long."""
    if not isinstance(text, str) or len(text) > bounds.characters:
        raise Refused(f"The model's configuration is larger than {bounds.characters:,} characters, or is no text.")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refused("The model's configuration is damaged.") from error


def refuse_unknown(config: Any, bounds: Bounds = JUDGED) -> None:
    """Look at the configuration of a model as keras.saving.serialize_keras_object() gives it; see parse_config()."""
    refuse_unknown_parts(config, bounds)
    if not is_model(config, bounds):
        raise OwnCode(
            _shown(config),
            f"The model is {_shown(config)}, which is not built by keras.Sequential or keras.Model(inputs, outputs) "
            "and cannot be judged.",
        )
    if calls(config) > bounds.calls or layer_count(config) > bounds.layers:
        raise Refused(f"The model has too many layers; {bounds.layers} are allowed.")
    for inner in objects_in(config):
        if inner is not config:
            inner.pop("compile_config", None)


def refuse_unknown_parts(tree: Any, bounds: Bounds) -> None:
    """Look at any part of a configuration, such as what compile() was given."""
    try:
        _check_tree(tree, DEPTH, bounds, bounds.largest)
    except (TypeError, AttributeError) as error:  # a list or a dict where a name should be
        raise Refused("The model's configuration is damaged.") from error


def refuse_unknown_words(compiling: Any) -> None:
    """Look at the names that stand for losses and metrics in what compile() was given."""
    given = compiling if isinstance(compiling, dict) else {}
    for entry, what in (("loss", "losses"), ("metrics", "metrics"), ("weighted_metrics", "metrics")):
        for word in _words(given.get(entry)):
            if not is_word_for(what, word):
                raise _own_function(word)


def _words(tree: Any) -> Iterator[str]:
    """Yield the strings that stand for a function, alone or in lists and dicts of them."""
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, list | tuple) or (isinstance(tree, dict) and "class_name" not in tree):
        for value in tree.values() if isinstance(tree, dict) else tree:
            yield from _words(value)


def _check_tree(tree: Any, depth: int, bounds: Bounds, largest: int) -> None:
    if not depth:
        raise Refused("The model's configuration is nested too deeply.")
    if isinstance(tree, dict):
        largest = _check_object(tree, bounds, largest) if "class_name" in tree else largest
        for key, value in tree.items():
            _check_entry(key, value, depth - 1, bounds, largest)
    elif isinstance(tree, list | tuple):
        for value in tree:
            _check_tree(value, depth - 1, bounds, largest)
    elif isinstance(tree, int):
        if abs(tree) > largest:
            raise Refused(f"The model has a size of {_number(tree)}, and {largest:,} is the largest that is allowed.")
    elif not isinstance(tree, str | float | None):
        raise Refused(f"The model's configuration holds a {type(tree).__name__}, which is no plain value.")


def _check_entry(key: Any, value: Any, depth: int, bounds: Bounds, largest: int) -> None:
    """Look at one entry of a configuration."""
    if not isinstance(key, str) or not _is_name(key):
        raise Refused("The model's configuration is damaged.")
    if key in ("seed", "iterations", "shared_object_id") and isinstance(value, int) and abs(value) < 2**63:
        return
    if key == "name" and isinstance(value, str) and not _is_name(value):
        raise Refused(f"The model holds a name that is no word of at most {NAME_LENGTH} characters.")
    if key.endswith("activation") and isinstance(value, str) and not is_word_for("activations", value):
        raise _own_function(value)
    if key == "fn" and isinstance(value, str) and not (is_word_for("losses", value) or is_word_for("metrics", value)):
        raise _own_function(value)
    if key == "vocabulary" and isinstance(value, str):
        raise Refused("The model holds a layer that reads its vocabulary from a file; give it a list of words.")
    if key == "dtype" and isinstance(value, str) and value not in (DTYPES | MORE_DTYPES if bounds.more else DTYPES):
        raise Refused(f"The model has the dtype {_text(value)}, which is none that can be judged.")
    if key in ("batch_shape", "batch_input_shape") and _elements(value) > bounds.inputs:
        raise Refused(f"The model's input has more than {bounds.inputs:,} numbers.")
    if not bounds.more:
        _refuse_costly(key, value)
    _check_tree(value, depth, bounds, largest)


def _refuse_costly(key: str, value: Any) -> None:
    """Refuse what is right in a model and not for the judge."""
    if key == "unroll" and value:
        raise Refused("The model holds a layer with unroll=True; leave that out.")
    if key in ("lora_rank", "quantization_config", "quantization_mode") and value:
        raise Refused("The model is quantized or has LoRA weights, and cannot be judged so.")


def _is_name(word: str) -> bool:
    return len(word) <= NAME_LENGTH and word.isprintable()


def _elements(shape: Any) -> int:
    sizes = shape if isinstance(shape, list | tuple) else [shape]
    return math.prod(abs(size) for size in sizes if isinstance(size, int) and size)


def _check_object(tree: dict[str, Any], bounds: Bounds, largest: int) -> int:
    """Look at what names a class or a function; return how large the numbers in it may be."""
    name, module, config = tree["class_name"], tree.get("module"), tree.get("config")
    if not isinstance(name, str) or not isinstance(module, str | None):
        raise Refused("The model's configuration is damaged.")
    if bounds.more and name in LEGACY:
        if set(tree) != {"class_name", "items"}:
            raise Refused("The model's configuration is damaged.")
        return largest
    if name in INNER:
        if set(tree) != {"class_name", "config"} or not isinstance(config, dict) or set(config) != INNER[name]:
            raise Refused("The model's configuration is damaged.")
        if "dtype" in config and config["dtype"] not in (DTYPES | MORE_DTYPES if bounds.more else DTYPES):
            raise Refused("The model holds a constant of a dtype that cannot be judged.")
        return largest
    _check_names(tree, bounds)
    if not bounds.more and "shared_object_id" in tree:
        raise Refused("The model's configuration is damaged.")
    if not set(tree) <= OBJECT_KEYS or (name != "function" and not isinstance(config, dict)):
        raise Refused("The model's configuration is damaged.")
    if name == "DTypePolicy":
        policy = (config or {}).get("name")
        if policy not in (POLICIES | MORE_POLICIES if bounds.more else POLICIES):
            raise Refused(f"The model has the dtype policy {_text(policy)}; leave it at float32.")
    is_metric = module == "keras.metrics" or (module is None and is_word_for("metrics", name))
    return METRIC_LARGEST if is_metric else bounds.largest


def _check_names(tree: dict[str, Any], bounds: Bounds) -> None:
    """Refuse a class or a function that is on no list."""
    name, module, config = tree["class_name"], tree.get("module"), tree.get("config")
    registered = tree.get("registered_name")
    if name == "function":
        if (module, config) not in functions() or registered not in (None, "function", config):
            raise _own_function(config)
        return
    known = (module, name) in classes(bounds.more) or (
        bounds.more and module is None and name.removeprefix(KERAS_2) in bare_names()
    )
    if known and registered in (None, name):
        return
    if bounds.more and module is None and name in operation_names():
        raise Refused("The model uses keras.ops, which Keras does not read from an .h5 file: save it as .keras.")
    if name == "Lambda" or not str(module).startswith("keras."):
        raise OwnCode(
            _shown(tree),
            f"The model holds {_shown(tree)}, which is code of its own and cannot be judged; use Keras's own layers.",
        )
    raise Refused(f"The model holds {_shown(tree)}, which is none of the kinds that can be judged.")


def _own_function(name: Any) -> OwnCode:
    what = f"the function {_text(name)}"
    message = f"The model uses {what}, which is code of its own and cannot be judged; use Keras's own."
    return OwnCode(what, message, is_function=True)


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
