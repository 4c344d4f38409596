"""The report of a class: its numbers against SciPy and NumPy, its page and files against hostile names."""

import base64
import csv
import hashlib
import html
import io
import itertools
import json
import os
import random
import re
import shutil
import sqlite3
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import scipy.stats
from bs4 import BeautifulSoup

from grader.base.errors import CannotGoOn
from grader.classroom.report.anonymous import anonymise
from grader.classroom.report.facts import facts
from grader.classroom.report.lessons import sections
from grader.classroom.report.numbers import FEWEST, bars, correlation, separation
from grader.classroom.report.out import as_csv, as_json
from grader.classroom.report.page import page
from grader.classroom.report.records import Class, Student, state
from grader.classroom.report.text import ago, make_readable, share
from grader.classroom.similar.pair import Pair
from grader.judging.results import AnswerResult

NOW = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
NAMES = ["relu", "sigmoid", "softmax", "sigmoid_gradient", "collapse"]


def answer(name, misconception=None, score=None, seen="relu(-2) gave 2.", points=2.0):
    """Return the result of an answer: right when it has no misconception."""
    passed = misconception is None
    score = points * passed if score is None else score
    return AnswerResult(name, score, points, passed, misconception, "" if passed else seen, "" if passed else "Look.")


def student(name, *misconceptions, status="graded", reason="", score=None, **about):
    """Return a student whose answers show the misconceptions, None for a right one; the rest are right."""
    shown = itertools.zip_longest(NAMES, misconceptions)
    answers = tuple(answer(each, misconception, **about) for each, misconception in shown)
    total = sum(each.score for each in answers) if score is None else score
    return Student(name, status, reason, total, 10.0, answers, NOW - timedelta(hours=3))


def rejected(name, reason="The notebook file is empty."):
    answers = tuple(AnswerResult(each, 0.0, 2.0, False, None, f"not judged. {reason}") for each in NAMES)
    return Student(name, "rejected", reason, 0.0, 10.0, answers, NOW - timedelta(hours=3))


def report(*students, missing=(), **about):
    """Return the facts of a class of these students."""
    return facts(Class("01-activations", tuple(students), tuple(missing), **about), NOW)


def soup(found, **options):
    return BeautifulSoup(page(found, **options), "html.parser")


# How well an answer separates strong from weak.


@pytest.mark.parametrize("seed", range(8))
def test_separation_is_scipys_point_biserial_correlation_of_the_answer_and_the_rest(seed):
    rng = np.random.default_rng(seed)
    strength = rng.normal(size=60)
    item = 2.0 * (strength + rng.normal(size=60) > 0.3)
    rest = np.round(4 + 2 * strength + rng.normal(size=60))
    told = separation(list(item), list(rest))
    assert told.value == pytest.approx(scipy.stats.pointbiserialr(item > 0, rest).statistic, abs=1e-12)
    assert told.students == 60


@pytest.mark.parametrize("seed", range(8))
def test_with_partial_credit_and_many_ties_it_is_scipys_pearson_correlation(seed):
    rng = np.random.default_rng(seed)
    item, rest = rng.choice([0, 0.5, 1, 2], 40), rng.choice([0, 2, 8], 40)
    assert correlation(list(item), list(rest)) == pytest.approx(scipy.stats.pearsonr(item, rest).statistic, abs=1e-12)


@pytest.mark.parametrize(
    ("item", "rest", "words"),
    [
        ([2.0] * 30, list(range(30)), "nothing to tell: all did the same"),
        ([0.0] * 30, list(range(30)), "nothing to tell: all did the same"),
        ([2.0] * 28 + [0.0] * 2, list(range(30)), "too few to tell: nearly all did the same"),
        ([2.0] * 15 + [0.0] * 15, [4.0] * 30, "nothing to tell: the other answers are all the same"),
        ([2.0, 0.0] * 9, list(range(18)), f"too few to tell: 18 of the {FEWEST} students needed"),
        ([], [], f"too few to tell: 0 of the {FEWEST} students needed"),
    ],
)
def test_where_separation_cannot_be_told_the_reason_is_given(item, rest, words):
    told = separation(item, rest)
    assert (told.value, told.words) == (None, words)


@pytest.mark.parametrize(
    ("rest", "words"),
    [
        ([0.0] * 15 + [8.0] * 15, "well"),
        ([8.0] * 15 + [0.0] * 15, "the wrong way round: look at the question"),
        ([0.0, 8.0] * 15, "hardly"),
    ],
)
def test_separation_is_told_in_words(rest, words):
    assert separation([0.0] * 15 + [2.0] * 15, rest).words == words


def test_empty_and_rejected_submissions_do_not_make_an_answer_seem_to_separate():
    rng = random.Random(5)
    worked = [student(f"s{k}", *(rng.choice([None, "relu-step"]) for _ in NAMES)) for k in range(60)]
    idle = [student(f"u{k}", *["not-attempted"] * 5) for k in range(20)] + [rejected(f"r{k}") for k in range(20)]
    alone, together = report(*worked).items, report(*worked, *idle).items
    wrote = [each for each in worked if each.touched]
    for place, (one, other) in enumerate(zip(alone, together, strict=True)):
        item = [each.answers[place].score for each in wrote]
        rest = [each.score - each.answers[place].score for each in wrote]
        assert one.separation.value == pytest.approx(scipy.stats.pearsonr(item, rest).statistic, abs=1e-12)
        assert one.separation == other.separation
        assert other.counts["not attempted"] == one.counts["not attempted"] + 20
        assert other.counts["not judged"] == 20


# The scores as a picture.


def test_bars_count_as_numpys_histogram_does():
    scores = [0, 0, 2, 4, 4.5, 5.9, 6, 8, 10, 10]
    found = bars([(score, "graded") for score in scores], 10, [2, 2, 2, 2, 2])
    expected, _ = np.histogram(scores, bins=[0, 2, 4, 6, 8, 10, 12])
    assert [bar.total for bar in found] == list(expected)


@pytest.mark.parametrize(
    ("points", "starts"),
    [([3, 3, 2, 2], 11), ([2] * 5, 6), ([1] * 10, 11), ([4, 3, 3], 11), ([2.5] * 4, 11), ([30, 30, 40], 11), ([], 11)],
)
def test_bars_go_up_by_what_scores_can_differ_in(points, starts):
    assert len(bars([(0, "graded")], sum(points) or 10, points)) == starts


def test_nobody_is_lost_from_the_picture_by_extra_credit_a_mark_below_0_or_a_mistyped_mark():
    scores = [(-1.0, "graded"), (13.0, "graded"), (1e6, "graded"), (0.1 + 0.2, "rejected")]
    found = bars(scores, 10, [2] * 5)
    assert sum(bar.total for bar in found) == 4
    assert len(found) <= 21


def test_the_picture_says_in_words_and_in_a_table_what_its_bars_show():
    found = report(*(student(f"s{k}") for k in range(7)), student("t", "relu-step"), rejected("u"))
    parsed = soup(found)
    picture = parsed.find("svg", role="img")
    told = {part.get("id"): part.get_text() for part in picture.find_all(["title", "desc"])}
    assert set(picture["aria-labelledby"].split()) == set(told)
    assert "0 points: 1; 2 points: 0; 4 points: 0; 6 points: 0; 8 points: 1; 10 points: 7" in told["picture-text"]
    rows = parsed.find("caption", string="Students by their points").parent.find("tbody").find_all("tr")
    assert [[cell.get_text() for cell in row] for row in rows][-2:] == [["8", "1", "0", "1"], ["10", "7", "0", "7"]]
    heights = [float(bar["height"]) for bar in picture.find_all("rect")]
    assert heights == pytest.approx([max(heights) / 7, max(heights) / 7, max(heights)], abs=0.02)


# What is shared, and who is in need.


def test_a_misconception_counts_each_student_once_also_in_two_answers():
    found = report(
        student("a", None, "sigmoid-overflow", None, "sigmoid-overflow"),
        student("b", None, "sigmoid-overflow"),
        student("c", "relu-step"),
    )
    first, second = found.misconceptions
    assert (first.id, first.students, first.answers) == (
        "sigmoid-overflow",
        ("a", "b"),
        {"sigmoid": 2, "sigmoid_gradient": 1},
    )
    assert [section.heading for section in first.sections] == ["Sigmoid", "What saturates"]
    assert second.id == "relu-step"


def test_of_two_mistakes_in_one_answer_each_is_counted_and_shown_with_its_own_hint():
    both = replace(answer("softmax", "softmax-no-shift"), further=("softmax-wrong-axis",), also=("Rows.", "It stops."))
    first = Student("a", "graded", "", 0.0, 10.0, (*map(answer, NAMES[:2]), both, *map(answer, NAMES[3:])))
    found = report(first, student("b", None, None, "softmax-wrong-axis"))
    assert [(each.id, each.students, each.answers, each.hint) for each in found.misconceptions] == [
        ("softmax-wrong-axis", ("a", "b"), {"softmax": 2}, "Rows."),
        ("softmax-no-shift", ("a",), {"softmax": 1}, "Look."),
    ]
    assert first.ideas == ["softmax-no-shift", "softmax-wrong-axis"]
    [row] = [row for row in csv.reader(io.StringIO(as_csv(found))) if row[0] == "a"]
    assert "softmax-no-shift, softmax-wrong-axis" in row
    shown = soup(found)
    links = [link["href"].removeprefix("#") for link in shown.select("td.talk")[0].select("a")]
    assert [shown.find(id=link) is not None for link in links] == [True, True]


def test_the_example_is_what_was_seen_most_often():
    seen = ["relu(3) gave 1.", "relu(3) gave 0.5.", "relu(3) gave 1."]
    found = report(*(student(f"s{k}", "relu-step", seen=each) for k, each in enumerate(seen)))
    example = found.misconceptions[0].examples
    assert [(each.seen, each.students) for each in example] == [("relu(3) gave 1.", 2)]


def test_what_is_missing_or_unknown_comes_after_the_ideas_however_many_share_it():
    found = report(*(student(f"s{k}", "not-attempted", "unrecognised") for k in range(9)), student("t", "relu-step"))
    assert [each.id for each in found.misconceptions] == ["relu-step", "not-attempted", "unrecognised"]


def test_those_who_need_help_most_come_first_and_the_others_are_left_out():
    found = report(
        student("fine"),
        student("half", "relu-step", "sigmoid-is-tanh"),
        student("low", "relu-step", "relu-step", "relu-step"),
        student("untouched", *["not-attempted"] * 5),
        rejected("broken"),
        student("stopped", "raises-error", status="partly_graded", reason="A cell ended the Python process."),
        student("by hand", "relu-step", "sigmoid-is-tanh", "softmax-no-exp", score=9.0),
    )
    assert [(need.student.name, need.why) for need in found.need] == [
        ("broken", ("could not be graded",)),
        ("untouched", ("nothing is written",)),
        ("low", ("below 5 points",)),
        ("stopped", ("only partly graded",)),
        ("by hand", ("3 wrong ideas",)),
    ]


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (answer("relu"), "solved"),
        (answer("relu", "relu-step"), "wrong"),
        (answer("relu", "relu-step", score=2.0), "solved"),  # by hand
        (answer("relu", score=1.0), "wrong"),  # by hand, too
        (answer("relu", "not-attempted"), "not attempted"),
        (AnswerResult("relu", 0.0, 2.0, False, None, "not judged. It stopped."), "not judged"),
    ],
)
def test_an_answer_is_solved_when_it_has_all_its_points(result, expected):
    assert state(result) == expected


@pytest.mark.parametrize("exercise", ["01-activations", "03-roundoff", "04-losses", "09-debug"])
def test_the_section_to_teach_again_is_a_heading_of_the_lesson(exercise):
    from conftest import ROOT

    lesson = json.loads((ROOT / f"notebooks/{exercise}.ipynb").read_text("utf-8"))
    lines = "\n".join("".join(cell["source"]) for cell in lesson["cells"]).splitlines()
    found = sections(exercise)
    assert found
    assert all(f"## {each.heading}" in lines and f"# {each.lesson}" in lines for each in found.values())


# The page.

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "\u202eevil\u202c right to left",
    "& &lt; {{ 7*7 }} {% raw %}",
    "x" * 255,
    "王小明",
    "a\x00b\x1b[31m",
    "half \ud800 character",
]


def test_whatever_strangers_write_stays_text():
    students = [
        *(
            student(make_readable(name), "relu-step", "raises-error", "x", "y", seen=make_readable(name))
            for name in HOSTILE
        ),
        *(rejected(make_readable(name) + " 2", make_readable(name)) for name in HOSTILE),
    ]
    text = page(report(*students, missing=[make_readable(name) for name in HOSTILE]))
    text.encode("utf-8")
    parsed = BeautifulSoup(text, "html.parser")
    assert not parsed.find_all(["script", "img", "iframe", "object", "form", "link"])
    assert not [tag for tag in parsed.find_all(True) if any(name.startswith("on") for name in tag.attrs)]
    assert not set(text) & {chr(code) for code in range(32) if chr(code) not in "\n\t"}
    shown = {each.get_text() for each in parsed.find_all("bdi")}
    assert {make_readable(name) for name in HOSTILE} <= shown
    for each in parsed.find_all("bdi"):
        each.extract()
    outside = parsed.find("main").get_text()
    assert "alert" not in outside
    assert "evil" not in outside


def test_nothing_is_loaded_and_nothing_may_run():
    text = page(report(student("a", "relu-step")))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1]
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert html.unescape(policy) == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    assert not re.search(r"https?://|@import|url\((?!#)| src=| style=|<script", text)


@pytest.fixture
def everything():
    students = [student(f"s{k}", "relu-step", None, "raises-error") for k in range(25)]
    pairs = [Pair("s1", "s2", ("relu", "softmax"), 0.93)]
    return soup(report(*students, rejected("r"), missing=["m"]), pairs=pairs)


def test_the_page_has_landmarks_headings_in_order_and_links_that_lead_somewhere(everything):
    assert all(len(everything.find_all(name)) == 1 for name in ("header", "nav", "main", "footer", "h1"))
    assert (everything.html["lang"], everything.head.title.string) == ("en", "01-activations: report of a class")
    levels = [int(each.name[1]) for each in everything.find_all(re.compile("^h[1-6]$"))]
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    ids = [each["id"] for each in everything.find_all(id=True)]
    assert len(ids) == len(set(ids))
    links = [each["href"] for each in everything.find_all("a")]
    assert links[0] == "#main"
    assert {link.removeprefix("#") for link in links} <= set(ids)
    labels = [each["aria-labelledby"] for each in everything.find_all(attrs={"aria-labelledby": True})]
    assert {id_ for label in labels for id_ in label.split()} <= set(ids)


def test_every_table_has_a_caption_and_says_what_its_headers_head(everything):
    tables = everything.find_all("table")
    assert len(tables) == 4
    for table in tables:
        assert table.caption.get_text().strip()
        assert all(head["scope"] in ("col", "row") for head in table.find_all("th"))
        widths = {len(row.find_all(["th", "td"])) for row in table.find_all("tr")}
        assert len(widths) == 1
    drawings = everything.find_all("svg")
    assert all(each.get("role") == "img" or each.get("aria-hidden") == "true" for each in drawings)


def test_similar_submissions_are_places_to_look_and_no_verdict(everything):
    section = everything.find(id="similar").parent
    assert "Being alike is no proof of copying" in section.get_text()
    assert [cell.get_text() for cell in section.tbody.tr.find_all(["th", "td"])] == [
        "s1",
        "s2",
        "relu, softmax",
        "93 %",
    ]
    assert soup(report(student("a"))).find(id="similar") is None
    assert "No two submissions" in soup(report(student("a")), pairs=[]).find(id="similar").parent.get_text()


@pytest.mark.parametrize(
    "students",
    [
        [student("only")],
        [rejected("only")],
        [rejected("a"), rejected("b")],
        [student("a", *["not-attempted"] * 5)],
        [student("extra", score=14.5), student("b", score=3.25)],
    ],
    ids=["one right", "one rejected", "nothing to read", "untouched", "extra credit"],
)
def test_a_class_of_any_kind_has_a_page(students):
    found = report(*students)
    parsed = soup(found)
    assert parsed.find(id="students")
    assert json.loads(as_json(found))["handed_in"] == len(students)
    assert len(list(csv.reader(io.StringIO(as_csv(found))))) == len(students) + 1


def test_a_list_that_is_too_long_to_read_says_how_many_more_there_are():
    text = soup(report(*(rejected(f"s{k:04}") for k in range(1000)))).get_text()
    assert "And 750 more; --csv FILE lists everybody." in text


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(seconds=-30), "less than a minute ago"),
        (timedelta(seconds=59), "less than a minute ago"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=3, minutes=59), "3 hours ago"),
        (timedelta(hours=24), "1 day ago"),
        (timedelta(days=400), "400 days ago"),
    ],
)
def test_the_time_since_the_grading_is_told(before, words):
    assert ago(NOW - before, NOW) == words
    late = replace(student("a"), graded=NOW - before)
    assert f"<strong>{words}</strong>" in page(report(late))


def test_a_small_part_of_the_class_is_not_called_nothing():
    assert [share(count, 1000) for count in (0, 1, 10, 999, 1000)] == ["0 %", "under 1 %", "1 %", "over 99 %", "100 %"]


# Without names.


def named_class():
    reason = "There is no file of Anna-Petrova in the folder /home/anna-petrova-1/x."
    return Class(
        "01-activations",
        (
            student("anna-petrova-1", "relu-step", seen="it is 'ANNA petrova was here', Петрова, anna@uni.example."),
            student("boris-li-2", "unrecognised", seen="boris-li-2 and 王小明3 gave (1, 2)."),
            rejected("chen-li-3", reason),
            student("20231234", "raises-error", seen="stopped with KeyError: 20231234, and 202312345 stays."),
            student("王小明3"),
        ),
        ("dora-late-9",),
        frozenset({"Петрова", "anna@uni.example", "Anna"}),
    )


FORBIDDEN = ["anna", "petrova", "Петрова", "boris", "chen-li", "王小明", "20231234,", "dora", "uni.example"]


def test_without_names_there_is_none_in_any_of_the_files():
    hidden, labels = anonymise(named_class())
    found = facts(hidden, NOW)
    pairs = [Pair(labels["anna-petrova-1"], labels["王小明3"], ("relu",), 0.9)]
    files = [page(found, anonymous=True, pairs=pairs), as_json(found, True, pairs), as_csv(found)]
    for text, name in itertools.product(files, FORBIDDEN):
        assert name.lower() not in text.lower()
    assert "Names are left out" in files[0]
    assert "202312345 stays" in files[1], "a longer number is not that student's"
    assert all(label in files[1] for label in labels.values())
    assert {row[0] for row in csv.reader(io.StringIO(as_csv(found)))} - {"student"} <= set(labels.values())


@pytest.mark.parametrize("seen", ["it is 'I am anna-pet...'.", "it is " + "y " * 245 + "Anna Petrova, and more of it"])
def test_a_name_that_was_cut_off_is_not_left_as_half_a_name(seen):
    students = (student("anna-petrova-1", "unrecognised", seen=make_readable(seen)), student("boris-li-2"))
    hidden, _ = anonymise(Class("01-activations", students))
    assert "pet" not in "".join(each.seen for one in hidden.students for each in one.answers).lower()


def test_labels_do_not_follow_the_order_of_names_and_are_drawn_anew_for_each_report():
    students = tuple(student(f"{letter}{letter}{letter}") for letter in "abcdefghijklmnopqrstuvwxyz")
    drawn = [anonymise(Class("01-activations", students))[1] for _ in range(3)]
    assert len({tuple(labels.values()) for labels in drawn}) == 3
    assert all(sorted(labels.values()) != list(labels.values()) for labels in drawn)
    assert sorted(drawn[0].values()) == [f"Student {number:02}" for number in range(1, 27)]


def test_the_time_of_grading_does_not_tell_the_order_of_names():
    students = [replace(student(name), graded=NOW - timedelta(minutes=k)) for k, name in enumerate("abc")]
    hidden, _ = anonymise(Class("01-activations", tuple(students)))
    assert {each.graded for each in hidden.students} == {NOW}


def test_words_that_many_names_share_stay_in_sentences():
    students = tuple(rejected(f"student-{k:03}", "There is no file in the student's folder.") for k in range(30))
    hidden, _ = anonymise(Class("01-activations", students))
    assert {each.reason for each in hidden.students} == {"There is no file in the student's folder."}


# CSV and JSON.


def test_no_spreadsheet_computes_a_cell_and_numbers_stay_numbers():
    names = ["=HYPERLINK(1)", "+1", "@SUM(A1)", "-cmd|' /C calc'!A0", "\t=1", "\r=1", 'fine, "quoted"\nname']
    found = report(*(student(make_readable(name), "=1+1", score=-0.5) for name in names))
    rows = list(csv.DictReader(io.StringIO(as_csv(found), newline="")))
    assert len(rows) == len(names)
    cells = [cell for row in rows for cell in row.values()]
    assert not [cell for cell in cells if cell[:1] in tuple("=@\t\r") or re.match(r"[+-](?![0-9.]+$)", cell)]
    assert {row["score"] for row in rows} == {"-0.5"}
    assert {row["relu_misconception"] for row in rows} == {"'=1+1"}
    assert rows[-1]["student"].replace("\n", " ") == 'fine, "quoted" name'


def test_the_json_holds_what_the_page_shows():
    found = report(student("a", "relu-step"), student("b"), rejected("c"), missing=["d"])
    told = json.loads(as_json(found, pairs=[Pair("a", "b", ("relu",), 0.5)]))
    assert told["statuses"] == {"graded": 2, "rejected": 1}
    assert {key: told["answers"][0][key] for key in ("name", "solved", "wrong")} == {
        "name": "relu",
        "solved": 1,
        "wrong": 1,
    }
    assert told["misconceptions"][0]["students"] == ["a"]
    assert (told["in_need"], told["missing"], told["graded"]) == (["c"], ["d"], "2026-03-04T12:00:00+00:00")
    about = {"first": "a", "second": "b", "answers": ["relu"], "likeness": 0.5}
    assert told["similar"] == [{**about, "common": [], "notebooks": [], "expected": 0.0}]


# From a graded class.


@pytest.fixture
def graded(sample_class, tmp_path):
    """A copy of the graded sample class, to be changed; the command and what it has written as JSON."""
    build = tmp_path / "build"
    shutil.copytree(sample_class[0], build)
    return build


def told(grader, build, *arguments):
    done = grader("report", "01-activations", "--json", build / "told.json", *arguments, build=build)
    assert done.returncode == 0, done.stderr
    return json.loads((build / "told.json").read_text("utf-8"))


def change(build, statement, *values):
    with sqlite3.connect(build / "gradebook.db") as connection:
        assert connection.execute(statement, values).rowcount == 1


ONE_GRADE = """
    update grade set {} where cell_id in (select id from base_cell where name = ?) and notebook_id in (
        select submitted_notebook.id from submitted_notebook
        join submitted_assignment on submitted_notebook.assignment_id = submitted_assignment.id
        where submitted_assignment.student_id = ?)
"""


def test_marks_by_hand_extra_credit_and_penalties_are_in_the_scores_as_nbgrader_exports_them(graded, grader):
    from nbgrader.api import Gradebook
    from nbgrader.plugins import CsvExportPlugin

    change(graded, ONE_GRADE.format("manual_score = 1.5"), "test-softmax", "two-wrong")
    change(graded, ONE_GRADE.format("extra_credit = 3"), "test-relu", "all-right")
    change(
        graded,
        """update submitted_notebook set late_submission_penalty = 2.5 where assignment_id in (
            select id from submitted_assignment where student_id = 'right-and-loud')""",
    )
    found = told(grader, graded)
    with Gradebook(f"sqlite:///{graded}/gradebook.db") as gradebook:
        CsvExportPlugin(to=str(graded / "nbgrader.csv")).export(gradebook)
    exported = csv.DictReader((graded / "nbgrader.csv").read_text("utf-8").splitlines())
    expected = {row["student_id"]: float(row["score"]) for row in exported if row["assignment"] == "01-activations"}
    assert {each["student"]: each["score"] for each in found["students"]} == expected
    assert expected == {"all-right": 13, "right-and-loud": 7.5, "two-wrong": 7.5, "untouched": 0}
    softmax = next(each for each in found["answers"] if each["name"] == "softmax")
    assert (softmax["solved"], softmax["wrong"], softmax["not_attempted"]) == (2, 1, 1)


@pytest.mark.parametrize("lost", ["nothing", "submitted", "all"])
def test_verdicts_are_read_from_the_judged_notebooks_where_the_journal_does_not_know(
    graded, grader, sample_class, lost
):
    if lost == "all":
        shutil.rmtree(graded / "journal")
        (graded / "autograded/untouched/01-activations/01-activations.ipynb").write_text("{broken")
    if lost in ("submitted", "all"):
        shutil.rmtree(graded / "submitted")
    found = {each["student"]: each for each in told(grader, graded)["students"]}
    for entry in sample_class[1]["submissions"]:
        here = found[entry["student"]]
        assert (here["status"], here["score"]) == (entry["status"], entry["score"])
        if lost != "all" or entry["student"] != "untouched":
            assert here["answers"] == entry["answers"]


def test_who_has_not_handed_in_is_named(graded, grader):
    change(graded, "insert into student (id, first_name, lms_user_id) values ('zoe-late', 'Zoë', null)")
    assert told(grader, graded)["missing"] == ["zoe-late"]
    assert "zoe-late" in (graded / "reports/01-activations.html").read_text("utf-8")
    assert told(grader, graded, "--anonymous")["missing"] != ["zoe-late"]
    assert "zoe" not in (graded / "reports/01-activations.html").read_text("utf-8").lower()


def test_the_page_says_when_the_class_was_graded(graded, grader):
    then = time.time() - 3.5 * 3600
    for notebook in graded.glob("autograded/*/*/*.ipynb"):
        os.utime(notebook, (then, then))
    assert datetime.fromisoformat(told(grader, graded)["graded"]) == datetime.fromtimestamp(int(then), UTC)
    assert "<strong>3 hours ago</strong>" in (graded / "reports/01-activations.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["01-activations"], "Nothing has been graded yet: there is no gradebook"),
        (["99-none"], "There is no exercise '99-none'."),
    ],
)
def test_without_a_graded_class_one_sentence_says_what_to_run(grader, tmp_path, arguments, words):
    done = grader("report", *arguments, build=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(words)
    assert not (tmp_path / "gradebook.db").exists()


def test_an_exercise_that_nobody_handed_in_is_said_to_be_so(graded, grader):
    done = grader("report", "02-logits", build=graded)
    assert done.returncode == 2
    assert "02-logits" in done.stderr
    assert "Traceback" not in done.stderr


def test_similar_submissions_have_the_labels_of_the_same_report(tmp_path, monkeypatch):
    from grader.classroom.report.making import make_report

    monkeypatch.setattr("grader.classroom.report.source.read_class", lambda *_: named_class())
    pairs = [Pair("anna-petrova-1", "boris-li-2", ("relu",), 0.9), Pair("boris-li-2", "never-graded", ("relu",), 0.8)]
    make_report("01-activations", tmp_path / "a.html", tmp_path / "a.json", anonymous=True, similar=lambda: pairs)
    told = json.loads((tmp_path / "a.json").read_text("utf-8"))
    boris = next(each["student"] for each in told["students"] if each["answers"][0]["misconception"] == "unrecognised")
    pairs = [{each["first"], each["second"]} for each in told["similar"]]
    assert boris in pairs[0]
    assert pairs[1] == {boris, "(not in the gradebook)"}
    assert "never-graded" not in (tmp_path / "a.html").read_text("utf-8")


def test_a_file_that_cannot_be_written_is_told_and_an_old_one_stays(graded, monkeypatch):
    from grader.classroom.report import making

    monkeypatch.setattr("grader.classroom.report.source.read_class", lambda name, *_: Class(name, (student("a"),)))
    old = graded / "old.html"
    old.write_text("as it was")

    def full(path, write):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(making, "replace_whole", full)
    with pytest.raises(CannotGoOn, match="no space left"):
        making.make_report("01-activations", html=old)
    assert old.read_text() == "as it was"
