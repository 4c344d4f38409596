"""Lesson 09: where the outputs of a last layer can lie; the range is the fingerprint of a mistake."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from ipywidgets import Dropdown
from matplotlib.artist import Artist

from figures.activations import sigmoid, softmax
from figures.live import LiveFigure, Values
from figures.style import BLUE, GREEN, GREY, VERMILION, legend_above, slider


@dataclass(frozen=True)
class LastLayer:
    """What a last layer makes of the logit z and, where it has two units, of the other logit.

    Attributes:
        output: the function (z, other) -> the output for z.
        low, high: between these every output lies.
        words: the same, to be read.
        units: how many logits it looks at.
    """

    output: Callable[[float, float], float]
    low: float
    high: float
    words: str
    units: int = 1


def twice(z: float, other: float) -> float:
    """Return the first of two outputs when a softmax is applied to a softmax."""
    return float(softmax(softmax(np.array([z, other])))[0])


HALF_OF_E = np.e / (np.e + 1)  # 0.731, the sigmoid of 1 and the largest of two softmaxes of a softmax
LAST_LAYERS = {
    "none": LastLayer(lambda z, _: z, -np.inf, np.inf, "any number"),
    "sigmoid": LastLayer(lambda z, _: float(sigmoid(z)), 0, 1, "from 0 to 1"),
    "sigmoid twice": LastLayer(lambda z, _: float(sigmoid(sigmoid(z))), 0.5, HALF_OF_E, "from 0.5 to 0.731"),
    "softmax on one unit": LastLayer(lambda z, _: float(softmax(np.array([z]))[0]), 1, 1, "always 1"),
    "softmax twice": LastLayer(twice, 1 - HALF_OF_E, HALF_OF_E, "from 0.269 to 0.731, for two units", 2),
    "ReLU": LastLayer(lambda z, _: max(0.0, z), 0, np.inf, "never below 0"),
}


class RangeExplorer(LiveFigure):
    """A number line twice, far and near: shaded where outputs can lie, with a point for the output at the logits."""

    panels = (2, 1)
    limits = ((-8.4, 8.4), (-0.1, 1.1))

    def __init__(self) -> None:
        """Start with a sigmoid of a sigmoid."""
        choice = Dropdown(description="last layer", options=list(LAST_LAYERS), value="sigmoid twice")
        choice.style.description_width = "11em"
        super().__init__(last=choice, z=slider("logit z", -8, 8, 2.0), other=slider("logit of other class", -8, 8, 0.0))

    def scene(self, values: Values) -> object:
        """The range stands still as long as the last layer is the same."""
        return values["last"]

    def stage(self, values: Values) -> list[Artist]:
        """Shade the range on both lines; the points move."""
        last = LAST_LAYERS[str(values["last"])]
        self.spans, self.points = [], []
        for axes, (left, right), title in zip(self.axes, self.limits, ["output, far", "output, near"], strict=True):
            low, high = max(left, last.low), min(right, last.high)
            about = {"facecolor": (BLUE, 0.35), "edgecolor": BLUE, "lw": 2, "label": "an output can lie here"}
            self.spans.append(axes.fill_between([low, high], -0.5, 0.5, **about))
            axes.axvline(0.5, color=VERMILION, ls="--", lw=1.5, label="threshold 0.5")
            self.points += axes.plot([], [], "o", color=GREEN, ms=11, label="the output now")
            axes.set(xlim=(left, right), ylim=(-0.8, 0.8), yticks=[])
            axes.spines["left"].set_visible(False)
            axes.set_xlabel(title, color=GREY)
        legend_above(self.axes[0])
        return self.points

    def move(self, values: Values) -> str:
        """Put the points on the output."""
        name, z, other = str(values["last"]), float(values["z"]), float(values["other"])
        last = LAST_LAYERS[name]
        output = last.output(z, other)
        for point in self.points:
            point.set_data([output], [0])
        given = f"logits {z:.1f} and {other:.1f} give" if last.units == 2 else f"logit {z:.1f} gives"
        return f"{name}: {last.words}; {given} {output:.3f}"


def range_explorer() -> RangeExplorer:
    """Return the live figure of the range that a last layer leaves to its outputs."""
    return RangeExplorer()
