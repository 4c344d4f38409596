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
    single: dict[Function, tuple[bool, bool]] = field(default_factory=dict, compare=False, repr=False)

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

    def rules_out(self, both: Both) -> bool:
        """Return whether one of two mistakes does no harm here, and the other alone does not what the answer did.

        Where the answer stopped with an error, one of the two must stop alone as well. The rest is asked of a single
        example with ordinary numbers: of several a mean may be right by chance, and with extreme numbers one mistake
        may do harm only with the other.
        """
        if self.stopped:
            return all(self.alike(each) == Likeness.NONE for each in (both.one, both.other))
        harmless, refuted = self._of_one(both.one)
        also_harmless, also_refuted = self._of_one(both.other)
        return (harmless and also_refuted) or (also_harmless and refuted)

    @cached_property
    def stopped(self) -> bool:
        """Whether the answer ended with an error, and not because numbers ran out of range."""
        return self.seen.raised is not None and not self.broke

    @cached_property
    def may_rule_out(self) -> bool:
        """Whether rules_out() may be asked here."""
        shape = np.asarray(next(iter(self.probe.arguments), ())).shape
        return self.stopped or (not self.probe.extreme and shape[:1] == (1,))

    def _of_one(self, wrong: Function) -> tuple[bool, bool]:
        """Return whether one mistake does no harm here, and whether it gives other numbers than the answer.

        Nothing is harmless where the right result is 0, which times 100 is 0; and a NaN may be what another mistake
        leaves out.
        """
        if wrong not in self.single:
            other = self._result(wrong)
            right = [value for value in self.right.values or () if value.dtype.kind != "U"]
            lasting, told = not _failure(other, self.probe), any(value.any() for value in right)
            harmless = told and lasting and _close(other, self.right, self.probe)
            self.single[wrong] = harmless, lasting and self.alike(wrong) == Likeness.NONE
        return self.single[wrong]

    @cached_property
    def _ends(self) -> list[tuple[float, float]]:
        """The first and the last number of each item of the result; none where numbers ran out of range."""
        return [] if self.broke else _ends(self.seen)

    def _differs_at_once(self, other: Observation) -> bool:
        """Return whether the ends of the results tell the answer from another function: most differ there."""
        error, share = self.probe.atol, self.probe.rtol
        return any(  # never where one is NaN
            abs(first - its_first) > error + share * abs(its_first)
            or abs(last - its_last) > error + share * abs(its_last)
            for (first, last), (its_first, its_last) in zip(self._ends, _ends(other), strict=False)
        )

    def _alike(self, wrong: Function) -> Likeness:
        other = self._result(wrong)
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

    def _result(self, wrong: Function) -> Observation:
        """Return what one of our own wrong functions gives; only where warnings count it is watched for them."""
        probe, items = self.probe, len(self.right.values or ())
        if probe.warning_free:
            with np.errstate(over="warn", divide="warn", invalid="warn"):  # whatever the learner has set
                return observe(wrong, probe.arguments, items, probe.keywords)
        try:
            with np.errstate(all="ignore"):
                return Observation(as_arrays(wrong(*probe.arguments, **probe.keywords), items))
        except Exception as error:
            return Observation(None, raised=Raised(type(error).__name__, ""))

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


def _ends(seen: Observation) -> list[tuple[float, float]]:
    values = seen.values or ()
    if not all(value.size and value.dtype.kind == "f" for value in values):
        return []
    return [(value.item(0), value.item(-1)) for value in values]


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
        near = np.abs(a - b) <= probe.atol + probe.rtol * np.abs(b)
        return bool(near.all() or (near | (a == b) | ((a != a) & (b != b))).all())
