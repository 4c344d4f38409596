"""Probabilities from a model that puts out logits, and what is taken for them."""

from typing import Any

import numpy as np

from grader.answers.table import Answer, Function, Misconception, Probe
from grader.checks.activations.formulas import exp_over_sum, sigmoid, softmax
from grader.checks.crafted import X, linear_model, raw
from grader.checks.probabilities import HINT_TWICE, as_it_is, classes_of, later_mistakes


def probabilities_done(
    model: Any, x: Any, one: Function = sigmoid, many: Function = softmax, then: Function = as_it_is
) -> np.ndarray:
    """Return the probabilities with each part done as the keywords say.

    Args:
        model: puts out logits.
        x: its inputs.
        one: makes a probability from a single logit, (N, 1).
        many: makes probabilities from several, (N, K).
        then: what is done with the result.
    """
    z = raw(model, x)
    return np.asarray(then(np.asarray((one if z.shape[-1] == 1 else many)(z), dtype=float)))


PREDICT_PROBABILITIES = Answer(
    name="predict_probabilities",
    section="04-losses.ipynb#back-heading",
    idea=("A logit becomes a probability by the sigmoid when there is one, and by the softmax when there are several."),
    way="Let the model predict, look at the last axis of the result, and choose by its length.",
    oracle=probabilities_done,
    recipe=probabilities_done,
    tries=lambda: [
        *(Probe((model, x)) for model in (linear_model(1), linear_model(3)) for x in (X, X[:1], X[:3] / 4)),
        *(Probe((model, 300 * X), extreme=True) for model in (linear_model(1), linear_model(3))),
    ],
    misconceptions=[
        Misconception(
            "logits-not-turned-into-probabilities",
            "Not every row is made of probabilities: they lie between 0 and 1, and over the classes they sum to 1.",
            (
                {"one": as_it_is, "many": as_it_is},
                {"one": as_it_is},
                {"many": as_it_is},
                {"one": lambda z: np.clip(z, 0, 1), "many": lambda z: np.clip(z, 0, 1)},
            ),
        ),
        Misconception(
            "softmax-on-one-unit",
            "Every binary prediction is 1: a softmax over one number is always 1. One logit needs the sigmoid.",
            ({"one": np.ones_like},),
        ),
        Misconception(
            "sigmoid-for-softmax",
            "With several classes the sigmoid was taken of each logit by itself. Where one class excludes the others, "
            "it is the softmax, whose rows sum to 1.",
            (
                {"many": sigmoid},
                {"many": lambda z: sigmoid(z) / np.sum(sigmoid(z), axis=-1, keepdims=True)},
                {"many": lambda z: sigmoid(z) / np.sum(sigmoid(z), axis=0)},
            ),
        ),
        Misconception(
            "softmax-wrong-axis",
            "The softmax ran down the columns. One row is one example: its classes stand along the last axis.",
            ({"many": lambda z: softmax(z.T).T}, {"one": lambda z: softmax(z.T).T, "many": lambda z: softmax(z.T).T}),
        ),
        Misconception(
            "softmax-whole-batch",
            "All rows together sum to 1. Each row is an example of its own.",
            ({"many": lambda z: softmax(z.ravel()).reshape(z.shape)},),
        ),
        Misconception(
            "softmax-no-exp",
            "The logits were divided by their sum, without e^z: that gives negative numbers.",
            (
                {"many": lambda z: z / np.sum(z, axis=-1, keepdims=True)},
                {"many": lambda z: np.abs(z) / np.sum(np.abs(z), axis=-1, keepdims=True)},
            ),
        ),
        Misconception("softmax-twice", HINT_TWICE, ({"many": lambda z: softmax(softmax(z))},)),
        Misconception("sigmoid-twice", HINT_TWICE, ({"one": lambda z: sigmoid(sigmoid(z))},)),
        Misconception(
            "probability-of-the-other-class",
            "This is the probability of class 0. Where the logit is positive, class 1 is the more likely one.",
            ({"one": lambda z: sigmoid(-z)},),
        ),
        Misconception(
            "softmax-flipped",
            "The largest logit gets the smallest probability. Look at the sign in the exponent, or at what is taken "
            "off 1.",
            ({"many": lambda z: softmax(-z)}, {"many": lambda z: 1 - softmax(z)}),
        ),
        Misconception(
            "sigmoid-is-tanh",
            "This is the tanh: it runs from -1 to 1, and a probability from 0 to 1.",
            ({"one": np.tanh}, {"many": np.tanh}, {"one": np.tanh, "many": np.tanh}),
        ),
        Misconception(
            "sigmoid-scaled",
            "The logit was multiplied before the sigmoid. tanh(z)/2 + 1/2, for one, is the sigmoid of 2z.",
            ({"one": lambda z: sigmoid(2 * z)},),
        ),
        Misconception(
            "logarithm-not-asked",
            "These are logarithms of probabilities. The exercise asks for the probabilities themselves.",
            ({"many": lambda z: np.log(softmax(z))}, {"one": lambda z: np.log(sigmoid(z))}),
        ),
        Misconception(
            "softmax-not-divided",
            "This is e^z. It becomes a probability when it is divided: by 1 + e^z for one logit, by the row's sum for "
            "several.",
            ({"many": np.exp}, {"one": np.exp, "many": np.exp}, {"one": np.exp}),
        ),
        Misconception(
            "classes-not-probabilities",
            "These are classes. The exercise asks how sure the model is of each.",
            (
                {"one": classes_of, "many": lambda z: np.argmax(z, axis=-1)},
                {"one": lambda z: np.argmax(z, axis=-1), "many": lambda z: np.argmax(z, axis=-1)},
                {"many": lambda z: np.argmax(z, axis=-1)},
                {"one": classes_of},
                {"one": classes_of, "many": lambda z: np.eye(z.shape[-1])[np.argmax(z, axis=-1)]},
                {"one": classes_of, "many": lambda z: (softmax(z) > 0.5) * 1.0},
                {"one": classes_of, "many": classes_of},
            ),
        ),
        Misconception(
            "largest-alone",
            "With several classes only the largest probability of each row is left. The exercise asks for all of them.",
            ({"many": lambda z: np.max(softmax(z), axis=-1)},),
        ),
        Misconception(
            "both-classes-given",
            "For one logit there are two columns, of class 0 and of class 1. The exercise asks for the shape of the "
            "output, (N, 1).",
            (
                {"one": lambda z: np.hstack([sigmoid(-z), sigmoid(z)])},
                {"one": lambda z: softmax(np.hstack([0 * z, z]))},
            ),
        ),
        *later_mistakes(lambda: (linear_model(3), X)),
        Misconception(
            "softmax-no-shift",
            "e^z of a logit in the hundreds does not fit into a float. keras.ops.sigmoid and keras.ops.softmax take "
            "logits of any size.",
            ({"many": exp_over_sum}, {"one": lambda z: np.exp(z) / (1 + np.exp(z))}),
        ),
    ],
    breaks="softmax-no-shift",
    unsteady="dropout-at-prediction",
    more=lambda rng: [Probe((linear_model(k), rng.normal(0, 2, (4, 2))), secret=True) for k in (1, 3)],
    rounds=1,
)
