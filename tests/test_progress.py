"""What the start page knows of a reader: answers that were right, in one file, and only the reader's own."""

import json
import os
import subprocess
import sys

import pytest
from conftest import ROOT

from grader import progress
from grader.checks.activations import check_relu, check_sigmoid
from grader.feedback import NotYet


@pytest.fixture
def file(tmp_path, monkeypatch):
    path = tmp_path / "progress.json"
    monkeypatch.setenv(progress.VARIABLE, str(path))
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    return path


def relu(z):
    return z * (z > 0) if hasattr(z, "shape") else max(0.0, z)


def test_a_right_answer_is_kept_and_a_wrong_one_is_not(file, capsys):
    check_relu(relu)
    with pytest.raises(NotYet):
        check_sigmoid(relu)
    assert progress.answered(file) == {"relu"}


def test_progress_grows_and_is_kept_once(file):
    for name in ["softmax", "relu", "softmax"]:
        progress.record(name)
    assert json.loads(file.read_text()) == ["relu", "softmax"]


def test_nothing_is_kept_where_nobody_asked_for_it(file, monkeypatch):
    monkeypatch.delenv(progress.VARIABLE)
    progress.record("relu")
    assert not file.exists()


def test_a_class_that_is_graded_is_not_the_readers_progress(file, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    progress.record("relu")
    assert not file.exists()


@pytest.mark.parametrize("text", ["", "not json", "{}", "3", '["relu", 7]'])
def test_a_broken_file_is_no_progress_and_no_error(file, text):
    file.write_text(text)
    assert progress.answered(file) <= {"relu"}
    progress.record("sigmoid")
    assert "sigmoid" in progress.answered(file)


def test_a_file_that_cannot_be_written_stops_nobody(file, monkeypatch):
    monkeypatch.setenv(progress.VARIABLE, str(file.parent / "missing" / "progress.json"))
    progress.record("relu")


def test_the_way_lists_every_lesson_with_its_answers():
    way = progress.Way({"relu", "softmax", "logit", "no such answer"})
    lessons = {path.name for path in (ROOT / "notebooks").glob("*.ipynb")} - {"00-start.ipynb"}
    assert [step.lesson.name for step in way.steps] == sorted(lessons)
    assert [way.right(step) for step in way.steps][:3] == [2, 1, 0]
    assert way.steps[0].answers == ["relu", "sigmoid", "softmax", "sigmoid_gradient", "collapse"]
    assert len(way.steps[8].answers) == 10
    assert "01 Activations: 2 of 5 answers" in repr(way)


def test_the_way_links_to_every_lesson_and_exercise_and_marks_what_is_done():
    way = progress.Way(set(progress.Way(set()).steps[0].answers))
    text = way._repr_html_()
    for step in way.steps:
        assert f'href="{step.lesson.name}"' in text
        assert (ROOT / "notebooks" / f"../exercises/{step.lesson.stem}/{step.lesson.name}").exists()
    assert "✓ " in text.split("</tr>")[1]
    assert text.count("✓") == 1


def test_the_kernels_of_course_py_lab_keep_progress(monkeypatch, tmp_path):
    code = "import os; from grader.progress import keep_progress, record; keep_progress(); record('relu')"
    env = {**os.environ, "LOGIT_LAB_BUILD": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, check=True)
    assert json.loads((tmp_path / "progress.json").read_text()) == ["relu"]
