"""Marks out of the class: the teacher's Canvas file, Moodle, plain CSV, and nbgrader's own exporters."""

import csv
import datetime
import html
import io
import os
import re
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from grader.base.errors import CannotGoOn
from grader.classroom.marks import canvas, moodle
from grader.classroom.marks.cells import defuse, format_points, html_cell, read_number
from grader.classroom.marks.command import Wanted, export
from grader.classroom.marks.feedback import feedback
from grader.classroom.marks.sheet import parse, read
from grader.classroom.marks.table import as_csv, table
from grader.classroom.record import Submission, only_exercise, submissions_to
from grader.judging.results import AnswerResult, Result

CANVAS = (
    '\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,"Exercise 1: ""Activations"" (4711)",Exercise 2: Logits (4712),'
    "Assignments Current Score,Current Score\r\n"
    ",,,,,Manual Posting,,,\r\n"
    "    Points Possible,,,,,10.00,5.00,(read only),(read only)\r\n"
    '"Ada, All",101,S1,ada@uni.edu,A,,5.00,100,99\r\n'
    '"Bo, Björn",102,S2,BO@uni.edu,A,"7.00",5.00,100,99\r\n'
    '"=""=cmd|\' /C calc\'!A0""",103,S3,cy@uni.edu,A,6.00,5.00,100,99\r\n'
    '"-Dee, +1",104,S4,dee@uni.edu,"A,\r\nB",3,5.00,100,99\r\n'
    '"Eve, Excused",105,S5,eve@uni.edu,A,EX,5.00,100,99\r\n'
    '"Student, Test",106,,9a8b,A,,,,\r\n'
)
SCORES = {"ada": 10.0, "bo": 7.5, "cy": 6.0, "eve": 4.0, "zoe": 1.0}


def marks(scores=SCORES, top=10.0):
    found = {student: result(student) for student in scores}
    return [
        Submission(student, score, top, cells={"test-relu": score}, read_result=partial(found.get, student))
        for student, score in scores.items()
    ]


def result(student):
    wrong = AnswerResult("relu", 0, 2, False, "relu-abs", "relu(-2) gave 2; =1+1 <b>.", "ReLU does not turn it round.")
    return Result(student, "graded", "", [wrong if student != "ada" else AnswerResult("relu", 2, 2, True)])


@pytest.fixture
def file(tmp_path):
    def make(text, name="export.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return make


def rows(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


# A file in which single cells are replaced


cells = st.text(st.sampled_from(list('ab",;\t \r\n=é\ufeff')), max_size=6)


@given(st.lists(st.lists(cells, min_size=2, max_size=4), max_size=4), st.sampled_from(",;\t"), st.booleans())
def test_a_file_is_read_as_pythons_csv_module_reads_it(values, separator, everything):
    text = io.StringIO()
    csv.writer(
        text, delimiter=separator, quoting=csv.QUOTE_ALL if everything else csv.QUOTE_MINIMAL, lineterminator="\r\n"
    ).writerows(values)
    if text.getvalue().startswith("\ufeff"):
        return  # that is the mark of a file, and no cell's
    found = parse(text.getvalue(), separator)
    assert [[cell.value for cell in row] for row in found] == values
    assert all(text.getvalue()[c.start : c.end].strip('"') in ("", c.value) or '"' in c.value for r in found for c in r)


@pytest.mark.parametrize("text", ["a,b\r\n1,2\r\n", "a,b\n1,2", "a,b\r1,2\r", "a,b\n\n1,2\n\n", '"a","b"\n"1","2"\n'])
def test_lines_may_end_in_any_way_and_stay_as_they_are(file, text):
    sheet = read(file(text))
    assert [[c.value for c in row] for row in sheet.rows] == [["a", "b"], ["1", "2"]]
    assert sheet.result() == text.encode()
    sheet.replace(1, 1, "9")
    assert sheet.result() == text.replace("2", "9").encode()


MOODLE_GRADES = (  # Moodle's Grades, Export, plain text: none of the numbers that are in the names of its files
    "First name,{last},ID number,Institution,Department,Email address,Assignment: First work (Real)\n"
    "Ada,All,s1,,,ada@uni.edu,-\nИван,Петров,s2,,,ip@uni.edu,-\n王,伟,s3,,,w@uni.edu,-\nZoe,Zuse,s4,,,z@uni.edu,-\n"
)


@pytest.mark.parametrize("last", ["Surname", "Last name"])
def test_moodles_export_of_grades_finds_by_name_and_gives_the_names_that_moodles_import_knows(file, last):
    path = file(MOODLE_GRADES.format(last=last))
    ours = marks({"Ada All_4711": 10.0, "Иван Петров_4712": 7.5, "伟王_4713": 6.0, "Gone_4714": 1.0})
    filled = moodle.import_file("01-activations", ours, roster=path)
    assert [row[:2] for row in rows(filled.content)] == [
        ["ID number", "01-activations"],
        ["s1", "10"],
        ["s2", "7.5"],
        ["s3", "6"],
    ]
    assert filled.notes == [
        "The students were found by First name and Last name; Moodle will know them by ID number.",
        "1 student of the list without a graded submission, left out: Zoe Zuse.",
        "1 student graded but not on the list, left out: Gone_4714.",
    ]
    path.write_text(path.read_text("utf-8").replace("s2", "").replace("Zoe,Zuse", "Ada,All"), "utf-8")
    assert rows(moodle.import_file("x", marks({"Иван Петров_4712": 1.0}), roster=path).content)[1][0] == "ip@uni.edu"
    with pytest.raises(CannotGoOn, match="Ada All_4711 more than once"):
        moodle.import_file("x", ours, roster=path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('a,b\n"1,2\n', "a quote is not closed"),
        ('a,b\n"1"x,2\n', "no well-formed CSV"),
        (b"a,b\n\xe9,2\n", "not written in UTF-8"),
        ("a,b\n1,2\n".encode("utf-16"), "not written in UTF-8"),
        ("", "is empty"),
    ],
)
def test_a_file_that_is_no_csv_is_refused_in_one_sentence(file, content, words):
    with pytest.raises(CannotGoOn, match=words):
        read(file(content))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(CannotGoOn, match="cannot be read: No such file"):
        read(tmp_path / "none.csv")


# Canvas


def test_a_teachers_canvas_file_changes_in_one_column_only(file):
    filled = canvas.fill(file(CANVAS), "01-activations", marks())
    old, new = rows(CANVAS.encode()), rows(filled.content)
    assert [row[:5] + row[6:] for row in new] == [row[:5] + row[6:] for row in old]
    assert [row[5] for row in new[1:]] == ["Manual Posting", "10.00", "10", "7.5", "6.00", "3", "EX", ""]
    expected = CANVAS.replace("A,,5.00", "A,10,5.00", 1).replace('"7.00"', '"7.5"')
    assert filled.content == expected.encode(), "byte for byte: BOM, quotes, line ends, a formula in a name"


def test_students_that_do_not_fit_are_named(file):
    told = "\n".join(canvas.fill(file(CANVAS), "01-activations", marks()).notes)
    assert "has the marks of 4 students, found by SIS Login ID." in told
    assert "1 student had another mark before: bo (7.00 -> 7.5)." in told
    assert "1 student left as they are: eve (EX)." in told
    assert "1 student in the file without a graded submission, left as they are: -Dee, +1." in told
    assert "1 student graded but not in the file: zoe." in told
    assert "Test" not in told, "Canvas's own test student is nobody"


def test_filling_a_file_twice_changes_nothing_more(file):
    once = canvas.fill(file(CANVAS), "01-activations", marks()).content
    assert canvas.fill(file(once), "01-activations", marks()).content == once


@pytest.mark.parametrize("chosen", ["4711", 'Exercise 1: "Activations"', 'exercise 1: "activations" (4711)'])
def test_a_column_is_chosen_by_its_id_or_title(file, chosen):
    filled = canvas.fill(file(CANVAS), "09-debug", marks(), column=chosen)
    assert rows(filled.content)[3][5] == "10"


@pytest.mark.parametrize(
    ("name", "titles", "found"),
    [
        ("01-activations", ["Lab 01 - Activations (1)", "Lab 11 - Activations (2)"], "1"),
        ("01-activations", ["01-activations (1)", "01-activations, second try (2)"], "1"),
        ("03-roundoff", ["Roundoff (1)", "Context (2)"], "1"),
        ("05-text", ["Context (1)", "Text book (2)"], None),
        ("01-activations", ["Exercise 1: Activations (1)", "Exercise 1: Activations (2)"], None),
        ("01-activations", [], None),
    ],
)
def test_a_column_is_found_by_the_exercises_name_only_where_that_is_clear(file, name, titles, found):
    head = ",".join(["Student", "ID", "SIS Login ID", "Section", *(f'"{each}"' for each in titles), "Current Score"])
    path = file(f"{head}\nPoints Possible,,,,{'10,' * len(titles)}\nA,1,ada,S,{',' * len(titles)}\n")
    if found is None:
        with pytest.raises(CannotGoOn, match="--column") as refused:
            canvas.fill(path, name, marks())
        assert all(title in str(refused.value) for title in titles)
    else:
        filled = canvas.fill(path, name, marks())
        assert rows(filled.content)[2][4 + [t.endswith(f"({found})") for t in titles].index(True)] == "10"


@pytest.mark.parametrize("chosen", ["Current Score", "ID", "Section", "4713", "Student"])
def test_a_column_that_is_no_assignment_is_not_filled(file, chosen):
    with pytest.raises(CannotGoOn, match=r"Exercise 1: .*4711.*Exercise 2: Logits \(4712\)"):
        canvas.fill(file(CANVAS), "01-activations", marks(), column=chosen)


def test_other_points_possible_are_told_and_scaled_only_when_asked(file):
    path = file(CANVAS.replace("10.00,5.00,(read", "100,5.00,(read"))
    plain = canvas.fill(path, "01-activations", marks())
    assert rows(plain.content)[4][5] == "7.5"
    assert "Canvas has 100 points possible and the exercise 10" in plain.notes[1]
    scaled = canvas.fill(path, "01-activations", marks(), scale=True)
    assert [row[5] for row in rows(scaled.content)[3:6]] == ["100", "75", "60"]


def test_marks_cannot_be_scaled_to_no_points(file):
    with pytest.raises(CannotGoOn, match="no points possible"):
        canvas.fill(file(CANVAS.replace("10.00,5.00,(read", ",5.00,(read")), "01-activations", marks(), scale=True)


def test_a_file_with_semicolons_and_decimal_commas_keeps_them(file):
    text = "Student;ID;SIS Login ID;Section;Exercise 1: Activations (9)\n    Points Possible;;;;10,00\nBo;2;bo;S;\n"
    filled = canvas.fill(file(text), "01-activations", marks())
    assert filled.content == text.replace("S;\n", "S;7,5\n").encode()


def test_the_column_of_names_is_the_one_that_knows_the_most_of_them(file):
    by_number = marks({"101": 1.0, "102": 2.0, "S3": 3.0})
    filled = canvas.fill(file(CANVAS), "01-activations", by_number)
    assert "found by ID." in filled.notes[0]
    assert canvas.fill(file(CANVAS), "01-activations", by_number, by="sis user id").notes[0].endswith("SIS User ID.")


def test_names_that_begin_like_a_formula_are_found_and_left_alone(file):
    filled = canvas.fill(file(CANVAS), "01-activations", marks({"-Dee, +1": 9.0}), by="Student")
    assert filled.content == CANVAS.replace('B",3,', 'B",9,').encode()


@pytest.mark.parametrize(
    ("change", "students", "words"),
    [
        ((",BO@uni.edu", ",ada@uni.edu"), ["ada"], "has ada more than once in the column SIS Login ID"),
        (("", ""), ["ada", "ADA"], "ada and ADA are both the student ada@uni.edu"),
        (("", ""), ["nobody"], "None of the 1 graded students"),
        (("S1,ada", "S1,cy"), ["cy"], "has cy more than once"),
        (("101,S1", "S2,S1"), ["S2"], "in SIS User ID and in ID, but not in the same rows"),
    ],
)
def test_students_that_are_not_clear_are_refused(file, change, students, words):
    with pytest.raises(CannotGoOn, match=words):
        canvas.fill(file(CANVAS.replace(*change)), "01-activations", marks(dict.fromkeys(students, 1.0)))


def test_another_file_than_canvas_makes_is_refused(file):
    with pytest.raises(CannotGoOn, match="no export of a Canvas gradebook"):
        canvas.fill(file("Name,Mark\nAda,3\n"), "01-activations", marks())
    with pytest.raises(CannotGoOn, match="no column Nick"):
        canvas.fill(file(CANVAS), "01-activations", marks(), by="Nick")


def test_an_address_is_found_by_what_stands_before_its_at_but_not_by_another_address(file):
    ada = marks({"ada@other.edu": 10.0, "bo": 1.0})
    assert "not in the file: ada@other.edu" in "\n".join(canvas.fill(file(CANVAS), "01-activations", ada).notes)
    plain = file(CANVAS.replace("@uni.edu", ""))
    assert rows(canvas.fill(plain, "01-activations", ada).content)[3][5] == "10"


# Moodle

WORKSHEET = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,Last modified (submission),"
    "Last modified (grade),Feedback comments\n"
    'Participant 1,Ada All,ada@uni.edu,Submitted,,"10,00",Yes,"Monday, 1",-,\n'
    'Participant 2,Bo Björn,bo@uni.edu,Submitted,"3,00","10,00",Yes,-,-,Come and see me\n'
    'Participant 3,No One,no@uni.edu,No submission,,"10,00",Yes,-,-,\n'
)


def test_a_moodle_worksheet_gets_marks_and_feedback_and_keeps_the_rest(file):
    filled = moodle.fill(file(WORKSHEET), marks({"ada": 10.0, "bo": 7.5}))
    expected = WORKSHEET.replace('Submitted,,"10', 'Submitted,10,"10').replace("-,-,\nP", "-,-,\nP")
    expected = expected.replace('"Monday, 1",-,', '"Monday, 1",-,All answers are right.').replace('"3,00"', '"7,5"')
    assert filled.content == expected.encode()
    assert "1 student with a comment of yours, which stays: bo." in filled.notes
    assert "1 student in the file without a graded submission, left as they are: No One." in filled.notes


def test_feedback_for_moodle_is_escaped_for_html_and_for_spreadsheets(file):
    text = WORKSHEET.replace("Come and see me", "")
    written = rows(moodle.fill(file(text), marks({"bo": 1.0})).content)[2][-1]
    assert written == "relu: relu(-2) gave 2; &#61;1+1 &lt;b&gt;. ReLU does not turn it round."


def test_another_maximum_grade_is_told_and_scaled_only_when_asked(file):
    path = file(WORKSHEET.replace('"10,00"', "100"))
    plain = moodle.fill(path, marks({"bo": 7.5}))
    assert any("maximum grade is not 10" in note for note in plain.notes)
    assert rows(moodle.fill(path, marks({"bo": 7.5}), scale=True).content)[2][4] == "75"


def test_a_worksheet_in_another_language_is_filled_where_its_column_is_named(file):
    path = file("ID,E-Mail,Bewertung\n1,ada,\n")
    with pytest.raises(CannotGoOn, match=r"no column Grade.*Bewertung"):
        moodle.fill(path, marks())
    filled = moodle.fill(path, marks(), column="bewertung", by="E-Mail")
    assert filled.content == b"ID,E-Mail,Bewertung\n1,ada,10\n"


def test_a_file_for_moodles_import_has_names_marks_and_feedback():
    filled = moodle.import_file("01-activations", marks({"ada": 10.0, "=bo": 7.5}))
    found = rows(filled.content)
    assert found[0] == ["Username", "01-activations", "01-activations feedback"]
    assert [row[:2] for row in found[1:]] == [["ada", "10"], ["'=bo", "7.5"]]
    assert "=bo" in filled.notes[0]
    addresses = moodle.import_file("01-activations", marks({"ada@uni.edu": 1.0}))
    assert rows(addresses.content)[0][0] == "Email address"


def test_feedback_is_short_and_says_why_nothing_could_be_graded():
    long = [AnswerResult(f"a{i}", 0, 1, False, "x", "y" * 500) for i in range(20)]
    assert len(feedback(Result("ada", "graded", "", long))) <= 1500
    assert feedback(Result("ada", "rejected", "The file is empty.", [])).endswith("The file is empty.")
    assert feedback(None) == ""


# Plain CSV, and formulas

FORMULAS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1",
    " =1+1",
    "＝1+1",
    "－1+1",
    "＠A",
    "﹢1",
    "\ufeff=1",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_would_compute_gets_a_quote(text):
    assert defuse(text).startswith("'")
    assert not re.search(r"[\t\r\n]", defuse(text))


@pytest.mark.parametrize("text", ["ada", "-5", "7.5", "", "a=b", "f(1, -2) gave 2", "O'Neill", "王小明", "x; y", "'=1"])
def test_other_text_and_numbers_stay_as_they_are(text):
    assert defuse(text) == text


def test_a_formula_behind_a_semicolon_is_defused_for_those_whose_lists_have_semicolons():
    assert defuse('ada;=1+1;"@x') == "ada;'=1+1;\"'@x"


@pytest.mark.parametrize("words", ["x >= y", "`z >= 0`, not a; = =b", "a <- b", "1 & -1", "plain"])
def test_code_in_a_page_of_moodles_reads_as_it_was_written_and_is_no_formula(words):
    cell = html_cell(words)
    assert defuse(cell) == cell
    assert html.unescape(re.sub("</?code>", "", cell)) == words.replace("`", "")


signs = st.sampled_from(list("=+-@;,\"' \t\r\na1＝＋\ufeff"))


@given(st.text(signs | st.characters(), max_size=12))
def test_no_text_of_a_stranger_begins_a_cell_like_a_formula_whatever_separates(text):
    content = as_csv([["ada", text]]).decode("utf-8-sig")
    assert len(list(csv.reader(io.StringIO(content, newline="")))) == 1
    for separator in ",;\t":
        for row in csv.reader(io.StringIO(content.rstrip(), newline=""), delimiter=separator):
            for cell in row:
                bare = cell.lstrip(' "\ufeff')
                assert bare[:1] not in set("=+-@＝＋－＠\t\r\n") or re.fullmatch(r'-[0-9.]+"?', bare), cell


def test_a_table_has_numbers_as_numbers_and_every_answer():
    cells = {"test-relu": 2.0, "why": -1.5}
    odd = [Submission("=ada", 7.0, 10.0, late=0.5, cells=cells, read_result=lambda: result("=ada"))]
    content = table(odd).content.decode("utf-8-sig")
    head, row = content.splitlines()
    assert (
        head == '"student","status","score","max","late penalty","relu","relu misconception","why","why misconception"'
    )
    assert row == '"\'=ada","graded",7,10,0.5,2,"relu-abs",-1.5,""'


@pytest.mark.parametrize(
    ("points", "text"), [(8, "8"), (7.5, "7.5"), (10 / 3, "3.33"), (-0.001, "0"), (1234.5, "1234.5")]
)
def test_points_have_two_decimals_at_most(points, text):
    assert format_points(points) == text
    assert read_number(format_points(points, comma=True)) == read_number(text)


def test_a_number_is_read_with_either_sign_and_in_thousands():
    assert [read_number(t) for t in ("10,5", " 10.50 ", "1.234,50", "1,234.50", "EX", "")] == [
        10.5,
        10.5,
        1234.5,
        1234.5,
        None,
        None,
    ]


# nbgrader's gradebook


@pytest.fixture(scope="module")
def gradebook(tmp_path_factory):
    """A gradebook of nbgrader's own making: marks by hand, extra credit, a late penalty, an answer that waits."""
    from nbgrader.api import Gradebook

    when = datetime.datetime(2026, 1, 1)
    with Gradebook(f"sqlite:///{tmp_path_factory.mktemp('book')}/gradebook.db") as book:
        book.add_assignment("01-activations", duedate=when)
        book.add_notebook("01-activations", "01-activations")
        book.add_grade_cell("test-relu", "01-activations", "01-activations", max_score=6, cell_type="code")
        book.add_grade_cell("why", "01-activations", "01-activations", max_score=4, cell_type="markdown")
        for student, auto, manual, extra, late in [
            ("ada", 6, 4, 1.5, 0), ("bo", 3, 2, None, 1), ("cy", 1, 0, None, 5), ("dee", 2, None, None, 0),
        ]:  # fmt: skip
            book.add_student(student, email=f"{student}@uni.edu")
            submission = book.add_submission("01-activations", student, timestamp=when)
            submission.notebooks[0].late_submission_penalty = late
            grades = {grade.name: grade for grade in submission.notebooks[0].grades}
            grades["test-relu"].auto_score, grades["test-relu"].needs_manual_grade = auto, False
            grades["why"].manual_score, grades["why"].extra_credit = manual, extra
            grades["why"].needs_manual_grade = manual is None
        book.add_student("never-handed-in")
        book.db.commit()
        yield book


def test_marks_are_those_of_nbgraders_own_export(gradebook, tmp_path):
    from nbgrader.plugins import CsvExportPlugin

    CsvExportPlugin(to=str(tmp_path / "stock.csv")).export(gradebook)
    stock = list(csv.DictReader((tmp_path / "stock.csv").open()))
    found = {mark.student: mark for mark in submissions_to("01-activations", gradebook)}
    expected = {row["student_id"]: float(row["score"]) for row in stock if row["student_id"] != "never-handed-in"}
    assert {student: mark.score for student, mark in found.items()} == expected
    assert expected == {"ada": 11.5, "bo": 4.0, "cy": 0.0, "dee": 2.0}
    assert found["ada"].cells == {"test-relu": 6.0, "why": 5.5}
    assert [mark.student for mark in found.values() if mark.waiting] == ["dee"]
    assert {mark.max_score for mark in found.values()} == {10.0}
    assert only_exercise(gradebook) == "01-activations"


def test_the_database_is_asked_a_few_questions_however_large_the_class(gradebook):
    from sqlalchemy import event

    asked = []
    gradebook.db.expire_all()
    event.listen(gradebook.engine, "before_cursor_execute", lambda *about: asked.append(about[2]))
    assert len(submissions_to("01-activations", gradebook)) == 4
    assert len(asked) <= 2


def test_students_are_also_found_by_the_address_in_the_gradebook(gradebook, file):
    text = "Student,ID,SIS Login ID,Section,01-activations (1)\nX,1,ADA@uni.edu,S,\nY,2,ada@elsewhere.edu,S,\n"
    filled = canvas.fill(file(text), "01-activations", submissions_to("01-activations", gradebook)[:1])
    assert [row[4] for row in rows(filled.content)[1:]] == ["11.5", ""]


def test_an_exercise_without_submissions_or_a_choice_of_two_is_refused(gradebook, tmp_path):
    with pytest.raises(CannotGoOn, match="holds no submission to 02-logits"):
        submissions_to("02-logits", gradebook)
    with pytest.raises(CannotGoOn, match="Choose one of"):
        export(Wanted(canvas=Path("a.csv"), moodle=True), gradebook)


# The commands, on a class that was graded


@pytest.fixture
def canvas_of_class(tmp_path):
    path = tmp_path / "canvas.csv"
    names = ["all-right", "right-and-loud", "two-wrong", "absent"]
    lines = [f'"{name}, X",{i},{name}@uni.edu,S,,9.5' for i, name in enumerate(names)]
    head = ["Student,ID,SIS Login ID,Section,Exercise 1: Activations (7),Other (8)", "    Points Possible,,,,10,10"]
    path.write_bytes("\r\n".join([*head, *lines, ""]).encode("utf-8-sig"))
    return path


def expected_of_class(path):
    text = path.read_bytes().decode()
    for name, score in {"all-right": 10, "right-and-loud": 10, "two-wrong": 6}.items():
        text = text.replace(f"{name}@uni.edu,S,,", f"{name}@uni.edu,S,{score},")
    return text.encode()


def test_the_command_fills_a_copy_of_the_canvas_file(sample_class, grader, canvas_of_class):
    build, _, _ = sample_class
    before = canvas_of_class.read_bytes()
    done = grader("export", "--canvas", canvas_of_class, build=build)
    assert done.returncode == 0, done.stderr
    assert [*canvas_of_class.parent.glob("*.csv")] == [canvas_of_class]
    assert canvas_of_class.read_bytes() == before
    assert (build / "marks/canvas-filled.csv").read_bytes() == expected_of_class(canvas_of_class)
    assert f"The marks are in {build / 'marks/canvas-filled.csv'}\n" in done.stdout
    assert "graded but not in the file: untouched." in done.stderr
    assert "left as they are: absent, X." in done.stderr
    again = grader("export", "--canvas", canvas_of_class, build=build)
    assert again.returncode == 2
    assert "is there already" in again.stderr


def test_the_command_writes_plain_csv_with_misconceptions(sample_class, grader, tmp_path):
    build, results, _ = sample_class
    done = grader("export", "01-activations", "--out", tmp_path / "all.csv", build=build)
    assert done.returncode == 0, done.stderr
    found = {row["student"]: row for row in csv.DictReader(io.StringIO((tmp_path / "all.csv").read_text("utf-8-sig")))}
    assert {name: float(row["score"]) for name, row in found.items()} == {
        entry["student"]: entry["score"] for entry in results["submissions"]
    }
    assert found["two-wrong"]["softmax misconception"] == "softmax-whole-batch"
    assert found["two-wrong"]["status"] == "graded"
    answers = [answer["name"] for answer in results["submissions"][0]["answers"]]
    assert [head for head in found["two-wrong"] if head in answers] == answers, "in the exercise's order"


def test_without_a_gradebook_the_command_says_so_and_makes_none(grader, tmp_path, canvas_of_class):
    done = grader("export", "--canvas", canvas_of_class, build=tmp_path / "empty")
    assert (done.returncode, done.stdout) == (2, "")
    assert "Run: python3 course.py grade EXERCISE --submitted FOLDER\n" in done.stderr
    named = grader("export", "02-logits", build=tmp_path / "empty")
    reported = grader("report", "02-logits", build=tmp_path / "empty")
    assert named.stderr == reported.stderr, "what there is to do is said in the same words"
    assert not (tmp_path / "empty/gradebook.db").exists()


def test_the_input_is_never_the_output(gradebook, canvas_of_class):
    with pytest.raises(CannotGoOn, match="stays as it is"):
        export(Wanted(canvas=canvas_of_class, out=canvas_of_class), gradebook)


def nbgrader_export(build, *arguments):
    command = [sys.executable, "-m", "nbgrader", "export", *map(str, arguments)]
    env = {**os.environ, "LOGIT_LAB_BUILD": str(build)}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=300)


@pytest.mark.slow
def test_nbgraders_own_export_command_fills_the_same_file(sample_class, canvas_of_class, tmp_path):
    build, _, _ = sample_class
    exporter = "--exporter=grader.classroom.marks.exporters.Canvas"
    done = nbgrader_export(build, exporter, f"--Canvas.exported={canvas_of_class}", f"--to={tmp_path}/out.csv")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out.csv").read_bytes() == expected_of_class(canvas_of_class)
    assert "graded but not in the file: untouched." in done.stderr


def test_nbgraders_exporter_ends_with_one_sentence_when_it_cannot_work(gradebook, caplog):
    from grader.classroom.marks.exporters import Canvas, Table

    for exporter, words in (
        (Canvas(), "--Canvas.exported=FILE.csv"),
        (Table(assignment=["a", "b"]), "give --assignment"),
    ):
        exporter.log.propagate = True
        with pytest.raises(SystemExit) as ended:
            exporter.export(gradebook)
        assert ended.value.code == 1
        assert words in caplog.text


@pytest.mark.slow
def test_nbgraders_own_export_command_writes_for_moodle(sample_class, tmp_path):
    build, _, _ = sample_class
    done = nbgrader_export(
        build,
        "--exporter=grader.classroom.marks.exporters.Moodle",
        "--assignment=01-activations",
        f"--to={tmp_path}/m.csv",
    )
    assert done.returncode == 0, done.stderr
    found = {row[0]: row for row in rows((tmp_path / "m.csv").read_bytes())}
    assert found["two-wrong"][1] == "6"
    assert "All rows together sum to 1" in found["two-wrong"][2]
    assert "seed" not in found["two-wrong"][2], "nothing of the hidden tests"
