"""The judge's end: names of the learner's process as proxies, and calls that go there and come back as data."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, NoReturn

from grader.answers.observe import LONGEST, Call, Observation, Raised, Remote, as_arrays
from grader.diagnosis.refusals import Refused
from grader.judging.crossing.channel import Broken, Channel
from grader.judging.crossing.values import as_part, is_model, pack_arguments, size_as_arrays, unpack
from grader.judging.judge.uses import Held, IteratorProxy, Unjudged, use, words
from grader.judging.usage import KNOWS_QUEUES, Times

MOST_NAMES = 300  # in the code of one function
ALL_VALUES = 256_000_000  # bytes of all results for one test, as arrays; models are counted by the channel

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
            files: what lies beside the exercise's notebook, by its way there; each new process is given it.
            raised: the last exception that came out of a call, and a sentence that says which it was over there.
        """
        self._new, self._times, self.limits = start, times, limits
        self._began = self._asked = time.monotonic()
        self._first: tuple[float, Times] | None = None  # when the request under way was looked at first, and the times
        self.files: Mapping[str, bytes] = {}
        self.raised: tuple[BaseException, str] | None = None
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
            self.give(self.files)
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

    def give(self, files: Mapping[str, bytes]) -> None:
        """Have these files written into the process's folder; raises Gone."""
        self.files = files
        if files:
            self.ask("give", files=dict(files))

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
        held = self._held(told, name)
        if held is not None:
            return held
        try:
            return unpack(told)
        except (ValueError, Refused, AttributeError):
            return unpack({"kind": "other", "name": "object"})

    def _held(self, told: dict[str, Any], name: str = "") -> "Held | None":
        """Return a proxy where a function or an iterator is told of; it goes by a name, or by the number told."""
        number = told.get("of")
        if told.get("kind") == "function" and name:
            return FunctionProxy(self, name, words(told.get("called")) or name, _names(told.get("uses")))
        if told.get("kind") not in ("function", "iterator") or type(number) is not int:
            return None
        if told.get("kind") == "iterator":
            return IteratorProxy(self, number)
        return FunctionProxy(self, number, words(told.get("called")), _names(told.get("uses")))

    def received(self, packed: object, given: tuple[Any, ...] = ()) -> Any:
        """Return a value that a call has given: rebuilt, one of the arguments, or something that stays there.

        Raises:
            Unjudged: it is none of these.
        """
        if isinstance(packed, dict):
            index = packed.get("index")
            if packed.get("kind") == "argument" and type(index) is int and 0 <= index < len(given):
                return given[index]
            held = self._held(packed)
            if held is not None:
                return held
        try:
            value = unpack(packed)
            self.take(value)
        except Refused as refused:
            raise Unjudged(f"CannotBeJudged: {refused}") from refused
        except (ValueError, AttributeError) as error:
            raise Unjudged("CannotBeJudged: the result is no plain data") from error
        return value

    def put_aside(self, name: str) -> None:
        """Let a name stand for nothing in the learner's code, until names are put back; raises Gone."""
        self.ask("put_aside", name=name)

    def put_back(self) -> None:
        """Let all names stand again for what they stood for; raises Gone."""
        self.ask("put_back")


class FunctionProxy(Held, Remote):
    """A function of the learner's process."""

    def __init__(self, learner: LearnerProxy, of: str | int, called: str, uses: frozenset[str] = frozenset()) -> None:
        """Refer to a function there; `called` is the function's own name, `uses` the names in its code."""
        super().__init__(learner, of)
        self.__name__, self.uses = called, uses

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Call it as a test calls a function; see grader.judging.judge.uses.use."""
        return use(self._learner, self.of, arguments, keywords)

    def observed(self, calls: Sequence[Call], items: int, seconds: int = LONGEST) -> list[Observation]:
        """Have the function called over there, once or several times, and return what was seen of each call.

        Raises:
            Gone: the process is not there any more.
        """
        asked = [{"arguments": pack_arguments(arguments), "keywords": keywords} for arguments, keywords in calls]
        told = self._learner.ask("call", name=self.of, calls=asked, items=items, seconds=seconds)
        results = told.get("results")
        if not isinstance(results, list) or len(results) != len(calls):  # it could not be sent, or it is forged
            results = [told] * len(calls)
        return [self._seen(each, arguments, items) for each, (arguments, _) in zip(results, calls, strict=True)]

    def _seen(self, told: Any, arguments: tuple[object, ...], items: int) -> Observation:
        """Return one call's observation from what the learner's process says of it."""
        raised = told.get("raised")
        changed = told.get("changed") is True
        if isinstance(raised, dict):
            return Observation(None, raised=Raised(*(words(raised.get(part)) for part in RAISED)), changed=changed)
        try:
            returned = unpack(told.get("returned"))
            self._learner.take(returned)
        except Refused as refused:
            return Observation(None, raised=Raised("CannotBeJudged", str(refused)), changed=changed)
        except (ValueError, AttributeError):
            return Observation(None, raised=Raised("CannotBeJudged", "the result is no plain data"), changed=changed)
        values = None if is_model(returned) else as_arrays(returned, items)
        after = self._after(arguments, returned, told.get("places"))
        return Observation(values, returned, None, words(told.get("warned")), changed, after)

    def _after(self, arguments: tuple[Any, ...], returned: Any, places: object) -> tuple[Any, ...] | None:
        """Return the arguments with models replaced by what the returned model holds of them."""
        if not (is_model(returned) and any(map(is_model, arguments))):
            return None
        told = places if isinstance(places, list) and len(places) == len(arguments) else [None] * len(arguments)
        pairs = zip(arguments, told, strict=True)
        return tuple(as_part(returned, value, place) if is_model(value) else value for value, place in pairs)


RAISED = [part.name for part in fields(Raised)]


def _names(value: object) -> frozenset[str]:
    """Return the names that the learner's process says are in a function's code; they choose words and nothing else."""
    return frozenset(map(words, value[:MOST_NAMES])) if isinstance(value, list) else frozenset()


def _idle(seconds: float, times: Times, before: Times = NOTHING) -> float:
    """Return for how many seconds of a time nothing was computed and nothing would have been; 0 where nobody knows."""
    if not KNOWS_QUEUES:
        return 0.0
    return seconds - (times.computed - before.computed) - (times.queued - before.queued)
