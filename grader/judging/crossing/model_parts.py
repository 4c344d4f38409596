"""What of a rebuilt model is trained, and how it is compiled: as the one that was sent."""

from typing import Any

from grader.diagnosis.layers import all_parts
from grader.diagnosis.own_code import GIVEN
from grader.diagnosis.refusals import Refused


def moving(model: Any) -> list[bool]:
    """Return, for each of model.weights, whether training moves it."""
    trained = {id(weight) for weight in model.trainable_weights}
    return [id(weight) in trained for weight in model.weights]


def freeze(model: Any, trainable: list[bool], moves: list[bool]) -> None:
    """Set what is trained; a model before its layers, because it passes the flag on to them."""
    layers = all_parts(model)
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
    from grader.base.keras_import import keras

    model.compile(**keras.saving.deserialize_keras_object({name: config.get(name) for name in GIVEN}))
    if built and model.built:
        model.optimizer.build(model.trainable_variables)
    if iterations is not None:
        model.optimizer.iterations.assign(iterations)
