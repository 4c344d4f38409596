"""A model's configuration as a tree: the models, layers and objects in it."""

from collections.abc import Iterator
from typing import Any

from grader.diagnosis.model_names import FUNCTIONAL, SEQUENTIAL
from grader.diagnosis.refusals import SAVED, Bounds, Refused


def is_model(tree: Any, bounds: Bounds = SAVED) -> bool:
    """Return whether this is the configuration of a model."""
    if not isinstance(tree, dict):
        return False
    bare = (
        bounds.more and tree.get("module") is None and tree.get("class_name") in ("Sequential", "Functional", "Model")
    )
    return bare or (tree.get("module"), tree.get("class_name")) in (SEQUENTIAL, FUNCTIONAL)


def layer_count(config: Any) -> int:
    """Return how many layers a model has, those of models within it included."""
    return sum(1 + (layer_count(layer) if is_model(layer) else 0) for layer in layers_of(config))


def calls(config: Any) -> int:
    """Return about how often a layer is called to build the model: models within models multiply.

    A Sequential calls its first layers again for each one that is added.
    """
    total = 0
    for layer in layers_of(config):
        inner = max(1, calls(layer)) if is_model(layer) else 1
        total += inner * (1 + len(layer.get("inbound_nodes") or ()))
    return total * (len(layers_of(config)) // 2 + 1) if config["class_name"] == "Sequential" else total


def layers_of(config: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the layers that a model's configuration lists."""
    inner = config["config"]
    layers = inner.get("layers") if isinstance(inner, dict) else None
    if not isinstance(layers, list) or not all(isinstance(layer, dict) for layer in layers):
        raise Refused("The model's configuration lists no layers.")
    if not all(isinstance(layer.get("inbound_nodes") or [], list) for layer in layers):
        raise Refused("The model's configuration is damaged.")
    return layers


def objects_in(tree: Any) -> Iterator[dict[str, Any]]:
    """Yield every object in a configuration, the outer ones first."""
    if isinstance(tree, dict):
        if "class_name" in tree:
            yield tree
        for value in list(tree.values()):
            yield from objects_in(value)
    elif isinstance(tree, list | tuple):
        for value in tree:
            yield from objects_in(value)
