"""The diagnosis of a saved model: asked of a process that may do nothing else, and believed in nothing."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from grader.base.errors import CannotGoOn
from grader.base.paths import ROOT
from grader.base.text import clean
from grader.diagnosis.file_kinds import INSTEAD, how_to_take
from grader.diagnosis.findings import Diagnosis
from grader.diagnosis.refusals import Refused

NAME_LENGTH = 300  # of a path in a sentence
ANSWER_BYTES = 2_000_000
LONGEST = 600  # seconds by the clock; processor time ends before that where the machine is free
KEPT = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "KERAS_BACKEND")
THREADS = {"TF_NUM_INTRAOP_THREADS": "2", "TF_NUM_INTEROP_THREADS": "2", "OMP_NUM_THREADS": "2"}  # a stack for each
NO_GPU = {"CUDA_VISIBLE_DEVICES": "-1"}  # it would map more memory than is allowed
TOO_LONG = f"To read it takes too long. {INSTEAD}"
ENDED = f"The process that read it came to an end by itself. {INSTEAD}"


def diagnose_file(path: Path) -> Diagnosis:
    """Say what is wrong with a saved model. Nothing that the file brings is run, and nothing in it is believed.

    Raises:
        CannotGoOn: it could not be looked at; the sentence says why and what to do.
    """
    try:
        how_to_take(path)
        with tempfile.TemporaryDirectory(prefix="logit-lab-") as room:
            told = ask(path.absolute(), Path(room))
        return _read(told)
    except Refused as refused:
        raise CannotGoOn(f"{clean(str(path))[:NAME_LENGTH]} was not diagnosed. {clean(str(refused))}") from refused


def ask(path: Path, room: Path) -> bytes:
    """Return what a process of its own says of a file.

    Raises:
        Refused: it said nothing.
    """
    _bring_settings(room)
    command = [sys.executable, "-B", "-P", "-m", "grader.diagnosis.file_process", str(path), str(room)]
    env = {name: os.environ[name] for name in KEPT if name in os.environ} | THREADS | NO_GPU
    env |= {"HOME": str(room), "TMPDIR": str(room), "KERAS_HOME": str(room), "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, cwd=room, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        clock = threading.Timer(LONGEST, process.kill)
        clock.start()
        try:
            told = process.stdout.read(ANSWER_BYTES + 1) if process.stdout else b""
            if len(told) > ANSWER_BYTES:
                process.kill()
        except BaseException:
            process.kill()
            raise
        finally:
            clock.cancel()
    if not told:
        timed_out = process.returncode in (-getattr(signal, "SIGXCPU", 24), -getattr(signal, "SIGKILL", 9))
        raise Refused(TOO_LONG if timed_out else ENDED)
    return told


def _bring_settings(room: Path) -> None:
    """Let Keras find the person's settings where it looks for its cache now; the cache itself stays out of reach."""
    home = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras"))
    try:
        shutil.copyfile(home / "keras.json", room / "keras.json")
    except OSError:
        return  # Keras has settings of its own, and writes them into the room


def _read(told: bytes) -> Diagnosis:
    """Return a diagnosis from what was told, made harmless for a terminal."""
    if len(told) > ANSWER_BYTES:
        raise Refused(f"Its diagnosis is too long. {INSTEAD}")
    try:
        answer = _cleaned(json.loads(told))
        problem = answer.get("problem")
        if problem is None:
            return Diagnosis.from_dict(answer["diagnosis"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Refused(ENDED) from error
    raise Refused(str(problem))


def _cleaned(tree: Any) -> Any:
    """Return a tree of JSON without characters that a terminal would act on; code keeps its lines."""
    if isinstance(tree, str):
        return "\n".join(map(clean, tree.split("\n")))
    if isinstance(tree, list):
        return [_cleaned(value) for value in tree]
    if isinstance(tree, dict):
        return {_cleaned(key): _cleaned(value) for key, value in tree.items()}
    return tree
