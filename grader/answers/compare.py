"""An answer against its oracle: right, or what was seen and which misconception gives the same numbers.

An answer is run on probes. It is right when it agrees with the oracle on all of them. Otherwise each wrong
function of the answer's table is run on the same probes, and the one that does what the answer does names it.
"""

from dataclasses import dataclass

import numpy as np

from grader.answers.observe import Observation, observe, observe_all
from grader.answers.personal import secret_probes
from grader.answers.table import Answer, Function, Probe
from grader.answers.verdict import Verdict
from grader.answers.wording import expected_text, name_of, seen_text
from grader.base.capture import captured_output, silenced_descriptors
from grader.base.hints import OF_ANY_ANSWER

FEWEST = 3  # probes that must be left before a part of them may name a misconception


@dataclass(frozen=True)
class Run:
    """One probe, what the answer did there, and what is right."""

    probe: Probe
    seen: Observation
    right: Observation

    @property
    def broke(self) -> bool:
        """Whether the numbers ran out of range."""
        return _broke(self.seen, self.probe)

    @property
    def agrees(self) -> bool:
        """Whether the result is the oracle's."""
        if self.probe.optional and self.seen.raised:
            return True
        return not self.broke and _close(self.seen, self.right, self.probe)

    @property
    def passes(self) -> bool:
        """Whether the result is the oracle's and the arguments are as they were."""
        return self.agrees and not self.seen.changed

    @property
    def agrees_but_for_shape(self) -> bool:
        """Whether the numbers are the oracle's, whatever their shape."""
        return _close(self.seen, self.right, self.probe, any_shape=True)

    def alike(self, wrong: Function, any_shape: bool = False) -> bool:
        """Return whether a wrong function does here what the answer did."""
        other = _observe(wrong, self.probe, len(self.right.values or ()))
        if self.broke or _broke(other, self.probe):
            return self.broke and _broke(other, self.probe)
        if self.seen.raised or other.raised:
            return self.probe.optional or bool(self.seen.raised and other.raised)
        return _close(self.seen, other, self.probe, any_shape)


def judge_function(answer: Answer, function: Function, seed: int | None = None) -> Verdict:
    """Run a learner's function on the answer's probes and return the verdict.

    Args:
        answer: the table of the answer.
        function: what the learner wrote.
        seed: when given, secret probes that are drawn from it are added.

    """
    name = name_of(function, answer.name)
    more = secret_probes(answer, seed) if seed is not None else []
    with silenced_descriptors(1, 2), captured_output():
        runs = _runs(answer, function, [*answer.probes, *more])
        if all(run.passes for run in runs):
            return Verdict(name, True)
        id_, run = explain(answer, function, runs)
        also = _also(answer, function, id_, runs)
    seen, hint = seen_text(name, id_, run.probe, run.seen), answer.hint(id_)
    return Verdict(name, False, id_, seen, hint, answer.section, expected_text(name, run.probe, run.right), also)


def passes_secret_probes(answer: Answer, function: Function, seed: int) -> bool:
    """Return whether a function is right on the probes that are drawn from a seed."""
    with silenced_descriptors(1, 2), captured_output():
        return all(run.passes for run in _runs(answer, function, secret_probes(answer, seed)))


def explain(answer: Answer, function: Function, runs: list[Run]) -> tuple[str, Run]:
    """Return the id of what is wrong and the run that shows it best."""
    failing = [run for run in runs if not run.passes]
    stopped = [run for run in failing if run.seen.raised]
    if all(_is_stub(run.seen, answer) for run in failing):
        return "not-attempted", failing[0]
    if all(run.seen.returned is None and not run.seen.raised for run in failing):
        return "returns-nothing", failing[0]
    if answer.unsteady and (unsteady := _differs_again(answer, function, failing)):
        return answer.unsteady, unsteady
    if changed := _right_but_in_place(runs):
        return "changes-its-input", changed
    if id_ := _same_numbers(answer, function, runs):
        return id_, _telling(runs)
    if all(run.agrees or run.agrees_but_for_shape for run in runs):
        return "wrong-shape", _telling(runs)
    if id_ := _same_numbers(answer, function, runs, any_shape=True):
        return id_, _telling(runs)
    if stopped and _takes_numbers_alone(runs):
        return "scalar-only", stopped[0]
    if found := _same_numbers_while_they_last(answer, function, runs):
        return found
    return ("raises-error", stopped[0]) if stopped else ("unrecognised", _telling(runs))


def _also(answer: Answer, function: Function, id_: str, runs: list[Run]) -> tuple[str, ...]:
    """Return what is wrong beside the misconception that was named, in words."""
    if id_ in OF_ANY_ANSWER:  # the rest follows from it, or is the same thing seen again
        return ()
    further = [("it changes its argument", any(run.seen.changed for run in runs))]
    if not _same_numbers(answer, function, runs):  # the misconception alone does not explain everything
        further += [
            ("its result has another shape than asked", any(run.seen.values and not _same_shapes(run) for run in runs)),
            ("large numbers leave the range of floats", id_ != answer.breaks and any(run.broke for run in runs)),
            ("it stops on some inputs", any(run.seen.raised and not run.probe.optional for run in runs)),
        ]
    return tuple(words for words, there in further if there)


def _same_shapes(run: Run) -> bool:
    mine, right = run.seen.values or (), run.right.values or ()
    return [value.shape for value in mine] == [value.shape for value in right]


def _runs(answer: Answer, function: Function, probes: list[Probe]) -> list[Run]:
    calls = [(probe.arguments, probe.keywords) for probe in probes]
    seen, right = (observe_all(each, calls, answer.items) for each in (function, answer.oracle))
    return [Run(*run) for run in zip(probes, seen, right, strict=True)]


def _observe(function: Function, probe: Probe, items: int) -> Observation:
    return observe(function, probe.arguments, items, probe.keywords)


def _broke(seen: Observation, probe: Probe) -> bool:
    return seen.broke or (probe.warning_free and bool(seen.warned))


def _close(seen: Observation, other: Observation, probe: Probe, any_shape: bool = False) -> bool:
    if seen.values is None or other.values is None:
        return False
    pairs = list(zip(seen.values, other.values, strict=True))
    if any_shape:
        pairs = [(a.ravel(), b.ravel()) for a, b in pairs]
    return all(a.shape == b.shape for a, b in pairs) and all(_near(a, b, probe) for a, b in pairs)


def _near(a: np.ndarray, b: np.ndarray, probe: Probe) -> bool:
    if a.dtype.kind == "U" or b.dtype.kind == "U":
        return np.array_equal(a, b)
    return bool(np.allclose(a, b, rtol=probe.rtol, atol=probe.atol))


def _is_stub(seen: Observation, answer: Answer) -> bool:
    """Return whether the call ended in the stub's own NotImplementedError, not in that of another answer."""
    raised = seen.raised
    return raised is not None and raised.type == "NotImplementedError" and raised.function in ("", answer.name)


def _differs_again(answer: Answer, function: Function, failing: list[Run]) -> Run | None:
    """Return a run that does not come out the same when it is made again."""
    for run in failing:
        again = _observe(function, run.probe, answer.items)
        if run.seen.values and again.values and not _close(run.seen, again, run.probe):
            return run
    return None


def _right_but_in_place(runs: list[Run]) -> Run | None:
    """Return a run that changed its argument, if every result is right; a plain number cannot be changed and stops."""
    if not all(run.agrees or run.seen.raised for run in runs):
        return None
    return next((run for run in runs if run.agrees and run.seen.changed), None)


def _same_numbers(answer: Answer, function: Function, runs: list[Run], any_shape: bool = False) -> str:
    """Return the id of the wrong function that does on every probe what the answer does, or ""."""
    wrong = answer.wrong_functions(function)
    return next((id_ for id_, other in wrong if all(run.alike(other, any_shape) for run in runs)), "")


def _same_numbers_while_they_last(answer: Answer, function: Function, runs: list[Run]) -> tuple[str, Run] | None:
    """Return what explains an answer that runs out of range, or stops, on some of the probes.

    The others must leave one explanation: with two it would be a guess.
    """
    broken = [run for run in runs if run.broke]
    lasting = [run for run in runs if not (run.broke or run.seen.raised or run.probe.extreme)]
    if len(lasting) < FEWEST:
        return None
    if all(run.agrees for run in lasting):
        return (answer.breaks, broken[0]) if answer.breaks and broken else None
    wrong = answer.wrong_functions(function)
    ids = {id_ for id_, other in wrong if all(run.alike(other, any_shape=True) for run in lasting)}
    return (ids.pop(), _telling(lasting)) if len(ids) == 1 else None


def _takes_numbers_alone(runs: list[Run]) -> bool:
    """Return whether plain numbers get the right result and every array of several stops the code."""
    numbers = [run for run in runs if _largest(run.probe) == 1 and not run.probe.extreme]
    arrays = [run for run in runs if _largest(run.probe) > 1 and not run.probe.optional]
    stops = ("TypeError", "ValueError")
    return (
        all(run.agrees or run.seen.raised for run in numbers)
        and any(run.agrees for run in numbers)
        and all(run.seen.raised and run.seen.raised.type in stops for run in arrays)
    )


def _largest(probe: Probe) -> int:
    return max((np.asarray(argument).size for argument in probe.arguments), default=0)


def _telling(runs: list[Run]) -> Run:
    """Return the failing run that is easiest to read: not secret, not extreme, short."""
    failing = [run for run in runs if not run.agrees]
    return min(failing, key=lambda run: (run.probe.secret, run.probe.extreme, _largest(run.probe)))
