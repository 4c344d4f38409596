"""Answers that build a Keras model: the learner's function is called, and its model compared with what is asked."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from grader.answers.asked import Asked, as_taken, asked_text, wrong_layout, wrong_when_tried
from grader.answers.check import Check
from grader.answers.errors import error_hint
from grader.answers.observe import Limited, Observation, Raised, observe
from grader.answers.personal import generator, is_personal
from grader.answers.table import Function
from grader.answers.trained import not_trained
from grader.answers.verdict import Verdict
from grader.answers.wording import hidden_call, hidden_text, name_of, stopped_text, value_text
from grader.base.capture import captured_output, silenced_descriptors
from grader.diagnosis.findings import Finding
from grader.diagnosis.own_code import find_own_code

Arguments = tuple[Any, ...]


def _no_draws(rng: np.random.Generator) -> list[Arguments]:
    return []


@dataclass(frozen=True)
class ModelAnswer:
    """An answer that returns a compiled model.

    Attributes:
        name: as the learner must call it.
        section: where the lesson explains it.
        calls: makes the arguments to try, each anew.
        asked: what must come out for given arguments.
        inputs: makes (N, ...) inputs that the model must take, from the arguments.
        labels: (N,) integer labels for these, from the arguments, where the model must have been trained on them.
        more: further problems of a model that is otherwise right, from (model, arguments).
        draws: draws secret arguments from a random generator, where every student has inputs of their own.
        fits: whether a model that was built for secret arguments is one for these; visible ones leave that open.
    """

    name: str
    section: str
    calls: Callable[[], list[Arguments]]
    asked: Callable[..., Asked]
    inputs: Callable[..., np.ndarray]
    labels: Callable[..., np.ndarray | None] = lambda *arguments: None
    more: Callable[[Any, Arguments], Finding | None] = lambda model, arguments: None
    draws: Callable[[np.random.Generator], list[Arguments]] = _no_draws
    fits: Callable[[Any, Arguments], bool] = lambda model, arguments: True


def judge_model(answer: ModelAnswer, function: Function, seed: int | None = None) -> Verdict:
    """Call a learner's function that builds a model and return the verdict on what it built.

    Args:
        answer: the table of the answer.
        function: what the learner wrote.
        seed: when given, and the student has a number, secret arguments that are drawn from both are added.
    """
    name, function = name_of(function, answer.name), Limited(function)
    with silenced_descriptors(1, 2), captured_output():
        for number, arguments in enumerate(answer.calls()):
            if found := _try(answer, function, name, arguments, train=not number):
                more = asked_text(answer.asked(*arguments))
                return Verdict(name, False, found.id, found.seen, found.change, answer.section, more)
        found = _try_secretly(answer, function, name, seed)
    return Verdict(name, False, found.id, found.seen, found.change, answer.section) if found else Verdict(name, True)


def passes_secret_calls(answer: ModelAnswer, function: Function, seed: int) -> bool:
    """Return whether a function builds the right models for secret arguments, where a student has any."""
    function = Limited(function)
    with silenced_descriptors(1, 2), captured_output():
        return _try_secretly(answer, function, "", seed) is None


def _secret_calls(answer: ModelAnswer, seed: int | None) -> Iterable[Arguments]:
    return answer.draws(generator(seed)) if seed is not None and is_personal() else []


def _try(answer: ModelAnswer, function: Function, name: str, arguments: Arguments, train: bool) -> Finding | None:
    before, seen = _weights_given(arguments), observe(function, arguments)
    call = f"{name}({', '.join(value_text(a) for a in arguments)})"
    if found := _no_model(answer.name, call, seen):
        return found
    found = _wrong(answer, seen, arguments, before, train)
    return replace(found, seen=f"{call}: {found.seen}.") if found else None


def _try_secretly(answer: ModelAnswer, function: Function, name: str, seed: int | None) -> Finding | None:
    """Return what is wrong for the student's own arguments, in words that do not tell them."""
    for arguments in _secret_calls(answer, seed):
        before, seen = _weights_given(arguments), observe(function, arguments)
        call = hidden_call(name)
        if found := _no_model(answer.name, call, seen):
            return replace(found, seen=f"{call} {hidden_text(seen)}")
        found = _wrong(answer, seen, arguments, before)
        if found is None and not answer.fits(seen.returned, arguments):
            found = Finding("wrong-architecture", "")
        if found:
            return replace(found, seen=f"{name} passes the visible check and fails on other numbers.")
    return None


def _wrong(
    answer: ModelAnswer, seen: Observation, arguments: Arguments, before: list[bytes], train: bool = True
) -> Finding | None:
    model, asked = seen.returned, answer.asked(*arguments)
    inputs, labels = answer.inputs(*arguments), answer.labels(*arguments)
    return (
        wrong_layout(model, asked, inputs)
        or _another(model, before)
        or answer.more(model, seen.arguments or arguments)
        or wrong_when_tried(model, asked, inputs, labels, train)
        or (None if labels is None else not_trained(model, as_taken(model, inputs), labels))
    )


def _weights_given(arguments: Arguments) -> list[bytes]:
    """Return the numbers of all weights of the models among the arguments, before a learner's function gets them."""
    given = [value for value in arguments if hasattr(value, "get_weights")]
    return [np.asarray(v).tobytes() for v in {id(v): v for m in given for v in m.weights}.values()]


def _another(model: Any, before: list[bytes]) -> Finding | None:
    """Return that the weights of a model that was given are not in the one that came back."""
    missing = Counter(before) - Counter(array.tobytes() for array in model.get_weights())
    if not missing:
        return None
    seen = f"{missing.total()} of the {len(before)} weight arrays that were given are not in the model that came back"
    return Finding("another-model", seen)


def _not_judged(call: str, raised: Raised) -> Finding:
    """Return the finding of a model that holds code of its own: as grading, where nobody runs it, so the check."""
    change = (
        "Build the model from Keras's own layers, losses and metrics: code of your own in it is not run "
        "when it is graded."
    )
    return Finding("raises-error", stopped_text(call, raised), change)


def takes_features(model: Any, features: int) -> bool:
    """Return whether a model takes (N, features), as far as it is built."""
    shape = getattr(model, "input_shape", None)
    return not isinstance(shape, tuple) or shape[1:] == (features,)


def _no_model(own_name: str, call: str, seen: Observation) -> Finding | None:
    """Return what came instead of a model."""
    from grader.base.keras_import import keras

    raised = seen.raised
    if raised and raised.type == "NotImplementedError" and raised.function in ("", own_name):
        return Finding("not-attempted", "it is not written yet.")
    if raised and raised.type == "CannotBeJudged":
        return _not_judged(call, raised)
    if raised and seen.endless:
        return Finding("does-not-end", stopped_text(call, raised))
    if raised:
        return Finding("raises-error", stopped_text(call, raised), error_hint(raised))
    if seen.returned is None:
        change = "Build the model, then hand it back with `return`."
        return Finding("returns-nothing", f"{call} returned nothing (None).", change)
    if not isinstance(seen.returned, keras.Model):
        change = "The exercise asks for a Keras model."
        return Finding("another-type", f"{call} returned {value_text(seen.returned)}.", change)
    reason = find_own_code(seen.returned)
    return _not_judged(call, Raised("CannotBeJudged", reason)) if reason else None


class ModelCheck(Check):
    """The check of an answer that builds a model."""

    table: ModelAnswer

    def verdict_on(self, function: Function, seed: int | None) -> Verdict:
        """Return the verdict on the model that the learner's function builds."""
        return judge_model(self.table, function, seed)

    def passes_secretly(self, function: Function, seed: int) -> bool:
        """Return whether the models for the student's own arguments are right."""
        return passes_secret_calls(self.table, function, seed)
