"""The judge's end: names of the learner's process as proxies, and calls that go there and come back as data."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any, NoReturn

from grader.answers.observe import LONGEST, Call, Observation, Raised, Remote, as_arrays
from grader.base.text import clean
from grader.diagnosis.refusals import Refused
from grader.judging.crossing.channel import Broken, Channel
from grader.judging.crossing.values import as_part, is_model, pack_arguments, size_as_arrays, unpack
from grader.judging.usage import KNOWS_QUEUES, Times

MOST_NAMES = 300  # in the code of one function
ALL_VALUES = 256_000_000  # bytes of all results for one test, as arrays; models are counted by the channel
MOST_WORDS = 300  # characters of anything that the learner's process says

NOTHING = Times()
FORGED = "The code wrote into the connection that its results come through."


class Gone(Exception):
    """The learner's process does not answer any more; the message says why in one sentence."""


@dataclass(frozen=True)
class LearnerLimits:
    """What all processes of a submission may use together, and how often the learner's process may end itself.

    Time is what they computed, or waited by their own choice; that others had the processors is nobody's fault. The
    clock itself is the last resort.

    Attributes:
        one: seconds of processor time, and of waiting, for one cell or one row of calls.
        all: seconds of processor time, and of waiting, for the whole submission.
        megabytes: of memory at one time.
        starts: how many processes it is given.
        wall: how many times as long as that it may take by the clock.
    """

    one: float = 90.0
    all: float = 300.0
    megabytes: int = 5120
    starts: int = 5
    wall: int = 10


class OutOfTime(Broken):
    """The learner's process has used up its time; the message says which."""


COMPUTED = "The code was ended because it used more than {:.0f} seconds of processor time at one cell or check."
COMPUTED_IN_ALL = "The code was ended because it used more than {:.0f} seconds of processor time in all."
WAITED = "The code was ended because it waited for more than {:.0f} seconds at one cell or check, without computing."
WAITED_IN_ALL = "The code was ended because it waited for more than {:.0f} seconds in all, without computing."
BY_THE_CLOCK = "The code was ended because one cell or check took more than {:.0f} seconds of wall time."
BY_THE_CLOCK_IN_ALL = "The code was ended because it took more than {:.0f} seconds of wall time in all."
MEMORY = "The code was ended because it used more than {:.1f} GB of memory."


class LearnerProxy:
    """The learner's process, seen from the judge."""

    def __init__(self, start: Callable[[], Channel], limits: LearnerLimits, times: Callable[[], Times] = Times) -> None:
        """Start the process.

        Args:
            start: starts one and returns the channel to it; the one before is ended.
            limits: what the submission may use.
            times: returns what its processes have used until now.

        Attributes:
            starved: whether the clock alone ended it: other programs may have had the processors.
        """
        self._new, self._times, self.limits = start, times, limits
        self._began = self._asked = time.monotonic()
        self._first: tuple[float, Times] | None = None  # when the request under way was looked at first, and the times
        self.begin_test()
        self._waiting = 0.0  # seconds of all requests that have been answered
        self.gone, self.starts, self.starved, self._spent = "", 0, False, False
        self._start()

    def _start(self) -> None:
        self.channel, self.starts = self._new(), self.starts + 1
        self.channel.look = self._look

    def again(self, sources: list[str]) -> bool:
        """Start a new process in place of one that is gone, run these cells in it, return whether it went well."""
        if self.starts >= self.limits.starts or self._spent:
            return False
        why, self.gone = self.gone, ""
        self._start()
        try:
            for source in sources:
                self.run(source)
        except Gone:
            self.gone = self.gone if self._spent else why
        return not self.gone

    def ask(self, request: str, **about: Any) -> dict[str, Any]:
        """Send a request and return the answer.

        Raises:
            Gone: there is none, or one that nobody asked for.
        """
        if self.gone:
            raise Gone(self.gone)
        if self.channel.has_mail():  # an answer to no question
            self._lost(FORGED)
        self._asked, self._first = time.monotonic(), None
        longest = self.limits.wall * self.limits.one
        try:
            self.channel.send({"ask": request, **about}, timeout=longest + 60)  # _look() says it better
            answer = self.channel.receive(timeout=longest + 60)
        except Broken as broken:
            self._lost(self._why(broken))
        finally:
            self._waiting += time.monotonic() - self._asked
        if not isinstance(answer, dict):
            self._lost(FORGED)
        return answer

    def _look(self) -> None:
        """Raise OutOfTime where a limit is passed; called each second while an answer is waited for."""
        now, times, limits = time.monotonic(), self._times(), self.limits
        since, before = self._first = self._first or (now, times)
        waited, waited_in_all = _idle(now - since, times, before), _idle(self._waiting + now - self._asked, times)
        self._spent = waited_in_all > limits.all or now - self._began > limits.wall * limits.all
        self.starved = now - self._asked > limits.wall * limits.one or now - self._began > limits.wall * limits.all
        for passed, sentence, seconds in (
            (times.computed - before.computed > limits.one, COMPUTED, limits.one),
            (waited > limits.one, WAITED, limits.one),
            (waited_in_all > limits.all, WAITED_IN_ALL, limits.all),
            (now - self._asked > limits.wall * limits.one, BY_THE_CLOCK, limits.wall * limits.one),
            (now - self._began > limits.wall * limits.all, BY_THE_CLOCK_IN_ALL, limits.wall * limits.all),
        ):
            if passed:
                raise OutOfTime(sentence.format(seconds))

    def _why(self, broken: Broken) -> str:
        """Return in one sentence why no answer comes."""
        if isinstance(broken, OutOfTime):
            return str(broken)
        over = self._times().over
        if over == b"c":
            self._spent = True
            return COMPUTED_IN_ALL.format(self.limits.all)
        if over == b"m":
            return MEMORY.format(self.limits.megabytes / 1024)
        if "clos" in str(broken) or "reset" in str(broken):
            return "The code ended the Python process before all answers were checked."
        return f"The run stopped before all answers were checked: {broken}"

    def _lost(self, why: str) -> NoReturn:
        self.gone = why
        self.channel.close()
        raise Gone(why)

    def run(self, source: str) -> dict[str, Any]:
        """Run the source of a cell and return what it printed and how it ended; raises Gone."""
        return self.ask("run", source=source)

    def begin_test(self) -> None:
        """Count the results from here on: those of the test before are forgotten."""
        self._left = ALL_VALUES

    def take(self, value: object) -> None:
        """Count what has come; raises Refused when that is more for one test than is judged."""
        self._left -= 0 if is_model(value) else size_as_arrays(value)
        if self._left < 0:
            raise Refused(f"With the results before it, it takes more than {ALL_VALUES:,} bytes.")

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
            self._learner.take(returned)
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


def _idle(seconds: float, times: Times, before: Times = NOTHING) -> float:
    """Return for how many seconds of a time nothing was computed and nothing would have been; 0 where nobody knows."""
    if not KNOWS_QUEUES:
        return 0.0
    return seconds - (times.computed - before.computed) - (times.queued - before.queued)
