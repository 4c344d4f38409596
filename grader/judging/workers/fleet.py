"""Dask's workers as the machine with the submissions sees them: who may judge, who has what, who is gone.

Each submission is sent to one worker by name, so that a worker with another course never gets one, and so that it is
known what was lost with a worker. Dask carries the tasks and says who is there.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from grader.base.errors import CannotGoOn
from grader.judging.batch import Judged
from grader.judging.workers import remote
from grader.judging.workers.remote import read_reply
from grader.judging.workers.stations import SHARED, Station, Work

if TYPE_CHECKING:
    from distributed import Client, Future

TOGETHER = 256_000_000  # bytes of submissions that are away at once; one alone may be larger
MOST = 4  # losses of a submission, after which nobody tries again
ASKED = 3  # times that a worker may say that it is ready, and then not be
LOOK = 1.0  # seconds between two looks at who is there
FETCH = 30.0  # seconds for a finished result to come over


class Fleet:
    """All workers of a scheduler that judge one exercise."""

    def __init__(self, client: "Client", name: str, trust: bool, patience: float, say: Callable[[str], None]) -> None:
        """Know nobody yet; results() looks who is there.

        Args:
            client: connected to the scheduler.
            name: the exercise.
            trust: workers run submissions without a sandbox.
            patience: seconds without any worker that can judge, after which results() raises.
            say: takes a sentence for the person who waits.
        """
        self._client, self._name, self._trust, self._patience, self._say = client, name, trust, patience, say
        self._wanted = remote.version_facts(name)
        self._stations: dict[str, Station] = {}
        self._where: dict[Future, Station] = {}
        self._waiting: deque[Work] = deque()
        self._suspects: deque[Work] = deque()
        self._given_up: deque[Work] = deque()
        self._finished: SimpleQueue[Future] = SimpleQueue()
        self._ever_ready = self._told_to_wait = False
        self._last_ready = self._next_look = time.monotonic()

    @property
    def has_room(self) -> bool:
        """Whether another submission can be sent off at once."""
        free = sum(station.room for station in self._stations.values())
        return len(self._waiting) < free and self._weight < TOGETHER

    @property
    def is_busy(self) -> bool:
        """Whether anything is still to come."""
        judging = any(work for station in self._stations.values() for work in station.away.values())
        return bool(judging or self._waiting or self._suspects or self._given_up)

    @property
    def _weight(self) -> int:
        away = (work for station in self._stations.values() for work in station.away.values() if work)
        return sum(len(work.handed.notebook) for work in [*away, *self._waiting])

    def send(self, work: Work) -> None:
        """Have a submission judged as soon as there is a worker for it."""
        self._waiting.append(work)
        self._hand_out()

    def results(self) -> Iterator[tuple[Work, Judged | None]]:
        """Yield what has come in, after waiting for it about a second: what a worker found, or None.

        Raises:
            CannotGoOn: the scheduler is gone, no worker can judge, or none came for too long.
        """
        if time.monotonic() >= self._next_look:
            self._look()
        self._hand_out()
        try:
            future = self._finished.get(timeout=LOOK)
            while True:
                yield from self._answered(future)
                future = self._finished.get_nowait()
        except Empty:
            pass
        while self._given_up:
            yield self._given_up.popleft(), None

    def _look(self) -> None:
        """See which workers have come and gone."""
        try:
            there: dict[str, int] = self._client.nthreads()
        except Exception as error:  # what is raised depends on what has been noticed first
            raise _scheduler_is_gone() from error
        for address in [address for address in self._stations if address not in there]:
            self._lose(self._stations.pop(address))
        for address, threads in there.items():
            if address not in self._stations:
                self._stations[address] = Station(address, threads)
                self._ask(self._stations[address])
        self._next_look = time.monotonic() + LOOK
        self._mind_the_time()

    def _mind_the_time(self) -> None:
        states = {station.state for station in self._stations.values()}
        if "ready" in states:
            self._last_ready, self._told_to_wait = time.monotonic(), False
            return
        address = self._client.scheduler.address
        if "asked" not in states and not self._told_to_wait:
            self._say(f"Waiting for workers. To start one, on any machine: .venv/bin/dask worker {address}")
            self._told_to_wait = True
        if time.monotonic() - self._last_ready > self._patience:
            raise CannotGoOn(
                f"No worker that can judge came to {address} for {self._patience / 60:.0f} minutes. What was graded is "
                "kept: start workers and run the same command again."
            )

    def _ask(self, station: Station) -> None:
        station.state, station.times = "asked", station.times + 1
        self._start(station, None, remote.admit, self._name, self._trust, station.threads, self._wanted)

    def _hand_out(self) -> None:
        for station in self._stations.values():
            while self._waiting and station.room:
                self._judge(station, self._waiting.popleft())
            if self._suspects and not self._waiting and station.state == "ready" and not station.away:
                self._judge(station, self._suspects.popleft())

    def _judge(self, station: Station, work: Work) -> None:
        order = self._name, self._trust, self._wanted["the course"], work.handed.notebook, work.handed.personal_key
        self._start(station, work, remote.judge_here, *order)

    def _start(self, station: Station, work: Work | None, act: Callable[..., Any], *arguments: object) -> None:
        try:
            future = self._client.submit(act, *arguments, workers=[station.address], pure=False)
        except Exception as error:
            raise _scheduler_is_gone() from error
        station.away[future], self._where[future] = work, station
        future.add_done_callback(self._finished.put)

    def _answered(self, future: "Future") -> Iterator[tuple[Work, Judged | None]]:
        """Take in what a worker says; yield it when it is the end of a submission."""
        station = self._where.pop(future, None)
        if station is None:
            return  # its worker was given up, and the submission is elsewhere
        work = station.away.pop(future)
        told, problem = self._fetched(future)
        if work is None:
            self._admit(station, problem or str(told))
        else:
            found, problem = (None, problem) if problem else read_reply(told)
            if found:
                yield work, found
            else:
                self._put_back(work)
                self._doubt(station, problem)
        self._hand_out()

    def _fetched(self, future: "Future") -> tuple[Any, str]:
        """Return what a task gave, or a sentence on why it gave nothing."""
        if future.status == "cancelled":
            raise _scheduler_is_gone()
        try:
            return future.result(timeout=FETCH), ""
        except Exception as error:
            if self._client.status != "running":
                raise _scheduler_is_gone() from error
            if "deserialization of the task graph" in str(error):
                raise CannotGoOn(
                    f"The scheduler at {self._client.scheduler.address} does not have this course: start it by "
                    ".venv/bin/dask in the course's folder."
                ) from error
            if isinstance(error, ImportError | AttributeError):
                return None, "It does not have this course: start it by .venv/bin/dask in the course's folder."
            words = str(error) or "no answer came"
            return None, f"It stopped with {type(error).__name__}: {words.splitlines()[0].rstrip('.')}."

    def _admit(self, station: Station, problem: str) -> None:
        if not problem:
            station.state, self._ever_ready = "ready", True
            return
        station.state = "refused"
        sentence = f"The worker {station.address} gets no submissions. {problem}"
        hope = self._ever_ready or any(other.state != "refused" for other in self._stations.values())
        if not hope:
            raise CannotGoOn(sentence)
        self._say(sentence)

    def _doubt(self, station: Station, problem: str) -> None:
        """Ask a worker that could not judge whether it is ready after all, some times."""
        if station.state != "ready":
            return
        if station.times < ASKED:
            self._ask(station)
        else:
            self._admit(station, problem)

    def _lose(self, station: Station) -> None:
        lost = [work for work in station.away.values() if work]
        for future in station.away:
            del self._where[future]
            future.release()
        for work in lost:
            self._put_back(work)
        if lost:
            self._say(f"The worker {station.address} is gone; what it had is judged elsewhere ({len(lost)}).")

    def _put_back(self, work: Work) -> None:
        work.losses += 1
        if work.losses >= MOST:
            self._given_up.append(work)
        elif work.losses >= SHARED:
            self._suspects.append(work)
        else:
            self._waiting.appendleft(work)


def _scheduler_is_gone() -> CannotGoOn:
    return CannotGoOn(
        "The connection to the scheduler is lost. What was graded is kept: see that the scheduler runs, and run the "
        "same command again."
    )
