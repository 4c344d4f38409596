"""What an earlier version of the course has handed out or written goes on: notebooks, gradebook, journal, progress."""

import contextlib
import functools
import importlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT, SAMPLES
from gradebooks import scores_in
from handed_in import plain

from grader.answers.progress import read_answered
from grader.base.old_names import OLD_NAMES
from grader.base.paths import source_path
from grader.judging.batch import Handed, judge_submission
from grader.judging.execution import needs_keras, run_on
from grader.judging.exercise import load_exercise
from grader.judging.workers import pool

VERSIONS = sorted((Path(__file__).parents[1] / "earlier").iterdir())
RELEASED = [path for version in VERSIONS for path in sorted(version.glob("exercises/*/*.ipynb"))]
by_version = pytest.mark.parametrize("version", VERSIONS, ids=lambda path: path.name)
NAME = "01-activations"
POINTS = {"all-right": 10, "right-and-loud": 10, "two-wrong": 6, "untouched": 0}


def solved(path):
    """Return a released notebook with the answers of today's source in its cells, as bytes."""
    notebook = nbformat.read(path, as_version=4)
    answers = {cell.id: cell.source for cell in nbformat.read(source_path(path.stem), as_version=4).cells}
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution") and cell.cell_type == "code":
            cell.source = answers[cell.id]
    return nbformat.writes(notebook).encode()


@pytest.fixture(scope="module")
def workers():
    """Return a warm worker, with Keras or without, by the exercise."""
    with contextlib.ExitStack() as opened:
        start = functools.cache(lambda keras: opened.enter_context(pool.worker(keras=keras)))
        yield lambda exercise: start(needs_keras(exercise))


BY_NAME = [
    pytest.param(path, marks=[pytest.mark.slow] * (path.stem >= "04"), id=f"{path.parents[2].name}-{path.stem}")
    for path in RELEASED
]


@pytest.mark.parametrize("path", BY_NAME)
def test_a_notebook_that_was_handed_out_is_graded(path, workers):
    exercise = load_exercise(path.stem)
    judged = judge_submission(Handed("ada", plain(solved(path))), exercise, run_on(workers(exercise), exercise))
    errors = [
        output.evalue for cell in judged.notebook.cells for output in cell.get("outputs", []) if "ename" in output
    ]
    assert not errors
    assert judged.result.score == judged.result.max_score == 10


@pytest.mark.slow  # TensorFlow starts in a process of its own
@by_version
def test_every_import_of_a_notebook_that_was_handed_out_still_works(version):
    cells = [cell for path in version.glob("exercises/*/*.ipynb") for cell in nbformat.read(path, as_version=4).cells]
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    lines = sorted(set(re.findall(r"^(?:from grader\S* import .*|import grader.*)$", text, re.MULTILINE)))
    assert len(lines) > 30
    done = subprocess.run([sys.executable, "-c", "\n".join(lines)], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture
def build(version, tmp_path):
    """A class's folder as that version left it, but for what it judged."""
    shutil.copy(version / "gradebook.db", tmp_path)
    (tmp_path / "journal").mkdir()
    shutil.copy(version / f"{NAME}.jsonl", tmp_path / "journal")
    return tmp_path


@by_version
def test_its_gradebook_and_journal_make_a_report_and_marks(version, build, grader):
    made = grader("report", NAME, "--json", build / "report.json", build=build)
    assert made.returncode == 0, made.stderr
    report = json.loads((build / "report.json").read_text("utf-8"))
    students = {student["student"]: student for student in report["students"]}
    assert {name: student["score"] for name, student in students.items()} == POINTS
    found = {answer["name"]: answer["misconception"] for answer in students["two-wrong"]["answers"]}
    assert found["softmax"] == "softmax-whole-batch"
    done = grader("export", NAME, "--out", build / "marks.csv", build=build)
    assert done.returncode == 0, done.stderr
    assert '"two-wrong","graded",6,10' in (build / "marks.csv").read_text("utf-8-sig")


@by_version
def test_its_class_is_graded_on_and_every_mark_stays(version, build, grader):
    before = scores_in(build / "gradebook.db")
    done = grader("grade", NAME, "--submitted", SAMPLES, "--json", build / "out.json", build=build)
    assert done.returncode == 0, done.stderr
    assert scores_in(build / "gradebook.db") == before
    results = json.loads((build / "out.json").read_text("utf-8"))["submissions"]
    assert {result["student"]: result["score"] for result in results} == POINTS


@by_version
def test_its_progress_is_read(version):
    assert read_answered(version / "progress.json") == {"relu", "softmax"}


@pytest.mark.parametrize("old", OLD_NAMES)
def test_an_old_name_leads_to_the_module_that_took_its_place(old):
    module = importlib.import_module(OLD_NAMES[old])
    names = [name for name in vars(module) if not name.startswith("_")]
    assert all(getattr(importlib.import_module(old), name) is getattr(module, name) for name in names)


def test_the_public_names_stay_what_they_are_when_an_old_module_is_imported_beside_them():
    code = "import grader.progress, grader; from grader import progress; print(type(progress()).__name__)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "Way\n", done.stderr
