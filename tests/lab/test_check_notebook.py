"""`grader check`: the visible tests of one notebook, as a student's repository runs them; and the workflow for it."""

import base64
import contextlib
import copy
import json
import os
import shutil
import subprocess
import sys

import nbformat
import pytest
import yaml
from conftest import ROOT, SAMPLES

from grader.base.errors import CannotGoOn
from grader.base.paths import exercise_names
from grader.gradebook.execution import kernel_execution
from grader.judging.execution import Run
from grader.judging.exercise import load_exercise, load_released_exercise
from grader.judging.results import AnswerResult, Result
from grader.lab import check_notebook as visible_check
from grader.lab import find_notebook as finding

RIGHT = SAMPLES / "all-right/01-activations/01-activations.ipynb"
WRONG = SAMPLES / "two-wrong/01-activations/01-activations.ipynb"
NAMES = ["relu", "sigmoid", "softmax", "sigmoid_gradient", "collapse"]
WORKFLOW = ROOT / "docs/github-classroom/classroom.yml"


@pytest.fixture
def edited(tmp_path):
    """Return a wrong notebook whose test cells were emptied, renamed to hold more points, and copied, as a file."""
    notebook = nbformat.read(WRONG, as_version=4)
    for cell in notebook.cells:
        if cell.id.startswith("test-"):
            cell.source = "pass"
            cell.metadata.nbgrader.points = 100
    notebook.cells.append(copy.deepcopy(notebook.cells[-1]))
    path = tmp_path / "mine.ipynb"
    path.write_text(json.dumps(notebook), "utf-8")
    return path


def test_a_right_notebook_exits_with_0_and_touches_no_gradebook(grader, tmp_path):
    done = grader("check", RIGHT, "--json", tmp_path / "out.json", build=tmp_path / "build")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "01-activations: the visible tests",
        *(f"right  2 / 2  {name}" for name in NAMES),
        "total  10 / 10",
    ]
    data = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert data["assignment"] == "01-activations"
    assert data["submissions"][0]["score"] == 10
    assert not list((tmp_path / "build").rglob("*.db"))


def test_a_wrong_notebook_exits_with_1_says_why_and_edited_tests_do_not_help(grader, tmp_path, edited):
    options = ["--exercise", "01-activations", "--classroom", tmp_path / "output"]
    done = grader("check", edited, *options, build=tmp_path / "build", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (1, "")
    told = done.stdout.splitlines()
    assert [line.split()[-1] for line in told if line.startswith("wrong  0 / 2")] == ["sigmoid", "softmax"]
    assert "       Look at: All rows together sum to 1. Each row is an example of its own" in done.stdout
    assert told[-1] == "total  6 / 10"
    name, _, value = (tmp_path / "output").read_text().strip().partition("=")
    result = json.loads(base64.b64decode(value))
    assert (name, result["status"], result["max_score"]) == ("result", "fail", 10)
    assert [(test["name"], test["score"]) for test in result["tests"]] == list(zip(NAMES, [2, 0, 0, 2, 2], strict=True))


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"{oops", "01-activations.ipynb: The file is not JSON"), (b"", "The notebook file is empty")],
)
def test_a_notebook_that_cannot_be_read_is_told_in_one_sentence(tmp_path, monkeypatch, content, words):
    monkeypatch.setattr(visible_check, "execution", lambda *_, **__: contextlib.nullcontext(lambda *_: Run()))
    (tmp_path / "01-activations.ipynb").write_bytes(content)
    with pytest.raises(CannotGoOn, match=words):
        visible_check.check_notebook(tmp_path / "01-activations.ipynb", "01-activations")


@pytest.mark.quick
@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            "01-activations.ipynb",
            "There is no file .*01-activations.ipynb. Give a notebook, or the name of an exercise: ",
        ),
        ("99-none", "There is no file .*99-none. Give a notebook, or the name of an exercise: 01-activations, "),
        ("exercises", "exercises is a folder. Give a notebook in it, or the name of an exercise: 01-activations, "),
        ("homework.ipynb", "not named for an exercise. Say with --exercise which one it is: 01-activations,"),
    ],
)
def test_what_is_no_notebook_of_an_exercise_is_told_in_one_sentence(tmp_path, given, words):
    (tmp_path / "homework.ipynb").write_text("{}")
    (tmp_path / "exercises").mkdir()
    with pytest.raises(CannotGoOn, match=words):
        finding.find_notebook(str(tmp_path / given))


@pytest.mark.quick
def test_an_exercises_name_stands_for_its_notebook_in_exercises_from_every_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "02-logits").mkdir()
    assert finding.find_notebook("02-logits") == (ROOT / "exercises/02-logits/02-logits.ipynb", "02-logits")
    (tmp_path / "02-logits/mine.ipynb").touch()
    mine = tmp_path / "02-logits/mine.ipynb"
    assert finding.find_notebook(str(mine)) == (mine, "02-logits"), "a folder can name the exercise"
    assert finding.find_notebook(str(mine), "03-roundoff") == (mine, "03-roundoff")


def test_a_command_that_cannot_check_exits_with_2(grader, tmp_path):
    (tmp_path / "mine.ipynb").write_text("{}")
    done = grader("check", tmp_path / "mine.ipynb", "--exercise", "99-none", build=tmp_path / "build")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("There is no exercise '99-none'.")


@pytest.mark.quick
def test_a_second_mistake_is_told_behind_the_first():
    answer = AnswerResult("relu", 0, 2, False, "relu-step", "one.", "Two.", ("two",), ("three.", "four."))
    told = visible_check.result_lines("01-activations", Result("", "graded", "", [answer]))
    assert [line.strip() for line in told[2:-1]] == ["one.", "Look at: Two.", "And: three.", "And: four."]


def test_a_run_that_stopped_early_is_told(monkeypatch):
    monkeypatch.setattr(visible_check, "execution", lambda *_, **__: contextlib.nullcontext(lambda *_: Run("ended.")))
    result = visible_check.check_notebook(ROOT / "exercises/02-logits/02-logits.ipynb", "02-logits")
    assert result.score == 0
    assert not visible_check.all_right(result)
    assert visible_check.result_lines("02-logits", result)[1] == "The run stopped early. ended."


@pytest.mark.parametrize("name", exercise_names())
def test_what_is_checked_is_what_was_released_without_hidden_tests(name):
    released = nbformat.read(ROOT / f"exercises/{name}/{name}.ipynb", as_version=4)
    exercise = load_released_exercise(name)
    graded = {cell.metadata.nbgrader.grade_id: cell for cell in released.cells if "nbgrader" in cell.metadata}
    assert {id_: cell.source for id_, cell in exercise.tests.items()} == {
        id_: graded[id_].source for id_ in exercise.tests
    }
    assert sum(map(exercise.points, exercise.tests)) == sum(map(load_exercise(name).points, load_exercise(name).tests))
    assert "HIDDEN" not in nbformat.writes(exercise.notebook)
    assert "HIDDEN" in nbformat.writes(load_exercise(name).notebook), "grading has them"


def test_a_copy_of_the_course_without_solutions_can_check(tmp_path):
    course = tmp_path / "course"
    for part in ("grader", "exercises"):
        shutil.copytree(ROOT / part, course / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "nbgrader_config.py", course)
    shutil.copy(WRONG, tmp_path)
    env = {**os.environ, "PYTHONPATH": str(course), "LOGIT_LAB_BUILD": str(tmp_path / "build")}
    command = [sys.executable, "-m", "grader", "check", str(tmp_path / "01-activations.ipynb")]
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=300)
    assert done.returncode == 1, done.stderr
    assert done.stdout.splitlines()[-1] == "total  6 / 10"


def test_where_there_is_no_fork_nbgraders_kernel_gives_the_same_result(monkeypatch):
    kernel = kernel_execution(load_exercise("01-activations"))
    monkeypatch.setattr(visible_check, "execution", lambda *_, **__: contextlib.nullcontext(kernel))
    result = visible_check.check_notebook(WRONG, "01-activations")
    assert [answer.passed for answer in result.answers] == [True, False, False, True, True]
    assert "All rows together sum to 1" in result.answers[2].hint


def commands(workflow):
    return [step.get("run") or step["with"].get("command", "") for job in workflow for step in job]


def test_the_workflow_is_yaml_that_checks_out_sets_up_checks_and_reports():
    workflow = yaml.safe_load(WORKFLOW.read_text("utf-8"))
    triggers = workflow[True]  # YAML 1.1 reads the key `on` as true
    assert "push" in triggers
    assert workflow["permissions"] == {"actions": "read", "checks": "write", "contents": "read"}
    job = workflow["jobs"]["run-autograding-tests"]
    used = [step["uses"].partition("@")[0] for step in job["steps"] if "uses" in step]
    reporter = "education/autograding-grading-reporter"
    assert used == ["actions/checkout", "actions/checkout", "actions/setup-python", reporter]
    run = [step["run"] for step in job["steps"] if "run" in step]
    assert run == [
        "python course/course.py setup",
        'python course/course.py check "$NOTEBOOK" --classroom "$GITHUB_OUTPUT"',
    ]
    check, report = job["steps"][-2:]
    assert report["env"] == {f"{check['id']}_results".upper(): f"${{{{ steps.{check['id']}.outputs.result }}}}"}
    assert report["with"] == {"runners": check["id"]}
    assert workflow["env"]["NOTEBOOK"].removesuffix(".ipynb") in exercise_names()


def test_the_page_on_github_classroom_shows_yaml_and_what_the_command_prints(grader, tmp_path):
    page = (ROOT / "docs/github-classroom.md").read_text("utf-8")
    steps = yaml.safe_load(page.split("```yaml\n")[1].split("```")[0])
    assert [step["uses"] for step in steps] == [
        "education/autograding-command-grader@v1",
        "education/autograding-grading-reporter@v1",
    ]
    assert "check 01-activations.ipynb" in steps[0]["with"]["command"]
    assert steps[0]["with"]["max-score"] == sum(
        map(load_exercise("01-activations").points, load_exercise("01-activations").tests)
    )
    shown = page.split("and prints\n\n")[1].split("\n\nThe exit code")[0]
    printed = visible_check.result_lines("01-activations", visible_check.check_notebook(WRONG, "01-activations"))
    for line in shown.splitlines():
        if line.strip() != "..." and "total" not in line:
            assert line.removeprefix("    ") in printed
