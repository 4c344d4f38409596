"""One probe of an answer: what the answer did there, what is right, and whether these agree."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property

import numpy as np

from grader.answers.observe import Observation, Raised, as_arrays, observe, observe_all
from grader.answers.table import Answer, Both, Function, Probe


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
    harmless: dict[Function, bool] = field(default_factory=dict, compare=False, repr=False)
    given: dict[Function, Observation] = field(default_factory=dict, compare=False, repr=False)

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
            in_vain = isinstance(wrong, Both) and self._is_in_vain(wrong)
            self.known[wrong] = Likeness.NONE if in_vain else self._alike(wrong)
        return self.known[wrong]

    def _is_in_vain(self, both: Both) -> bool:
        """Return whether one of two mistakes does no harm here, and the other alone does not what the answer did.

        This is asked of a single example with ordinary numbers. Of several a mean may be right by chance, and with
        extreme numbers one mistake may do harm only with the other.
        """
        if self.probe.extreme or not self._is_of_one_example:
            return False
        pairs = (both.one, both.other), (both.other, both.one)
        return any(self._does_no_harm(one) and self._speaks_against(other) for one, other in pairs)

    @property
    def _is_of_one_example(self) -> bool:
        first = np.asarray(self.probe.arguments[0])
        return len(first) == 1 if first.ndim else False

    def _speaks_against(self, wrong: Function) -> bool:
        """Return whether a wrong function gives other numbers here; a NaN may be what another mistake leaves out."""
        return self.alike(wrong) == Likeness.NONE and not _failure(self._alone(wrong), self.probe)

    def _alone(self, wrong: Function) -> Observation:
        """Return what one of our own wrong functions gives here, which is asked once."""
        if wrong not in self.given:
            self.given[wrong] = _result(wrong, self.probe, len(self.right.values or ()))
        return self.given[wrong]

    def _does_no_harm(self, wrong: Function) -> bool:
        if wrong not in self.harmless:
            other = self._alone(wrong)
            told = any(
                np.any(value) for value in self.right.values or () if value.dtype.kind != "U"
            )  # 0 times 100 is 0
            self.harmless[wrong] = told and not _failure(other, self.probe) and _close(other, self.right, self.probe)
        return self.harmless[wrong]

    @cached_property
    def _first(self) -> float:
        """The first number of the result; NaN where there is none, or where numbers ran out of range."""
        values = self.seen.values
        whole = values and values[0].size and values[0].dtype.kind != "U" and not self.broke
        return float(values[0].flat[0]) if values and whole else np.nan

    def _differs_at_once(self, other: Observation) -> bool:
        """Return whether the first of the numbers tells the answer from another function: most differ there."""
        if not other.values or not other.values[0].size or other.values[0].dtype.kind == "U":
            return False
        value = float(other.values[0].flat[0])
        return abs(self._first - value) > self.probe.atol + self.probe.rtol * abs(value)  # never where it is NaN

    def _alike(self, wrong: Function) -> Likeness:
        other = self._alone(wrong)
        if self.probe.optional and (self.seen.raised or other.raised):
            return Likeness.FAILURE
        if self._differs_at_once(other):
            return Likeness.NONE
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
