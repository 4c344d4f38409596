"""The gradebook in PostgreSQL and in SQLite: the same contents, two graders at once, and addresses that lead nowhere.

The tests start a PostgreSQL server of their own. Without its programs they are skipped; where CI=true they fail.
"""

import csv
import itertools
import json
import os
import sqlite3
import subprocess
import sys
import threading
from urllib.parse import quote

import psycopg
import pytest
from conftest import ROOT, SAMPLES, do_without
from gradebooks import (
    NAME,
    POINTS,
    check_files,
    check_once_and_whole,
    check_refused,
    hand_in,
    points_of,
    rows,
    scores,
    sqlite,
)
from postgres import OWNER, PASSWORD, programs, server
from warm_grader import warm_grader

from grader.base.errors import CannotGoOn
from grader.gradebook import address as databases
from grader.gradebook.session import open_gradebook

pytestmark = pytest.mark.slow

STUDENTS = 6


@pytest.fixture(scope="module")
def postgres():
    if programs() is None:
        do_without("no PostgreSQL server was found; install it (Debian: apt-get install postgresql) to run these tests")
    with server() as running:
        yield running


@pytest.fixture(scope="module")
def warm(tmp_path_factory):
    with warm_grader(tmp_path_factory.mktemp("words")) as started:
        yield started


@pytest.fixture(scope="module")
def two_real_graders(postgres, tmp_path_factory):
    """Run two commands at once, as on two machines with a build folder each, on an empty database; how it went."""
    postgres.run("create database real")
    url, folder = postgres.url("real"), tmp_path_factory.mktemp("real")
    command = [
        sys.executable,
        "-m",
        "grader",
        "grade",
        NAME,
        "--submitted",
        str(SAMPLES),
        "--workers",
        "1",
        "--db",
        url,
    ]
    builds, running = [folder / "one", folder / "other"], []
    for build in builds:
        env = {**os.environ, "COLUMNS": "120", "LOGIT_LAB_BUILD": str(build)}
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        running.append(subprocess.Popen([*command, "--json", str(build / "out.json")], cwd=ROOT, env=env, **pipes))
    ended = [(one.communicate(timeout=300)[1], one.returncode) for one in running]
    return url, builds, ended


@pytest.fixture(scope="module")
def sample(two_real_graders):
    """Return a build folder with the judge's verdicts on the samples."""
    return two_real_graders[1][0]


numbers = itertools.count()


@pytest.fixture
def database(postgres):
    """Return the name of a new, empty database."""
    name = f"grades_{next(numbers)}"
    postgres.run(f"create database {name}")
    return name


@pytest.fixture
def url(postgres, database):
    return postgres.url(database)


@pytest.fixture
def start(warm, sample, tmp_path):
    """Start `grader grade` on a folder with a gradebook, the judge's verdicts replayed."""

    def begin(submitted, url, build="build", fault="", **env):
        build = tmp_path / build
        command = ["grade", NAME, "--submitted", submitted, "--json", build / "out.json"]
        return warm.start(*command, *["--db", url] * bool(url), build=build, fault=fault, replay=sample, **env)

    return begin


@pytest.fixture
def grade(start, warm):
    return lambda *arguments, **settings: warm.wait(start(*arguments, **settings))


def check_ended_well(*done):
    for one in done:
        assert (one.returncode, one.stderr) == (0, "")


def test_two_real_graders_at_once_on_an_empty_database_leave_every_student_once(two_real_graders):
    url, builds, ended = two_real_graders
    assert ended == [("", 0)] * 2
    assert [scores(build / "out.json") for build in builds] == [POINTS] * 2
    found = rows(url, "select count(*) from student"), rows(url, "select count(*), sum(auto_score) from grade")
    assert found == ([(4,)], [(20, 26.0)])


@pytest.mark.parametrize("where", ["postgresql", "sqlite"])
@pytest.mark.parametrize("share", ["other students", "the same students", "the same folder"])
def test_two_graders_who_race_from_an_empty_gradebook_lose_nothing_and_write_nothing_twice(
    start, warm, tmp_path, where, share, request
):
    url = request.getfixturevalue("url") if where == "postgresql" else f"sqlite:///{tmp_path}/shared.db"
    folders = [hand_in(tmp_path / "in", STUDENTS)]
    folders.append(hand_in(tmp_path / "in-2", STUDENTS, first=STUDENTS) if share == "other students" else folders[0])
    builds = ["build", "build" if share == "the same folder" else "build-2"]
    started = [start(folder, url, build, "slow:0.02") for folder, build in zip(folders, builds, strict=True)]
    check_ended_well(*map(warm.wait, started))
    check_once_and_whole(url, folders)
    for folder, build in zip(folders, builds, strict=True):
        check_files(tmp_path / build, folder)
        assert scores(tmp_path / build / "out.json") == points_of(folder)
        lines = (tmp_path / build / f"journal/{NAME}.jsonl").read_text().splitlines()
        assert {json.loads(line)["student"] for line in lines} == set(points_of(folder)), "whole lines"


API = """
import json, sys
from grader.gradebook.release import course_directory
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
name = "01-activations"
course = course_directory()
with Gradebook(course.db_url) as gradebook:
    student = sorted(one.id for one in gradebook.students)[0]
    grade = gradebook.find_grade("test-relu", name, name, student)
    grade.manual_score, grade.needs_manual_grade = 1.5, False
    gradebook.find_comment("relu", name, name, student).manual_comment = "Größe −1 ✓"
    gradebook.db.commit()
    gradebook.update_or_create_student(student, first_name="Ada", last_name="Ли")
api = NbGraderAPI(coursedir=course)
told = {
    "assignment": api.get_assignment(name),
    "notebooks": api.get_notebooks(name),
    "submissions": api.get_submissions(name),
    "notebook submissions": api.get_notebook_submissions(name, name),
    "students": api.get_students(),
    "student submissions": api.get_student_submissions(student),
    "student notebooks": api.get_student_notebook_submissions(student, name),
}
with Gradebook(course.db_url) as gradebook:
    told["average"] = [gradebook.average_assignment_score(name), gradebook.average_notebook_score(name, name)]
    told["by student"] = gradebook.student_dicts()
    told["by submission"] = gradebook.submission_dicts(name)
    told["by notebook"] = gradebook.notebook_submission_dicts(name, name)
    one = gradebook.find_submission_notebook(name, name, student)
    told["grades"] = [grade.to_dict() for grade in one.grades]
    told["comments"] = [comment.to_dict() for comment in one.comments]
    gradebook.remove_student(sorted(student.id for student in gradebook.students)[-1])
    told["left"] = [student.id for student in gradebook.students]
json.dump(told, sys.stdout, sort_keys=True)
"""


def same(told):
    """Return what nbgrader told without its random ids, lists in an order that does not come from them."""
    if isinstance(told, dict):
        return {key: same(value) for key, value in told.items() if key not in ("id", "index")}
    if isinstance(told, list):
        return sorted(map(same, told), key=repr)
    return told


def test_formgrader_sees_and_changes_the_same_in_both(grade, warm, tmp_path, url):
    submitted, told = hand_in(tmp_path / "in", 5), []
    for build, address in (("here", ""), ("there", url)):
        check_ended_well(grade(submitted, address, build))
        seen = warm.run(API, program="python", build=tmp_path / build, LOGIT_LAB_DB=address)
        check_ended_well(seen)
        told.append(same(json.loads(seen.stdout)))
    assert told[0] == told[1]
    assert len(told[0]["left"]) == 4


@pytest.fixture
def nbgrader(warm, tmp_path, url):
    def run(*arguments):
        done = warm.run(*arguments, program="nbgrader", build=tmp_path / "build", LOGIT_LAB_DB=url)
        assert done.returncode == 0, done.stderr

    return run


def test_nbgraders_own_commands_go_on_from_a_gradebook_in_postgresql(grade, nbgrader, tmp_path, url):
    submitted, build = hand_in(tmp_path / "in", 4), tmp_path / "build"
    check_ended_well(grade(submitted, url))
    nbgrader("export", "--to", build / "grades.csv")
    with (build / "grades.csv").open(newline="") as file:
        exported = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert exported == points_of(submitted)
    nbgrader("generate_feedback", NAME, "--student", "two-wrong-02")
    assert "All rows together sum to 1" in (build / f"feedback/two-wrong-02/{NAME}/{NAME}.html").read_text("utf-8")


def test_an_exercise_that_nbgrader_itself_enters_first_can_be_graded(grade, nbgrader, tmp_path, url):
    elsewhere = f"--CourseDirectory.release_directory={tmp_path}/out"
    nbgrader("generate_assignment", NAME, elsewhere)
    submitted = hand_in(tmp_path / "in", 4)
    check_ended_well(grade(submitted, url))
    check_once_and_whole(url, [submitted])


def test_grading_again_changes_nothing_and_an_edited_submission_is_entered_anew(grade, tmp_path, url):
    submitted = hand_in(tmp_path / "in", 4)
    content = "select id, auto_score from grade order by id"
    check_ended_well(grade(submitted, url))
    before = rows(url, content)
    check_ended_well(grade(submitted, url))
    assert rows(url, content) == before
    path = submitted / "untouched-03" / NAME / f"{NAME}.ipynb"
    path.write_bytes(path.read_bytes() + b"\n")
    check_ended_well(grade(submitted, url))
    assert rows(url, content) == before
    assert (tmp_path / f"build/submitted/untouched-03/{NAME}/{NAME}.ipynb").read_bytes() == path.read_bytes()
    assert len((tmp_path / f"build/journal/{NAME}.jsonl").read_text().splitlines()) == 5


def test_what_was_graded_into_one_gradebook_is_not_taken_for_graded_in_another(grade, tmp_path, url):
    submitted = hand_in(tmp_path / "in", 4)
    check_ended_well(grade(submitted, ""), grade(submitted, url))
    path = submitted / f"untouched-03/{NAME}/{NAME}.ipynb"
    path.write_bytes(path.read_bytes() + b"\n")
    check_ended_well(grade(submitted, url))
    with sqlite3.connect(tmp_path / "build/gradebook.db") as connection:
        connection.execute("update grade set auto_score = 1")  # as if the first submission had got other marks
    check_ended_well(grade(submitted, ""))
    check_once_and_whole(sqlite(tmp_path / "build"), [submitted])
    check_once_and_whole(url, [submitted])


@pytest.mark.parametrize("where", ["between-two-rows", "before-the-commit", "before-the-journal"])
def test_a_writer_killed_in_postgresql_leaves_whole_submissions(grade, tmp_path, url, where):
    submitted = hand_in(tmp_path / "in", 4)
    assert grade(submitted, url, fault=f"killed:{where}").returncode == -9
    assert rows(url, "select count(*) from submitted_assignment") == [(3 if where == "before-the-journal" else 2,)]
    check_ended_well(grade(submitted, url))
    check_once_and_whole(url, [submitted])
    check_files(tmp_path / "build", submitted)


def test_a_connection_that_is_lost_is_told_and_the_same_command_goes_on(grade, tmp_path, postgres, url):
    submitted = hand_in(tmp_path / "in", 4)
    check_refused(
        grade(submitted, url, fault=f"disconnected:{postgres.url()}"), "has gone away", "goes on where it was"
    )
    assert rows(url, "select count(*) from submitted_assignment") == [(2,)]
    check_ended_well(grade(submitted, url))
    check_once_and_whole(url, [submitted])


@pytest.mark.parametrize("lock", ["select pg_advisory_xact_lock(10617145)", "lock table grade"])
def test_a_turn_that_does_not_come_is_told_and_one_that_comes_late_is_waited_for(grade, tmp_path, url, lock):
    submitted = hand_in(tmp_path / "in", 4)
    check_ended_well(grade(submitted, url))
    more = hand_in(tmp_path / "more", 4, first=4)
    with psycopg.connect(url) as other:
        other.execute(lock)
        impatient = f"{url}&options=-c%20lock_timeout%3D300"
        check_refused(grade(more, impatient, "build-2"), "is in use by another program")
        timer = threading.Timer(1.0, other.rollback)
        timer.start()
        check_ended_well(grade(more, url, "build-2"))
        timer.join()
    check_once_and_whole(url, [submitted, more])


def test_a_password_with_every_kind_of_character_opens_the_gradebook_by_either_name(
    grade, tmp_path, postgres, database
):
    submitted = hand_in(tmp_path / "in", 2)
    address = postgres.tcp(database, password=quote(PASSWORD, safe=""))
    check_ended_well(grade(submitted, address.replace("postgresql://", "postgres://")))
    check_ended_well(grade(submitted, "", LOGIT_LAB_DB=address))
    check_ended_well(grade(submitted, "", LOGIT_LAB_DB=postgres.tcp(database), PGPASSWORD=PASSWORD))
    check_once_and_whole(postgres.url(database), [submitted])


ADDRESSES = {
    "wrong password": ("postgresql://teacher:secret@127.0.0.1:{port}/{database}", "refused the user or the password"),
    "no password": ("postgresql://teacher@127.0.0.1:{port}/{database}", "refused the user or the password"),
    "no such user": ("postgresql://nobody-here:secret@/{database}?host={folder}&port={port}", "refused the user"),
    "no such database": ("postgresql://teacher@/none?host={folder}&port={port}", "is not there. Create the database"),
    "no server": ("postgresql://teacher:secret@127.0.0.1:1/{database}", "does not answer. See that the server runs"),
    "no socket": ("postgresql://teacher:secret@/{database}?host={folder}/none", "does not answer."),
    "no such host": ("postgresql://teacher:secret@no.such.host.invalid/{database}", "does not answer."),
    "wrong option": ("postgresql://teacher:secret@127.0.0.1:{port}/x?colour=secret1", "mistake in its options"),
    "wrong port": ("postgresql://teacher:secret@127.0.0.1:port/{database}", "neither sqlite:"),
    "another database": ("mysql://teacher:secret@127.0.0.1/{database}", "neither sqlite:"),
    "no address": ("grades.db secret", "neither sqlite:"),
    "another driver": ("postgresql+pg8000://teacher:secret@127.0.0.1/{database}", "names a driver that is not there"),
    "an unknown driver": ("postgresql+none://teacher:secret@127.0.0.1/{database}", "names a driver that is not there"),
    "no folder": ("sqlite:////no/such/folder/grades.db", "grades.db cannot be opened."),
}


@pytest.mark.parametrize("case", ADDRESSES)
def test_an_address_that_leads_nowhere_gets_one_sentence_without_the_password(postgres, monkeypatch, tmp_path, case):
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "none"))
    address, words = ADDRESSES[case]
    address = address.format(port=postgres.port, folder=postgres.folder, database="postgres")
    monkeypatch.setenv("LOGIT_LAB_DB", address)
    with pytest.raises(CannotGoOn, match=words) as refusal:
        open_gradebook(databases.gradebook_address())
    assert "secret" not in str(refusal.value).replace("secret1", "")
    assert "\n" not in str(refusal.value)
    assert postgres.run("select 1 from pg_tables where tablename = 'student'") == []


@pytest.mark.parametrize("case", ["wrong password", "no address", "another driver"])
def test_the_command_says_so_too_and_makes_no_other_gradebook(grade, tmp_path, postgres, case):
    address, words = ADDRESSES[case]
    done = grade(hand_in(tmp_path / "in", 1), address.format(port=postgres.port, database="postgres"))
    check_refused(done, words)
    assert "secret" not in done.stderr
    assert not (tmp_path / "build/gradebook.db").exists()


def test_without_the_driver_a_sentence_says_how_to_get_it(grade, tmp_path, url):
    check_refused(grade(hand_in(tmp_path / "in", 1), url, fault="without_driver"), "(psycopg) is not there")


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("revoke all on schema public from public", "needs the right to make tables"),
        ("alter role assistant set default_transaction_read_only = on", "may not be written to"),
    ],
)
def test_a_user_without_the_right_to_write_gets_one_sentence(grade, tmp_path, postgres, database, statement, words):
    role = f"assistant_{database}"
    postgres.run(f"create role {role} login")
    postgres.run(statement.replace("assistant", role), database)
    check_refused(grade(hand_in(tmp_path / "in", 1), postgres.url(database).replace(f"{OWNER}@", f"{role}@")), words)


def test_a_name_too_long_for_postgresql_is_told_and_the_others_are_graded(grade, tmp_path, url):
    submitted = hand_in(tmp_path / "in", 2)
    (submitted / f"untouched-{'x' * 150}").mkdir()
    done = grade(submitted, url)
    assert done.returncode == 0, done.stderr
    assert {"160", "characters"} <= set(done.stdout.replace("\u2502", " ").split())
    assert rows(url, "select count(*) from student") == [(2,)]
