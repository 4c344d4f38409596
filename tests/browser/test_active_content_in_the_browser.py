"""A hostile class in the real formgrader, in feedback and in the report, in a real Chromium: no canary sings.

Without Chromium these tests are skipped, and say so; where CI=true they fail, for there it must be installed.
"""

import copy
import re

import nbformat
import pytest
from conftest import SAMPLES
from gradebooks import nbgrader
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell
from real_lab import copy_of_the_course, lab

pytestmark = pytest.mark.slow

NAME = "01-activations"
SING = "window.top.canary=1,window.canary=1"  # what every canary tries to run
CANARIES = [
    f"<img src=x onerror='{SING}'>",
    f"<script>{SING}</script>",
    f"<svg onload='{SING}'></svg>",
    f"<iframe srcdoc='<script>{SING}</script>'></iframe>",
    f"<details open ontoggle='{SING}'>x</details>",
    f"<a class=song href='javascript:{SING}'>click</a>",
    f"[click](javascript:{SING.replace('=', '%3D')})",
    f"<svg><p><style><g title='</style><img src=x onerror=\"{SING}\">'>",
    f"<form><button class=song formaction='javascript:{SING}'>click</button></form>",
    r"$\href{javascript:window.canary=1}{click}$",
    "<style>.nbgrader_cell {display: none}</style>",
    "<meta http-equiv=refresh content='0;url=/canary'>",
    "![x](/canary)",
]
NAMES = ["O'Brien;window.canary=1", "${window.canary=1}", "{{7*7}}", "javascript:canary", "=cmd()|' '!A1"]


@pytest.fixture(scope="module")
def graded(tmp_path_factory, grader):
    """Grade a class of canaries; return the build folder."""
    home = tmp_path_factory.mktemp("teacher")
    build = home / "lab-build"
    right = nbformat.read(SAMPLES / "all-right" / NAME / f"{NAME}.ipynb", as_version=4)
    hostile = copy.deepcopy(right)
    texts = [make(each) for each in CANARIES for make in (new_markdown_cell, new_raw_cell)]
    printed = f"print({CANARIES!r}, '\\x1b]0;x\\x07')\nraise ValueError({''.join(CANARIES)!r})"
    hostile.cells[1:1] = [*texts, new_code_cell(printed)]
    for cell in hostile.cells:
        if cell.id == "relu":
            cell.source = f"def relu(z):\n    raise ValueError({''.join(CANARIES)!r})"
    for student, notebook in {"canary": hostile, **dict.fromkeys(NAMES, right)}.items():
        folder = home / "in" / student / NAME
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / f"{NAME}.ipynb")
    (home / "in" / "<img src=x onerror=alert(1)>").mkdir()
    for command in (["grade", NAME, "--submitted", home / "in"], ["report", NAME]):
        done = grader(*command, build=build)
        assert done.returncode == 0, done.stderr
    made = nbgrader(build, "generate_feedback", NAME)
    assert made.returncode == 0, made.stderr
    return build


@pytest.fixture(scope="module")
def address(chrome, graded, tmp_path_factory):
    with lab(graded.parent / "home", root=copy_of_the_course(tmp_path_factory.mktemp("course"))) as found:
        yield found


@pytest.fixture
def tab(chrome):
    """Open a page; whoever asks for a canary, or opens a window, fails the test."""
    page = chrome.new_page(viewport={"width": 1280, "height": 1000})
    sung = []
    page.on("request", lambda request: sung.append(request.url) if request.url.endswith("/canary") else None)
    page.on("dialog", lambda dialog: (sung.append(dialog.message), dialog.dismiss()))
    page.on("popup", lambda popup: sung.append(popup.url))
    yield page
    assert sung == []
    page.close()


def is_silent(tab):
    """Press whatever a learner has put there, and insist that no canary sang."""
    for word in tab.get_by_text("click", exact=True).all():
        word.dispatch_event("click")
    for element in tab.locator("#notebook-container *, body > *").all()[:400]:
        element.dispatch_event("mouseover")
    tab.wait_for_timeout(500)
    assert tab.evaluate("window.canary") is None
    assert tab.locator("iframe, .song, form button").count() == 0


def test_formgrader_shows_a_hostile_submission_and_nothing_in_it_acts(tab, address):
    tab.goto(address)
    tab.goto(re.sub(r"/lab/.*\?", f"/formgrader/gradebook/{NAME}/{NAME}?", address))
    rows = tab.locator("tbody tr")
    rows.nth(len(NAMES)).wait_for(timeout=60_000)
    assert rows.count() == len(NAMES) + 1
    assert tab.evaluate("window.canary") is None
    rows.filter(has_text="8 / 10").locator("a").first.click()
    tab.get_by_text("Look at:").first.wait_for(timeout=60_000)
    is_silent(tab)
    assert tab.locator(".nbgrader_cell").first.is_visible()


@pytest.mark.parametrize("page", ["manage_students", f"manage_submissions/{NAME}"])
def test_formgraders_lists_of_hostile_names_are_silent(page, tab, address):
    tab.goto(address)
    tab.goto(re.sub(r"/lab/.*\?", f"/formgrader/{page}?", address))
    tab.locator("tbody tr").nth(len(NAMES)).wait_for(timeout=60_000)
    assert tab.evaluate("window.canary") is None


def test_feedback_and_report_are_silent(tab, graded):
    for page in (graded / f"feedback/canary/{NAME}/{NAME}.html", graded / f"reports/{NAME}.html"):
        tab.goto(page.as_uri())
        is_silent(tab)
