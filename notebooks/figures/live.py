"""A live figure: a persistent matplotlib figure in which only what moves is drawn again.

The still part is drawn and sent once. A step of a slider draws the moving artists on an empty, transparent picture
of the same size, which lies over it: small to encode, small to send, and an <img> in an HTML widget does not flicker.
The figure is private (no pyplot), so nothing that a reader plots in another cell can get into it.
"""

import base64
import html
import threading
from typing import Any

import numpy as np
from ipywidgets import HTML, GridBox, VBox, Widget
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from figures.style import HEIGHT, WIDTH, encode, paint_axes

Values = dict[str, float | str]


class LiveFigure:
    """A figure with controls; subclasses say what stands still and what moves.

    Attributes:
        controls: the widgets by the name of the value they set.
        text: one line that says what is shown now.
        full_draws: how often the still part has been drawn.
        axes: the one panel, or an array of them.
    """

    panels = (1, 1)  # rows and columns

    def __init__(self, **controls: Widget) -> None:
        """Draw the figure for the controls' values and draw it again whenever one of them changes."""
        self.controls = controls
        self.text = ""
        self.full_draws = 0
        self.moving: list[Artist] = []
        self.figure = Figure(figsize=(WIDTH / 100, HEIGHT / 100), dpi=100, facecolor="none", layout="constrained")
        self.canvas = FigureCanvasAgg(self.figure)
        self.axes: Any = self.figure.subplots(*self.panels)
        self.still, self.view = HTML(), HTML()
        self.still.layout.grid_area = self.view.layout.grid_area = "1 / 1"  # one over the other
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
            self.view.value = self._as_html(encode(self._moved()), self.text)

    def _stage(self, values: Values) -> None:
        for axes in np.ravel(self.axes):
            axes.clear()
            paint_axes(axes)
        self.moving = self.stage(values)
        for artist in self.moving:
            artist.set_animated(True)
            artist.set_in_layout(False)  # else what moves would move the axes, too
        self.canvas.draw()
        self._background = np.array(self.canvas.buffer_rgba())
        self.still.value = _image(encode(self._background), "")
        self._scene = self.scene(values)
        self.full_draws += 1

    def _moved(self) -> np.ndarray:
        """Return the moving artists alone, as (height, width, 4) pixels."""
        self.canvas.get_renderer().clear()
        for artist in self.moving:
            self.figure.draw_artist(artist)
        return np.asarray(self.canvas.buffer_rgba())

    def png(self) -> bytes:
        """Return the picture as it is now, both parts in one."""
        parts = (Image.fromarray(pixels) for pixels in (self._background, self._moved()))
        return encode(np.asarray(Image.alpha_composite(*parts)))

    def as_html(self) -> str:
        """Return the picture with its alternative text, and the line under it."""
        return self._as_html(self.png(), self.text)

    def _as_html(self, png: bytes, text: str) -> str:
        words = html.escape(text)
        return f'{_image(png, words)}<div role="status" style="padding-left:3em">{words}</div>'

    @property
    def picture(self) -> GridBox:
        """The widget of the picture and its line."""
        return GridBox([self.still, self.view])

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        """Show the widget where there is a kernel, and the picture where there is none."""
        box = VBox([*self.controls.values(), self.picture])
        bundle = box._repr_mimebundle_()
        return {**bundle, "text/plain": self.text, "text/html": self.as_html()}


def _image(png: bytes, words: str) -> str:
    source = base64.b64encode(png).decode()
    size = f'width="{WIDTH}" height="{HEIGHT}" style="display:block;max-width:100%;height:auto"'
    return f'<img alt="{words}" {size} src="data:image/png;base64,{source}">'
