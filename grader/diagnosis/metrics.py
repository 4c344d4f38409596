"""A metric that a Keras model was compiled with, and what it makes of scores."""

import inspect
from dataclasses import dataclass, field, replace
from typing import Any

from grader.diagnosis.compiled import CROSSENTROPIES, snake

ACCURACIES = ("BinaryAccuracy", "CategoricalAccuracy", "SparseCategoricalAccuracy", "Accuracy")
COUNTS = ("TruePositives", "TrueNegatives", "FalsePositives", "FalseNegatives")
CUTS = ("BinaryAccuracy", "Precision", "Recall", "BinaryIoU", *COUNTS)  # at a half, where nothing is said
F_SCORES = ("F1Score", "FBetaScore")  # take the largest of several scores, where no threshold is said
SWEEPS = ("AUC", "PrecisionAtRecall", "RecallAtPrecision", "SensitivityAtSpecificity", "SpecificityAtSensitivity")
OF_CLASSES = ("Accuracy", "MeanIoU", "IoU")  # compare class numbers; OneHotIoU and OneHotMeanIoU take scores


@dataclass(frozen=True)
class Metric:
    """A compiled metric.

    Attributes:
        name: its class as Keras resolves it.
        threshold: where it cuts scores into classes, None where it does not.
        written: how it was written, for a sentence.
        from_logits: whether it takes logits; None where it has no such setting.
        takes_classes: whether it compares class numbers, so that scores make no sense to it.
        weighted: whether it was given in weighted_metrics.
        settings: its other settings.
        known: whether Keras has a metric of that name.
    """

    name: str
    threshold: float | None = None
    written: str = ""
    from_logits: bool | None = None
    takes_classes: bool = False
    weighted: bool = False
    settings: dict[str, Any] = field(default_factory=dict, compare=False)
    known: bool = True


def metric_of(given: Any, units: int | None, labels: str, weighted: bool = False) -> Metric:
    """Return a metric as Keras will resolve it.

    Args:
        given: as it was given to compile(): string, function, object, class, or a saved configuration.
        units: the size of the output's last axis.
        labels: `integers`, `one-hot` or "", from the loss or from y.
        weighted: whether it was given in weighted_metrics.
    """
    if isinstance(given, str) and given in ("accuracy", "acc"):
        return replace(_accuracy(units, labels, str(given)), weighted=weighted)
    name, config = _named(given)
    threshold = config.get("threshold", config.get("thresholds"))
    if isinstance(threshold, list | tuple):
        threshold = threshold[0] if len(threshold) == 1 else None
    elif threshold is None and name in CUTS:
        threshold = 0.5
    if name not in CUTS + F_SCORES:
        threshold = None
    from_logits = bool(config.get("from_logits")) if snake(name) in CROSSENTROPIES or name in SWEEPS else None
    classes = name == "Accuracy" or (name in OF_CLASSES and bool(config.get("sparse_y_pred", True)))
    cut = None if threshold is None else float(threshold)
    known = not isinstance(given, str) or _is_known(given)
    return Metric(name, cut, name if known else given, from_logits, classes, weighted, config, known)


def _accuracy(units: int | None, labels: str, written: str) -> Metric:
    """Return what Keras makes of the string 'accuracy': by the shapes, not by the loss."""
    if units == 1:
        return Metric("BinaryAccuracy", 0.5, f"'{written}'")
    if labels == "one-hot":
        return Metric("CategoricalAccuracy", None, f"'{written}'")
    return Metric("SparseCategoricalAccuracy", None, f"'{written}'")


def _is_known(given: str) -> bool:
    """Whether Keras finds a metric by this name; "crossentropy" it resolves by the shapes."""
    from grader.base.keras_import import keras

    try:
        return given in ("crossentropy", "ce") or keras.metrics.get(given) is not None
    except ValueError:
        return False


def _named(given: Any) -> tuple[str, dict[str, Any]]:
    """Return a metric's class and settings. Keras's short names are its own: 'mse', 'bce' and so on."""
    from grader.base.keras_import import keras

    if isinstance(given, dict):
        config = given.get("config")
        return (str(given.get("class_name")), config) if isinstance(config, dict) else (_camel(str(config)), {})
    if isinstance(given, str):
        try:
            given = keras.metrics.get(given)
        except ValueError:
            return _camel(given), {}
    if inspect.isclass(given):
        return given.__name__, {}
    if hasattr(given, "get_config"):
        try:
            return type(given).__name__, given.get_config()
        except (NotImplementedError, TypeError):  # a metric of one's own
            return type(given).__name__, {}
    return _camel(str(getattr(given, "__name__", type(given).__name__))), {}


def _camel(name: str) -> str:
    return name if name[:1].isupper() else "".join(part.capitalize() for part in name.split("_"))
