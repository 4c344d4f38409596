"""What to look at: the words that a mistake has, as they fit what was seen of the answer."""

from typing import Any

import numpy as np

from grader.answers.errors import OWN_ARGUMENTS, error_hint
from grader.answers.explain import Explanation
from grader.answers.observe import names_in
from grader.answers.run import Run
from grader.answers.table import Answer, Function, Probe
from grader.answers.wording import call_text, raised_text, result_text
from grader.base.hints import (
    BESIDE,
    MUST_RETURN_ON_EVERY_WAY,
    OF_ANY_ANSWER,
    OTHER_TYPES,
    PROMISED,
    SHAPES,
    WHERE_COMPUTES_BOTH,
)

OF_THE_INPUT = ("TypeError", "ValueError", "AttributeError", "IndexError", "AxisError")  # may come of its form

KINDS = {
    **dict.fromkeys(("function", "builtin_function_or_method", "method", "ufunc", "type", "partial"), "function"),
    **dict.fromkeys(("map", "filter", "zip", "enumerate", "range_iterator", "list_iterator", "chain"), "iterator"),
    **dict.fromkeys(("dict", "set", "Counter", "defaultdict", "dict_values", "dict_items"), "dict"),
    "generator": "generator",
    "ellipsis": "ellipsis",
}  # of what comes back, by the name of its type


def hint_text(answer: Answer, function: Function, found: Explanation, runs: list[Run]) -> str:
    """Return what to look at for the first mistake that was found in an answer.

    Args:
        answer: the table of the answer.
        function: what the learner wrote.
        found: what is wrong with it.
        runs: what was seen of it.
    """
    id_, run = found.ids[0], found.run
    if id_ == "raises-error" and run.seen.raised:
        hint = error_hint(run.seen.raised)
        return hint if hint == OWN_ARGUMENTS else f"{hint} {promise_text(run, runs)}".strip()
    if id_ == "wrong-shape":
        return _of_the_shape(run)
    if id_ == "returns-nothing" and any(each.seen.values for each in runs):
        return MUST_RETURN_ON_EVERY_WAY
    if id_ == "another-type":
        return OTHER_TYPES.get(KINDS.get(type(run.seen.returned).__name__, ""), answer.hint(id_))
    both = id_ == answer.breaks and "where" in names_in(function)
    return " ".join([answer.hint(id_), *([WHERE_COMPUTES_BOTH] if both else [])])


def _of_the_shape(run: Run) -> str:
    right = run.right.values or ()
    if any(value.dtype.kind == "U" for value in right):
        return SHAPES["words"]
    if isinstance(run.seen.returned, tuple | list) and run.seen.values:
        inside = [value.shape for value in run.seen.values]
        if inside == [(*value.shape, 1) for value in right]:
            return SHAPES["items"]
    return SHAPES["numbers" if all(value.ndim == 0 for value in right) else "arrays"]


def promise_text(run: Run, runs: list[Run]) -> str:
    """Return which form of input, that the exercise promises, stopped an answer; "" where the form is not the cause.

    It is where the answer goes through with another form.
    """
    raised, form = run.seen.raised, _form(run.probe)
    if run.probe.secret or not raised or not form or raised.type not in OF_THE_INPUT:
        return ""
    if all(each.seen.raised for each in runs if _form(each.probe) != form):
        return ""
    arguments: tuple[Any, ...] = run.probe.arguments
    shapes = " and ".join(str(np.shape(each)) for each in arguments if np.ndim(each))
    return PROMISED[form[0]].format(shapes)


def _form(probe: Probe) -> tuple[str, int] | None:
    """Return what a probe gives first: one number, a list or an array, and of how many axes; None for other things."""
    first: Any = probe.arguments[0] if probe.arguments else None
    if _is_array(first):
        return "array", np.ndim(first)
    if isinstance(first, list):
        return "list", np.ndim(first)
    return ("one number", 0) if isinstance(first, int | float | np.number) else None


def _is_array(value: object) -> bool:
    return isinstance(value, np.ndarray)


def beside_text(answer: Answer, name: str, found: Explanation, runs: list[Run]) -> tuple[str, ...]:
    """Return what is wrong beside the mistakes that were named, in sentences."""
    id_ = found.ids[0]
    changes = any(run.seen.changed for run in runs)
    stopped = next((run for run in runs if run.seen.raised and not run.probe.optional), None)
    told = [BESIDE["changes-its-input"]] if changes and id_ != "changes-its-input" else []
    if id_ in ("wrong-shape", "returns-nothing", "changes-its-input"):
        return (*told, *([_stops(name, stopped)] if stopped else []))
    if id_ in OF_ANY_ANSWER:  # the rest follows from it, or is the same thing seen again
        return ()
    if found.complete:  # the mistakes that were named explain everything else
        return tuple(told)
    if any(run.seen.values and not run.has_its_shape for run in runs):
        told.append(BESIDE["wrong-shape"])
    broke = next((run for run in runs if run.broke), None)
    if broke and id_ != answer.breaks:
        told.append(_runs_out(name, broke))
    if stopped:
        told.append(_stops(name, stopped))
    return tuple(told)


def _runs_out(name: str, run: Run) -> str:
    if run.probe.secret or run.seen.raised:
        return BESIDE["out-of-range"]
    warned = f" and warned: {run.seen.warned}" if run.seen.warned else ""
    seen = f"{call_text(name, run.probe)} gave {result_text(run.seen)}{warned}."
    return f"{seen} {BESIDE['out-of-range']}"


def _stops(name: str, run: Run) -> str:
    if run.probe.secret or not run.seen.raised:
        return BESIDE["stops"]
    return f"{call_text(name, run.probe)} stopped with {raised_text(run.seen.raised)}"
