"""The command line, and what it must not cost."""

import os
import re
import subprocess
import sys

import pytest
from conftest import ROOT
from course_facts import commands

from grader.cli import PROGRAM
from grader.lab.jupyter import FOLDERS, keep_inside

COMMANDS = sorted(commands())


def test_help_lists_the_commands_whole_without_loading_the_heavy_libraries():
    code = """
import sys
sys.argv = ["grader", "--help"]
from grader.cli import main
try:
    main()
except SystemExit:
    pass
heavy = {"numpy", "tensorflow", "keras", "matplotlib", "nbgrader", "nbformat", "IPython", "rich"} & set(sys.modules)
print("heavy:", heavy)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    listed = done.stdout.partition("Commands:\n")[2].splitlines()
    assert {line.split()[0] for line in listed[:-1]} == commands()
    assert all(line.endswith(".") and not line.endswith("...") for line in listed[:-1]), "no sentence is cut"
    assert listed[-1] == "heavy: set()"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(grader, tmp_path, command):
    done = grader(command, "--help", build=tmp_path)
    assert done.returncode == 0
    assert re.match(rf"Usage: {re.escape(PROGRAM)} {command} \[OPTIONS\]( [{{\[][A-Z]+[}}\]])?\n", done.stdout)
    assert max(map(len, done.stdout.splitlines())) < 80


def test_a_mistake_in_a_command_is_told_with_a_command_that_needs_no_active_environment(grader, tmp_path):
    done = grader("grade", "01-activations", build=tmp_path)
    assert done.returncode == 2
    assert done.stderr.splitlines()[:2] == [
        f"Usage: {PROGRAM} grade [OPTIONS] {{EXERCISE}}",
        f"Try '{PROGRAM} grade --help' for help.",
    ]
    assert "--submitted" in done.stderr


def test_what_is_missing_is_told_before_the_heavy_libraries_are_loaded(tmp_path):
    code = """
import sys
from grader.cli import app
for command in (["check", "none.ipynb"], ["report", "01-activations"], ["export"]):
    try:
        app(command)
    except Exception as error:
        print(type(error).__name__, str(error).split(".")[0])
print("heavy:", {"numpy", "nbgrader", "nbformat", "tensorflow"} & set(sys.modules))
"""
    env = {**os.environ, "LOGIT_LAB_BUILD": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    nothing = f"CannotGoOn Nothing has been graded yet: there is no gradebook {tmp_path / 'gradebook'}"
    assert done.stdout.splitlines() == ["CannotGoOn There is no file none", nothing, nothing, "heavy: set()"]


def test_the_checks_of_numpy_answers_load_nothing_about_keras_models():
    code = (
        "import sys, grader.checks.activations as checks; checks.check_relu(lambda z: z * (z > 0)); print(*sys.modules)"
    )
    loaded = subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True).split()
    assert "grader.answers.compare" in loaded
    about_models = ("tensorflow", "keras", "grader.diagnosis", "grader.answers.asked", "grader.answers.model_answer")
    assert not set(about_models) & set(loaded)


def test_what_jupyter_writes_goes_into_the_project(tmp_path, monkeypatch):
    for variable in FOLDERS:
        monkeypatch.setenv(variable, "elsewhere")
    keep_inside(tmp_path)
    import os

    assert all(os.environ[variable].startswith(str(tmp_path)) for variable in FOLDERS)


@pytest.mark.slow
def test_the_doctor_says_what_is_there(grader, tmp_path):
    done = grader("doctor", build=tmp_path)
    assert done.returncode == 0, done.stdout
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["TensorFlow", "Kernel", "nbgrader", "Course"]


def test_what_the_doctor_can_see_without_tensorflow_is_there(capsys):
    from grader.lab import doctor

    assert doctor.examine("Kernel", "nbgrader", "Course") == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["Kernel", "nbgrader", "Course"]


def test_the_doctor_says_how_to_mend_what_is_broken(monkeypatch, capsys):
    from grader.lab import doctor

    def broken():
        raise RuntimeError("the wheel has fallen off.")

    monkeypatch.setattr(doctor, "EXAMINATIONS", [("Wheel", broken, "put it on again")])
    assert doctor.examine() == 1
    assert capsys.readouterr().out == "Wheel        the wheel has fallen off. To mend it, put it on again.\n"
