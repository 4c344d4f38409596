"""Probabilities from a model that puts out logits, and what is taken for them."""

import numpy as np

from grader.answers.table import Answer, Misconception, Probe
from grader.checks.activations.formulas import exp_over_sum, sigmoid, softmax
from grader.checks.crafted import X, linear_model, raw

PREDICT_PROBABILITIES = Answer(
    name="predict_probabilities",
    section="04-losses.ipynb#back-heading",
    idea=("A logit becomes a probability by the sigmoid when there is one, and by the softmax when there are several."),
    way="Let the model predict, look at the last axis of the result, and choose by its length.",
    oracle=lambda model, x: (sigmoid if model.output_shape[-1] == 1 else softmax)(raw(model, x)),
    tries=lambda: [
        *(Probe((model, x)) for model in (linear_model(1), linear_model(3)) for x in (X, X[:1], X[:3] / 4)),
        *(Probe((model, 300 * X), extreme=True) for model in (linear_model(1), linear_model(3))),
    ],
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
        Misconception(
            "softmax-no-shift",
            "e^z of a logit in the hundreds does not fit into a float. keras.ops.sigmoid and keras.ops.softmax take "
            "logits of any size.",
            (lambda model, x: sigmoid(raw(model, x)) if model.output_shape[-1] == 1 else exp_over_sum(raw(model, x)),),
        ),
    ],
    breaks="softmax-no-shift",
    unsteady="dropout-at-prediction",
    more=lambda rng: [Probe((linear_model(k), rng.normal(0, 2, (4, 2))), secret=True) for k in (1, 3)],
    rounds=1,
)
