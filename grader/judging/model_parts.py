"""Which layers two models share, and models that share them again after each was sent on its own.

A transfer model holds the layers of its base. Sent as data, the two come back as strangers; joined() puts the base's
own layers into the model, so that what is asked of one is asked of the other.
"""

from typing import Any

import numpy as np

from grader.judging.model_config import Refused

COMPILE = ("optimizer", "loss", "loss_weights", "metrics", "weighted_metrics")


def parts(model: Any) -> list[Any]:
    """Return a model and every layer in it, a model before its layers."""
    from grader.quiet import keras

    inner = model.layers if isinstance(model, keras.Model) else []
    return [model, *(part for layer in inner for part in parts(layer))]


def moving(model: Any) -> list[bool]:
    """Return, for each of model.weights, whether training moves it."""
    trained = {id(weight) for weight in model.trainable_weights}
    return [id(weight) in trained for weight in model.weights]


def freeze(model: Any, trainable: list[bool], moves: list[bool]) -> None:
    """Set what is trained; a model before its layers, because it passes the flag on to them."""
    layers = parts(model)
    if len(layers) != len(trainable):
        raise Refused("The model has other layers than were described.")
    for layer, flag in zip(layers, trainable, strict=True):
        if layer.trainable != flag:
            layer.trainable = flag
    if moving(model) != moves:
        raise Refused("The model is frozen in a way that cannot be judged; set trainable on layers.")


def compile_as(model: Any, config: Any, built: bool, iterations: int | None) -> None:
    """Compile a model from a configuration that has been looked at.

    Args:
        model: the model, its trainable flags set.
        config: what get_compile_config() gave.
        built: whether the optimizer knows its weights already.
        iterations: how many steps of training are behind it.
    """
    from grader.quiet import keras

    model.compile(**keras.saving.deserialize_keras_object({name: config.get(name) for name in COMPILE}))
    if built and model.built:
        model.optimizer.build(model.trainable_variables)
    if iterations is not None:
        model.optimizer.iterations.assign(iterations)


def aliases(model: Any, other: Any) -> list[int]:
    """Return, for each of other.weights, its index in model.weights, or -1."""
    return _places(model.weights, other.weights)


def shared_parts(model: Any, other: Any) -> list[int]:
    """Return, for each of parts(other), its index in parts(model), or -1."""
    return _places(parts(model), parts(other))


def _places(these: list[Any], those: list[Any]) -> list[int]:
    places = {id(one): place for place, one in reversed(list(enumerate(these)))}
    return [places.get(id(one), -1) for one in those]


def joined(model: Any, other: Any, shared: Any) -> Any:
    """Return a model like `model` that holds the layers of `other` itself; they get its weights and trainable flags.

    Args:
        model: as from_data() made it; it must not be used any more.
        other: the model whose layers are to be in it.
        shared: shared_parts() of the two models that were sent; it may have been forged.

    Raises:
        Refused: what is said to be shared is not alike.
    """
    pairs = _pairs(parts(model), parts(other), shared)
    if not pairs:
        return model
    flags, moves = [part.trainable for part in parts(model)], moving(model)
    own_flags = [(mine, theirs.trainable) for theirs, mine in pairs]
    for theirs, mine in pairs:
        mine.set_weights(theirs.get_weights())
    try:
        instead = {id(theirs): mine for theirs, mine in pairs}
        result = instead[id(model)] if id(model) in instead else _with(model, instead)
        for mine, flag in own_flags:
            mine.trainable = flag
        freeze(result, flags, moves)
        if model.compiled:
            optimizer = model.optimizer
            compile_as(result, model.get_compile_config(), optimizer.built, int(np.asarray(optimizer.iterations)))
    except Refused:
        raise
    except Exception as error:  # forged pairs may fit one by one and not together
        raise Refused("The model and the one it was made from do not fit together.") from error
    return result


def _pairs(theirs: list[Any], mine: list[Any], shared: Any) -> list[tuple[Any, Any]]:
    """Return (layer of the model, layer of the other one) that are to be the same, after a look at both."""
    if not isinstance(shared, list) or len(shared) != len(mine):
        raise Refused("What two models share is not described rightly.")
    if not all(isinstance(place, int) and -1 <= place < len(theirs) for place in shared):
        raise Refused("What two models share is not described rightly.")
    pairs = [(theirs[place], own) for place, own in zip(shared, mine, strict=True) if place >= 0]
    if len({id(one) for one, _ in pairs}) != len(pairs):
        raise Refused("What two models share is not described rightly.")
    if not all(_alike(one, own) for one, own in pairs):
        raise Refused("A layer that two models are said to share is not the same in both.")
    return pairs


def _alike(one: Any, other: Any) -> bool:
    """Return whether two layers are the same but for weights and trainable flags."""
    if type(one) is not type(other) or [w.shape for w in one.weights] != [w.shape for w in other.weights]:
        return False
    return bool(_without_flags(one.get_config()) == _without_flags(other.get_config()))


def _without_flags(tree: Any) -> Any:
    """Return a configuration without flags, and without what Keras adds when a layer is built or compiled."""
    if isinstance(tree, dict):
        dropped = ("trainable", "build_config", "compile_config", "build_input_shape")
        return {key: _without_flags(value) for key, value in tree.items() if key not in dropped}
    return [_without_flags(value) for value in tree] if isinstance(tree, list | tuple) else tree


def _with(model: Any, instead: dict[int, Any]) -> Any:
    """Return a model with other layers in some places and its own in the rest."""
    from grader.quiet import keras

    def placed(layer: Any) -> Any:
        if id(layer) in instead:
            return instead[id(layer)]
        inside = any(id(part) in instead for part in parts(layer))
        return _with(layer, instead) if inside else layer

    return keras.models.clone_model(model, clone_function=placed)
