"""The workflows for GitHub, held to the course and to what GitHub knows.

They cannot be run here. They are read by a parser, and every key must be one that GitHub has; the lists are written by
hand from its schema.
"""

import os
import re

import pytest
import yaml
from conftest import ROOT
from course_facts import SHELL, asked, bash, commands, pythons

pytestmark = pytest.mark.quick

WORKFLOWS = [ROOT / ".github/workflows/tests.yml", ROOT / "docs/github-classroom/classroom.yml"]
TOP = {"name", "run-name", "on", "permissions", "env", "defaults", "concurrency", "jobs"}
JOB = {"name", "needs", "permissions", "runs-on", "environment", "concurrency", "outputs", "env", "defaults", "if"}
JOB |= {"steps", "timeout-minutes", "strategy", "continue-on-error", "container", "services", "uses", "with", "secrets"}
STEP = {"id", "if", "name", "uses", "run", "working-directory", "shell", "with", "env", "continue-on-error"}
STEP |= {"timeout-minutes"}
WITH = {  # the inputs that an action of this name has and that are used here
    "actions/checkout": {"repository", "ref", "path", "token", "fetch-depth", "persist-credentials"},
    "actions/setup-python": {"python-version", "cache", "cache-dependency-path", "architecture", "check-latest"},
    "actions/cache": {"path", "key", "restore-keys", "enableCrossOsArchive", "fail-on-cache-miss", "lookup-only"},
    "education/autograding-grading-reporter": {"runners", "token"},
}
CONTEXTS = {"github", "env", "vars", "job", "steps", "runner", "secrets", "strategy", "matrix", "needs", "inputs"}


class Strict(yaml.SafeLoader):
    """YAML as GitHub reads it: `on` is a word, and a key that stands twice is an error."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key) for key, _ in node.value]
        assert len(keys) == len(set(keys)), f"a key stands twice in {keys}"
        return super().construct_mapping(node, deep)


Strict.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:bool" or first in "tTfF"]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(path):
    return yaml.load(path.read_text("utf-8"), Strict)


def steps(path):
    return [step for job in read(path)["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_has_only_keys_that_github_knows(path):
    workflow = read(path)
    assert set(workflow) <= TOP
    assert {"on", "jobs"} <= set(workflow)
    for job in workflow["jobs"].values():
        assert set(job) <= JOB
        assert set(job.get("strategy", {})) <= {"matrix", "fail-fast", "max-parallel"}
        assert isinstance(job["timeout-minutes"], int)
    for step in steps(path):
        assert set(step) <= STEP
        assert ("uses" in step) != ("run" in step), step
        if "uses" in step:
            assert set(step.get("with", {})) <= WITH[step["uses"].split("@")[0]]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflows_expressions_use_what_there_is(path):
    text = path.read_text("utf-8")
    assert text.count("${{") == text.count("}}")
    matrix = set().union(*(job.get("strategy", {}).get("matrix", {}) for job in read(path)["jobs"].values()))
    for expression in re.findall(r"\$\{\{(.*?)\}\}", text):
        without_words = re.sub(r"'[^']*'", "", expression)
        assert set(re.findall(r"(?<![\w.-])([a-z]+)\.", without_words)) <= CONTEXTS, expression
        assert set(re.findall(r"\bmatrix\.(\w+)", expression)) <= matrix
        assert all((ROOT / name).exists() for name in re.findall(r"hashFiles\('([^']*)'\)", expression))


@SHELL
@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflows_scripts_are_grammatical_and_start_what_exists(path):
    for step in steps(path):
        script = step.get("run", "")
        assert bash(re.sub(r"\$\{\{.*?\}\}", "x", script)) == ""
        assert asked(script) <= commands() | {"test", "doctor"}
        for program in re.findall(r"^\.\S+", script):
            assert os.access(ROOT / program, os.X_OK)


@pytest.mark.parametrize("name", [".devcontainer/devcontainer.json", "docs/clusters/Dockerfile", *WORKFLOWS])
def test_a_place_that_installs_the_course_says_so_for_help_installs_nothing(name):
    text = (ROOT / name).read_text("utf-8")
    assert text.count("course.py setup") == 1
    assert "--help" not in text


def test_the_tests_run_on_every_system_and_python_of_the_course():
    (job,) = read(WORKFLOWS[0])["jobs"].values()
    matrix = job["strategy"]["matrix"]
    assert matrix["python"] == pythons()
    assert [system.split("-")[0] for system in matrix["system"]] == ["ubuntu", "macos", "windows"]
    runs = {step["if"]: step for step in job["steps"] if "Run every test" in step["name"]}
    assert set(runs) == {"runner.os == 'Linux'", "runner.os != 'Linux'"}
    assert runs["runner.os == 'Linux'"]["run"] == ".ci/run"
    other = runs["runner.os != 'Linux'"]
    assert (other["run"], other["env"]["CI"]) == ("python course.py test", "false")  # "true" asks for a browser


def test_the_workflow_may_read_and_nothing_else_and_runs_pinned_code():
    workflow = read(WORKFLOWS[0])
    assert workflow["permissions"] == {"contents": "read"}
    assert not [job for job in workflow["jobs"].values() if "permissions" in job]
    assert "secrets." not in WORKFLOWS[0].read_text("utf-8")
    for line in re.findall(r"uses: (.*)", WORKFLOWS[0].read_text("utf-8")):
        assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)


def test_what_the_workflow_keeps_between_runs_lies_where_no_test_looks():
    (job,) = read(WORKFLOWS[0])["jobs"].values()
    (kept,) = [step["with"]["path"] for step in job["steps"] if "actions/cache" in step.get("uses", "")]
    assert job["env"]["UV_CACHE_DIR"].endswith(f"/{kept}")
    assert kept.startswith("build/")
    assert "build/" in (ROOT / ".gitignore").read_text("utf-8").split()
