"""Lesson 07: the confusion matrix, and the images behind each of its entries."""

import numpy as np
from ipywidgets import Dropdown
from matplotlib.artist import Artist
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle

from figures.live import LiveFigure, Values
from figures.style import BLUE, GREEN, GREY, VERMILION

ROWS, COLUMNS = 3, 4  # of the images that are shown


class ConfusionExplorer(LiveFigure):
    """The confusion matrix with a frame around one entry, and images from that entry beside it."""

    panels = (1, 2)

    def __init__(self, images: np.ndarray, y: np.ndarray, y_pred: np.ndarray, true: int, taken: int) -> None:
        """Count (N,) true labels against (N,) predicted ones; start with one entry.

        Raises:
            ValueError: images, labels and predictions are not as many, or a label is not a class from 0 on.
        """
        self.images, self.y, self.y_pred = np.asarray(images), np.asarray(y), np.asarray(y_pred)
        if not len(self.images) == len(self.y) == len(self.y_pred):
            raise ValueError("For every image one true label and one predicted label.")
        if not all(np.issubdtype(labels.dtype, np.integer) and labels.min() >= 0 for labels in (self.y, self.y_pred)):
            raise ValueError("Labels are whole numbers from 0 on: decide for a class first.")
        classes = int(max(self.y.max(), self.y_pred.max(), true, taken)) + 1
        self.matrix = np.zeros((classes, classes), int)
        np.add.at(self.matrix, (self.y, self.y_pred), 1)
        super().__init__(true=choice("true digit", classes, true), taken=choice("taken for", classes, taken))

    def stage(self, values: Values) -> list[Artist]:
        """Write the counts; the frame and the images move."""
        counts, pictures = self.axes
        classes = len(self.matrix)
        for (true, taken), count in np.ndenumerate(self.matrix):
            colour = BLUE if true == taken else VERMILION if count else GREY
            counts.text(taken, true, str(count) if count else "·", color=colour, ha="center", va="center")
        counts.set(xlim=(-0.6, classes - 0.4), ylim=(classes - 0.4, -0.6), aspect="equal")
        counts.set(xticks=range(classes), yticks=range(classes))
        counts.set_xlabel("taken for", color=GREY)
        counts.set_ylabel("true digit", color=GREY)
        counts.grid(visible=False)
        self.frame = counts.add_patch(Rectangle((0, 0), 0.9, 0.9, fill=False, edgecolor=GREEN, lw=2.5))
        height, width = self.images.shape[1:]
        self.sheet = pictures.imshow(np.zeros((ROWS * (height + 1), COLUMNS * (width + 1), 4)), aspect="equal")
        pictures.grid(visible=False)
        pictures.set(xticks=[], yticks=[])
        for spine in pictures.spines.values():
            spine.set_visible(False)
        return [self.frame, self.sheet]

    def move(self, values: Values) -> str:
        """Put the frame around the entry and its images on the sheet."""
        true, taken = int(values["true"]), int(values["taken"])
        self.frame.set_xy((taken - 0.45, true - 0.45))
        chosen = np.flatnonzero((self.y == true) & (self.y_pred == taken))
        self.sheet.set_data(self.ink(chosen[: ROWS * COLUMNS]))
        count, all_of_it = len(chosen), int(self.matrix[true].sum())
        shown = f"{min(count, ROWS * COLUMNS)} of these {count} are shown" if count else "there is nothing to show"
        return f"true digit {true}, taken for {taken}: {count} of {all_of_it}; {shown}"

    def ink(self, chosen: np.ndarray) -> np.ndarray:
        """Return the chosen images side by side, in blue ink on nothing, as RGBA."""
        height, width = self.images.shape[1:]
        sheet = np.zeros((ROWS, height + 1, COLUMNS, width + 1))
        for place, image in enumerate(self.images[chosen]):
            sheet[place // COLUMNS, :height, place % COLUMNS, :width] = image
        alpha = sheet.reshape(ROWS * (height + 1), COLUMNS * (width + 1), 1)
        return np.concatenate([np.broadcast_to(to_rgb(BLUE), (*alpha.shape[:2], 3)), alpha.clip(0, 1)], axis=2)


def choice(label: str, classes: int, value: int) -> Dropdown:
    """Return a labelled list of the classes that works from the keyboard."""
    widget = Dropdown(description=label, options=list(range(classes)), value=value)
    widget.style.description_width = "11em"
    return widget


def confusion_explorer(
    images: np.ndarray, y: np.ndarray, y_pred: np.ndarray, true: int = 8, taken: int = 1
) -> ConfusionExplorer:
    """Return the live figure of a confusion matrix and of the images behind the chosen entry.

    Args:
        images: (N, height, width), from 0 to 1.
        y: (N,) true labels from 0 on.
        y_pred: (N,) what the model took them for.
        true: the true digit to start with.
        taken: what it was taken for.
    """
    return ConfusionExplorer(images, y, y_pred, true, taken)
