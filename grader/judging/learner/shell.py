"""The learner's process: runs the cells, and calls the functions in them when the judge asks.

Nothing here is trusted by the judge, and nothing here knows what is asked of an answer.
"""

import contextlib
import io
import os
import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from grader.answers.observe import observe
from grader.base.files import write_files
from grader.base.time_limit import limit_time
from grader.judging.crossing.channel import Broken, Channel
from grader.judging.crossing.models import Refused
from grader.judging.crossing.values import is_model, pack, places_of, unpack_arguments
from grader.judging.learner.stubs import install_stubs
from grader.judging.learner.uses import Uses, describe_function
from grader.judging.usage import times_of

MOST = 20_000  # characters of a cell's output that are kept


@cache
def warm_shell() -> Any:
    """Return IPython's shell without a history, without windows, and with tracebacks kept in `told` and not printed.

    The template makes it, and a process that is forked from it runs its cells in it: that saves a quarter of the time.
    """
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    class Quiet(InteractiveShell):
        told: list[str]

        def enable_gui(self, gui: object = None) -> None:
            """Do without; `%matplotlib inline` asks for one."""

        def _showtraceback(self, etype: object, evalue: object, stb: list[str]) -> None:
            self.told = stb

    no_history = Config({"HistoryManager": {"enabled": False}})  # no database, and no thread that writes into it
    return Quiet.instance(config=no_history)


class Shell:
    """IPython without a notebook: magics and the last value work, pictures go nowhere."""

    def __init__(self, cell_seconds: int = 60) -> None:
        """Make the shell; one for each process.

        Args:
            cell_seconds: of computing, and of waiting, after which a cell or a row of calls is interrupted.
        """
        self.shell, self.cell_seconds = warm_shell(), cell_seconds
        sys.modules["__main__"] = self.shell.user_module  # as in a kernel: inspect looks there
        self.uses = Uses(self.shell.user_ns)

    def run(self, source: str) -> dict[str, Any]:
        """Run a cell and return what was printed, and the error that ended it or None."""
        self.shell.told = []
        with capture_printed() as (out, err), limit_time(self.cell_seconds, self.cell_seconds, _idle_seconds):
            result = self.shell.run_cell(source, store_history=True)
        error = result.error_before_exec or result.error_in_exec
        told: dict[str, Any] = {"out": out.getvalue(), "err": err.getvalue(), "error": None}
        if error is not None:
            lines = "\n".join(self.shell.told)[-MOST:]
            told["error"] = {"name": type(error).__name__, "message": _text(error), "traceback": lines}
        return told

    def name(self, name: str) -> dict[str, Any]:
        """Return what a name stands for."""
        names = self.shell.user_ns
        if name not in names:
            return {"kind": "missing"}
        value = names[name]
        with limit_time(self.cell_seconds, self.cell_seconds, _idle_seconds):
            if callable(value) and not is_model(value):
                return {"kind": "function", **describe_function(value)}
            return self.uses.describe(value) or pack(value)

    def use(self, of: str | int, arguments: list[Any], keywords: list[str], step: bool) -> dict[str, Any]:
        """Call something, or take the next value of it, as a test asks; see Uses.use."""
        with (
            capture_printed() as (out, err),
            limit_time(self.cell_seconds, self.cell_seconds, _idle_seconds),
        ):
            told = self.uses.use(of, arguments, keywords, step)
        return {**told, "out": out.getvalue(), "err": err.getvalue()}

    def give(self, files: dict[str, bytes]) -> dict[str, Any]:
        """Write the files that lie beside the exercise's notebook into the current folder."""
        write_files(Path(), files)
        sys.path.insert(0, str(Path.cwd()))  # as a kernel's is: modules among them can be imported
        return {}

    def call(self, name: str | int, calls: list[dict[str, Any]], items: int, seconds: int) -> dict[str, Any]:
        """Call what a name stands for, once or several times, and return what was seen of each call.

        When a call is interrupted because all together take too much processor time, the ones after it count as
        interrupted too.
        """
        results: list[dict[str, Any]] = []
        with limit_time(min(seconds, self.cell_seconds), self.cell_seconds, _idle_seconds) as interrupted:
            for each in calls:
                results.append(results[-1] if interrupted else self._call(name, items=items, **each))
        return {"results": results}

    def _call(self, name: str | int, arguments: list[Any], keywords: dict[str, Any], items: int) -> dict[str, Any]:
        given = unpack_arguments(arguments)
        seen = observe(self.uses.value(name), given, items, keywords)
        told: dict[str, Any] = {"changed": seen.changed, "warned": seen.warned[:MOST], "raised": None}
        if seen.raised:
            return {**told, "raised": asdict(seen.raised)}
        try:
            told["returned"] = pack(seen.returned)
        except Refused as refused:
            return _failure("CannotBeJudged", str(refused))
        if is_model(seen.returned):
            told["places"] = [places_of(seen.returned, value) if is_model(value) else None for value in given]
        return told


def serve(channel: Channel, cell_seconds: int = 60) -> None:
    """Answer the judge's requests until it hangs up.

    Args:
        channel: to the judge.
        cell_seconds: see Shell.
    """
    _devnull()
    os.register_at_fork(after_in_child=channel.close)  # what a cell forks must not answer beside this process
    install_stubs()
    shell = Shell(cell_seconds)
    answers = {"run": shell.run, "name": shell.name, "call": shell.call, "use": shell.use, "give": shell.give}
    answers |= {"put_aside": shell.uses.put_aside, "put_back": shell.uses.put_back}
    while True:
        try:
            request = channel.receive()
        except Broken:
            return
        told = _answer(answers[request.pop("ask")], request)
        try:
            _send(channel, told)
        except Broken:
            return


def _send(channel: Channel, told: dict[str, Any]) -> None:
    """Send an answer, or where it cannot be sent (too large, half a character) say why."""
    try:
        channel.send(told)
    except TypeError as error:
        channel.send(_failure("CannotBeJudged", str(error)))


def _failure(name: str, message: str) -> dict[str, Any]:
    raised = {"type": name, "message": message, "function": "", "line": ""}
    return {"raised": raised, "error": {"name": name, "message": message, "traceback": ""}}


def _answer(act: Any, about: dict[str, Any]) -> dict[str, Any]:
    try:
        return act(**about)
    except Refused as refused:
        return _failure("CannotBeJudged", str(refused))
    except BaseException as error:  # whatever the learner's code throws, the next request is answered
        return _failure(type(error).__name__[:60], _text(error))


def _text(error: BaseException) -> str:
    try:
        return str(error)[:500]
    except Exception:  # an exception may be anything, also one that cannot be told
        return ""


class Capped(io.StringIO):
    """Keeps the first characters of what is printed, and forgets the rest."""

    def write(self, text: str) -> int:
        """Keep what there is room for."""
        super().write(str(text)[: max(0, MOST - self.tell())])
        return len(text)


@contextlib.contextmanager
def capture_printed() -> Iterator[tuple[Capped, Capped]]:
    """Collect what is printed."""
    out, err = Capped(), Capped()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        yield out, err


def _idle_seconds() -> float:
    """Return the time, by a clock that stands still while this process computes or would do so."""
    times = times_of(os.getpid())
    return time.monotonic() - times.computed - times.queued


def _devnull() -> None:
    """Send what C++ and other programs write to the descriptors nowhere; take nothing from standard input."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
