"""A class in which most folders are hostile, through the command: each is its own student's matter alone."""

import json
import os
import sqlite3
import sys

import pytest
from hostile_folders import NAME, NAMES, NOTED, ODDLY_NAMED, REJECTED, TWINS, UNNOTED, Folder

if sys.platform != "linux":
    pytest.skip("the folders are made of what Linux has", allow_module_level=True)

pytestmark = pytest.mark.slow  # a class of some seventy students
HONEST = ["a-honest", "z-honest"]
MOST = 500_000  # kilobytes that the main process may have at any time
COMMAND = """
import resource, sys
from pathlib import Path
from grader import cli
sys.argv = ["grader", "grade", {name!r}, "--submitted", {submitted!r}, "--json", {out!r}]
try:
    cli.main()
finally:
    Path({out!r} + ".memory").write_text(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))
"""


def hand_in_all(submitted):
    """Make the class."""
    submitted.mkdir()
    victim = submitted / HONEST[0]
    for student in [*HONEST, *NOTED, *UNNOTED, *ODDLY_NAMED, *TWINS]:
        Folder(submitted / student, victim).hand_in()
    odd = {kind: make for kind, (make, _) in ODDLY_NAMED.items()}
    for kind, make in (NOTED | UNNOTED | REJECTED | odd).items():
        make(Folder(submitted / kind, victim))
    for name in NAMES:
        Folder(submitted / os.fsdecode(name), victim).hand_in()


@pytest.fixture(scope="module")
def submitted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class") / "in"
    hand_in_all(folder)
    return folder


@pytest.fixture(scope="module")
def graded(submitted, grader):
    """Grade the class; return the results by student, the build folder, what was said and the most memory."""
    build = submitted.parent / "build"
    out = submitted.parent / "out.json"
    command = COMMAND.format(name=NAME, submitted=str(submitted), out=str(out))
    done = grader(command, build=build, program="python")
    assert done.returncode == 0, done.stderr
    results = json.loads(out.read_text("utf-8"))["submissions"]
    return {each["student"]: each for each in results}, build, done, int((out.parent / "out.json.memory").read_text())


ABSENT = ("no-folder", "empty-folder")  # nothing of the exercise was handed in


@pytest.mark.parametrize("student", [*HONEST, *TWINS, *NOTED, *UNNOTED, *ODDLY_NAMED])
def test_right_work_gets_its_mark_whatever_lies_beside_it(student, graded):
    assert (graded[0][student]["status"], graded[0][student]["score"]) == ("graded", 10)


@pytest.mark.parametrize("kind", REJECTED)
def test_what_is_no_notebook_earns_nothing_and_a_sentence_says_why(kind, graded):
    result = graded[0][kind]
    expected = {**dict.fromkeys(ABSENT, ("not_handed_in", None)), "other-capitals": ("graded", 10)}
    assert (result["status"], result["score"]) == expected.get(kind, ("rejected", 0))
    assert result["reason"].endswith((".", "?")) or kind in expected


@pytest.mark.parametrize("kind", NOTED)
def test_a_time_that_cannot_be_read_costs_a_note(kind, graded):
    assert [note[:22] for note in graded[0][kind]["notes"]] == ["The time in timestamp."]


@pytest.mark.parametrize("student", [*HONEST, *UNNOTED])
def test_there_is_no_note_without_a_reason(student, graded):
    assert graded[0][student]["notes"] == []


@pytest.mark.parametrize("kind", ODDLY_NAMED)
def test_a_notebook_of_an_odd_name_is_told_in_letters_that_can_be_shown(kind, graded):
    assert graded[0][kind]["file"] == f"{kind}/{NAME}/{ODDLY_NAMED[kind][1]}"


def test_names_that_differ_in_capitals_or_accents_alone_are_graded_each_and_told(graded):
    assert [len(graded[0][name]["notes"]) for name in TWINS] == [1] * len(TWINS)


def test_a_name_that_no_gradebook_can_hold_is_told_in_letters_that_can_be_shown(graded):
    results, build, _, _ = graded
    for shown in NAMES.values():
        assert results[shown]["status"] == "rejected"
        assert "Rename it" in results[shown]["reason"]
    with sqlite3.connect(build / "gradebook.db") as database:
        known = {row[0] for row in database.execute("select id from student")}
    assert known == set(results) - set(NAMES.values()) - set(ABSENT)


def test_nothing_that_a_terminal_would_act_on_is_printed(graded):
    said = graded[2].stdout + graded[2].stderr
    assert "Traceback" not in said
    assert all(letter.isprintable() or letter in "\n\r" for letter in said)


def test_the_main_process_stays_small(graded):
    assert graded[3] < MOST


def test_the_class_folder_holds_plain_files_and_nothing_of_what_was_linked(graded):
    _, build, _, _ = graded
    files = [path for step in ("submitted", "autograded") for path in (build / step).rglob("*") if not path.is_dir()]
    assert files
    assert all(path.is_file() and not path.is_symlink() for path in files)
    assert {path.name for path in files} <= {f"{NAME}.ipynb", "timestamp.txt", "submission_secret.txt"}
    assert not any(b"root:" in path.read_bytes() for path in files if path.suffix == ".txt")


def test_a_second_run_judges_nobody_again(graded, submitted, grader):
    results, build, _, _ = graded
    before = {path: path.stat().st_mtime_ns for path in build.glob(f"autograded/*/{NAME}/{NAME}.ipynb")}
    again = submitted.parent / "again.json"
    done = grader("grade", NAME, "--submitted", submitted, "--json", again, build=build)
    assert done.returncode == 0, done.stderr
    assert {each["student"]: each for each in json.loads(again.read_text("utf-8"))["submissions"]} == results
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_similar_submissions_are_looked_for_in_the_same_folder_without_harm(submitted, graded):
    from grader.classroom.similar.reading import read_answers

    slots = read_answers(NAME, submitted)
    assert set(HONEST) <= set(slots["relu"].forms)
    assert not set(slots["relu"].forms) & set(REJECTED)
