"""The example of docs/ goes the whole way, and earns what it earns in stock nbgrader; AUTOTEST cells judge."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import nbgrader
import own_assignment as own
import pytest
from conftest import ROOT
from own_assignment import judged, scores
from real_lab import copy_of_the_course

from grader.base import paths
from grader.base.errors import CannotGoOn
from grader.judging.exercise import load_exercise

FARES = ROOT / "docs" / "examples" / "fares"
AUTOTESTS = Path(nbgrader.__file__).parent / "docs" / "source" / "user_guide" / "autotests.yml"


def source():
    return nbformat.read(FARES / "fares.ipynb", as_version=4)


def hand_in(folder, student, **answers):
    """Write a submission: the source's answers, and others by the ids of their cells."""
    notebook = source()
    for cell in notebook.cells:
        cell.source = answers.get(cell.id.replace("-", "_"), cell.source)
    target = folder / student / "fares"
    target.mkdir(parents=True)
    nbformat.write(notebook, target / "fares.ipynb")


def hand_in_all(folder):
    summary = "def summary():\n    return 0, max(prices().values())"
    hand_in(folder, "ada")
    hand_in(folder, "bob", trip="def trip(lines):\n    return 5.5", summary=summary)
    hand_in(folder, "cyd", prices="def prices():\n    return {'1': 2.4}", sort_lines="sort_lines = sorted")
    hand_in(folder, "dan", rows="def rows():\n    return []", ticket="def ticket(lines):\n    return '1, 2, 7'")


def run(folder, *command, **env):
    env = {**os.environ, "PYTHONPATH": str(folder), **env}
    done = subprocess.run([sys.executable, "-m", *command], cwd=folder, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done


def marks(database):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{database}") as gradebook:
        found = gradebook.notebook_submissions("fares", "fares")
        return {
            each.student.id: {grade.name: (grade.auto_score, bool(grade.needs_manual_grade)) for grade in each.grades}
            for each in found
        }


@pytest.mark.slow
def test_the_example_earns_in_the_safe_judge_what_it_earns_in_stock_nbgrader(tmp_path):
    ours, stock = tmp_path / "ours", tmp_path / "stock"
    ours.mkdir()
    copy_of_the_course(ours)
    shutil.copytree(FARES, ours / "solutions" / "fares")
    shutil.copytree(FARES, stock / "source" / "fares")
    hand_in_all(ours / "handed-in")
    hand_in_all(stock / "submitted")
    build = {"LOGIT_LAB_BUILD": str(ours / "build")}
    released = run(ours, "grader", "release", "fares", **build)
    assert released.stderr == "", "its own answers pass"
    assert (ours / "exercises" / "fares" / "fares.csv").read_bytes() == (FARES / "fares.csv").read_bytes()
    run(ours, "grader", "grade", "fares", "--submitted", ours / "handed-in", **build)
    (stock / "nbgrader_config.py").write_text("c = get_config()\n")
    run(stock, "nbgrader", "generate_assignment", "fares")
    run(stock, "nbgrader", "autograde", "fares")
    mine, theirs = marks(ours / "build" / "gradebook.db"), marks(stock / "gradebook.db")
    assert mine == theirs
    assert {student: sum(score or 0 for score, _ in each.values()) for student, each in mine.items()} == {
        "ada": 8, "bob": 5, "cyd": 1, "dan": 7,
    }  # fmt: skip
    assert all(each["free-choice"] == (None, True) or student != "ada" for student, each in mine.items())


@pytest.mark.slow
def test_release_names_each_test_that_cannot_be_judged_and_trust_is_the_way_out(tmp_path):
    copy_of_the_course(tmp_path)
    cells = [
        own.answer("one", "def one():\n    return 1"), own.checking("one", "assert one() == 1"),
        own.answer("point", "class Point:\n    def __init__(self, x):\n        self.x = x"),
        own.checking("point", "assert Point(1).x == 1"),
    ]  # fmt: skip
    for folder in ("solutions/points", "handed-in/ada/points"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "points.ipynb").write_text(json.dumps(own.notebook(cells)), "utf-8")
    build = {"LOGIT_LAB_BUILD": str(tmp_path / "build")}
    told = run(tmp_path, "grader", "release", "points", **build).stderr.splitlines()
    assert len(told) == 2
    assert told[0].startswith("points: its own answer does not pass test-point: ")
    assert "--trust-submissions" in told[1]
    grade = ["grader", "grade", "points", "--submitted", "handed-in", "--json", "out.json"]
    for more, score in (([], 1), (["--trust-submissions"], 2)):
        shutil.rmtree(tmp_path / "build")
        run(tmp_path, *grade, *more, **build)
        assert json.loads((tmp_path / "out.json").read_text())["submissions"][0]["score"] == score


@pytest.mark.slow
def test_autotest_lines_judge_wrong_work_wrong(tmp_path, monkeypatch):
    from grader.judging.workers import pool

    monkeypatch.setattr(paths, "SOLUTIONS", tmp_path)
    test = "# AUTOTEST squares(3)\n# HASHED AUTOTEST squares(1); len(squares(4))"
    cells = [
        own.answer("squares", "def squares(n):\n    return [k * k for k in range(n)]"),
        own.checking("squares", test),
    ]
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "own.ipynb").write_text(json.dumps(own.notebook(cells)), "utf-8")
    with pytest.raises(CannotGoOn, match=r"put nbgrader's autotests\.yml beside it"):
        load_exercise("own")
    shutil.copy(AUTOTESTS, tmp_path / "own")
    exercise = load_exercise("own")
    assert "assert" in exercise.tests["test-squares"].source
    assert "autotests.yml" not in exercise.files
    with pool.worker(keras=False, trusted=True) as worker:
        assert scores(judged(worker, exercise, cells)) == {"squares": 1}
        for code in ("def squares(n):\n    return 'wrong'", "def squares(n):\n    return [0, 1, 3][:n]", ""):
            cells[0].source = code
            assert scores(judged(worker, exercise, cells)) == {"squares": 0}, code
