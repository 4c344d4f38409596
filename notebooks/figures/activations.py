"""Lesson 01: an activation with its slope, and the softmax of four logits."""

from collections.abc import Callable

import numpy as np
from ipywidgets import Dropdown
from matplotlib.artist import Artist

from figures.live import LiveFigure, Values
from figures.style import BLUE, GREY, VERMILION, legend_above, slider


def sigmoid(z: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + e^-z) for z of any shape; by tanh, which does not overflow."""
    return 0.5 * (1 + np.tanh(np.asarray(z) / 2))


def softmax(z: np.ndarray) -> np.ndarray:
    """Return e^z over its sum, for (K,) logits."""
    e = np.exp(z - np.max(z))
    return e / e.sum()


Function = Callable[[np.ndarray], np.ndarray]

# each activation: its function, its derivative, the range of the picture's vertical axis
ACTIVATIONS: dict[str, tuple[Function, Function, tuple[float, float]]] = {
    "none": (lambda z: z + 0.0, lambda z: np.ones_like(z), (-10, 10)),
    "ReLU": (lambda z: np.maximum(0, z), lambda z: (z > 0) * 1.0, (-1, 9)),
    "sigmoid": (sigmoid, lambda z: sigmoid(z) * (1 - sigmoid(z)), (-0.1, 1.1)),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2, (-1.2, 1.2)),
    "step": (lambda z: (z > 0) * 1.0, lambda z: np.zeros_like(z), (-0.1, 1.1)),
}


class ActivationExplorer(LiveFigure):
    """An activation and its slope over its input, with a point that moves along both."""

    def __init__(self) -> None:
        """Start with the ReLU at z = 2."""
        choice = Dropdown(description="activation", options=list(ACTIVATIONS), value="ReLU")
        choice.style.description_width = "11em"
        super().__init__(activation=choice, z=slider("input z", -8, 8, 2.0))

    def scene(self, values: Values) -> object:
        """The curves stand still as long as the activation is the same."""
        return values["activation"]

    def stage(self, values: Values) -> list[Artist]:
        """Draw both curves; the guide and the two points move."""
        function, slope, limits = ACTIVATIONS[str(values["activation"])]
        z, axes = np.linspace(-8, 8, 401), self.axes
        self.curve = axes.plot(z, function(z), color=BLUE, lw=2.5, label="output")[0]
        self.slope = axes.plot(z, slope(z), color=VERMILION, lw=2, ls="--", label="slope")[0]
        axes.set(xlim=(-8.2, 8.2), ylim=limits)
        axes.set_xlabel("input z", color=GREY)
        legend_above(axes)
        self.guide = axes.axvline(0, color=GREY, lw=1, ls=":")
        self.point = axes.plot([], [], "o", color=BLUE, ms=10)[0]
        self.slope_point = axes.plot([], [], "s", color=VERMILION, ms=8)[0]
        return [self.guide, self.slope_point, self.point]

    def move(self, values: Values) -> str:
        """Put the points over z."""
        function, slope, _ = ACTIVATIONS[str(values["activation"])]
        z = np.array([float(values["z"])])
        self.guide.set_xdata([z[0], z[0]])
        self.point.set_data(z, function(z))
        self.slope_point.set_data(z, slope(z))
        output, steepness = function(z)[0] + 0.0, slope(z)[0] + 0.0
        return f"{values['activation']} at z = {z[0]:.1f}: output {output:.3g}, slope {steepness:.3g}"


class SoftmaxExplorer(LiveFigure):
    """A few logits as probabilities: the softmax of all beside the sigmoid of each alone."""

    def __init__(self, logits: tuple[float, ...]) -> None:
        """Start with these logits, each from -5 to 5."""
        super().__init__(**{f"z{k}": slider(f"logit of class {k}", -5, 5, z) for k, z in enumerate(logits)})

    def stage(self, values: Values) -> list[Artist]:
        """Draw the empty axes; the bars and the numbers over them move."""
        axes, places = self.axes, np.arange(len(values))
        axes.set(xlim=(-0.6, len(values) - 0.4), ylim=(0, 1.1), xticks=places)
        axes.set_xticklabels([f"class {k}" for k in places])
        axes.set_ylabel("probability", color=GREY)
        self.bars = axes.bar(places - 0.2, 0, 0.36, color=BLUE, label="softmax of all logits")
        hatched = {"facecolor": "none", "edgecolor": VERMILION, "hatch": "///"}
        self.alone = axes.bar(places + 0.2, 0, 0.36, label="sigmoid of its own logit", **hatched)
        axes.grid(visible=False, axis="x")
        legend_above(axes)
        at = {"ha": "center", "va": "bottom", "color": GREY}
        self.numbers = [axes.text(place + side, 0, "", **at) for side in (-0.2, 0.2) for place in places]
        return [*self.bars, *self.alone, *self.numbers]

    def move(self, values: Values) -> str:
        """Bring bars and numbers to the height of the probabilities."""
        z = np.array([float(value) for value in values.values()])
        p, own = softmax(z), sigmoid(z)
        for bar, number, height in zip([*self.bars, *self.alone], self.numbers, [*p, *own], strict=True):
            bar.set_height(height)
            number.set(y=height + 0.01, text=f"{height:.2f}")
        listed = ", ".join(f"{value:.3f}" for value in p)
        return f"softmax {listed}; sum {p.sum():.3f}; {largest(p)}; sigmoids sum to {own.sum():.3f}"


def largest(p: np.ndarray) -> str:
    """Return which class has the largest probability, or which ones share it."""
    first = np.flatnonzero(np.isclose(p, p.max()))
    if len(first) == 1:
        return f"the largest is class {first[0]}"
    return f"equally large are classes {', '.join(map(str, first[:-1]))} and {first[-1]}"


def activation_explorer() -> ActivationExplorer:
    """Return the live figure of an activation, its slope and a moving point."""
    return ActivationExplorer()


def softmax_explorer(*logits: float) -> SoftmaxExplorer:
    """Return the live figure of some logits, 1 2 3 4 unless said, and their probabilities."""
    return SoftmaxExplorer(logits or (1.0, 2.0, 3.0, 4.0))
