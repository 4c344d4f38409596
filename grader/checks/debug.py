"""Exercise 09: five models as they are found in the wild; what is wrong with each, and the repaired ones."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from grader.answers.asked import Asked
from grader.answers.check import Check
from grader.answers.model_answer import ModelAnswer, ModelCheck
from grader.answers.table import Answer, Misconception, Probe
from grader.answers.verdict import Verdict
from grader.answers.wording import value_text

LESSON = "09-debug.ipynb"


def model_1() -> Any:
    """Return a classifier as a question on transfer learning shows its head."""
    from grader.base.keras_import import keras

    layers = [keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input((4,)), *layers])
    model.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["accuracy"])
    return model


def model_2() -> Any:
    """Return a classifier as a tutorial on overfitting compiles it."""
    from grader.base.keras_import import keras

    layers = [keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input((4,)), *layers])
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(optimizer="adam", loss=loss, metrics=["accuracy"])
    return model


def model_3() -> Any:
    """Return a classifier as a tutorial on texts exports it."""
    from grader.base.keras_import import keras

    layers = [keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1, activation="sigmoid")]
    model = keras.Sequential([keras.Input((4,)), *layers, keras.layers.Activation("sigmoid")])
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    return model


def model_4() -> Any:
    """Return a classifier of somebody who has learned that a classifier ends in softmax."""
    from grader.base.keras_import import keras

    layers = [keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1, activation="softmax")]
    model = keras.Sequential([keras.Input((4,)), *layers])
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    return model


def model_5() -> Any:
    """Return a classifier of digits of somebody who has learned that no activation is best."""
    from grader.base.keras_import import keras

    layers = [keras.layers.Dense(32), keras.layers.Dense(32), keras.layers.Dense(10)]
    model = keras.Sequential([keras.Input((64,)), *layers])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer="adam", loss=loss, metrics=["accuracy"])
    return model


MODELS_GIVEN: list[tuple[Callable[[], Any], str]] = [
    (model_1, "logits-with-probability-loss"),
    (model_2, "accuracy-cuts-logits-at-half"),
    (model_3, "sigmoid-twice"),
    (model_4, "softmax-on-one-unit"),
    (model_5, "missing-nonlinearity"),
]
ELSEWHERE = [
    "probabilities-with-logits-loss",
    "labels-do-not-fit-loss",
    "regression-loss",
    "softmax-twice",
    "relu-on-logits",
    *[right for _, right in MODELS_GIVEN],
]


def diagnosis(number: int) -> Answer:
    """Return the table of diagnosis_1 ... diagnosis_5: a word instead of a function."""
    right = MODELS_GIVEN[number - 1][1]
    hint = (
        "That mistake is made elsewhere. Look at the layers, the loss and the metric of this model, in that order, "
        "and at what predict() gives for a few inputs."
    )
    others = tuple(_constant(other) for other in ELSEWHERE if other != right)
    return Answer(
        name=f"diagnosis_{number}",
        section=f"{LESSON}#five-heading",
        oracle=_constant(right),
        tries=[Probe(())],
        misconceptions=[Misconception("another-models-mistake", hint, others)],
    )


ONE_OF_THE_NAMES = "The answer is one of the names that lesson 09 gives to mistakes, as text in quotes."


def _constant(word: str) -> Callable[[], str]:
    return lambda: word


class DiagnosisCheck(Check):
    """The check of an answer that is a word: it is judged as a function that returns it."""

    def judge(self, answer: object, seed: int | None = None) -> Verdict:
        """Return the verdict on the learner's word."""

        def named() -> object:
            return answer.strip() if isinstance(answer, str) else answer

        named.__name__ = self.table.name
        verdict = super().judge(named)
        if verdict.passed:
            return verdict
        more = "Give the model to diagnose() from grader, and read what it says first."
        verdict = replace(verdict, seen=f"it is {value_text(answer)}.", more=more)
        if verdict.misconception in ("unrecognised", "another-type", "wrong-shape"):
            return replace(verdict, misconception="not-one-of-the-names", hint=ONE_OF_THE_NAMES)
        return verdict


def data(features: int, classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Return (x, y): 256 seeded examples around class centres, float32 (256, features) and integers (256,)."""
    rng = np.random.default_rng(0)
    y = rng.permutation(np.arange(256) % classes)
    x = rng.normal(size=(256, features)) + 2 * rng.uniform(0, 1, (classes, features))[y]
    return x.astype("float32"), y


DIGITS = Asked([("Dense", {"units": 10})], logits=None, labels="integers", any_hidden=True, hidden=None)
TWO_UNITS = replace(DIGITS, layers=[("Dense", {"units": 2})])  # as sound for two classes as one unit is
BINARY = Asked([("Dense", {"units": 1})], logits=None, any_hidden=True, hidden=None, instead=TWO_UNITS)


def repair(number: int) -> ModelAnswer:
    """Return the table of fix_1 ... fix_5: the end of the model is free, everything must fit it, and it is trained."""
    digits = number == 5
    return ModelAnswer(
        name=f"fix_{number}",
        section=f"{LESSON}#five-heading",
        calls=lambda: [data(64, 10) if digits else data(4, 2)],
        asked=lambda x, y: DIGITS if digits else BINARY,
        inputs=lambda x, y: x,
        labels=lambda x, y: y,
    )


NUMBERS = range(1, len(MODELS_GIVEN) + 1)
check_diagnosis_1, check_diagnosis_2, check_diagnosis_3, check_diagnosis_4, check_diagnosis_5 = (
    DiagnosisCheck(diagnosis(number)) for number in NUMBERS
)
check_fix_1, check_fix_2, check_fix_3, check_fix_4, check_fix_5 = (ModelCheck(repair(number)) for number in NUMBERS)
