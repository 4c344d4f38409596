"""What a report proposes for the next lesson: shared faults, pieces of code that name nobody, and what has changed."""

import ast
import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup

from grader.classroom.report.anonymous import anonymise
from grader.classroom.report.course import as_csv, as_json, course_of, state_of
from grader.classroom.report.facts import facts
from grader.classroom.report.page import course_page, page
from grader.classroom.report.pieces import LINES, anonymous_piece
from grader.classroom.report.plan import OF_AN_IDEA, SECOND, WITH_CALL, WITHOUT_CALL, change, shared_faults
from grader.classroom.report.records import Class, Student
from grader.judging.results import AnswerResult

pytestmark = pytest.mark.quick
NOW = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)


def answer(name, mistake=None, seen=""):
    return AnswerResult(name, 2.0 * (not mistake), 2.0, not mistake, mistake, seen, "Look." if mistake else "")


def student(name, *answers, score=None, **about):
    total = sum(each.score for each in answers) if score is None else score
    return Student(name, "graded", "", total, 10.0, answers, NOW, **about)


def of(*students, **about):
    return Class("01-activations", students, **about)


def test_the_most_shared_fault_comes_first_be_it_an_idea_or_an_error():
    wrong = answer("collapse", "unrecognised", "collapse(w1, b1) gave 2 values.")
    crash = answer("softmax", "raises-error", "softmax(x) stopped with AxisError: axis 1.")
    ideas = [answer("relu", "relu-step", "relu(-2.0) gave 1."), answer("sigmoid", "relu-step", "sigmoid(-2.0) gave 1.")]
    about = of(
        *(student(f"a{k}", wrong) for k in range(5)),
        *(student(f"b{k}", crash) for k in range(3)),
        student("c0", *ideas),
        student("c1", ideas[0]),
        *(student(f"d{k}", answer("collapse", "unrecognised", f"collapse() gave {k}.")) for k in range(9)),
        *(student(f"e{k}", answer("relu", "not-attempted")) for k in range(9)),
    )
    found = shared_faults(about)
    assert [(each.id, each.answer, len(each.students)) for each in found] == [
        ("unrecognised", "collapse", 5),
        ("raises-error", "softmax", 3),
        ("relu-step", "relu", 2),
    ]
    assert [each.questions for each in found] == [
        (
            WITH_CALL.format(call="collapse(w1, b1)"),
            SECOND["unrecognised"],
        ),
        (
            "What happens in softmax(x) with this code? Follow it line by line, before you run it.",
            SECOND["raises-error"],
        ),
        (
            WITH_CALL.format(call="relu(-2.0)"),
            OF_AN_IDEA,
        ),
    ]
    assert str(found[2].section) == "lesson 01 Activations, “ReLU”"
    silent = student("x", answer("relu", "relu-step", "It is a table.")), student("y", answer("relu", "relu-step"))
    assert shared_faults(of(*silent))[0].questions[0] == WITHOUT_CALL
    assert shared_faults(of(student("alone", ideas[0]))) == []


def test_three_pieces_that_differ_in_more_than_spaces_are_shown_and_a_page_shows_them_as_text():
    code = {f"s{k}": {"relu": f"def relu(z):\n    return z  + {k // 2}"} for k in range(8)}
    code["s1"] = {"relu": "def relu(z):\n        return z + 0"}
    code["s2"] = {"relu": "</code><script>alert(1)</script>"}
    about = of(*(student(name, answer("relu", "relu-step", "relu(1) gave 0.")) for name in code), code=code.get)
    [fault] = shared_faults(about)
    assert list(fault.pieces) == [code["s0"]["relu"], code["s2"]["relu"], code["s3"]["relu"]]
    for told in (page(facts(about, NOW)), page(facts(anonymise(about)[0], NOW), anonymous=True)):
        shown = BeautifulSoup(told, "html.parser")
        assert len(shown.select("pre.piece")) == 3
        assert not shown.find("script")


def test_a_piece_names_nobody_and_stays_the_same_program():
    source = """# Max Müller, 4711
def relu(z):
    \"\"\"By Anna Abel.\"\"\"
    max_relu = np.max(z)  # anna.abel@x.edu
    note = f"{z} of Max Müller"
    return np.maximum(z, 0) if max(z) else 'Abel'
"""
    piece = anonymous_piece(source, "Max Müller_4711", {"Anna Abel_4712", "anna.abel@x.edu"})
    assert not [word for word in ("Müller", "Anna", "Abel", "4711", "x.edu", "#") if word in piece]
    assert "np.max(z)" in piece
    assert "max(z)" in piece
    assert "(name)_relu" in piece
    assert ast.unparse(ast.parse(piece.replace("(name)", "name"))).count("return") == 1
    assert anonymous_piece("def f(:\n  'Anna' # x", "Anna", ()) == "def f(:\n  '(name)'"
    assert len(anonymous_piece("x = 1\n\n" * 99, "Anna", ()).splitlines()) == LINES + 1


def test_what_has_changed_is_told_of_those_who_handed_in_both():
    about = of(
        student("ann", score=9.0),
        student("ben", score=2.0),
        student("cy", score=5.0),
        student("new", score=10.0),
        before={"ann": 1.0, "ben": 0.8, "cy": 0.7, "gone": 0.9},
        exercise_before="00-start",
    )
    found = change(about)
    assert (found.students, found.before, found.now) == (3, 0.8, 0.5)
    assert ([each.name for each in found.fallen], found.gone) == (["ben"], ("gone",))
    text = BeautifulSoup(page(facts(about, NOW)), "html.parser").find(id="lesson").parent.get_text()
    assert "Since 00-start" in text
    assert "ben, 80 % before, 20 % now" in text
    hidden, labels = anonymise(replace(about, missing=("gone",)))
    assert change(hidden).gone == (labels["gone"],)
    assert change(of(student("a"))) is None


def test_late_and_missing_stand_in_the_plan_and_links_lead_to_the_files():
    about = of(student("ann", score=1.0, late="2 days late"), student("ben"), missing=("cy",))
    shown = BeautifulSoup(page(facts(about, NOW), links={"ann": [("notebook", "../a%20b.ipynb")]}), "html.parser")
    text = shown.find(id="lesson").parent.get_text()
    assert "Late: 1" in text
    assert "ann, 2 days late" in text
    assert "Did not hand in: 1" in text
    assert shown.find("a", string="notebook")["href"] == "../a%20b.ipynb"


def test_the_course_has_a_row_for_each_student_and_the_misconceptions_over_the_weeks():
    step, twice = answer("relu", "relu-step"), answer("logit", "relu-step")
    first = of(student("ann", step), student("=ben", answer("relu")), student("cy", answer("relu", "unrecognised")))
    second = Class(
        "02-logits",
        (
            student("ann", twice, answer("logit", "logit-no-log"), late="1 day late"),
            replace(student("cy"), status="rejected"),
        ),
    )
    course = course_of([first, second])
    assert [(row.name, row.points) for row in course.rows] == [("=ben", 2.0), ("ann", 0.0), ("cy", 0.0)]
    assert {idea: dict(counts) for idea, counts in course.ideas.items()} == {
        "relu-step": {"01-activations": 1, "02-logits": 1},
        "logit-no-log": {"02-logits": 1},
    }
    assert [state_of(row.work.get("02-logits")) for row in course.rows] == ["not handed in", "0", "not readable"]
    table = list(csv.reader(io.StringIO(as_csv(course))))
    assert table[1] == ["'=ben", "2", "graded", "", "", "not_handed_in", "", "2"]
    assert json.loads(as_json(course))["students"][1]["exercises"]["02-logits"]["late"] == "1 day late"
    shown = BeautifulSoup(course_page(course, NOW), "html.parser")
    assert [cell.get_text() for cell in shown.select("tbody tr")[1].find_all(["th", "td"])][:2] == ["ann", "0"]
    assert not shown.find(["script", "img"])
