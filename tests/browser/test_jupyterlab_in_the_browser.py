"""JupyterLab in a real Chromium beside the lessons: figures and their kernel, a learner, a teacher."""

import re
import time

import nbformat
import pytest
from conftest import SAMPLES
from lab_pages import SECONDS, cell, open_notebook, run_all, the_kernel
from nbformat.v4 import new_code_cell

pytestmark = pytest.mark.slow

EXERCISE = "exercises/01-activations/01-activations.ipynb"


# --- live figures and their kernel


TWO_FIGURES = """
import numpy as np
from IPython.display import display
import figures
p = np.linspace(0.05, 0.95, 10)
display(figures.threshold_explorer(np.ones(10), p), figures.threshold_explorer(np.zeros(10), p))
"""


FINE_SLIDER = """
import numpy as np
import figures
figure = figures.threshold_explorer(np.ones(10), np.linspace(0.05, 0.95, 10))
figure.controls["threshold"].step = 0.0001
figure
"""


def run_one_cell(tab, address, course_copy, code):
    """Run a notebook of one cell and wait until its kernel has drawn all that the page asks for; return the kernel."""
    lesson = nbformat.read(course_copy / "notebooks/01-activations.ipynb", as_version=4)
    lesson.cells = [new_code_cell(code, id="figures")]
    nbformat.write(lesson, course_copy / "notebooks/one-cell.ipynb")
    run_all(tab, course_copy, "notebooks/one-cell.ipynb")
    kernel, deadline = the_kernel(address), time.monotonic() + SECONDS
    tab.wait_for_timeout(1000)
    while kernel.cpu_percent(1.0) > 5:
        assert time.monotonic() < deadline, "the page asks for pictures without end"
    return kernel


def test_the_page_fetches_no_more_pictures_than_it_keeps(tab, address, course_copy):
    run_one_cell(tab, address, course_copy, FINE_SLIDER)  # of 10,001 steps


def test_a_live_figure_answers_while_its_kernel_does_not(tab, address, course_copy):
    kernel = run_one_cell(tab, address, course_copy, TWO_FIGURES)
    kernel.suspend()
    try:
        for number, text in enumerate(("recall 0.400; right 4 of", "recall not defined; right 0 of")):
            tab.locator(".noUi-handle").nth(number).focus()
            line, picture = tab.locator("[role=status]").nth(number), tab.locator(".jp-OutputArea img").nth(number)
            for threshold in range(51, 57):
                before = picture.get_attribute("src")
                tab.keyboard.press("ArrowRight")
                line.filter(has_text=f"threshold 0.{threshold}:").wait_for(timeout=5000)
                assert picture.get_attribute("src") != before
            assert text in line.inner_text()
            assert picture.get_attribute("alt") == line.inner_text()
    finally:
        kernel.resume()


# --- a learner


def write(tab, cell, code):
    """Replace the code of a cell and run it."""
    cell.scroll_into_view_if_needed()
    cell.locator(".cm-content").click()
    tab.keyboard.press("Control+a")
    tab.keyboard.insert_text(code)
    tab.keyboard.press("Shift+Enter")


def run(tab, cell):
    cell.scroll_into_view_if_needed()
    cell.locator(".cm-content").click()
    tab.keyboard.press("Shift+Enter")


def test_a_learner_is_led_from_a_wrong_answer_over_a_hint_to_the_right_one(tab, course_copy):
    notebook = nbformat.read(course_copy / EXERCISE, as_version=4)
    open_notebook(tab, EXERCISE)
    answer, test = (cell(tab, id_, notebook) for id_ in ("relu", "test-relu"))
    run(tab, cell(tab, "imports", notebook))
    write(tab, answer, "def relu(z):\n    return np.abs(z)")
    run(tab, test)
    test.get_by_text("A negative logit becomes positive here.").wait_for(timeout=60_000)
    assert "relu(-2.0) gave 2" in test.locator(".jp-OutputArea").inner_text()
    assert "Traceback" not in test.locator(".jp-OutputArea").inner_text()

    test.locator(".jp-OutputArea").get_by_text("Read about it").click()
    tab.locator(".jp-Notebook:visible h1").get_by_text("01 Activations").wait_for(timeout=30_000)
    tab.locator(".lm-TabBar-tab").get_by_text("01-activations.ipynb").first.click()

    write(tab, answer, "check_relu.hint()")
    answer.locator(".jp-OutputArea").get_by_text("0").first.wait_for(timeout=30_000)
    write(tab, answer, "def relu(z):\n    return np.maximum(0, z)")
    run(tab, test)
    test.get_by_text("relu: right.").wait_for(timeout=30_000)
    assert "Look at" not in test.locator(".jp-OutputArea").inner_text()


def validate(tab, path):
    """Press nbgrader's button and return what it says."""
    open_notebook(tab, path)
    tab.get_by_role("button", name="Validate").click()
    dialog = tab.locator(".jp-Dialog").filter(has_text=re.compile("Success|Failed|fail", re.IGNORECASE))
    dialog.wait_for(timeout=120_000)
    words = dialog.inner_text()
    dialog.get_by_role("button").last.click()
    return words


def test_nbgraders_validate_tells_right_from_unfinished_work(tab, course_copy):
    assert "Success" in validate(tab, "solutions/01-activations/01-activations.ipynb")
    (course_copy / "exercises/02-logits/02-logits.ipynb").touch()
    assert "Success" not in validate(tab, "exercises/02-logits/02-logits.ipynb")


# --- a teacher


def test_formgrader_shows_a_graded_class_and_a_submission_with_its_verdicts(chrome, lab_tab, address, home, grader):
    graded = grader("grade", "01-activations", "--submitted", SAMPLES, build=home.parent / "lab-build")
    assert graded.returncode == 0, graded.stderr
    tab = chrome.new_page(storage_state=lab_tab.context.storage_state())  # signed in
    tab.goto(re.sub(r"/lab/.*\?", "/formgrader/gradebook/01-activations/01-activations?", address))
    rows = tab.locator("tbody tr")
    rows.nth(3).wait_for(timeout=60_000)
    assert rows.count() == len(list(SAMPLES.iterdir())) == 4
    scores = sorted(re.search(r"([\d.]+) / 10", row).group(1) for row in rows.all_inner_texts())
    assert sorted(map(float, scores)) == [0, 6, 10, 10]
    rows.filter(has_text="6 / 10").locator("a").first.click()
    tab.get_by_text("Look at:").first.wait_for(timeout=60_000)
    tab.close()
