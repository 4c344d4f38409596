"""What tests do to a process of the grader from inside: end it at a chosen point, or let it find a full disk."""

import contextlib
import itertools
import json
import os
import resource
import signal
import time
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import nbformat

AFTER = 2  # so many submissions are written as usual before the fault


def replay(sample_class: Path) -> None:
    """Give each submission what the judge found in the sample whose name its student's begins with."""
    from grader.gradebook import grading
    from grader.judging.batch import Judged
    from grader.judging.results import Result

    name = "01-activations"
    found = {entry["student"]: entry for entry in json.loads((sample_class / "out.json").read_text())["submissions"]}
    notebooks = {
        student: nbformat.read(sample_class / "autograded" / student / name / f"{name}.ipynb", as_version=4)
        for student in found
    }

    def judge_all(handed, *_, **__):
        for student in (one.student for one in handed):
            sample = next(sample for sample in found if student.startswith(sample))
            yield Judged(replace(Result.from_data(found[sample]), student=student), deepcopy(notebooks[sample]))

    grading.judge_all = judge_all
    grading.execution = lambda *_, **__: contextlib.nullcontext()


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _instead(owner, name, stand_in) -> None:
    """Put a function, given the real one, in the place of another one."""
    setattr(owner, name, stand_in(getattr(owner, name)))


def _at(owner, name, then=die, before=False, calls=AFTER + 1) -> None:
    """Have something happen before or after the so-many-th call of a function."""
    count = 0

    def stand_in(real):
        def called(*arguments, **settings):
            nonlocal count
            count += 1
            if before and count == calls:
                then()
            result = real(*arguments, **settings)
            if not before and count == calls:
                then()
            return result

        return called

    _instead(owner, name, stand_in)


def _half_of_a_notebook() -> None:
    count = itertools.count(1)

    def stand_in(real):
        def write(notebook, path):
            if next(count) <= AFTER:
                return real(notebook, path)
            text = nbformat.writes(notebook)
            Path(path).write_text(text[: len(text) // 2])
            die()

        return write

    _instead(nbformat, "write", stand_in)


def killed(where: str) -> None:
    """End the process, as SIGKILL or a power cut does, at a point of the third submission's writing."""
    from grader.gradebook.journal import Journal
    from grader.gradebook.writer import Writer

    if where == "within-the-notebook":
        _half_of_a_notebook()
        return
    points = {
        "before-the-copy": (Writer, "_collect", True),
        "after-the-copy": (Writer, "_collect", False),
        "after-the-notebook": (Writer, "_write_notebook", False),
        "between-two-rows": (Writer, "_enter", False),
        "before-the-commit": (Writer, "_save_scores", False),
        "before-the-journal": (Journal, "enter", True),
        "after-the-journal": (Journal, "enter", False),
    }
    owner, name, before = points[where]
    _at(owner, name, before=before)


def killed_at_set_up(where: str) -> None:
    """End the process while the gradebook is made."""
    import nbgrader.api
    from nbgrader.preprocessors import SaveCells

    from grader.gradebook.steps import EnterCells

    points = {
        "between-the-tables": (nbgrader.api.Base.metadata, "create_all", False),
        "between-the-cells": (SaveCells, "_create_notebook", False),
        "after-the-cells": (EnterCells, "enter", False),
    }
    owner, name, before = points[where]
    _at(owner, name, before=before, calls=1)


def full(where: str) -> None:
    """Fill the disk that the build folder is on, at a point of the third submission's writing."""
    from grader.gradebook import grading
    from grader.gradebook.journal import Journal
    from grader.gradebook.steps import EnterCells
    from grader.gradebook.writer import Writer

    points = {
        "set-up": (EnterCells, "enter", 1),
        "the-copy": (Writer, "_collect", AFTER + 1),
        "the-notebook": (Writer, "_write_notebook", AFTER + 1),
        "the-rows": (Writer, "_save_scores", AFTER + 1),
        "the-journal": (Journal, "enter", AFTER + 1),
        "the-results": (grading, "write_json", 1),
    }
    owner, name, calls = points[where]
    _at(owner, name, _fill, before=True, calls=calls)


def _fill() -> None:
    from grader.base.paths import BUILD

    with (BUILD / "filler").open("wb", buffering=0) as filler, contextlib.suppress(OSError):
        while filler.write(bytes(4096)):
            pass


def small_files(most: str) -> None:
    """Let no file grow beyond so many bytes from the third submission on, as a quota does."""
    from grader.gradebook.writer import Writer

    _at(Writer, "write", lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (int(most), int(most))), calls=AFTER)


def locked(database: str) -> None:
    """Have another connection write the SQLite database from the third submission on, and not end."""
    import sqlite3

    from grader.gradebook.writer import Writer

    other = sqlite3.connect(database, isolation_level=None)
    _at(Writer, "write", lambda: other.execute("begin immediate"), calls=AFTER)


def edited(path: str) -> None:
    """Have a submission edited while it is judged."""
    from grader.gradebook import grading

    _at(grading, "_write", lambda: Path(path).write_bytes(Path(path).read_bytes() + b"\n"), before=True, calls=1)


def disconnected(url: str) -> None:
    """Have the PostgreSQL server end the third submission's connection before its commit."""
    import psycopg

    from grader.gradebook.writer import Writer

    def end() -> None:
        with psycopg.connect(url, autocommit=True) as other:
            other.execute("select pg_terminate_backend(pid) from pg_stat_activity where state = 'idle in transaction'")

    _at(Writer, "_save_scores", end)


def slow(seconds: str) -> None:
    """Keep the turn to write for a while at each submission, so that two graders meet."""
    from grader.gradebook.writer import Writer

    def stand_in(real):
        def called(*arguments):
            time.sleep(float(seconds))
            return real(*arguments)

        return called

    _instead(Writer, "_enter", stand_in)


def without_driver() -> None:
    """Have no driver for PostgreSQL."""
    import sys

    for name in [name for name in sys.modules if name.split(".")[0] in ("psycopg", "psycopg_binary")]:
        del sys.modules[name]
    sys.modules["psycopg"] = None


def bound_by_permissions() -> None:
    """Let root be refused what files' permissions refuse to others."""
    import ctypes

    if os.geteuid() != 0:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header, data = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    assert libc.capget(header, data) == 0
    data[0] &= ~0b110  # effective: CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
    assert libc.capset(header, data) == 0
