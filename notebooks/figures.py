"""Live figures of the lessons: a persistent matplotlib figure in which only what moves is drawn again.

The still part is drawn once and kept as a background; a step of a slider restores it, draws the moving artists on
top and sends the picture as an <img> in one HTML widget. The figure is private (no pyplot), so nothing that a
reader plots in another cell can get into it.
"""

import base64
import html
import io
import threading
from collections.abc import Callable

import numpy as np
from ipywidgets import HTML, Dropdown, FloatSlider, Layout, VBox, Widget
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

# Of the Okabe-Ito palette the three that keep a contrast of 3 to 1 on white and on JupyterLab's dark grey.
BLUE, VERMILION, GREEN = "#0072B2", "#D55E00", "#009E73"
GREY = "#7a7a7a"  # axes and words, legible on both
WIDTH, HEIGHT = 640, 320  # pixels

Values = dict[str, float | str]


class LiveFigure:
    """A figure with controls; subclasses say what stands still and what moves.

    Attributes:
        controls: the widgets by the name of the value they set.
        text: one line that says what is shown now.
        full_draws: how often the still part has been drawn.
    """

    def __init__(self, **controls: Widget) -> None:
        """Draw the figure for the controls' values and draw it again whenever one of them changes."""
        self.controls = controls
        self.text = ""
        self.full_draws = 0
        self.moving: list[Artist] = []
        self.figure = Figure(figsize=(WIDTH / 100, HEIGHT / 100), dpi=100, facecolor="none", layout="constrained")
        self.canvas = FigureCanvasAgg(self.figure)
        self.axes: Axes = self.figure.subplots()
        self.view = HTML()
        self._scene: object = None
        self._lock = threading.Lock()
        for control in controls.values():
            control.observe(self.refresh, "value")
        self.refresh()

    def scene(self, values: Values) -> object:
        """Return what the still part depends on; when it changes, everything is drawn."""
        return "the only one"

    def stage(self, values: Values) -> list[Artist]:
        """Draw the still part on cleared axes; return the artists that will move."""
        raise NotImplementedError

    def move(self, values: Values) -> str:
        """Bring the moving artists to the values; return the line of text."""
        raise NotImplementedError

    def refresh(self, change: object = None) -> None:
        """Draw for the controls' values and show it."""
        with self._lock:
            values: Values = {name: control.value for name, control in self.controls.items()}
            if self.scene(values) != self._scene:
                self._stage(values)
            self.text = self.move(values)
            self.view.value = self.as_html()

    def _stage(self, values: Values) -> None:
        self.axes.clear()
        paint_axes(self.axes)
        self.moving = self.stage(values)
        for artist in self.moving:
            artist.set_animated(True)
        self.canvas.draw()
        self._background = self.canvas.copy_from_bbox(self.figure.bbox)
        self._scene = self.scene(values)
        self.full_draws += 1

    def png(self) -> bytes:
        """Return the picture as it is now."""
        self.canvas.restore_region(self._background)
        for artist in self.moving:
            self.figure.draw_artist(artist)
        return encode(np.asarray(self.canvas.buffer_rgba()))

    def as_html(self) -> str:
        """Return the picture with its alternative text, and the line under it."""
        source = base64.b64encode(self.png()).decode()
        words = html.escape(self.text)
        return (
            f'<img alt="{words}" width="{WIDTH}" height="{HEIGHT}" style="max-width:100%;height:auto" '
            f'src="data:image/png;base64,{source}"><div role="status" style="padding-left:3em">{words}</div>'
        )

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        """Show the widget where there is a kernel, and the picture where there is none."""
        box = VBox([*self.controls.values(), self.view])
        bundle = box._repr_mimebundle_()
        return {**bundle, "text/plain": self.text, "text/html": self.as_html()}


def encode(pixels: np.ndarray) -> bytes:
    """Return (height, width, 4) uint8 pixels as a PNG; fast rather than small, for it travels one metre."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", compress_level=1)
    return file.getvalue()


def paint_axes(axes: Axes) -> None:
    """Give axes the grey that is legible on light and on dark, and no background."""
    axes.set_facecolor("none")
    axes.tick_params(colors=GREY)
    axes.grid(color=GREY, alpha=0.25)
    for name, spine in axes.spines.items():
        spine.set(color=GREY, visible=name in ("left", "bottom"))


def legend_above(axes: Axes) -> None:
    """Put the legend over the axes, where no curve and no bar can run into it."""
    about = {"ncols": 2, "frameon": False, "labelcolor": GREY, "borderaxespad": 0.2}
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), **about)


def slider(label: str, low: float, high: float, value: float, step: float = 0.1) -> FloatSlider:
    """Return a labelled slider that works from the keyboard and answers while it is dragged."""
    layout, style = Layout(width="32em"), {"description_width": "11em"}
    about = {"description": label, "min": low, "max": high, "value": value, "step": step}
    return FloatSlider(**about, readout_format=".1f", layout=layout, style=style)


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
    "none": (lambda z: z + 0.0, lambda z: np.ones_like(z), (-8, 8)),
    "ReLU": (lambda z: np.maximum(0, z), lambda z: (z > 0) * 1.0, (-1, 8)),
    "sigmoid": (sigmoid, lambda z: sigmoid(z) * (1 - sigmoid(z)), (-0.1, 1.1)),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2, (-1.2, 1.2)),
    "step": (lambda z: (z > 0) * 1.0, lambda z: np.zeros_like(z), (-0.1, 1.1)),
}


class ActivationExplorer(LiveFigure):
    """An activation and its slope over the logit, with a point that moves along both."""

    def __init__(self) -> None:
        """Start with the ReLU at z = 2."""
        choice = Dropdown(description="activation", options=list(ACTIVATIONS), value="ReLU")
        choice.style.description_width = "11em"
        super().__init__(activation=choice, z=slider("logit z", -8, 8, 2.0))

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
        axes.set_xlabel("logit z", color=GREY)
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
        return f"{values['activation']} at z = {z[0]:.1f}: output {output:.3f}, slope {steepness:.3f}"


class SoftmaxExplorer(LiveFigure):
    """Four logits as probabilities: the softmax of all four beside the sigmoid of each alone."""

    def __init__(self, logits: tuple[float, ...] = (1.0, 2.0, 3.0, 4.0)) -> None:
        """Start with these logits, each from -5 to 5."""
        super().__init__(**{f"z{k}": slider(f"logit of class {k}", -5, 5, z) for k, z in enumerate(logits)})

    def stage(self, values: Values) -> list[Artist]:
        """Draw the empty axes; the bars and the numbers over them move."""
        axes, places = self.axes, np.arange(len(values))
        axes.set(xlim=(-0.6, len(values) - 0.4), ylim=(0, 1.1), xticks=places)
        axes.set_xticklabels([f"class {k}" for k in places])
        axes.set_ylabel("probability", color=GREY)
        self.bars = axes.bar(places - 0.2, 0, 0.36, color=BLUE, label="softmax of all four logits")
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
        return (
            f"softmax {listed}; sum {p.sum():.3f}; the largest is class {p.argmax()}; sigmoids sum to {own.sum():.3f}"
        )


def activation_explorer() -> ActivationExplorer:
    """Return the live figure of an activation, its slope and a moving point."""
    return ActivationExplorer()


def softmax_explorer() -> SoftmaxExplorer:
    """Return the live figure of four logits and their probabilities."""
    return SoftmaxExplorer()
