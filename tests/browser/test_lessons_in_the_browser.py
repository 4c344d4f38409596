"""Every lesson as a reader sees it: run once in the real JupyterLab, in a real Chromium, on a copy of the course.

A lesson's run is what all tests here look at, and is compared with the outputs that the notebook keeps, so that nbval
need not run it once more; see conftest.py.
"""

import io
import json
import re
from typing import NamedTuple

import numpy as np
import pytest
from conftest import ROOT
from kept_outputs import kept_outputs
from lab_pages import cell, changes, choose, colour, contrast, drag, end_kernels, live_figures, run_all
from nbformat import NotebookNode
from PIL import Image
from playwright.sync_api import Page

pytestmark = pytest.mark.slow

NOTEBOOKS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))


class Ran(NamedTuple):
    """A lesson that was run from top to bottom."""

    name: str
    notebook: NotebookNode  # as it was saved
    tab: Page


@pytest.fixture(scope="module")
def lesson(request, lab_tab, address, course_copy):
    """Run a lesson once; tests that name the same one look at it one after another."""
    try:
        yield Ran(request.param, run_all(lab_tab, course_copy, f"notebooks/{request.param}"), lab_tab)
    finally:
        end_kernels(address)


def of(*names):
    """Have a test look at these lessons."""
    return pytest.mark.parametrize("lesson", names, indirect=True)


@of(*NOTEBOOKS)
def test_a_lesson_runs_and_its_live_figures_answer_to_keyboard_and_mouse(lesson):
    notebook, tab = lesson.notebook, lesson.tab
    outputs = [output for each in notebook.cells for output in each.get("outputs", [])]
    assert not [output for output in outputs if output.output_type == "error"]
    assert not [output.text for output in outputs if output.get("name") == "stderr"]
    pictures = [
        text for output in outputs for text in re.findall("<img [^>]*>", output.get("data", {}).get("text/html", ""))
    ]
    assert all(re.search(r'alt="[^"]{20,}"', picture) for picture in pictures)
    assert not [output for output in outputs if "image/png" in output.get("data", {})], "a picture without words"
    figures = live_figures(tab)
    assert figures or lesson.name[:2] in ("00", "07"), "07 has two figures of another kind; see below"
    for figure in figures:
        figure.scroll_into_view_if_needed()
        handle = figure.locator(".noUi-handle").first
        handle.focus()
        changes(tab, figure, lambda: [tab.keyboard.press("ArrowRight") for _ in range(3)])
        handle.scroll_into_view_if_needed()
        box, bar = handle.bounding_box(), figure.locator(".noUi-target").first.bounding_box()
        changes(tab, figure, lambda at=box, bar=bar: drag(tab, at, bar))


def put_out(outputs):
    """Return what a cell has put out, as nbval looks at it: what was printed in one piece, and no numbers of runs."""
    printed = "".join(output.text for output in outputs if output.output_type == "stream")
    others = [output for output in outputs if output.output_type != "stream"]
    return printed, [(output.get("data"), output.get("ename"), output.get("evalue")) for output in others]


@of(*NOTEBOOKS)
def test_a_lesson_puts_out_what_it_keeps(lesson):
    kept = kept_outputs(lesson.name.removesuffix(".ipynb"))
    assert kept or lesson.name == "00-start.ipynb"
    cells = {each.id: each for each in lesson.notebook.cells}
    for id_, outputs in kept.items():
        assert put_out(cells[id_].outputs) == put_out(outputs), id_


@of("07-digits.ipynb")
def test_a_training_is_drawn_while_it_runs_and_its_sliders_stay_alive(lesson):
    tab, figure = lesson.tab, cell(lesson.tab, "training-figure", lesson.notebook)
    figure.scroll_into_view_if_needed()
    epochs = figure.locator(".noUi-handle").nth(1)
    epochs.focus()
    changes(tab, figure, lambda: tab.keyboard.press("End"))
    figure.get_by_role("button", name="Train").click()
    line = figure.locator("[role=status]")
    line.filter(has_text=re.compile(r"epoch [1-9]\d* of 40: training accuracy")).wait_for(timeout=60_000)
    changes(tab, figure, lambda: None)  # the curves grow
    epochs.focus()
    tab.keyboard.press("ArrowLeft")
    line.filter(has_text=re.compile(r"next: dropout 0.2, 39 epochs")).wait_for(timeout=20_000)
    figure.get_by_role("button", name="Stop").click()
    line.filter(has_text=re.compile("(stopped|done) after epoch")).wait_for(timeout=30_000)
    assert re.search("validation accuracy 0[.][0-9]+", line.inner_text())


@of("07-digits.ipynb")
def test_the_images_of_a_confused_pair_are_found_from_the_keyboard(lesson):
    tab, figure = lesson.tab, cell(lesson.tab, "confusion-figure", lesson.notebook)
    figure.scroll_into_view_if_needed()
    choices = figure.locator("select")
    for k in range(choices.count()):
        changes(tab, figure, lambda k=k: choices.nth(k).select_option(index=2))


@of("01-activations.ipynb")
@pytest.mark.parametrize("theme", ["JupyterLab Dark", "JupyterLab Light"])
def test_a_live_figure_can_be_read_on_light_and_on_dark(lesson, theme):
    tab = lesson.tab
    choose(tab, "Settings", "Theme", theme)
    light = json.dumps(theme.endswith("Light"))
    tab.wait_for_function(f"document.body.dataset.jpThemeLight === '{light}'")
    figure = live_figures(tab)[0]
    figure.scroll_into_view_if_needed()
    ink, paper = (colour(figure.locator("[role=status]"), style) for style in ("color", "background-color"))
    assert contrast(ink, paper) >= 4.5, "the line of text"
    picture = Image.open(io.BytesIO(figure.locator("img").last.screenshot())).convert("RGB")
    pixels = np.asarray(picture)
    assert np.abs(pixels[2, -2].astype(int) - paper).max() <= 2, "the picture lets the page show through"
    assert max(contrast(ink, paper) for ink in np.unique(pixels.reshape(-1, 3), axis=0)[::25]) >= 3


@of("00-start.ipynb")
def test_the_start_page_leads_to_lesson_01(lesson):
    tab = lesson.tab
    tab.locator(".jp-OutputArea a").get_by_text("01 Activations").click()
    tab.locator(".jp-Notebook h1").get_by_text("01 Activations").wait_for(timeout=30_000)
