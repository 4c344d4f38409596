"""Exercise 06: accuracy, and where it cuts."""

from typing import Any

import numpy as np

from grader.answers.asked import Asked
from grader.answers.check import Check
from grader.answers.model_answer import ModelAnswer, ModelCheck
from grader.answers.table import Answer, Function, Misconception, Probe

LESSON = "06-accuracy.ipynb"


def cut_at(threshold: float) -> Function:
    """Return the share of examples whose class is right when scores over a threshold are class 1."""
    return lambda y, z: float(np.mean((_flat(z) > threshold) == (_flat(y) > 0.5)))


def _flat(values: object) -> np.ndarray:
    return np.asarray(values, dtype=float).reshape(-1)


def at_or_above(threshold: float) -> Function:
    """Return the same with the threshold itself counted as class 1."""
    return lambda y, z: float(np.mean((_flat(z) >= threshold) == (_flat(y) > 0.5)))


def crossed(threshold: float) -> Function:
    """Return the share of right pairs in the N x N table that (N,) against (N, 1) broadcasts to."""
    return lambda y, z: float(np.mean((np.asarray(z, dtype=float) > threshold) == (np.asarray(y, dtype=float) > 0.5)))


def counted(threshold: float) -> Function:
    """Return how many are right."""
    return lambda y, z: float(np.sum((_flat(z) > threshold) == (_flat(y) > 0.5)))


def error_rate(threshold: float) -> Function:
    """Return the share of wrong ones."""
    return lambda y, z: float(np.mean((_flat(z) > threshold) != (_flat(y) > 0.5)))


def always_zero(y: object, z: object) -> float:
    """Return the accuracy of argmax over one column, which is always class 0."""
    return float(np.mean(_flat(y) < 0.5))


Y = np.array([1.0, 1.0, 0.0, 1.0, 0.0, 0.0, 1.0])
Z = np.array([2.0, 0.3, 0.2, -0.4, -3.0, 0.8, 0.45])
BORDERS = np.array([0.0, 0.5, -1.0, 0.0, -2.0, 2.0, 0.25])
MANY = np.array([1.0, 1, 1, 0, 1, 1, 0, 1, 1, 1, 0])
SPREAD = np.array([2.0, 0.1, 0.2, 0.3, 1.5, -0.4, -3.0, 0.8, 0.45, 0.9, 0.7])
ON_BORDERS = np.array([0.0, 0.5, 0.5, 0.5, 2.0, 0.0, -1.0, 0.3, -0.2, 0.5, 0.1])
SHAPES = [((7,), (7,)), ((7, 1), (7, 1)), ((7,), (7, 1)), ((7, 1), (7,))]


def examples() -> list[Probe]:
    """Return labels and logits in every mixture of (N,) and (N, 1), with logits at both borders."""
    mixed = [Probe((Y.reshape(a), z.reshape(b))) for z in (Z, BORDERS) for a, b in SHAPES]
    one = Probe((np.array([1.0]), np.array([0.3])))
    mixed += [Probe((MANY, z.reshape(b))) for z in (SPREAD, ON_BORDERS) for b in [(11,), (11, 1)]]
    return [
        *mixed,
        one,
        Probe((Y.astype(int), Z.astype(np.float32))),
        Probe(([1, 0, 1], [0.3, 0.7, 2.0]), optional=True),
    ]


def batches(rng: np.random.Generator) -> list[Probe]:
    """Return secret labels and logits."""
    sizes = [(9, (9,)), (8, (8, 1))]
    return [Probe((rng.integers(0, 2, n), rng.normal(0, 1, shape)), secret=True) for n, shape in sizes]


HINT_CROSSED = (
    "Labels of shape (N,) and logits of shape (N, 1) were compared in an N by N table, every label with every logit. "
    "Bring both to one shape first."
)
HINT_COUNT = "This is how many are right. The exercise asks for the share: a number from 0 to 1."
HINT_BORDER = "A score at the border itself is not over it: look at > and >=."

ACCURACY_OF_LOGITS = Answer(
    name="accuracy_of_logits",
    section=f"{LESSON}#Accuracy-of-logits",
    oracle=cut_at(0.0),
    tries=examples,
    misconceptions=[
        Misconception(
            "threshold-half-on-logits",
            "The logits were cut at 0.5, which is a probability of 0.622. Which logit belongs to one half?",
            (cut_at(0.5), at_or_above(0.5)),
        ),
        Misconception("threshold-flipped", "This is the share of the wrong ones.", (error_rate(0.0),)),
        Misconception("broadcast-n-by-n", HINT_CROSSED, (crossed(0.0),)),
        Misconception(
            "argmax-on-one-column",
            "Every example was taken for class 0: argmax over one column is always 0. Compare with a threshold.",
            (always_zero,),
        ),
        Misconception("count-not-fraction", HINT_COUNT, (counted(0.0),)),
        Misconception("threshold-includes-the-border", HINT_BORDER, (at_or_above(0.0),)),
    ],
    more=batches,
)

ACCURACY_KERAS_REPORTS = Answer(
    name="accuracy_keras_reports",
    section=f"{LESSON}#What-accuracy-means-to-Keras",
    oracle=cut_at(0.5),
    tries=examples,
    misconceptions=[
        Misconception(
            "accuracy-cuts-at-zero",
            "This is the accuracy that the model deserves. 'accuracy' is not told that the scores are logits: what is "
            "its threshold, whatever the scores mean?",
            (cut_at(0.0), at_or_above(0.0)),
        ),
        Misconception("threshold-flipped", "This is the share of the wrong ones.", (error_rate(0.5),)),
        Misconception("broadcast-n-by-n", HINT_CROSSED, (crossed(0.5),)),
        Misconception("count-not-fraction", HINT_COUNT, (counted(0.5),)),
        Misconception(
            "argmax-on-one-column",
            "Every example was taken for class 0. With one column Keras compares with a threshold.",
            (always_zero,),
        ),
        Misconception("threshold-includes-the-border", HINT_BORDER, (at_or_above(0.5),)),
    ],
    more=batches,
)


def wrongly_compiled_model(features: int = 3, hidden: int = 8) -> Any:
    """Return a new model that ends in one logit, compiled as it should not be."""
    from grader.base.keras_import import keras

    model = keras.Sequential(
        [keras.Input((features,)), keras.layers.Dense(hidden, activation="relu"), keras.layers.Dense(1)], name="scores"
    )
    model.compile(loss="mse")
    return model


def shapes(model: Any) -> list[tuple[int, ...]]:
    """Return the shapes of a model's weights: they tell which one was given."""
    return [tuple(weight.shape) for weight in model.weights]


COMPILE_FOR_LOGITS = ModelAnswer(
    name="compile_for_logits",
    section=f"{LESSON}#Where-the-threshold-lives",
    calls=lambda: [(wrongly_compiled_model(),)],
    asked=lambda model: Asked([("Dense", {"units": 1})], any_hidden=True),
    draws=lambda rng: [(wrongly_compiled_model(int(rng.integers(4, 64)), int(rng.integers(9, 64))),)],
    fits=lambda model, arguments: shapes(model) == shapes(arguments[0]),
)
TWO_FEATURES = Asked(
    [
        ("Dense", {"units": 124, "activation": "relu"}),
        ("Dropout", {"rate": 0.5}),
        ("Dense", {"units": 124, "activation": "relu"}),
        ("Dropout", {"rate": 0.1}),
        ("Dense", {"units": 1}),
    ],
    logits=False,
    threshold_written=True,
    optimizer=("SGD", 0.1),
)
BUILD_TWO_FEATURE_CLASSIFIER = ModelAnswer(
    name="build_two_feature_classifier",
    section=f"{LESSON}#Where-the-threshold-lives",
    calls=lambda: [()],
    asked=lambda: TWO_FEATURES,
)
check_accuracy_of_logits = Check(ACCURACY_OF_LOGITS)
check_accuracy_keras_reports = Check(ACCURACY_KERAS_REPORTS)
check_compile_for_logits = ModelCheck(COMPILE_FOR_LOGITS)
check_build_two_feature_classifier = ModelCheck(BUILD_TWO_FEATURE_CLASSIFIER)
