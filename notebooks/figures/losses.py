"""Lesson 04: the loss of one example over its logit, through a probability and from the logit, and both slopes."""

import numpy as np
from ipywidgets import Dropdown
from matplotlib.artist import Artist

from figures.activations import sigmoid
from figures.live import LiveFigure, Values
from figures.style import BLUE, GREY, VERMILION, slider

LOWEST = np.float32(1e-7)  # Keras keeps a probability between this and 1 minus this
HIGHEST = np.float32(1) - LOWEST


def from_logit(z: np.ndarray, y: int) -> tuple[np.ndarray, np.ndarray]:
    """Return loss and slope of binary cross-entropy written in z, for z of any shape."""
    return np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z))), sigmoid(z) - y


def through_probability(z: np.ndarray, y: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the same as float32 gives it when p = 1 / (1 + e^-z) is computed and clipped first, step by step."""
    with np.errstate(over="ignore"):
        e = np.exp(-np.asarray(z, np.float32))
    p = 1 / (1 + e)
    inside = (p >= LOWEST) & (p <= HIGHEST)
    p = np.clip(p, LOWEST, HIGHEST)
    loss, by_p = (-np.log(p), -1 / p) if y else (-np.log(1 - p), 1 / (1 - p))
    with np.errstate(over="ignore", invalid="ignore"):  # outside, where the clip takes the slope away
        slope = np.where(inside, by_p * p * p * e, 0.0)  # p * p * e is the slope of 1 / (1 + e^-z)
    return loss.astype(float), slope.astype(float)


class LossExplorer(LiveFigure):
    """Both losses of one example on the left, their slopes on the right, and a point on each."""

    panels = (1, 2)

    def __init__(self) -> None:
        """Start with a sure and wrong logit for label 0."""
        label = Dropdown(description="label y", options=[("0", 0), ("1", 1)], value=0)
        label.style.description_width = "11em"
        super().__init__(label=label, z=slider("logit z", -30, 30, 12.0, step=0.5))

    def scene(self, values: Values) -> object:
        """The curves stand still as long as the label is the same."""
        return values["label"]

    def stage(self, values: Values) -> list[Artist]:
        """Draw the four curves; the points move."""
        z, y = np.linspace(-30, 30, 601), int(values["label"])
        ways = [
            ("from the logit", BLUE, "-", from_logit),
            ("through a probability", VERMILION, "--", through_probability),
        ]
        self.curves, self.points = [], []
        for name, colour, dashes, way in ways:
            for axes, value in zip(self.axes, way(z, y), strict=True):
                self.curves += axes.plot(z, value, color=colour, ls=dashes, lw=2, label=name)
                mark, size = ("o", 11) if colour == BLUE else ("s", 6)  # the square fits inside of the circle
                self.points += axes.plot([], [], mark, color=colour, ms=size)
        for axes, title in zip(self.axes, ["loss", "slope of the loss"], strict=True):
            axes.set_xlabel("logit z", color=GREY)
            axes.set_ylabel(title, color=GREY)
        self.axes[0].set_ylim(-1, 40)
        self.axes[1].set_ylim(-1.1, 1.1)
        self.axes[0].legend(loc="upper center", frameon=False, labelcolor=GREY)
        return self.points

    def move(self, values: Values) -> str:
        """Put the points over z."""
        z, y = np.array([float(values["z"])]), int(values["label"])
        told = [*from_logit(z, y), *through_probability(z, y)]
        for point, value in zip(self.points, told, strict=True):
            point.set_data(z, value)
        loss, slope, loss_p, slope_p = (round(float(value[0]), 3) + 0.0 for value in told)
        return (
            f"y = {y}, z = {z[0]:.1f}: from the logit loss {loss:.3f}, slope {slope:.3f}; "
            f"through a probability loss {loss_p:.3f}, slope {slope_p:.3f}"
        )


def loss_explorer() -> LossExplorer:
    """Return the live figure of binary cross-entropy, written in two ways."""
    return LossExplorer()
