"""A submission's memory and processes, held to their limits by the kernel itself, where this user may make cgroups.

That takes version 2, with the controllers for memory and processes switched on beside or below the cgroup that grading
runs in: as root, and as a user of systemd, mostly; in a container seldom. Elsewhere grader.judging.workers.watch alone
holds the limits; it looks some times a second, and a submission may be a second too large.
"""

import contextlib
import errno
import functools
import itertools
import os
import time
from pathlib import Path

LOOKS = 250  # at whether all that was ended is gone; together some seconds
WANTED = ("memory.max", "pids.max", "cgroup.procs", "cgroup.kill")


def _own() -> list[Path]:
    """Return the cgroup of this process and the one that it lies in."""
    mounts = (line.split() for line in Path("/proc/self/mountinfo").read_text().splitlines())
    roots = [words[4] for words in mounts if words[words.index("-") + 1] == "cgroup2"]
    places = [line[3:] for line in Path("/proc/self/cgroup").read_text().splitlines() if line.startswith("0::")]
    own = [Path(root) / place.lstrip("/") for root in roots[:1] for place in places]
    return [*own, *(path.parent for path in own if path != Path(roots[0]))]


@functools.cache
def parent() -> Path | None:
    """Return the cgroup in which others with limits can be made and entered; None where there is none."""
    with contextlib.suppress(OSError, ValueError):
        for place in _own():
            if _serves(place):
                return place
    return None


def _serves(place: Path) -> bool:
    trial = Cgroup(place)
    try:
        with contextlib.suppress(OSError):
            trial.make(1 << 30, 100)
            child = os.fork()
            if not child:
                try:
                    trial.enter()
                    os._exit(0)
                finally:
                    os._exit(1)
            return os.waitpid(child, 0)[1] == 0
        return False
    finally:
        trial.remove()


class Cgroup:
    """A cgroup for one learner's process and all that it starts."""

    _numbers = itertools.count()

    def __init__(self, place: Path) -> None:
        """Name one below a place; nothing is made yet."""
        self.path = place / f"logit-lab-{os.getpid()}-{next(self._numbers)}"

    def make(self, memory_bytes: int, processes: int) -> None:
        """Make it with its limits; raises OSError where that is not allowed."""
        self.path.mkdir()
        for name in WANTED:
            if not os.access(self.path / name, os.W_OK):
                raise PermissionError(f"{name} cannot be written")
        limits = {"memory.max": memory_bytes, "pids.max": processes}
        for name, value in (limits | {"memory.swap.max": 0, "memory.oom.group": 1}).items():
            if name in limits or (self.path / name).exists():
                (self.path / name).write_text(str(value))

    def enter(self) -> None:
        """Put this process into it."""
        (self.path / "cgroup.procs").write_text("0")

    @property
    def is_full(self) -> bool:
        """Whether the kernel has ended processes in it for want of memory."""
        with contextlib.suppress(OSError):
            counts = dict(line.split() for line in (self.path / "memory.events").read_text().splitlines())
            return counts.get("oom_kill", "0") != "0"
        return False

    def remove(self) -> None:
        """End what is still in it and take it away; a cgroup that was never made is no error."""
        with contextlib.suppress(OSError):
            (self.path / "cgroup.kill").write_text("1")
        for _ in range(LOOKS):  # what has been ended is in it until it is gone
            try:
                return self.path.rmdir()
            except OSError as error:
                if error.errno != errno.EBUSY:
                    return None
                time.sleep(0.02)
        return None
