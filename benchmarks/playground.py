"""Steps a second of the playground: in the page as it plays, without pictures, and the same network in Keras.

The three take turns. The page is a saved one in headless Chromium, the network has 16 hidden units, a batch 32
examples. Run from the project's folder:

    PYTHONPATH=notebooks .venv/bin/python -m benchmarks.playground
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from figures.playground import SCRIPT, examples, playground
from playwright.sync_api import Page

from grader import keras
from tests.helpers.real_lab import page

ROUNDS, SECONDS = 5, 4
STEPS = "+document.querySelector('[data-readout=steps]').textContent"
ALONE = """([points, setting]) => {
  const training = new Training(points, setting);
  const start = performance.now();
  while (performance.now() - start < 1000) training.step();
  window.perSecond = training.steps;
}"""
PICTURES = """() => {
  window.pictures = 0;
  const count = () => window.pictures++;
  new MutationObserver(count).observe(document.querySelector('[data-readout=steps]'), {childList: true});
}"""


def played(tab: Page) -> tuple[float, float]:
    """Play for some seconds and return the steps and the pictures a second."""
    tab.get_by_role("button", name="Reset").click()
    tab.get_by_role("button", name="Play").click()
    tab.wait_for_timeout(500)
    before, start = tab.evaluate(f"[{STEPS}, window.pictures]"), time.monotonic()
    tab.wait_for_timeout(1000 * SECONDS)
    after, seconds = tab.evaluate(f"[{STEPS}, window.pictures]"), time.monotonic() - start
    tab.get_by_role("button", name="Pause").click()
    return (after[0] - before[0]) / seconds, (after[1] - before[1]) / seconds


def in_keras() -> Callable[[], float]:
    """Return a function that trains for a second with train_on_batch and returns the steps."""
    points = np.array(examples()["moons"])
    hidden = keras.layers.Dense(16, "relu")
    model = keras.Sequential([keras.Input((2,)), hidden, keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.3), keras.losses.BinaryCrossentropy(from_logits=True))

    def steps() -> float:
        rng, done, start = np.random.default_rng(0), 0, time.monotonic()
        while time.monotonic() - start < 1:
            batch = points[rng.integers(0, len(points), 32)]
            model.train_on_batch(batch[:, :2], batch[:, 2:])
            done += 1
        return done

    steps()  # the first one builds
    return steps


def main() -> None:
    """Measure and print a table."""
    shown = playground(units=16)
    about = shown.about
    script = f"<script type='module'>{SCRIPT}window.alone = {ALONE};</script>"
    with tempfile.TemporaryDirectory() as folder, page() as tab:
        path = Path(folder, "page.html")
        path.write_text(f"<!doctype html><meta charset='utf-8'>{shown.as_html()}{script}", "utf-8")
        tab.goto(path.as_uri())
        tab.evaluate(PICTURES)
        rounds: dict[str, list[float]] = {name: [] for name in ("playing", "pictures", "without pictures", "Keras")}
        keras_steps = in_keras()
        for _ in range(ROUNDS):
            steps, pictures = played(tab)
            tab.evaluate("about => window.alone(about)", [about["points"]["moons"], about["setting"]])
            alone = tab.evaluate("window.perSecond")
            for name, value in zip(rounds, (steps, pictures, alone, keras_steps()), strict=True):
                rounds[name].append(value)
    for name, values in rounds.items():
        print(f"{name:<18}{statistics.median(values):8.0f} a second   rounds {[round(value) for value in values]}")


if __name__ == "__main__":
    sys.exit(main())
