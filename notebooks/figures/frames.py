"""The widget that shows a live figure's pictures: the one for now, and in advance those of the next steps."""

from pathlib import Path
from typing import Any

import traitlets
from anywidget import AnyWidget
from ipywidgets import Widget

Place = int | str


def _references(controls: list[Widget], frames: Widget) -> list[str]:
    """Return the controls as anywidget's getModel takes them."""
    return [f"anywidget:{control.model_id}" for control in controls]


class Frames(AnyWidget):
    """The picture of a live figure with its line of text.

    Attributes:
        controls: the widgets that choose the picture.
        now: the picture for the controls' values: its name, its text and the picture as a data URL.
        ahead: whether the picture depends on the controls alone, so that it can be fetched before it is needed.
    """

    _esm = Path(__file__).with_name("frames.js")
    controls = traitlets.List(traitlets.Instance(Widget)).tag(sync=True, to_json=_references)
    now = traitlets.Dict().tag(sync=True)
    ahead = traitlets.Bool(True).tag(sync=True)


def place(control: Any) -> Place:
    """Return the number of the step at which a control stands; a control without steps stands at its value."""
    if hasattr(control, "index"):
        return control.index
    if step := getattr(control, "step", None):
        return round((control.value - control.min) / step)
    return control.value


def value_at(control: Any, place: Place) -> Any:
    """Return the value that a control has at a place."""
    if hasattr(control, "index"):
        option = control.options[int(place)]
        return option[1] if isinstance(option, tuple) else option
    if step := getattr(control, "step", None):
        return round(control.min + int(place) * step, 10)  # 0.3, where 3 x 0.1 is 0.30000000000000004
    return place
