"""`grader grade` on the sample submissions, beside stock nbgrader on the same folder."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest
from conftest import ROOT, SAMPLES
from gradebooks import nbgrader, scores_in

EXPECTED = {"all-right": 10, "right-and-loud": 10, "two-wrong": 6, "untouched": 0}


@pytest.fixture(scope="module")
def stock_class(tmp_path_factory):
    """The same submissions graded by stock nbgrader, released by the same source."""
    build = tmp_path_factory.mktemp("stock")
    shutil.copytree(SAMPLES, build / "submitted")
    shutil.copytree(ROOT / "solutions/01-activations", build / "source/01-activations")
    (build / "nbgrader_config.py").write_text("c = get_config()\nc.Execute.timeout = 120\n")
    for step in (["generate_assignment"], ["autograde"]):
        done = nbgrader(build, *step, "01-activations", folder=build)
        assert done.returncode == 0, done.stderr
    return build


@pytest.mark.slow
def test_nbgraders_own_command_goes_through_the_judge_and_gives_the_same_scores(tmp_path):
    shutil.copytree(SAMPLES, tmp_path / "submitted")
    elsewhere = f"--CourseDirectory.release_directory={tmp_path}/out"
    made = nbgrader(tmp_path, "generate_assignment", "01-activations", elsewhere)
    assert made.returncode == 0, made.stderr
    graded = nbgrader(tmp_path, "autograde", "01-activations")
    assert graded.returncode == 0, graded.stderr
    assert scores_in(tmp_path / "gradebook.db") == EXPECTED
    judged = (tmp_path / "autograded/two-wrong/01-activations/01-activations.ipynb").read_text("utf-8")
    assert "softmax-whole-batch" in judged, "the verdict of the judge"


def test_each_sample_gets_the_score_that_is_expected(sample_class):
    _, results, _ = sample_class
    assert {entry["student"]: entry["score"] for entry in results["submissions"]} == EXPECTED
    assert {entry["max_score"] for entry in results["submissions"]} == {10.0}


def test_the_gradebook_holds_the_same_scores(sample_class):
    build, _, _ = sample_class
    assert scores_in(build / "gradebook.db") == EXPECTED


@pytest.mark.slow
def test_stock_nbgrader_gives_the_same_scores_also_to_right_code_that_prints_to_stderr(stock_class):
    assert scores_in(stock_class / "gradebook.db") == EXPECTED


@pytest.mark.slow
def test_stock_formgraders_own_lists_show_the_same_scores(sample_class):
    build, _, _ = sample_class
    code = """
import json, sys
from grader.gradebook.release import course_directory
from nbgrader.apps.api import NbGraderAPI
api = NbGraderAPI(coursedir=course_directory())
rows = api.get_submissions("01-activations")
notebooks = api.get_notebook_submissions("01-activations", "01-activations")
json.dump([{r["student"]: [r["score"], r["autograded"]] for r in rows}, len(notebooks)], sys.stdout)
"""
    env = {**os.environ, "LOGIT_LAB_BUILD": str(build)}
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    rows, notebooks = json.loads(told.stdout)
    assert rows == {student: [score, True] for student, score in EXPECTED.items()}
    assert notebooks == len(EXPECTED)


def test_nbgrader_makes_feedback_pages_with_hints_and_without_hidden_tests(sample_class):
    build, _, _ = sample_class
    made = nbgrader(build, "generate_feedback", "01-activations", "--student", "two-wrong")
    assert made.returncode == 0, made.stderr
    page = (build / "feedback/two-wrong/01-activations/01-activations.html").read_text("utf-8")
    assert "seed=" not in page, "the hidden tests stay hidden"
    assert "Take off each row" not in page  # that hint belongs to another mistake
    assert "All rows together sum to 1" in page


def test_the_json_names_the_misconceptions_and_what_was_seen(sample_class):
    _, results, _ = sample_class
    answers = next(entry for entry in results["submissions"] if entry["student"] == "two-wrong")["answers"]
    assert {answer["name"]: answer["misconception"] for answer in answers} == {
        "relu": None,
        "sigmoid": "sigmoid-overflow",
        "softmax": "softmax-whole-batch",
        "sigmoid_gradient": None,
        "collapse": None,
    }
    wrong = [answer for answer in answers if not answer["passed"]]
    assert all(answer["seen"] and answer["hint"] and answer["score"] == 0 for answer in wrong)
    keys = ["name", "score", "max_score", "passed", "misconception", "seen", "hint", "further", "also"]
    assert all(list(answer) == keys for answer in answers)


def test_an_untouched_stub_is_not_attempted_rather_than_wrong(sample_class):
    _, results, _ = sample_class
    answers = next(entry for entry in results["submissions"] if entry["student"] == "untouched")["answers"]
    assert {answer["misconception"] for answer in answers} == {"not-attempted"}


def test_the_table_is_printed_for_the_teacher(sample_class):
    _, _, done = sample_class
    assert "two-wrong" in done.stdout
    assert "sigmoid: sigmoid-overflow; softmax: softmax-whole-batch" in done.stdout
    assert "Traceback" not in done.stderr


@pytest.fixture(scope="module")
def odd_class(tmp_path_factory, grader, released):
    """A class in which little went well."""
    import copy

    import nbformat

    folder = tmp_path_factory.mktemp("odd")

    def hand_in(student, change=None, raw=None):
        place = folder / student / "01-activations"
        place.mkdir(parents=True)
        notebook = nbformat.read(SAMPLES / "all-right/01-activations/01-activations.ipynb", as_version=4)
        if change:
            change({cell.id: cell for cell in notebook.cells}, notebook)
        text = raw if raw is not None else nbformat.writes(copy.deepcopy(notebook)).encode()
        (place / "01-activations.ipynb").write_bytes(text)

    def source(id_, text):
        return lambda cells, notebook: cells[id_].update(source=text)

    hand_in("a-dies", source("softmax", "import os\nos._exit(0)"))
    hand_in("b-broken", raw=b"{oops")
    hand_in("c-copied", lambda cells, notebook: notebook.cells.append(cells["test-relu"]))
    (folder / "d-missing").mkdir()
    hand_in("e-syntax", source("relu", "def relu(z)\n    return z"))
    hand_in("f-deleted", lambda cells, notebook: notebook.cells.remove(cells["relu"]))
    hand_in("g-fine")
    out = folder.parent / "odd.json"
    done = grader("grade", "01-activations", "--submitted", folder, "--json", out, build=folder.parent / "odd-build")
    assert done.returncode == 0, done.stderr
    entries = json.loads(out.read_text("utf-8"))["submissions"]
    return {entry["student"]: entry for entry in entries}, folder.parent / "odd-build"


def test_every_folder_gets_an_entry_and_the_last_student_is_graded(odd_class):
    entries, _ = odd_class
    assert [entry[:1] for entry in entries] == list("abcdefg")
    assert entries["g-fine"]["score"] == 10


def test_code_that_ends_the_process_keeps_what_it_earned_before_and_after(odd_class):
    entry = odd_class[0]["a-dies"]
    assert (entry["status"], entry["score"]) == ("partly_graded", 8)
    assert "ended the Python process" in entry["reason"]


def test_where_the_file_is_no_notebook_the_reason_says_so_and_no_point_is_given(odd_class):
    entries, build = odd_class
    assert (entries["b-broken"]["status"], entries["b-broken"]["score"]) == ("rejected", 0)
    assert entries["b-broken"]["reason"].endswith((".", "?"))
    assert scores_in(build / "gradebook.db")["b-broken"] == 0


def test_who_has_handed_nothing_in_has_an_entry_without_a_mark_and_no_row_in_the_gradebook(odd_class):
    entries, build = odd_class
    assert (entries["d-missing"]["status"], entries["d-missing"]["score"]) == ("not_handed_in", None)
    assert entries["d-missing"]["reason"] == "Nothing was handed in for 01-activations."
    assert "d-missing" not in scores_in(build / "gradebook.db")


def test_a_copied_test_cell_costs_nothing(odd_class):
    assert odd_class[0]["c-copied"]["score"] == 10


def test_an_answer_that_does_not_compile_is_an_error_of_its_own(odd_class):
    answer = odd_class[0]["e-syntax"]["answers"][0]
    assert answer["misconception"] == "raises-error"
    told = r"the cell of the answer stopped with SyntaxError: [^<>]* \(line 1\), at the line `def relu\(z\)`[.]"
    assert re.fullmatch(told, answer["seen"])


def test_a_deleted_answer_is_not_attempted(odd_class):
    answer = odd_class[0]["f-deleted"]["answers"][0]
    assert (answer["misconception"], answer["seen"]) == ("not-attempted", "there is no relu.")


@pytest.mark.parametrize(("student", "words"), [("e-syntax", "SyntaxError"), ("f-deleted", "there is no relu.")])
def test_a_test_cell_whose_answer_is_not_there_shows_words_and_nothing_of_the_grader(odd_class, student, words):
    notebook = odd_class[1] / "autograded" / student / "01-activations/01-activations.ipynb"
    cells = {cell["id"]: cell for cell in json.loads(notebook.read_text("utf-8"))["cells"]}
    (error,) = cells["test-relu"]["outputs"]
    assert words in "\n".join(error["traceback"])
    assert error["traceback"][1].startswith("Look at: ")
    assert "grader" not in json.dumps(error)


def test_grading_again_changes_no_score(sample_class, grader):
    build, results, _ = sample_class
    grader("grade", "01-activations", "--submitted", SAMPLES, "--json", build / "again.json", build=build)
    assert json.loads((build / "again.json").read_text("utf-8")) == results
    assert scores_in(build / "gradebook.db") == EXPECTED


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["grade", "99-none", "--submitted", "tests"], "There is no exercise '99-none'. There are: 01-activations"),
        (["grade", "01-activations", "--submitted", "no/such/folder"], "There is no folder no/such/folder."),
        (["lab", "42"], "There is no lesson '42'."),
        (["release", "nothing"], "There is no exercise 'nothing'."),
    ],
)
def test_a_command_that_cannot_work_says_why_in_one_sentence_and_exits_with_2(grader, tmp_path, arguments, words):
    done = grader(*arguments, build=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(words)
    assert "Traceback" not in done.stderr
