"""A run that was killed goes on where it was, a run that is repeated changes nothing, an edited submission is new."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

import nbformat
import pytest
from conftest import ROOT, SAMPLES
from handed_in import key_of

from grader.gradebook.journal import Journal
from grader.judging.results import AnswerResult, Result

NAME = "01-activations"


@pytest.fixture
def submitted(tmp_path):
    return shutil.copytree(SAMPLES, tmp_path / "in")


def grade(grader, submitted, build):
    done = grader("grade", NAME, "--submitted", submitted, "--json", build / "out.json", build=build)
    assert done.returncode == 0, done.stderr
    return json.loads((build / "out.json").read_text("utf-8"))


def judged(build):
    """Return when each submission's judged notebook was written."""
    return {path.parent.parent.name: path.stat().st_mtime_ns for path in build.glob("autograded/*/*/*.ipynb")}


@pytest.mark.slow
def test_a_second_run_judges_nothing_and_says_the_same(grader, submitted, tmp_path):
    first = grade(grader, submitted, tmp_path)
    before = judged(tmp_path)
    assert grade(grader, submitted, tmp_path) == first
    assert judged(tmp_path) == before


@pytest.mark.slow
def test_an_edited_submission_is_judged_again_and_the_others_are_not(grader, submitted, tmp_path):
    grade(grader, submitted, tmp_path)
    before = judged(tmp_path)
    path = submitted / "untouched" / NAME / f"{NAME}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.id == "relu":
            cell.source = "def relu(z):\n    return np.maximum(0, z)"
    nbformat.write(notebook, path)
    after = {entry["student"]: entry["score"] for entry in grade(grader, submitted, tmp_path)["submissions"]}
    assert after == {"all-right": 10, "right-and-loud": 10, "two-wrong": 6, "untouched": 2}
    changed = {student for student, when in judged(tmp_path).items() if when != before[student]}
    assert changed == {"untouched"}


@pytest.mark.slow
def test_without_the_gradebook_everything_is_graded_again(grader, submitted, tmp_path):
    first = grade(grader, submitted, tmp_path)
    (tmp_path / "gradebook.db").unlink()
    assert grade(grader, submitted, tmp_path) == first
    with sqlite3.connect(tmp_path / "gradebook.db") as connection:
        assert connection.execute("select count(*) from submitted_assignment").fetchone() == (4,)


@pytest.mark.slow
def test_killed_in_the_middle_the_same_command_goes_on(grader, tmp_path):
    submitted = tmp_path / "in"
    for number in range(12):
        shutil.copytree(SAMPLES / "two-wrong", submitted / f"student-{number:02}")
    command = [sys.executable, "-m", "grader", "grade", NAME, "--submitted", str(submitted), "--workers", "1"]
    env = {**os.environ, "LOGIT_LAB_BUILD": str(tmp_path)}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    running = subprocess.Popen(command, cwd=ROOT, env=env, **quiet)
    journal = tmp_path / "journal" / f"{NAME}.jsonl"
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and (not journal.exists() or journal.read_text().count("\n") < 3):
        time.sleep(0.01)
    running.send_signal(signal.SIGKILL)
    running.wait()
    done = journal.read_text().count("\n")
    assert 3 <= done < 12, "it was killed in the middle"
    before = judged(tmp_path)
    results = grade(grader, submitted, tmp_path)
    assert [entry["score"] for entry in results["submissions"]] == [6] * 12
    kept = [student for student, when in judged(tmp_path).items() if before.get(student) == when]
    assert len(kept) >= done
    with sqlite3.connect(tmp_path / "gradebook.db") as connection:
        assert connection.execute("select count(*) from submitted_assignment").fetchone() == (12,)


def test_a_line_that_was_cut_off_is_as_if_it_were_not_there(tmp_path):
    folder = tmp_path / "in" / "ada" / NAME
    folder.mkdir(parents=True)
    (folder / f"{NAME}.ipynb").write_text("{}")
    result = Result("ada", "graded", "", [AnswerResult("relu", 2.0, 2.0, True)])
    journal = Journal(NAME, tmp_path)
    journal.enter(result, journal.key(key_of(folder)))
    assert Journal(NAME, tmp_path).done("ada", journal.key(key_of(folder))) == result
    whole = journal.path.read_text()
    journal.path.write_text(whole[: len(whole) // 2])
    assert Journal(NAME, tmp_path).done("ada", journal.key(key_of(folder))) is None


@pytest.mark.parametrize("change", ["notebook", "timestamp", "grader"])
def test_a_result_holds_for_one_content_alone(tmp_path, monkeypatch, change):
    folder = tmp_path / "in" / "ada" / NAME
    folder.mkdir(parents=True)
    (folder / f"{NAME}.ipynb").write_text("{}")
    journal = Journal(NAME, tmp_path)
    journal.enter(Result("ada", "graded"), journal.key(key_of(folder)))
    if change == "grader":
        monkeypatch.setattr("grader.gradebook.journal.content_hash", lambda exercise: "another version")
    else:
        (folder / (f"{NAME}.ipynb" if change == "notebook" else "timestamp.txt")).write_text("new")
    journal = Journal(NAME, tmp_path)
    assert journal.done("ada", journal.key(key_of(folder))) is None
