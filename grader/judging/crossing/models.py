"""A Keras model as plain data, and back: its configuration, its weights, and how far it has been trained.

as_data() runs beside the learner's code, so it only helps: it says early what cannot be judged. from_data() runs in
the judge and believes nothing: names and sizes are looked at first, and what Keras allocates is paid for by weights
that have really come.
"""

import json
import warnings
from typing import Any

import numpy as np

from grader.base.predicting import predict_at_once
from grader.diagnosis.allowed import parse_config, refuse_unknown
from grader.diagnosis.budget import bytes_allowed, limit_variables, refuse_huge_outputs
from grader.diagnosis.layers import all_parts
from grader.diagnosis.own_code import find_own_code
from grader.diagnosis.refusals import Refused
from grader.judging.crossing.model_parts import compile_as, freeze, moving

__all__ = ["Refused", "rebuild", "serialise"]

WEIGHT_BYTES = 60_000_000  # what fits into one message
ARRAYS = 3_000
KEYS = {"config", "weights", "moving", "trainable", "iterations", "built"}
KNOWN_TO_TENSORFLOW = {"softmax_v2": "softmax"}  # how tf.nn.softmax calls itself


def serialise(model: Any) -> dict[str, Any]:
    """Return a model as data that the wire carries.

    Raises:
        Refused: it holds code of its own, and the judge would refuse it.
    """
    from grader.base.keras_import import keras

    if not isinstance(model, keras.Model):
        raise Refused(f"This is a {type(model).__name__} and no Keras model.")
    if reason := find_own_code(model):
        raise Refused(reason)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a lambda, which is refused below
            config = _renamed(keras.saving.serialize_keras_object(model))
            text = json.dumps(config)
    except (TypeError, ValueError, OSError, NotImplementedError, RecursionError) as error:
        raise Refused("The model holds code of its own and cannot be judged; use Keras's own parts.") from error
    refuse_unknown(json.loads(text))
    weights = model.get_weights()
    _check_size(weights)
    optimizer = getattr(model, "optimizer", None) if model.compiled else None
    return {
        "config": text,
        "weights": weights,
        "moving": moving(model),
        "trainable": [bool(part.trainable) for part in all_parts(model)],
        "iterations": int(np.asarray(optimizer.iterations)) if optimizer else None,
        "built": bool(optimizer and optimizer.built),
    }


def _renamed(tree: Any) -> Any:
    """Return a configuration with Keras's names for functions that are TensorFlow's."""
    if isinstance(tree, dict):
        if tree.get("class_name") == "function" and tree.get("config") in KNOWN_TO_TENSORFLOW:
            return KNOWN_TO_TENSORFLOW[tree["config"]]
        return {key: _renamed(value) for key, value in tree.items()}
    return [_renamed(value) for value in tree] if isinstance(tree, list | tuple) else tree


def rebuild(data: Any) -> Any:
    """Return the model that as_data() described; compiled if it was.

    It may have been forged in every part. Nothing in it is run.

    Raises:
        Refused: it cannot be judged.
    """
    config, weights = _checked(data)
    compiling = config.pop("compile_config", None)
    try:
        with warnings.catch_warnings(), limit_variables(variable_bytes(weights)):
            warnings.simplefilter("ignore")
            return _built(config, compiling, weights, data)
    except Refused:
        raise
    except Exception as error:  # a forged configuration may trip Keras anywhere
        raise Refused("Keras cannot build a model from this configuration.") from error


def _checked(data: Any) -> tuple[dict[str, Any], list[np.ndarray]]:
    """Return the configuration and the weights when they can be a model's."""
    if not isinstance(data, dict) or set(data) != KEYS:
        raise Refused("This is no description of a model.")
    weights = data["weights"]
    if not isinstance(weights, list) or len(weights) > ARRAYS:
        raise Refused(f"The model has more than {ARRAYS:,} weight arrays, or none that can be read.")
    if not all(isinstance(array, np.ndarray) and array.dtype.kind in "biuf" for array in weights):
        raise Refused("A weight of the model is no array of numbers.")
    _check_size(weights)
    for name in ("moving", "trainable"):
        flags = data[name]
        if not isinstance(flags, list) or not all(isinstance(flag, bool) for flag in flags):
            raise Refused("This is no description of a model.")
    iterations = data["iterations"]
    if not isinstance(data["built"], bool) or isinstance(iterations, bool) or not isinstance(iterations, int | None):
        raise Refused("This is no description of a model.")
    if iterations is not None and not 0 <= iterations < 2**62:
        raise Refused("The model says that it was trained for a number of steps that cannot be.")
    return parse_config(data["config"]), weights


def _check_size(weights: list[np.ndarray]) -> None:
    if sum(array.nbytes for array in weights) > WEIGHT_BYTES:
        raise Refused(f"The model's weights are larger than {WEIGHT_BYTES:,} bytes, the most that is judged.")


def variable_bytes(weights: list[np.ndarray]) -> int:
    """Return how many bytes of variables a model with these weights may make."""
    return bytes_allowed(sum(array.size * max(array.itemsize, 4) for array in weights))


def _built(config: dict[str, Any], compiling: Any, weights: list[np.ndarray], data: dict[str, Any]) -> Any:
    from grader.base.keras_import import keras

    model = keras.saving.deserialize_keras_object(config, safe_mode=True)
    if not isinstance(model, keras.Model):
        raise Refused("This is no description of a model.")
    refuse_huge_outputs(model)
    if [tuple(weight.shape) for weight in model.weights] != [array.shape for array in weights]:
        raise Refused("The model's weights do not fit its layers.")
    model.set_weights(weights)
    freeze(model, data["trainable"], data["moving"])
    if compiling:
        compile_as(model, compiling, data["built"], data["iterations"])
    return predict_at_once(model)
