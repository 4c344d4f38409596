"""Exercise 04: cross-entropies from logits, exact where probabilities have run out of digits."""

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.answers.asked import Asked
from grader.answers.check import Check
from grader.answers.model_answer import ModelAnswer, ModelCheck, takes_features
from grader.answers.table import Answer, Function, Misconception, Probe, Way
from grader.checks.activations import HINT_ROUNDED, exp_over_sum, rounding_of, sigmoid, softmax
from grader.checks.crafted import X, linear_model, raw
from grader.checks.fits import number_from
from grader.checks.roundoff import log_softmax, log_softmax_done, softplus

LESSON = "04-losses.ipynb"

Costs = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]  # of logits: what class 1 and what class 0 cost


def exact(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return -log p and -log(1-p) for the probability p of a logit: softplus(-z) and softplus(z)."""
    return softplus(-z), softplus(z)


def mean(losses: np.ndarray, count: int) -> Any:
    """Return the mean of all losses."""
    return np.mean(losses)


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


def ceiling(answer: Function, y: object, z: object) -> float | None:
    """Return the finite loss that an answer gives to one example which is sure and wrong, or None."""
    loss = number_from(answer, np.array([y]), np.array([z]))
    return loss if 1 < loss < 750 else None  # a clip of p between 0.37 and the smallest float


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
HINT_SUM = "The loss grows with the number of examples. The exercise asks for the mean."
HINT_DIVIDED = "The sum of the losses was divided by another number than that of the examples."
HINT_LOOP = "Only the first example counts. Where does `return` stand: inside the loop, or behind it?"
HINT_EACH = "There is one number for each example. The exercise asks for one number, their mean."

SUM_NOT_MEAN = Misconception(
    "crossentropy-sum-not-mean",
    HINT_SUM,
    ({"reduce": lambda losses, _: np.sum(losses)}, {"reduce": lambda losses, n: np.sum(losses) / 2}),
)
RETURN_INSIDE_THE_LOOP = Misconception(
    "return-inside-the-loop", HINT_LOOP, ({"reduce": lambda losses, n: losses.ravel()[0] / n},)
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
    section=f"{LESSON}#binary-heading",
    idea=(
        "With the label 1 the loss is -log p, with the label 0 it is -log(1-p). Both can be written in "
        "the logit, where no digit is lost."
    ),
    way=(
        "Bring y and z to one shape. The loss of an example is softplus(z) - y z; write softplus so that "
        "it holds for every z, and take the mean."
    ),
    oracle=binary_crossentropy,
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


def own_class(log_p: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the log-probability of each example's own class."""
    return np.asarray(log_p[np.arange(len(labels)), labels])


def sparse_done(
    y: Any,
    z: Any,
    log_p: Function = log_softmax,
    pick: Function = own_class,
    reduce: Function = mean,
    factor: float = -1.0,
    then: Function = lambda loss: loss,
) -> np.ndarray:
    """Return the cross-entropy of many classes with each part done as the keywords say.

    Args:
        y: integer labels.
        z: logits.
        log_p: makes log-probabilities from logits.
        pick: makes from them and the labels what is averaged.
        reduce: makes the result from that and the number of examples.
        factor: what the result is multiplied with; minus 1 where all is well.
        then: what is done with it.
    """
    labels = np.asarray(y, dtype=int).reshape(-1)
    picked = np.asarray(pick(np.asarray(log_p(np.asarray(z))), labels))
    return np.asarray(then(factor * np.asarray(reduce(picked, len(labels)))))


def log_of_probability(clip: float = 0.0, inside_log: float = 0.0, of: Function = softmax) -> Function:
    """Return the logarithm of probabilities, clipped or with something added inside it."""
    return lambda z: np.log(np.clip(of(np.asarray(z, dtype=float)), clip, 1 - clip) + inside_log)


def shares(z: np.ndarray) -> np.ndarray:
    """Return the logits over their sum, as Keras treats what it takes for probabilities."""
    return np.asarray(z / np.sum(z, axis=-1, keepdims=True))


def sure_and_wrong(answer: Function) -> float | None:
    """Return the loss where the right class has a logit 1000 below, when it is finite and no thousand."""
    return ceiling(answer, 1, [1000.0, 0.0, 0.0])


def sparse_ceiling_of(answer: Function) -> Way | None:
    """Return log-probabilities with the answer's own floor."""
    highest = sure_and_wrong(answer)
    return None if highest is None else {"log_p": lambda z: np.maximum(log_softmax(z), -highest)}


def sparse_clip_of(answer: Function) -> Way | None:
    """Return log-probabilities that are clipped on both sides as the answer's are."""
    highest = sure_and_wrong(answer)
    return None if highest is None else {"log_p": log_of_probability(clip=float(np.exp(-highest)))}


def sparse_added_of(answer: Function) -> Way | None:
    """Return the logarithm of softmax with what the answer adds inside it."""
    highest = sure_and_wrong(answer)
    return None if highest is None else {"log_p": log_of_probability(inside_log=float(np.exp(-highest)))}


def sparse_probability_of(answer: Function) -> Way | None:
    """Return the logarithm of logits that are taken for probabilities, with what the answer adds inside it."""
    highest = sure_and_wrong(answer)
    little = float(np.exp(-highest)) if highest else 0.0
    return {"log_p": lambda z: np.log(np.asarray(z, dtype=float) + little)} if highest else None


def sparse_probability_clip_of(answer: Function) -> Way | None:
    """Return the logarithm of logits that are taken for probabilities, and clipped as the answer's are."""
    highest = sure_and_wrong(answer)
    return None if highest is None else {"log_p": log_of_probability(clip=float(np.exp(-highest)), of=lambda z: z)}


LABELS = np.array([0, 2, 1, 2])
LOGITS = np.array([[1.0, 2.0, 4.0], [0.5, -1.0, 0.25], [-2.0, 3.0, 1.0], [0.0, 0.5, 2.0]])
SQUARE = LOGITS[:3]


def _over_classes(log_p: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return (N, K): the log-probability of the own class, and 0 for every other."""
    return np.asarray(np.eye(log_p.shape[-1])[labels] * log_p)


def _squared(p: np.ndarray, labels: np.ndarray) -> np.ndarray:
    return np.asarray((np.eye(p.shape[-1])[labels] - p) ** 2)


def _margins(z: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the hinge loss of many classes: the sum over the others of max(0, z - z of the right class + 1)."""
    margins = np.maximum(0, z - own_class(z, labels)[:, None] + 1)
    margins[np.arange(len(labels)), labels] = 0
    return np.asarray(margins.sum(axis=-1))


FAR_APART = np.array([[1000.0, 0.0, -1000.0], [-1000.0, -1000.5, -1001.0]])

SPARSE_CATEGORICAL_CROSSENTROPY = Answer(
    name="sparse_categorical_crossentropy",
    section=f"{LESSON}#many-heading",
    idea=(
        "The loss of an example is minus the log-probability of its own class: the log-sum-exp of its "
        "logits minus the logit of its class."
    ),
    way=(
        "Take each row's largest logit off, compute the logarithm of the row's sum of e^z, subtract the "
        "logit that stands in the column of the label, and take the mean."
    ),
    oracle=lambda y, z: float(sparse_done(y, z)),
    recipe=sparse_done,
    tries=[
        Probe((LABELS, LOGITS)),
        Probe((LABELS[:3], SQUARE)),
        Probe((LABELS[:1], LOGITS[:1])),
        Probe((np.array([2]), LOGITS[1:2])),
        Probe((np.array([1, 0]), np.array([[0.5, -0.5], [2.0, 1.0]]))),
        Probe((LABELS, LOGITS.astype(np.float32))),
        Probe((np.array([1]), np.array([[1000.0, 0.0, 0.0]])), extreme=True),
        Probe((np.array([0]), np.array([[1000.0, 0.0, 0.0]])), extreme=True),
        Probe((np.array([0, 1]), np.array([[-1000.0, -1001.0], [-1000.0, -1001.0]])), extreme=True),
        Probe((np.array([0, 1]), FAR_APART), extreme=True),
        Probe((np.array([1]), np.array([[0.0, -800.0]])), extreme=True),
        Probe(([0, 1], [[0.5, 1.0], [2.0, 1.0]]), optional=True),
    ],
    misconceptions=[
        Misconception(
            "crossentropy-through-probability",
            "Right while the logits are small. Where a probability is so small that it becomes 0, its logarithm is "
            "lost: write the loss in the logits, by log-sum-exp.",
            (
                {"log_p": log_of_probability()},
                {"log_p": log_of_probability(of=exp_over_sum)},
                {"log_p": log_of_probability(clip=1e-7)},
                {"log_p": log_of_probability(inside_log=1e-7)},
                {"log_p": log_of_probability(inside_log=1e-12)},
                {"log_p": lambda z: np.nan_to_num(np.log(softmax(z)))},
            ),
            fitted=(sparse_ceiling_of, sparse_clip_of, sparse_added_of),
        ),
        Misconception(
            "logsumexp-no-shift",
            "e^1000 does not fit into a float, and e^-1000 is 0. Take the largest logit of each row off first.",
            (
                {"log_p": lambda z: log_softmax_done(z, shift="none", dtype=None)},
                {"log_p": lambda z: log_softmax_done(z, shift="none")},
            ),
        ),
        Misconception(
            "softmax-global-shift",
            "The batch's largest logit was taken off every row. In a row far below it every e^z is 0: use each row's "
            "own.",
            (
                {"log_p": lambda z: log_softmax_done(z, shift="all")},
                {"log_p": log_of_probability(of=lambda z: exp_over_sum(z - np.max(z)))},
            ),
        ),
        Misconception(
            "labels-from-one",
            "The labels were taken as 1 to K. They are 0 to K-1: label 0 is the first column.",
            ({"pick": lambda log_p, labels: own_class(log_p, labels - 1)},),
        ),
        Misconception(
            "crossentropy-flipped",
            "The loss is negative. The logarithm of a probability is below 0: look at the sign.",
            ({"factor": 1.0},),
        ),
        SUM_NOT_MEAN,
        Misconception(
            "divided-by-another-number",
            HINT_DIVIDED,
            (
                {"reduce": lambda losses, n: np.sum(losses) / (2 * n)},
                {"reduce": lambda losses, n: np.sum(losses) / n**2},
            ),
        ),
        RETURN_INSIDE_THE_LOOP,
        Misconception(
            "crossentropy-per-example",
            HINT_EACH,
            ({"reduce": lambda losses, _: losses}, {"reduce": lambda losses, n: losses / n}),
        ),
        Misconception(
            "softmax-wrong-axis",
            "The sum ran down the columns. One row is one example: sum along the last axis.",
            (
                {"log_p": lambda z: log_softmax(z, axis=0)},
                {"log_p": lambda z: log_softmax_done(z, axis=0, shift="row")},
            ),
        ),
        Misconception(
            "softmax-whole-batch",
            "All rows went into one sum. Each row is an example of its own.",
            (
                {"log_p": lambda z: log_softmax(z, axis=None)},
                {"log_p": lambda z: log_softmax_done(z, axis=None, shift="row")},
            ),
        ),
        Misconception(
            "logits-not-turned-into-probabilities",
            "This is the mean of the logits of the right classes, with its sign changed. The other logits count too.",
            ({"log_p": lambda z: np.asarray(z, dtype=float)},),
        ),
        Misconception(
            "logits-with-probability-loss",
            "The logarithm was taken of the logits as if they were probabilities. Which form of the loss takes logits?",
            (
                {"log_p": np.log},
                {"log_p": lambda z: np.log(np.asarray(z, dtype=float) + 1e-7)},
                {"log_p": log_of_probability(clip=1e-7, of=lambda z: z)},
                {"log_p": log_of_probability(clip=1e-7, of=shares)},
                {"log_p": log_of_probability(of=shares)},
                {"log_p": log_of_probability(inside_log=1e-7, of=shares)},
                {"log_p": lambda z: np.log(np.abs(z))},
            ),
            fitted=(sparse_probability_of, sparse_probability_clip_of),
        ),
        Misconception(
            "crossentropy-mean-over-classes",
            "The mean was taken over all N times K entries, most of which are 0. There are N examples.",
            ({"pick": _over_classes},),
        ),
        Misconception(
            "crossentropy-all-classes",
            "The log-probabilities of all classes count here. The loss of an example is that of its own class alone.",
            (
                {"pick": lambda log_p, labels: np.sum(log_p, axis=-1)},
                {"pick": lambda log_p, labels: log_p},
                {"pick": lambda log_p, labels: np.max(log_p, axis=-1)},
            ),
        ),
        Misconception(
            "label-as-weight",
            "The label was multiplied with the log-probabilities. It is a place and no weight: which column does "
            "it name?",
            (
                {"pick": lambda log_p, labels: (labels[:, None] * log_p).sum(axis=-1)},
                {"pick": lambda log_p, labels: labels[:, None] * log_p},
                {"pick": lambda log_p, labels: labels * own_class(log_p, labels)},
            ),
        ),
        Misconception(
            "another-loss",
            "This is a hinge loss, of how far the other logits lie above that of the right class. A cross-entropy is "
            "made of logarithms.",
            ({"log_p": lambda z: np.asarray(z, dtype=float), "pick": _margins, "factor": 1.0},),
        ),
        Misconception(
            "labels-pick-columns",
            "z[:, y] takes whole columns, for every example those of all labels. Each example needs one entry: that "
            "of its row and its label.",
            (
                {"pick": lambda log_p, labels: log_p[:, labels]},
                {"pick": lambda log_p, labels: log_p[:, labels], "reduce": lambda losses, n: np.sum(losses) / n},
                {"pick": lambda log_p, labels: log_p[labels]},
                {"pick": lambda log_p, labels: log_p[labels], "reduce": lambda losses, n: np.sum(losses) / n},
            ),
        ),
        Misconception(
            "crossentropy-without-log",
            "The logarithm is missing: these are probabilities.",
            (
                {"log_p": softmax},
                {"log_p": lambda z: softmax(z) - 1},
                {"log_p": exp_over_sum},
            ),
        ),
        Misconception(
            "shift-on-one-side",
            "What is taken off the logits in the sum must be taken off the logit of the right class, too.",
            (
                {"log_p": lambda z: log_softmax_done(z, times=(0.0, 0.0))},
                {"log_p": lambda z: log_softmax_done(z, times=(1.0, 1.0))},
                {"log_p": lambda z: log_softmax_done(z, times=(0.0, -1.0))},
            ),
        ),
        Misconception(
            "sigmoid-for-softmax",
            "The sigmoid was taken of each logit by itself. Where one class excludes the others, it is the softmax.",
            ({"log_p": lambda z: -softplus(-np.asarray(z, dtype=float))}, {"log_p": lambda z: np.log(sigmoid(z))}),
        ),
        Misconception(
            "squared-error",
            "This is a squared error. A cross-entropy is made of logarithms.",
            (
                {"log_p": softmax, "pick": _squared, "factor": 1.0},
                {"log_p": softmax, "pick": lambda p, labels: _squared(p, labels).sum(-1), "factor": 1.0},
                {"log_p": lambda z: np.asarray(z, dtype=float), "pick": _squared, "factor": 1.0},
            ),
        ),
        Misconception(
            "softmax-twice",
            "The softmax was taken of probabilities.",
            ({"log_p": lambda z: log_softmax(softmax(z))},),
        ),
        Misconception(
            "logarithm-of-another-base",
            "The logarithm has another base than e.",
            ({"factor": float(-1 / np.log(2))}, {"factor": float(-1 / np.log(10))}),
        ),
        Misconception(
            "result-rounded",
            HINT_ROUNDED,
            ({"then": np.round},),
            (rounding_of("then", np.array([1]), np.array([[0.3, -0.7]])),),
        ),
    ],
    breaks="crossentropy-through-probability",
    more=lambda rng: [
        Probe((rng.integers(0, k, n), rng.normal(0, 3, (n, k))), secret=True) for n, k in [(6, 4), (4, 4)]
    ],
)

PREDICT_PROBABILITIES = Answer(
    name="predict_probabilities",
    section=f"{LESSON}#back-heading",
    idea=("A logit becomes a probability by the sigmoid when there is one, and by the softmax when there are several."),
    way="Let the model predict, look at the last axis of the result, and choose by its length.",
    oracle=lambda model, x: (sigmoid if model.output_shape[-1] == 1 else softmax)(raw(model, x)),
    tries=lambda: [Probe((model, x)) for model in (linear_model(1), linear_model(3)) for x in (X, X[:1], X[:3] / 4)],
    misconceptions=[
        Misconception(
            "logits-not-turned-into-probabilities",
            "Not every row is made of probabilities: they lie between 0 and 1, and over the classes they sum to 1.",
            (
                lambda model, x: raw(model, x),
                lambda model, x: sigmoid(raw(model, x)),
                lambda model, x: raw(model, x) if model.output_shape[-1] == 1 else softmax(raw(model, x)),
                lambda model, x: sigmoid(raw(model, x)) if model.output_shape[-1] == 1 else raw(model, x),
            ),
        ),
        Misconception(
            "softmax-on-one-unit",
            "Every binary prediction is 1: a softmax over one number is always 1. One logit needs the sigmoid.",
            (lambda model, x: softmax(raw(model, x)),),
        ),
        Misconception(
            "classes-not-probabilities",
            "These are classes. The exercise asks how sure the model is of each.",
            (
                lambda model, x: (
                    raw(model, x) > 0 if model.output_shape[-1] == 1 else np.argmax(raw(model, x), axis=-1)
                ),
                lambda model, x: np.argmax(raw(model, x), axis=-1),
            ),
        ),
        Misconception(
            "softmax-whole-batch",
            "All rows together sum to 1. Each row is an example of its own.",
            (
                lambda model, x: (
                    sigmoid(raw(model, x))
                    if model.output_shape[-1] == 1
                    else softmax(raw(model, x).ravel()).reshape(-1, 3)
                ),
            ),
        ),
    ],
    more=lambda rng: [Probe((linear_model(k), rng.normal(0, 2, (4, 2))), secret=True) for k in (1, 3)],
    rounds=1,
)


def binary_asked(n_features: int) -> Asked:
    """Return what build_binary_model must build."""
    return Asked([("Dense", {"units": 1})], any_hidden=True)


def multiclass_asked(n_features: int, n_classes: int) -> Asked:
    """Return what build_multiclass_model must build."""
    layers: list[tuple[str, dict[str, object]]] = [("Dense", {"units": 25, "activation": "relu"})]
    layers += [("Dense", {"units": 15, "activation": "relu"}), ("Dense", {"units": n_classes})]
    return Asked(layers, labels="integers")


BUILD_BINARY_MODEL = ModelAnswer(
    name="build_binary_model",
    section=f"{LESSON}#unwinding-heading",
    calls=lambda: [(5,), (2,)],
    asked=binary_asked,
    draws=lambda rng: [(int(rng.integers(6, 64)),)],
    fits=lambda model, arguments: takes_features(model, arguments[0]),
)
BUILD_MULTICLASS_MODEL = ModelAnswer(
    name="build_multiclass_model",
    section=f"{LESSON}#unwinding-heading",
    calls=lambda: [(6, 4), (3, 10)],
    asked=multiclass_asked,
    draws=lambda rng: [(int(rng.integers(7, 64)), int(rng.integers(3, 32)))],
    fits=lambda model, arguments: takes_features(model, arguments[0]),
)
check_build_binary_model = ModelCheck(BUILD_BINARY_MODEL)
check_build_multiclass_model = ModelCheck(BUILD_MULTICLASS_MODEL)
check_predict_probabilities = Check(PREDICT_PROBABILITIES)
check_binary_crossentropy = Check(BINARY_CROSSENTROPY)
check_sparse_categorical_crossentropy = Check(SPARSE_CATEGORICAL_CROSSENTROPY)
