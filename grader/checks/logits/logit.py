"""The logit of a probability, and what is taken for it."""

from typing import Any

import numpy as np
from scipy.special import ndtri

from grader.answers.table import Answer, Function, Misconception, Probe, Way, probes
from grader.checks.activations.formulas import sigmoid
from grader.checks.activations.sigmoid import log_odds
from grader.checks.fits import number_from
from grader.checks.general import one_by_one
from grader.checks.inputs import EPS16
from grader.checks.words import HINT_PRECEDENCE


def logit_done(
    p: Any,
    factor: float = 1.0,
    clip: float = 0.0,
    most: float = np.inf,
    little: tuple[float, float] = (0.0, 0.0),
    of: Function = log_odds,
) -> np.ndarray:
    """Return the logit with each part done as the keywords say.

    Args:
        p: probabilities.
        factor: what the logit is multiplied with, as another base of the logarithm does.
        clip: how far p is kept away from 0 and 1.
        most: where the logit is cut off on both sides.
        little: what is added above and below the fraction line, against a logarithm of 0.
        of: makes the logit from p.
    """
    p = np.clip(np.asarray(p, dtype=float), clip, 1 - clip)
    z = of(p) if little == (0.0, 0.0) else np.log((p + little[0]) / (1 - p + little[1]))
    return np.asarray(factor * np.clip(z, -most, most))


SMALL = 1e-12  # the smallest probability that the exercise names


def clip_of(answer: Function) -> Way | None:
    """Return how far the answer keeps p away from 0, or None when the logit still moves at 1e-12."""
    border = float(sigmoid(np.array(number_from(answer, SMALL))))
    return {"clip": border} if 2 * SMALL < border < 0.5 else None


def ends_of(answer: Function) -> Way | None:
    """Return how far the answer's logits go, where that is a round number and so no border of p."""
    most = abs(number_from(answer, SMALL))
    return {"most": most} if 0.5 < most < 27 and abs(most - np.round(most, 1)) < 1e-6 else None


def little_of(answer: Function) -> Way | None:
    """Return what the answer adds above and below the fraction line, from p at 1e-12 and one half, or None."""
    low, half = (float(np.exp(number_from(answer, p))) for p in (SMALL, 0.5))
    # low = (1e-12 + a) / (1 + b) and half = (.5 + a) / (.5 + b): two equations for a and b, the second of them linear
    above = (low * (1 + (0.5 / half) - 0.5) - SMALL) / (1 - low / half) if half and low != half else np.nan
    below = (0.5 + above) / half - 0.5 if half else np.nan
    good = abs(above) < 0.5 and abs(below) < 0.5 and max(above, below) > SMALL / 2
    return {"little": (max(above, 0.0), below)} if good else None


def factor_of(answer: Function) -> Way | None:
    """Return what the answer multiplies the logit with where that is another base of the logarithm, a whole one."""
    factor = number_from(answer, 0.75) / float(log_odds(0.75))
    base = float(np.exp(1 / factor)) if np.isfinite(factor) and abs(factor) > 0.05 else np.nan
    return {"factor": factor} if base > 1.5 and abs(base - round(base)) < 1e-4 else None


def grid_of(answer: Function) -> Way | None:
    """Return the best of the numbers with the answer's own step, up to its own end, by the sigmoid's distance to p."""
    found = np.abs([number_from(answer, p) for p in (SMALL, 0.12, 0.23, 0.31, 0.42, 0.57, 0.71, 0.88)])
    step = next((step for step in STEPS if _whole(found / step)), 0.0)
    if not step or found[0] > 40 or abs(found[0] - abs(float(log_odds(SMALL)))) < step:  # that is rounded
        return None
    half = np.round(found[0] / step)
    grid = np.arange(-half, half + 1) * step
    return {"of": lambda p: grid[np.argmin(np.abs(sigmoid(grid) - np.asarray(p)[..., None]), axis=-1)]}


STEPS = (1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001)


def _whole(numbers: np.ndarray) -> bool:
    return bool(np.allclose(numbers, np.round(numbers), rtol=0, atol=1e-6))


LOGIT_IDEAS = [
    Misconception(
        "logit-flipped",
        "A probability above one half must get a positive logit. Which of the two, p or 1 - p, belongs on top?",
        ({"factor": -1.0},),
    ),
    Misconception(
        "logit-no-log",
        "These are the odds. They run from 0 up, and a logit runs over all numbers: one step is missing.",
        ({"of": lambda p: p / (1 - p)},),
    ),
    Misconception(
        "logit-wrong-base",
        "The numbers are the logits times a constant: the logarithm has another base. Undo e^z, not 2^z or 10^z.",
        ({"factor": 1 / np.log(2)}, {"factor": 1 / np.log(10)}),
        fitted=(factor_of,),
    ),
    Misconception(
        "logits-clipped",
        "The logit ends at a round number, and the right one goes on. It was cut off there, or it was looked for in a "
        "range that is too small.",
        ({"most": 10.0},),
        fitted=(ends_of,),
    ),
    Misconception(
        "probabilities-clipped",
        "A very small p is treated as if it were larger. Every p between 0 and 1 has a logit of its own.",
        ({"clip": 1e-7}, {"little": (1e-7, 1e-7)}, {"little": (1e-8, 1e-8)}),
        fitted=(clip_of, little_of),
    ),
    Misconception(
        "logit-of-one-part",
        "p and 1 - p both belong inside one logarithm, as a fraction. Here the logarithm is taken of one part alone, "
        "or the division comes after it.",
        (
            {"of": np.log},
            {"of": lambda p: -np.log(p)},
            {"of": lambda p: np.log(p) / (1 - p)},
            {"of": lambda p: np.log(p) / np.log(1 - p)},
            {"of": lambda p: np.log(p) - (1 - p)},
            {"of": lambda p: np.log(p) * np.log(1 - p)},
            {"of": lambda p: np.log(p) + np.log(1 - p)},
            {"of": lambda p: np.log(1 - p)},
            {"of": lambda p: p / np.log(1 - p)},
            {"of": lambda p: np.log(p / (1 + p))},
            {"of": lambda p: p * np.log(p / (1 - p))},
            {"of": lambda p: p * np.log(p) + (1 - p) * np.log(1 - p)},
            {"of": lambda p: -p * np.log(p) - (1 - p) * np.log(1 - p)},
        ),
    ),
    Misconception(
        "logit-from-a-grid",
        "The result is one of a few numbers that were tried. The logit has a formula, which gives every digit.",
        (),
        fitted=(grid_of,),
    ),
    Misconception(
        "log1p-for-log",
        "log1p adds 1 before the logarithm. The logarithm of the odds itself is asked for.",
        ({"of": lambda p: -np.log1p(-p)}, {"of": np.log1p}),
    ),
    Misconception(
        "exponential-for-logarithm",
        "e was raised to the power of the odds. The logit is their logarithm, which undoes e^z.",
        ({"of": lambda p: np.exp(p / (1 - p))}, {"of": lambda p: np.exp(p)}),
    ),
    Misconception(
        "square-too-many",
        "One part of the fraction was squared. The odds are p divided by 1 - p.",
        (
            {"of": lambda p: np.log(p / (1 - p) ** 2)},
            {"of": lambda p: np.log(p**2 / (1 - p))},
            {"of": lambda p: np.log(p / (1 - p**2))},
        ),
    ),
    Misconception(
        "logit-is-probit",
        "This undoes the normal distribution. The logit undoes the sigmoid: it is the logarithm of the odds.",
        ({"of": ndtri},),
    ),
    Misconception(
        "logit-is-inverse-tanh",
        "This undoes tanh. The logit undoes the sigmoid: it is 0 at one half.",
        ({"of": np.arctanh},),
    ),
    Misconception(
        "logit-is-sigmoid",
        "This is the sigmoid, which turns a logit into a probability. The logit is the way back.",
        ({"of": sigmoid}, {"of": lambda p: np.log(sigmoid(p))}),
    ),
    Misconception("operator-precedence", HINT_PRECEDENCE, ({"of": lambda p: np.log(p / 1 - p)},)),
    Misconception(
        "logit-without-sign",
        "No result is below 0. A probability below one half has a negative logit.",
        ({"after": np.abs}, {"after": lambda z: np.maximum(z, 0)}),
    ),
    Misconception(
        "logit-is-a-straight-line",
        "This grows evenly with p. The logit grows without end near 0 and near 1, and is 2.2 at p = 0.9.",
        ({"of": lambda p: p - 0.5}, {"of": lambda p: 2 * p - 1}, {"of": lambda p: 1 - p}, {"of": lambda p: 4 * p - 2}),
    ),
]
LOGIT_GENERAL = one_by_one(log_odds, sigmoid, np.array([0.3, 0.6, 0.9]), np.array([1e-12, 0.99]))
P = np.array([0.1, 0.25, 0.5, 0.8, 0.99])


def inside(rng: np.random.Generator) -> list[Probe]:
    """Return secret probabilities, none of them 0 or 1."""
    return [Probe((rng.uniform(0.02, 0.98, shape),), secret=True) for shape in [(7,), (2, 5), (4, 1)]]


LOGIT = Answer(
    name="logit",
    section="02-logits.ipynb#log-odds-heading",
    idea=("The logit is the logarithm of the odds, p against 1 - p: 0 at one half, and without an end on either side."),
    way=("Divide p by 1 - p, with brackets around the difference, and take the natural logarithm of the fraction."),
    oracle=log_odds,
    examples=(0,),
    recipe=logit_done,
    tries=[
        *probes(0.75, 0.1, P, P.reshape(5, 1), np.array([[0.2, 0.6], [0.9, 0.3]])),
        *probes(np.array([0.2, 0.9], dtype=np.float32)),
        *probes(np.array([0.2, 0.9], dtype=np.float16), **EPS16),
        # 1 - 2^-10 is a number of float32 too, so an answer that computes in float32 is right there
        *probes(1e-12, np.array([1e-6, 1 - 2.0**-10]), rtol=1e-4),
        *probes([0.2, 0.9], optional=True),
    ],
    misconceptions=LOGIT_IDEAS,
    general=LOGIT_GENERAL,
    more=inside,
)
