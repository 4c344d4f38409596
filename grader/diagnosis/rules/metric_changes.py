"""What to change where a metric does not fit labels and scores: a sentence for each kind of metric."""

from grader.diagnosis.compiled import CROSSENTROPIES, SPARSE, snake
from grader.diagnosis.metrics import COUNTS, F_SCORES, SWEEPS, Metric
from grader.diagnosis.outputs import Output

ACCURACY = "Use 'accuracy', which takes the largest score of each example."
ONE_SCORE = "Use keras.metrics.BinaryAccuracy(threshold={cut}), which cuts the one score at {cut}."
CLASSES = "Use keras.metrics.MeanIoU(num_classes={units}, sparse_y_pred=False), which finds the largest score itself."
ONE_CLASS = "Use keras.metrics.BinaryIoU(target_class_ids=[0, 1], threshold={cut}), which cuts the one score at {cut}."
ONE_HOT_ROWS = (
    "{name} asks yes or no of each unit. Make one-hot rows of the labels with keras.utils.to_categorical(y) and use "
    "CategoricalCrossentropy, or measure 'accuracy'."
)
SPARSE_LABELS = "Use 'accuracy', or keras.metrics.CategoricalAccuracy(), which takes one-hot rows."
NUMBERS_OF_SEVERAL = "Use keras.metrics.SparseTopKCategoricalAccuracy(k={k}), which takes class numbers."
ROWS_OF_SEVERAL = "Use keras.metrics.TopKCategoricalAccuracy(k={k}), which takes one-hot rows."
F_SCORE = "Use keras.metrics.{name}(threshold=0.5), which cuts the one score at 0.5."
AUC = "Use keras.metrics.AUC(from_logits=True)."
SWEEP = "Give the last layer activation='sigmoid' and the loss from_logits=False: {name} takes no logits."
CROSSENTROPY = "Give the metric from_logits={told}, because the outputs are {kind}."
THRESHOLDS = "Use keras.metrics.{name}(thresholds=0.0): the logit 0 is the probability one half."
NO_ZERO = (
    "Give the last layer activation='sigmoid' and the loss from_logits=False: {name} takes no threshold of 0, which is "
    "one half for a logit."
)


def change_of_metric(metric: Metric, output: Output) -> str:
    """Return what to change in a sentence, for a metric that does not fit; "" where the general words serve."""
    name, units, logits = metric.name, output.units or 0, output.activation == "linear"
    cut = "0.0" if logits else "0.5"
    if metric.takes_classes:
        if units == 1:
            return (ONE_SCORE if name == "Accuracy" else ONE_CLASS).format(cut=cut)
        return ACCURACY if name == "Accuracy" else CLASSES.format(units=units or "K")
    if name in ("CategoricalAccuracy", "SparseCategoricalAccuracy", "BinaryAccuracy"):
        if units == 1:
            return ONE_SCORE.format(cut=cut)
        return SPARSE_LABELS if name.startswith("Sparse") else ACCURACY
    if name.endswith("TopKCategoricalAccuracy"):
        k = metric.settings.get("k", 5)
        return (ROWS_OF_SEVERAL if name.startswith("Sparse") else NUMBERS_OF_SEVERAL).format(k=k)
    if name in SWEEPS and logits:
        return AUC if name == "AUC" else SWEEP.format(name=name)
    if name in F_SCORES and units == 1:
        return F_SCORE.format(name=name)
    if snake(name) in CROSSENTROPIES:
        return CROSSENTROPY.format(told=logits, kind="logits" if logits else "probabilities")
    sparse = output.loss is not None and output.loss.name == SPARSE
    return ONE_HOT_ROWS.format(name=name) if sparse else ""


def change_of_cut(metric: Metric) -> str:
    """Return what to change where a metric cuts logits at one half; "" where the general words serve."""
    if metric.name in F_SCORES:
        return NO_ZERO.format(name=metric.name)
    return THRESHOLDS.format(name=metric.name) if metric.name in ("Precision", "Recall", *COUNTS) else ""
