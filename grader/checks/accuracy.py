"""Exercise 06: accuracy, and where it cuts."""

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.answers.asked import Asked
from grader.answers.check import Check
from grader.answers.model_answer import ModelAnswer, ModelCheck
from grader.answers.table import Answer, Function, Misconception, Probe, Way
from grader.checks.activations.formulas import sigmoid
from grader.checks.crafted import rows
from grader.checks.fits import number_from, rounding_of
from grader.checks.logits.classes import HALF_ON_LOGITS
from grader.checks.losses.binary_parts import CROSSED
from grader.checks.losses.crossentropies import HINT_LOOP, of_one_example

LESSON = "06-accuracy.ipynb"


def share(right: np.ndarray, over: np.ndarray, label: np.ndarray, count: int) -> Any:
    """Return the share of right answers."""
    return np.mean(right)


def accuracy_done(
    y: Any,
    z: Any,
    cut: float = 0.0,
    border: bool = False,
    of: Function = lambda z: z,
    same: Function | None = None,
    align: Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]] = lambda y, z: (y.ravel(), z.ravel()),
    measure: Function = share,
    scale: float = 1.0,
    then: Function = lambda value: value,
) -> np.ndarray:
    """Return the accuracy with each part done as the keywords say.

    Args:
        y: labels.
        z: logits.
        cut: the score over which (or, with `border`, from which on) an example is class 1.
        border: whether the cut itself is class 1.
        of: makes the score from the logit.
        same: compares label and logit, in place of comparing label and class.
        align: brings both to one shape; where it does not, (N,) and (N, 1) meet in an N x N table.
        measure: makes the result from (right, class, label, number of examples).
        scale: what it is multiplied with.
        then: what is done with it at last.
    """
    count = np.size(y)
    label, score = align(np.asarray(y, dtype=float), np.asarray(of(np.asarray(z, dtype=float))))
    over = score >= cut if border else score > cut
    right = same(label, score) if same else over == (label > 0.5)
    return np.asarray(then(scale * np.asarray(measure(np.asarray(right), over, label > 0.5, count), dtype=float)))


def accuracy_at(cut: float) -> Function:
    """Return the share of examples whose class is right when scores over a number are class 1."""
    return lambda y, z: float(accuracy_done(y, z, cut))


def recipe_at(cut: float) -> Function:
    """Return the recipe of the accuracy that cuts at a number where nothing else is said."""
    return lambda y, z, **parts: accuracy_done(y, z, **{"cut": cut, **parts})


LADDER = np.linspace(-6, 6, 4801)


def cut_of(right: float) -> Function:
    """Return what finds where an answer cuts, to a 400th; `right` is where it should."""

    def fit(answer: Function) -> Way | None:
        found = number_from(answer, np.ones(len(LADDER)), LADDER)
        place = round((1 - found) * len(LADDER)) if 0 < found < 1 else 0
        cut = float(LADDER[place]) - 1 / 800 if 0 < place < len(LADDER) else right
        return {"cut": cut} if abs(cut - right) > 0.01 else None

    return fit


# a logit at Keras's border, and none at 0: what a probability of exactly one half is, the first exercise leaves open
Y = np.array([1.0, 1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 1.0])
Z = np.array([1.5, 0.3, 0.2, -0.4, -3.0, -0.8, 0.45, 0.5])
MANY = np.array([1.0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0])
SPREAD = np.array([0.5, -1.1, 1.2, 0.6, -0.8, -0.2, 0.1, 0.3, -1.6, 1.5, 0.2, 1.9, -3.0])
SHAPES = [((8,), (8,)), ((8, 1), (8, 1)), ((8,), (8, 1)), ((8, 1), (8,))]


def examples() -> list[Probe]:
    """Return labels and logits in every mixture of (N,) and (N, 1), with logits at Keras's border."""
    mixed = [Probe((Y.reshape(a), Z.reshape(b))) for a, b in SHAPES]
    mixed += [Probe((MANY, SPREAD.reshape(b))) for b in [(13,), (13, 1)]]
    return [
        Probe((np.array([1.0]), np.array([0.7]))),
        *mixed,
        Probe((np.array([1.0, 0.0]), np.array([60.0, -2.0]))),  # 60: its sigmoid is 1, and int() leaves it
        Probe((Y.astype(int), Z.astype(np.float32))),
        Probe(([0, 1, 1], [0.3, 0.7, 2.0]), optional=True),
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
HINT_ROUNDED_SHARE = "The result is rounded. The exercise asks for the share with all its digits."
HINT_BORDER = "A score at the border itself is not over it: look at > and >=."


def measures(right: Function) -> list[Misconception]:
    """Return the wrong ideas that both accuracies may show; `right` is the oracle."""
    another, right_alone = of_one_example(right, Y, Z)
    return [
        Misconception(
            "threshold-flipped",
            "This is the share of the wrong ones.",
            ({"measure": lambda right, over, label, n: np.mean(~right)},),
        ),
        Misconception(
            "broadcast-n-by-n",
            HINT_CROSSED,
            (
                *({"align": align} for align in CROSSED),
                *({"align": align, "measure": lambda right, over, label, n: np.sum(right) / n} for align in CROSSED),
            ),
        ),
        Misconception("count-not-fraction", HINT_COUNT, ({"measure": lambda right, over, label, n: np.sum(right)},)),
        Misconception(
            "percent-not-fraction",
            "This is in percent. The exercise asks for the share: a number from 0 to 1.",
            ({"scale": 100.0},),
        ),
        Misconception(
            "true-positives-alone",
            "Only examples of one class are counted as right. An example of class 0 that is taken for class 0 is "
            "right, too; np.sign makes it -1, which is no label.",
            (
                {"measure": lambda right, over, label, n: np.sum(over & label) / n},
                {"measure": lambda right, over, label, n: np.sum(~over & ~label) / n},
                {"measure": lambda right, over, label, n: np.sum(over & label)},
            ),
        ),
        Misconception(
            "another-measure",
            "This is another measure, such as precision, recall, or how many examples are taken for class 1. The "
            "accuracy is the share of all examples that are right.",
            (
                {"measure": lambda right, over, label, n: np.sum(over & label) / np.sum(over)},
                {"measure": lambda right, over, label, n: np.sum(over & label) / np.sum(label)},
                {"measure": lambda right, over, label, n: 2 * np.sum(over & label) / (np.sum(over) + np.sum(label))},
                {"measure": lambda right, over, label, n: np.sum(over & label) / np.sum(over | label)},
                {"measure": lambda right, over, label, n: np.mean(over)},
                {"measure": lambda right, over, label, n: (np.mean(over[label]) + np.mean(~over[~label])) / 2},
            ),
        ),
        Misconception(
            "result-per-example",
            "There is one result for each example. The exercise asks for one number, their mean.",
            (
                {"measure": lambda right, over, label, n: right},
                {"measure": lambda right, over, label, n: np.mean(right, axis=-1), "align": lambda y, z: (y, z)},
            ),
        ),
        Misconception(
            "return-inside-the-loop",
            HINT_LOOP,
            (
                {"measure": lambda right, over, label, n: right.ravel()[0] / n},
                {"measure": lambda right, over, label, n: right.ravel()[0]},
            ),
        ),
        Misconception(
            "divided-by-another-number",
            "The number of right answers was divided by another number than that of the examples.",
            (
                {"measure": lambda right, over, label, n: np.sum(right) / max(n - 1, 1)},
                {"measure": lambda right, over, label, n: np.sum(right) / (n + 1)},
                {"measure": lambda right, over, label, n: np.mean(right) / 2},
            ),
        ),
        Misconception(
            "scores-compared-with-labels",
            "The scores themselves were compared with the labels. They become classes first.",
            ({"same": lambda label, score: label == score},),
        ),
        Misconception(
            "logit-rounded",
            "The logit itself was rounded, so that there are classes below 0 and above 1. Which step turns it into "
            "something between 0 and 1 first?",
            (
                {"of": np.round, "same": lambda label, score: label == score},
                {"of": np.trunc, "same": lambda label, score: label == score},
                {"of": lambda z: np.trunc(z) != 0},
            ),
        ),
        Misconception(
            "argmax-on-one-column",
            "Every example was taken for class 0: argmax over one column is always 0. Compare with a threshold.",
            ({"of": lambda z: np.full(np.shape(z), -1e9)},),
        ),
        Misconception(
            "everything-class-one",
            "Every example was taken for class 1: a probability is never below 0.",
            ({"of": lambda z: np.full(np.shape(z), 1e9)},),
        ),
        Misconception(
            "probability-cut-to-integer",
            "int() cuts off what stands behind the point, and leaves 0 of every probability below 1. Compare with a "
            "threshold, or round.",
            ({"of": lambda z: np.where(z > 30, 1e9, -1e9)},),
        ),
        Misconception(
            "border-from-the-batch",
            "Where it is cut depends on the other examples, as with their mean. Each example is judged by itself.",
            ({"of": lambda z: z - np.mean(z), "cut": 0.0}, {"of": lambda z: z - np.median(z), "cut": 0.0}),
        ),
        Misconception(
            "example-counts-in-part",
            "An example counts as far as its probability is near the label. In an accuracy it counts whole or not at "
            "all: decide for a class first.",
            (
                {"same": lambda label, score: 1 - np.abs(label - sigmoid(score))},
                {"same": lambda label, score: np.abs(label - sigmoid(score))},
                {"same": lambda label, score: label * sigmoid(score)},
            ),
        ),
        Misconception(
            "result-cut-to-integers",
            "The result is a whole number: // cuts off what stands behind the point, and so does int().",
            ({"then": np.floor},),
        ),
        Misconception("result-rounded", HINT_ROUNDED_SHARE, (), (rounding_of("then", MANY, SPREAD),)),
        Misconception(
            "wrong-for-several",
            "One example alone gets the right result, and several together do not. Look at how one number is made of "
            "what is right and what is not.",
            (),
            otherwise=(right_alone,),
        ),
        Misconception(
            "result-of-one-example",
            "The mean over the examples is taken rightly, and single ones are judged otherwise than they should be: "
            "what is right counts 1, and what is wrong counts 0.",
            (),
            otherwise=(another,),
        ),
    ]


ACCURACY_OF_LOGITS = Answer(
    name="accuracy_of_logits",
    section=f"{LESSON}#accuracy-heading",
    idea=("The accuracy is the share of right classes. The logit that belongs to the probability one half is 0."),
    way="Make y and z flat, decide for a class by the logit, compare with the label, and take the mean.",
    oracle=accuracy_at(0.0),
    examples=(0, 0),
    recipe=accuracy_done,
    tries=examples,
    misconceptions=[
        HALF_ON_LOGITS,
        *measures(accuracy_at(0.0)),
        Misconception(
            "threshold-elsewhere",
            "The classes change at another logit than they should. The probability one half belongs to the logit 0.",
            ({"cut": 1.0}, {"cut": -0.5}),
            fitted=(cut_of(0.0),),
        ),
    ],
    more=batches,
)

ACCURACY_KERAS_REPORTS = Answer(
    name="accuracy_keras_reports",
    section=f"{LESSON}#keras-heading",
    idea=(
        "'accuracy' becomes a binary accuracy with the threshold 0.5, and nobody tells it that the scores are logits."
    ),
    way="The same as for accuracy_of_logits, cut where Keras cuts.",
    oracle=accuracy_at(0.5),
    recipe=recipe_at(0.5),
    tries=examples,
    misconceptions=[
        Misconception(
            "accuracy-cuts-at-zero",
            "This is the accuracy that the model deserves. 'accuracy' is not told that the scores are logits: what is "
            "its threshold, whatever the scores mean?",
            ({"cut": 0.0}, {"of": lambda z: np.round(sigmoid(z))}),
        ),
        *measures(accuracy_at(0.5)),
        Misconception("threshold-includes-the-border", HINT_BORDER, ({"border": True},)),
        Misconception(
            "threshold-elsewhere",
            "The classes change at another score than Keras's. What is the threshold of 'accuracy', whatever the "
            "scores mean?",
            ({"cut": 1.0}, {"cut": -0.5}),
            fitted=(cut_of(0.5),),
        ),
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
    section=f"{LESSON}#lives-heading",
    calls=lambda: [(wrongly_compiled_model(),)],
    asked=lambda model: Asked([("Dense", {"units": 1})], any_hidden=True),
    inputs=lambda model: rows(model.input_shape[-1]),
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
    section=f"{LESSON}#lives-heading",
    calls=lambda: [()],
    asked=lambda: TWO_FEATURES,
    inputs=lambda: rows(2),
)
check_accuracy_of_logits = Check(ACCURACY_OF_LOGITS)
check_accuracy_keras_reports = Check(ACCURACY_KERAS_REPORTS)
check_compile_for_logits = ModelCheck(COMPILE_FOR_LOGITS)
check_build_two_feature_classifier = ModelCheck(BUILD_TWO_FEATURE_CLASSIFIER)
