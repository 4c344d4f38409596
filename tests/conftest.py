"""What several test modules use: a class of its own for each run, notebooks made from the released one."""

import copy
import json
import os
import re
from pathlib import Path

import nbformat
import pytest
from kept_outputs import kept_outputs
from real_lab import chromium

from grader.lab.jupyter import keep_inside

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = Path(__file__).parent / "submissions"
LEFT_OUT = str(Path(__file__).parent / "helpers/left_out")
if LEFT_OUT not in os.environ.get("PYTHONPATH", ""):  # for the processes that the tests start
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [LEFT_OUT, os.environ.get("PYTHONPATH")]))
IN_THE_BROWSER = "test_lessons_in_the_browser.py"  # it runs every lesson and compares what nbval compares


def do_without(words):
    """Skip the tests for want of a program; where CI=true, which installs them all, fail."""
    pytest.fail(words) if os.environ.get("CI") == "true" else pytest.skip(words)


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config, items):
    """Leave notebooks that build models to the slow tests, and those of them that the browser runs to the browser."""
    notebooks = {item.path for item in items if item.path.suffix == ".ipynb"}
    with_models = {path for path in notebooks if re.search("import [a-z, ]*keras", path.read_text("utf-8"))}
    for item in items:
        if item.path in notebooks:  # nbval's: a code cell
            kept = kept_outputs(item.path.stem).get(item.cell.id, [])
            item.cell.update(outputs=kept, execution_count=1 if kept else None)  # nbval asks whether it was run
        if item.path in with_models:
            item.add_marker("slow")
    chosen = yield  # what is not asked for is left out
    there = {item.callspec.params["lesson"] for item in items if item.path.name == IN_THE_BROWSER}
    if chromium():
        lessons = {path for path in with_models if path.parent.name == "notebooks" and path.name in there}
        again = [item for item in items if item.path in lessons]
        config.hook.pytest_deselected(items=again)
        items[:] = [item for item in items if item not in again]
    return chosen


@pytest.fixture(scope="module")
def chrome():
    """Open a headless Chromium."""
    from real_lab import browser

    if not chromium():
        do_without("no Chromium was found; install it (Debian: apt-get install chromium) to run the tests in a browser")
    with browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def course_copy(tmp_path_factory):
    """Copy the course, so that a browser can write into its notebooks."""
    from real_lab import copy_of_the_course

    return copy_of_the_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Return the home folder of a reader, which is not there yet; beside it is the build folder."""
    return tmp_path_factory.mktemp("reader") / "home"


@pytest.fixture(scope="module")
def address(chrome, course_copy, home):
    """Run JupyterLab on the copy of the course."""
    from real_lab import lab

    with lab(home, root=course_copy) as found:
        yield found


@pytest.fixture(scope="module")
def lab_tab(chrome, address):
    """Open JupyterLab in a tab."""
    page = chrome.new_page(viewport={"width": 1280, "height": 1000})
    page.goto(re.sub(r"/tree/[^?]*", "", address))
    yield page
    page.close()


@pytest.fixture
def tab(lab_tab, address):
    """Return the tab with JupyterLab, and end the kernels that are started in it."""
    from lab_pages import end_kernels

    yield lab_tab
    end_kernels(address)


@pytest.fixture(scope="session", autouse=True)
def _jupyter_inside_the_project():
    keep_inside()


@pytest.fixture(scope="session")
def grader(tmp_path_factory):
    """Run the command line in a process of its own, with a build folder of its own."""
    from warm_grader import warm_grader

    with warm_grader(tmp_path_factory.mktemp("commands")) as warm:
        yield lambda *arguments, build, **env: warm.run(*arguments, build=build, COLUMNS="120", **env)


@pytest.fixture(scope="session")
def released():
    return nbformat.read(ROOT / "exercises/01-activations/01-activations.ipynb", as_version=4)


@pytest.fixture
def answered(released):
    """Return the released notebook with other code in some of its cells, as bytes."""

    def make(**answers):
        notebook = copy.deepcopy(released)
        for cell in notebook.cells:
            cell.source = answers.get(cell.id.replace("-", "_"), cell.source)
        return nbformat.writes(notebook).encode()

    return make


@pytest.fixture(scope="session")
def sample_class(tmp_path_factory, grader):
    """Grade the sample submissions once; return the build folder and the results that the JSON file holds."""
    build = tmp_path_factory.mktemp("class")
    done = grader("grade", "01-activations", "--submitted", SAMPLES, "--json", build / "out.json", build=build)
    assert done.returncode == 0, done.stderr
    return build, json.loads((build / "out.json").read_text("utf-8")), done
