"""Running a prepared notebook: by the judge and a sandboxed process, both forked from a warm template."""

import json
import re
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import nbformat
from nbformat import NotebookNode

from grader.base.errors import CannotGoOn
from grader.base.paths import ROOT
from grader.judging.exercise import Exercise, grading_metadata
from grader.judging.judge.judge import Cell, Told

if TYPE_CHECKING:
    from grader.judging.workers.pool import Pool

AFTER_TESTS = "logit_lab_after_hidden_tests"  # in a cell's metadata


@dataclass(frozen=True)
class Run:
    """What came of running a notebook, besides the outputs that stand in it.

    Attributes:
        stopped: one sentence on what stopped it, "" when all of it was run.
        verdicts: by the grade_id of the test cell, the data of each verdict that was given.
    """

    stopped: str = ""
    verdicts: dict[str, dict[str, Any]] = field(default_factory=dict)


class Execute(Protocol):
    """Runs a notebook's cells in place, outputs included."""

    def __call__(self, notebook: NotebookNode, personal_key: str = "", /) -> Run:
        """Run it, the tests with the student's own key where there is one; see grader.gradebook.seed."""


def run_on(pool: "Pool", exercise: Exercise) -> Execute:
    """Return what runs submissions to an exercise on a pool of warm workers."""
    tests = set(exercise.tests)

    def execute(notebook: NotebookNode, personal_key: str = "") -> Run:
        told, stopped = pool.run(job_of(notebook, exercise, personal_key))
        if personal_key:
            mark_after_tests(notebook, tests)
        return enter_outputs(notebook, told, stopped)

    return execute


def job_of(notebook: NotebookNode, exercise: Exercise, personal_key: str = "") -> list[Cell]:
    """Return the code cells of a prepared notebook as the judge takes them; its tests get the student's own key."""
    about = {"personal": personal_key} if personal_key else {}
    jobs: list[Cell] = []
    for cell in _code(notebook):
        name = grading_metadata(cell).get("grade_id")
        test = name in exercise.tests
        jobs.append({"source": cell.source, "test": test, **(about if test else {})})
        if name in exercise.locked and not test:
            jobs[-1]["locked"] = True
    if jobs:
        jobs[0]["given"] = {
            "files": dict(exercise.files),
            "imports": exercise.imports,
            "theirs": sorted(exercise.theirs),
        }
    return jobs


def mark_after_tests(notebook: NotebookNode, tests: set[str]) -> None:
    """Mark the learner's cells that come after a hidden test: their outputs could tell the student's own inputs."""
    after = False
    for cell in _code(notebook):
        test = grading_metadata(cell).get("grade_id") in tests
        if after and not test:
            cell.metadata[AFTER_TESTS] = True
        after = after or test


def enter_outputs(notebook: NotebookNode, told: list[Told], stopped: str = "") -> Run:
    """Put outputs and execution counts into the code cells of a notebook; what was not run gets neither."""
    verdicts = {}
    for number, (cell, found) in enumerate(zip(_code(notebook), told, strict=True), 1):
        cell.outputs = [nbformat.from_dict(output) for output in found["outputs"] or []]
        cell.execution_count = None if found["outputs"] is None else number
        if found["verdict"]:
            verdicts[str(grading_metadata(cell)["grade_id"])] = found["verdict"]
    return Run(stopped, verdicts)


def _code(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def needs_keras(exercise: Exercise) -> bool:
    """Return whether the exercise imports Keras, which is then imported before any submission comes."""
    code = "\n".join(cell.source for cell in _code(exercise.notebook))
    return re.search(r"^\s*(?:import|from)\s.*\b(?:keras|tensorflow|tf)\b", code, re.MULTILINE) is not None


def insist_on_a_sandbox() -> None:
    """Raise CannotGoOn, with what is lacking, where this system cannot confine strangers' code."""
    lacking = [f"it runs {sys.platform}, and the sandbox is made of Linux's parts"]
    if sys.platform == "linux":
        lacking = _lacking_on_linux()
    if lacking:
        raise CannotGoOn(
            f"This system cannot confine submitted code: {'; '.join(lacking)}. Grade on a Linux machine that can, or, "
            "if you trust everybody who handed in, run the command again with --trust-submissions."
        )


def _lacking_on_linux() -> list[str]:
    """Return what the sandbox lacks; where this process has several threads, another one finds out."""
    if threading.active_count() == 1:
        from grader.judging.sandbox.enter import missing_parts

        return missing_parts()
    code = "import json; from grader.judging.sandbox.enter import missing_parts; print(json.dumps(missing_parts()))"
    tried = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    return json.loads(tried.stdout) if tried.returncode == 0 else ["the trial of the sandbox stopped"]
