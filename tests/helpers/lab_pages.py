"""JupyterLab's pages as the tests in a browser use them: a notebook is opened and run, a live figure is moved."""

import json
import re
import time
import urllib.request
from urllib.parse import parse_qs, urlsplit

import nbformat
import numpy as np
import psutil

SECONDS = 180  # for one notebook on a busy machine; the lessons' own limit is in their tests


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


def open_notebook(tab, path):
    """Close what is open in JupyterLab, open a notebook and wait for its kernel; the page is not loaded again."""
    close_all(tab)
    choose(tab, "File", "Open from Path…")
    tab.locator(".jp-Dialog input").fill(path)
    tab.locator(".jp-Dialog").get_by_role("button", name="Open").click()
    tab.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    tab.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=60_000)


def close_all(tab):
    """Close all notebooks in JupyterLab without saving them."""
    choose(tab, "File", "Close All Tabs")
    discard = tab.locator(".jp-Dialog").get_by_role("button", name="Discard")
    deadline = time.monotonic() + 60
    while tab.locator(".jp-Notebook").count():
        assert time.monotonic() < deadline, "a notebook stays open"
        if discard.count():
            discard.first.click()
        tab.wait_for_timeout(50)


def choose(tab, menu, *entries):
    """Choose an entry of JupyterLab's menu bar."""
    tab.locator("#jp-MainMenu").get_by_text(menu, exact=True).click()
    for entry in entries:
        tab.locator(".lm-Menu-item").get_by_text(entry, exact=True).first.click()


NO_CELL_WAITS = """() => {
    const prompts = [...document.querySelectorAll(".jp-Notebook .jp-CodeCell .jp-InputArea-prompt")];
    const texts = prompts.map(prompt => prompt.textContent);
    return texts.some(text => /\\d/.test(text)) && !texts.some(text => text.includes("*"));
}"""


def run_all(tab, course, path):
    """Run a notebook from top to bottom in a fresh kernel, save it when nothing waits any more, and return it."""
    open_notebook(tab, path)
    choose(tab, "Run", "Run All Cells")
    tab.wait_for_function(NO_CELL_WAITS, polling=200, timeout=SECONDS * 1000)
    with tab.expect_response(lambda answer: answer.request.method == "PUT" and "/api/contents/" in answer.url):
        tab.keyboard.press("Control+s")
    notebook = nbformat.read(course / path, as_version=4)
    assert all(cell.execution_count for cell in notebook.cells if cell.cell_type == "code")
    return notebook


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


def drag(tab, handle, bar):
    """Drag a slider's handle to the first quarter of its bar."""
    tab.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
    tab.mouse.down()
    tab.mouse.move(bar["x"] + bar["width"] / 4, handle["y"] + handle["height"] / 2, steps=5)
    tab.mouse.up()


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
