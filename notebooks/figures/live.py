"""A live figure: a persistent matplotlib figure in which only what moves is drawn again.

The still part is drawn once and kept as pixels; for a step of a slider the moving artists are drawn over a copy of it.
The page asks in advance for the pictures of the next steps (see frames.js) and shows them without the kernel.
The figure is private (no pyplot), so nothing that a reader plots in another cell can get into it.
"""

import base64
import html
import json
import threading
from typing import Any

import numpy as np
from ipywidgets import VBox, Widget
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from figures.frames import Frames, place, value_at
from figures.style import HEIGHT, WIDTH, encode, paint_axes

Values = dict[str, float | str]


class LiveFigure:
    """A figure with controls; subclasses say what stands still and what moves.

    Attributes:
        controls: the widgets by the name of the value they set.
        text: one line that says what is shown now.
        full_draws: how often the still part has been drawn.
        axes: the one panel, or an array of them.
        view: the widget of the picture and its line.
    """

    panels = (1, 1)  # rows and columns
    ahead = True  # the picture depends on the controls alone

    def __init__(self, **controls: Widget) -> None:
        """Draw the figure for the controls' values and draw it again whenever one of them changes."""
        self.controls = controls
        self.text = ""
        self.full_draws = 0
        self.moving: list[Artist] = []
        self.figure = Figure(figsize=(WIDTH / 100, HEIGHT / 100), dpi=100, facecolor="none", layout="constrained")
        self.canvas = FigureCanvasAgg(self.figure)
        self.axes: Any = self.figure.subplots(*self.panels)
        self.view = Frames(controls=list(controls.values()), ahead=self.ahead)
        self.view.on_msg(self._send_ahead)
        self._scene: object = None
        self._shown: Values = {}
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
            values = self._shown = {name: control.value for name, control in self.controls.items()}
            if self.scene(values) != self._scene:
                self._stage(values)
            self.text = self.move(values)
            self.view.now = self._frame([place(control) for control in self.controls.values()], self.text)

    def _send_ahead(self, view: Frames, asked: dict[str, list[str]], buffers: object) -> None:
        """Draw the pictures that the page asks for, as far as the still part is theirs, and send them."""
        with self._lock:
            frames = []
            for places in map(json.loads, asked["names"]):
                there = zip(self.controls.items(), places, strict=True)
                values: Values = {name: value_at(control, where) for (name, control), where in there}
                if self.scene(values) == self._scene:
                    frames.append(self._frame(places, self.move(values)))
            self.move(self._shown)
        view.send({"frames": frames})

    def _frame(self, places: list[int | str], text: str) -> dict[str, str]:
        """Return the picture as it is now, under the name by which the page knows it."""
        name = json.dumps(places, separators=(",", ":"), ensure_ascii=False)
        return {"name": name, "text": text, "picture": f"data:image/png;base64,{base64.b64encode(self.png()).decode()}"}

    def _stage(self, values: Values) -> None:
        for axes in np.ravel(self.axes):
            axes.clear()
            paint_axes(axes)
        self.moving = self.stage(values)
        for artist in self.moving:
            artist.set_animated(True)
            artist.set_in_layout(False)  # else what moves would move the axes, too
        self.canvas.draw()
        self._still = self.canvas.copy_from_bbox(self.figure.bbox)
        self._scene = self.scene(values)
        self.full_draws += 1

    def png(self) -> bytes:
        """Return the picture as it is now."""
        self.canvas.restore_region(self._still)
        for artist in self.moving:
            self.figure.draw_artist(artist)
        return encode(np.asarray(self.canvas.buffer_rgba()))

    def as_html(self) -> str:
        """Return the picture with its alternative text, and the line under it, for a page without a kernel."""
        words = html.escape(self.view.now["text"])
        size = f'width="{WIDTH}" height="{HEIGHT}" style="display:block;max-width:100%;height:auto"'
        image = f'<img alt="{words}" {size} src="{self.view.now["picture"]}">'
        return f'{image}<div role="status" style="padding-left:3em">{words}</div>'

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        """Show the widget where there is a kernel, and the picture where there is none."""
        box = VBox([*self.controls.values(), self.view])
        bundle = box._repr_mimebundle_()
        return {**bundle, "text/plain": self.text, "text/html": self.as_html()}
