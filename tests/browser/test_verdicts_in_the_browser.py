"""A verdict as a learner meets it: in the real JupyterLab, in pages without a kernel, and read by a screen reader.

Without Chromium these tests are skipped, and say so; where CI=true they fail, for there it must be installed.
"""

import re

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell
from real_lab import copy_of_the_course, lab

pytestmark = pytest.mark.slow

EXERCISE = "exercises/03-roundoff/03-roundoff.ipynb"
LESSON = "notebooks/03-roundoff.ipynb"
PAGES = "http://pages.invalid"  # where the browser is told to find what this test has rendered
WRONG = """
import numpy as np
from grader.checks.roundoff import check_softplus

def softplus(z):
    return np.log(1 + np.exp(z))

check_softplus(softplus)
"""
STEPS = ["The idea", "A way", "What should come out", "A solution"]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy of the course; in it the exercise of lesson 03 is one wrong answer and its check, both run."""
    folder = copy_of_the_course(tmp_path_factory.mktemp("course"))
    notebook = nbformat.read(folder / EXERCISE, as_version=4)
    notebook.cells = [new_code_cell(WRONG, id="softplus")]
    NotebookClient(notebook, timeout=120, kernel_name="python3", allow_errors=True).execute()
    nbformat.write(notebook, folder / EXERCISE)
    return folder


@pytest.fixture(scope="module")
def in_lab(chrome, course, tmp_path_factory):
    """The exercise in JupyterLab, its check run once more: outputs of others' files are drawn with care."""
    with lab(tmp_path_factory.mktemp("reader") / "home", root=course) as address:
        page = chrome.new_page(viewport={"width": 1280, "height": 1000})
        page.goto(re.sub(r"tree/[^?]*", f"tree/{EXERCISE}", address) + "&reset")
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=60_000)
        yield page
        page.close()


@pytest.fixture(scope="module")
def rendered(chrome, course):
    """The same as a page without a kernel, at an address that ends as the notebook's does, beside the lesson."""
    page = chrome.new_page(viewport={"width": 1280, "height": 1000})
    pages = {name: HTMLExporter().from_filename(str(course / name))[0] for name in (EXERCISE, LESSON)}

    def answer(route):
        name = route.request.url.partition("#")[0].removeprefix(f"{PAGES}/")
        route.fulfill(body=pages[name], content_type="text/html") if name in pages else route.abort()

    page.route("**/*", answer)
    page.goto(f"{PAGES}/{EXERCISE}", wait_until="domcontentloaded")
    yield page
    page.close()


def run_again(page):
    """Run the one cell of the exercise, and wait for its new verdict."""
    page.locator(".jp-Notebook:visible .cm-content").first.click()
    page.keyboard.press("Shift+Enter")
    page.locator(".jp-Notebook:visible .jp-InputPrompt").get_by_text("[*]:").wait_for(state="detached", timeout=60_000)
    page.locator("[role=status]:visible").wait_for(timeout=60_000)


@pytest.fixture(params=["as it was opened", "as it was run", "without a kernel"])
def page(request):
    """Each place where a verdict is read, all steps of help folded."""
    if request.param == "without a kernel":
        found = request.getfixturevalue("rendered")
        found.goto(f"{PAGES}/{EXERCISE}", wait_until="domcontentloaded")
        return found
    found = request.getfixturevalue("in_lab")
    if request.param == "as it was run":
        run_again(found)
    return found


def heard(page):
    """Return what the browser tells a screen reader of a page: of each thing its role, its name and its properties."""
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    return [
        (
            node["role"]["value"],
            node.get("name", {}).get("value", ""),
            {each["name"]: each["value"].get("value") for each in node.get("properties", [])},
        )
        for node in nodes
        if not node["ignored"]
    ]


def folds(page):
    """Return the steps of help in order, as a screen reader is told of them: role, and whether each is unfolded."""
    steps = [(name, role, about) for role, name, about in heard(page) if name in STEPS and "expanded" in about]
    assert [name for name, _, _ in steps] == STEPS
    assert all(role == "DisclosureTriangle" and about["focusable"] for _, role, about in steps)
    return [about["expanded"] for _, _, about in steps]


def words(page):
    """Return all text that a screen reader reaches."""
    return " ".join(name for _, name, _ in heard(page))


def test_each_step_of_help_opens_by_one_click_and_by_the_keyboard_and_is_told_to_a_screen_reader(page):
    assert folds(page) == [False] * 4
    assert "check_softplus.solution()" not in words(page)
    assert "should give" not in words(page)
    steps = page.locator("details:visible")
    steps.nth(0).locator("summary").click()
    assert folds(page) == [True, False, False, False]
    for place in (1, 2, 3):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.innerText") == STEPS[place], "the next one is one key away"
        page.keyboard.press("Enter" if place < 3 else "Space")
    page.wait_for_timeout(200)
    assert folds(page) == [True] * 4
    assert "should give" in words(page)
    assert "check_softplus.solution()" in words(page)
    for place in range(4):
        steps.nth(place).locator("summary").click()
    assert folds(page) == [False] * 4


def top_of(page, heading):
    """Return how far below the top of what is visible of its notebook or page a heading is, once that rests."""
    before = None
    for _ in range(60):
        page.wait_for_timeout(500)
        now = page.evaluate(
            """heading => {
                const found = [...document.querySelectorAll("h2")].filter(
                    each => each.innerText.startsWith(heading) && each.offsetParent);
                if (!found.length) return null;
                const room = found[0].closest(".jp-WindowedPanel-outer");
                return found[0].getBoundingClientRect().top - (room ? room.getBoundingClientRect().top : 0);
            }""",
            heading,
        )
        if now is not None and now == before and -1 <= now < 500:
            return now
        before = now
    return before


@pytest.mark.parametrize("place", ["in JupyterLab", "without a kernel"])
def test_read_about_it_lands_on_the_section_at_the_first_click(place, request):
    page = request.getfixturevalue("in_lab" if place == "in JupyterLab" else "rendered")
    page.get_by_role("link", name="Read about it").click()
    assert -1 <= top_of(page, "Softplus") < 500, "the heading is on the screen, in its upper half"
