"""Exercise 05: the text classifier of a mean of word scores, with and without a sigmoid."""

from typing import Any

import numpy as np

from grader.answers.asked import Asked
from grader.answers.check import Check
from grader.answers.model_answer import ModelAnswer, ModelCheck
from grader.answers.personal import is_personal
from grader.answers.table import Answer, Function, Misconception, Probe
from grader.checks.activations.formulas import sigmoid, softmax
from grader.checks.crafted import TOKENS, new_text_model, raw, text_model
from grader.checks.probabilities import as_it_is, classes_of, later_mistakes

LESSON = "05-text.ipynb"


def sizes(rng: np.random.Generator) -> list[tuple[int, int]]:
    """Return a secret (vocabulary_size, embedding_dim)."""
    return [(int(rng.integers(21, 500)), int(rng.integers(5, 32)))]


def tokens(vocabulary_size: int, embedding_dim: int) -> np.ndarray:
    """Return (20, 6) tokens to try a model on, each word in some text."""
    return np.random.default_rng(0).integers(0, vocabulary_size, (20, 6), dtype="int32")


def text_asked(vocabulary_size: int, embedding_dim: int, logits: bool = True) -> Asked:
    """Return what a text classifier must be; one spare row in the Embedding does no harm."""
    table = {"input_dim": (vocabulary_size, vocabulary_size + 1), "output_dim": embedding_dim}
    layers: list[tuple[str, dict[str, object]]] = [("Embedding", table), ("Dropout", {"rate": 0.2})]
    layers += [("GlobalAveragePooling1D", {}), ("Dropout", {"rate": 0.2}), ("Dense", {"units": 1})]
    return Asked(layers, logits=logits)


BUILD_TEXT_CLASSIFIER = ModelAnswer(
    name="build_text_classifier",
    section=f"{LESSON}#model-heading",
    calls=lambda: [(100, 16), (20, 4)],
    asked=text_asked,
    inputs=tokens,
    draws=sizes,
)
BUILD_TEXT_CLASSIFIER_WITH_SIGMOID = ModelAnswer(
    name="build_text_classifier_with_sigmoid",
    section=f"{LESSON}#sigmoid-heading",
    calls=lambda: [(100, 16), (20, 4)],
    asked=lambda vocabulary_size, embedding_dim: text_asked(vocabulary_size, embedding_dim, logits=False),
    inputs=tokens,
    draws=sizes,
)


def positive_done(
    model: Any,
    tokens: Any,
    of_logits: Function = sigmoid,
    of_probabilities: Function = as_it_is,
    then: Function = as_it_is,
) -> np.ndarray:
    """Return the probabilities of class 1 with each part done as the keywords say.

    Args:
        model: either of the two.
        tokens: its inputs.
        of_logits: what is done with the (N,) outputs of the model that ends in logits.
        of_probabilities: what is done with those of the other one.
        then: what is done with the result.
    """
    from grader.base.keras_import import keras

    ends_in_sigmoid = model.layers[-1].activation is keras.activations.sigmoid
    outputs = raw(model, tokens)[:, 0]
    return np.asarray(then(np.asarray((of_probabilities if ends_in_sigmoid else of_logits)(outputs))))


def _inside_or_sigmoid(scores: np.ndarray) -> np.ndarray:
    """Return scores that all lie between 0 and 1 as they are, and the sigmoid of others."""
    return scores if scores.min() >= 0 and scores.max() <= 1 else sigmoid(scores)


def _both() -> list[Probe]:
    return [Probe((text_model(last), x)) for last in (None, "sigmoid") for x in (TOKENS, TOKENS[2:3])]


TWICE = "One of the two models ends in a sigmoid already. A second one leaves nothing outside 0.5 to 0.731."


def texts(rng: np.random.Generator) -> list[Probe]:
    """Return secret texts; there are only 64, so a student's own inputs have word scores of their own as well."""
    ends = (None, "sigmoid")
    if not is_personal():
        return [Probe((text_model(last), rng.integers(1, 5, (4, 3))), secret=True) for last in ends]
    models = [new_text_model(last, rng.normal(0, 3, 5)) for last in ends]
    return [Probe((model, rng.integers(1, 5, (4, 3))), secret=True) for model in models]


POSITIVE_PROBABILITY = Answer(
    name="positive_probability",
    section=f"{LESSON}#sure-heading",
    idea=(
        "A model with a sigmoid at its end gives probabilities; one without gives logits, which have to "
        "be turned into them."
    ),
    way=("Look at the activation of the last layer, let the model predict, and apply the sigmoid where it is missing."),
    oracle=positive_done,
    recipe=positive_done,
    tries=_both,
    misconceptions=[
        Misconception(
            "logits-not-turned-into-probabilities",
            "One of the two models puts out logits, and they were returned as they are. Which one, and what turns a "
            "logit into a probability?",
            ({"of_logits": as_it_is}, {"of_logits": lambda z: np.clip(z, 0, 1)}),
        ),
        Misconception(
            "sigmoid-by-the-range",
            "Whether a sigmoid is missing was read off the numbers. Logits may lie between 0 and 1, too: look at "
            "the activation of the model's last layer.",
            (
                {"of_logits": _inside_or_sigmoid},
                {"of_logits": lambda z: np.where((z >= 0) & (z <= 1), z, sigmoid(z))},
                {"of_logits": lambda z: z if z.min() >= 0 else sigmoid(z)},
                {"of_logits": lambda z: z if z.max() <= 1 else sigmoid(z)},
            ),
        ),
        Misconception("sigmoid-twice", TWICE, ({"of_probabilities": sigmoid},)),
        Misconception(
            "activation-test-reversed",
            "The sigmoid is taken of the probabilities, and the logits are returned as they are. The model without an "
            "activation at its end needs it: look at the condition.",
            ({"of_logits": as_it_is, "of_probabilities": sigmoid},),
        ),
        Misconception(
            "softmax-on-one-unit",
            "A softmax over one column is always 1. One logit needs the sigmoid.",
            (
                {"of_logits": np.ones_like},
                {"of_logits": np.ones_like, "of_probabilities": np.ones_like},
                {"of_probabilities": np.ones_like},
                {"of_logits": lambda z: softmax(z.ravel())},
            ),
        ),
        Misconception(
            "classes-not-probabilities",
            "These are classes. The exercise asks how sure the model is.",
            (
                {"then": np.round},
                {"of_logits": classes_of},
                {"of_logits": classes_of, "of_probabilities": classes_of},
                {"of_probabilities": np.round},
                {"of_logits": lambda z: (z > 0.5) * 1.0, "of_probabilities": np.round},
                {"of_logits": lambda z: z * 0, "of_probabilities": lambda p: p * 0},
            ),
        ),
        Misconception(
            "probability-of-the-other-class",
            "This is the probability of a negative text.",
            (
                {"then": lambda p: 1 - p},
                {"of_logits": lambda z: sigmoid(-z)},
                {"of_probabilities": lambda p: 1 - p},
            ),
        ),
        Misconception(
            "sigmoid-is-tanh",
            "This is the tanh: it runs from -1 to 1, and a probability from 0 to 1.",
            ({"of_logits": np.tanh}, {"of_logits": np.tanh, "of_probabilities": np.tanh}),
        ),
        Misconception(
            "logits-in-place-of-probabilities",
            "The logarithm of the odds was taken. It leads from a probability to a logit; this is the way back.",
            (
                {"of_probabilities": lambda p: np.log(p / (1 - p))},
                {"of_logits": as_it_is, "of_probabilities": lambda p: np.log(p / (1 - p))},
            ),
        ),
        *later_mistakes(lambda: (text_model(None), TOKENS)),
    ],
    unsteady="dropout-at-prediction",
    more=texts,
    rounds=1,
)
check_build_text_classifier = ModelCheck(BUILD_TEXT_CLASSIFIER)
check_build_text_classifier_with_sigmoid = ModelCheck(BUILD_TEXT_CLASSIFIER_WITH_SIGMOID)
check_positive_probability = Check(POSITIVE_PROBABILITY)
