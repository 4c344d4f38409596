"""What a Keras model was compiled with: losses and metrics, whether given as string, function or object."""

import functools
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

CROSSENTROPIES = ("binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy")
REGRESSIONS = ("mean_squared_error", "mean_absolute_error", "huber", "log_cosh", "mean_absolute_percentage_error")
CUT_METRICS = ("BinaryAccuracy", "Precision", "Recall")
ACCURACIES = ("BinaryAccuracy", "CategoricalAccuracy", "SparseCategoricalAccuracy", "Accuracy")


@dataclass(frozen=True)
class Loss:
    """A compiled loss: its name in snake case, or `unknown`; from_logits is None where it has no meaning."""

    name: str
    from_logits: bool | None = None


@dataclass(frozen=True)
class Metric:
    """A compiled metric: its class as Keras resolves it, and where it cuts scores into classes."""

    name: str
    threshold: float | None = None
    written: str = ""


def loss_of(given: Any) -> Loss | None:
    """Return a loss as it was given to compile(); None when there is none."""
    from grader.base.keras_import import keras

    if given is None:
        return None
    resolved = keras.losses.get(given) if isinstance(given, str | dict) else given
    if isinstance(resolved, functools.partial):
        return Loss(_name(resolved.func), bool(resolved.keywords.get("from_logits", False)))
    if isinstance(resolved, keras.losses.Loss):
        config = resolved.get_config() if type(resolved).__module__.startswith("keras.") else {}
        name = _snake(type(resolved).__name__) if config else "unknown"
        return Loss(name, config.get("from_logits")) if config else _by_numbers(resolved)
    name = _name(resolved)
    if (getattr(resolved, "__module__", None) or "").startswith("keras."):
        return Loss(name, False if name in CROSSENTROPIES else None)
    return _by_numbers(resolved)


def _by_numbers(function: Any) -> Loss:
    """Return which of Keras's losses gives the same numbers, on scores that only a loss of logits takes apart."""
    from grader.base.keras_import import keras

    several = np.array([[2.0, -1.0, 0.3], [-0.5, 0.7, 3.0]], dtype="float32")
    tries = {
        "binary_crossentropy": (np.array([[1.0], [0.0]], "float32"), np.array([[0.3], [0.8]], "float32")),
        "categorical_crossentropy": (np.eye(3, dtype="float32")[[0, 2]], several),
        "sparse_categorical_crossentropy": (np.array([0, 2]), several),
        "mean_squared_error": (np.array([[1.0], [0.0]], "float32"), np.array([[0.3], [0.8]], "float32")),
    }
    for name, (y, scores) in tries.items():
        known = getattr(keras.losses, name)
        for settings in ({"from_logits": True}, {"from_logits": False}) if name in CROSSENTROPIES else ({},):
            try:
                same = np.allclose(_mean(function(y, scores)), _mean(known(y, scores, **settings)), rtol=1e-4)
            except Exception:  # a loss of other shapes
                same = False
            if same:
                return Loss(name, settings.get("from_logits"))
    return Loss("unknown")


def _mean(values: Any) -> float:
    return float(np.mean(np.asarray(values)))


def compiled_metrics(model: Any) -> Any:
    """Return the metrics of compile(), strings as strings and the rest as Keras would save it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a lambda cannot be saved safely, and is not going to be
            return model.get_compile_config()["metrics"]
    except (TypeError, OSError):  # a partial or a lambda without its source cannot be saved; it is kept beside
        return model._compile_config.config["metrics"]


def metric_of(given: Any, units: int | None, labels: str) -> Metric:
    """Return a metric as Keras will resolve it.

    Args:
        given: as compiled_metrics() returns it.
        units: the size of the output's last axis.
        labels: `integers`, `one-hot` or "", from the loss or from y.
    """
    if given in ("accuracy", "acc"):
        return _accuracy(units, labels, str(given))
    name, config = _metric_name(given)
    threshold = config.get("threshold", config.get("thresholds", 0.5))
    if isinstance(threshold, list | tuple):
        threshold = threshold[0] if len(threshold) == 1 else None
    cuts = name in CUT_METRICS
    return Metric(name, float(0.5 if threshold is None else threshold) if cuts else None, name)


def _accuracy(units: int | None, labels: str, written: str) -> Metric:
    """Return what Keras makes of the string 'accuracy': by the shapes, not by the loss."""
    if units == 1:
        return Metric("BinaryAccuracy", 0.5, f"'{written}'")
    if labels == "one-hot":
        return Metric("CategoricalAccuracy", None, f"'{written}'")
    return Metric("SparseCategoricalAccuracy", None, f"'{written}'")


def _metric_name(given: Any) -> tuple[str, dict[str, Any]]:
    if isinstance(given, str):
        return _camel(given), {}
    if isinstance(given, dict):
        config = given.get("config")
        if isinstance(config, dict):
            return str(given.get("class_name")), config
        return _camel(str(config)), {}
    if hasattr(given, "get_config"):
        return type(given).__name__, given.get_config()
    return _camel(_name(given)), {}


def _name(function: Any) -> str:
    return str(getattr(function, "__name__", type(function).__name__))


def _snake(name: str) -> str:
    return "".join("_" + c.lower() if c.isupper() and i else c.lower() for i, c in enumerate(name))


def _camel(name: str) -> str:
    return name if name[:1].isupper() else "".join(part.capitalize() for part in name.split("_"))
