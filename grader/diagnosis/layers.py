"""The layers that lead to each output of a Keras model, and which activation each of them applies."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from grader.diagnosis.activations import kind_of
from grader.diagnosis.operations import computed_from, sources_of
from grader.diagnosis.stand_in import stand_in

KEEPS_LOGITS = ("Identity", "ActivityRegularization")
DROPS = ("Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "AlphaDropout", "GaussianDropout")
NOISE = (*DROPS, "GaussianNoise")
RESHAPES = ("Reshape", "Flatten", "Permute", "RepeatVector", "Rescaling", "InputLayer", "ExpandDims", "Squeeze")
MOVES = ("ZeroPadding", "Cropping", "UpSampling", "GetItem", "Cast", "Masking")
AVERAGES = ("GlobalAveragePooling", "AveragePooling")
WRAPPERS = ("TimeDistributed", "SpectralNormalization")  # apply the layer that they hold
LINEAR = ("Dense", "EinsumDense")  # multiply by weights and add, and nothing else; so do all kinds of convolution
WEIGHING = ("Dense", "EinsumDense", "Embedding")  # also before they are built and have weights


@dataclass(frozen=True)
class Step:
    """One layer on the way to an output.

    Attributes:
        layer: the layer or Keras operation.
        weighs: whether it has weights of its own (Dense, convolutions, Embedding).
        activation: the kind of activation that it applies last.
        shape: of its output, None where it is not known yet.
        owner: the layer around it, such as TimeDistributed; else the layer itself.
        written: what several operations compute together, of which `layer` is the last; else None.
    """

    layer: Any
    weighs: bool
    activation: str
    shape: tuple[int | None, ...] | None = None
    owner: Any = None
    written: Callable[[Any], Any] | None = None

    @property
    def name(self) -> str:
        """The class's name, as in `Dense`."""
        return type(self.layer).__name__

    @property
    def units(self) -> int | None:
        """The size of its last axis, None where it is not known yet."""
        return self.shape[-1] if self.shape else getattr(self.layer, "units", None)

    @property
    def rank(self) -> int:
        """How many axes its output has, 2 where it is not known."""
        return len(self.shape) if self.shape else 2

    @property
    def function(self) -> Any:
        """What applies the activation: the layer's own, or the layer itself."""
        if self.written is not None:
            return self.written
        own = getattr(self.layer, "activation", None)
        return own if callable(own) else getattr(self.layer, "call", self.layer)

    @property
    def computes(self) -> bool:
        """Whether it changes numbers one by one, also where it only multiplies and adds as a Rescaling does."""
        if self.activation != "linear" or self.written is not None or self.name == "Rescaling":
            return True
        return not (self.weighs or self.name.endswith("Normalization") or _passes(self.layer))

    @property
    def is_linear(self) -> bool:
        """Whether it only multiplies by weights and adds."""
        return self.activation == "linear" and (self.name in LINEAR or "Conv" in self.name)

    @property
    def keeps_lines_straight(self) -> bool:
        """Whether two linear layers with this one between them are still one linear layer."""
        if self.name in (*KEEPS_LOGITS, *NOISE, *RESHAPES, "BatchNormalization") or self.is_linear:
            return True
        return self.name.startswith((*AVERAGES, *MOVES)) or (self.name == "Activation" and self.activation == "linear")


def read_step(layer: Any, shape: tuple[int | None, ...] | None = None) -> Step:
    """Return what is known of one layer; `shape` is its output's, where it is known."""
    owner = layer
    if type(layer).__name__ in WRAPPERS:
        layer = layer.layer
    name, own = type(layer).__name__, getattr(layer, "activation", None)
    rank = len(shape) if shape else 2
    if _passes(layer) or name.endswith("Normalization"):
        return Step(layer, False, "linear", shape, owner)
    weighs = name in WEIGHING or "Conv" in name or bool(getattr(layer, "weights", None))
    if callable(own):
        return Step(layer, weighs, kind_of(own, rank), shape, owner)
    if weighs:
        return Step(layer, True, "linear" if name in WEIGHING or "Conv" in name else "unknown", shape, owner)
    return Step(layer, False, _kind_of_layer(layer, rank), shape, owner)


def _kind_of_layer(layer: Any, rank: int) -> str:
    """Return the activation of a layer without weights. It is asked on a copy: a call builds a layer."""
    try:
        return kind_of(stand_in(layer), rank)
    except Exception:  # a layer whose class cannot be made without arguments
        return "unknown"


def all_parts(model: Any) -> list[Any]:
    """Return a model and every layer in it, a model before its layers."""
    from grader.base.keras_import import keras

    inner = model.layers if isinstance(model, keras.Model) else []
    return [model, *(part for layer in inner for part in all_parts(layer))]


def steps_to_outputs(model: Any, x: Any = None) -> dict[str, list[Step]] | None:
    """Return, for every output, the steps that lead to it in order, back to the input or to where branches meet.

    A model that is connected by code (a subclass of Model), or not built yet, is followed on a copy, with a symbolic
    tensor of the shape of x or of the shape that it was built for.

    Returns:
        None where the layers cannot be seen.
    """
    from grader.base.keras_import import keras

    if (ends := _ends(model, x)) is not None:
        return {name: list(_back_from(end)) for name, end in ends.items()}
    if isinstance(model, keras.Sequential):
        return {"output": [step for layer in model.layers for step in _steps_of_unbuilt(layer)]}
    return None


def _steps_of_unbuilt(layer: Any) -> list[Step]:
    inner = steps_to_outputs(layer) if hasattr(layer, "layers") else None
    return next(iter(inner.values())) if inner and len(inner) == 1 else [read_step(layer)]


def _ends(model: Any, x: Any) -> dict[str, Any] | None:
    """Return the symbolic tensor of every output by its name, None where there is none."""
    outputs = getattr(model, "outputs", None)
    if outputs:
        nested = getattr(model, "output", None) if hasattr(model, "operations") else None
        if isinstance(nested, dict):
            return flat(nested)
        return _named(model, outputs)
    return followed(model, x)


def followed(model: Any, x: Any) -> dict[str, Any] | None:
    """Return the symbolic outputs of a model that is connected by code, or None where it cannot be followed."""
    from grader.base.keras_import import keras

    try:
        inputs = _symbols(x) if x is not None else _symbols_of(model.get_build_config())
        if inputs is None:
            return None
        copy = stand_in(model)
        given = {"training": False} if "training" in inspect.signature(copy.call).parameters else {}
        outputs = copy.call(inputs, **given)
    except Exception:  # code of any kind, which asks a symbolic tensor for what it has not
        return None
    if isinstance(outputs, dict):
        return flat(outputs)
    ends = keras.tree.flatten(outputs)
    names = ["output"] if len(ends) == 1 else [f"output_{i + 1}" for i in range(len(ends))]
    return dict(zip(names, ends, strict=True)) if all(isinstance(t, keras.KerasTensor) for t in ends) else None


def flat(tree: dict[str, Any]) -> dict[str, Any]:
    """Return what is in a dict, with the names on the way to it where there are dicts and lists inside: `a/0`."""
    found: dict[str, Any] = {}
    for name, value in tree.items():
        inner = {str(i): part for i, part in enumerate(value)} if isinstance(value, list | tuple) else value
        found |= {f"{name}/{way}": p for way, p in flat(inner).items()} if isinstance(inner, dict) else {name: value}
    return found


def _symbols(x: Any) -> Any:
    from grader.base.keras_import import keras

    def symbol(rows: Any) -> Any:
        kind = "float32" if rows.dtype.kind == "f" else rows.dtype.name
        return keras.KerasTensor((None, *rows.shape[1:]), dtype=kind)

    return keras.tree.map_structure(symbol, x)


def _symbols_of(built_for: Any) -> Any:
    """Return a symbolic tensor of the shape that a model was built for; Keras keeps it for saving."""
    from grader.base.keras_import import keras

    shape = (built_for or {}).get("input_shape")
    if not isinstance(shape, list | tuple) or not all(size is None or isinstance(size, int) for size in shape):
        return None
    return keras.KerasTensor((None, *shape[1:]))


def _back_from(tensor: Any) -> Iterator[Step]:
    """Yield the steps from the input, or from the last place where several inputs meet, to a symbolic tensor."""
    chain: list[list[Step]] = []
    while True:
        history = getattr(tensor, "_keras_history", None)
        if history is None or history.operation is None:
            break
        layer = history.operation
        if type(layer).__name__ == "InputLayer":
            break
        sources = sources_of(tensor)
        if (written := _written_out(tensor, sources)) is not None:
            tensor, step = written
            chain.append([step])
            continue
        if steps := _steps_of(layer, history.tensor_index, tensor.shape):
            chain.append(steps)
        if len(sources) != 1:
            if len(sources) > 1 and chain and not chain[-1][-1].weighs:  # an average, a sum: no activation of one input
                chain[-1][-1] = replace(chain[-1][-1], activation="unknown")
            break
        (tensor,) = sources
    for steps in reversed(chain):
        yield from steps


def _written_out(tensor: Any, sources: list[Any]) -> tuple[Any, Step] | None:
    """Return operations that are written out one by one as a step, and the tensor that they begin with."""
    from grader.base.keras_import import keras

    operation = tensor._keras_history.operation
    if len(sources) == 1 and (isinstance(operation, keras.layers.Layer) or _passes(operation)):
        return None
    found = computed_from(tensor, _passes) if sources else None
    if found is None:
        return None
    source, function = found
    return source, Step(operation, False, kind_of(function, len(source.shape)), tensor.shape, operation, function)


def _passes(layer: Any) -> bool:
    """Whether a layer or operation hands numbers on: it moves them, drops some, or averages."""
    name = type(layer).__name__
    return name in (*KEEPS_LOGITS, *NOISE, *RESHAPES) or name.startswith((*AVERAGES, *MOVES))


def _steps_of(layer: Any, index: int, shape: tuple[int | None, ...]) -> list[Step]:
    """Return the steps of a layer: those of a model within a model in its place."""
    inner = getattr(layer, "outputs", None) if hasattr(layer, "layers") else None
    if inner and index < len(inner):
        return list(_back_from(inner[index]))
    return [read_step(layer, shape)]


def _named(model: Any, outputs: list[Any]) -> dict[str, Any]:
    """Return the outputs by their names; a Sequential has one, which goes by its last layer."""
    names = getattr(model, "output_names", None) or ([model.layers[-1].name] if len(outputs) == 1 else None)
    found: dict[str, Any] = {}
    for number, (name, output) in enumerate(zip(names or ["output"] * len(outputs), outputs, strict=True), 1):
        found[name if names and name not in found else f"{name}_{number}"] = output  # a layer may have several
    return found
