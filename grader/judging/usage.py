"""What the processes of a submission use, counted from outside by what the kernel says of each.

The sandbox keeps the count whole: a process that has ended is in the times of whoever waited for it, or stays as a
zombie; memory that belongs to no process is refused (grader.judging.sandbox.seccomp).
"""

import os
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
_PARTS_OF_MEMORY = re.compile(r"^(?:RssAnon|RssShmem|VmPTE):\s*(\d+) kB", re.MULTILINE)
_LONGEST = 1 << 16  # bytes; a list of children is the longest
KNOWS_QUEUES = Path("/proc/self/schedstat").exists()  # a kernel with CONFIG_SCHED_INFO, as distributions have it
_FORM = struct.Struct("<cdd")


@dataclass(frozen=True)
class Times:
    """How a submission's processes spent their time.

    Attributes:
        computed: seconds of processor time, that of processes that have ended included.
        queued: seconds for which they could have computed, and others had the processors.
        over: which limit of the whole submission was passed: `c` for processor time, `m` for memory, `-` for none.
    """

    computed: float = 0.0
    queued: float = 0.0
    over: bytes = b"-"

    def as_bytes(self) -> bytes:
        """Return these times as bytes, always as many."""
        return _FORM.pack(self.over, self.computed, self.queued)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Times":
        """Return the times that as_bytes() wrote."""
        over, computed, queued = _FORM.unpack(data)
        return cls(computed, queued, over)


TIMES_SIZE = _FORM.size


def family(pid: int) -> Iterator[int]:
    """Yield a process and all that descend from it; what has lost its parent is a child of the namespace's first."""
    waiting = [pid]
    while waiting:
        pid = waiting.pop()
        yield pid
        for thread in _threads(pid):
            waiting += map(int, _text(f"/proc/{pid}/task/{thread}/children").split())


def _threads(pid: int) -> list[str]:
    try:
        with os.scandir(f"/proc/{pid}/task") as found:
            return [each.name for each in found]
    except OSError:
        return []


def times_of(pid: int) -> Times:
    """Return what a process and all that descend from it have spent until now."""
    pids = list(family(pid))
    return Times(_computed(pids), sum(map(_queued, pids)) / 1e9)


def _queued(pid: int) -> int:
    """Return how long a process's threads waited for a processor, in ns; in the sandbox it sees its first one alone."""
    told = [_text(f"/proc/{pid}/task/{thread}/schedstat") for thread in _threads(pid)]
    seen = list(filter(None, told)) or [_text(f"/proc/{pid}/schedstat")]
    return sum(int(each.split()[1]) for each in seen if each)


def _computed(pids: list[int]) -> float:
    fields = (_text(f"/proc/{each}/stat").rpartition(")")[2].split() for each in pids)
    # in user and in system mode, and both again for the children that were waited for
    return sum(int(number) for each in fields for number in each[11:15]) / _TICKS


def use_of(pid: int, inherited: int, enough: int) -> tuple[float, int]:
    """Return the processor time of a process and all that descend from it, and their memory.

    Args:
        pid: the process.
        inherited: bytes that each of them shares with what it was forked from.
        enough: where they have not even this much, what is shared counted for each, that is returned: it is cheaper.

    Returns:
        Seconds, those of processes that have ended included; bytes that are theirs, with their part of what they share.
    """
    whole = {each: _resident(each) for each in family(pid)}
    memory = sum(whole.values())
    if memory > enough:
        memory = sum(_proportional(each, max(0, whole[each] - inherited)) for each in whole)
    return _computed(list(whole)), memory


def _resident(pid: int) -> int:
    found = _PARTS_OF_MEMORY.findall(_text(f"/proc/{pid}/status"))
    return sum(map(int, found)) * 1024


def _proportional(pid: int, otherwise: int) -> int:
    """Return a process's memory, what is shared by several divided among them, where this user may know."""
    lines = (line.split() for line in _text(f"/proc/{pid}/smaps_rollup").splitlines())
    parts = {words[0]: int(words[1]) * 1024 for words in lines if len(words) > 1 and words[1].isdigit()}
    return parts.get("Pss_Anon:", 0) + parts.get("Pss_Shmem:", 0) if parts else otherwise


def resident_memory() -> int:
    """Return the bytes of memory that this process has; what is forked from it shares them."""
    return _resident(os.getpid())


def _text(path: str) -> str:
    """Return what a file of /proc says, "" for a process that is gone or that this user may not ask about."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return ""
    try:
        return os.read(descriptor, _LONGEST).decode("ascii", "replace")
    except OSError:
        return ""
    finally:
        os.close(descriptor)
