"""How every figure of the lessons looks: colours, sizes, axes and sliders that suit light and dark pages."""

import io

import numpy as np
from ipywidgets import FloatSlider, Layout
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

# Of the Okabe-Ito palette the three that keep a contrast of 3 to 1 on white and on JupyterLab's dark grey.
BLUE, VERMILION, GREEN = "#0072B2", "#D55E00", "#009E73"
GREY = "#7a7a7a"  # axes and words, legible on both
WIDTH, HEIGHT = 640, 320  # pixels


def encode(pixels: np.ndarray) -> bytes:
    """Return (height, width, 4) uint8 pixels as a PNG; fast rather than small, for it travels one metre."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", compress_level=1)
    return file.getvalue()


def paint_axes(axes: Axes) -> None:
    """Give axes the grey that is legible on light and on dark, and no background."""
    axes.set_facecolor("none")
    axes.tick_params(colors=GREY)
    if not axes.images:
        axes.grid(color=GREY, alpha=0.25)
    for name, spine in axes.spines.items():
        spine.set(color=GREY, visible=name in ("left", "bottom"))


def paint_figure(figure: Figure) -> None:
    """Give every axes of a figure, its titles, labels and legends the colours that suit light and dark."""
    for axes in figure.axes:
        paint_axes(axes)
        axes.title.set_color(GREY)
        axes.xaxis.label.set_color(GREY)
        axes.yaxis.label.set_color(GREY)
        legend = axes.get_legend()
        if legend:
            legend.set_frame_on(False)
            for text in legend.get_texts():
                text.set_color(GREY)


def legend_above(axes: Axes) -> None:
    """Put the legend over the axes, where no curve and no bar can run into it."""
    about = {"ncols": 2, "frameon": False, "labelcolor": GREY, "borderaxespad": 0.2}
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), **about)


def slider(label: str, low: float, high: float, value: float, step: float = 0.1) -> FloatSlider:
    """Return a labelled slider that works from the keyboard and answers while it is dragged."""
    layout, style = Layout(width="32em"), {"description_width": "11em"}
    about = {"description": label, "min": low, "max": high, "value": value, "step": step}
    return FloatSlider(**about, readout_format=".1f", layout=layout, style=style)
