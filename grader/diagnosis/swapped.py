"""Labels, or losses, that stand in another order than the outputs of a model."""

import itertools
from dataclasses import dataclass, replace
from typing import Any

from grader.diagnosis.outputs import Output
from grader.diagnosis.rules.ends import ENDS, ENDS_AND_LOSSES
from grader.diagnosis.rules.labels import LABELS

MOST = 4  # outputs, whose orders are tried
CHECKED = [*ENDS, *LABELS, *ENDS_AND_LOSSES]


@dataclass(frozen=True)
class Order:
    """The one order in which nothing speaks against the labels, or the losses, of several outputs.

    Attributes:
        outputs: with each of them what belongs to it.
        change: what to do, in sentences.
        code: the change of `y`, "" where the losses are in another order.
    """

    outputs: list[Output]
    change: str
    code: str = ""


def other_order(outputs: list[Output], y: Any) -> Order | None:
    """Return the order that fits, None where the given one fits, or none, or more than one.

    Args:
        outputs: with labels and losses as they were given.
        y: the structure of the labels: a list, or a dict by the names of the outputs.
    """
    if not 1 < len(outputs) <= MOST or any(output.y is None or output.loss is None for output in outputs):
        return None
    if not isinstance(y, list | dict) or _fits(outputs):
        return None
    found = [order for order in itertools.permutations(range(len(outputs))) if order != tuple(range(len(outputs)))]
    labels = [(o, some) for o in found if _fits(some := _moved(outputs, o, "y"))]
    losses = [(o, some) for o in found if _fits(some := _moved(outputs, o, "loss"))]
    if len(labels) + len(losses) != 1:
        return None
    if losses:
        kept = ", ".join(f"{output.name}: {output.loss.name}" for output in losses[0][1] if output.loss is not None)
        return Order(losses[0][1], f"The losses stand in another order than the outputs. What fits is {kept}.")
    order, some = labels[0]
    keys = list(range(len(outputs))) if isinstance(y, list) else [output.name for output in outputs]
    if isinstance(y, dict):
        code = "y = {" + ", ".join(f"{keys[to]!r}: y[{keys[of]!r}]" for to, of in enumerate(order)) + "}"
    else:
        code = "y = [" + ", ".join(f"y[{of}]" for of in order) + "]"
    return Order(some, f"The labels stand in another order than the outputs. Write {code}.", code)


def _moved(outputs: list[Output], order: tuple[int, ...], what: str) -> list[Output]:
    return [replace(output, **{what: getattr(outputs[of], what)}) for output, of in zip(outputs, order, strict=True)]


def _fits(outputs: list[Output]) -> bool:
    return not any(rule.sees(output) for output in outputs for rule in CHECKED)
