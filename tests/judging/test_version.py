"""A class is judged again when what judges has changed, and not for a comment elsewhere."""

import shutil

import pytest
from conftest import ROOT

from grader.judging import version

NAME = "01-activations"
pytestmark = pytest.mark.quick


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A copy of the course, whose content is looked at."""
    for part in ("grader", f"solutions/{NAME}"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(version, "ROOT", tmp_path)
    monkeypatch.setattr(version, "source_path", lambda name: tmp_path / f"solutions/{name}/{name}.ipynb")
    return tmp_path


def test_the_copy_is_told_from_no_other_copy_of_the_same_content(course, monkeypatch):
    of_the_copy = version.content_hash(NAME)
    monkeypatch.undo()
    assert version.content_hash(NAME) == of_the_copy


JUDGES = [
    "answers/compare.py",
    "base/hints.py",
    "checks/activations/relu.py",
    "diagnosis/rules/ends.py",
    "intake/plain.py",
    "judging/judge/judge.py",
]
OTHERS = ["lab/doctor.py", "classroom/report/facts.py", "gradebook/writer.py", "cli.py"]


@pytest.mark.parametrize("path", [*(f"grader/{path}" for path in JUDGES), f"solutions/{NAME}/{NAME}.ipynb"])
def test_a_change_in_what_judges_judges_a_class_anew(course, path):
    before = version.content_hash(NAME)
    with (course / path).open("r+") as file:
        file.seek(0, 2)
        file.write("\n# a comment\n")
    assert version.content_hash(NAME) != before


@pytest.mark.parametrize("path", OTHERS)
def test_a_change_elsewhere_judges_no_class_anew(course, path):
    before = version.content_hash(NAME)
    with (course / "grader" / path).open("a") as file:
        file.write("\n# a comment\n")
    assert version.content_hash(NAME) == before


@pytest.mark.parametrize("name", ["data.csv", "autotests.yml"])
def test_a_file_beside_the_notebook_belongs_to_what_judges(course, name):
    before = version.content_hash(NAME)
    (course / "solutions" / NAME / name).write_text("1")
    assert version.content_hash(NAME) != before
