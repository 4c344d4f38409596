"""A Dask scheduler and workers as processes of their own, and played ones, for the tests of grading on a cluster."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from conftest import ROOT

QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


class Cluster:
    """A scheduler on 127.0.0.1; it and all workers are ended with the `with` block, by their process ids."""

    def __init__(self, folder, *flags, **environment):
        self.folder, self.flags, self.environment = folder, flags, {**os.environ, **environment}
        self.processes = []
        file = folder / "scheduler.json"
        options = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", file]
        self.scheduler = self._start("dask_scheduler", *options, *flags)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not file.exists():
            time.sleep(0.05)
        time.sleep(0.1)  # it is written in one go, but not renamed into place
        self.address = json.loads(file.read_text())["address"]

    def worker(self, **environment):
        place = self.folder / f"worker-{len(self.processes)}"
        options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", place]
        return self._start("dask_worker", self.address, *options, *self.flags, **environment)

    def _start(self, module, *arguments, **environment):
        command = [sys.executable, "-m", f"distributed.cli.{module}", *map(str, arguments)]
        env = {**self.environment, **environment}
        # `-m` finds the course in the folder where it starts, which a test may choose
        process = subprocess.Popen(command, cwd=env.get("COURSE", ROOT), env=env, start_new_session=True, **QUIET)
        self.processes.append(process)
        return process

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        for process in reversed(self.processes):
            kill(process)


def kill(process):
    """End a process as a failing machine does, with everything that it has started, and wait until it is gone."""
    for pid in [process.pid, *below(process.pid)]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait()


def below(pid):
    """Return the ids of all processes below one, as the kernel lists them, for each thread that started some."""
    found = []
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [int(word) for word in file.read_text().split()]
    return found + [deeper for child in found for deeper in below(child)]


class PlayedFuture:
    """What a played worker will answer; nothing comes of it before answer() is called."""

    status = "finished"

    def __init__(self, act, arguments, address):
        self.act, self.arguments, self.address = act.__name__, arguments, address
        self.listeners, self.over = [], False

    def add_done_callback(self, listener):
        self.listeners.append(listener)

    @property
    def notebook(self):
        return next(argument for argument in self.arguments if isinstance(argument, bytes))

    def answer(self, value):
        self.value, self.over = value, True
        for listener in self.listeners:
            listener(self)

    def result(self, timeout):
        if isinstance(self.value, Exception):
            raise self.value
        return self.value

    def release(self):
        self.over = True


class PlayedClient:
    """A client whose workers do as the test says, each answer at the moment that the test says."""

    status = "running"

    def __init__(self, **workers):
        self.workers, self.sent = workers, []
        self.scheduler = type("Scheduler", (), {"address": "tcp://played:8786"})

    def nthreads(self):
        return dict(self.workers)

    def submit(self, act, *arguments, workers, pure):
        assert not pure, "the same bytes of two students are two submissions"
        self.sent.append(PlayedFuture(act, arguments, *workers))
        return self.sent[-1]

    def open(self, act="judge_here"):
        """Return what is away, of one kind."""
        return [future for future in self.sent if future.act == act and not future.over]

    def admit_all(self):
        for future in self.open("admit"):
            future.answer("")
