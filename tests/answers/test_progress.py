"""What the start page knows of a reader: answers that were right, in one file, and only the reader's own."""

import json
import os
import re
import subprocess
import sys

import nbformat
import pytest
import typer
from conftest import ROOT
from lesson_cells import cells, run_alone

from grader import cli
from grader.answers import progress
from grader.answers.verdict import NotYet
from grader.base import paths, settings
from grader.checks.activations import check_relu, check_sigmoid
from grader.lab import doctor

pytestmark = pytest.mark.quick


@pytest.fixture
def file(tmp_path, monkeypatch):
    path = tmp_path / "progress.json"
    monkeypatch.setenv(settings.PROGRESS, str(path))
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    return path


def relu(z):
    return z * (z > 0) if hasattr(z, "shape") else max(0.0, z)


def test_a_right_answer_is_kept_and_a_wrong_one_is_not(file, capsys):
    check_relu(relu)
    with pytest.raises(NotYet):
        check_sigmoid(relu)
    assert progress.read_answered(file) == {"relu"}


def test_progress_grows_and_is_kept_once(file):
    for name in ["softmax", "relu", "softmax"]:
        progress.record(name)
    assert json.loads(file.read_text()) == ["relu", "softmax"]


def test_nothing_is_kept_where_nobody_asked_for_it(file, monkeypatch):
    monkeypatch.delenv(settings.PROGRESS)
    progress.record("relu")
    assert not file.exists()


def test_a_class_that_is_graded_is_not_the_readers_progress(file, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    progress.record("relu")
    assert not file.exists()


@pytest.mark.parametrize("text", ["", "not json", "{}", "3", '["relu", 7]'])
def test_a_broken_file_is_no_progress_and_no_error(file, text):
    file.write_text(text)
    assert progress.read_answered(file) <= {"relu"}
    progress.record("sigmoid")
    assert "sigmoid" in progress.read_answered(file)


def test_a_file_that_cannot_be_written_stops_nobody(file, monkeypatch):
    monkeypatch.setenv(settings.PROGRESS, str(file.parent / "missing" / "progress.json"))
    progress.record("relu")


def test_the_way_lists_every_lesson_with_its_answers():
    way = progress.Way({"relu", "softmax", "logit", "no such answer"})
    lessons = {path.name for path in (ROOT / "notebooks").glob("*.ipynb")} - {"00-start.ipynb"}
    assert [step.lesson.name for step in way.steps] == sorted(lessons)
    assert [way.right(step) for step in way.steps][:3] == [2, 1, 0]
    assert way.steps[0].answers == ["relu", "sigmoid", "softmax", "sigmoid_gradient", "collapse"]
    assert len(next(step for step in way.steps if step.lesson.name == "09-debug.ipynb").answers) == 10
    assert "03b How a model is trained: no exercise" in repr(way)
    assert "01 Activations: 2 of 5 answers" in repr(way)


def test_the_way_links_to_every_lesson_and_exercise_and_marks_what_is_done():
    way = progress.Way(set(progress.Way(set()).steps[0].answers))
    text = way._repr_html_()
    for step in way.steps:
        assert f'href="{step.lesson.name}"' in text
        exercise = f"../exercises/{step.lesson.stem}/{step.lesson.name}"
        assert (ROOT / "notebooks" / exercise).exists() == (f'href="{exercise}"' in text) == bool(step.answers)
    assert "✓ " in text.split("</tr>")[1]
    assert text.count("✓") == 1


def test_the_kernels_of_course_py_lab_keep_progress(monkeypatch, tmp_path):
    code = "import os; from grader.answers.progress import keep_progress, record; keep_progress(); record('relu')"
    env = {**os.environ, "LOGIT_LAB_BUILD": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, check=True)
    assert json.loads((tmp_path / "progress.json").read_text()) == ["relu"]


# --- the start page itself


START = cells("00-start")
EXERCISE = ROOT / "exercises/01-activations/01-activations.ipynb"


def test_the_start_page_shows_the_way_and_that_all_is_in_place_without_tensorflow():
    run_alone("00-start", without={"tensorflow", "keras"})


def test_the_start_page_looks_at_the_set_up_and_fails_in_words_where_something_is_missing(monkeypatch, capsys):
    names = re.findall(r'"(\w+)"', START["setup"].split("==")[0])
    known = [name for name, _, _ in doctor.EXAMINATIONS]
    assert set(names) < set(known)
    broken = [("Kernel", lambda: 1 / 0, "do this")]
    monkeypatch.setattr(doctor, "EXAMINATIONS", broken)
    with pytest.raises(AssertionError, match="read the line above"):
        exec(START["setup"], {})
    assert capsys.readouterr().out == "Kernel       division by zero. To mend it, do this.\n"


def test_the_start_page_says_what_python3_course_py_doctor_looks_at(monkeypatch, capsys):
    code = "import course; course.doctor()"
    before = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {"Python", "Disk"} <= {line.split()[0] for line in before.splitlines()}
    every = [(name, lambda: "is there", mend) for name, _, mend in doctor.EXAMINATIONS]
    monkeypatch.setattr(doctor, "EXAMINATIONS", every)
    with pytest.raises(typer.Exit):
        cli.doctor()
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [name for name, _, _ in every]
    assert "your Python and the free disk" in START["check-heading"]


def test_the_start_page_says_where_progress_is_kept(file):
    assert progress.FILE.relative_to(paths.BUILD).name == "progress.json"
    assert "`build/progress.json`" in START["way-heading"]
    progress.record("relu")
    file.unlink()
    assert progress.read_answered(file) == set(), "delete that file to count from 0 again"


def test_a_newcomer_sees_on_the_start_page_what_the_exercise_has_found_right(file, monkeypatch):
    exercise = {cell.id: cell.source for cell in nbformat.read(EXERCISE, as_version=4).cells}
    answer = exercise["relu"].replace("raise NotImplementedError()", "return np.maximum(0, z)")
    assert answer != exercise["relu"], "what the page says to replace"
    namespace = {}
    for code in (exercise["imports"], answer, exercise["test-relu"]):
        exec(code, namespace)
    monkeypatch.setattr(progress.read_answered, "__defaults__", (file,))
    exec(START["way"].replace("progress()", "shown = progress()"), namespace)
    assert repr(namespace["shown"]).startswith("01 Activations: 1 of 5 answers\n02 ")


def test_the_start_page_says_what_an_exercise_says(file, capsys):
    check_relu(relu)
    assert capsys.readouterr().out == "relu: right.\n"
    assert "It says `right`" in START["exercise-heading"]
    with pytest.raises(NotYet, match="gave"):
        check_relu(abs)
    with pytest.raises(NotYet, match=r"gave .*\nWork this input out on paper"):
        check_relu(lambda z: z * z + 3)
    check_relu.hint()
    assert "should give" in capsys.readouterr().out
    check_relu.solution()
    assert "def relu(z)" in capsys.readouterr().out
    assert "`check_relu.hint()`" in START["exercise-heading"]
    assert "`check_relu.solution()`" in START["exercise-heading"]


def test_the_page_says_it_where_right_answers_are_not_counted(monkeypatch):
    monkeypatch.setenv(settings.PROGRESS, "somewhere")
    assert "course.py lab" not in repr(progress.Way(set())) + progress.Way(set())._repr_html_()
    monkeypatch.delenv(settings.PROGRESS)
    assert repr(progress.Way(set())).endswith(progress.NOT_KEPT)
    assert "<code>python3 course.py lab</code>; this one was not." in progress.Way(set())._repr_html_()


def test_the_way_shows_names_of_code_as_code():
    assert "`" not in progress.Way(set())._repr_html_()
