"""The world outside of a submission: secret files, servers, workers; and whether anything has happened to them."""

import contextlib
import os
import secrets
import socket
import sysconfig
import time
from pathlib import Path
from typing import Any

import pytest

from grader.judging.workers import pool

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0  # seconds, until what dies with a submission must be gone
IMPATIENT = {"cell_seconds": 8, "patience": 12}  # seconds that a test can wait for
NUMPY_ALONE = ("01-activations", "02-logits", "03-roundoff")
RUN_BY_PYTHON = ("sitecustomize.py", "usercustomize.py", "conftest.py", "ld.so.preload")


class World:
    """What a submission must neither read nor change nor speak to."""

    def __init__(self, folder: Path) -> None:
        """Put a secret into a folder, a home and the project's build folder, and open servers to everybody."""
        self.secret, self.marker, self.success = (f"{n}-{secrets.token_hex(8)}" for n in ("secret", "attack", "did"))
        self.folders = [folder, folder / "home", ROOT / "build" / self.marker]
        names = "notes.txt", ".bashrc", "gradebook.db"
        self.canaries = [each / name for each, name in zip(self.folders, names, strict=True)]
        for canary in self.canaries:
            canary.parent.mkdir(parents=True, exist_ok=True)
            canary.write_text(self.secret)
            canary.parent.chmod(0o777)  # the sandbox alone must keep strangers out
            canary.chmod(0o666)
            os.utime(canary, (0, canary.stat().st_mtime))  # who reads it sets the first of the two
        self.path = str(folder / "socket")
        self.servers = [socket.create_server(("127.0.0.1", 0)), *(socket.socket(socket.AF_UNIX) for _ in range(2))]
        for server, path in zip(self.servers[1:], (self.path, f"\0{self.marker}"), strict=True):
            server.bind(path)
            server.listen()
        for server in self.servers:
            server.setblocking(False)
        self.before = self._files()

    def close(self) -> None:
        for server in self.servers:
            server.close()
        self.canaries[-1].unlink()
        self.folders[-1].rmdir()

    def told(self, worker: pool.Worker) -> str:
        """Return the first cell of a submission: where everything is, and a word to print when a trick succeeds.

        The worst tricks do nothing without it, and it tells nothing outside of a PID namespace.
        """
        out = {
            "marker": self.marker,
            "success": self.success,
            "canaries": [str(canary) for canary in self.canaries],
            "home": str(self.folders[1]),
            "project": str(ROOT),
            "solution": str(ROOT / "solutions/01-activations/01-activations.ipynb"),
            "packages": [sysconfig.get_path("purelib")],
            "port": self.servers[0].getsockname()[1],
            "socket": self.path,
            "many": 5000,
            "pids": [os.getpid(), worker.template.process.pid, worker.pid],
        }
        return f"import os\n\nimport numpy as np\n\nassert os.getpid() < 5\nOUT = {out!r}"

    def untouched(self) -> None:
        """Assert that nothing was read, written, made, removed or connected to."""
        assert self._files() == self.before
        for server in self.servers:
            with pytest.raises(BlockingIOError):
                server.accept()

    def _files(self) -> dict[str, Any]:
        """Return the secret files, and all names beside them and elsewhere that could be a trick's."""
        seen: dict[str, Any] = {str(canary): _without_a_trace(canary) for canary in self.canaries}
        seen |= {str(folder): sorted(path.name for path in folder.iterdir()) for folder in self.folders}
        packages = Path(sysconfig.get_path("purelib"))
        for folder in (packages, packages / "numpy", ROOT, ROOT / "build", Path("/tmp"), Path("/dev/shm"), Path.home()):
            names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
            seen[str(folder)] = sorted(name for name in names if name.startswith((self.marker, *RUN_BY_PYTHON)))
        return seen


def _without_a_trace(path: Path) -> tuple[bytes, int, int, float]:
    """Return what a file holds, and when it was last read, this reading not counted."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOATIME", 0))
    try:
        state = os.fstat(descriptor)
        return os.read(descriptor, 1000), state.st_mode, state.st_nlink, state.st_atime
    finally:
        os.close(descriptor)


class Workers:
    """Workers with Keras in them and without, patient and not, each started when needed, and what they have started."""

    def __init__(self, marker: str) -> None:
        """Start none. They and all that is forked from them will have the marker in their environment."""
        self.marker = marker
        self.warm: dict[tuple[bool, bool], pool.Worker] = {}
        self._opened = contextlib.ExitStack()

    def close(self) -> None:
        self._opened.close()

    def one_for(self, exercise: str, impatient: bool = False) -> pool.Worker:
        keras = exercise not in NUMPY_ALONE
        if (keras, impatient) not in self.warm:
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("PYTHONPATH", f"/nowhere/{self.marker}")
                limits = IMPATIENT if impatient else {}
                self.warm[keras, impatient] = self._opened.enter_context(pool.worker(keras, **limits))
        return self.warm[keras, impatient]

    def nobody_left(self) -> None:
        """Assert that of all that submissions have started nothing is alive, some seconds after their end."""
        ours = {pid for worker in self.warm.values() for pid in (worker.template.process.pid, worker.pid)}
        ours |= {_eldest(worker.pid) for worker in self.warm.values()}  # the bench, from which judges are forked
        end = time.monotonic() + PATIENCE
        while left := _alive(self.marker, ours) - ours:
            assert time.monotonic() < end, f"{left} are still alive"
            time.sleep(0.01)


def _eldest(pid: int) -> int:
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])


def _alive(marker: str, roots: set[int]) -> set[int]:
    """Return the processes that hold the marker in their environment, or descend from some processes."""
    parents, marked = {}, set()
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            if state == "Z":
                continue
            parents[int(folder.name)] = int(parent)
            with contextlib.suppress(PermissionError):
                if marker.encode() in (folder / "environ").read_bytes():
                    marked.add(int(folder.name))
    return marked | {pid for pid in parents if roots & _ancestors(pid, parents)}


def _ancestors(pid: int, parents: dict[int, int]) -> set[int]:
    found: set[int] = set()
    while pid in parents and pid not in found:
        found.add(pid)
        pid = parents[pid]
    return found
