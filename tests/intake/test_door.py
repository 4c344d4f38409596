"""What lies below the given folder is opened once, without links, without waiting, and no more of it than is stated."""

import os
import sys
import threading
import unicodedata
from contextlib import closing
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.base.errors import CannotGoOn
from grader.base.text import is_fit, printable
from grader.intake import choice, files
from grader.intake.files import Missing, TooLarge, Unreadable, file_pieces, open_below, read_below
from grader.intake.layouts import Entry
from grader.intake.reader import Reader
from grader.intake.students import students
from grader.intake.submissions import fingerprint, take
from grader.intake.timestamps import read_timestamp, timestamp_text

if sys.platform == "win32":
    pytest.skip("the folders are made of what Windows has not", allow_module_level=True)

from hostile_folders import CLOSED, NAME, NOTED, REJECTED, RIGHT, UNNOTED, Folder

pytestmark = pytest.mark.quick
SECRET = b"what lies outside"


@pytest.fixture(scope="module")
def reader():
    with Reader() as opened:
        yield opened


@pytest.fixture
def folder(tmp_path):
    """Return a student's folder under construction; an honest one lies beside it, and a secret outside."""
    Folder(tmp_path / "in" / "victim", tmp_path).hand_in()
    (tmp_path / "secret").write_bytes(SECRET)
    return Folder(tmp_path / "in" / "mallory", tmp_path / "in" / "victim")


def taken(folder, reader, name="mallory"):
    student = next(each for each in students(folder.student.parent) if each.folder == name)
    with closing(take(folder.student.parent, student, NAME, reader)) as found:
        kept = {file: b"".join(content) for file, content in found.files(NAME)}
        assert found.digest == fingerprint(folder.student.parent, student, NAME)
        return found, kept


LONG = {"sixteen-million-objects", "400,000-cells"}


@pytest.mark.parametrize("kind", [pytest.param(kind, marks=[pytest.mark.slow] * (kind in LONG)) for kind in REJECTED])
def test_what_is_no_plain_notebook_is_not_taken_and_the_next_one_is(kind, folder, reader):
    REJECTED[kind](folder)
    found, kept = taken(folder, reader)
    assert found.notebook == b""
    assert found.problem.endswith((".", "?"))
    assert found.problem.isprintable()
    assert kept.get(f"{NAME}.ipynb") != RIGHT.read_bytes()
    assert taken(folder, reader, "victim")[0].notebook


@pytest.mark.parametrize("kind", NOTED | UNNOTED)
def test_what_lies_beside_a_notebook_costs_no_more_than_a_note(kind, folder, reader):
    folder.hand_in()
    (NOTED | UNNOTED)[kind](folder)
    found, kept = taken(folder, reader)
    assert (found.problem, found.time) == ("", None)
    assert len(found.notes) == (kind in NOTED)
    assert kept == {f"{NAME}.ipynb": RIGHT.read_bytes()}


@pytest.mark.parametrize("kind", CLOSED)
def test_what_may_not_be_read_is_told(kind, reader):
    me = os.geteuid()
    with TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        folder = Folder(Path(made) / "mallory", Path(made))
        CLOSED[kind](folder)
        os.seteuid(me or 65534)  # root may read everything
        try:
            assert "Permission denied" in taken(folder, reader)[0].problem
        finally:
            os.seteuid(me)
            for path in (folder.student, folder.exercise):
                path.chmod(0o700)


def test_an_honest_submission_is_taken_as_it_is(folder, reader):
    folder.hand_in()
    folder.time.write_text("2026-01-31 12:00:00 UTC\n")
    (folder.exercise / "submission_secret.txt").write_text("ab12")
    found, kept = taken(folder, reader)
    assert (found.problem, found.notes, found.time) == ("", [], datetime(2026, 1, 31, 12))
    expected = {"timestamp.txt": b"2026-01-31 12:00:00 UTC", "submission_secret.txt": b"ab12"}
    assert kept == {f"{NAME}.ipynb": RIGHT.read_bytes(), **expected}


@pytest.mark.parametrize("change", ["notebook", "time", "less time"])
def test_another_content_has_another_digest(folder, reader, change):
    folder.hand_in()
    folder.time.write_text("2026-01-31 12:00:00 UTC")
    before = taken(folder, reader)[0].digest
    assert taken(folder, reader)[0].digest == before
    change_it = {
        "notebook": lambda: folder.notebook.write_bytes(RIGHT.read_bytes() + b" "),
        "time": lambda: folder.time.write_text("2026-01-31 12:00:01 UTC"),
        "less time": folder.time.unlink,
    }
    change_it[change]()
    assert taken(folder, reader)[0].digest != before


# Files


def test_a_file_that_grows_while_it_is_read_is_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "PIECE", 10)
    path = tmp_path / "grows"
    path.write_bytes(b"x" * 10)
    got = 0
    with open_below(tmp_path, "grows") as file:
        pieces = file_pieces(file, 55)
        for _ in range(5):
            got += len(next(pieces))
            with path.open("ab") as more:
                more.write(b"x" * 10)
        assert got == 50
        with pytest.raises(TooLarge, match="larger than 55 bytes"):
            next(pieces)


@pytest.mark.parametrize("size", [0, 99, 100, 101])
def test_a_file_of_the_largest_size_is_read_and_a_larger_one_is_not(tmp_path, size):
    (tmp_path / "file").write_bytes(b"x" * size)
    if size <= 100:
        assert read_below(tmp_path, "file", most=100) == b"x" * size
    else:
        with pytest.raises(TooLarge):
            read_below(tmp_path, "file", most=100)


def test_the_given_folder_itself_may_be_reached_by_links(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "file").write_bytes(b"x")
    (tmp_path / "link").symlink_to("real")
    assert read_below(tmp_path / "link", "file") == b"x"


def test_a_folder_that_is_exchanged_for_a_link_meanwhile_leads_nowhere_else(tmp_path):
    inside, outside = tmp_path / "in", tmp_path / "out"
    for place, content in ((inside / "a", b"mine"), (outside, SECRET)):
        place.mkdir(parents=True)
        (place / "file").write_bytes(content)
    (inside / "link").symlink_to(outside)
    stop, seen = threading.Event(), set()

    def exchange():
        while not stop.is_set():
            (inside / "a").rename(inside / "b")
            (inside / "link").rename(inside / "a")
            (inside / "a").rename(inside / "link")
            (inside / "b").rename(inside / "a")

    thread = threading.Thread(target=exchange)
    thread.start()
    try:
        for _ in range(3000):
            try:
                seen.add(read_below(inside, "a", "file"))
            except Unreadable:
                seen.add(None)
    finally:
        stop.set()
        thread.join()
    assert SECRET not in seen


@pytest.mark.skipif(sys.platform != "linux", reason="descriptors are listed in /proc")
@pytest.mark.parametrize("kind", ["pipe", "link-to-another", "folder-links-to-another", "holes", "socket", "no-folder"])
def test_no_descriptor_stays_open(kind, folder, reader):
    REJECTED[kind](folder)
    taken(folder, reader)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        taken(folder, reader)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


NAMES = st.sampled_from(["a", NAME, f"{NAME}.ipynb", "timestamp.txt", "b"])
TREES = st.lists(
    st.tuples(
        st.lists(NAMES, min_size=1, max_size=3),
        st.sampled_from(["file", "folder", "link", "pipe", "link up", "link out", "link to a file"]),
        st.binary(max_size=30),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(TREES)
def test_whatever_tree_lies_there_nothing_outside_is_read_and_nothing_is_raised(reader, tree):
    with TemporaryDirectory() as made:
        root = Path(made) / "in"
        root.mkdir()
        (Path(made) / "out" / NAME).mkdir(parents=True)
        for name in (f"{NAME}.ipynb", "timestamp.txt", NAME):
            (Path(made) / "out" / NAME / name).mkdir() if name == NAME else None
            (Path(made) / "out" / NAME / name).write_bytes(SECRET) if name != NAME else None
        for parts, kind, content in tree:
            plant(root.joinpath(*parts), kind, content, Path(made) / "out")
        for student in students(root):
            with closing(take(root, student, NAME, reader)) as found:
                kept = b"".join(piece for _, content in found.files(NAME) for piece in content)
                assert SECRET not in kept + found.notebook + found.secret
                assert bool(found.problem) != bool(found.notebook)


def plant(path, kind, content, outside):
    """Make something of a tree; where something is in the way, nothing."""
    make = {
        "file": lambda: path.open("xb").write(content),  # not into a pipe that lies there
        "folder": path.mkdir,
        "link": lambda: path.symlink_to(content.hex() or "."),
        "pipe": lambda: os.mkfifo(path),
        "link up": lambda: path.symlink_to(".."),
        "link out": lambda: path.symlink_to(outside),
        "link to a file": lambda: path.symlink_to(outside / NAME / f"{NAME}.ipynb"),
    }
    try:
        if path.parent.resolve().is_relative_to(outside.parent / "in"):
            path.parent.mkdir(parents=True, exist_ok=True)
            make[kind]()
    except OSError:
        pass


# Names


def test_there_is_no_class_without_a_folder(tmp_path):
    for path in (tmp_path / "none", Path(__file__)):
        with pytest.raises(CannotGoOn, match=r"^There is no folder .*\.$"):
            students(path)


def test_files_and_hidden_folders_are_no_students(tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / "names.csv").write_text("ada")
    (tmp_path / "ada").mkdir()
    assert [student.name for student in students(tmp_path)] == ["ada"]


@settings(max_examples=60, deadline=None)
@given(st.sets(st.binary(min_size=1, max_size=60).filter(lambda name: not {0, 47} & set(name)), max_size=5))
def test_every_name_is_shown_in_letters_that_can_be_printed_and_written(names):
    with TemporaryDirectory() as made:
        there = [name for name in names if name not in (b".", b"..") and not name.startswith(b".")]
        for name in there:
            Path(made, os.fsdecode(name)).mkdir()
        found = students(Path(made))
        assert sorted(os.fsencode(student.folder) for student in found) == sorted(there)
        for student in found:
            student.name.encode("utf-8")
            assert not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in student.name)
            assert student.has_name == (not student.problem)
            assert not student.has_name or student.name == student.folder


@settings(max_examples=100, deadline=None)
@given(st.binary(min_size=1, max_size=60).filter(lambda name: not {0, 47} & set(name)))
def test_every_files_name_is_told_in_letters_that_can_be_printed_and_written(name):
    shown = printable(os.fsdecode(name))
    shown.encode("utf-8")
    assert not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in shown)
    assert not all(map(is_fit, os.fsdecode(name))) or shown == os.fsdecode(name)


@pytest.mark.parametrize("name", [" ", "\u200b", "\u3164\u00a0", "\u2800"])
def test_a_name_of_which_nothing_is_seen_is_none(tmp_path, name):
    (tmp_path / name).mkdir()
    (student,) = students(tmp_path)
    assert student.problem.startswith("The folder's name holds nothing that can be seen.")


def test_a_flood_of_folders_takes_no_time_and_hides_nothing_near(tmp_path, monkeypatch):
    monkeypatch.setattr(choice, "MOST", 50)
    looked = []
    listed = choice._listed
    monkeypatch.setattr(choice, "_listed", lambda folder: looked.append(folder) or listed(folder))
    for number in range(900):
        (tmp_path / f"ada/deep/{number // 30}/{number % 30}").mkdir(parents=True)
    (tmp_path / "ada/Activations.ipynb").write_bytes(RIGHT.read_bytes())
    assert choice.choose(tmp_path, [Entry("ada", True)], NAME, [NAME]).path == ("ada", "Activations.ipynb")
    assert len(looked) < 60


def test_names_of_any_script_are_names(tmp_path):
    names = ["李小明", "Мария", "O'Brien, Zoë", "علی‌رضا", "-rf", "[a-z]*", "a+b@example.org"]
    for name in names:
        (tmp_path / name).mkdir()
    assert sorted(student.name for student in students(tmp_path)) == sorted(names)
    assert not [student for student in students(tmp_path) if student.problem or student.notes]


# Times


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-31 12:00:00 UTC", datetime(2026, 1, 31, 12)),
        ("2026-01-31 12:00:00.123456 UTC", datetime(2026, 1, 31, 12, 0, 0, 123456)),
        ("2026-01-31 12:00:00", datetime(2026, 1, 31, 12)),
        ("2026-01-31T12:00:00Z", datetime(2026, 1, 31, 12)),
        ("2026-01-31 12:00:00 +0130", datetime(2026, 1, 31, 10, 30)),
        ("2026-01-31 12:00:00 -08:00", datetime(2026, 1, 31, 20)),
        ("2026-07-31 12:00:00 Europe/Berlin", datetime(2026, 7, 31, 10)),
    ],
)
def test_a_time_is_read_as_nbgrader_reads_it(text, expected):
    from nbgrader.utils import parse_utc

    assert read_timestamp(text.encode()) == expected
    assert parse_utc(timestamp_text(expected)) == expected
    if not text[19:].strip().startswith(("+", "-")):  # nbgrader takes the digits after a sign for seconds
        assert parse_utc(text) == expected


@settings(max_examples=80, deadline=None)
@given(
    st.binary(max_size=40)
    | st.from_regex(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2} (UTC|[+-][0-9]{4}|[A-Z]{1,4}/[a-z/_]{1,9})"
    ).map(str.encode)
)
def test_whatever_stands_there_is_a_time_or_a_valueerror(content):
    try:
        found = read_timestamp(content)
    except ValueError:
        return
    assert found.tzinfo is None
    assert read_timestamp(timestamp_text(found).encode()) == found


def test_a_missing_file_is_told_as_missing(tmp_path):
    with pytest.raises(Missing, match=r"^There is no file a/b in the student's folder\.$"):
        read_below(tmp_path, "a", "b")
