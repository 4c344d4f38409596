"""Exercise 01: ReLU, sigmoid, softmax, the sigmoid's slope, and two linear layers that are one."""

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.answers.check import Check
from grader.answers.table import Answer, Function, Misconception, Probe, Way, probes
from grader.checks.fits import decimals_of, number_from, numbers_from

LESSON = "01-activations.ipynb"
EPS16 = {"rtol": 4e-3, "atol": 2e-3}  # float16 keeps 11 bits: 1e-3 of a number at each step


def sigmoid(z: np.ndarray) -> np.ndarray:
    """Return 1/(1+e^-z) without overflow: e is only ever raised to a negative power."""
    e = np.exp(-np.abs(np.asarray(z, dtype=float)))
    return np.where(np.asarray(z) >= 0, 1 / (1 + e), e / (1 + e))


def softmax(z: np.ndarray) -> np.ndarray:
    """Return e^z over its sum along the last axis; the largest logit of each row is taken off first."""
    return softmax_done(z)


def shift_of(z: np.ndarray, shift: str, axis: int | None) -> Any:
    """Return what is taken off the logits before e^z: the largest of each sum, of each row, of all, or nothing."""
    if shift == "none":
        return 0
    if shift == "all":
        return np.max(z)
    largest = np.max(z, axis=axis if shift == "sum" else -1, keepdims=True)
    return np.maximum(0, largest) if shift == "above 0" else largest


def softmax_done(
    z: Any,
    shift: str = "sum",
    axis: int | None = -1,
    scale: float = 1.0,
    dtype: Any = float,
    little: float = 0.0,
    most: float = np.inf,
    then: Function = lambda p: p,
) -> np.ndarray:
    """Return the softmax with each part done as the keywords say.

    Args:
        z: logits.
        shift: see shift_of().
        axis: along which the sum runs.
        scale: what the logits are multiplied with.
        dtype: what is computed in; None for the dtype of z.
        little: what is added to the sum.
        most: where the logits are cut off on both sides.
        then: what is done with the probabilities.
    """
    z = np.clip(scale * np.asarray(z, dtype=dtype), -most, most)
    e = np.exp(z - shift_of(z, shift, axis))
    return np.asarray(then(e / (np.sum(e, axis=axis, keepdims=True) + little)))


def exp_over_sum(z: np.ndarray) -> np.ndarray:
    """Return e^z over its sum along the last axis in the dtype of z, with no care for overflow."""
    return softmax_done(z, shift="none", dtype=None)


def relu_done(
    z: Any,
    below: float = 0.0,
    most: float = np.inf,
    border: float = 0.0,
    least: float = 0.0,
    then: Function = lambda value: value,
) -> np.ndarray:
    """Return max(0, z), with a slope below a border, an upper end, and another number than 0 as the lower one."""
    z = np.asarray(z)  # in its own dtype, in which the learner's slope is rounded
    value = np.minimum(np.where(z > border, z, below * z), most)
    return np.asarray(then(np.maximum(value, least) if least else value))


def leak_of(answer: Function) -> Way | None:
    """Return the answer's own slope below 0, or None when that is no leak."""
    slope = -number_from(answer, np.array([-1.0]))
    return {"below": slope} if 0 < slope < 1 else None


def least_of(answer: Function) -> Way | None:
    """Return the smallest number that the answer gives, or None when that is 0."""
    least = number_from(answer, np.array([-1e6]))
    return {"least": least} if 0 < abs(least) < 10 else None


def border_of(answer: Function) -> Way | None:
    """Return from where on the answer lets numbers through, to a 400th, or None when that is 0."""
    ladder = np.linspace(0.0025, 10, 4000)
    passed = np.flatnonzero(numbers_from(answer, ladder))
    border = float(ladder[passed[0]]) - 1 / 800 if passed.size and passed[0] else 0.0
    return {"border": border} if border > 0.01 else None


def kept_integers(function: Function) -> Function:
    """Return the function with a result that is cut to whole numbers where whole numbers went in."""

    def cut(z: Any) -> np.ndarray:
        z = np.asarray(z)
        return np.asarray(function(z)).astype(z.dtype if z.dtype.kind in "iu" else float)

    return cut


def most_of(answer: Function) -> Way | None:
    """Return the largest number that the answer gives, or None when it grows on."""
    most = number_from(answer, np.array([1e6]))
    return {"most": most} if 0 < most < 1e4 else None


def sigmoid_done(z: Any, scale: float = 1.0, most: float = np.inf, then: Function = lambda p: p) -> np.ndarray:
    """Return 1/(1+e^-z) of logits that are multiplied, and cut off on both sides, before."""
    return np.asarray(then(sigmoid(scale * np.clip(np.asarray(z, dtype=float), -most, most))))


def scale_of(answer: Function) -> Way | None:
    """Return what the answer multiplies logits with, or None when it is 1 or no number."""
    p = number_from(answer, np.array([1.0]))
    scale = float(np.log(p / (1 - p))) if 0 < p < 1 else np.nan
    return {"scale": scale} if abs(scale) > 1e-3 and abs(abs(scale) - 1) > 1e-3 else None


def cut_off_of(answer: Function) -> Way | None:
    """Return where the answer cuts logits off, or None when it does so nowhere that float64 could show."""
    p = number_from(answer, np.array([-300.0]))
    most = -float(np.log(p / (1 - p))) if 0 < p < 0.5 else np.nan
    return {"most": most} if 0 < most < 290 else None


def rounding_of(place: str, *arguments: Any) -> Callable[[Function], Way | None]:
    """Return what finds the decimals that an answer rounds to; `place` is the recipe's keyword for what comes last."""

    def fit(answer: Function) -> Way | None:
        decimals = decimals_of(answer, *arguments)
        return None if decimals is None else {place: lambda p: np.round(p, decimals)}

    return fit


HINT_ROUNDED = (
    "The result is rounded. Give every digit back: what is small would become 0, and its logarithm minus infinity."
)
HINT_CUT = "The result holds whole numbers, and what stood behind the point is lost. Which dtype does it get?"
HINT_ONE = "There is one number for all. Each number that goes in gets a result of its own."
HINT_PRECEDENCE = (
    "Division comes before addition: without brackets only the first term is divided. Put the whole sum into brackets."
)

COLUMN = np.array([[-1.5], [0.25], [2.0]])
TABLE = np.array([[1.0, 2.0, 4.0], [0.5, -1.0, 0.0]])
SQUARE = np.array([[0.0, 1.0, 3.0], [2.0, -1.0, 0.5], [-2.0, 0.0, 1.0]])
MIXED = np.array([[1000.0, 1001.0, 1002.0], [-1000.0, -1001.0, -1002.0], [0.0, 1.0, 2.0]])


def elementwise(rng: np.random.Generator) -> list[Probe]:
    """Return secret probes for a function that works on each number alone."""
    return [Probe((rng.normal(0, 3, shape),), secret=True) for shape in [(7,), (2, 5), (4, 1)]]


RELU = Answer(
    name="relu",
    section=f"{LESSON}#relu-heading",
    idea="ReLU passes a positive number on as it is and makes a negative one 0.",
    way=(
        "Compare each number with 0 and take the larger of the two. NumPy has one function that does this"
        " for whole arrays."
    ),
    oracle=lambda z: np.maximum(np.asarray(z, dtype=float), 0),
    recipe=relu_done,
    tries=[
        *probes(-2.0, 3.0, 0.0, -2, np.array([-2.0, -0.5, 0.0, 0.5, 3.0]), TABLE, COLUMN),
        *probes(np.array([-1.5, 2.5], dtype=np.float32), np.array([-4.0, 3.0e4], dtype=np.float16)),
        *probes(np.array([-1e4, 1e4]), extreme=True),
        *probes([-1, 2], optional=True),
    ],
    misconceptions=[
        Misconception(
            "relu-absolute",
            "A negative logit becomes positive here. ReLU does not turn it round: look at what it does with -2.",
            ({"below": -1.0},),
        ),
        Misconception(
            "relu-flipped",
            "The negative logits come through and the positive ones do not. Which side does ReLU keep?",
            (lambda z: np.minimum(0, z), lambda z: np.maximum(0, np.negative(z))),
        ),
        Misconception(
            "relu-step",
            "Every positive logit gives the same output. ReLU says how far above zero it is, not only that it is.",
            (lambda z: (np.asarray(z) > 0) * 1.0, lambda z: (np.asarray(z) >= 0) * 1.0),
        ),
        Misconception(
            "relu-leaky",
            "A part of each negative logit comes through. That is a leaky ReLU; the plain one lets nothing through.",
            ({"below": 0.01}, {"below": 0.1}),
            fitted=(leak_of,),
        ),
        Misconception(
            "relu-capped",
            "From a certain size on the result does not grow any more. ReLU has no upper end.",
            ({"most": 6.0},),
            fitted=(most_of,),
        ),
        Misconception(
            "relu-floor",
            "Far below 0 the result is another number than 0.",
            ({"least": 1e-3}, {"least": 1.0}),
            fitted=(least_of,),
        ),
        Misconception(
            "relu-border",
            "The numbers come through from another border on than 0.",
            ({"border": 1.0}, {"border": 0.5}),
            fitted=(border_of,),
        ),
        Misconception(
            "relu-drops-numbers",
            "The negative numbers are left out, so that the shape changes. They become 0, each in its place.",
            (lambda z: np.asarray(z)[np.asarray(z) > 0],),
        ),
        Misconception("result-cut-to-integers", HINT_CUT, ({"then": np.trunc},)),
        Misconception("one-result-for-all", HINT_ONE, ({"then": np.sum}, {"then": np.mean}, {"then": np.max})),
        Misconception(
            "relu-identity",
            "The numbers come out as they went in. What does ReLU do with the negative ones?",
            ({"below": 1.0},),
        ),
        Misconception(
            "relu-is-another-activation",
            "This is another activation, a smooth one. ReLU is a straight line on either side of 0: which two?",
            (
                lambda z: np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z))),
                lambda z: np.asarray(z) * sigmoid(z),
                lambda z: np.where(np.asarray(z) > 0, z, np.expm1(np.minimum(z, 0))),
                lambda z: np.asarray(z) * sigmoid(1.702 * np.asarray(z)),
                lambda z: 0.5 * np.asarray(z) * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * np.asarray(z) ** 3))),
                sigmoid,
                np.tanh,
            ),
        ),
    ],
    more=elementwise,
)

SIGMOID = Answer(
    name="sigmoid",
    section=f"{LESSON}#sigmoid-heading",
    idea=(
        "The sigmoid turns any number into a probability: 0.5 at 0, near 1 for large numbers, near 0 for "
        "numbers far below 0."
    ),
    way=(
        "Compute e = e^-|z| once: it lies between 0 and 1 for every z. 1/(1+e^-z) can be written with it "
        "for z above 0, and e^z/(1+e^z) for z below 0; np.where chooses the numerator by the sign of z."
    ),
    oracle=sigmoid,
    recipe=sigmoid_done,
    tries=[
        *probes(0.0, 2.0, -3.0, 1, np.array([-3.0, -1.0, 0.0, 0.5, 2.0]), TABLE, COLUMN),
        *probes(np.array([-2.0, 5.0], dtype=np.float32)),
        *probes(np.array([-2.0, 5.0], dtype=np.float16), **EPS16),
        *probes(
            -1000.0,
            1000.0,
            np.array([-1000.0, 1000.0]),
            np.array([-1e4, 1e4]),
            extreme=True,
            warning_free=True,
        ),
        *probes(np.array([-100.0, 100.0], dtype=np.float32), extreme=True),
        *probes(np.array([-6e4, 6e4], dtype=np.float16), extreme=True, **EPS16),
        *probes([-1.0, 2.0], optional=True),
    ],
    misconceptions=[
        Misconception(
            "sigmoid-flipped",
            "The curve falls where it should rise: large logits belong to probabilities near 1. Look at the sign "
            "in the exponent.",
            ({"scale": -1.0},),
        ),
        Misconception(
            "sigmoid-overflow",
            "For a logit this large e^-z or e^z does not fit into a float, and np.where computes both of its "
            "branches, also the one that it does not take. e^-|z| is harmless for every z: write both branches with "
            "it.",
            (
                lambda z: 1 / (1 + np.exp(np.negative(z))),
                lambda z: np.exp(z) / (1 + np.exp(z)),
                lambda z: np.where(np.asarray(z) >= 0, 1 / (1 + np.exp(np.negative(z))), np.exp(z) / (1 + np.exp(z))),
            ),
        ),
        Misconception(
            "sigmoid-is-tanh",
            "These outputs run from -1 to 1. A probability runs from 0 to 1: what should come out at z = 0?",
            (np.tanh, lambda z: np.tanh(np.asarray(z) / 2)),
        ),
        Misconception(
            "operator-precedence",
            HINT_PRECEDENCE,
            (
                lambda z: 1 + np.exp(np.negative(z)),
                lambda z: 1 + np.exp(z),
                lambda z: 2 * np.exp(z),
                lambda z: 2 * np.exp(np.negative(z)),
                lambda z: np.exp(z) + 1 + np.exp(z),
            ),
        ),
        Misconception(
            "sigmoid-scaled",
            "The curve is right at 0, and too steep or too flat everywhere else. What is the logit multiplied with, or "
            "which number is raised to the power of it?",
            ({"scale": float(np.log(2))}, {"scale": 2.0}, {"scale": 0.5}),
            fitted=(scale_of,),
        ),
        Misconception(
            "sigmoid-clipped",
            "Beyond a certain size all logits get the same probability: they were cut off too early. A probability of "
            "0.00001 is another one than 0.0000000001.",
            ({"most": 10.0},),
            fitted=(cut_off_of,),
        ),
        Misconception(
            "sigmoid-is-another-curve",
            "This curve is S-shaped, too, and is no sigmoid. Compare with 1/(1 + e^-z) at z = 2, where it is 0.881.",
            (
                lambda z: np.clip(0.2 * np.asarray(z) + 0.5, 0, 1),
                lambda z: np.clip(np.asarray(z) / 6 + 0.5, 0, 1),
                lambda z: np.asarray(z) / (1 + np.abs(z)),
                lambda z: 0.5 * (1 + np.asarray(z) / (1 + np.abs(z))),
                lambda z: 0.5 + np.arctan(z) / np.pi,
                lambda z: np.asarray(z) / np.sqrt(1 + np.asarray(z, dtype=float) ** 2),
            ),
        ),
        Misconception("result-cut-to-integers", HINT_CUT, (kept_integers(sigmoid), {"then": np.trunc})),
        Misconception("one-result-for-all", HINT_ONE, ({"then": np.sum}, {"then": np.mean})),
        Misconception(
            "softmax-for-sigmoid",
            "All numbers together sum to 1: this is the softmax. Each logit has a probability of its own here.",
            (softmax, lambda z: softmax_done(z, axis=None)),
        ),
        Misconception(
            "gradient-not-asked",
            "This is the slope of the sigmoid. The exercise asks for the sigmoid itself, which is 0.5 at z = 0.",
            (lambda z: sigmoid(z) * sigmoid(np.negative(z)),),
        ),
        Misconception(
            "sigmoid-of-a-minus",
            "At z = 0 this divides by 0. The numbers under the fraction line are added: 1 plus e^-z.",
            (lambda z: 1 / (1 - np.exp(np.negative(z))), lambda z: np.exp(z) / (1 - np.exp(z))),
        ),
        Misconception("exponential-alone", "This is e^z. A probability ends at 1: what is it divided by?", (np.exp,)),
        Misconception(
            "result-rounded", HINT_ROUNDED, ({"then": np.round},), (rounding_of("then", np.array([0.5, -1.0])),)
        ),
    ],
    breaks="sigmoid-overflow",
    more=elementwise,
)


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
    return {"scale": scale} if abs(scale) > 1e-3 and abs(abs(scale) - 1) > 1e-3 else None


def little_of(answer: Function) -> Way | None:
    """Return what the answer adds to the sum: of two equal logits each gets 1 / (2 + little)."""
    p = number_from(answer, np.array([0.0, 0.0]))
    little = 1 / p - 2 if 0 < p < 1 else np.nan
    return {"little": little} if 1e-6 < little < 1 else None


SOFTMAX = Answer(
    name="softmax",
    section=f"{LESSON}#softmax-heading",
    idea=(
        "Softmax turns the logits of one example into probabilities that sum to 1. It stays the same when"
        " one number is taken off all logits of a row."
    ),
    way=(
        "Take each row's largest logit off, raise e to the power of what is left, and divide by the row's"
        " sum. axis=-1 with keepdims=True serves one example and many."
    ),
    oracle=softmax,
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
            ({"then": softmax_done}, {"then": lambda p: softmax_done(p, axis=None)}),
        ),
        Misconception(
            "softmax-is-argmax",
            "The largest logit gets 1 and the others 0. Softmax also says how sure it is.",
            (lambda z: (z == np.max(z, axis=-1, keepdims=True)) * 1.0, lambda z: np.argmax(z, axis=-1)),
        ),
        Misconception(
            "logarithm-not-asked",
            "These are the logarithms of the probabilities: all of them are below 0.",
            ({"then": np.log}, lambda z: z - np.log(np.sum(np.exp(z), axis=-1, keepdims=True))),
        ),
        Misconception(
            "epsilon-added",
            "The rows do not quite sum to 1: something was added to the sum. With the row's largest logit taken off, "
            "the sum is never below 1, and nothing needs to be added.",
            ({"little": 1e-3},),
            fitted=(little_of,),
        ),
        Misconception("operator-precedence", HINT_PRECEDENCE, (lambda z: np.exp(z) / np.exp(z) + np.sum(np.exp(z)),)),
        Misconception(
            "result-rounded",
            HINT_ROUNDED,
            ({"then": lambda p: np.round(p, 2)},),
            (rounding_of("then", np.array([0.5, -1.0, 0.3])),),
        ),
    ],
    breaks="softmax-no-shift",
    more=lambda rng: [Probe((rng.normal(0, 3, shape),), secret=True) for shape in [(5,), (3, 4), (4, 4)]],
)


def gradient_done(
    z: Any, of: Function = sigmoid, slope: Function = lambda s: s * (1 - s), then: Function = lambda value: value
) -> np.ndarray:
    """Return the slope of the sigmoid from its value; `of` makes the value, `slope` the slope."""
    return np.asarray(then(slope(np.asarray(of(np.asarray(z, dtype=float))))))


def step_of(answer: Function) -> Way | None:
    """Return the difference quotient with the answer's own step, ahead or on both sides, or None when there is none."""
    from scipy.optimize import brentq

    z = 0.7
    seen = number_from(answer, np.array([z]))
    for quotient in (ahead, around):
        low, high = (quotient(np.array(z), step) - seen for step in (1e-3, 2.0))
        if np.isfinite(seen) and low * high < 0:
            step = brentq(lambda step, quotient=quotient: float(quotient(np.array(z), step)) - seen, 1e-3, 2.0)
            return lambda z, quotient=quotient, step=step: quotient(np.asarray(z, dtype=float), step)
    return None


def ahead(z: np.ndarray, step: float) -> np.ndarray:
    """Return the forward difference quotient of the sigmoid."""
    return (sigmoid(z + step) - sigmoid(z)) / step


def around(z: np.ndarray, step: float) -> np.ndarray:
    """Return the central difference quotient of the sigmoid."""
    return (sigmoid(z + step) - sigmoid(z - step)) / (2 * step)


SIGMOID_GRADIENT = Answer(
    name="sigmoid_gradient",
    section=f"{LESSON}#saturates-heading",
    idea=(
        "The slope says how far the probability moves when the logit moves a little. It is largest at 0, "
        "where it is 0.25, and vanishes at both ends."
    ),
    way=("Compute s, the sigmoid of z. Differentiate 1/(1+e^-z) on paper and write the result with s alone."),
    oracle=lambda z: sigmoid(z) * sigmoid(np.negative(z)),
    recipe=gradient_done,
    tries=[
        *probes(0.0, 2.0, -3.0, 1, np.array([-3.0, -1.0, 0.0, 0.5, 2.0]), TABLE, COLUMN),
        *probes(np.array([-2.0, 5.0], dtype=np.float32)),
        *probes(-1000.0, 1000.0, np.array([-1e4, 1e4]), extreme=True),
        *probes([-1.0, 2.0], optional=True),
    ],
    misconceptions=[
        Misconception(
            "gradient-without-one-minus",
            "The slope must vanish where the sigmoid is flat, at both ends. At z = 1000 yours is still 1: what does "
            "the sigmoid itself have to be multiplied with?",
            (
                {"slope": lambda s: s},
                {"slope": lambda s: s**2},
                {"slope": lambda s: 1 - s},
                {"slope": lambda s: np.minimum(s, 1 - s)},
            ),
        ),
        Misconception(
            "gradient-of-the-output",
            "z(1-z) takes z for the sigmoid's output. z is a logit: the sigmoid has to be computed from it first.",
            ({"of": lambda z: z},),
        ),
        Misconception(
            "sigmoid-twice",
            "The sigmoid was taken twice: of z, and again of what came out.",
            ({"of": lambda z: sigmoid(sigmoid(z))}, {"slope": lambda s: s * (1 - sigmoid(s))}),
        ),
        Misconception("one-result-for-all", HINT_ONE, ({"then": np.sum}, {"then": np.mean})),
        Misconception(
            "operator-precedence", HINT_PRECEDENCE, ({"of": lambda z: 1 + np.exp(-z)}, {"slope": lambda s: s * 1 - s})
        ),
        Misconception(
            "gradient-sign",
            "The slope is negative, and the sigmoid rises everywhere. Look at the signs.",
            ({"slope": lambda s: -s * (1 - s)}, {"slope": lambda s: s * (1 + s)}),
        ),
        Misconception(
            "gradient-of-tanh",
            "1 - s² is the slope of tanh, written in the value of tanh. The slope of the sigmoid has another form.",
            ({"slope": lambda s: 1 - s**2},),
        ),
        Misconception(
            "gradient-exponent-sign",
            "Numerator and denominator do not fit each other: with e^z above, 1 + e^z belongs below, with e^-z 1 + "
            "e^-z.",
            (
                lambda z: np.exp(z) / (1 + np.exp(np.negative(z))) ** 2,
                lambda z: np.exp(np.negative(z)) / (1 + np.exp(z)) ** 2,
            ),
        ),
        Misconception(
            "gradient-by-differences",
            "This is the slope between two points that lie a small step apart, so it is only about right. The "
            "derivative has a formula in s, the sigmoid's value.",
            (lambda z: ahead(np.asarray(z, dtype=float), 0.01),),
            fitted=(step_of,),
        ),
        Misconception(
            "sigmoid-is-tanh",
            "This is the slope of tanh, 1 at z = 0. The sigmoid's steepest slope is a quarter.",
            ({"of": np.tanh, "slope": lambda s: 1 - s**2},),
        ),
        Misconception(
            "sigmoid-overflow",
            "For a logit this large e^-z or e^z does not fit into a float. Build the slope from a sigmoid that "
            "survives it.",
            (lambda z: np.exp(np.negative(z)) / (1 + np.exp(np.negative(z))) ** 2,),
        ),
        Misconception(
            "result-rounded",
            HINT_ROUNDED,
            ({"then": lambda value: np.round(value, 2)},),
            (rounding_of("then", np.array([0.5, -1.0])),),
        ),
    ],
    breaks="sigmoid-overflow",
    more=elementwise,
)


def layers(inputs: int, hidden: int, outputs: int, seed: int) -> tuple[object, ...]:
    """Return (w1, b1, w2, b2) of two layers with small whole numbers, easy to follow on paper."""
    rng = np.random.default_rng(seed)
    sizes = [(inputs, hidden), (hidden,), (hidden, outputs), (outputs,)]
    return tuple(rng.integers(-3, 4, size).astype(float) for size in sizes)


Bias = Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray], np.ndarray]  # of w1, b1, w2, b2


def collapse_done(
    w1: np.ndarray,
    b1: np.ndarray,
    w2: np.ndarray,
    b2: np.ndarray,
    weights: Callable[[np.ndarray, np.ndarray], np.ndarray] = lambda w1, w2: w1 @ w2,
    bias: Bias = lambda w1, b1, w2, b2: b1 @ w2 + b2,
    order: int = 1,
    layout: Function = lambda w: w,
) -> tuple[np.ndarray, ...]:
    """Return the weights and the bias of the two layers' one layer, with each part done as the keywords say."""
    return (layout(weights(w1, w2)), bias(w1, b1, w2, b2))[::order]


COLLAPSE = Answer(
    name="collapse",
    section=f"{LESSON}#linear-heading",
    idea="A linear layer after a linear layer is one linear layer: that is why an activation stands between them.",
    way="Multiply (x @ w1 + b1) @ w2 + b2 out. What stands behind x is w, and what is left is b.",
    oracle=collapse_done,
    recipe=collapse_done,
    tries=[
        Probe(layers(2, 2, 2, seed=1)),
        Probe(layers(2, 3, 4, seed=2)),
        Probe(layers(3, 2, 2, seed=3)),
        Probe(layers(1, 4, 1, seed=4)),
        Probe(layers(3, 3, 3, seed=5)),
    ],
    misconceptions=[
        Misconception(
            "collapse-order",
            "x meets w1 first, and what comes out, bias included, meets w2. Write (x @ w1 + b1) @ w2 + b2 out and "
            "collect what multiplies x and what does not.",
            (
                {"weights": lambda w1, w2: w2 @ w1},
                {"bias": lambda w1, b1, w2, b2: b1 + b2},
                {"weights": lambda w1, w2: w2 @ w1, "bias": lambda w1, b1, w2, b2: b1 + b2},
                {"weights": lambda w1, w2: w2 @ w1, "bias": lambda w1, b1, w2, b2: w2 @ b1 + b2},
                {"bias": lambda w1, b1, w2, b2: w2 @ b1 + b2},
                {"bias": lambda w1, b1, w2, b2: b2 @ w1 + b1},
                {"weights": lambda w1, w2: w1 * w2, "bias": lambda w1, b1, w2, b2: b1 * w2 + b2},
                {"bias": lambda w1, b1, w2, b2: b1 * b2},
                {"weights": lambda w1, w2: w1 + w2, "bias": lambda w1, b1, w2, b2: b1 + b2},
                {"weights": lambda w1, w2: w1 + w2},
                {"bias": lambda w1, b1, w2, b2: (b1 @ w2) * b2},
                {"bias": lambda w1, b1, w2, b2: (b1 + b2) @ w2},
            ),
        ),
        Misconception(
            "collapse-forgets-a-bias",
            "With x = 0 the two layers still put something out, and both biases have a part in it.",
            (
                {"bias": lambda w1, b1, w2, b2: b2},
                {"bias": lambda w1, b1, w2, b2: b1 @ w2},
                {"bias": lambda w1, b1, w2, b2: b1},
                {"bias": lambda w1, b1, w2, b2: 0 * b2},
            ),
        ),
        Misconception(
            "collapse-bias-twice",
            "A bias has the wrong weight: b1 goes through w2 once, and b2 is added once.",
            (
                {"bias": lambda w1, b1, w2, b2: b1 @ w2 + len(b1) * b2},
                {"bias": lambda w1, b1, w2, b2: b1 @ w2 + 2 * b2},
                {"bias": lambda w1, b1, w2, b2: b1 @ w2 - b2},
                {"bias": lambda w1, b1, w2, b2: np.maximum(0, b1) @ w2 + b2},
                {"bias": lambda w1, b1, w2, b2: b1 @ w2 + b1 + b2},
            ),
        ),
        Misconception(
            "collapse-transposed",
            "The weights lie on their side. Keras computes x @ w: w has a row for each input and a column for each "
            "output.",
            ({"layout": np.transpose}, {"weights": lambda w1, w2: w1.T @ w2.T}),
        ),
        Misconception(
            "items-exchanged",
            "The two results are there in the wrong order: the exercise asks for the weights first, then the bias.",
            ({"order": -1},),
        ),
    ],
    items=2,
    more=lambda rng: [Probe(layers(4, 3, 2, seed=int(rng.integers(1 << 30))), secret=True)],
)

check_relu = Check(RELU)
check_sigmoid = Check(SIGMOID)
check_softmax = Check(SOFTMAX)
check_sigmoid_gradient = Check(SIGMOID_GRADIENT)
check_collapse = Check(COLLAPSE)
