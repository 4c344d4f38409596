"""A small network that trains in the page while its settings are turned; lesson 04 opens it."""

import base64
import html
import json
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import traitlets
from anywidget import AnyWidget
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from figures.playground_words import OPTIONS, STILL, WORDS
from figures.style import BLUE, GREEN, HEIGHT, VERMILION, WIDTH, encode, paint_figure

HERE = Path(__file__).parent
SCRIPT = "".join((HERE / name).read_text("utf-8") for name in ("network.js", "playground.js"))
STYLE = (HERE / "playground.css").read_text("utf-8")
CHOICES = {
    "data": ["moons", "circles", "line", "three classes"],
    "activation": ["none", "step", "relu", "sigmoid", "tanh"],
    "end": ["none", "sigmoid", "softmax", "own sigmoid", "own softmax"],
    "loss": [
        "binary_crossentropy",
        "categorical_crossentropy",
        "sparse_categorical_crossentropy",
        "mean_squared_error",
    ],
}
LIMITS = {"units": (1, 16), "threshold": (-5, 5), "learning_rate": (0.01, 10), "seed": (0, 9999)}

Setting = dict[str, str | int | float | bool]


@cache
def examples() -> dict[str, list[list[float]]]:
    """Return 200 examples of each kind of data: two features with mean 0 and deviation 1, and the class."""
    from sklearn.datasets import make_blobs, make_circles, make_moons  # here, as it takes a second

    made = {
        "moons": make_moons(200, noise=0.15, random_state=0),
        "circles": make_circles(200, noise=0.1, factor=0.4, random_state=0),
        "line": make_blobs(200, centers=[[-1.5, -1.0], [1.5, 1.0]], random_state=0),
        "three classes": make_blobs(200, centers=[[0, 2], [-2, -1], [2, -1]], cluster_std=0.8, random_state=0),
    }
    found = {}
    for name, (x, y) in made.items():
        x = ((x - x.mean(axis=0)) / x.std(axis=0)).clip(-2.9, 2.9).round(2)
        found[name] = [[*row, label] for row, label in zip(x.tolist(), y.tolist(), strict=True)]
    return found


class Playground(AnyWidget):
    """The playground for one setting; the page has all that it needs, so that no kernel is asked again.

    Attributes:
        about: what the page is given: the examples, the words, the setting and what there is to choose.
    """

    _esm = SCRIPT
    _css = STYLE
    about = traitlets.Dict().tag(sync=True)

    def __init__(self, setting: Setting, usual: Setting) -> None:
        """Open with a setting; what differs from the usual one is in the line of code that shares it."""
        given = {"points": examples(), "words": WORDS, "setting": setting, "usual": usual, "choices": CHOICES}
        super().__init__(about=given)

    @property
    def words(self) -> str:
        """The words of the still picture."""
        data = str(self.about["setting"]["data"])
        labels = [point[2] for point in self.about["points"][data]]
        return STILL.format(data=OPTIONS[data], count=len(labels), classes=len(set(labels)))

    def png(self) -> bytes:
        """Return the examples as a picture, for a place where nothing can move."""
        figure = Figure(figsize=(WIDTH / 100, HEIGHT / 100), dpi=100, facecolor="none", layout="constrained")
        axes = figure.subplots()
        points = np.array(self.about["points"][self.about["setting"]["data"]])
        for label, (colour, mark) in enumerate(zip((BLUE, VERMILION, GREEN), "os^", strict=True)):
            there = points[points[:, 2] == label]
            if len(there):
                axes.plot(there[:, 0], there[:, 1], mark, color=colour, ms=5, label=f"class {label}")
        axes.set(xlim=(-3, 3), ylim=(-3, 3))
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
        paint_figure(figure)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        return encode(np.asarray(canvas.buffer_rgba()))

    def as_html(self) -> str:
        """Return the still picture with its words, and the script that puts the playground in its place in a page."""
        name, words = f"playground-{uuid4().hex}", html.escape(self.words)
        source = base64.b64encode(self.png()).decode()
        still = f'<img alt="{words}" style="max-width:100%;height:auto" src="data:image/png;base64,{source}">'
        given = json.dumps(self.about).replace("<", "\\u003c")
        call = f'show(document.getElementById("{name}"), {given}, new AbortController().signal);'
        return (
            f'<div id="{name}">{still}<div style="padding-left:3em">{words}</div></div>'
            f'<style>{STYLE}</style><script type="module">{SCRIPT}{call}</script>'
        )

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        """Show the widget where there is a manager for it, and the page's part alone where there is none."""
        bundle = super()._repr_mimebundle_()
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        return {**(data or {}), "text/plain": self.words, "text/html": self.as_html()}


def playground(
    data: str = "moons",
    units: int = 8,
    activation: str = "relu",
    end: str = "none",
    loss: str = "binary_crossentropy",
    from_logits: bool = True,
    threshold: float = 0.0,
    learning_rate: float = 0.3,
    seed: int = 0,
) -> Playground:
    """Return the playground: a network with one hidden layer that trains in the page by gradient descent.

    Args:
        data: "moons", "circles", "line" or "three classes".
        units: of the hidden layer, 1 to 16.
        activation: of the hidden layer: "none", "step", "relu", "sigmoid" or "tanh".
        end: the last activation: "none", "sigmoid", "softmax", or one of these that is written by hand and that Keras
            cannot look behind, "own sigmoid" or "own softmax".
        loss: "binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy" or
            "mean_squared_error".
        from_logits: what the loss is told.
        threshold: above it the accuracy counts a single output as class 1.
        learning_rate: of plain gradient descent in batches of 32.
        seed: the start: of the weights, and of the order of the examples.

    Raises:
        ValueError: a setting is not one of those.
    """
    setting: Setting = dict(locals())
    usual = dict(zip(setting, playground.__defaults__ or (), strict=True))
    for name, value in setting.items():
        _look_at(name, value)
    return Playground(setting, usual)


def _look_at(name: str, value: Any) -> None:
    """Refuse a setting that there is not."""
    if name in CHOICES and value not in CHOICES[name]:
        raise ValueError(f"{name} is {value!r}; choose one of {', '.join(map(repr, CHOICES[name]))}.")
    if name == "from_logits" and not isinstance(value, bool):
        raise ValueError(f"from_logits is {value!r}; choose True or False.")
    if name in LIMITS:
        low, high = LIMITS[name]
        whole = name in ("units", "seed")
        fits = isinstance(value, int if whole else (int, float)) and not isinstance(value, bool)
        if not fits or not low <= value <= high:
            kind = "whole number" if whole else "number"
            raise ValueError(f"{name} is {value!r}; choose a {kind} from {low} to {high}.")
