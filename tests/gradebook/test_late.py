"""Late work loses what the class's rule says, and extra credit counts by itself."""

import json
from datetime import datetime
from fractions import Fraction

import pytest
from conftest import SAMPLES
from hypothesis import given
from hypothesis import strategies as st

from grader.base.errors import CannotGoOn
from grader.gradebook.late import Rule, due_sentence, keep_rule, read_due, read_rule

NAME = "01-activations"


@given(
    st.integers(0, 40).map(lambda quarter: quarter / 4),
    st.integers(0, 10),
    st.integers(-10, 10 * 86_400),
)
def test_each_day_that_has_begun_costs_its_points_and_never_more_than_was_earned(score, points, seconds):
    days = -(-Fraction(max(seconds, 0)) // 86_400)
    assert Rule(f"{points}/day").penalty(score, seconds) == min(score, points * days)
    assert Rule("zero").penalty(score, seconds) == (score if seconds > 0 else 0)
    assert Rule().penalty(score, seconds) == 0


def test_the_rule_is_kept_for_the_class_and_a_damaged_file_is_none(tmp_path):
    assert read_rule(tmp_path) == Rule("none")
    keep_rule("1.5/day", tmp_path)
    assert read_rule(tmp_path) == Rule("1.5/day")
    for text in ("{", "[]", '{"late": 3}', '{"late": "all"}'):
        (tmp_path / "late.json").write_text(text)
        assert read_rule(tmp_path) == Rule("none")


@pytest.mark.parametrize("text", ["", "2", "day", "-1/day", "2 / day", "nothing"])
def test_another_rule_is_refused_with_the_ones_that_there_are(tmp_path, text):
    with pytest.raises(CannotGoOn, match="Write none, zero, or the points for each day"):
        keep_rule(text, tmp_path)


def test_a_date_is_read_in_its_zone_and_anything_else_is_refused():
    assert read_due("2026-12-01T23:59+01:00") == datetime(2026, 12, 1, 22, 59)
    for text in ("tomorrow", "2026-13-01", ""):
        with pytest.raises(CannotGoOn, match="is no date"):
            read_due(text)


def test_as_what_a_date_was_understood_is_told_with_its_zone():
    told = due_sentence("2026-12-01T23:59+01:00")
    assert told == "Due on 1 December 2026 at 23:59:00 (UTC+01:00), which is 2026-12-01 22:59:00 in UTC."
    assert due_sentence("2026-12-01").startswith("Due on 1 December 2026 at 23:59:59 (")


@pytest.fixture(scope="module")
def late_class(tmp_path_factory, grader):
    """A class in which one was in time, one a day and an hour late, and one has no time."""
    folder = tmp_path_factory.mktemp("late")
    for student, time in {"anna": "2026-12-01 22:58:00 UTC", "ben": "2026-12-03 00:00:00 UTC", "cy": ""}.items():
        place = folder / "class" / student / NAME
        place.mkdir(parents=True)
        (place / f"{NAME}.ipynb").write_bytes((SAMPLES / "all-right" / NAME / f"{NAME}.ipynb").read_bytes())
        if time:
            (place / "timestamp.txt").write_text(time)

    def grade(*words):
        out = folder / "out.json"
        done = grader("grade", NAME, "--submitted", folder / "class", "--json", out, *words, build=folder / "build")
        assert done.returncode == 0, done.stderr
        return {each["student"]: each for each in json.loads(out.read_text("utf-8"))["submissions"]}, done

    return folder, grade


def test_json_table_and_export_have_the_same_points_and_a_later_date_gives_them_back(late_class, grader):
    folder, grade = late_class
    entries, done = grade("--due", "2026-12-01T23:59+01:00", "--late", "2/day")
    assert {name: entry["score"] for name, entry in entries.items()} == {"anna": 10, "ben": 6, "cy": 10}
    assert entries["ben"]["notes"] == ["Points taken off because the work was late: 4."]
    assert "6 / 10" in done.stdout
    assert grader("export", NAME, "--out", folder / "marks.csv", build=folder / "build").returncode == 0
    rows = (folder / "marks.csv").read_text("utf-8-sig").splitlines()
    assert [row.split(",")[2].strip('"') for row in rows[1:]] == ["10", "6", "10"]
    again, _ = grade()
    assert again == entries, "a second run says the same"
    later, _ = grade("--due", "2026-12-04T00:00+00:00")
    assert {name: entry["score"] for name, entry in later.items()} == {"anna": 10, "ben": 10, "cy": 10}


def test_extra_credit_counts_without_another_button(tmp_path):
    from nbgrader.api import Gradebook

    from grader.gradebook.extra_credit import count_extra_credit

    count_extra_credit()
    count_extra_credit()
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as gradebook:
        gradebook.add_assignment("a")
        gradebook.add_notebook("n", "a")
        gradebook.add_grade_cell("prose", "n", "a", max_score=0, cell_type="markdown")
        gradebook.add_student("anna")
        gradebook.add_submission("a", "anna")
        grade = gradebook.find_grade("prose", "n", "a", "anna")
        grade.manual_score = None  # as formgrader's handler does, in this order
        grade.extra_credit = 1.5
        gradebook.db.commit()
        assert gradebook.find_submission("a", "anna").score == 1.5
        grade.auto_score, grade.manual_score, grade.extra_credit = 2.0, None, 1.0
        gradebook.db.commit()
        assert grade.manual_score is None, "an answer that was judged keeps its score"
