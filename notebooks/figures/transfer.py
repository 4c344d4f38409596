"""Lesson 08: two losses of one raw output side by side, and what was measured with pretrained and random bases."""

import numpy as np
from ipywidgets import Dropdown, SelectionSlider
from matplotlib.artist import Artist

from figures.live import LiveFigure, Values
from figures.style import BLUE, GREEN, GREY, VERMILION, legend_above, slider

EPSILON = np.float32(1e-7)  # Keras clips probabilities to EPSILON ... 1 - EPSILON


def dropdown(label: str, options: list[str]) -> Dropdown:
    """Return a labelled dropdown that lines up with the sliders and starts with the first option."""
    choice = Dropdown(description=label, options=options)
    choice.style.description_width = "11em"
    return choice


def as_probability(z: np.ndarray, y: int) -> tuple[np.ndarray, np.ndarray]:
    """Return loss and slope when z is taken for a probability, in float32 and clipped as Keras does it."""
    z = np.asarray(z, np.float32)
    p = np.clip(z, EPSILON, np.float32(1) - EPSILON)
    inside = p == z
    loss = -np.log(p if y else 1 - p)
    return loss, np.where(inside, -1 / p if y else 1 / (1 - p), 0)


def as_logit(z: np.ndarray, y: int) -> tuple[np.ndarray, np.ndarray]:
    """Return loss and slope when z is taken for a logit."""
    z = np.asarray(z, float)
    return np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z))), 0.5 * (1 + np.tanh(z / 2)) - y


class HeadExplorer(LiveFigure):
    """The loss of one raw output and its slope: taken for a probability, and taken for a logit."""

    panels = (1, 2)
    readings = (("taken for a probability", as_probability), ("taken for a logit", as_logit))

    def __init__(self) -> None:
        """Start left of 0 with label 1: the model is wrong, and the probability loss does not say so."""
        super().__init__(label=dropdown("label y", ["1", "0"]), z=slider("raw output", -8, 8, -3.0))

    def scene(self, values: Values) -> object:
        """The curves stand still as long as the label is the same."""
        return values["label"]

    def stage(self, values: Values) -> list[Artist]:
        """Draw loss and slope of both readings; a guide and two points move in each panel."""
        z, y = np.linspace(-8, 8, 1601), int(values["label"])
        self.points, self.slope_points, self.guides = [], [], []
        for axes, (name, reading) in zip(self.axes, self.readings, strict=True):
            loss, slope = reading(z, y)
            axes.plot(z, loss, color=BLUE, lw=2.5, label="loss")
            axes.plot(z, slope, color=VERMILION, lw=2, ls="--", label="slope")
            axes.set(xlim=(-8.2, 8.2), ylim=(-11, 17))
            axes.set_xlabel(f"raw output, {name}", color=GREY)
            legend_above(axes)
            self.guides.append(axes.axvline(0, color=GREY, lw=1, ls=":"))
            self.points.append(axes.plot([], [], "o", color=BLUE, ms=9)[0])
            self.slope_points.append(axes.plot([], [], "s", color=VERMILION, ms=7)[0])
        return [*self.guides, *self.slope_points, *self.points]

    def move(self, values: Values) -> str:
        """Put the points over the raw output in both panels."""
        z, y = np.array([round(float(values["z"]), 1)]), int(values["label"])
        said = []
        for k, (name, reading) in enumerate(self.readings):
            loss, slope = reading(z, y)
            self.guides[k].set_xdata([z[0], z[0]])
            self.points[k].set_data(z, loss)
            self.slope_points[k].set_data(z, slope)
            said.append(f"{name}: loss {loss[0]:.3f}, slope {slope[0] + 0.0:.3f}")
        return f"raw output {z[0] + 0.0:.1f}, label {y}; {'; '.join(said)}"


Measured = dict[str, dict[str, dict[str, list[float]]]]  # task -> number of images -> arm -> accuracy of each start


class TransferExplorer(LiveFigure):
    """Accuracy of every start of every arm, for one task and one number of training images."""

    def __init__(self, measured: Measured) -> None:
        """Start with the first task and its second number of images."""
        self.measured = measured
        tasks = list(measured)
        numbers = list(measured[tasks[0]])
        images = SelectionSlider(description="training images", options=numbers, value=numbers[1])
        images.style.description_width, images.layout.width = "11em", "32em"
        super().__init__(task=dropdown("task", tasks), images=images)

    def arms(self, values: Values) -> dict[str, list[float]]:
        """Return the accuracies that are shown, by arm."""
        return self.measured[str(values["task"])][str(values["images"])]

    def stage(self, values: Values) -> list[Artist]:
        """Draw the empty axes; the starts and the bars at their means move."""
        axes, arms = self.axes, self.arms(values)
        places = np.arange(len(arms))[::-1]
        axes.set(xlim=(0.4, 1.02), ylim=(-0.6, len(arms) - 0.4), yticks=places)
        axes.set_yticklabels(list(arms), color=GREY)
        axes.set_xlabel("accuracy on the test images", color=GREY)
        axes.grid(visible=False, axis="y")
        frozen = [BLUE if "frozen" in arm else GREEN for arm in arms]
        hollow = {"mfc": "none", "mew": 2, "ms": 9}  # so that starts which lie close together can be counted
        self.starts = [axes.plot([], [], "o", color=c, **hollow)[0] for c in frozen]
        self.means = [axes.plot([], [], "|", color=VERMILION, ms=26, mew=3)[0] for _ in arms]
        self.places = places
        return [*self.starts, *self.means]

    def move(self, values: Values) -> str:
        """Put the dots and the bars to the accuracies."""
        said = []
        for (arm, accuracies), dots, mean, place in zip(
            self.arms(values).items(), self.starts, self.means, self.places, strict=True
        ):
            dots.set_data(accuracies, np.full(len(accuracies), place))
            mean.set_data([np.mean(accuracies)], [place])
            said.append(f"{arm}: {np.mean(accuracies):.2f} ({min(accuracies):.2f} to {max(accuracies):.2f})")
        return f"{values['task']}, {values['images']} images; mean (lowest to highest): {'; '.join(said)}"


def head_explorer() -> HeadExplorer:
    """Return the live figure of one raw output in two losses."""
    return HeadExplorer()


def transfer_explorer(measured: Measured) -> TransferExplorer:
    """Return the live figure of what was measured with pretrained and random bases."""
    return TransferExplorer(measured)
