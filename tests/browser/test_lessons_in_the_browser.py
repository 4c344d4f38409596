"""The course as a reader sees it: the real JupyterLab in a real Chromium, on a copy that may be written into.

Without Chromium these tests are skipped, and say so; where CI=true they fail, for there it must be installed.
"""

import io
import json
import re
import time
import urllib.request
from urllib.parse import parse_qs, urlsplit

import nbformat
import numpy as np
import psutil
import pytest
from conftest import ROOT, SAMPLES
from nbformat.v4 import new_code_cell
from PIL import Image
from real_lab import copy_of_the_course, lab

pytestmark = pytest.mark.slow

NOTEBOOKS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
EXERCISE = "exercises/01-activations/01-activations.ipynb"
SECONDS = 180  # for one notebook on a busy machine; the lessons' own limit is in their tests


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return copy_of_the_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def address(chrome, course, tmp_path_factory, grader):
    home = tmp_path_factory.mktemp("reader") / "home"
    graded = grader("grade", "01-activations", "--submitted", SAMPLES, build=home.parent / "lab-build")
    assert graded.returncode == 0, graded.stderr
    with lab(home, root=course) as found:
        yield found


@pytest.fixture
def tab(chrome, address):
    page = chrome.new_page(viewport={"width": 1280, "height": 1000})
    yield page
    page.close()
    end_kernels(address)


def sessions(address, path="", method="GET"):
    """Return the answer of JupyterLab's server about the notebooks that are open, each with its kernel."""
    parts = urlsplit(address)
    head = {"Authorization": f"token {parse_qs(parts.query)['token'][0]}"}
    request = urllib.request.Request(f"http://{parts.netloc}/api/sessions{path}", headers=head, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read()


def end_kernels(address):
    """End what the test has started, so that memory is free for the next."""
    for session in json.loads(sessions(address)):
        sessions(address, f"/{session['id']}", "DELETE")


def the_kernel(address):
    """Return the process of the one kernel that runs."""
    [session] = json.loads(sessions(address))
    name = f"kernel-{session['kernel']['id']}.json"
    [found] = [each for each in psutil.process_iter(["cmdline"]) if name in " ".join(each.info["cmdline"] or [])]
    return found


def open_notebook(tab, address, path):
    """Open a notebook alone in JupyterLab and wait for its kernel."""
    tab.goto(re.sub(r"tree/[^?]*", f"tree/{path}", address) + "&reset")
    tab.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    tab.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=60_000)


def choose(tab, menu, *entries):
    """Choose an entry of JupyterLab's menu bar."""
    tab.locator("#jp-MainMenu").get_by_text(menu, exact=True).click()
    for entry in entries:
        tab.locator(".lm-Menu-item").get_by_text(entry, exact=True).first.click()


def saved(tab, file, finished, seconds=SECONDS):
    """Save the open notebook until it is finished, and return it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        tab.keyboard.press("Control+s")
        tab.wait_for_timeout(700)
        notebook = nbformat.read(file, as_version=4)
        if finished(notebook):
            return notebook
    raise AssertionError(f"{file.name} was not finished after {seconds} s")


def all_run(notebook):
    return all(cell.execution_count for cell in notebook.cells if cell.cell_type == "code")


def run_all(tab, address, course, path):
    open_notebook(tab, address, path)
    choose(tab, "Run", "Run All Cells")
    return saved(tab, course / path, all_run)


def cell(tab, id_, notebook):
    """Return the cell with this id on the page."""
    place = [cell.id for cell in notebook.cells].index(id_)
    return tab.locator(".jp-Notebook .jp-Cell").nth(place)


def live_figures(tab):
    """Return the cells on the page that hold a live figure which moves when its first slider does."""
    found = tab.locator(".jp-Notebook .jp-CodeCell").filter(has=tab.locator(".noUi-handle"))
    return [found.nth(k) for k in range(found.count()) if not found.nth(k).locator(".jupyter-button").count()]


def shown(figure):
    """Return what a live figure shows: its line of text and its picture."""
    pictures = figure.locator("img").evaluate_all("images => images.map(image => image.src)")
    return figure.locator("[role=status]").inner_text(), pictures


def changes(tab, figure, act):
    """Do something and wait until picture and text are others."""
    before = shown(figure)
    act()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        after = shown(figure)
        if after[0] != before[0] and after[1] != before[1]:
            return
        tab.wait_for_timeout(50)
    raise AssertionError(f"nothing moved; the figure still says: {before[0]}")


# --- the lessons


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_lesson_runs_and_its_live_figures_answer_to_keyboard_and_mouse(tab, address, course, name):
    notebook = run_all(tab, address, course, f"notebooks/{name}")
    outputs = [output for each in notebook.cells for output in each.get("outputs", [])]
    assert not [output for output in outputs if output.output_type == "error"]
    assert not [output.text for output in outputs if output.get("name") == "stderr"]
    pictures = [
        text for output in outputs for text in re.findall("<img [^>]*>", output.get("data", {}).get("text/html", ""))
    ]
    assert all(re.search(r'alt="[^"]{20,}"', picture) for picture in pictures)
    assert not [output for output in outputs if "image/png" in output.get("data", {})], "a picture without words"
    figures = live_figures(tab)
    assert figures or name[:2] in ("00", "07"), "07 has two figures of another kind; see below"
    for figure in figures:
        figure.scroll_into_view_if_needed()
        handle = figure.locator(".noUi-handle").first
        handle.focus()
        changes(tab, figure, lambda: [tab.keyboard.press("ArrowRight") for _ in range(3)])
        handle.scroll_into_view_if_needed()
        box, bar = handle.bounding_box(), figure.locator(".noUi-target").first.bounding_box()
        changes(tab, figure, lambda at=box, bar=bar: drag(tab, at, bar))


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


def run_one_cell(tab, address, course, code):
    """Run a notebook of one cell and wait until its kernel has drawn all that the page asks for; return the kernel."""
    lesson = nbformat.read(course / "notebooks/01-activations.ipynb", as_version=4)
    lesson.cells = [new_code_cell(code, id="figures")]
    nbformat.write(lesson, course / "notebooks/one-cell.ipynb")
    run_all(tab, address, course, "notebooks/one-cell.ipynb")
    kernel, deadline = the_kernel(address), time.monotonic() + SECONDS
    tab.wait_for_timeout(1000)
    while kernel.cpu_percent(1.0) > 5:
        assert time.monotonic() < deadline, "the page asks for pictures without end"
    return kernel


def test_the_page_fetches_no_more_pictures_than_it_keeps(tab, address, course):
    run_one_cell(tab, address, course, FINE_SLIDER)  # of 10,001 steps


def test_a_live_figure_answers_while_its_kernel_does_not(tab, address, course):
    kernel = run_one_cell(tab, address, course, TWO_FIGURES)
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


def test_a_training_is_drawn_while_it_runs_and_its_sliders_stay_alive(tab, address, course):
    notebook = run_all(tab, address, course, "notebooks/07-digits.ipynb")
    figure = cell(tab, "training-figure", notebook)
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


def test_the_images_of_a_confused_pair_are_found_from_the_keyboard(tab, address, course):
    notebook = run_all(tab, address, course, "notebooks/07-digits.ipynb")
    figure = cell(tab, "confusion-figure", notebook)
    figure.scroll_into_view_if_needed()
    choices = figure.locator("select")
    for k in range(choices.count()):
        changes(tab, figure, lambda k=k: choices.nth(k).select_option(index=2))


def drag(tab, handle, bar):
    """Drag a slider's handle to the first quarter of its bar."""
    tab.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
    tab.mouse.down()
    tab.mouse.move(bar["x"] + bar["width"] / 4, handle["y"] + handle["height"] / 2, steps=5)
    tab.mouse.up()


def test_the_start_page_leads_to_lesson_01(tab, address, course):
    run_all(tab, address, course, "notebooks/00-start.ipynb")
    tab.locator(".jp-OutputArea a").get_by_text("01 Activations").click()
    tab.locator(".jp-Notebook h1").get_by_text("01 Activations").wait_for(timeout=30_000)


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_a_live_figure_can_be_read_on_light_and_on_dark(tab, address, course, theme):
    run_all(tab, address, course, "notebooks/01-activations.ipynb")
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


def colour(element, style):
    """Return an element's colour; for a background the first one around it that is not transparent."""
    text = element.evaluate(
        """(element, style) => {
            let found = getComputedStyle(element)[style];
            while (/rgba\\(.*, 0\\)/.test(found)) {
                element = element.parentElement;
                found = getComputedStyle(element)[style];
            }
            return found;
        }""",
        style,
    )
    return np.array([float(number) for number in re.findall(r"[\d.]+", text)[:3]])


def contrast(one, other):
    """Return the contrast ratio of two colours as WCAG 2.1 defines it."""
    light = []
    for value in (one, other):
        c = np.asarray(value, dtype=float) / 255
        linear = np.where(c <= 0.03928, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
        light.append(float(linear @ [0.2126, 0.7152, 0.0722]))
    return (max(light) + 0.05) / (min(light) + 0.05)


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


def test_a_learner_is_led_from_a_wrong_answer_over_a_hint_to_the_right_one(tab, address, course):
    notebook = nbformat.read(course / EXERCISE, as_version=4)
    open_notebook(tab, address, EXERCISE)
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


def validate(tab, address, path):
    """Press nbgrader's button and return what it says."""
    open_notebook(tab, address, path)
    tab.get_by_role("button", name="Validate").click()
    dialog = tab.locator(".jp-Dialog").filter(has_text=re.compile("Success|Failed|fail", re.IGNORECASE))
    dialog.wait_for(timeout=120_000)
    return dialog.inner_text()


def test_nbgraders_validate_tells_right_from_unfinished_work(tab, address, course):
    assert "Success" in validate(tab, address, "solutions/01-activations/01-activations.ipynb")
    (course / "exercises/02-logits/02-logits.ipynb").touch()
    assert "Success" not in validate(tab, address, "exercises/02-logits/02-logits.ipynb")


# --- a teacher


def test_formgrader_shows_a_graded_class_and_a_submission_with_its_verdicts(tab, address):
    tab.goto(address)  # signs in
    tab.goto(re.sub(r"/lab/.*\?", "/formgrader/gradebook/01-activations/01-activations?", address))
    rows = tab.locator("tbody tr")
    rows.nth(3).wait_for(timeout=60_000)
    assert rows.count() == len(list(SAMPLES.iterdir())) == 4
    scores = sorted(re.search(r"([\d.]+) / 10", row).group(1) for row in rows.all_inner_texts())
    assert sorted(map(float, scores)) == [0, 6, 10, 10]
    rows.filter(has_text="6 / 10").locator("a").first.click()
    tab.get_by_text("Look at:").first.wait_for(timeout=60_000)
