"""One step of a slider in the real JupyterLab: from the key press to the new picture in the page.

Four ways, alternating in one run; the first three show the same picture. Our live figure as it is: the reader rests
before each step, and meanwhile the page has fetched the pictures of the next ones. The same figure with each picture
drawn when it is asked for. `@interact` with an inline figure of pyplot. And a label alone, which is the bare round trip
through the kernel. Run from the project's folder:

    .venv/bin/python -m benchmarks.live_figures
"""

import json
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Page

from tests.helpers.real_lab import ROOT, lab, page

STEPS, ROUNDS = 22, 5
WAYS = [("ours", 0, "picture"), ("on demand", 1, "picture"), ("interact", 2, "picture"), ("label", 3, "label")]

OURS = """
import sys
sys.path.insert(0, {notebooks!r})
from figures import activation_explorer
figure = activation_explorer()
figure.controls["activation"].value = "sigmoid"
figure.controls["z"].value = -8
figure.view.ahead = {ahead}
figure
"""

# The same picture, drawn as a reader would draw it with what the course teaches: pyplot and @interact. Colours, grid,
# layout, legend and the line of text are those of ours, so that both show the same.
INTERACT = """
import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
from figures.activations import sigmoid
from figures.style import BLUE, GREY, VERMILION, legend_above, paint_axes
from ipywidgets import interact

@interact(z=ipywidgets.FloatSlider(min=-8, max=8, step=0.1, value=-8))
def draw(z):
    figure, axes = plt.subplots(figsize=(6.4, 3.2), dpi=100, facecolor="none", layout="constrained")
    paint_axes(axes)
    x = np.linspace(-8, 8, 401)
    axes.plot(x, sigmoid(x), color=BLUE, lw=2.5, label="output")
    axes.plot(x, sigmoid(x) * (1 - sigmoid(x)), color=VERMILION, lw=2, ls="--", label="slope")
    axes.set(xlim=(-8.2, 8.2), ylim=(-0.1, 1.1))
    axes.set_xlabel("logit z", color=GREY)
    legend_above(axes)
    at = sigmoid(z)
    axes.axvline(z, color=GREY, lw=1, ls=":")
    axes.plot([z], [at], "o", color=BLUE, ms=10)
    axes.plot([z], [at * (1 - at)], "s", color=VERMILION, ms=8)
    plt.show()
    print(f"sigmoid at z = {z:.1f}: output {at:.3f}, slope {at * (1 - at):.3f}")
"""

LABEL = """
import ipywidgets
slider, label = ipywidgets.FloatSlider(min=-8, max=8, step=0.1, value=-8), ipywidgets.HTML("-8.0")
slider.observe(lambda change: setattr(label, "value", f"{change.new:.1f}"), "value")
ipywidgets.VBox([slider, label])
"""

# From the key's own event to the first frame after the output has changed and its picture is decoded.
MEASURE = """
([cell, kind]) => new Promise((resolve, reject) => {
  const area = document.querySelectorAll('.jp-Notebook .jp-CodeCell')[cell].querySelector('.jp-Cell-outputArea');
  const look = () => kind === 'label' ? area.querySelector('.widget-html-content').textContent
                                      : ([...area.querySelectorAll('img')].at(-1) || {}).src;
  const before = look();
  let start = 0;
  area.addEventListener('keydown', () => { start = performance.now(); }, {capture: true, once: true});
  const observer = new MutationObserver(async () => {
    if (!start || !look() || look() === before) return;
    observer.disconnect();
    if (kind !== 'label') await [...area.querySelectorAll('img')].at(-1).decode().catch(() => {});
    requestAnimationFrame(() => resolve(performance.now() - start));
  });
  observer.observe(area, {childList: true, subtree: true, attributes: true, characterData: true});
  setTimeout(() => { observer.disconnect(); reject(new Error('no new picture within 10 s')); }, 10000);
})
"""


def step(tab: Page, cell: int, kind: str) -> float:
    """Press the right arrow on a cell's slider and return the milliseconds until the new picture."""
    tab.locator(".jp-Notebook .jp-CodeCell").nth(cell).locator(".noUi-handle").first.focus()
    tab.evaluate(f"what => {{ window.step = ({MEASURE})(what); window.step.catch(() => {{}}); }}", [cell, kind])
    tab.keyboard.press("ArrowRight")
    return tab.evaluate("() => window.step")


# How many different pictures have been on the screen since this was called.
COUNT = """
(cell) => {
  const area = document.querySelectorAll('.jp-Notebook .jp-CodeCell')[cell].querySelector('.jp-Cell-outputArea');
  let last = '';
  window.pictures = -1;
  window.counting = true;
  const look = () => {
    const image = [...area.querySelectorAll('img')].at(-1);
    if (image && image.complete && image.src !== last) { last = image.src; window.pictures += 1; }
    if (window.counting) requestAnimationFrame(look);
  };
  look();
}
"""


def drag(tab: Page, cell: int) -> float:
    """Drag a cell's slider from end to end as fast as a mouse reports its places and return the pictures a second."""
    place = tab.locator(".jp-Notebook .jp-CodeCell").nth(cell)
    place.locator(".noUi-handle").first.focus()
    tab.keyboard.press("Home")
    tab.wait_for_timeout(3000)
    bar = place.locator(".noUi-target").first.bounding_box()
    if bar is None:
        raise RuntimeError("The slider is not on the page.")
    y = bar["y"] + bar["height"] / 2
    tab.mouse.move(bar["x"], y)
    tab.mouse.down()
    tab.evaluate(COUNT, cell)
    start = time.monotonic()
    tab.mouse.move(bar["x"] + bar["width"], y, steps=150)
    seconds = time.monotonic() - start
    tab.mouse.up()
    return tab.evaluate("() => { window.counting = false; return window.pictures; }") / seconds


def measure(tab: Page) -> dict[str, list[float]]:
    """Return the median of each round for every way."""
    medians: dict[str, list[float]] = {name: [] for name, _, _ in WAYS}
    for _ in range(ROUNDS):
        for name, cell, kind in WAYS:
            tab.locator(".jp-Notebook .jp-CodeCell").nth(cell).scroll_into_view_if_needed()
            times = []
            for _ in range(STEPS):
                times.append(step(tab, cell, kind))
                tab.wait_for_timeout(150)
            medians[name].append(statistics.median(times[2:]))
    return medians


def main() -> None:
    """Measure and print a table."""
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder:
        ours = [OURS.format(notebooks=str(ROOT / "notebooks"), ahead=ahead) for ahead in (True, False)]
        cells = [new_code_cell(text.strip()) for text in (*ours, INTERACT, LABEL)]
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}}
        nbformat.write(new_notebook(cells=cells, metadata=kernel), Path(folder, "steps.ipynb"))
        with lab(Path(folder, "reader", "home")) as address, page(height=1600) as tab:
            tab.goto(re.sub(r"tree/[^?]*", "tree/" + str(Path(folder, "steps.ipynb").relative_to(ROOT)), address))
            tab.wait_for_selector(".jp-Notebook", timeout=60_000)
            tab.wait_for_timeout(3000)
            tab.locator("#jp-MainMenu").get_by_text("Run", exact=True).click()
            tab.get_by_text("Run All Cells", exact=True).first.click()
            tab.wait_for_timeout(8000)  # the kernel is idle before the first step
            medians = measure(tab)
            dragged = {name: [drag(tab, cell) for _ in range(3)] for name, cell, kind in WAYS if kind == "picture"}
    middle = {name: statistics.median(times) for name, times in medians.items()}
    for name, times in medians.items():
        print(f"{name:<10}{middle[name]:6.0f} ms   rounds {json.dumps([round(time) for time in times])}")
    for name, rates in dragged.items():
        print(f"{name:<10}{statistics.median(rates):6.0f} pictures a second while dragged")
    print(f"ours / label      {middle['ours'] / middle['label']:.2f}")
    print(f"interact / ours   {middle['interact'] / middle['ours']:.2f}")


if __name__ == "__main__":
    sys.exit(main())
