"""The worker's look at the learner's processes of a submission: what they use, and their end when it is too much.

cgroups, where this system has them, hold memory to its limit without a look; see grader.judging.workers.cgroups.
"""

import contextlib
import os
import select
import signal
import socket
from collections.abc import Iterator
from dataclasses import replace

from grader.judging.usage import Times, resident_memory, times_of, use_of
from grader.judging.workers.cgroups import Cgroup, parent

PROCESSES = 1000  # threads included: the sandbox has a lower limit, and this is behind it
BETWEEN_LOOKS = 0.3  # seconds; a processor fills a gigabyte in some such time


class Watch:
    """What one submission has used: by its learner's process now, and by those that were started before."""

    def __init__(self, cpu_seconds: float, memory_bytes: int) -> None:
        """Watch nobody yet.

        Args:
            cpu_seconds: processor time of the whole submission.
            memory_bytes: memory of all processes that it has at one time, beside what they share with this one.
        """
        self.cpu_seconds, self.memory_bytes = cpu_seconds, memory_bytes
        self.learner = 0
        self._room: Cgroup | None = None
        self._inherited = resident_memory()
        self._before = self._now = Times()

    @property
    def times(self) -> Times:
        """What all of them have spent up to the last look, and which limit is passed."""
        before, now = self._before, self._now
        return replace(now, computed=before.computed + now.computed, queued=before.queued + now.queued)

    def orders(self, wishes: socket.socket) -> Iterator[bytes]:
        """Yield the judge's wishes, a byte each, until it hangs up; look at the learner's processes meanwhile.

        The wish to know the times is granted here.
        """
        while True:
            if not select.select([wishes], [], [], BETWEEN_LOOKS)[0]:
                self.look()
                continue
            order = wishes.recv(1)
            if not order:
                return
            if order == b"t":
                self.look()
                self._note(times_of(self.learner) if self.learner else Times())
                wishes.sendall(self.times.as_bytes())
            else:
                yield order

    def look(self) -> None:
        """See what is used; end all of it where that is too much."""
        if not self.learner:
            return
        computed, memory = use_of(self.learner, self._inherited, self.memory_bytes)
        self._note(Times(computed))
        if self.times.computed > self.cpu_seconds:
            self._end_over(b"c")
        elif memory > self.memory_bytes or (self._room and self._room.is_full):
            self._end_over(b"m")

    def _note(self, times: Times) -> None:
        """Keep what was seen; a process that gets another parent meanwhile is missed once."""
        last = self._now
        self._now = Times(max(times.computed, last.computed), max(times.queued, last.queued), last.over)

    def _end_over(self, limit: bytes) -> None:
        self._now = replace(self._now, over=limit)
        self.kill()

    def make_room(self) -> None:
        """Make a cgroup for the next learner's process, where this system has them."""
        place = parent()
        self._room = Cgroup(place) if place else None
        if self._room:
            try:
                self._room.make(self.memory_bytes, PROCESSES)
            except OSError:  # taken away from this user meanwhile; the looks go on
                self._room.remove()
                self._room = None

    def enter(self) -> None:
        """Put this process into the cgroup that was made for it."""
        if self._room:
            self._room.enter()

    def follow(self, learner: int) -> None:
        """Watch another learner's process; the one before must have ended."""
        self._before, self._now, self.learner = replace(self.times, over=b"-"), Times(), learner

    def end(self, patience: float = 1.0) -> None:
        """Wait for the learner's process, to which nobody speaks any more; end it if it does not end by itself."""
        if not self.learner:
            return
        descriptor = os.pidfd_open(self.learner)
        try:
            if not select.select([descriptor], [], [], patience)[0]:
                self.look()
                self.kill()
        finally:
            os.close(descriptor)
        os.waitpid(self.learner, 0)
        self.learner = 0
        if self._room:
            self._room.remove()

    def kill(self) -> None:
        """Kill the learner's process, and with it everything that it has started."""
        for end in (os.killpg, os.kill):
            with contextlib.suppress(ProcessLookupError):
                end(self.learner, signal.SIGKILL)
