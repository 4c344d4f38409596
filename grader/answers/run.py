"""One probe of an answer: what the answer did there, what is right, and whether these agree."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from grader.answers.observe import Observation, observe, observe_all
from grader.answers.table import Answer, Function, Probe

FAILURE, NUMBERS = 1, 2  # how two functions are alike


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

    def alike(self, wrong: Function, any_shape: bool = False) -> int:
        """Return whether a wrong function does here what the answer did.

        Returns:
            NUMBERS where both give the same, FAILURE where both fail and nothing more can be said, else 0.
        """
        items = len(self.right.values or ())
        with np.errstate(over="warn", divide="warn", invalid="warn"):  # whatever the learner has set
            other = observe(wrong, self.probe.arguments, items, self.probe.keywords)
        if self.probe.optional and (self.seen.raised or other.raised):
            return FAILURE
        if self.broke or _broke(other, self.probe):
            same = _close(self.seen, other, self.probe, any_shape=True)
            return (NUMBERS if same else FAILURE) if self.broke and _broke(other, self.probe) else 0
        if self.seen.raised or other.raised:
            return FAILURE if self.seen.raised and other.raised else 0
        return NUMBERS if _close(self.seen, other, self.probe, any_shape or self.probe.any_shape) else 0

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
    return bool(np.allclose(a, b, rtol=probe.rtol, atol=probe.atol, equal_nan=True))
