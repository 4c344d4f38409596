"""diagnose(model, x, y): what is wrong with anyone's Keras model."""

from collections.abc import Iterator
from typing import Any

from grader.base.capture import captured_output
from grader.diagnosis.behaviour import Behaviour, untouched
from grader.diagnosis.data import Data, rows_of
from grader.diagnosis.findings import Diagnosis
from grader.diagnosis.outputs import Output, read_outputs
from grader.diagnosis.remarks import remarks_on
from grader.diagnosis.repair import changes
from grader.diagnosis.rules import RULES
from grader.diagnosis.rules.training import find_in_training


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
        except (ValueError, TypeError, IndexError) as error:
            data, trouble = Data(), f"x and y, which cannot be read as arrays ({str(error).splitlines()[0]})"
        outputs, seen = read_outputs(model, data)
        diagnosis = Diagnosis()
        for output in outputs:
            where = output.name if len(outputs) > 1 else ""
            diagnosis.findings += filter(None, (rule.finding(output, where) for rule in RULES))
            diagnosis.unseen += [f"{where + ': ' if where else ''}{words}" for words in _unseen(output, model)]
        diagnosis.findings[:0] = find_in_training(model, data, seen, outputs)
        if diagnosis.findings and model.compiled:
            diagnosis.code = changes(model, data, outputs, diagnosis.findings)
        diagnosis.remarks += remarks_on(model, data, outputs)
        diagnosis.unseen += _not_looked_at(data, seen, trouble, diagnosis)
        return diagnosis


def _no_model(given: Any) -> str:
    name, module = type(given).__name__, type(given).__module__
    if module.startswith(("tf_keras", "transformers")):
        return (
            f"diagnose() takes a model of Keras 3, and this {name} is one of tf_keras, which is Keras 2. Save it "
            "as .h5 and load that file with keras.models.load_model(), or build it again with keras."
        )
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


def _not_looked_at(data: Data, seen: Behaviour, trouble: str, diagnosis: Diagnosis) -> Iterator[str]:
    if trouble:
        yield trouble
    elif data.x is None:
        yield "what comes out of the model, because x was not given"
    elif seen.trouble and "data-do-not-fit-model" not in diagnosis.ids:
        yield f"what comes out of the model, because calling it stops ({seen.trouble})"
    if data.y is None and not trouble:
        yield "the labels, because y was not given"
