"""Names that were given to compile() and that Keras does not know."""

import difflib

from grader.diagnosis.outputs import Output
from grader.diagnosis.rules.rule import Rule

LOSSES = (
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "sparse_categorical_crossentropy",
    *("mean_squared_error", "mean_absolute_error", "mse", "mae", "huber", "log_cosh", "poisson"),
    *("kl_divergence", "hinge", "squared_hinge", "categorical_hinge", "cosine_similarity"),
)
METRICS = (
    *("accuracy", "binary_accuracy", "categorical_accuracy", "sparse_categorical_accuracy"),
    *("AUC", "Precision", "Recall", "F1Score", "MeanIoU", "mse", "mae", "mean_squared_error", "mean_absolute_error"),
    *("top_k_categorical_accuracy", "sparse_top_k_categorical_accuracy", "RootMeanSquaredError"),
)


def _missing_loss(output: Output) -> str:
    missing = output.loss.missing if output.loss is not None else ""
    return f"the loss is '{missing[:60]}', and Keras has no loss of that name" if missing else ""


def _missing_metric(output: Output) -> str:
    missing = _first_unknown(output)
    return f"a metric is '{missing[:60]}', and Keras has no metric of that name" if missing else ""


def _first_unknown(output: Output) -> str:
    return next((metric.written for metric in output.metrics if not metric.known), "")


def _nearest(name: str, names: tuple[str, ...]) -> str:
    """Return in a sentence which name is meant, "" where none is near."""
    plain = {known.lower().replace("_", ""): known for known in names}
    near = difflib.get_close_matches(name.lower().replace("_", "").replace(" ", ""), plain, 1, 0.75)
    return f"Write '{plain[near[0]]}'." if near else ""


NAMES = [
    Rule("no-such-loss", _missing_loss, lambda o: _nearest(o.loss.missing if o.loss else "", LOSSES)),
    Rule("no-such-metric", _missing_metric, lambda o: _nearest(_first_unknown(o), METRICS)),
]
