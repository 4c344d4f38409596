"""The page that a student gets back: it stands alone, says what was found in which answer, and its formulas are set."""

import re

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from grader.classroom.feedback.formulas import LONGEST, mathml, set_formulas
from grader.classroom.feedback.page import HandedBack
from grader.gradebook.release import course_directory
from grader.judging.results import AnswerResult, Result, keep_record

NAME = "01-activations"


def graded(id_, cell, **about):
    cell.metadata.nbgrader = nbformat.from_dict({"grade_id": id_, "grade": False, "solution": False, **about})
    return cell


@pytest.fixture(scope="module")
def shown():
    wrong = new_output("display_data", {"text/html": '<div role="status"><code>relu</code>: relu(-2) gave 2.</div>'})
    error = new_output("error", ename="NotYet", evalue="x", traceback=["relu is not right yet"])
    png = new_output("display_data", {"image/png": "iVBORw0KGgo="})
    nb = new_notebook(
        cells=[
            new_markdown_cell("# Title\n\nFor $z < 0$ see `$x$` and [the lesson](../../notebooks/x.ipynb).\n\n$$e^z$$"),
            graded(
                "relu", new_code_cell("def relu(z): return '</script>'", outputs=[png]), solution=True, comment="Why?"
            ),
            graded(
                "test-relu", new_code_cell("check_relu(relu)", outputs=[wrong, error]), grade=True, score=0, points=2
            ),
            graded("why", new_markdown_cell("Because."), grade=True, solution=True, score=1.5, points=0, comment="$p$"),
        ]
    )
    answers = [AnswerResult("relu", 0, 2, False, "relu-abs", "seen", "hint", ("raises-error",), ("And.",))]
    keep_record(nb, Result("ann", "partly_graded", "A cell <stopped>.", answers))
    about = {"notebook": NAME, "score": 1.5, "max_score": 2.0, "late_penalty": 0.5}
    page, _ = HandedBack(config=course_directory().config).from_notebook_node(nb, {"nbgrader": about})
    return page


def test_the_page_loads_and_runs_nothing_and_its_links_lead_somewhere(shown):
    page = BeautifulSoup(shown, "html.parser")
    assert not page.find_all(["script", "link", "iframe"])
    assert all(image["src"].startswith("data:") and image["alt"] for image in page.find_all("img"))
    assert not re.search(r"(?:src|href)=.(?!#|data:)", shown)
    assert "default-src 'none'" in page.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    targets = {each["id"] for each in page.find_all(id=True)}
    assert {link["href"][1:] for link in page.find_all("a", href=True)} <= targets
    assert len(targets) == len(page.find_all(id=True))


def test_the_page_names_each_answer_its_points_and_what_was_found(shown):
    page = BeautifulSoup(shown, "html.parser")
    assert page.h1.get_text() == f"{NAME}: 1.5 of 2 points"
    assert [item.get_text() for item in page.select("nav li")] == [
        "relu: 0 of 2 points; misconception: Relu abs; Stops with an error.",
        "why: 1.5 points beyond those of the exercise.",
    ]
    text = page.get_text()
    assert "Answer 1: test of relu, 0 of 2 points" in text
    assert "A cell <stopped>." in text
    assert "Points taken off because the work was late: 0.5." in text
    assert text.count("Comment of your teacher") == 2
    assert "relu(-2) gave 2." in text
    assert "not right yet" not in text, "the same once more"


def test_formulas_are_set_and_code_stays(shown):
    page = BeautifulSoup(shown, "html.parser")
    assert [each.get_text() for each in page.find_all("math")] == ["z<0", "ez", "p"]
    assert page.find_all("math")[1]["display"] == "block"
    assert "$x$" in page.code.get_text() or "$x$" in page.get_text()


@pytest.mark.parametrize(
    "latex", [r"\text{<img src=x onerror=alert(1)>}", r"\href{javascript:x}{y}", "<b>z</b>", "\x00", "{" * 99]
)
def test_nothing_that_a_stranger_writes_between_two_dollars_acts(latex):
    made = BeautifulSoup(mathml(latex), "html.parser")
    assert not made.find_all(["img", "a", "b", "script"])
    assert not [tag for tag in made.find_all(True) if any(name.startswith(("on", "href")) for name in tag.attrs)]


def test_what_is_no_formula_stays_as_it_is():
    for text in (
        "<p>It costs $5 and $6.</p>",
        "<pre>$a$</pre>",
        "<code>$a$ <span>$b$</span></code>",
        f"${'x' * (LONGEST + 1)}$",
    ):
        assert set_formulas(text) == text
    assert set_formulas("<code>$a$</code> $b$").count("<math") == 1
