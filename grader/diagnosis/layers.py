"""The layers that lead to each output of a Keras model, and which activation each of them applies.

An activation is known by its numbers: whatever it is called and however it is written, it is run on a few logits
and compared with the ones that the course teaches.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

GRID = np.linspace(-6, 6, 8, dtype=np.float32)[None]  # without 0, where a step may be either
KEEPS_LOGITS = ("Identity", "Dropout", "SpatialDropout1D", "SpatialDropout2D", "GaussianNoise")
RESHAPES = ("Reshape", "Flatten", "Permute", "RepeatVector", "Rescaling", "InputLayer")
WEIGHING = ("Dense", "EinsumDense", "Embedding")  # also before they are built and have weights
POOLS = ("GlobalAveragePooling1D", "GlobalAveragePooling2D", "AveragePooling1D", "AveragePooling2D")


def _softmax(z: np.ndarray) -> np.ndarray:
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


KINDS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "linear": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "softmax": _softmax,
    "relu": lambda z: np.maximum(0, z),
    "tanh": np.tanh,
    "step": lambda z: np.where(z > 0, 1.0, 0.0),
}


def kind_of(function: Callable[[Any], Any]) -> str:
    """Return the name of the activation that gives the same numbers, `other`, or `unknown` if it cannot be run."""
    from grader.base.keras_import import keras

    try:
        values = keras.ops.convert_to_numpy(function(keras.ops.convert_to_tensor(GRID)))
    except Exception:  # whatever keeps a stranger's layer from running on seven numbers
        return "unknown"
    if values.shape != GRID.shape:
        return "unknown"
    return next((name for name, known in KINDS.items() if np.allclose(values, known(GRID), atol=1e-5)), "other")


def is_unwound(function: Callable[[Any], Any], kind: str) -> bool:
    """Return whether a loss with from_logits=True finds the logits behind this activation: asked of Keras itself.

    At the logit 40 and the label 0 the loss is 40 when it sees the logit, and below 2 when it sees a probability.
    """
    from grader.base.keras_import import keras

    tries = {
        "sigmoid": (keras.losses.binary_crossentropy, [[0.0]], [[40.0]]),
        "softmax": (keras.losses.categorical_crossentropy, [[0.0, 1.0]], [[40.0, 0.0]]),
    }
    if kind not in tries:
        return False
    loss, y, z = tries[kind]
    value = loss(keras.ops.convert_to_tensor(y), function(keras.ops.convert_to_tensor(z)), from_logits=True)
    return bool(np.isclose(float(value[0]), 40))


@dataclass(frozen=True)
class Step:
    """One layer on the way to an output.

    Attributes:
        layer: the layer or Keras operation.
        weighs: whether it multiplies by weights of its own (Dense, convolutions, Embedding).
        activation: the kind of activation that it applies last.
        unwinds: whether Keras on TensorFlow finds the logits behind this activation again.
    """

    layer: Any
    weighs: bool
    activation: str
    unwinds: bool = False

    @property
    def name(self) -> str:
        """The class's name, as in `Dense`."""
        return type(self.layer).__name__


def read_step(layer: Any) -> Step:
    """Return what is known of one layer."""
    name, own = type(layer).__name__, getattr(layer, "activation", None)
    if name in KEEPS_LOGITS or name in RESHAPES or name in POOLS or name.endswith("Normalization"):
        return Step(layer, False, "linear")
    weighs = name in WEIGHING or "Conv" in name or bool(getattr(layer, "weights", None))
    if own is not None and callable(own):
        kind = kind_of(own)
        return Step(layer, weighs, kind, is_unwound(own, kind))
    if weighs:
        return Step(layer, True, "linear" if name in WEIGHING else "unknown")
    kind = kind_of(layer)
    return Step(layer, False, kind, is_unwound(layer, kind))


def all_parts(model: Any) -> list[Any]:
    """Return a model and every layer in it, a model before its layers."""
    from grader.base.keras_import import keras

    inner = model.layers if isinstance(model, keras.Model) else []
    return [model, *(part for layer in inner for part in all_parts(layer))]


def steps_to_outputs(model: Any) -> dict[str, list[Step]] | None:
    """Return, for every output, the steps that lead to it in order, back to the input or to where branches meet.

    None for a model whose layers are connected by code (a subclass of Model): it cannot be seen.
    """
    from grader.base.keras_import import keras

    if isinstance(model, keras.Sequential):
        return {_only_output(model): list(_flat(model.layers))}
    if not hasattr(model, "operations") or not getattr(model, "outputs", None):
        return None
    config = model.get_config()
    nodes = {layer["name"]: layer["inbound_nodes"] for layer in config["layers"]}
    layers = {operation.name: operation for operation in model.operations}
    ends = _ends(config["output_layers"], model.output_names)
    return {name: list(_flat(_back_from(end, nodes, layers))) for name, end in ends.items()}


def _only_output(model: Any) -> str:
    names = getattr(model, "output_names", None) or ["output"]
    return str(names[0])


def _flat(layers: list[Any]) -> Iterator[Step]:
    """Yield the steps of layers, those of a nested model in its place."""
    for layer in layers:
        inner = steps_to_outputs(layer) if hasattr(layer, "layers") else None
        if inner and len(inner) == 1:
            yield from next(iter(inner.values()))
        else:
            yield read_step(layer)


def _ends(found: Any, names: list[str]) -> dict[str, tuple[str, int]]:
    """Return the layer and node of every output by the name that compile() knows it by."""
    if isinstance(found, dict):
        return {name: (end[0], end[1]) for name, end in found.items()}
    return dict(zip(names, _triples(found), strict=True))


def _triples(found: Any) -> Iterator[tuple[str, int]]:
    """Yield the (layer, node) of every [layer, node, tensor] in nested lists."""
    if isinstance(found[0], str):
        yield found[0], found[1]
    else:
        for inner in found:
            yield from _triples(inner)


def _back_from(end: tuple[str, int], nodes: dict[str, Any], layers: dict[str, Any]) -> list[Any]:
    """Return the layers from the input, or from the last place where several inputs meet, to an end."""
    chain: list[Any] = []
    name, node = end
    while name in layers and type(layers[name]).__name__ != "InputLayer":
        chain.append(layers[name])
        sources = list(_histories(nodes[name][node] if nodes[name] else None))
        if len(sources) != 1:
            break
        name, node = sources[0]
    return chain[::-1]


def _histories(tree: Any) -> Iterator[tuple[str, int]]:
    """Yield the (layer, node) of every tensor in a saved node."""
    if isinstance(tree, dict):
        if "keras_history" in tree:
            yield tree["keras_history"][0], tree["keras_history"][1]
        else:
            for value in tree.values():
                yield from _histories(value)
    elif isinstance(tree, list | tuple):
        for value in tree:
            yield from _histories(value)
