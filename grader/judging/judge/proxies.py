"""The judge's end: names of the learner's process as proxies, and calls that go there and come back as data."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any, NoReturn

from grader.answers.observe import LONGEST, Call, Observation, Raised, Remote, as_arrays
from grader.base.text import clean
from grader.judging.crossing.channel import Broken, Channel
from grader.judging.crossing.models import Refused
from grader.judging.crossing.values import as_part, is_model, pack_arguments, unpack

MOST_NAMES = 300  # in the code of one function
MOST_WORDS = 300  # characters of anything that the learner's process says

FORGED = "The code wrote into the connection that its results come through."


class Gone(Exception):
    """The learner's process does not answer any more; the message says why in one sentence."""


@dataclass(frozen=True)
class TimeLimits:
    """How long the learner's process may take, and how often it may end itself.

    Attributes:
        one: seconds of wall time for one cell or call.
        all: seconds of wall time for the whole submission.
        starts: how many processes it is given.
    """

    one: float = 90.0
    all: float = 600.0
    starts: int = 5


class LearnerProxy:
    """The learner's process, seen from the judge."""

    def __init__(self, start: Callable[[], Channel], limits: TimeLimits) -> None:
        """Start the process.

        Args:
            start: starts one and returns the channel to it; the one before is ended.
            limits: how long it may take.
        """
        self._start, self.limits = start, limits
        self.deadline = time.monotonic() + limits.all
        self.channel, self.gone, self.starts = start(), "", 1

    def again(self, sources: list[str]) -> bool:
        """Start a new process in place of one that is gone, run these cells in it, return whether it went well."""
        if self.starts >= self.limits.starts or time.monotonic() > self.deadline:
            return False
        why, self.gone = self.gone, ""
        self.channel, self.starts = self._start(), self.starts + 1
        try:
            for source in sources:
                self.run(source)
        except Gone:
            self.gone = why
        return not self.gone

    def ask(self, request: str, **about: Any) -> dict[str, Any]:
        """Send a request and return the answer.

        Raises:
            Gone: there is none, or one that nobody asked for.
        """
        if self.gone:
            raise Gone(self.gone)
        left = self.deadline - time.monotonic()
        if left <= 0:
            self._lost(f"The submission took more than {self.limits.all:.0f} seconds in all.")
        if self.channel.has_mail():  # an answer to no question
            self._lost(FORGED)
        try:
            self.channel.send({"ask": request, **about}, timeout=min(self.limits.one, left))
            answer = self.channel.receive(timeout=min(self.limits.one, left))
        except Broken as broken:
            self._lost(_why(str(broken)))
        if not isinstance(answer, dict):
            self._lost(FORGED)
        return answer

    def _lost(self, why: str) -> NoReturn:
        self.gone = why
        self.channel.close()
        raise Gone(why)

    def run(self, source: str) -> dict[str, Any]:
        """Run the source of a cell and return what it printed and how it ended; raises Gone."""
        return self.ask("run", source=source)

    def name(self, name: str) -> Any:
        """Return what a name stands for: a value, or a proxy of a function.

        Raises:
            KeyError: the learner has no such name.
            Gone: the process is not there.
        """
        told = self.ask("name", name=name)
        if told.get("kind") == "missing":
            raise KeyError(name)
        if told.get("kind") == "function":
            return FunctionProxy(self, name, _words(told.get("called")) or name, _names(told.get("uses")))
        try:
            return unpack(told)
        except (ValueError, Refused, AttributeError):
            return unpack({"kind": "other", "name": "object"})


class FunctionProxy(Remote):
    """A function of the learner's process."""

    def __init__(self, learner: LearnerProxy, name: str, called: str, uses: frozenset[str] = frozenset()) -> None:
        """Refer to what `name` stands for there; `called` is the function's own name, `uses` the names in its code."""
        self._learner, self._name, self.__name__, self.uses = learner, name, called, uses

    def observed(self, calls: Sequence[Call], items: int, seconds: int = LONGEST) -> list[Observation]:
        """Have the function called over there, once or several times, and return what was seen of each call.

        Raises:
            Gone: the process is not there any more.
        """
        asked = [{"arguments": pack_arguments(arguments), "keywords": keywords} for arguments, keywords in calls]
        told = self._learner.ask("call", name=self._name, calls=asked, items=items, seconds=seconds)
        results = told.get("results")
        if not isinstance(results, list) or len(results) != len(calls):  # it could not be sent, or it is forged
            results = [told] * len(calls)
        return [self._seen(each, arguments, items) for each, (arguments, _) in zip(results, calls, strict=True)]

    def _seen(self, told: Any, arguments: tuple[object, ...], items: int) -> Observation:
        """Return one call's observation from what the learner's process says of it."""
        raised = told.get("raised")
        changed = told.get("changed") is True
        if isinstance(raised, dict):
            return Observation(None, raised=Raised(*(_words(raised.get(part)) for part in RAISED)), changed=changed)
        try:
            returned = unpack(told.get("returned"))
        except Refused as refused:
            return Observation(None, raised=Raised("CannotBeJudged", str(refused)), changed=changed)
        except (ValueError, AttributeError):
            return Observation(None, raised=Raised("CannotBeJudged", "the result is no plain data"), changed=changed)
        values = None if is_model(returned) else as_arrays(returned, items)
        after = self._after(arguments, returned, told.get("places"))
        return Observation(values, returned, None, _words(told.get("warned")), changed, after)

    def _after(self, arguments: tuple[Any, ...], returned: Any, places: object) -> tuple[Any, ...] | None:
        """Return the arguments with models replaced by what the returned model holds of them."""
        if not (is_model(returned) and any(map(is_model, arguments))):
            return None
        told = places if isinstance(places, list) and len(places) == len(arguments) else [None] * len(arguments)
        pairs = zip(arguments, told, strict=True)
        return tuple(as_part(returned, value, place) if is_model(value) else value for value, place in pairs)


RAISED = [part.name for part in fields(Raised)]


def _words(value: object) -> str:
    """Return what the learner's process says, cut, and without what a terminal would act on."""
    if not isinstance(value, str):
        return ""
    return clean(value[:MOST_WORDS])


def _names(value: object) -> frozenset[str]:
    """Return the names that the learner's process says are in a function's code; they choose words and nothing else."""
    return frozenset(map(_words, value[:MOST_NAMES])) if isinstance(value, list) else frozenset()


def _why(broken: str) -> str:
    if "clos" in broken or "reset" in broken:
        return "The code ended the Python process before all answers were checked."
    return f"The run stopped before all answers were checked: {broken}"
