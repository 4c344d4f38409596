"""What is wrong with a metric, beside the scores and labels that it is given."""

from collections.abc import Iterable

from grader.diagnosis.compiled import CROSSENTROPIES, SPARSE, snake
from grader.diagnosis.metrics import ACCURACIES, CUTS, F_SCORES, SWEEPS, Metric
from grader.diagnosis.outputs import Output
from grader.diagnosis.rules.metric_changes import change_of_cut, change_of_metric
from grader.diagnosis.rules.rule import Rule, ends_in_probabilities, has_crossentropy, is_categorical


def _cut(output: Output) -> Iterable[Metric]:
    return (metric for metric in output.metrics if metric.threshold is not None)


def _puts_out_logits(output: Output) -> bool:
    """Whether raw numbers come out of a classifier."""
    return output.activation == "linear" and has_crossentropy(output)


def _cut_at_half(output: Output) -> Metric | None:
    return next((metric for metric in _cut(output) if metric.threshold == 0.5), None)


def _change_of_cut(output: Output) -> str:
    cut = _cut_at_half(output)
    return change_of_cut(cut) if cut is not None else ""


def _cuts_logits_at_half(output: Output) -> str:
    cut = _cut_at_half(output)
    if cut is None or not _puts_out_logits(output):
        return ""
    if output.units == 1:
        return f"the outputs are logits, and {cut.written} cuts them at 0.5, which is a probability of 0.622"
    return f"the outputs are logits, and {cut.written} cuts them at 0.5, which is no border for a logit"


def _cuts_probabilities_at_zero(output: Output) -> str:
    cut = next((metric for metric in _cut(output) if (metric.threshold or 0) <= 0), None)
    if cut is None or not ends_in_probabilities(output):
        return ""
    return f"the outputs are probabilities, and {cut.written} cuts them at 0: every example counts as class 1"


def _misfit(output: Output) -> str:
    """Return how a metric is given what it is not made for, or ""."""
    return next(filter(None, (_why_not(metric, output) for metric in output.metrics)), "")


def _change(output: Output) -> str:
    return next((change_of_metric(metric, output) for metric in output.metrics if _why_not(metric, output)), "")


def _why_not(metric: Metric, output: Output) -> str:
    name, units, integers = metric.name, output.units or 0, output.labels == "integers" and (output.units or 0) > 1
    classifier = has_crossentropy(output) or ends_in_probabilities(output)
    if not classifier:
        return ""
    if metric.takes_classes:
        return f"{name} compares numbers of classes, and it is given scores, which hardly ever equal a label"
    if name in ("CategoricalAccuracy", "TopKCategoricalAccuracy") and integers:
        return f"{name} takes one-hot rows, and it is given integer labels, whose largest entry is the first"
    sparse_names = ("SparseCategoricalAccuracy", "SparseTopKCategoricalAccuracy")
    if name in sparse_names and output.labels == "one-hot" and _rows_are_seen(output):
        return f"{name} takes integer labels, and it is given one-hot rows"
    if (
        name in ("CategoricalAccuracy", "SparseCategoricalAccuracy")
        and units == 1
        and not metric.written.startswith("'")
    ):
        return f"{name} takes the largest of several scores, and there is one: it always answers class 0"
    sparse = output.loss is not None and output.loss.name == SPARSE  # else the labels themselves are told
    if name in (*CUTS, *F_SCORES, "OneHotIoU", "OneHotMeanIoU") and integers and sparse:
        return (
            f"{name} compares the labels with {units} scores one by one, and it is given one integer for each example"
        )
    if name == "BinaryAccuracy" and units > 2 and (output.activation == "softmax" or is_categorical(output)):
        return f"BinaryAccuracy asks each of {units} scores alone, so that every 0 in a one-hot row counts as right"
    if name in F_SCORES and metric.threshold is None and units == 1:
        return f"{name} without a threshold takes the largest score, and there is one: every example counts as class 1"
    if name in SWEEPS and output.activation == "linear" and not metric.from_logits:
        return f"{name} tries thresholds from 0 to 1, and it is given logits, most of which lie outside"
    known = output.activation != "unknown"
    if known and snake(name) in CROSSENTROPIES and metric.from_logits is (output.activation != "linear"):
        return f"the metric {name} has from_logits={metric.from_logits}, and the outputs are of the other kind"
    return ""


def _rows_are_seen(output: Output) -> bool:
    return output.y is not None and output.y.ndim > 1


def counts_right_answers(output: Output) -> bool:
    """Whether a metric is some accuracy."""
    return any(metric.name in ACCURACIES for metric in output.metrics)


COUNTING = [
    Rule("accuracy-cuts-logits-at-half", _cuts_logits_at_half, _change_of_cut),
    Rule("accuracy-cuts-probabilities-at-zero", _cuts_probabilities_at_zero),
    Rule("metric-does-not-fit", _misfit, _change),
]
