"""A class on one machine with nbgrader's exchange, as docs/jupyterhub.md sets it up: the real commands, real users.

As root the teacher and the students are different users of the machine; otherwise all are one user, as in containers.
"""

import contextlib
import json
import os
import sqlite3
import sys
import tempfile
from pathlib import Path

import pytest
from conftest import ROOT

from grader.base.text import is_fit

if sys.platform == "win32":
    pytest.skip("nbgrader has no exchange on Windows", allow_module_level=True)

from hubs import NAME, NOTEBOOK, Hub, server

pytestmark = pytest.mark.slow  # a hub with several users


@pytest.fixture(scope="module")
def hub():
    with tempfile.TemporaryDirectory() as folder:  # pytest's own folders are closed to other users
        yield Hub(Path(folder))


@pytest.fixture(scope="module")
def collected(hub):
    """Release, fetch, submit and collect; two cheats are on their way as well. Return what collect said."""
    hub.nbgrader(hub.teacher, "release_assignment")
    hub.nbgrader(hub.pulled, "submit")
    hub.nbgrader(hub.fetched, "fetch_assignment")
    hub.nbgrader(hub.fetched, "submit")
    solution = hub.teacher.home / "logit-lab-class/solutions" / NOTEBOOK
    hub.plant(hub.student(hub.cheat), notebook=f"link {solution}", timestamp_txt="2101-01-01 00:00:00 UTC")
    if hub.apart:
        hub.plant(hub.pulled.user, notebook="{}", timestamp_txt="2101-01-01 00:00:00 UTC")
    return hub.nbgrader(hub.teacher, "collect")


@pytest.fixture(scope="module")
def graded(hub, collected):
    """Grade what was collected; return the results by student."""
    out = hub.teacher.home / "out.json"
    command = [sys.executable, "-m", "grader", "grade", NAME, "--submitted", "build/submitted", "--json", out]
    status, said = hub.run(hub.teacher, *command, cwd=hub.teacher.home / "logit-lab-class")
    assert status == 0, said
    return {result["student"]: result for result in json.loads(out.read_text("utf-8"))["submissions"]}


def test_what_was_pulled_or_fetched_and_submitted_is_collected_and_graded(hub, graded):
    assert graded[hub.student(hub.pulled)]["score"] == 10
    untouched = graded[hub.student(hub.fetched)]
    assert (untouched["status"], untouched["score"]) == ("graded", 0)
    assert {answer["misconception"] for answer in untouched["answers"]} == {"not-attempted"}


def test_the_gradebook_has_the_time_at_which_the_student_submitted(hub, graded):
    with contextlib.closing(sqlite3.connect(hub.teacher.home / "logit-lab-class/build/gradebook.db")) as database:
        rows = dict(database.execute("select student_id, timestamp from submitted_assignment"))
    kept = [path.name.split("+") for path in hub.inbound().iterdir()]
    sent = {student: when for student, _, when, _ in kept if not when.startswith("2101")}
    for person in (hub.pulled, hub.fetched):
        student = hub.student(person)
        assert sent[student] == f"{rows[student]} UTC"


def test_a_link_to_the_teachers_solution_earns_nothing(hub, graded):
    cheat = graded[hub.student(hub.cheat)]
    assert (cheat["status"], cheat["score"]) == ("not_handed_in", None)


def test_stock_nbgrader_takes_the_link_for_the_solution_itself(hub, collected):
    """The reason for a collect of our own; when this fails, it may not be needed any more."""
    stock = ["--ExchangeFactory.collect=nbgrader.exchange.default.ExchangeCollect", "--update"]
    everywhere = f"--CourseDirectory.submitted_directory={hub.teacher.home}/stock"
    hub.nbgrader(hub.teacher, "collect", *stock, everywhere, f"--student={hub.student(hub.cheat)}")
    taken = hub.teacher.home / "stock" / hub.student(hub.cheat) / NOTEBOOK
    assert taken.read_bytes() == (ROOT / "solutions" / NOTEBOOK).read_bytes()


def test_work_put_there_in_another_students_name_changes_nothing_and_is_told(hub, collected, graded):
    if not hub.apart:
        pytest.skip("all are one user here")
    assert graded[hub.pulled.user]["score"] == 10
    assert f"Left out: {hub.pulled.user}+{NAME}+2101" in collected
    assert "set c.ExchangeCollect.check_owner = False" in " ".join(collected.split())


def test_students_see_neither_solutions_nor_hand_ins_nor_marks(hub, graded):
    if not hub.apart:
        pytest.skip("all are one user here")
    course = hub.teacher.home / "logit-lab-class"
    for secret in (course / "solutions", course / "build/gradebook.db", hub.inbound(), hub.pulled.home / "logit-lab"):
        status, said = hub.run(hub.cheat, "ls", secret)
        assert status != 0, said
    status, _ = hub.run(hub.cheat, "touch", self_made := hub.exchange / "logit-lab/outbound" / NAME / "more")
    assert status != 0
    assert not self_made.exists()


def test_an_exchange_of_another_kind_keeps_its_own_collect(tmp_path, monkeypatch):
    from traitlets.config.loader import PyFileConfigLoader

    for folder, ours in ((tmp_path, True), (tmp_path / "there is none", False)):
        monkeypatch.setenv("LOGIT_LAB_EXCHANGE", str(folder))
        config = PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()
        assert ("collect" in config.ExchangeFactory) is ours


# --- what may lie in a student's folder


@pytest.fixture
def taken(tmp_path):
    """Copy a folder as our collect does, and return what arrived, by name."""
    from nbgrader.coursedir import CourseDirectory

    from grader.gradebook.collect import Collect

    def copy(folder, name="copy"):
        Collect(coursedir=CourseDirectory(assignment_id=NAME)).do_copy(str(folder), str(tmp_path / name))
        return {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()}

    return copy


@pytest.fixture
def folder(tmp_path):
    found = tmp_path / "handed-in"
    found.mkdir()
    (found / f"{NAME}.ipynb").write_bytes(b"{}")
    (found / "timestamp.txt").write_bytes(b"2025-01-01 00:00:00 UTC")
    return found


def test_the_notebook_nbgraders_slips_and_small_plain_files_are_taken_and_nothing_else(folder, taken, tmp_path):
    (folder / "submission_secret.txt").write_bytes(b"0")
    (folder / "data.csv").write_bytes(b"mine")
    (folder / "feedback").mkdir()
    (folder / "link.csv").symlink_to(tmp_path)
    (folder / ".hidden").write_bytes(b"")
    (folder / "a\x1b[2Jb").write_bytes(b"")
    os.mkfifo(folder / "pipe")
    with (folder / "large.bin").open("wb") as file:
        file.truncate(10**12)
    found = taken(folder)
    assert sorted(found) == sorted([f"{NAME}.ipynb", "data.csv", "submission_secret.txt", "timestamp.txt"])
    assert found["data.csv"] == b"mine"


@pytest.mark.parametrize("kind", ["link", "dangling", "pipe", "folder", "nothing"])
def test_a_notebook_that_is_no_plain_file_is_left_and_the_rest_is_taken(folder, taken, tmp_path, kind):
    notebook = folder / f"{NAME}.ipynb"
    notebook.unlink()
    (tmp_path / "secret").write_text("the teacher's")
    make = {
        "link": lambda: notebook.symlink_to(tmp_path / "secret"),
        "dangling": lambda: notebook.symlink_to(tmp_path / "nowhere"),
        "pipe": lambda: os.mkfifo(notebook),
        "folder": notebook.mkdir,
        "nothing": lambda: None,
    }
    make[kind]()
    assert sorted(taken(folder)) == ["timestamp.txt"]


def test_a_folder_that_is_a_link_to_the_teachers_own_brings_nothing(folder, taken, tmp_path):
    (tmp_path / "link").symlink_to(folder)
    assert taken(tmp_path / "link") == {}
    assert taken(tmp_path / "gone", "again") == {}


def test_of_a_file_without_end_only_as_much_is_read_as_grading_refuses(folder, taken):
    from grader.intake.files import LARGEST

    with (folder / f"{NAME}.ipynb").open("wb") as file:
        file.truncate(40 * LARGEST)  # takes no room on the disk
    assert len(taken(folder)[f"{NAME}.ipynb"]) == LARGEST + 1


def test_another_persons_file_in_a_students_folder_is_left(folder, taken):
    if os.getuid() != 0:
        pytest.skip("only root can give files away")
    os.chown(folder / f"{NAME}.ipynb", 12345, 12345)
    assert sorted(taken(folder)) == ["timestamp.txt"]


ODD_NAMES = [
    b"eve+01-activations+now", b"eve+01-activations+", b"eve+01-activations+2026-13-45 99:99:99 UTC+x",
    b"eve+01-activations+0001-01-01 00:00:00 +2359+x", b"eve+01-activations+1+2+x+4+5",
    b"+01-activations+2026-01-01 UTC", b"\xe2\x80\x8b+01-activations+2026-01-01 UTC",
    b"..+01-activations+2026-01-01 00:00:00 UTC", b".+01-activations+2026-01-01 00:00:00 UTC",
    b"\x1b[2J+01-activations+2026-01-01 00:00:00 UTC", b"\xff+01-activations+2026-01-01 00:00:00 UTC",
    b"<b>+01-activations+2026-01-01 00:00:00 UTC", b"eve+01-activations+\xff\x1b[2J",
    b"x" * 200 + b"+01-activations+2026-01-01 UTC",
]  # fmt: skip


@pytest.mark.parametrize("check_owner", [False, True])
def test_what_others_put_into_the_exchange_stops_nobodys_collection_and_is_written_nowhere_else(
    tmp_path, monkeypatch, caplog, check_owner
):
    import getpass

    from nbgrader.coursedir import CourseDirectory

    from grader.gradebook import collect

    inbound, me = tmp_path / "exchange/c/inbound", getpass.getuser()
    for name in (*ODD_NAMES, f"{me}+{NAME}+2026-01-01 00:00:00 UTC+ab".encode()):
        folder = inbound / os.fsdecode(name)
        folder.mkdir(parents=True)
        (folder / f"{NAME}.ipynb").write_bytes(b"{}")
    course = CourseDirectory(
        root=str(tmp_path / "course"), course_id="c", assignment_id=NAME, db_url=f"sqlite:///{tmp_path}/gradebook.db"
    )
    taking = collect.Collect(coursedir=course, check_owner=check_owner)
    taking.root = str(tmp_path / "exchange")
    taking.init_src()
    taking.copy_files()
    taken = [path for path in (tmp_path / "course").rglob("*") if path.is_file()]
    own = tmp_path / f"course/submitted/{me}/{NAME}/{NAME}.ipynb"
    assert own in taken
    assert {path.relative_to(own.parents[2]).parts[1:] for path in taken} == {(NAME, f"{NAME}.ipynb")}
    assert not check_owner or taken == [own]
    assert all(is_fit(letter) or letter == "\n" for letter in caplog.text)


# --- what the tabs of JupyterLab show


@pytest.mark.slow
def test_the_tabs_show_pulled_exercises_as_fetched_and_the_teachers_course(hub, collected):
    with server(hub, hub.pulled) as students, server(hub, hub.teacher) as teachers:
        listed = students("/assignments?course_id=logit-lab")
        assert listed["success"], listed
        entries = {entry["status"]: entry for entry in listed["value"]}
        assert set(entries) == {"fetched", "submitted"}
        assert entries["fetched"]["path"] == f"logit-lab/exercises/{NAME}"  # below the home folder
        shown = {entry["name"]: entry for entry in teachers("/formgrader/api/assignments")}
        assert shown[NAME]["source_path"] == f"solutions/{NAME}"
        assert shown[NAME]["release_path"] == f"exercises/{NAME}"
