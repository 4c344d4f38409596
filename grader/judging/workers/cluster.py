"""Judging on many machines: submissions go to the workers of a Dask scheduler, and results come back as they are done.

See docs/clusters.md.
"""

import contextlib
import logging
import socket
import ssl
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from grader.base.errors import CannotGoOn
from grader.judging.batch import Handed, Judged, judge_submission, reject
from grader.judging.execution import Run
from grader.judging.exercise import Exercise

if TYPE_CHECKING:
    from distributed import Client

    from grader.judging.workers.stations import Work

LOGGERS = ("distributed", "distributed.client", "tornado.application", "asyncio")
CONNECTING = 10.0  # seconds
PATIENCE = 3600.0  # seconds without a worker; a queue of jobs may be long
LOST = "The workers that had this submission ended or failed each time; start the workers again and grade it alone."


def print_sentence(sentence: str) -> None:
    """Write a sentence for the person who waits; standard output holds nothing but the table."""
    print(sentence, file=sys.stderr, flush=True)


def judge_on_cluster(
    address: str,
    handed: Iterable[Handed],
    exercise: Exercise,
    trust: bool = False,
    patience: float = PATIENCE,
    say: Callable[[str], None] = print_sentence,
) -> Iterator[Judged]:
    """Yield the judged submission of each student as they come in, each of them once.

    Args:
        address: of the scheduler, such as tcp://HOST:8786.
        handed: the submissions. They are asked for as there is room for them, so that memory stays the same however
            large the class is.
        exercise: what they were given.
        trust: workers run the submitted code without a sandbox.
        patience: seconds to wait when there is no worker that can judge.
        say: takes a sentence for the person who waits.

    Raises:
        CannotGoOn: there is no scheduler, it is gone, or no worker can judge.
    """
    from grader.judging.workers.fleet import Fleet
    from grader.judging.workers.stations import Work

    with connect(address) as client:
        fleet = Fleet(client, exercise.name, trust, patience, say)
        rest, more = iter(handed), True
        while more or fleet.is_busy:
            while more and fleet.has_room:
                one = next(rest, None)
                more = one is not None
                if one and one.problem:
                    yield reject(one.student, one.problem, exercise)
                elif one:
                    fleet.send(Work(one))
            for work, found in fleet.results():
                yield _of(work.handed.student, found) if found else _lost(work, exercise)


def _of(student: str, found: Judged) -> Judged:
    return replace(found, result=replace(found.result, student=student))


def _lost(work: "Work", exercise: Exercise) -> Judged:
    return judge_submission(work.handed, exercise, lambda *_: Run(LOST))


@contextlib.contextmanager
def connect(address: str) -> Iterator["Client"]:
    """Yield a client of a scheduler; certificates for tls:// come from Dask's own configuration.

    Raises:
        CannotGoOn: Dask is not installed, nobody answers at the address, or the certificates do not fit.
    """
    try:
        import dask
        from distributed import Client
        from distributed.comm.addressing import get_address_host_port
        from distributed.versions import VersionMismatchWarning
    except ImportError as error:
        raise CannotGoOn("Grading on a cluster needs the package distributed: install the extra `cluster`.") from error
    for logger in LOGGERS:
        logging.getLogger(logger).setLevel(logging.CRITICAL)  # what matters is said in our own words
    warnings.simplefilter("ignore", VersionMismatchWarning)
    try:
        get_address_host_port(address)
    except ValueError as error:
        raise CannotGoOn(f"{address!r} is no address of a scheduler. Give one such as tcp://HOST:8786.") from error
    quiet = {"distributed.admin.large-graph-warning-threshold": "1GB"}
    try:
        with dask.config.set(quiet):
            client = Client(address, timeout=CONNECTING, set_as_default=False, name="logit-lab")
    except Exception as error:  # whatever answers there need not be Dask
        raise CannotGoOn(_why_not(address, error)) from error
    with dask.config.set(quiet), client:
        yield client


def _why_not(address: str, error: Exception) -> str:
    """Return a sentence for what Dask raised while it connected."""
    from distributed.comm import CommClosedError

    if isinstance(error, TypeError):
        return f"{address} needs certificates: name ca-file, client.cert and client.key as docs/clusters.md shows."
    if isinstance(error, FileNotFoundError | PermissionError | ssl.SSLError):
        return f"A certificate or key that Dask's configuration names cannot be read: {error.strerror}."
    closed = address.startswith("tls:") and isinstance(error, CommClosedError)  # a refusal can be lost on its way
    if closed or "SSL" in str(error) or "certificate" in str(error):
        return (
            f"{address} and this machine do not trust each other: both certificates must be signed by ca-file's owner."
        )
    if "Timed out" in str(error) or not _listens(address):
        return f"No scheduler answers at {address}. See that it runs there: .venv/bin/dask scheduler"
    return f"What answers at {address} is no Dask scheduler, or one that is reached by tls:// alone."


def _listens(address: str) -> bool:
    """Say whether anything takes connections at an address; what Dask raises when nothing does depends on timing."""
    from distributed.comm.addressing import get_address_host_port

    try:
        socket.create_connection(get_address_host_port(address), timeout=CONNECTING).close()
    except OSError:
        return False
    return True
