"""A worker: a process that has imported everything once, and has a learner's process and a judge for each submission.

Run by `python -m` this is the template: it imports, and forks a worker for every socket that it is handed. A worker is
handed sockets, one for each submission, and never reads them: what the judge is told stays out of the memory that the
learner's process inherits. So do the checks: a child of the worker, the bench, imports them and forks judges.

    template -> worker -> learner's process
                worker -> bench -> judge
"""

import contextlib
import ctypes
import gc
import importlib
import os
import pkgutil
import signal
import socket
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from grader.base import settings
from grader.diagnosis.limits import limit_resources
from grader.judging.sandbox.enter import Limits, enter_sandbox, missing_parts
from grader.judging.usage import TIMES_SIZE, Times
from grader.judging.workers import cgroups
from grader.judging.workers.watch import Watch

if TYPE_CHECKING:
    from grader.judging.crossing.channel import Channel

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # a thread more, and a forked child may hang
os.environ.setdefault("MPLBACKEND", "agg")
os.environ[settings.WARM] = "1"  # grader.base.keras_import makes no tensor: after one, a forked child hangs
PR_SET_PDEATHSIG = 1
# for a judge, what it is sent may be made to be slow and large: processor time, bytes of memory beside what it shares
JUDGE_SECONDS, JUDGE_MEMORY, JUDGE_FILES = 300, 2_000_000_000, 64_000_000

# what submissions use, and what serves them
WARM = ["IPython.core.interactiveshell", "matplotlib.pyplot", "scipy.special"]
WARM += ["grader.judging.judge.judge", "grader.judging.learner.shell", "grader.judging.crossing.models"]
KERAS = ["grader.base.keras_import", "grader.diagnosis.diagnose", "sklearn.datasets"]
CHECKS = Path(__file__).parents[2] / "checks"


def warm_up(names: list[str]) -> None:
    """Import, and run nothing; what cannot be imported is told when it is used."""
    for name in names:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    gc.freeze()  # so that no child's collector writes to, and thereby copies, the memory that it shares


def make_shell() -> None:
    """Make the shell that learners' cells will run in."""
    from grader.judging.learner.shell import warm_shell

    with tempfile.TemporaryDirectory() as folder:  # IPython wants one for its profile, and must not take the home
        os.environ["IPYTHONDIR"] = folder
        warm_shell()


def main() -> None:
    """Import, then fork a worker for each control socket, until the other side hangs up.

    It does so at the end of its work, and when it is killed: then whoever still works does it for nobody, and is ended.
    """
    make_shell()
    warm_up(WARM + (KERAS if "--keras" in sys.argv else []))
    if "--trusted" not in sys.argv:
        missing_parts()  # what it finds out about this system is kept, and need not be found out for each submission
        cgroups.parent()
    workers = []
    with tempfile.TemporaryDirectory(prefix="logit-lab-", ignore_cleanup_errors=True) as folder:
        tempfile.tempdir = folder  # the workers' folders lie there, and go with it
        with socket.socket(fileno=0) as orders:
            orders.send(b"r")
            while control := receive_socket(orders):
                workers.append(_forked(partial(_serve, control, orders)))
                control.close()
        for worker in workers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)  # what they have started ends with them
            os.waitpid(worker, 0)


def _serve(control: socket.socket, orders: socket.socket) -> None:
    orders.close()
    os.setsid()
    serve_submissions(control)


def receive_socket(channel: socket.socket) -> socket.socket | None:
    """Return the socket that is handed over next, or None when the other side has hung up."""
    message, descriptors, _, _ = socket.recv_fds(channel, 1, 1)
    return socket.socket(fileno=descriptors[0]) if message and descriptors else None


def serve_submissions(control: socket.socket) -> None:
    """Take submissions until the other side hangs up; say who this is first, so that it can be ended."""
    bench, theirs = socket.socketpair()
    _forked(partial(_be_the_bench, bench, theirs, control))
    theirs.close()
    control.send(os.getpid().to_bytes(8, "big"))
    while job := receive_socket(control):
        with job:
            if not run_submission(job, control, bench):
                return
        control.send(b"d")


def _be_the_bench(bench: socket.socket, orders: socket.socket, control: socket.socket) -> None:
    bench.close()
    control.close()
    fork_judges(orders)


def fork_judges(orders: socket.socket) -> None:
    """Import the checks, then fork a judge for each submission, until the worker hangs up."""
    warm_up([f"grader.checks.{module.name}" for module in pkgutil.iter_modules([str(CHECKS)])])
    while descriptors := socket.recv_fds(orders, 1, 2)[1]:
        job, wishes = (socket.socket(fileno=each) for each in descriptors)
        with job, wishes:
            judge = _forked(partial(_judge, job, wishes, orders))
        os.waitpid(judge, 0)
        orders.send(b"d")


def run_submission(job: socket.socket, control: socket.socket, bench: socket.socket) -> bool:
    """Have one submission judged, fork a learner's process whenever its judge asks for one; return if all went well."""
    wishes, theirs = socket.socketpair()
    with theirs:
        socket.send_fds(bench, [b"j"], [job.fileno(), theirs.fileno()])
    with wishes, tempfile.TemporaryDirectory(prefix="logit-lab-", ignore_cleanup_errors=True) as folder:
        watch = Watch(_told("--cpu-seconds="), _memory_in_all() << 20)
        for _ in watch.orders(wishes):
            watch.end(patience=0)
            watch.make_room()
            watch.follow(_new_learner(wishes, Path(tempfile.mkdtemp(dir=folder)), watch.enter, [job, control, bench]))
        done = bench.recv(1)
        watch.end()
    return bool(done)


def _new_learner(wishes: socket.socket, folder: Path, enter: Callable[[], None], others: list[socket.socket]) -> int:
    """Fork a learner's process, hand the other end of its channel to the judge, and return its process id."""
    ours, theirs = socket.socketpair()
    learner = _forked(partial(_learn, theirs, folder, enter, [*others, wishes, ours]))
    with ours, theirs:
        socket.send_fds(wishes, [b"l"], [ours.fileno()])
    return learner


def _forked(act: Callable[[], None]) -> int:
    """Do something in a child process, which ends with this one; return its process id.

    It leaves at once, whatever happens; TensorFlow's own way out takes a second.
    """
    parent = os.getpid()
    child = os.fork()
    if child:
        return child
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == parent:  # which may have ended before the call
            act()
    finally:
        os._exit(0)


def _learn(channel: socket.socket, folder: Path, enter: Callable[[], None], others: list[socket.socket]) -> None:
    from grader.judging.crossing.channel import Channel
    from grader.judging.learner.shell import serve

    os.setsid()
    enter()
    for other in others:
        other.close()
    if "--trusted" not in sys.argv:
        enter_sandbox(folder, Limits(_told("--cpu-seconds="), _told("--memory-mb=") << 20))
    else:
        os.chdir(folder)
    serve(Channel(channel), _told("--cell-seconds="))


def _told(flag: str) -> int:
    """Return the number that the command line gives a flag."""
    return next(int(word.removeprefix(flag)) for word in sys.argv if word.startswith(flag))


def _memory_in_all() -> int:
    """Return how many megabytes a submission may have; one process alone gets a MemoryError before that."""
    return _told("--memory-mb=") * 5 // 4


def _judge(job: socket.socket, wishes: socket.socket, orders: socket.socket) -> None:
    from grader.judging.crossing.channel import Channel
    from grader.judging.judge.judge import judge_cells
    from grader.judging.judge.proxies import LearnerLimits, LearnerProxy

    orders.close()
    tell = Channel(job)
    cells = tell.receive()
    limit_resources(JUDGE_MEMORY, JUDGE_SECONDS, JUDGE_FILES)
    limits = LearnerLimits(_told("--patience="), _told("--cpu-seconds="), _memory_in_all())
    learner = LearnerProxy(partial(_wish, wishes), limits, partial(_times, wishes))
    told, stopped = judge_cells(cells, learner)
    tell.send({"cells": told, "stopped": stopped, "starved": learner.starved})


def _wish(wishes: socket.socket) -> "Channel":
    """Return a channel to a new learner's process."""
    from grader.judging.crossing.channel import Channel

    wishes.send(b"l")
    channel = receive_socket(wishes)
    assert channel is not None, "the worker is there as long as its judge"
    return Channel(channel, patience=10 * _told("--patience="))


def _times(wishes: socket.socket) -> Times:
    """Return what the submission's processes have used."""
    wishes.send(b"t")
    return Times.from_bytes(wishes.recv(TIMES_SIZE, socket.MSG_WAITALL))


if __name__ == "__main__":
    main()
