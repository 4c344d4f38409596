"""A submission that tries a trick, made from attacks/*.py, and the world outside that it must leave alone.

A file of attacks/ is one trick. Its first line says what it tries; further comments may say

    # exercise: 04-losses       whose notebook it is made from; 01-activations
    # wants: sigmoid            the answer that it wants points for; the exercise's first one
    # loses: later              the answers from the wanted one on, or all, may be lost with it, by its own doing
    # only                      the notebook holds no other answers (where the honest ones would train for long)
    # slow                      it has to be waited for, longer than a run of all tests should take
    # hole: ...                 it succeeds as yet, and why

Then come cells: `# %% relu` is the cell of that name, `# %%` one more at this place. All answers that are not named are
the right ones, so that what they are worth must be earned. A first cell defines OUT: what the trick may know of the
world outside, and where to find it.
"""

import contextlib
import functools
import json
import os
import secrets
import socket
import sysconfig
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from grader.judging import pool
from grader.judging.exercise import Exercise, load
from grader.judging.judge import enter_outputs, job_of
from grader.judging.results import AnswerResult
from grader.judging.submission import prepare
from grader.judging.verdicts import answers, mark_unjudged

ROOT = Path(__file__).resolve().parent.parent
ATTACKS = Path(__file__).parent / "attacks"
PATIENCE = 30.0  # seconds, until what dies with a submission must be gone
exercise = functools.cache(load)


@dataclass(frozen=True)
class Trick:
    """One file of attacks/."""

    name: str
    cells: list[tuple[str, str]]
    facts: dict[str, str] = field(default_factory=dict)

    @property
    def exercise(self) -> Exercise:
        return exercise(self.facts.get("exercise", "01-activations"))

    @property
    def wanted(self) -> str:
        return self.facts.get("wants") or self.exercise.answer(next(iter(self.exercise.tests)))

    def kept(self) -> list[str]:
        """Return the answers that are right and must get their points."""
        names = [self.exercise.answer(test) for test in self.exercise.tests]
        place = names.index(self.wanted)
        if "only" in self.facts or self.facts.get("loses") == "all":
            return []
        return names[:place] if self.facts.get("loses") == "later" else names[:place] + names[place + 1 :]

    def notebook(self, first: str) -> NotebookNode:
        """Return the submission: the source with the trick's cells in it, and a first cell before all others."""
        notebook = nbformat.read(ROOT / f"solutions/{self.exercise.name}/{self.exercise.name}.ipynb", as_version=4)
        if "only" in self.facts:
            for cell in notebook.cells:
                if cell.metadata.get("nbgrader", {}).get("solution"):
                    cell.source = ""
        place = next(number for number, cell in enumerate(notebook.cells) if cell.id == "imports") + 1
        for name, source in self.cells:
            if name:
                place = next(number for number, cell in enumerate(notebook.cells) if cell.id == name)
                notebook.cells[place].source = source
            else:
                notebook.cells.insert(place, new_code_cell(source))
            place += 1
        notebook.cells.insert(0, new_code_cell(first))
        return notebook


def read(path: Path) -> Trick:
    """Return the trick that a file holds."""
    head, *parts = path.read_text("utf-8").split("\n# %%")
    lines = [line.removeprefix("# ").partition(": ") for line in head.splitlines()[1:]]
    facts = {key: value for key, _, value in lines if key in ("exercise", "wants", "loses", "only", "slow", "hole")}
    cells = [part.partition("\n") for part in parts]
    return Trick(path.stem, [(name.strip(), source.strip()) for name, _, source in cells], facts)


def tricks() -> list[Any]:
    """Return all tricks as parameters of a test."""
    slow = pytest.mark.skipif("LOGIT_LAB_SLOW" not in os.environ, reason="takes minutes; set LOGIT_LAB_SLOW to run it")
    params = []
    for trick in map(read, sorted(ATTACKS.glob("*.py"))):
        marks = [slow] if "slow" in trick.facts else []
        marks += [pytest.mark.xfail(reason=trick.facts["hole"], strict=True)] if "hole" in trick.facts else []
        params.append(pytest.param(trick, id=trick.name, marks=marks))
    return params


class World:
    """What lies outside: files with a secret, a server, a worker; and whether anything has happened to them."""

    def __init__(self, folder: Path) -> None:
        """Put a secret into a folder, a home and the project's build folder, and open a server to everybody."""
        self.secret, self.marker = f"secret-{secrets.token_hex(8)}", f"attack-{secrets.token_hex(8)}"
        self.folders = [folder, folder / "home", ROOT / "build" / self.marker]
        self.canaries = [each / name for each, name in zip(self.folders, ("a.txt", ".bashrc", "grades.db"), strict=True)]
        for canary in self.canaries:
            canary.parent.mkdir(parents=True, exist_ok=True)
            canary.write_text(self.secret)
            canary.parent.chmod(0o777)  # the sandbox alone must keep strangers out
            canary.chmod(0o666)
        self.servers = [socket.create_server(("127.0.0.1", 0)), *(socket.socket(socket.AF_UNIX) for _ in range(2))]
        self.paths = ["\0" + self.marker, str(folder / "socket")]
        for server, path in zip(self.servers[1:], self.paths, strict=True):
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

    def known(self, worker: pool.Worker) -> str:
        """Return the first cell of a submission, which tells it where everything is."""
        exercises = ROOT / "solutions/01-activations/01-activations.ipynb"
        out = {
            "marker": self.marker,
            "canaries": [str(canary) for canary in self.canaries],
            "home": str(self.folders[1]),
            "project": str(ROOT),
            "solution": str(exercises),
            "packages": [sysconfig.get_path("purelib")],
            "port": self.servers[0].getsockname()[1],
            "abstract": self.marker,
            "socket": self.paths[1],
            "pids": [os.getpid(), worker.template.process.pid, worker.pid],
        }
        return f"import numpy as np\n\nOUT = {out!r}"

    def untouched(self) -> None:
        """Assert that nothing was written, made, removed or connected to."""
        assert self._files() == self.before
        for server in self.servers:
            with pytest.raises(BlockingIOError):
                server.accept()

    def _files(self) -> dict[str, Any]:
        """Return what could show a trick at work: the secret files as they are, and all names near them."""
        seen: dict[str, Any] = {str(canary): (canary.read_text(), canary.stat().st_mode) for canary in self.canaries}
        seen |= {str(folder): sorted(os.listdir(folder)) for folder in self.folders}
        packages = Path(sysconfig.get_path("purelib"))
        for folder in (packages, packages / "numpy", ROOT, ROOT / "build", Path("/tmp"), Path("/dev/shm"), Path.home()):
            names = os.listdir(folder) if folder.is_dir() else []
            made = (self.marker, "sitecustomize.py", "usercustomize.py", "ld.so.preload", "conftest.py")
            seen[str(folder)] = sorted(name for name in names if name.startswith(made))
        return seen


@contextlib.contextmanager
def marked_worker(marker: str) -> Iterator[pool.Worker]:
    """Yield a worker; it and all that is forked from it have the marker in their environment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", f"/nowhere/{marker}")
        with pool.worker() as worker:
            yield worker


def alive(marker: str, root: int) -> set[int]:
    """Return the processes that hold the marker in their environment, or descend from a process."""
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
    return marked | {pid for pid in parents if root in _ancestors(pid, parents)}


def _ancestors(pid: int, parents: dict[int, int]) -> set[int]:
    found: set[int] = set()
    while pid in parents and pid not in found:
        found.add(pid)
        pid = parents[pid]
    return found


def nobody_left(marker: str, worker: pool.Worker) -> None:
    """Assert that of all that a submission started nothing is alive, some seconds after its end."""
    template = worker.template.process.pid
    end = time.monotonic() + PATIENCE
    while left := alive(marker, template) - {template, worker.pid}:
        assert time.monotonic() < end, f"{left} are still alive"
        time.sleep(0.01)


@dataclass(frozen=True)
class Outcome:
    """What came of a submission."""

    notebook: NotebookNode
    stopped: str
    answers: dict[str, AnswerResult]

    @property
    def outputs(self) -> str:
        """All outputs, as the judged notebook will hold them."""
        return json.dumps([cell.outputs for cell in self.notebook.cells if cell.cell_type == "code"], ensure_ascii=False)


def run(worker: pool.Worker, raw: bytes, of: Exercise) -> Outcome:
    """Judge a submission."""
    notebook = prepare(raw, of)
    outputs, stopped = worker.run(job_of(notebook, set(of.tests)))
    enter_outputs(notebook, outputs)
    mark_unjudged(notebook, stopped)
    return Outcome(notebook, stopped, {answer.name: answer for answer in answers(notebook, of)})
