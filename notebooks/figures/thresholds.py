"""Lesson 06: a threshold that moves over a model's probabilities, and what it does to every count."""

from dataclasses import dataclass

import numpy as np
from matplotlib.artist import Artist

from figures.live import LiveFigure, Values
from figures.style import BLUE, GREY, VERMILION, legend_above, slider


@dataclass(frozen=True)
class Counts:
    """The four counts of a confusion matrix of two classes; class 1 is called positive."""

    true_positive: int
    false_positive: int
    false_negative: int
    true_negative: int

    @property
    def accuracy(self) -> float:
        """The share that is right."""
        return (self.true_positive + self.true_negative) / sum(self.all)

    @property
    def precision(self) -> float | None:
        """Of those called positive the share that is; None when none is called so."""
        called = self.true_positive + self.false_positive
        return self.true_positive / called if called else None

    @property
    def recall(self) -> float | None:
        """Of the positive ones the share that is called so; None when there are none."""
        positive = self.true_positive + self.false_negative
        return self.true_positive / positive if positive else None

    @property
    def all(self) -> list[int]:
        """The four counts in the order of the fields."""
        return [self.true_positive, self.false_positive, self.false_negative, self.true_negative]


def count(y: np.ndarray, p: np.ndarray, threshold: float) -> Counts:
    """Return the counts of (N,) labels and (N,) probabilities; what is over the threshold is called positive."""
    called, positive = p > threshold, y == 1
    four = [called & positive, called & ~positive, ~called & positive, ~called & ~positive]
    return Counts(*(int(kind.sum()) for kind in four))


class ThresholdExplorer(LiveFigure):
    """The probabilities of both classes with a threshold on the left, the four counts on the right."""

    panels = (1, 2)

    def __init__(self, y: np.ndarray, p: np.ndarray) -> None:
        """Start at one half, for (N,) or (N, 1) labels and probabilities.

        Raises:
            ValueError: there are not as many labels as probabilities, or something is no probability or no label.
        """
        self.y, self.p = np.ravel(y), np.ravel(p)
        if self.y.shape != self.p.shape or not self.y.size:
            raise ValueError("For every probability one label.")
        if not np.all((self.p >= 0) & (self.p <= 1)):
            raise ValueError("Probabilities lie from 0 to 1: put logits through a sigmoid first.")
        if not np.isin(self.y, [0, 1]).all():
            raise ValueError("Labels are 0 and 1.")
        threshold = slider("threshold for p", 0.0, 1.0, 0.5, step=0.01)
        threshold.readout_format = ".2f"
        super().__init__(threshold=threshold)

    def stage(self, values: Values) -> list[Artist]:
        """Draw both histograms; the threshold, the bars of the counts and their numbers move."""
        left, right = self.axes
        bins = np.linspace(0, 1, 21)
        left.hist(self.p[self.y == 0], bins, color=BLUE, alpha=0.6, label="class 0")
        left.hist(self.p[self.y == 1], bins, histtype="step", color=VERMILION, lw=2, label="class 1")
        left.set(xlim=(-0.02, 1.02))
        left.set_xlabel("probability p of class 1", color=GREY)
        left.set_ylabel("examples", color=GREY)
        legend_above(left)
        self.line = left.axvline(0.5, color=GREY, lw=2, ls="--")
        most = max(1, int((self.y == 0).sum()), int((self.y == 1).sum()))
        right.set(xlim=(-0.6, 3.6), ylim=(0, 1.15 * most), xticks=range(4))
        right.set_xticklabels(["true\npositive", "false\npositive", "false\nnegative", "true\nnegative"], fontsize=8)
        right.set_ylabel("examples", color=GREY)
        right.grid(visible=False, axis="x")
        self.bars = right.bar(range(4), 0, 0.6)
        for bar, colour, wrong in zip(
            self.bars, [VERMILION, BLUE, VERMILION, BLUE], [False, True, True, False], strict=True
        ):
            bar.set(
                edgecolor=colour, lw=1.5, **({"facecolor": "none", "hatch": "///"} if wrong else {"facecolor": colour})
            )
        self.numbers = [right.text(k, 0, "", ha="center", va="bottom", color=GREY) for k in range(4)]
        return [self.line, *self.bars, *self.numbers]

    def move(self, values: Values) -> str:
        """Count at the threshold."""
        threshold = float(values["threshold"])
        self.counts = count(self.y, self.p, threshold)
        self.line.set_xdata([threshold, threshold])
        for bar, number, height in zip(self.bars, self.numbers, self.counts.all, strict=True):
            bar.set_height(height)
            number.set(y=height, text=str(height))
        tp, fp, fn, tn = self.counts.all
        return (
            f"threshold {threshold:.2f}: accuracy {self.counts.accuracy:.3f}, "
            f"precision {_share(self.counts.precision)}, "
            f"recall {_share(self.counts.recall)}; right {tp} of class 1 and {tn} of class 0; "
            f"called 1 but 0: {fp}, called 0 but 1: {fn}"
        )


def _share(value: float | None) -> str:
    return "not defined" if value is None else f"{value:.3f}"


def threshold_explorer(y: np.ndarray, p: np.ndarray) -> ThresholdExplorer:
    """Return the live figure of a threshold over (N,) probabilities with (N,) labels 0 and 1."""
    return ThresholdExplorer(y, p)
