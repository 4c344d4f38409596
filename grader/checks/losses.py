"""Exercise 04: cross-entropies from logits, exact where probabilities have run out of digits."""

import numpy as np

from grader.answers.asked import Asked
from grader.answers.check import Check
from grader.answers.model_answer import ModelAnswer, ModelCheck, takes_features
from grader.answers.observe import observe
from grader.answers.table import Answer, Function, Misconception, Probe
from grader.checks.activations import exp_over_sum, sigmoid, softmax
from grader.checks.crafted import X, linear_model, raw
from grader.checks.roundoff import log_softmax, log_sum_exp, softplus

LESSON = "04-losses.ipynb"


def column(y: object) -> np.ndarray:
    """Return (N,) or (N, 1) as (N,)."""
    return np.asarray(y, dtype=float).reshape(-1)


def binary_losses(y: object, z: object) -> np.ndarray:
    """Return each example's -y log p - (1-y) log(1-p) for a logit z: softplus(z) - y z."""
    return softplus(column(z)) - column(y) * column(z)


def binary_crossentropy(y: object, z: object) -> float:
    """Return the mean binary cross-entropy of labels 0 and 1 and logits, exact for any finite logit."""
    return float(np.mean(binary_losses(y, z)))


def through_probability(clip: float = 0.0, inside_log: float = 0.0) -> Function:
    """Return the wrong function that computes p first, clipped or with something added inside the logarithm."""

    def wrong(y: object, z: object) -> float:
        p = np.clip(1 / (1 + np.exp(-column(z))), clip, 1 - clip)
        y = column(y)
        return float(np.mean(-y * np.log(p + inside_log) - (1 - y) * np.log(1 - p + inside_log)))

    return wrong


def ceiling(answer: Function, y: object, z: object) -> float | None:
    """Return the finite loss that an answer gives to one example which is sure and wrong, or None."""
    seen = observe(answer, (np.array([y]), np.array([z])))
    if not seen.values or seen.values[0].size != 1 or seen.values[0].dtype.kind != "f" or seen.broke:
        return None
    loss = float(seen.values[0].ravel()[0])
    return loss if 2 < loss < 750 else None  # a clip of p between 0.1 and the smallest float


def clipped_like(answer: Function) -> Function | None:
    """Return the wrong function with the answer's own two ceilings; in float32 that of y = 0 lies lower."""
    positive, negative = ceiling(answer, 1.0, -1000.0), ceiling(answer, 0.0, 1000.0)
    if positive is None or negative is None:
        return None
    return lambda y, z: float(np.mean(np.minimum(binary_losses(y, z), np.where(column(y) > 0.5, positive, negative))))


def one_class(y: object, z: object) -> float:
    """Return the mean of -y log p alone."""
    return float(np.mean(column(y) * softplus(-column(z))))


def swapped(y: object, z: object) -> float:
    """Return the cross-entropy with label and prediction exchanged; labels are kept from 0 and 1 by Keras's clip."""
    p, labels = sigmoid(column(z)), np.clip(column(y), 1e-7, 1 - 1e-7)
    return float(np.mean(-p * np.log(labels) - (1 - p) * np.log(1 - labels)))


def crossed(y: object, z: object) -> float:
    """Return the mean over the N x N table that (N,) against (N, 1) broadcasts to."""
    y, z = np.asarray(y, dtype=float), np.asarray(z, dtype=float)
    return float(np.mean(softplus(z) - y * z))


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
HINT_EACH = "There is one number for each example. The exercise asks for one number, their mean."

BINARY_CROSSENTROPY = Answer(
    name="binary_crossentropy",
    section=f"{LESSON}#Binary-cross-entropy",
    oracle=binary_crossentropy,
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
                through_probability(),
                through_probability(clip=1e-7),
                through_probability(clip=1e-15),
                through_probability(inside_log=1e-7),
                through_probability(inside_log=1e-12),
            ),
            fitted=clipped_like,
        ),
        Misconception(
            "crossentropy-one-class-only",
            "Examples of one class cost nothing here. Both classes must: what does an example with y = 0 pay?",
            (one_class, lambda y, z: one_class(1 - column(y), -column(z))),
        ),
        Misconception(
            "crossentropy-flipped",
            "A sure and right prediction must cost next to nothing, and a sure and wrong one a lot. Look at the sign, "
            "and at which of y and the prediction stands inside the logarithm.",
            (
                lambda y, z: -binary_crossentropy(y, z),
                lambda y, z: binary_crossentropy(1 - column(y), z),
                swapped,
            ),
        ),
        Misconception("crossentropy-sum-not-mean", HINT_SUM, (lambda y, z: float(np.sum(binary_losses(y, z))),)),
        Misconception(
            "broadcast-n-by-n",
            "Labels of shape (N,) and logits of shape (N, 1) met in an N by N table, every label with every logit. "
            "Bring both to one shape first.",
            (crossed,),
        ),
        Misconception("crossentropy-per-example", HINT_EACH, (binary_losses,)),
    ],
    breaks="crossentropy-through-probability",
    more=batches,
)


def picked(log_p: np.ndarray, y: object) -> np.ndarray:
    """Return minus the log-probability of each example's own class."""
    labels = np.asarray(y, dtype=int).reshape(-1)
    return -log_p[np.arange(len(labels)), labels]


def sparse_losses(y: object, z: object) -> np.ndarray:
    """Return each example's log-sum-exp of the logits minus the logit of its class."""
    return picked(log_softmax(np.asarray(z, dtype=float)), y)


def sparse_through_probability(clip: float = 0.0, inside_log: float = 0.0, naive: bool = False) -> Function:
    """Return the wrong function that takes the logarithm of the softmax."""

    def wrong(y: object, z: object) -> float:
        p = exp_over_sum(np.asarray(z, dtype=float)) if naive else softmax(np.asarray(z, dtype=float))
        return float(np.mean(picked(np.log(np.clip(p, clip, 1 - clip) + inside_log), y)))

    return wrong


def sparse_clipped_like(answer: Function) -> Function | None:
    """Return the wrong function with the answer's own ceiling, seen where the right class has a logit 1000 below."""
    highest = ceiling(answer, 1, [1000.0, 0.0, 0.0])
    return None if highest is None else lambda y, z: float(np.mean(np.minimum(sparse_losses(y, z), highest)))


LABELS = np.array([0, 2, 1, 2])
LOGITS = np.array([[1.0, 2.0, 4.0], [0.5, -1.0, 0.25], [-2.0, 3.0, 1.0], [0.0, 0.5, 2.0]])
SQUARE = LOGITS[:3]

SPARSE_CATEGORICAL_CROSSENTROPY = Answer(
    name="sparse_categorical_crossentropy",
    section=f"{LESSON}#Cross-entropy-of-many-classes",
    oracle=lambda y, z: float(np.mean(sparse_losses(y, z))),
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
        Probe((np.array([1]), np.array([[0.0, -800.0]])), extreme=True),
        Probe(([0, 1], [[0.5, 1.0], [2.0, 1.0]]), optional=True),
    ],
    misconceptions=[
        Misconception(
            "crossentropy-through-probability",
            "Right while the logits are small. Where a probability is so small that it becomes 0, its logarithm is "
            "lost: write the loss in the logits, by log-sum-exp.",
            (
                sparse_through_probability(),
                sparse_through_probability(naive=True),
                sparse_through_probability(clip=1e-7),
                sparse_through_probability(inside_log=1e-7),
                sparse_through_probability(inside_log=1e-12),
            ),
            fitted=sparse_clipped_like,
        ),
        Misconception(
            "logsumexp-no-shift",
            "e^1000 does not fit into a float, and e^-1000 is 0. Take the largest logit of each row off first.",
            (lambda y, z: float(np.mean(picked(np.asarray(z) - np.log(np.exp(z).sum(-1, keepdims=True)), y))),),
        ),
        Misconception(
            "labels-from-one",
            "The labels were taken as 1 to K. They are 0 to K-1: label 0 is the first column.",
            (lambda y, z: float(np.mean(sparse_losses(np.asarray(y) - 1, z))),),
        ),
        Misconception(
            "crossentropy-flipped",
            "The loss is negative. The logarithm of a probability is below 0: look at the sign.",
            (lambda y, z: -float(np.mean(sparse_losses(y, z))),),
        ),
        Misconception("crossentropy-sum-not-mean", HINT_SUM, (lambda y, z: float(np.sum(sparse_losses(y, z))),)),
        Misconception("crossentropy-per-example", HINT_EACH, (sparse_losses,)),
        Misconception(
            "softmax-wrong-axis",
            "The sum ran down the columns. One row is one example: sum along the last axis.",
            (lambda y, z: float(np.mean(picked(log_softmax(z, axis=0), y))),),
        ),
        Misconception(
            "softmax-whole-batch",
            "All rows went into one sum. Each row is an example of its own.",
            (lambda y, z: float(np.mean(picked(np.asarray(z) - log_sum_exp(np.ravel(z)), y))),),
        ),
        Misconception(
            "logits-not-turned-into-probabilities",
            "This is the mean of the logits of the right classes, with its sign changed. The other logits count too.",
            (lambda y, z: float(np.mean(picked(np.asarray(z, dtype=float), y))),),
        ),
    ],
    breaks="crossentropy-through-probability",
    more=lambda rng: [
        Probe((rng.integers(0, k, n), rng.normal(0, 3, (n, k))), secret=True) for n, k in [(6, 4), (4, 4)]
    ],
)

PREDICT_PROBABILITIES = Answer(
    name="predict_probabilities",
    section=f"{LESSON}#From-logits-back-to-probabilities",
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
    section=f"{LESSON}#from_logits",
    calls=lambda: [(5,), (2,)],
    asked=binary_asked,
    draws=lambda rng: [(int(rng.integers(6, 64)),)],
    fits=lambda model, arguments: takes_features(model, arguments[0]),
)
BUILD_MULTICLASS_MODEL = ModelAnswer(
    name="build_multiclass_model",
    section=f"{LESSON}#from_logits",
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
