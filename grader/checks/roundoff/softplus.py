"""The softplus, and what is taken for it."""

from typing import Any

import numpy as np

from grader.answers.table import Answer, Function, Misconception, Probe, Way, probes
from grader.checks.activations.formulas import sigmoid
from grader.checks.activations.sigmoid import kept_integers
from grader.checks.fits import number_from, numbers_from
from grader.checks.general import one_by_one
from grader.checks.inputs import EPS16, TABLE
from grader.checks.roundoff.rows import HINT_CLIPPED
from grader.checks.words import HINT_CUT


def softplus(z: np.ndarray) -> np.ndarray:
    """Return log(1 + e^z) as max(z, 0) + log1p(e^-|z|), accurate at both ends."""
    z = np.asarray(z, dtype=float)
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def inverse_softplus(value: np.ndarray) -> np.ndarray:
    """Return the logit whose softplus a value is."""
    return np.log(np.expm1(value))


def softplus_done(
    z: Any,
    scale: float = 1.0,
    most: float = np.inf,
    factor: float = 1.0,
    tail: float = 1.0,
    little: float = 0.0,
) -> np.ndarray:
    """Return the softplus of logits that are multiplied, and cut off, before; multiplied and added to afterwards.

    `tail` is what the part that is left beside max(z, 0) is multiplied with.
    """
    z = np.clip(scale * np.asarray(z, dtype=float), -most, most)
    return np.asarray(factor * (np.maximum(z, 0) + tail * np.log1p(np.exp(-np.abs(z)))) + little)


def softplus_scale_of(answer: Function) -> Way | None:
    """Return what the answer multiplies logits with, from its value at 1, or None when that is 1 or no number."""
    value = number_from(answer, np.array([1.0]))
    scale = float(np.log(np.expm1(value))) if value > 0 else np.nan
    return {"scale": scale} if np.isfinite(scale) and abs(abs(scale) - 1) > 1e-3 else None


def constant_of(answer: Function) -> Way | None:
    """Return log(c + e^z) with the answer's own c in place of 1, from its value at 0."""
    constant = float(np.expm1(number_from(answer, np.array([0.0]))))
    good = constant > 0 and abs(constant - 1) > 1e-3
    return (lambda z: np.logaddexp(np.log(constant), z)) if good else None


def softplus_little_of(answer: Function) -> Way | None:
    """Return what the answer adds to the result: what it gives far below 0."""
    little = number_from(answer, np.array([-700.0]))
    return {"little": little} if 1e-100 < abs(little) < 0.5 else None


def plain_softplus(z: np.ndarray) -> np.ndarray:
    """Return log1p(e^z) as it stands, in the dtype of z."""
    return np.log1p(np.exp(z))


def ends_of(answer: Function) -> Way | None:
    """Return where the answer cuts logits off: where 1000 gives less, it gives the limit away."""
    most = number_from(answer, np.array([1000.0]))
    return {"most": float(most)} if 1 < most < 999 else None


def plain_ends_of(answer: Function) -> Way | None:
    """Return the same for log1p(e^z) as it stands, which is computed in the dtype of z."""
    found = ends_of(answer)
    most = found["most"] if isinstance(found, dict) else 0
    return (lambda z: plain_softplus(np.clip(z, -most, most))) if found else None


def upper_end_of(answer: Function) -> Way | None:
    """Return the same for logits that are cut off above alone."""
    found = ends_of(answer)
    most = found["most"] if isinstance(found, dict) else 0
    return (lambda z: softplus(np.minimum(z, most))) if found else None


def softplus_factor_of(answer: Function) -> Way | None:
    """Return what the logarithm is multiplied with, as another base does: at 0 it is log 2."""
    factor = number_from(answer, np.array([0.0])) / float(np.log(2))
    return {"factor": factor} if np.isfinite(factor) and abs(factor - 1) > 1e-3 and factor > 1e-3 else None


def beta_of(answer: Function) -> Way | None:
    """Return what logits are multiplied with, and the result is divided by: at 0 the result is log 2 over it."""
    value = number_from(answer, np.array([0.0]))
    beta = float(np.log(2)) / value if value > 0 else np.nan
    return {"scale": beta, "factor": 1 / beta} if np.isfinite(beta) and abs(beta - 1) > 1e-3 else None


LADDER = np.linspace(0, 30, 6001)


def border_of(answer: Function) -> Way | None:
    """Return where, and by what, the answer replaces log(1 + e^z): from there on it is z itself."""
    found = numbers_from(answer, LADDER)
    same = np.flatnonzero(found == LADDER) if found.size == LADDER.size else np.array([], int)
    same = same[same > 0]
    if not same.size or LADDER[same[0]] > 14:
        return None
    border = float(LADDER[same[0]]) - 1 / 400
    return lambda z: np.where(np.asarray(z) > border, z, softplus(z))


def nought_of(answer: Function) -> Way | None:
    """Return where the answer begins to be 0, if it is right just above that, which is no matter of rounding then."""
    downwards = -np.linspace(0, 40, 8001)
    found = numbers_from(answer, downwards)
    noughts = np.flatnonzero(found == 0) if found.size == downwards.size else np.array([], int)
    if not noughts.size or not noughts[0]:
        return None
    last = int(noughts[0]) - 1
    border = float(downwards[last]) - 1 / 400
    right = abs(found[last] / float(softplus(downwards[last])) - 1) < 1e-3
    return (lambda z: np.where(np.asarray(z) < border, 0, softplus(z))) if right else None


SOFTPLUS = Answer(
    name="softplus",
    section="03-roundoff.ipynb#log1p-reading",
    idea=(
        "Softplus is near 0 far below 0 and near z far above it. On both sides a small number must not be"
        " added to a large one before the logarithm."
    ),
    way="Split it into max(z, 0) and what is left, which can be written with e^-|z| and np.log1p.",
    oracle=softplus,
    examples=(0,),
    recipe=softplus_done,
    tries=[
        *probes(0.0, 2.0, -3.0, 1, np.array([-3.0, -1.0, 0.0, 0.5, 2.0]), TABLE, np.array([[-1.5], [0.25]])),
        *probes(np.array([-2.0, 5.0], dtype=np.float32)),
        *probes(np.array([-2.0, 5.0], dtype=np.float16), **EPS16),
        # 2.6e-6 lie between z and the softplus at 10.5, and 6e-8 are one step of float32: z in its place is seen
        *probes(np.array([4.0, 6.5, 8.5, 10.5]), rtol=5e-7),
        # relative accuracy: what is small must still be right, to what float32 can hold
        *probes(-40.0, 1000.0, np.array([-20.0, -34.0, -40.0]), atol=0.0, extreme=True),
        *probes(np.array([1000.0, -1000.0]), np.array([1e4, 30.0]), extreme=True),
        *probes(np.array([-100.0, 1000.0], dtype=np.float32), extreme=True),
        *probes([-1.0, 2.0], optional=True),
    ],
    misconceptions=[
        Misconception(
            "log1p-overflow",
            "log(1 + e^z) computed as it stands: e^1000 does not fit into a float, and 1 + e^-40 is rounded to 1. "
            "For large z take z itself out of the logarithm; for small z look up np.log1p.",
            (
                lambda z: np.log(1 + np.exp(z)),
                plain_softplus,
                lambda z: np.maximum(z, 0) + np.log(1 + np.exp(-np.abs(z))),
                lambda z: np.where(np.asarray(z) > 30, z, np.log(1 + np.exp(z))),
                lambda z: np.where(np.asarray(z) > 20, z, np.log(1 + np.exp(z))),
                lambda z: np.asarray(z) + np.log(1 + np.exp(np.negative(z))),
                lambda z: np.asarray(z) + np.log1p(np.exp(np.negative(z))),
                lambda z: -np.log(1 - sigmoid(z)),
                lambda z: -np.log(1 / (1 + np.exp(z))),
                lambda z: -np.log(sigmoid(np.negative(z))),
            ),
        ),
        Misconception(
            "logits-clipped",
            HINT_CLIPPED,
            (lambda z: plain_softplus(np.clip(z, -500, 500)),),
            fitted=(plain_ends_of, ends_of, upper_end_of),
        ),
        Misconception(
            "softplus-is-relu",
            "This is the ReLU. Softplus is close to it and smooth: at 0 it is log 2, and it never is 0.",
            (lambda z: np.maximum(z, 0),),
        ),
        Misconception(
            "softplus-flipped",
            "A larger z gives a smaller result here, and should give a larger one. Look at the sign in the exponent.",
            ({"scale": -1.0},),
        ),
        Misconception(
            "softplus-border-too-low",
            "From some z on the result is z itself, and there log(1 + e^-z) is still too large to be left out: at 10 "
            "it is 0.000045.",
            (lambda z: np.where(np.asarray(z) > 5, z, softplus(z)),),
            fitted=(border_of,),
        ),
        Misconception(
            "nought-by-hand",
            "From some z downwards the result is 0, and the right one is small and not 0: e^z, to all its digits.",
            (lambda z: np.where(np.asarray(z) < -20, 0, softplus(z)),),
            fitted=(nought_of,),
        ),
        Misconception(
            "sign-of-the-log",
            "The result is below 0, or becomes smaller where z becomes larger. Look at the signs.",
            ({"factor": -1.0}, lambda z: -softplus(np.negative(z))),
        ),
        Misconception(
            "logarithm-of-another-base",
            "The logarithm has another base than e, the number that is raised to the power of z.",
            (
                {"factor": float(1 / np.log(2))},
                {"factor": float(1 / np.log(10))},
                {"tail": float(1 / np.log(2))},
                {"tail": float(1 / np.log(10))},
            ),
            fitted=(softplus_factor_of,),
        ),
        Misconception(
            "softplus-with-beta",
            "The logit is multiplied with a number, and the result is divided by it. Some libraries call it beta; here "
            "it is 1. Powers and logarithms with another base than e do the same.",
            ({"scale": 2.0, "factor": 0.5}, {"scale": float(np.log(2)), "factor": float(1 / np.log(2))}),
            fitted=(beta_of,),
        ),
        Misconception(
            "softplus-scaled",
            "The logit is multiplied with something before, and the result is not divided by it.",
            ({"scale": 2.0}, {"scale": 0.5}),
            fitted=(softplus_scale_of,),
        ),
        Misconception(
            "epsilon-added",
            "Far below 0 the result does not become small any more: something was added to it, or inside the "
            "logarithm.",
            ({"little": 1e-7},),
            fitted=(softplus_little_of,),
        ),
        Misconception("result-cut-to-integers", HINT_CUT, (kept_integers(softplus),)),
        Misconception(
            "softplus-constant",
            "Another number than 1 is added to e^z. logaddexp(a, z) adds e^a: with which a is that 1?",
            (lambda z: np.logaddexp(1, z),),
            fitted=(constant_of,),
        ),
        Misconception(
            "one-missing",
            "The 1 in log(1 + e^z) is missing, or it is added outside the logarithm.",
            (lambda z: np.asarray(z) * 1.0, lambda z: 1.0 + np.asarray(z), lambda z: 1 + np.log(np.exp(z))),
        ),
        Misconception(
            "softplus-inverse",
            "This undoes the softplus: 1 is taken off e^z, and it is to be added.",
            (inverse_softplus, lambda z: np.log(np.abs(np.expm1(np.asarray(z, dtype=float))))),
        ),
        Misconception(
            "sign-in-one-half",
            "Far below 0 the result grows: max(z, 0) and log(1 + e^-z) belong together for positive z. What must the "
            "second one hold so that it serves both sides?",
            (
                lambda z: np.maximum(z, 0) + np.log1p(np.exp(np.negative(z))),
                lambda z: np.maximum(z, 0) + np.logaddexp(0, np.negative(z)),
                lambda z: np.maximum(z, 0) + np.log1p(np.exp(z)),
                lambda z: np.maximum(z, 0) + np.log1p(np.exp(np.abs(z))),
                {"tail": -1.0},
                lambda z: np.minimum(z, 0) + np.log1p(np.exp(-np.abs(z))),
                lambda z: np.abs(z) + np.log1p(np.exp(-np.abs(z))),
                lambda z: np.log1p(np.exp(-np.abs(z))),
                lambda z: np.asarray(z) + np.log1p(np.exp(-np.abs(z))),
            ),
        ),
        Misconception(
            "exponential-missing",
            "e^z is missing inside the logarithm.",
            (lambda z: np.log(1 + np.asarray(z)), lambda z: np.log(1 + np.abs(z))),
        ),
        Misconception(
            "logarithm-missing",
            "This is 1 + e^z, or e^z. The exercise asks for a logarithm.",
            (lambda z: 1 + np.exp(z), np.exp),
        ),
        Misconception(
            "gradient-not-asked",
            "This is the sigmoid, which is the slope of the softplus. The exercise asks for the softplus itself.",
            (sigmoid,),
        ),
        Misconception(
            "softplus-is-a-sum",
            "All numbers went into one sum. Each number is a logit of its own here.",
            (lambda z: np.log1p(np.sum(np.exp(z))), lambda z: np.sum(softplus(z)), lambda z: np.mean(softplus(z))),
        ),
    ],
    general=one_by_one(softplus, inverse_softplus, np.array([0.3, 1.0, 2.0]), np.array([-1000.0, 1000.0])),
    breaks="log1p-overflow",
    more=lambda rng: [Probe((rng.normal(0, 3, shape),), secret=True) for shape in [(7,), (2, 5), (4, 1)]],
)
