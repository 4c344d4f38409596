"""diagnose(model, x, y): what is wrong with anyone's Keras model."""

from collections.abc import Iterator
from dataclasses import replace
from os import PathLike
from typing import Any

from grader.base.capture import captured_output
from grader.base.text import clean, first_line
from grader.diagnosis.behaviour import Behaviour, untouched
from grader.diagnosis.data import Data, rows_of
from grader.diagnosis.findings import Diagnosis, Finding
from grader.diagnosis.outputs import Output, read_outputs
from grader.diagnosis.remarks import remarks_on
from grader.diagnosis.repair import changes
from grader.diagnosis.rules import RULES
from grader.diagnosis.rules.counting import COUNTING
from grader.diagnosis.rules.examples import find_in_examples
from grader.diagnosis.rules.labels import KNOWN
from grader.diagnosis.rules.training import find_in_slope, find_in_training, learning_rate
from grader.diagnosis.slope import Slope, slope_of, takes_long
from grader.diagnosis.swapped import CHECKED, Order, other_order

BESIDE_SLOPE = {rule.id for rule in COUNTING} | {"regression-loss"}  # they stop no training


def diagnose(model: Any, x: Any = None, y: Any = None) -> Diagnosis:
    """Say what is wrong with a Keras model, from its configuration and, with x and y, from its behaviour.

    Nothing of the model changes, and neither accuracy nor loss decides. What cannot be seen is listed, not guessed.

    Args:
        model: any Keras model; each output of several is looked at on its own.
        x: inputs as fit() takes them, or a data set or generator of (x, y) batches; some hundred rows are looked at.
        y: the labels for them.

    Returns:
        The findings, none for a sound model; remarks on what may be meant; what was checked and what was not.

    Raises:
        TypeError: `model` is no Keras model.
    """
    from grader.base.keras_import import keras

    if not isinstance(model, keras.Model):
        raise TypeError(_no_model(model))
    with captured_output(), untouched(model):  # Keras warns of what the probing does, not of the model
        try:
            data = rows_of(x, y, len(getattr(model, "inputs", None) or [0]))
            trouble = ""
        except Exception as error:  # what hands out batches may be a stranger's code
            data, trouble = Data(), f"x and y, which cannot be read as arrays ({first_line(error)})"
        outputs, seen = read_outputs(model, data)
        diagnosis = Diagnosis()
        for output in outputs:
            where = output.name if len(outputs) > 1 else ""
            diagnosis.findings += filter(None, (rule.finding(output, where) for rule in RULES))
            diagnosis.unseen += [f"{where + ': ' if where else ''}{words}" for words in _unseen(output, model)]
        diagnosis.findings[:0] = [*find_in_examples(model, data, seen, outputs), *find_in_training(model, outputs)]
        # what else is wrong may well be why a step leads nowhere
        slope = _slope(model, data, outputs) if set(diagnosis.ids) <= BESIDE_SLOPE else None
        diagnosis.findings += find_in_slope(slope)
        order = other_order(outputs, data.y)
        if order is not None:
            diagnosis.findings = [_by_order(finding, order) for finding in diagnosis.findings]
        if diagnosis.findings and model.compiled:
            diagnosis.code = changes(model, data, outputs, diagnosis.findings, order)
        diagnosis.remarks += remarks_on(model, data, outputs, slope)
        diagnosis.unseen += _not_looked_at(model, data, seen, trouble, diagnosis)
        diagnosis.unseen = [clean(words) for words in diagnosis.unseen]
        diagnosis.remarks = [clean(words) for words in diagnosis.remarks]
        return diagnosis


def _by_order(finding: Finding, order: Order) -> Finding:
    """Return a finding with what to do where labels or losses are in another order than the outputs."""
    explained = finding.id in {rule.id for rule in CHECKED}
    return replace(finding, change=order.change, code="") if explained else finding


def _slope(model: Any, data: Data, outputs: list[Output]) -> Slope | None:
    if not model.compiled or model.optimizer is None:
        return None
    return slope_of(model, data, outputs, learning_rate(model) if type(model.optimizer).__name__ == "SGD" else None)


def _no_model(given: Any) -> str:
    name, origins = type(given).__name__, {kind.__module__.split(".")[0] for kind in type(given).__mro__}
    if origins & {"tf_keras", "transformers"}:
        return (
            f"diagnose() takes a model of Keras 3, and this {name} is one of tf_keras, which is Keras 2. Save it "
            "as .h5 and load that file with keras.models.load_model(), or build it again with keras."
        )
    if "torch" in origins:
        return f"diagnose() takes a Keras model, and this {name} is one of PyTorch. Build the same model with keras."
    if isinstance(given, str | PathLike):
        return "diagnose() takes a Keras model, and this is a name. Load the file by keras.models.load_model() first."
    if isinstance(given, type):
        name = given.__name__
        return f"diagnose() takes a Keras model, and this is the class {name}. Make a model of it first: {name}()."
    return f"diagnose() takes a Keras model, and this is a {name}."


def _unseen(output: Output, model: Any) -> Iterator[str]:
    """Yield what of an output cannot be seen."""
    if not output.steps:
        yield "the layers, because the model is connected by code (a subclass of keras.Model)"
    elif output.activation in ("unknown", "other"):
        yield f"what the last layer, {output.steps[-1].name}, does to a logit"
    if not model.compiled:
        yield "the loss and the metrics, because the model is not compiled"
    elif output.loss is None:
        yield "the loss, because compile() was given none for this output"
    elif output.loss.name == "unknown" and not output.loss.missing:
        yield "whether the loss expects logits, because it is none of Keras's"
    elif output.loss.name not in KNOWN and not output.loss.missing:
        yield f"whether the labels fit the loss {output.loss.name}"


def _not_looked_at(model: Any, data: Data, seen: Behaviour, trouble: str, diagnosis: Diagnosis) -> Iterator[str]:
    if trouble:
        yield trouble
    elif data.x is None and "no-examples" not in diagnosis.ids:
        yield "what comes out of the model, because x was not given"
    elif seen.trouble and "data-do-not-fit-model" not in diagnosis.ids:
        yield f"what comes out of the model, because calling it stops ({seen.trouble})"
    elif model.compiled and takes_long(model, data):
        yield "how the loss changes with the weights, because that takes long in a model of this size"
    if data.y is None and not trouble and "no-examples" not in diagnosis.ids:
        yield "the labels, because y was not given"
