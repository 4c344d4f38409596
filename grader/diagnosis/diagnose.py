"""diagnose(model, x, y): what is wrong with anyone's Keras model."""

from typing import Any

from grader.base.capture import captured_output
from grader.diagnosis.findings import Diagnosis
from grader.diagnosis.outputs import Output, read_outputs
from grader.diagnosis.rules import RULES


def diagnose(model: Any, x: Any = None, y: Any = None) -> Diagnosis:
    """Say what is wrong with a Keras model, from its configuration and, with x, from its behaviour.

    Accuracy and loss are never looked at. What cannot be seen is listed, not guessed.

    Args:
        model: any Keras model; each output of several is looked at on its own.
        x: some inputs, as predict() takes them; with them it is seen whether two predictions agree.
        y: the labels for them, to tell their form.

    Returns:
        The findings, none for a sound model, and what could not be seen.

    Raises:
        TypeError: `model` is no Keras model.
    """
    from grader.base.keras_import import keras

    if not isinstance(model, keras.Model):
        raise TypeError(f"diagnose() takes a Keras model, and this is a {type(model).__name__}.")
    diagnosis = Diagnosis()
    with captured_output():  # Keras warns of what the probing does, not of the model
        every = read_outputs(model, x, y)
    for output in every:
        where = output.name if len(every) > 1 else ""
        diagnosis.findings += filter(None, (rule.finding(output, where) for rule in RULES))
        diagnosis.unseen += [f"{where + ': ' if where else ''}{words}" for words in _unseen(output, model)]
    return diagnosis


def _unseen(output: Output, model: Any) -> list[str]:
    """Return what of an output cannot be seen."""
    words = []
    if not output.steps:
        words.append("the layers, because the model is connected by code (a subclass of keras.Model)")
    elif output.activation in ("unknown", "other"):
        words.append(f"what the last layer, {output.steps[-1].name}, does to a logit")
    if not model.compiled:
        words.append("the loss and the metrics, because the model is not compiled")
    elif output.loss is not None and output.loss.name == "unknown":
        words.append("whether the loss expects logits, because it is none of Keras's")
    return words
