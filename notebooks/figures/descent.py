"""Lesson 03b: gradient descent on a loss of one weight, step by step."""

import numpy as np
from matplotlib.artist import Artist

from figures.live import LiveFigure, Values
from figures.style import BLUE, GREY, VERMILION, legend_above, slider

LOWEST, START = 2.0, -3.0  # the weight with the least loss, and the weight before the first step
LEFT, RIGHT, TOP = -4.5, 8.5, 21.0  # of the picture


def loss(w: np.ndarray | float) -> np.ndarray | float:
    """Return the loss of a weight, (w - 2)^2 / 2; its slope is w - 2."""
    return (w - LOWEST) ** 2 / 2


def descend(rate: float, steps: int) -> np.ndarray:
    """Return the weight at the start and after each step: (steps + 1,) numbers."""
    weights = [START]
    for _ in range(steps):
        weights.append(weights[-1] - rate * (weights[-1] - LOWEST))
    return np.array(weights)


class DescentExplorer(LiveFigure):
    """The loss over the weight, and the way that the weight takes."""

    def __init__(self) -> None:
        """Start with a small rate and three steps."""
        steps = slider("steps", 0, 20, 3, step=1)
        steps.readout_format = ".0f"
        super().__init__(rate=slider("learning rate", 0.1, 2.2, 0.2), steps=steps)

    def stage(self, values: Values) -> list[Artist]:
        """Draw the loss; the way and its end move."""
        axes, w = self.axes, np.linspace(LEFT, RIGHT, 261)
        axes.plot(w, loss(w), color=BLUE, lw=2.5, label="loss")
        axes.set(xlim=(LEFT, RIGHT), ylim=(-1, TOP))
        axes.set_xlabel("weight", color=GREY)
        self.way = axes.plot([], [], "o-", color=GREY, ms=5, lw=1, label="the steps so far")[0]
        self.end = axes.plot([], [], "s", color=VERMILION, ms=9, label="the weight now")[0]
        legend_above(axes)
        return [self.way, self.end]

    def move(self, values: Values) -> str:
        """Draw the steps; those beyond the picture are told in words alone."""
        rate, steps = round(float(values["rate"]), 1), int(values["steps"])
        w = descend(rate, steps)
        self.way.set_data(w, loss(w))
        self.end.set_data(w[-1:], loss(w[-1:]))
        seen = "" if LEFT <= w[-1] <= RIGHT and loss(w[-1]) <= TOP else ", beyond the picture"
        return (
            f"learning rate {rate:.1f}, {steps} step{'s' * (steps != 1)}: weight {w[-1]:.3f}, "
            f"loss {loss(w[-1]):.3f}, slope {w[-1] - LOWEST:.3f}{seen}"
        )


def descent_explorer() -> DescentExplorer:
    """Return the live figure of gradient descent on a loss of one weight."""
    return DescentExplorer()
