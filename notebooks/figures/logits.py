"""Lesson 02: a logit, its odds, its probability, and the class on either side of a threshold."""

import numpy as np
from matplotlib.artist import Artist

from figures.activations import sigmoid
from figures.live import LiveFigure, Values
from figures.style import BLUE, GREY, VERMILION, legend_above, slider


class LogitExplorer(LiveFigure):
    """The curve from logit to probability, with one example on it and a threshold across it."""

    def __init__(self) -> None:
        """Start with the logit 1 and the threshold one half."""
        threshold = slider("threshold for p", 0.05, 0.95, 0.5, step=0.05)
        threshold.readout_format = ".2f"
        super().__init__(z=slider("logit z", -6, 6, 1.0), threshold=threshold)

    def stage(self, values: Values) -> list[Artist]:
        """Draw the curve; the example and both lines of the threshold move."""
        z, axes = np.linspace(-6, 6, 241), self.axes
        self.curve = axes.plot(z, sigmoid(z), color=BLUE, lw=2.5, label="probability p of class 1")[0]
        axes.set(xlim=(-6.2, 6.2), ylim=(-0.05, 1.05))
        axes.set_xlabel("logit z", color=GREY)
        dashed = {"color": VERMILION, "lw": 1.5, "ls": "--"}
        self.across = axes.axhline(0.5, label="threshold, for p and for z", **dashed)
        self.down = axes.axvline(0, **dashed)
        self.point = axes.plot([], [], "o", color=BLUE, ms=11)[0]
        legend_above(axes)
        return [self.across, self.down, self.point]

    def move(self, values: Values) -> str:
        """Put the example at its logit and the lines at the threshold and its logit."""
        z, threshold = float(values["z"]), float(values["threshold"])
        p, cut = float(sigmoid(z)), float(np.log(threshold / (1 - threshold)))
        self.point.set_data([z], [p])
        self.across.set_ydata([threshold, threshold])
        self.down.set_xdata([cut, cut])
        side = "over" if p > threshold else "not over"
        return (
            f"logit {z:.1f}: odds {np.exp(z):.3f} to 1, probability {p:.3f}; {side} the threshold {threshold:.2f} "
            f"(logit {cut + 0.0:.2f}): class {int(p > threshold)}"
        )


def logit_explorer() -> LogitExplorer:
    """Return the live figure of a logit, its odds and probability, and a threshold."""
    return LogitExplorer()
