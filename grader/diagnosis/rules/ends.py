"""What is wrong with the end of a model: its last activation, beside the loss."""

import math

import numpy as np

from grader.diagnosis.activations import MISPLACED
from grader.diagnosis.compiled import CTC, HINGES, OF_PROBABILITIES, OVERLAPS, REGRESSIONS
from grader.diagnosis.layers import DROPS, Step
from grader.diagnosis.outputs import Output
from grader.diagnosis.rules.counting import counts_right_answers
from grader.diagnosis.rules.labels import are_classes
from grader.diagnosis.rules.rule import (
    Rule,
    ends_in_probabilities,
    has_crossentropy,
    is_binary,
    is_categorical,
    loss_text,
)

HALVES = ("float16", "bfloat16")


def softmaxes_on_one_unit(output: Output) -> list[Step]:
    """Return the steps that are a softmax over one number."""
    return [step for step in output.steps if step.activation == "softmax" and (step.units or output.units) == 1]


def _softmax_on_one_unit(output: Output) -> str:
    alone = softmaxes_on_one_unit(output)
    if alone and alone[-1] is output.end:
        return "the last layer is a softmax over one unit, so every prediction is 1"
    if alone:
        return "a layer inside the model is a softmax over one unit, so all that it puts out is 1"
    return ""


def _sigmoid_twice(output: Output) -> str:
    twice = output.activations[:2] == ["sigmoid", "sigmoid"]
    return "the sigmoid is applied twice, so every output lies between 0.5 and 0.731" if twice else ""


def _softmax_twice(output: Output) -> str:
    if output.activations[:2] != ["softmax", "softmax"]:
        return ""
    largest = f"{math.e / (math.e + output.units - 1):.3f}" if output.units else "e/(e+K-1)"
    return f"the softmax is applied twice, so no output can be larger than {largest}"


def _relu_on_logits(output: Output) -> str:
    if not has_crossentropy(output):
        return ""
    if output.activation == "relu":
        return "the last activation is a ReLU, so no output is ever negative"
    if ends_in_probabilities(output) and output.activations[1:2] == ["relu"]:
        return f"a ReLU stands in front of the {output.activation}, so no logit is ever negative"
    return ""


def _end_of_another_range(output: Output) -> str:
    """Return how the numbers that can come out are none that the loss is made for."""
    loss, (low, high) = output.loss, output.range
    if loss is not None and loss.name == "poisson" and output.activation == "linear":
        seen = "" if output.p is not None and (output.p >= 0).all() else "raw numbers come out, also below 0, and "
        return seen and f"{seen}the loss, poisson, takes their logarithm"
    if loss is None or output.normalized or output.activation in ("linear", "unknown", "relu", "step", MISPLACED):
        return ""
    span = f"{_plain(low)} to {_plain(high)}"
    probable = ends_in_probabilities(output) or (low >= -0.01 and 0.9 <= high <= 1.01)
    if loss.takes_probabilities and not probable and _is_keras(output):
        return f"the last activation gives numbers from {span}, and the loss, {loss.text}, expects probabilities"
    if loss.from_logits and not ends_in_probabilities(output) and (low > -2 or high < 2):
        return f"the last activation gives numbers from {span}, and a logit can be any number"
    if loss.name in HINGES and low > -0.01:
        return f"the last activation gives numbers from {span}, and {loss.name} asks for -1 or less and for 1 or more"
    return ""


def _is_keras(output: Output) -> bool:
    """Whether the last activation is Keras's own; what is a stranger's may be made for what comes before it."""
    function = output.end.function if output.end else None
    return (
        output.end is not None
        and output.end.name != "Lambda"
        and str(getattr(function, "__module__", "")).startswith("keras")
    )


def _plain(number: float) -> str:
    words = {np.inf: "any large number", -np.inf: "any negative number"}
    return words.get(number, f"{round(number, 1) + 0.0:g}")


def _logits_with_probability_loss(output: Output) -> str:
    if output.activation != "linear" or output.loss is None or not output.loss.takes_probabilities:
        return ""
    if output.loss.name in OF_PROBABILITIES + OVERLAPS:
        return ""
    return (
        f"the last layer puts out raw numbers, and the loss is {loss_text(output)}, which expects probabilities"
        + _share_outside(output)
    )


def _logits_with_loss_that_knows_none(output: Output) -> str:
    if output.activation != "linear" or output.loss is None or output.loss.name not in OF_PROBABILITIES + OVERLAPS:
        return ""
    return f"the last layer puts out raw numbers, and the loss is {loss_text(output)}, which expects probabilities"


def _activation_for(output: Output) -> str:
    alone = output.units == 1 or (output.loss is not None and output.loss.name in OVERLAPS and not output.units)
    return f"Give the last layer activation='{'sigmoid' if alone else 'softmax'}'."


def _share_outside(output: Output) -> str:
    if not is_binary(output):
        return ""
    words = ": outside 0 to 1 its gradient is 0"
    if output.p is None or not output.p.size:
        return words
    return f"{words}, and {np.mean((output.p < 0) | (output.p > 1)):.0%} of the outputs seen lie there"


def _probabilities_with_logits_loss(output: Output) -> str:
    if not (ends_in_probabilities(output) and output.loss and output.loss.from_logits):
        return ""
    if output.loss.name == CTC:
        return f"the model ends in {output.activation}, and the loss, ctc, takes logits and applies a softmax itself"
    if not has_crossentropy(output):
        return ""
    if output.unwinds:
        harm = (
            "Keras unwinds this activation: it looks back for the logits in front of it, and only warns. So training "
            "goes as if the activation were not there; loss(y, model.predict(x)) does not"
        )
    else:
        harm = "Keras cannot unwind it here: the activation is applied twice in the loss, and training suffers"
    return f"the model ends in {output.activation}, and the loss is {loss_text(output)}. {harm}"


def _change_for_ctc(output: Output) -> str:
    ctc = output.loss is not None and output.loss.name == CTC
    return "Take the activation away from the end of the model: ctc has no from_logits." if ctc else ""


def _regression_loss(output: Output) -> str:
    loss = output.loss
    if loss is None or loss.name not in REGRESSIONS:
        return ""
    if output.activation == "softmax":
        # where nothing but a distance is measured, the rows may be shares and no classes
        judged = are_classes(output.y) if output.y is not None else not output.metrics or counts_right_answers(output)
    else:
        told = ends_in_probabilities(output) if output.y is None else are_classes(output.y)
        judged = counts_right_answers(output) and told
    return f"the loss is {loss_text(output)}, and the model is judged as a classifier" if judged else ""


def _sigmoid_with_categorical_loss(output: Output) -> str:
    if output.activation != "sigmoid" or not is_categorical(output) or output.units == 1:
        return ""
    return (
        f"{output.units or 'several'} sigmoids with {loss_text(output)}: sigmoids answer separate yes-or-no questions "
        "and do not sum to 1"
    )


def _softmax_with_binary_loss(output: Output) -> str:
    if output.activation != "softmax" or output.units == 1 or not is_binary(output):
        return ""
    return f"a softmax over {output.units or 'several'} units with {loss_text(output)}, which asks each unit alone"


def _softmax_over_wrong_axis(output: Output) -> str:
    axis = output.loss.settings.get("axis", -1) if output.loss else -1
    if output.activation != MISPLACED or axis not in (-1, None):
        return ""
    return "the last softmax runs over another axis than the last one, so the scores of one example do not sum to 1"


def _dropout_behind_the_end(output: Output) -> str:
    drops = next((step for step in output.behind if step.name in DROPS and step.layer.rate), None)
    if drops is None or not has_crossentropy(output):
        return ""
    what = "probabilities" if ends_in_probabilities(output) else "scores"
    return (
        f"a Dropout layer stands behind the last layer with weights: in training it sets {drops.layer.rate:.0%} of the "
        f"{what} to 0, also that of the right class"
    )


def _labels_smoothed_away(output: Output) -> str:
    smoothing = output.loss.settings.get("label_smoothing") if output.loss is not None else None
    if not isinstance(smoothing, int | float) or smoothing < 1:
        return ""
    return f"label_smoothing is {smoothing:g}, which gives every class the same share, whatever the label"


def _normalization_behind_the_end(output: Output) -> str:
    if not (output.normalized and ends_in_probabilities(output) and has_crossentropy(output)):
        return ""
    return (
        f"a {output.normalized} layer stands behind the {output.activation}: it shifts and stretches the "
        "probabilities, so that what comes out leaves 0 to 1"
    )


def _half_precision_end(output: Output) -> str:
    end = output.end
    if end is None or not ends_in_probabilities(output) or not has_crossentropy(output):
        return ""
    dtype = getattr(end.layer, "compute_dtype", "float32")
    if dtype not in HALVES or output.unwinds:
        return ""
    steps = "0.0005" if dtype == "float16" else "0.004"
    return (
        f"the last activation is computed in {dtype}, whose numbers just below 1 are {steps} apart, and the loss takes "
        "the logarithm of them"
    )


ENDS = [
    Rule("softmax-on-one-unit", _softmax_on_one_unit),
    Rule("sigmoid-twice", _sigmoid_twice),
    Rule("softmax-twice", _softmax_twice),
    Rule("relu-on-logits", _relu_on_logits),
    Rule("end-of-another-range", _end_of_another_range),
    Rule("softmax-over-wrong-axis", _softmax_over_wrong_axis),
    Rule("logits-with-probability-loss", _logits_with_probability_loss),
    Rule("logits-with-probability-loss", _logits_with_loss_that_knows_none, _activation_for),
    Rule("probabilities-with-logits-loss", _probabilities_with_logits_loss, _change_for_ctc),
]
ENDS_AND_LOSSES = [
    Rule("regression-loss", _regression_loss),
    Rule("sigmoid-with-categorical-loss", _sigmoid_with_categorical_loss),
    Rule("softmax-with-binary-loss", _softmax_with_binary_loss),
    Rule("dropout-behind-the-end", _dropout_behind_the_end),
    Rule("labels-do-not-count", _labels_smoothed_away),
    Rule("normalization-behind-the-end", _normalization_behind_the_end),
    Rule("half-precision-end", _half_precision_end),
]
