"""Lesson 05: what a bag of words makes of a sentence, word by word."""

import math
import re

import numpy as np
from ipywidgets import Dropdown, IntSlider, Layout, Text
from matplotlib.artist import Artist

from figures.live import LiveFigure, Values
from figures.style import BLUE, GREEN, GREY, VERMILION

EXAMPLES = (
    "the plot was wonderful",
    "the plot was not wonderful",
    "the plot was wonderful but not long",
    "the plot was not wonderful but long",
    "wonderful wonderful awful",
    "a great film and a boring ending",
    "honestly the music was dull",
)
ROWS = 10  # the words that are drawn
PADDING = ""


class WordScoreExplorer(LiveFigure):
    """A sentence as the scores of its words; with the padding they are averaged to the logit."""

    def __init__(self, scores: dict[str, float], bias: float, examples: tuple[str, ...] = EXAMPLES) -> None:
        """Start with the first example, without padding.

        Args:
            scores: the score of each word, and that of the padding under the empty word.
            bias: what is added to the mean of the scores.
            examples: sentences to choose from.
        """
        self.scores, self.bias = scores, bias
        wide = {"layout": Layout(width="40em"), "style": {"description_width": "11em"}}
        self.example = Dropdown(description="an example", options=examples, **wide)
        sentence = Text(description="or your sentence", value=examples[0], **wide)
        padding = IntSlider(description="zeros of padding", min=0, max=30, value=0, **wide)
        self.example.observe(lambda change: setattr(sentence, "value", change["new"]), "value")
        super().__init__(example=self.example, sentence=sentence, padding=padding)

    def stage(self, values: Values) -> list[Artist]:
        """Draw the empty rows; bars, words and numbers move."""
        axes, rows = self.axes, np.arange(ROWS + 2)
        self.limit = max(1.0, *(abs(score) for score in self.scores.values()))
        axes.set(xlim=(-2 * self.limit, 1.3 * self.limit), ylim=(ROWS + 1.6, -0.6), yticks=[])
        axes.set_xticks([tick for tick in axes.get_xticks() if abs(tick) <= self.limit])
        axes.set_xlabel("score of the word", color=GREY)
        axes.axvline(0, color=GREY, lw=1)
        axes.axhline(ROWS + 0.5, color=GREY, lw=1, ls=":")
        axes.spines["left"].set_visible(False)
        self.bars = axes.barh(rows, 0.0, 0.7)
        left, right = axes.get_xlim()
        at = {"color": GREY, "va": "center", "fontsize": 9}
        self.labels = [axes.text(left, row, "", ha="left", **at) for row in rows]
        self.numbers = [axes.text(right, row, "", ha="right", **at) for row in rows]
        return [*self.bars, *self.labels, *self.numbers]

    def move(self, values: Values) -> str:
        """Show one row for each known word, one for the padding, and one for the logit."""
        known, unknown = self.words(str(values["sentence"]))
        zeros = int(values["padding"])
        count, empty = len(known) + zeros, ("", 0.0, GREY)
        rows = [(word, self.scores[word], GREEN if self.scores[word] >= 0 else VERMILION) for word in known[:ROWS]]
        rows += [empty] * (ROWS - len(rows))
        rows.append((f"padding, {zeros} times", self.scores[PADDING], GREY) if zeros else empty)
        if count:
            mean = (sum(self.scores[word] for word in known) + zeros * self.scores[PADDING]) / count
            logit = mean + self.bias
            rows.append(("mean + bias = logit", logit, BLUE))
            words = f"mean of {count} scores {mean:.3f}, with bias {self.bias:.3f} the logit is {logit:.3f}, "
            words += f"probability of a positive review {1 / (1 + math.exp(-logit)):.3f}"
        else:
            rows.append(empty)
            words = "There is nothing to average"
        self.show(rows)
        if len(known) > ROWS:
            words += f"; the first {ROWS} words are drawn, and all count"
        if unknown:
            words += f". Not in the vocabulary and left out: {', '.join(unknown)}"
        return words + "."

    def words(self, sentence: str) -> tuple[list[str], list[str]]:
        """Return the words of a sentence that have a score, and those that have none."""
        found = re.findall(r"[^\W_]+(?:['’\-][^\W_]+)*", sentence.lower())
        known = [word for word in found if word in self.scores]
        return known, [word for word in dict.fromkeys(found) if word not in self.scores]

    def show(self, rows: list[tuple[str, float, str]]) -> None:
        """Bring bars, words and numbers to the rows; a row without a word is empty."""
        parts = zip(self.bars, self.labels, self.numbers, rows, strict=True)
        for bar, label, number, (word, score, colour) in parts:
            bar.set(width=score, facecolor=colour)
            label.set_text(word)
            number.set_text(f"{round(score, 2) + 0.0:.2f}" if word else "")


def word_score_explorer(
    scores: dict[str, float], bias: float, examples: tuple[str, ...] = EXAMPLES
) -> WordScoreExplorer:
    """Return the live figure of a sentence, the scores of its words and the logit that is their mean."""
    return WordScoreExplorer(scores, bias, examples)
