"""A writer that is killed, or has no space, no right or no turn: nothing is lost or there twice, and it says why."""

import contextlib
import json
import shutil
import sqlite3
import subprocess
import threading

import nbformat
import pytest
from conftest import ROOT
from gradebooks import NAME, check_files, check_once_and_whole, check_refused, hand_in, points_of, rows, scores, sqlite
from handed_in import key_of
from nbgrader.api import Gradebook
from warm_grader import warm_grader

from grader.gradebook.journal import Journal
from grader.judging.results import AnswerResult, Result

pytestmark = pytest.mark.slow  # a process is killed, or waits, at every point

STUDENTS = 5
KILLED = -9
AGAIN = "the same command again: it goes on where it was."


@pytest.fixture(scope="module")
def warm(tmp_path_factory):
    with warm_grader(tmp_path_factory.mktemp("words")) as started:
        yield started


@pytest.fixture(scope="module")
def sample(sample_class):
    return sample_class[0]


@pytest.fixture
def submitted(tmp_path):
    return hand_in(tmp_path / "in", STUDENTS)


@pytest.fixture
def build(tmp_path):
    return tmp_path / "build"


@pytest.fixture
def grade(warm, sample, submitted, build):
    """Run `grader grade` on the class with the judge's verdicts replayed."""

    def run(fault="", *more, build=build, warm=warm, **env):
        arguments = ["grade", NAME, "--submitted", submitted, "--json", build / "out.json", *more]
        return warm.run(*arguments, build=build, fault=fault, replay=sample, **env)

    return run


def check_no_half_notebook(build):
    for path in build.glob("*/*/*/*.ipynb"):
        json.loads(path.read_text("utf-8"))


def check_all(build, submitted, done):
    """Insist that a run ended well and left everything once."""
    assert done.returncode == 0, done.stderr
    check_once_and_whole(sqlite(build), [submitted])
    check_files(build, submitted)
    assert scores(build / "out.json") == points_of(submitted)


@pytest.mark.parametrize(
    ("where", "graded"),
    [
        ("before-the-copy", 2),
        ("after-the-copy", 2),
        ("within-the-notebook", 2),
        ("after-the-notebook", 2),
        ("between-two-rows", 2),
        ("before-the-commit", 2),
        ("before-the-journal", 3),
        ("after-the-journal", 3),
    ],
)
def test_a_writer_killed_at_any_point_leaves_whole_submissions_and_the_same_command_does_the_rest(
    grade, submitted, build, where, graded
):
    assert grade(f"killed:{where}").returncode == KILLED
    assert len(rows(sqlite(build), "select id from submitted_assignment")) == graded
    check_no_half_notebook(build)
    done_before = (build / f"journal/{NAME}.jsonl").read_text().count("\n")
    assert done_before == 2 + (where == "after-the-journal")
    check_all(build, submitted, grade())


@pytest.mark.parametrize("where", ["between-the-tables", "between-the-cells", "after-the-cells"])
def test_a_gradebook_whose_making_was_killed_is_made_whole_by_the_same_command(grade, submitted, build, where):
    assert grade(f"killed_at_set_up:{where}").returncode == KILLED
    check_all(build, submitted, grade())


def test_tables_that_nbgrader_left_without_their_version_get_it(grade, submitted, build):
    assert grade().returncode == 0
    with sqlite3.connect(build / "gradebook.db") as connection:
        connection.execute("drop table alembic_version")
    check_all(build, submitted, grade())


@pytest.fixture(scope="module")
def tiny_disk(tmp_path_factory):
    """A Warm in a mount namespace of its own, where a folder is a disk of 4 MB; with the folder, inside and outside."""
    folder = tmp_path_factory.mktemp("tiny")
    wall = ["unshare", "--user", "--map-root-user", "--mount"]
    mount = ["sh", "-c", 'mount -t tmpfs -o size=4m tiny "$0" && exec "$@"', str(folder)]
    if not shutil.which("unshare") or subprocess.run([*wall, *mount, "true"], capture_output=True).returncode:
        pytest.skip("this system lets nobody mount a small disk")
    with warm_grader(tmp_path_factory.mktemp("tiny-words"), [*wall, *mount]) as started:
        yield started, folder, started.outside(folder)


@pytest.mark.parametrize("where", ["set-up", "the-copy", "the-notebook", "the-rows", "the-journal", "the-results"])
def test_on_a_full_disk_one_sentence_says_so_and_with_space_the_same_command_goes_on(
    grade, submitted, tiny_disk, tmp_path, where
):
    started, build, outside = tiny_disk
    for old in outside.iterdir():
        shutil.rmtree(old) if old.is_dir() else old.unlink()
    refused = grade(f"full:{where}", build=build, warm=started)
    check_refused(refused, "pace", str(build), AGAIN if where != "the-results" else "")
    (outside / "filler").unlink()
    # SQLite finds no file by a path of /proc: it is looked at in a copy
    first = shutil.copytree(outside, tmp_path / "first")
    check_no_half_notebook(first)
    kept = len(rows(sqlite(first), "select id from submitted_assignment"))
    assert kept == {"set-up": 0, "the-journal": 3, "the-results": STUDENTS}.get(where, 2)
    done = grade(build=build, warm=started)
    check_all(shutil.copytree(outside, tmp_path / "second"), submitted, done)


@pytest.mark.parametrize("most", [2000, 30_000])
def test_where_files_may_not_grow_one_sentence_says_so_and_later_the_same_command_goes_on(
    grade, submitted, build, most
):
    check_refused(grade(f"small_files:{most}"), "pace", str(build), AGAIN)
    check_all(build, submitted, grade())


@contextlib.contextmanager
def writing(database, seconds=None):
    """Write a SQLite database from another connection, for some seconds or until the end of the block."""
    other = sqlite3.connect(database, isolation_level=None, check_same_thread=False)
    other.execute("begin exclusive")
    timer = threading.Timer(seconds or 0, other.rollback)
    if seconds:
        timer.start()
    try:
        yield
    finally:
        timer.join() if seconds else other.rollback()
        other.close()


def test_a_gradebook_that_another_program_writes_for_some_seconds_is_waited_for(grade, submitted, build):
    build.mkdir()
    with writing(build / "gradebook.db", seconds=1.5):
        done = grade()
    check_all(build, submitted, done)


@pytest.mark.parametrize("when", ["from-the-start", "later"])
def test_a_gradebook_that_is_locked_for_longer_is_named_and_nothing_is_half_written(grade, submitted, build, when):
    database = build / "gradebook.db"
    impatient = ["--db", f"sqlite:///{database}?timeout=0.5"]
    build.mkdir()
    if when == "later":
        check_refused(grade(f"locked:{database}", *impatient), f"{database} is in use", AGAIN)
        assert len(rows(sqlite(build), "select id from submitted_assignment")) == 2
    else:
        with writing(database):
            check_refused(grade("", *impatient), f"{database} is in use", AGAIN)
    check_all(build, submitted, grade("", *impatient))


def test_a_gradebook_that_may_not_be_written_is_named(grade, submitted, build):
    assert grade().returncode == 0
    before = (build / "gradebook.db").read_bytes()
    (build / "gradebook.db").chmod(0o444)
    hand_in(submitted, 1, first=STUDENTS)
    check_refused(grade("bound_by_permissions"), "gradebook.db may not be written to.", AGAIN)
    assert (build / "gradebook.db").read_bytes() == before
    (build / "gradebook.db").chmod(0o644)
    check_all(build, submitted, grade())


@pytest.mark.parametrize("folder", [".", "autograded", "journal"])
def test_a_folder_that_may_not_be_written_is_named(grade, submitted, build, folder):
    (build / folder).mkdir(parents=True)
    (build / folder).chmod(0o555)
    check_refused(grade("bound_by_permissions"), str(build / folder if folder != "." else build), "Mend that")
    (build / folder).chmod(0o755)
    check_all(build, submitted, grade())


@pytest.mark.parametrize("content", [b"no database at all\n" * 200, "the first half"])
def test_a_damaged_gradebook_is_named_and_stays_as_it_is(grade, submitted, build, content):
    assert grade().returncode == 0
    whole = (build / "gradebook.db").read_bytes()
    broken = content if isinstance(content, bytes) else whole[: len(whole) // 2]
    (build / "gradebook.db").write_bytes(broken)
    check_refused(grade(), "gradebook.db is damaged, or is none.", AGAIN)
    assert (build / "gradebook.db").read_bytes() == broken
    (build / "gradebook.db").write_bytes(whole)
    check_all(build, submitted, grade())


def test_a_folder_in_the_place_of_the_gradebook_is_named(grade, build):
    (build / "gradebook.db").mkdir(parents=True)
    check_refused(grade(), "gradebook.db cannot be opened.")


def test_a_submission_that_was_edited_while_it_was_judged_is_judged_again(grade, submitted, build):
    first = sorted(path.name for path in submitted.iterdir())[0]
    assert grade(f"edited:{submitted / first / NAME / f'{NAME}.ipynb'}").returncode == 0
    check_all(build, submitted, grade())


def handed_in(tmp_path, student):
    folder = tmp_path / student / NAME
    folder.mkdir(parents=True)
    (folder / f"{NAME}.ipynb").write_text("{}")
    return folder


def test_a_line_after_one_that_was_cut_off_is_whole(tmp_path):
    journal, folder = Journal(NAME, tmp_path), handed_in(tmp_path, "ada")
    journal.enter(Result("ada", "graded"), journal.key(key_of(folder)))
    whole = journal.path.read_bytes()
    journal.path.write_bytes(whole + '{"student": "bob…'.encode()[:-1])
    later = Journal(NAME, tmp_path)
    later.enter(Result("cyd", "graded"), later.key(key_of(folder)))
    last = Journal(NAME, tmp_path)
    assert [last.done(name, last.key(key_of(folder))) is not None for name in ("ada", "bob", "cyd")] == [
        True,
        False,
        True,
    ]


@pytest.mark.parametrize("text", ["line\u2028separator\x85\n", "half a character: \ud800", "Größe −1"])
def test_whatever_an_answer_showed_its_line_is_read_again(tmp_path, text):
    journal, folder = Journal(NAME, tmp_path), handed_in(tmp_path, "ada")
    result = Result("ada", "graded", "", [AnswerResult("relu", 0.0, 2.0, False, "other", seen=text)])
    journal.enter(result, journal.key(key_of(folder)))
    assert Journal(NAME, tmp_path).done("ada", journal.key(key_of(folder))) == result


GRADES = """
    select base_cell.name, grade.auto_score, grade.manual_score, grade.extra_credit, grade.needs_manual_grade from grade
    join base_cell on base_cell.id = grade.cell_id
"""
COMMENTS = "select manual_comment from comment join base_cell on base_cell.id = cell_id where name = 'two-runs'"


def answer(submitted, **sources):
    """Hand in exercise 02 with some cells' sources."""
    notebook = nbformat.read(ROOT / "exercises/02-logits/02-logits.ipynb", as_version=4)
    for cell in notebook.cells:
        cell.source = sources.get(cell.id.replace("-", "_"), cell.source)
    (submitted / "ada/02-logits").mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, submitted / "ada/02-logits/02-logits.ipynb")


def test_what_a_teacher_has_given_by_hand_survives_an_edited_submission(warm, tmp_path, build):
    command = ["grade", "02-logits", "--submitted", tmp_path / "in"]
    answer(tmp_path / "in", two_runs="Both, because of the seed.")
    assert warm.run(*command, build=build).returncode == 0
    before = {name: rest for name, *rest in rows(sqlite(build), GRADES)}
    assert before["two-runs"] == [None, None, None, 1], "prose waits for its reader"
    assert before["test-logit"] == [0, None, None, 0]

    with Gradebook(sqlite(build)) as gradebook:  # as formgrader does
        where = ("02-logits", "02-logits", "ada")
        grade = gradebook.find_grade("two-runs", *where)
        grade.manual_score, grade.extra_credit, grade.needs_manual_grade = 0, 1.5, False
        gradebook.find_comment("two-runs", *where).manual_comment = "Look at the second run, too."
        gradebook.find_grade("test-most-likely", *where).manual_score = 0.5
        gradebook.db.commit()
    answer(
        tmp_path / "in",
        two_runs="Both, because of the seed. The second one differs.",
        logit="def logit(p):\n    p = np.asarray(p, dtype=float)\n    return np.log(p) - np.log1p(-p)",
    )
    assert warm.run(*command, build=build).returncode == 0
    after = {name: rest for name, *rest in rows(sqlite(build), GRADES)}
    assert after.pop("two-runs") == [None, 0, 1.5, 1], "what was given is kept, and shown for another look"
    assert after.pop("test-most-likely") == [0, 0.5, None, 1]
    assert after["test-logit"][0] > 0
    assert {tuple(rest[1:]) for rest in after.values()} == {(None, None, 0)}
    assert rows(sqlite(build), COMMENTS) == [("Look at the second run, too.",)]
