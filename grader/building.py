"""Answers that build a Keras model: the learner's function is called, and its model compared with what is asked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from grader.answers import GENERAL, Function
from grader.architecture import Asked, Problem, asked_text, problem_of
from grader.feedback import Verdict
from grader.observe import Observation, observe, quiet, quiet_descriptors
from grader.wording import raised_text, value_text


@dataclass(frozen=True)
class ModelAnswer:
    """An answer that returns a compiled model.

    Attributes:
        name: as the learner must call it.
        section: where the lesson explains it.
        calls: makes the arguments to try, each anew.
        asked: what must come out for given arguments.
        more: further problems of a model that is otherwise right, from (model, arguments).
    """

    name: str
    section: str
    calls: Callable[[], list[tuple[Any, ...]]]
    asked: Callable[..., Asked]
    more: Callable[[Any, tuple[Any, ...]], Problem | None] = lambda model, arguments: None


def check_model(answer: ModelAnswer, function: Function) -> Verdict:
    """Call a learner's function that builds a model and return the verdict on what it built."""
    if not callable(function):
        seen = f"it is {value_text(function)}, not a function."
        return Verdict(answer.name, False, "raises-error", seen, "Define it with `def`.", answer.section)
    name = getattr(function, "__name__", answer.name)
    name = name if name.isidentifier() else answer.name
    with quiet_descriptors(), quiet():
        for arguments in answer.calls():
            found = _try(answer, function, name, arguments)
            if found:
                return Verdict(name, False, *found, answer.section, asked_text(answer.asked(*arguments)))
    return Verdict(name, True)


def _try(answer: ModelAnswer, function: Function, name: str, arguments: tuple[Any, ...]) -> Problem | None:
    seen = observe(function, arguments)
    call = f"{name}({', '.join(value_text(a) for a in arguments)})"
    if problem := _no_model(answer.name, call, seen):
        return problem
    model = seen.returned
    problem = problem_of(model, answer.asked(*arguments)) or answer.more(model, seen.arguments or arguments)
    if problem is None:
        return None
    id_, words, hint = problem
    return id_, f"{call}: {words}.", hint


def _no_model(own_name: str, call: str, seen: Observation) -> Problem | None:
    """Return what came instead of a model."""
    from grader.quiet import keras

    raised = seen.raised
    if raised and raised.type == "NotImplementedError" and raised.function in ("", own_name):
        return "not-attempted", "it is not written yet.", GENERAL["not-attempted"]
    if raised:
        return "raises-error", f"{call} stopped with {raised_text(raised)}", GENERAL["raises-error"]
    if seen.returned is None:
        return (
            "returns-nothing",
            f"{call} returned nothing (None).",
            "Build the model, then hand it back with `return`.",
        )
    if not isinstance(seen.returned, keras.Model):
        return "unrecognised", f"{call} returned {value_text(seen.returned)}.", "Asked is a Keras model."
    return None
