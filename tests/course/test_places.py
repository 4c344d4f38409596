"""The dev container, Binder and the hub's page, held to the course and to what their tools know.

What cannot be run is read by a parser, and every key in it must be one that the tool has. The keys of devcontainer.json
are written by hand from the schema of the Dev Containers specification.
"""

import json
import os
import re
import subprocess
import sys
from urllib.parse import parse_qs, urlsplit

import json5
import pytest
from conftest import ROOT
from course_facts import SHELL, asked, bash, commands, pythons

pytestmark = pytest.mark.quick

PLACES = [".devcontainer", ".binder", ".github", "docs/jupyterhub", "docs/jupyterhub.md", "docs/places.md"]
FILES = sorted(path for place in PLACES for path in (ROOT / place, *(ROOT / place).rglob("*")) if path.is_file())


# --- all of them


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_of_the_course_that_a_file_uses_exists(path):
    assert asked(path.read_text("utf-8")) <= commands()


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_names_no_host_but_these(path):
    known = {"github.com", "mybinder.org", "tljh.jupyter.org", "z2jh.jupyter.org", "ngshare.readthedocs.io", "HUB"}
    assert set(re.findall(r"https?://([^/)\s]+)", path.read_text("utf-8"))) <= known


@pytest.mark.parametrize("name", ["README.md", "docs/jupyterhub.md", "docs/places.md"])
def test_the_pages_name_the_pythons_of_the_project(name):
    assert pythons() == ["3.11", "3.12", "3.13"]
    assert re.search(r"Python\s3\.11,\s3\.12\s(or|and)\s3\.13", (ROOT / name).read_text("utf-8"))


# --- the dev container

CONTAINER = {  # keys of devcontainer.json that are used here, with their types
    "name": str,
    "build": dict,
    "remoteUser": str,
    "init": bool,
    "hostRequirements": dict,
    "securityOpt": list,
    "updateContentCommand": str,
    "forwardPorts": list,
    "portsAttributes": dict,
    "customizations": dict,
}


@pytest.fixture(scope="module")
def container():
    return json5.loads((ROOT / ".devcontainer/devcontainer.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def dockerfile():
    """The instructions of the Dockerfile, with what each says."""
    text = (ROOT / ".devcontainer/Dockerfile").read_text("utf-8")
    lines = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)).splitlines()
    return [tuple(line.split(maxsplit=1)) for line in lines]


def test_the_container_has_only_keys_that_its_tools_know(container):
    assert {key: type(value) for key, value in container.items()} == CONTAINER
    assert set(container["build"]) == {"dockerfile"}
    assert (ROOT / ".devcontainer" / container["build"]["dockerfile"]).is_file()
    needs = container["hostRequirements"]
    assert isinstance(needs["cpus"], int)
    assert all(re.fullmatch(r"\d+[tgmk]b", needs[key]) for key in ("memory", "storage"))
    for port, about in container["portsAttributes"].items():
        assert int(port) in container["forwardPorts"]
        assert set(about) <= {"label", "onAutoForward", "protocol", "requireLocalPort", "elevateIfNeeded"}
        assert about["onAutoForward"] in ("notify", "openBrowser", "openBrowserOnce", "openPreview", "silent", "ignore")


def test_the_containers_json_is_plain_but_for_its_comments(container):
    text = (ROOT / ".devcontainer/devcontainer.json").read_text("utf-8")
    without = re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE)
    assert json.loads(without) == container  # json5 alone would let more pass than the tools do


def test_the_containers_image_has_a_python_of_the_course_and_an_ordinary_user(container, dockerfile):
    assert [instruction for instruction, _ in dockerfile] == ["FROM", "RUN"]
    image = re.fullmatch(r"python:(3\.\d+)-bookworm", dockerfile[0][1])  # a plain name: no host
    assert image[1] in pythons()
    assert container["remoteUser"] != "root"
    assert re.search(rf"useradd .*\b{container['remoteUser']}$", dockerfile[1][1])
    assert bash(dockerfile[1][1]) == ""


def test_the_container_has_what_ci_installs_for_the_tests(dockerfile):
    (installed,) = re.findall(r"no-install-recommends ([\w -]+?) &&", dockerfile[1][1])
    wanted = re.findall(r'missing="(?:\$missing )?([^"]+)"', (ROOT / ".ci/run").read_text("utf-8"))
    assert set(installed.split()) == set(" ".join(wanted).split())


def test_the_container_lets_the_sandbox_be_built(container):
    lifted = {"seccomp=unconfined", "apparmor=unconfined", "systempaths=unconfined"}
    assert set(container["securityOpt"]) == lifted
    for option in lifted:  # for who starts a container without this file
        assert f"--security-opt {option}" in (ROOT / "docs/jupyterhub.md").read_text("utf-8")


# --- Binder


def test_binders_python_is_one_of_the_course():
    kind, version = (ROOT / ".binder/runtime.txt").read_text("utf-8").strip().split("-")
    assert (kind, version in pythons()) == ("python", True)


def test_binder_installs_every_pinned_package_with_its_hash():
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--no-index", "--no-deps", "--require-hashes"]
    done = subprocess.run(
        [*command, "--ignore-installed", "-r", ".binder/requirements.txt"], cwd=ROOT, capture_output=True, text=True
    )
    first = re.search(r"^(\S+==\S+)", (ROOT / "requirements.txt").read_text("utf-8"), re.MULTILINE)[1]
    assert f"No matching distribution found for {first}" in done.stderr  # it got as far as looking for the first


@SHELL
@pytest.mark.parametrize("name", ["postBuild", "start"])
def test_binders_scripts_are_grammatical_and_can_be_started(name):
    assert bash((ROOT / ".binder" / name).read_text("utf-8")) == ""
    assert os.access(ROOT / ".binder" / name, os.X_OK)


@pytest.fixture
def course(tmp_path):
    """An empty course with Binder's scripts, and a python3 that tells how it was called."""
    folder = tmp_path / "a course"
    (folder / ".binder").mkdir(parents=True)
    for name in ("postBuild", "start"):
        (folder / ".binder" / name).write_bytes((ROOT / ".binder" / name).read_bytes())
        (folder / ".binder" / name).chmod(0o755)
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "python3").write_text('#!/bin/sh\nprintf "%s|" "$PWD" "$@"\n')
    (programs / "python3").chmod(0o755)
    return folder, {"PATH": f"{programs}:{os.environ['PATH']}"}


def told(command, cwd, env):
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=True).stdout


@SHELL
def test_binder_adds_the_grader_where_it_lies(course):
    folder, env = course
    said = told([folder / ".binder/postBuild"], folder.parent, env).split("|")
    assert said[:4] == [str(folder), "-m", "pip", "install"]
    assert {"--no-deps", "--editable", "."} <= set(said)


@SHELL
def test_binder_starts_what_it_is_asked_to_and_keeps_progress(course):
    folder, env = course
    command = [folder / ".binder/start", "sh", "-c", 'printf "%s|" "$LOGIT_LAB_PROGRESS" "$@"', "sh", "two words", "*"]
    kept, *arguments = told(command, folder.parent, env).split("|")
    assert kept == str(folder / "build/progress.json")
    assert (folder / "build").is_dir()
    assert arguments == ["two words", "*", ""]


# --- the hub


def settings(home, code):
    """Run a hub's server settings in a home folder, then a line of Python in a kernel of that server."""
    file = str(ROOT / "docs/jupyterhub/jupyter_server_config.py")
    script = f"import runpy, subprocess, sys; runpy.run_path({file!r}); "
    script += f"subprocess.run([sys.executable, '-c', {code!r}], check=True)"
    left_out = ("LOGIT_LAB_BUILD", "LOGIT_LAB_PROGRESS", "PYTHONPATH")
    env = {name: value for name, value in os.environ.items() if name not in left_out}
    env |= {"HOME": str(home), "USERPROFILE": str(home)}
    return told([sys.executable, "-c", script], home, env).splitlines()


def test_on_a_hub_a_readers_progress_is_kept_in_the_readers_home(tmp_path):
    code = "from grader.answers.progress import *; record('relu'); print(FILE); print(read_answered())"
    file, done = settings(tmp_path, code)
    assert file == str(tmp_path / ".local/share/logit-lab/progress.json")
    assert done == "{'relu'}"


def test_on_a_hub_a_teacher_uses_the_grader_of_the_full_copy(tmp_path):
    course = tmp_path / "logit-lab-class"
    for folder in ("solutions", "grader"):
        (course / folder).mkdir(parents=True)
    (course / "grader/__init__.py").write_text("")
    (told_file,) = settings(tmp_path, "import grader; print(grader.__file__)")
    assert told_file == str(course / "grader/__init__.py")


def test_a_student_who_has_made_an_empty_folder_of_that_name_is_no_teacher(tmp_path):
    (tmp_path / "logit-lab-class").mkdir()
    (told_file,) = settings(tmp_path, "import grader; print(grader.__file__)")
    assert told_file == str(ROOT / "grader/__init__.py")


def test_the_link_for_students_pulls_the_course_and_opens_what_is_there():
    text = (ROOT / "docs/jupyterhub.md").read_text("utf-8")
    link = urlsplit(re.search(r"https://HUB/\S+", text)[0])
    query = {key: value for key, (value,) in parse_qs(link.query, strict_parsing=True).items()}
    assert link.path == "/hub/user-redirect/git-pull"
    assert set(query) == {"repo", "branch", "urlpath"}
    folder = query["repo"].rsplit("/", 1)[1]
    other = parse_qs(re.search(r"`(urlpath=\S+)`", text)[1])["urlpath"][0]
    for opened in (query["urlpath"], other):
        assert opened.startswith(f"lab/tree/{folder}/")
        assert (ROOT / opened.removeprefix(f"lab/tree/{folder}/")).is_file()
    # nbgrader's tab looks for the exercises where the link puts them
    assert f'"{folder}/exercises"' in (ROOT / "docs/jupyterhub/nbgrader_config.py").read_text("utf-8")


def test_the_students_repository_holds_no_solutions_and_all_that_the_course_needs():
    given = re.search(r"git archive HEAD -- (.*) \|", (ROOT / "docs/jupyterhub.md").read_text("utf-8"))[1].split()
    assert all((ROOT / name).exists() for name in given)
    assert not {"solutions", "tests", "benchmarks", ".", "*"} & set(given)
    read_by_setup = re.findall(r'HERE / "([\w.]+)"', (ROOT / "course.py").read_text("utf-8"))
    assert set(read_by_setup) - {".venv", "build"} <= set(given)


def test_binders_address_opens_what_is_there():
    text = (ROOT / "docs/places.md").read_text("utf-8")
    link = urlsplit(re.search(r"https://mybinder\.org/\S+(?=`)", text)[0])
    assert re.fullmatch(r"/v2/gh/[\w-]+/logit-lab/main", link.path)
    (opened,) = parse_qs(link.query)["urlpath"]
    assert (ROOT / opened.removeprefix("lab/tree/")).is_file()


def test_nbgraders_commands_in_the_hubs_page_exist():
    from grader.gradebook.fast_start import without_grammars

    without_grammars()
    from nbgrader.apps.nbgraderapp import NbGraderApp

    text = (ROOT / "docs/jupyterhub.md").read_text("utf-8")
    used = set(re.findall(r"(?:`|^    )nbgrader ([a-z_]+)", text, re.MULTILINE))
    assert {"release_assignment", "fetch_assignment", "submit", "collect"} <= used <= set(NbGraderApp.subcommands)
