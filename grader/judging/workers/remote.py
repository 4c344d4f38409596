"""What a Dask worker does: it compares its course with the teacher's, keeps a judge warm, and judges submissions.

Everything that crosses is text and bytes: the name of the exercise and the notebook in, JSON out. The student's name
stays where the submissions are.
"""

import json
import sys
import threading
from importlib import metadata
from platform import python_version_tuple
from typing import Any

import nbformat

from grader.base.errors import CannotGoOn
from grader.base.paths import exercise_names
from grader.judging.batch import Handed, Judged, judge_submission
from grader.judging.execution import insist_on_a_sandbox, needs_keras, run_on
from grader.judging.exercise import Exercise, load_exercise
from grader.judging.results import Result
from grader.judging.version import content_hash
from grader.judging.workers.pool import Pool, Template

# what runs submissions or decides about them; of another version it may give other marks
PACKAGES = ["ipython", "keras", "matplotlib", "nbformat", "nbgrader", "numpy", "scikit-learn", "scipy", "tensorflow"]
# under which names the same package is installed
SAME = {"tensorflow": ["tensorflow-cpu"]}

# This process runs the code that was on the disk when it started, whatever is there later.
_AT_START = {name: content_hash(name) for name in exercise_names()}

_lock = threading.Lock()
_pools: dict[tuple[bool, bool], Pool] = {}
_admitted: dict[tuple[str, bool, str], Exercise] = {}


def version_facts(name: str) -> dict[str, str]:
    """Return what has to be the same on all machines that grade an exercise: the course's content, and versions."""
    versions = {package: _version(package) for package in PACKAGES}
    return {"the course": content_hash(name), "Python": ".".join(python_version_tuple()[:2]), **versions}


def _version(package: str) -> str:
    for name in [package, *SAME.get(package, [])]:
        try:
            return metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return "none"


def admit(name: str, trust: bool, threads: int, wanted: dict[str, str]) -> str:
    """Make this worker ready for an exercise; return "" or, where it cannot judge, one sentence that says why.

    Args:
        name: the exercise.
        trust: submissions run without a sandbox.
        threads: how many submissions will be judged at once.
        wanted: the identity() of the machine that asks.
    """
    differs = find_difference(name, wanted)
    if differs:
        return differs
    if sys.platform != "linux":
        return f"It runs {sys.platform}, and workers that judge run Linux."
    try:
        exercise = load_exercise(name)
        with _lock:
            _warm_pool(exercise, trust, threads)
    except CannotGoOn as problem:
        return str(problem)
    _admitted[name, trust, wanted["the course"]] = exercise
    return ""


def find_difference(name: str, wanted: dict[str, str]) -> str:
    """Return a sentence about what differs between this process and the one that asks, or ""."""
    if name not in exercise_names():
        return f"Its course has no exercise {name}: bring the same course to all machines and start it again."
    own = version_facts(name)
    if own["the course"] != _AT_START.get(name):
        return "Its course was changed after it had started: start it again."
    if own["the course"] != wanted["the course"]:
        return "It has another version of the course: bring the same to all machines and start it again."
    for what, version in wanted.items():
        if own.get(what) != version:
            return (
                f"It has {what} {own.get(what)} where this machine has {version}: install the same and start it again."
            )
    return ""


def _warm_pool(exercise: Exercise, trust: bool, threads: int) -> None:
    """Start the processes that judge, once; they end with this one. Raises CannotGoOn where that is not possible."""
    kind = needs_keras(exercise), trust
    if kind not in _pools:
        if not trust:
            insist_on_a_sandbox()
        _pools[kind] = Pool(threads, Template(*kind))


def judge_here(name: str, trust: bool, course: str, notebook: bytes, personal_key: str = "") -> bytes:
    """Judge one submission.

    Args:
        name: the exercise.
        trust: run it without a sandbox.
        course: the content of the course that its marks belong to.
        notebook: what was handed in, as a plain notebook.
        personal_key: the student's own, where the class has a secret seed, which stays where the submissions are.

    Returns:
        JSON: `result` and the judged `notebook`, or `refused` with the reason when this worker could not judge it.
    """
    exercise = _admitted.get((name, trust, course))
    if exercise is None:
        return _told({"refused": "It was started again."})
    kind = needs_keras(exercise), trust
    pool = _pools.get(kind)
    try:
        if pool is None:
            raise CannotGoOn("The processes that judge have ended.")
        found = judge_submission(Handed("", notebook, personal_key=personal_key), exercise, run_on(pool, exercise))
    except CannotGoOn as problem:
        with _lock:
            if _pools.get(kind) is pool:
                _pools.pop(kind, None)  # the next admission starts another
        return _told({"refused": str(problem)})
    except Exception as error:  # a full disk, say; another worker may do better
        return _told({"refused": f"It stopped with {type(error).__name__}: {error}."})
    return _told(judged_as_data(found))


def judged_as_data(found: Judged) -> dict[str, Any]:
    """Return a judged submission as plain data."""
    return {"result": found.result.as_data(), "notebook": found.notebook}


def _told(data: dict[str, Any]) -> bytes:
    return json.dumps(data).encode()


def read_reply(told: object) -> tuple[Judged | None, str]:
    """Return what judge_here() found, without the student's name; or None, and a sentence on why there is nothing."""
    try:
        data = json.loads(told) if isinstance(told, bytes) else {}
        if "refused" in data:
            return None, str(data["refused"])
        notebook = nbformat.from_dict(data["notebook"])
        nbformat.validate(notebook)
        return Judged(Result.from_data(data["result"]), notebook), ""
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, nbformat.ValidationError):
        return None, "What it answered is no result."
