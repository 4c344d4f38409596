"""The softmax, and what is taken for it."""

import numpy as np

from grader.answers.table import Answer, Function, Misconception, Probe, Way, probes
from grader.checks.activations.formulas import shift_of, sigmoid, softmax, softmax_done
from grader.checks.fits import number_from, numbers_from
from grader.checks.general import row_by_row
from grader.checks.inputs import COLUMN, EPS16, MIXED, SQUARE, TABLE
from grader.checks.words import HINT_COLUMN_SHIFT, HINT_PRECEDENCE


def _shares(z: np.ndarray) -> np.ndarray:
    return np.asarray(z / np.sum(z, axis=-1, keepdims=True))


def logit_end_of(answer: Function) -> Way | None:
    """Return where the answer cuts logits off, from the odds of 1000 and 0, or None where float64 cannot show it."""
    p = numbers_from(answer, np.array([1000.0, 0.0]))
    most = -float(np.log(p[1])) if p.size == 2 and p[1] > 0 else np.nan
    return {"most": most, "shift": "none"} if 0 < most < 740 else None


def temperature_of(answer: Function) -> Way | None:
    """Return what the answer multiplies logits with, from the odds of two, or None when it is 1 or no number."""
    p = numbers_from(answer, np.array([1.0, 0.0]))
    scale = float(np.log(p[0] / p[1])) if p.size == 2 and min(p) > 0 else np.nan
    return {"scale": scale} if abs(scale) > 1e-9 and abs(abs(scale) - 1) > 1e-3 else None


def little_of(answer: Function) -> Way | None:
    """Return what the answer adds to the sum: of two equal logits each gets 1 / (2 + little)."""
    p = number_from(answer, np.array([0.0, 0.0]))
    little = 1 / p - 2 if 0 < p < 1 else np.nan
    return {"little": little} if 1e-13 < little < 3 else None


def little_of_each(answer: Function) -> Way | None:
    """Return what the answer adds to each e^z: far below the largest logit nothing else is left of it."""
    p = numbers_from(answer, np.array([0.0, -1000.0]))
    little = float(p[1] / (1 - 2 * p[1])) if p.size == 2 and 0 < p[1] < 0.4 else 0.0
    return {"power": lambda x: np.exp(x) + little} if little > 1e-13 else None


SOFTMAX = Answer(
    name="softmax",
    section="01-activations.ipynb#softmax-heading",
    idea=(
        "Softmax turns the logits of one example into probabilities that sum to 1. It stays the same when"
        " one number is taken off all logits of a row."
    ),
    way=(
        "Take each row's largest logit off, raise e to the power of what is left, and divide by the row's"
        " sum. axis=-1 with keepdims=True serves one example and many."
    ),
    oracle=softmax,
    examples=(1,),
    recipe=softmax_done,
    tries=[
        *probes(np.array([1.0, 2.0, 4.0]), np.array([0.5, -0.25]), TABLE, SQUARE, TABLE[:1], COLUMN),
        *probes(TABLE.astype(np.float32)),
        *probes(TABLE.astype(np.float16), **EPS16),
        *probes(np.array([1000.0, 0.0]), np.array([-1000.0, -1001.0]), np.array([1e4, -1e4, 0.0]), extreme=True),
        *probes(MIXED, np.array([100.0, 99.0], dtype=np.float32), extreme=True),
        *probes([1.0, 2.0, 4.0], optional=True),
    ],
    misconceptions=[
        Misconception(
            "softmax-no-shift",
            "e^1000 does not fit into a float. Softmax stays the same when one number is taken off all logits of a "
            "row: which number makes every exponent harmless, for -1000 as well?",
            ({"shift": "none", "dtype": None}, {"shift": "none"}, {"shift": "above 0"}),
        ),
        Misconception(
            "softmax-wrong-axis",
            "Here the columns sum to 1. One row is one example, so it is each row that must sum to 1.",
            ({"axis": 0}, {"axis": 0, "shift": "row"}),
        ),
        Misconception(
            "softmax-whole-batch",
            "All rows together sum to 1. Each row is an example of its own and sums to 1 by itself.",
            ({"axis": None}, {"axis": None, "shift": "row"}),
        ),
        Misconception(
            "softmax-no-exp",
            "These are shares of the logits themselves; one is negative where a logit is. What makes every number "
            "positive first?",
            (
                lambda z: z / np.sum(z, axis=-1, keepdims=True),
                lambda z: np.abs(z) / np.sum(np.abs(z), axis=-1, keepdims=True),
                lambda z: np.asarray(z) / np.sum(z),
                lambda z: np.square(z) / np.sum(np.square(z), axis=-1, keepdims=True),
                lambda z: _shares(z - np.min(z, axis=-1, keepdims=True) + 1e-10),
                lambda z: _shares(z - np.min(z, axis=-1, keepdims=True)),
                lambda z: _shares(z - np.max(z, axis=-1, keepdims=True)),
            ),
        ),
        Misconception(
            "softmax-flipped",
            "The smallest logit gets the largest probability. Look at the sign in the exponent.",
            ({"scale": -1.0},),
        ),
        Misconception(
            "softmax-global-shift",
            "The batch's largest logit was taken off every row, so in a row far below it every e^z is 0. Take off "
            "each row's own largest.",
            ({"shift": "all"},),
        ),
        Misconception("shift-of-the-columns", HINT_COLUMN_SHIFT, ({"shift": "column"},)),
        Misconception(
            "softmax-clipped",
            "Logits beyond a certain size are all treated alike: they were cut off. Softmax stays the same when one "
            "number is taken off all logits of a row, so none has to be cut.",
            ({"most": 100.0, "shift": "none"}, {"most": 100.0}, {"most": 500.0, "shift": "none", "dtype": None}),
            fitted=(logit_end_of,),
        ),
        Misconception(
            "softmax-not-divided",
            "The rows do not sum to 1. What is each e^z divided by?",
            (
                np.exp,
                lambda z: np.exp(z - shift_of(np.asarray(z, dtype=float), "row", -1)),
                lambda z: np.exp(z - np.max(z)),
                lambda z: np.exp(z) / np.asarray(z).shape[-1],
                lambda z: np.exp(z - np.max(z)) / np.max(np.exp(z - np.max(z)), axis=0),
                {"total": np.linalg.norm},
                {"total": lambda e, **axis: 1 / np.sum(e, **axis)},
                {"total": np.mean},
                {"total": np.prod},
                {"total": lambda e, **axis: np.sum(np.square(e), **axis)},
                {"total": lambda e, **axis: 1 + np.sum(e, **axis), "shift": "none"},
            ),
        ),
        Misconception(
            "exponential-approximated",
            "e^z was replaced by the first terms of its series, or by a power that is only near it. Use np.exp.",
            (
                {"power": lambda x: 1 + x + x**2 / 2},
                {"power": lambda x: 1 + x},
                {"power": lambda x: 1 + x + x**2 / 2 + x**3 / 6},
                {"power": lambda x: 1 + x + x**2 / 2, "shift": "none"},
                {"power": lambda x: 1 + x, "shift": "none"},
            ),
        ),
        Misconception(
            "sigmoid-for-softmax",
            "Each logit was turned into a probability by itself, so that a row does not sum to 1, or only because it "
            "was divided again. Softmax compares e^z with the sum of all e^z of the row.",
            (sigmoid, lambda z: sigmoid(z) / np.sum(sigmoid(z), axis=-1, keepdims=True)),
        ),
        Misconception(
            "softmax-temperature",
            "The largest logit is right, and the probabilities are too sure or not sure enough. What are the logits "
            "multiplied with, or which number is raised to the power of them?",
            ({"scale": float(np.log(2))}, {"scale": 2.0}, {"scale": 0.5}),
            fitted=(temperature_of,),
        ),
        Misconception(
            "softmax-twice",
            "The probabilities are far too equal: the softmax was taken of probabilities.",
            ({"after": softmax_done}, {"after": lambda p: softmax_done(p, axis=None)}),
        ),
        Misconception(
            "softmax-is-argmax",
            "The largest logit gets 1 and the others 0. Softmax also says how sure it is.",
            (lambda z: (z == np.max(z, axis=-1, keepdims=True)) * 1.0, lambda z: np.argmax(z, axis=-1)),
        ),
        Misconception(
            "logarithm-not-asked",
            "These are the logarithms of the probabilities: all of them are below 0.",
            ({"after": np.log}, lambda z: z - np.log(np.sum(np.exp(z), axis=-1, keepdims=True))),
        ),
        Misconception(
            "epsilon-added",
            "Something was added to e^z, or to the sum. With the row's largest logit taken off, the sum is never below "
            "1, and nothing needs to be added.",
            ({"little": 1e-3},),
            fitted=(little_of, little_of_each),
        ),
        Misconception("operator-precedence", HINT_PRECEDENCE, (lambda z: np.exp(z) / np.exp(z) + np.sum(np.exp(z)),)),
    ],
    general=row_by_row(softmax, np.array([0.5, -1.0, 0.3]), np.array([1000.0, 0.0])),
    breaks="softmax-no-shift",
    more=lambda rng: [Probe((rng.normal(0, 3, shape),), secret=True) for shape in [(5,), (3, 4), (4, 4)]],
)
