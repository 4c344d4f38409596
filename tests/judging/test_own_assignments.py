"""Assignments of a teacher's own: right work is judged right, wrong work is not, and nothing hostile comes through."""

import json

import nbformat
import own_assignment as own
import pytest
from usual_patterns import DATA, HELPERS, IMPORTS, PATTERNS, WITHOUT

from grader.base import paths
from grader.intake.plain import plain_notebook
from grader.judging.batch import Handed, judge_submission
from grader.judging.execution import run_on
from grader.judging.exercise import load_exercise
from grader.judging.workers import pool


@pytest.fixture(scope="module")
def worker():
    class One:
        """A worker as a pool of one."""

        def __init__(self, warm):
            self.run = warm.run

    with pool.worker(keras=False, trusted=True) as warm:
        yield One(warm)


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Return what puts an assignment into a course without others, and loads it."""
    monkeypatch.setattr(paths, "SOLUTIONS", tmp_path)

    def make(cells, files=(), name="own", minor=5):
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        notebook = own.notebook(cells)
        if minor < 5:
            notebook.nbformat_minor = minor
            for each in notebook.cells:
                del each["id"]
        (folder / f"{name}.ipynb").write_text(json.dumps(notebook), "utf-8")
        for way, text in files:
            (folder / way).write_text(text, "utf-8")
        return load_exercise(name)

    return make


def judged(worker, exercise, cells):
    """Return the result and the notebook of a submission of these cells."""
    plain = plain_notebook(nbformat.writes(own.notebook(cells)).encode())
    return judge_submission(Handed("ada", plain), exercise, run_on(worker, exercise))


def scores(found):
    return {answer.name.replace("_", "-"): answer.score for answer in found.result.answers}


def seen(found):
    return {answer.name.replace("_", "-"): answer.seen for answer in found.result.answers}


def patterns(which):
    """Return the cells of an assignment of all patterns, with the answers of this kind."""
    cells = [own.cell(IMPORTS), own.cell(HELPERS, "helpers", locked=True)]
    for name, parts in PATTERNS.items():
        cells += [own.answer(name, parts[which]), own.checking(name, parts[2])]
    return cells


def test_right_work_of_the_usual_patterns_is_judged_right_and_wrong_work_wrong(worker, course):
    exercise = course(patterns(0), [("data.csv", DATA)])
    right, wrong = judged(worker, exercise, patterns(0)), judged(worker, exercise, patterns(1))
    assert right.result.status == wrong.result.status == "graded", right.result.reason
    expected = {name: float(name not in WITHOUT) for name in PATTERNS}
    assert scores(right) == expected, seen(right)
    assert {name: score for name, score in scores(wrong).items() if score} == {"partial": 0.5}, seen(wrong)
