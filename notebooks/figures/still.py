"""A still picture: what pyplot drew, as an image with words for those who cannot see it."""

import base64
import html
import io

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from figures.style import paint_figure


class Picture:
    """A figure as an image, with one line under it that says what it shows."""

    def __init__(self, figure: Figure, words: str) -> None:
        """Draw the figure, and close it so that nothing shows it a second time."""
        self.figure, self.words = figure, words
        paint_figure(figure)
        file = io.BytesIO()
        figure.savefig(file, format="png", dpi=100, transparent=True)
        plt.close(figure)
        self.png = file.getvalue()

    def _repr_html_(self) -> str:
        source, words = base64.b64encode(self.png).decode(), html.escape(self.words)
        return (
            f'<img alt="{words}" style="max-width:100%;height:auto" src="data:image/png;base64,{source}">'
            f'<div style="padding-left:3em">{words}</div>'
        )

    def __repr__(self) -> str:
        return self.words


def picture(figure: Figure, words: str) -> Picture:
    """Return a pyplot figure as the cell's last value: an image, and a sentence that says what is in it.

    Raises:
        ValueError: there are no words; somebody may not see the image.
    """
    if not words.strip():
        raise ValueError("A picture needs words: say in one sentence what it shows.")
    return Picture(figure, words)
