"""The binary cross-entropy of logits, and what is taken for it."""

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.answers.table import Answer, Function, Misconception, Probe, Way
from grader.checks.activations.formulas import sigmoid
from grader.checks.fits import rounding_of
from grader.checks.losses.crossentropies import (
    HINT_DIVIDED,
    HINT_EACH,
    RETURN_INSIDE_THE_LOOP,
    SUM_NOT_MEAN,
    ceiling,
    mean,
)
from grader.checks.roundoff.softplus import softplus
from grader.checks.words import HINT_ROUNDED

Costs = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]  # of logits: what class 1 and what class 0 cost


def exact(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return -log p and -log(1-p) for the probability p of a logit: softplus(-z) and softplus(z)."""
    return softplus(-z), softplus(z)


def binary_done(
    y: Any,
    z: Any,
    costs: Costs = exact,
    weigh: Function = lambda y, one, zero: y * one + (1 - y) * zero,
    align: Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]] = lambda y, z: (y.ravel(), z.ravel()),
    reduce: Function = mean,
    factor: float = 1.0,
    then: Function = lambda loss: loss,
) -> np.ndarray:
    """Return the binary cross-entropy with each part done as the keywords say.

    Args:
        y: labels.
        z: logits.
        costs: makes the cost of class 1 and of class 0 from logits.
        weigh: puts label and both costs together.
        align: brings both to one shape; where it does not, (N,) and (N, 1) meet in an N x N table.
        reduce: makes the result from all losses and the number of examples.
        factor: what the result is multiplied with.
        then: what is done with it.
    """
    count = np.size(y)
    y, z = align(np.asarray(y, dtype=float), _floats(z))
    return np.asarray(then(factor * np.asarray(reduce(np.asarray(weigh(y, *costs(z))), count))))


def _floats(z: Any) -> np.ndarray:
    """Return an array of floats, those of another size than float64 as they are: a clip depends on it."""
    z = np.asarray(z)
    return z if z.dtype.kind == "f" else z.astype(float)


def binary_crossentropy(y: Any, z: Any) -> float:
    """Return the mean binary cross-entropy of labels 0 and 1 and logits, exact for any finite logit."""
    return float(binary_done(y, z))


def through_probability(clip: float = 0.0, inside_log: float = 0.0, of: Function | None = None) -> Costs:
    """Return the costs by way of a probability, clipped or with something added inside the logarithm.

    `of` makes the probability from the logit; None is 1/(1+e^-z) as it stands.
    """

    def costs(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        p = np.clip(1 / (1 + np.exp(-z)) if of is None else of(z), clip, 1 - clip)
        return -np.log(p + inside_log), -np.log(1 - p + inside_log)

    return costs


def without_nan(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the costs by way of a probability, with an infinity replaced by the largest float."""
    one, zero = through_probability()(z)
    return np.nan_to_num(one), np.nan_to_num(zero)


def _without_infinities(y: np.ndarray, one: np.ndarray, zero: np.ndarray) -> np.ndarray:
    return np.nan_to_num(y * one + (1 - y) * zero, nan=0.0, posinf=0.0, neginf=0.0)


def ceilings_of(answer: Function) -> Way | None:
    """Return the costs with the answer's own two ceilings; in float32 that of y = 0 lies lower."""
    one, zero = ceiling(answer, 1.0, -1000.0), ceiling(answer, 0.0, 1000.0)
    if one is None or zero is None:
        return None
    return {"costs": lambda z: (np.minimum(softplus(-z), one), np.minimum(softplus(z), zero))}


def clip_of(answer: Function) -> Way | None:
    """Return the costs of a probability that is clipped on both sides as the answer's is."""
    one = ceiling(answer, 1.0, -1000.0)
    return None if one is None else {"costs": through_probability(clip=float(np.exp(-one)), of=sigmoid)}


def added_of(answer: Function) -> Way | None:
    """Return the costs of a probability to which is added, inside the logarithm, what the answer adds."""
    one = ceiling(answer, 1.0, -1000.0)
    return None if one is None else {"costs": through_probability(inside_log=float(np.exp(-one)), of=sigmoid)}


def probability_clip_of(answer: Function) -> Way | None:
    """Return the costs of logits that are taken for probabilities and clipped, or None."""
    one = ceiling(answer, 1.0, -1000.0)
    return None if one is None else {"costs": through_probability(clip=float(np.exp(-one)), of=lambda z: z)}


def labels_from_minus_one(y: np.ndarray, one: np.ndarray, zero: np.ndarray) -> np.ndarray:
    """Return log(1 + e^(-y z)), which is right for labels -1 and 1, of labels 0 and 1."""
    return np.asarray(softplus(-y * (zero - one)))


def exchanged(y: np.ndarray, one: np.ndarray, zero: np.ndarray) -> np.ndarray:
    """Return the cross-entropy with label and prediction exchanged; labels are kept from 0 and 1 by Keras's clip."""
    p, labels = sigmoid(zero - one), np.clip(y, 1e-7, 1 - 1e-7)
    return np.asarray(-p * np.log(labels) - (1 - p) * np.log(1 - labels))


def other_loss(loss: Function) -> Function:
    """Return what makes, in place of the cross-entropy, another loss of label and logit."""
    return lambda y, one, zero: loss(y, zero - one)


Y = np.array([0.0, 1.0, 1.0, 0.0, 1.0])
Z = np.array([-1.0, 2.0, -0.5, 1.5, 0.25])
SURE_AND_WRONG = [(100.0, 0.0), (-100.0, 1.0), (1000.0, 0.0), (-1000.0, 1.0)]


def sized(*shapes: tuple[object, ...]) -> list[Probe]:
    """Return probes with the example labels and logits in other shapes."""
    return [Probe((Y.reshape(a), Z.reshape(b))) for a, b in shapes]  # type: ignore[call-overload]  # shapes


def batches(rng: np.random.Generator) -> list[Probe]:
    """Return secret labels and logits."""
    return [
        Probe((rng.integers(0, 2, n).astype(float), rng.normal(0, 3, shape)), secret=True)
        for n, shape in [(4, (4, 1)), (8, (8,))]
    ]


HINT_P = (
    "Right while the logits are small. At a logit of 40 the probability is 1 to the last digit, and what the logit "
    "knew is lost: write the loss in z, without computing p."
)

# ways to bring labels and logits together that leave (N,) beside (N, 1) for some of their shapes
CROSSED: list[Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]] = [
    lambda y, z: (y, z),
    lambda y, z: (y.reshape(-1, 1), z),
    lambda y, z: (y, z.reshape(-1, 1)),
    lambda y, z: (y.T, z) if y.shape != z.shape else (y, z),
    lambda y, z: (y.reshape(-1, 1), z.ravel()),
    lambda y, z: (y.ravel(), z),
    lambda y, z: (y, z.ravel()),
]

BINARY_CROSSENTROPY = Answer(
    name="binary_crossentropy",
    section="04-losses.ipynb#binary-heading",
    idea=(
        "With the label 1 the loss is -log p, with the label 0 it is -log(1-p). Both can be written in "
        "the logit, where no digit is lost."
    ),
    way=(
        "Bring y and z to one shape. The loss of an example is softplus(z) - y z; write softplus so that "
        "it holds for every z, and take the mean."
    ),
    oracle=binary_crossentropy,
    examples=(0, 0),
    recipe=binary_done,
    tries=[
        *sized(((5,), (5,)), ((5, 1), (5, 1)), ((5,), (5, 1)), ((5, 1), (5,))),
        Probe((np.array([1.0, 1.0]), np.array([0.5, -0.5]))),
        Probe((np.array([0.0, 0.0, 0.0]), np.array([0.5, -0.5, 2.0]))),
        Probe((np.array([0, 1]), np.array([0.5, -0.5]))),
        Probe((Y.astype(np.float32), Z.astype(np.float32))),
        *(Probe((np.array([y]), np.array([z])), extreme=True) for z, y in SURE_AND_WRONG),
        Probe((np.array([1.0, 0.0]), np.array([1000.0, -1000.0])), extreme=True),
        Probe(([0, 1], [0.5, -0.5]), optional=True),
    ],
    misconceptions=[
        Misconception(
            "crossentropy-through-probability",
            HINT_P,
            (
                {"costs": through_probability()},
                {"costs": through_probability(clip=1e-7)},
                {"costs": through_probability(clip=1e-15)},
                {"costs": through_probability(inside_log=1e-7)},
                {"costs": through_probability(inside_log=1e-12)},
                {"costs": without_nan},
                {"costs": through_probability(), "weigh": _without_infinities},
            ),
            fitted=(ceilings_of, clip_of, added_of),
        ),
        Misconception(
            "logits-with-probability-loss",
            "The logits were put into the logarithm as if they were probabilities. -y log p - (1-y) log(1-p) needs "
            "probabilities: which form of it takes logits?",
            (
                {"costs": through_probability(of=lambda z: z)},
                {"costs": through_probability(clip=1e-7, of=lambda z: z)},
                {"costs": through_probability(clip=1e-15, of=lambda z: z)},
                {"costs": through_probability(inside_log=1e-7, of=lambda z: z)},
                {"costs": through_probability(clip=1e-7, inside_log=1e-7, of=lambda z: z)},
                {"costs": through_probability(inside_log=1e-8, of=np.abs)},
                {"costs": through_probability(of=np.abs)},
            ),
            fitted=(probability_clip_of,),
        ),
        Misconception(
            "crossentropy-one-class-only",
            "Examples of one class cost nothing here. Both classes must: what does an example with y = 0 pay?",
            (
                {"weigh": lambda y, one, zero: y * one},
                {"weigh": lambda y, one, zero: (1 - y) * zero},
            ),
        ),
        Misconception(
            "crossentropy-flipped",
            "A sure and right prediction must cost next to nothing, and a sure and wrong one a lot. Look at the sign, "
            "and at which of y and the prediction stands inside the logarithm.",
            (
                {"factor": -1.0},
                {"weigh": lambda y, one, zero: (1 - y) * one + y * zero},
                {"weigh": exchanged},
                {"align": lambda y, z: (z.ravel(), y.ravel())},
            ),
        ),
        Misconception(
            "crossentropy-log-p-twice",
            "Both terms have the same logarithm. The second one, for examples with y = 0, has log(1 - p).",
            (
                {"weigh": lambda y, one, zero: one},
                {"weigh": lambda y, one, zero: zero},
                {"weigh": lambda y, one, zero: y * one + (1 - y) * one},
            ),
        ),
        Misconception(
            "crossentropy-terms",
            "The two terms are put together wrongly: the loss is -(y log p + (1-y) log(1-p)), with the minus before "
            "both and y and 1-y as their weights.",
            (
                {"weigh": lambda y, one, zero: y * one - (1 - y) * zero},
                {"weigh": lambda y, one, zero: (1 - y) * zero - y * one},
                {"weigh": lambda y, one, zero: y * one + zero},
                {"weigh": lambda y, one, zero: one + zero},
                {"weigh": lambda y, one, zero: one + (1 - y) * zero},
                {"weigh": lambda y, one, zero: (y * one) * ((1 - y) * zero)},
            ),
        ),
        Misconception(
            "crossentropy-without-log",
            "The logarithm is missing: this is how far the probability is from the label.",
            (
                {"weigh": other_loss(lambda y, z: np.abs(y - sigmoid(z)))},
                {"weigh": other_loss(lambda y, z: -(y * sigmoid(z) + (1 - y) * (1 - sigmoid(z))))},
                {"weigh": other_loss(lambda y, z: y - sigmoid(z))},
                {"weigh": other_loss(lambda y, z: sigmoid(z) - y)},
            ),
        ),
        Misconception(
            "squared-error",
            "This is a squared error. A cross-entropy is made of logarithms.",
            (
                {"weigh": other_loss(lambda y, z: (y - sigmoid(z)) ** 2)},
                {"weigh": other_loss(lambda y, z: (y - z) ** 2)},
            ),
        ),
        Misconception(
            "another-loss",
            "This is another loss: a hinge, or one for labels -1 and 1. The labels are 0 and 1 here.",
            (
                {"weigh": labels_from_minus_one},
                {"weigh": other_loss(lambda y, z: np.maximum(0, 1 - (2 * y - 1) * z))},
                {"weigh": other_loss(lambda y, z: np.maximum(0, 1 - y * z))},
                {"weigh": other_loss(lambda y, z: np.maximum(z, 0) - y * z)},
                {"weigh": other_loss(lambda y, z: np.maximum(z, 0) - z * y + np.log1p(np.exp(np.abs(z))))},
                {"weigh": other_loss(lambda y, z: np.maximum(z, 0) + y * z + softplus(-np.abs(z)))},
                {"weigh": other_loss(lambda y, z: softplus(z) + y * z)},
                {"weigh": other_loss(lambda y, z: softplus(-z) - y * z)},
            ),
        ),
        Misconception(
            "sigmoid-twice",
            "The sigmoid was taken of a probability.",
            ({"costs": lambda z: exact(sigmoid(z))},),
        ),
        Misconception(
            "logarithm-of-another-base",
            "The logarithm has another base than e.",
            ({"factor": float(1 / np.log(2))}, {"factor": float(1 / np.log(10))}),
        ),
        SUM_NOT_MEAN,
        Misconception(
            "divided-by-another-number",
            HINT_DIVIDED,
            (
                {"reduce": lambda losses, n: np.sum(losses) / (2 * n)},
                {"reduce": lambda losses, n: np.sum(losses) / max(n - 1, 1)},
                {"reduce": lambda losses, n: np.sum(losses) / n**2},
            ),
        ),
        RETURN_INSIDE_THE_LOOP,
        Misconception(
            "broadcast-n-by-n",
            "Labels of shape (N,) and logits of shape (N, 1) met in an N by N table, every label with every logit. "
            "Bring both to one shape first.",
            (
                *({"align": align} for align in CROSSED),
                *({"align": align, "reduce": lambda losses, n: np.sum(losses) / n} for align in CROSSED),
            ),
        ),
        Misconception(
            "crossentropy-per-example",
            HINT_EACH,
            (
                {"reduce": lambda losses, _: losses},
                {"reduce": lambda losses, _: np.mean(losses, axis=-1), "align": lambda y, z: (y, z)},
                {"reduce": lambda losses, n: losses / n},
                {"reduce": lambda losses, _: np.mean(losses, axis=0), "align": lambda y, z: (y, z)},
            ),
        ),
        Misconception(
            "crossentropy-median", "The exercise asks for the mean.", ({"reduce": lambda losses, _: np.median(losses)},)
        ),
        Misconception(
            "result-rounded",
            HINT_ROUNDED,
            ({"then": np.round},),
            (rounding_of("then", np.array([1.0, 0.0]), np.array([0.3, -0.7])),),
        ),
    ],
    breaks="crossentropy-through-probability",
    more=batches,
)
