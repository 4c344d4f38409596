"""One thing that may be wrong with an output of a model, as data."""

from collections.abc import Callable
from dataclasses import dataclass

from grader.diagnosis.compiled import BINARY, CATEGORICAL, CROSSENTROPIES
from grader.diagnosis.findings import Finding
from grader.diagnosis.outputs import Output


@dataclass(frozen=True)
class Rule:
    """One thing that may be wrong: the misconception's id, and what is seen of it in an output, "" where nothing is.

    `change` is what to change, where HINTS has other words for the id; a function of the output says "" for those.
    """

    id: str
    sees: Callable[[Output], str]
    change: str | Callable[[Output], str] = ""

    def finding(self, output: Output, where: str = "") -> Finding | None:
        """Return what is wrong with an output, or None; `where` is the output's name in a model of several."""
        seen = self.sees(output)
        if not seen:
            return None
        change = self.change if isinstance(self.change, str) else self.change(output)
        return Finding(self.id, seen, change, where)


def ends_in_probabilities(output: Output) -> bool:
    """Whether a sigmoid or softmax is the last activation."""
    return output.activation in ("sigmoid", "softmax")


def has_crossentropy(output: Output) -> bool:
    """Whether the loss is a cross-entropy of Keras."""
    return output.loss is not None and output.loss.name in CROSSENTROPIES


def is_binary(output: Output) -> bool:
    """Whether the loss asks yes or no of each unit."""
    return output.loss is not None and output.loss.name in BINARY


def is_categorical(output: Output) -> bool:
    """Whether the loss asks which one of several classes it is."""
    return output.loss is not None and output.loss.name in CATEGORICAL


def loss_text(output: Output) -> str:
    """Return the loss for a sentence."""
    return "no loss" if output.loss is None else output.loss.text
