"""The processes around the learner's: one that waits outside, and the first of the PID namespace.

The one that waits is the one that its starter knows. When it is killed, everything inside is; when the one inside ends,
it ends in the same way.
"""

import contextlib
import os
import resource
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from grader.judging.sandbox import kernel

_USUAL_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


class Unavailable(Exception):
    """This system lacks a part of the sandbox; the message is one sentence that names it."""


@contextlib.contextmanager
def require_part(name: str, hint: str = "") -> Iterator[None]:
    """Turn the kernel's refusal into Unavailable."""
    try:
        yield
    except OSError as error:
        raise Unavailable(f"This system lacks {name}: {error.strerror or error}{hint}.") from error


def close_descriptors(keep: set[int]) -> None:
    """Close all open descriptors but those to keep."""
    for descriptor in [int(path.name) for path in Path("/proc/self/fd").iterdir()]:
        if descriptor not in keep:
            with contextlib.suppress(OSError):  # the one that listed the folder is closed already
                os.close(descriptor)


def go_below(user: int, group: int, proc: int) -> None:
    """Fork into a PID namespace, the caller going on in the child; an ordinary user becomes root of their own first."""
    if user != 0:
        with require_part("user namespaces for ordinary users", why_no_user_namespaces()):
            kernel.unshare(kernel.NEW_USER)
            kernel.map_ids(0, user, 0, group, proc)
    with require_part("PID namespaces"):
        kernel.unshare(kernel.NEW_PID)
        kernel.die_with_parent()
    first, lifeline = _start_first_process()
    child = os.fork()
    if child:
        _wait(child, first, lifeline)
    os.close(lifeline)
    os.setsid()  # no terminal to type into
    kernel.offer_to_die(proc)
    with require_part("mount, network, IPC, hostname or cgroup namespaces"):
        kernel.unshare(
            kernel.NEW_MOUNTS | kernel.NEW_NETWORK | kernel.NEW_IPC | kernel.NEW_HOSTNAME | kernel.NEW_CGROUP
        )


def why_no_user_namespaces() -> str:
    """Return a hint, in brackets, where a setting of the system is known to be the reason."""
    switch = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
    with contextlib.suppress(OSError):
        if switch.read_text().strip() == "1":
            return " (AppArmor's kernel.apparmor_restrict_unprivileged_userns is 1)"
    return ""


def _start_first_process() -> tuple[int, int]:
    """Start the first process of the PID namespace; return its id and the descriptor that keeps it alive.

    When it ends, the kernel kills all others. It ends when its input does, so when this process is gone, however that
    came. The learner's process cannot reach it: signals to a first process from inside are dropped. Orphans that
    it adopts stay there as zombies, and what they have used stays counted. A small shell costs 1 ms; another fork of a
    process with TensorFlow in it would cost 7.
    """
    reading, lifeline = os.pipe()
    try:
        with require_part("/bin/sh"):
            first = os.posix_spawn(
                "/bin/sh", ["sh", "-c", "read line"], {}, setsid=True, setsigdef=[signal.SIGCHLD],
                file_actions=[(os.POSIX_SPAWN_DUP2, reading, 0), (os.POSIX_SPAWN_CLOSE, lifeline)],
            )  # fmt: skip
    finally:
        os.close(reading)
    return first, lifeline


def _wait(child: int, first: int, lifeline: int) -> NoReturn:
    """Wait for the child, end everything that it started, and end as it ended."""
    for number in _USUAL_ENDINGS:
        signal.signal(number, signal.SIG_DFL)
    close_descriptors({lifeline})  # or the judge would not see the end of the learner's socket
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.kill(first, signal.SIGKILL)
    os.waitpid(first, 0)  # returns when all others are dead
    if status < 0:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if -status not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(-status, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [-status])
        os.kill(os.getpid(), -status)
    os._exit(status if status >= 0 else 128 - status)
