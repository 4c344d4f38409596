"""What the answers that decide between two classes share."""

from typing import Any

import numpy as np

from grader.answers.table import Misconception, Probe


def flat(z: Any) -> np.ndarray:
    """Return (N, 1) or (N,) as (N,)."""
    return np.asarray(z, dtype=float).reshape(-1)


def decided(score: Any, cut: float, border: bool, flipped: bool) -> np.ndarray:
    """Return class 1 where a score is over (or, with `border`, at) where it is cut; with `flipped`, class 0 there."""
    over = np.asarray(score) >= cut if border else np.asarray(score) > cut
    return np.asarray(~over if flipped else over).astype(int)


def argmax_of_column(z: np.ndarray, *_: object, **__: object) -> np.ndarray:
    """Return the class that argmax over a single column gives: always 0."""
    return np.argmax(flat(z)[:, None], axis=-1)


HALF_ON_LOGITS = Misconception(
    "threshold-half-on-logits",
    "The logits were cut at 0.5, which is a probability of 0.622. Which logit belongs to one half?",
    ({"cut": 0.5}, {"cut": 0.5, "border": True}),
)
HINT_BORDER = (
    "The border itself, a probability of exactly one half or of the threshold, is not over it: look at > and >=."
)
HINT_FLIPPED_CLASS = "The classes are exchanged: the larger the score, the more it speaks for class 1."
HINT_ONE_COLUMN = "Every example is class 0. argmax over one column is always 0. Compare the column with a "
HINT_CUT_CLASS = (
    "A probability below 1 became 0: int() and astype(int) cut off what stands behind the point. Compare with the "
    "border first."
)
HINT_ONE_CLASS = (
    "All examples get the same class, whatever goes in. This happens where a second mask, or a second if, changes what "
    "the first one has set. Compare once."
)
HINT_FROM_ONE = "The classes are 1 and 2 here. The exercise asks for 0 and 1."
HINT_SCORES = "These are scores. A class is a whole number, 0 or 1."


def classes(rng: np.random.Generator) -> list[Probe]:
    """Return secret logits of both signs, none at the border."""
    return [Probe((rng.normal(0, 2, shape),), secret=True) for shape in [(9,), (6, 1)]]


HINT_ONE_ROW = "The examples were taken to stand beside each other in one row. With (N, 1) they stand below each other."
HINT_FIRST = "Only the first example has got a class. Each of the N examples needs one."
HINT_NOT_CLASSES = "The result is no class. A class is a whole number, 0 or 1, one for each example."
