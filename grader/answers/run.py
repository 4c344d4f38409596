"""One probe of an answer: what the answer did there, what is right, and whether these agree."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np

from grader.answers.observe import Observation, Raised, as_arrays, observe, observe_all
from grader.answers.table import Answer, Function, Probe


class Likeness(IntEnum):
    """How far two functions do the same on a probe: not, both fail, the same numbers, and those in the same shape."""

    NONE = 0
    FAILURE = 1
    NUMBERS = 2
    ALL = 3


@dataclass(frozen=True)
class Run:
    """One probe, what the answer did there, and what is right."""

    probe: Probe
    seen: Observation
    right: Observation
    known: dict[Function, Likeness] = field(default_factory=dict, compare=False, repr=False)

    @property
    def broke(self) -> bool:
        """Whether the numbers ran out of range."""
        return _broke(self.seen, self.probe)

    @property
    def agrees(self) -> bool:
        """Whether the result is the oracle's."""
        if self.probe.optional and self.seen.raised:
            return True
        return not self.broke and _close(self.seen, self.right, self.probe, self.probe.any_shape)

    @property
    def passes(self) -> bool:
        """Whether the result is the oracle's and the arguments are as they were."""
        return self.agrees and not self.seen.changed

    @property
    def agrees_but_for_shape(self) -> bool:
        """Whether the numbers are the oracle's, whatever their shape."""
        return _close(self.seen, self.right, self.probe, any_shape=True)

    @property
    def has_its_shape(self) -> bool:
        """Whether the result has the oracle's shape."""
        mine, right = self.seen.values or (), self.right.values or ()
        return [value.shape for value in mine] == [value.shape for value in right]

    @property
    def size(self) -> int:
        """How many numbers the largest argument holds."""
        return max((np.asarray(argument).size for argument in self.probe.arguments), default=0)

    def alike(self, wrong: Function) -> Likeness:
        """Return how far a wrong function does here what the answer did; each is asked once."""
        if wrong not in self.known:
            self.known[wrong] = self._alike(wrong)
        return self.known[wrong]

    def _alike(self, wrong: Function) -> Likeness:
        other = _result(wrong, self.probe, len(self.right.values or ()))
        if self.probe.optional and (self.seen.raised or other.raised):
            return Likeness.FAILURE
        mine, its = _failure(self.seen, self.probe), _failure(other, self.probe)
        if mine != its:
            return Likeness.NONE
        if not _close(self.seen, other, self.probe, any_shape=True):
            return Likeness.FAILURE if mine else Likeness.NONE
        same = self.probe.any_shape or _close(self.seen, other, self.probe)
        return Likeness.ALL if same else Likeness.NUMBERS

    def repeats(self, function: Function) -> bool:
        """Return whether the answer gives the same once more."""
        again = observe(function, self.probe.arguments, len(self.right.values or ()), self.probe.keywords)
        return not (self.seen.values and again.values) or _close(self.seen, again, self.probe)


def runs_of(answer: Answer, function: Function, probes: Iterable[Probe]) -> list[Run]:
    """Return what a function does on each probe, beside what the oracle does."""
    probes = list(probes)
    calls = [(probe.arguments, probe.keywords) for probe in probes]
    seen, right = (observe_all(each, calls, answer.items) for each in (function, answer.oracle))
    return [Run(*run) for run in zip(probes, seen, right, strict=True)]


def telling(runs: Iterable[Run]) -> Run:
    """Return the failing run that is easiest to read: not secret, not extreme, short."""
    failing = [run for run in runs if not run.agrees]
    return min(failing, key=lambda run: (run.probe.secret, run.probe.extreme, run.size))


def _result(wrong: Function, probe: Probe, items: int) -> Observation:
    """Return what one of our own wrong functions gives; only where warnings count it is watched for them."""
    if probe.warning_free:
        with np.errstate(over="warn", divide="warn", invalid="warn"):  # whatever the learner has set
            return observe(wrong, probe.arguments, items, probe.keywords)
    try:
        with np.errstate(all="ignore"):
            return Observation(as_arrays(wrong(*probe.arguments, **probe.keywords), items))
    except Exception as error:
        return Observation(None, raised=Raised(type(error).__name__, ""))


def _failure(seen: Observation, probe: Probe) -> str:
    """Return how a call failed: "range" where the numbers ran out, "error" where it stopped, or ""."""
    return "range" if _broke(seen, probe) else "error" if seen.raised else ""


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
    with np.errstate(invalid="ignore"):  # np.allclose, in a third of the time
        return bool(np.all((a == b) | (np.abs(a - b) <= probe.atol + probe.rtol * np.abs(b)) | ((a != a) & (b != b))))
