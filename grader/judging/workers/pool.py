"""Workers for judging, kept warm: one submission goes to one of them and comes back with its outputs."""

import contextlib
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

from grader.base.errors import CannotGoOn
from grader.judging.crossing.channel import Broken, Channel
from grader.judging.judge.judge import Cell, Told

KEPT = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "TF_CPP_MIN_LOG_LEVEL", "SYSTEMROOT")
# seconds on a very busy machine: to import everything, for one submission, to end
WARMING, LONGEST, LEAVING = 300.0, 2 * 3600.0, 5.0
TRIES = 2  # for a submission whose worker or judge is killed
LOST = "The run was ended from outside, or did not come to an end by itself."


class Template:
    """The process that has imported everything; workers are forked from it in some milliseconds."""

    def __init__(
        self,
        keras: bool = True,
        trusted: bool = False,
        cell_seconds: int = 60,
        patience: int = 90,
        cpu_seconds: int = 300,
        memory_mb: int = 4096,
    ) -> None:
        """Start the process and wait until it is warm.

        Args:
            keras: import TensorFlow and Keras, too, which takes some seconds; submissions can do so themselves.
            trusted: the learner's code runs without a sandbox.
            cell_seconds: of computing, and of waiting, after which a cell or a row of calls is interrupted.
            patience: of computing, and of waiting, after which the judge ends what could not be interrupted.
            cpu_seconds: processor time of all processes of a submission.
            memory_mb: memory of one process of a submission, in units of 2**20 bytes; a quarter more for all together.

        Raises:
            CannotGoOn: it does not start.
        """
        flags = [flag for flag, given in (("--keras", keras), ("--trusted", trusted)) if given]
        flags += [f"--cell-seconds={cell_seconds}", f"--patience={patience}"]
        flags += [f"--cpu-seconds={cpu_seconds}", f"--memory-mb={memory_mb}"]
        environment = {name: os.environ[name] for name in KEPT if name in os.environ}
        self.orders, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "grader.judging.workers.template", *flags],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=environment,
                start_new_session=True,
            )
        self.orders.settimeout(WARMING)
        if _received(self.orders, 1) != b"r":
            raise CannotGoOn("The process that judges does not start. Run: python3 course.py doctor")

    def close(self) -> None:
        """End the process when its workers have ended, or after some seconds together with them."""
        self.orders.close()
        try:
            self.process.wait(LEAVING)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@dataclass(frozen=True)
class Ran:
    """What came of a submission's code cells.

    Attributes:
        told: of each.
        stopped: what stopped the run, or "".
        starved: whether that was the clock alone: it may have been the machine that was busy.
    """

    told: list[Told]
    stopped: str
    starved: bool = False


class Worker:
    """One worker process; started anew when it is lost."""

    def __init__(self, template: Template) -> None:
        """Have it forked from the template; raises CannotGoOn when that is gone."""
        self.template = template
        self._start()

    def _start(self) -> None:
        self.control, theirs = socket.socketpair()
        self.control.settimeout(LONGEST)
        with theirs, contextlib.suppress(OSError):  # that the template is gone is seen below
            socket.send_fds(self.template.orders, [b"w"], [theirs.fileno()])
        self.pid = int.from_bytes(_received(self.control, 8), "big")
        if not self.pid:
            raise CannotGoOn("The process that judges has ended. Run the command again: it goes on where it was.")

    def run(self, cells: list[Cell]) -> tuple[list[Told], str]:
        """Return what came of a submission's code cells, and what stopped it or ""; see judge()."""
        ran = self.judge(cells)
        return ran.told, ran.stopped

    def judge(self, cells: list[Cell]) -> Ran:
        """Return what came of a submission's code cells.

        When the worker or the judge is killed (by somebody, or because memory ran out), it is tried once more.
        """
        nothing: list[Told] = [{"outputs": None, "verdict": None} for _ in cells]
        began = time.monotonic()
        for _ in range(TRIES):
            try:
                return self._run(cells)
            except TypeError as error:  # nothing was sent; the judge finds nothing to do
                _received(self.control, 1)
                return Ran(nothing, f"The notebook holds what cannot be run. {error}")
            except (Broken, OSError):
                self._kill()
                self._start()
                if time.monotonic() - began > LONGEST / TRIES:
                    break
        return Ran(nothing, LOST)

    def _run(self, cells: list[Cell]) -> Ran:
        ours, theirs = socket.socketpair()
        with contextlib.closing(Channel(ours)) as channel:
            with theirs:
                socket.send_fds(self.control, [b"j"], [theirs.fileno()])
            channel.send(cells, timeout=LONGEST)
            told = channel.receive(timeout=LONGEST)
            if _received(self.control, 1) != b"d":
                raise Broken("the worker has ended")
        assert isinstance(told, dict), "the judge is ours"
        return Ran(told["cells"], told["stopped"], told["starved"])

    def close(self) -> None:
        """Let the process end, which it does when it has nothing to do."""
        self.control.close()

    def _kill(self) -> None:
        """End the process and everything that it has started."""
        self.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)


def _received(channel: socket.socket, count: int) -> bytes:
    try:
        return channel.recv(count)
    except OSError:
        return b""


class Pool:
    """Some workers; each submission goes to a free one."""

    def __init__(self, size: int, template: Template) -> None:
        """Start the workers; raises CannotGoOn when one does not start."""
        self._free: queue.SimpleQueue[Worker] = queue.SimpleQueue()
        self._one_alone = threading.Lock()
        self._workers = [Worker(template) for _ in range(size)]
        for worker in self._workers:
            self._free.put(worker)

    def run(self, cells: list[Cell]) -> tuple[list[Told], str]:
        """Run a submission's code cells on a free worker; see Worker.run.

        What ran out of wall time is run again while the other workers do nothing.
        """
        ran = self._run_on(cells, 1)
        if ran.starved:
            with self._one_alone:
                ran = self._run_on(cells, len(self._workers))
        return ran.told, ran.stopped

    def _run_on(self, cells: list[Cell], count: int) -> Ran:
        """Run the cells on the first of so many free workers; the others wait."""
        held: list[Worker] = []
        try:
            while len(held) < count:
                held.append(self._free.get())
            return held[0].judge(cells)
        finally:
            for worker in held:
                self._free.put(worker)

    def close(self) -> None:
        """End all workers."""
        for worker in self._workers:
            worker.close()


@contextlib.contextmanager
def pool(size: int, keras: bool = True, trusted: bool = False) -> Iterator[Pool]:
    """Yield a pool of warm workers and end them afterwards; see Template."""
    with contextlib.closing(Template(keras, trusted)) as template, contextlib.closing(Pool(size, template)) as opened:
        yield opened


@contextlib.contextmanager
def worker(keras: bool = True, trusted: bool = False, **limits: int) -> Iterator[Worker]:
    """Yield one warm worker and end it afterwards; see Template."""
    with (
        contextlib.closing(Template(keras, trusted, **limits)) as template,
        contextlib.closing(Worker(template)) as one,
    ):
        yield one
