"""Exercise 05: the text classifier of a mean of word scores, with and without a sigmoid."""

from typing import Any

import numpy as np

from grader.answers.asked import Asked
from grader.answers.check import Check
from grader.answers.model_answer import ModelAnswer, ModelCheck
from grader.answers.personal import is_personal
from grader.answers.table import Answer, Misconception, Probe
from grader.checks.activations.formulas import sigmoid
from grader.checks.crafted import TOKENS, new_text_model, raw, text_model

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


def _logits(model: Any, tokens: np.ndarray) -> np.ndarray:
    """Return (N,) logits of either model: the mean of the word scores, through the last layer without its sigmoid."""
    table, (kernel, bias) = model.layers[0].get_weights()[0], model.layers[-1].get_weights()
    return (table.astype(float)[np.asarray(tokens)].mean(axis=1) @ kernel + bias)[:, 0]


def _inside_or_sigmoid(scores: np.ndarray) -> np.ndarray:
    """Return scores that all lie between 0 and 1 as they are, and the sigmoid of others."""
    return scores if scores.min() >= 0 and scores.max() <= 1 else sigmoid(scores)


def _both() -> list[Probe]:
    return [Probe((text_model(last), x)) for last in (None, "sigmoid") for x in (TOKENS, TOKENS[2:3])]


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
    oracle=lambda model, tokens: sigmoid(_logits(model, tokens)),
    tries=_both,
    misconceptions=[
        Misconception(
            "logits-not-turned-into-probabilities",
            "One of the two models puts out logits, and they were returned as they are. Which one, and what turns a "
            "logit into a probability?",
            (lambda model, tokens: raw(model, tokens)[:, 0],),
        ),
        Misconception(
            "sigmoid-by-the-range",
            "Whether a sigmoid is missing was read off the numbers. Logits may lie between 0 and 1, too: look at "
            "the activation of the model's last layer.",
            (lambda model, tokens: _inside_or_sigmoid(raw(model, tokens)[:, 0]),),
        ),
        Misconception(
            "sigmoid-twice",
            "One of the two models ends in a sigmoid already. A second one leaves nothing outside 0.5 to 0.731.",
            (lambda model, tokens: sigmoid(raw(model, tokens)[:, 0]),),
        ),
        Misconception(
            "classes-not-probabilities",
            "These are classes. The exercise asks how sure the model is.",
            (
                lambda model, tokens: (_logits(model, tokens) > 0) * 1.0,
                lambda model, tokens: (raw(model, tokens)[:, 0] > 0.5) * 1.0,
            ),
        ),
        Misconception(
            "probability-of-the-other-class",
            "This is the probability of a negative text.",
            (lambda model, tokens: sigmoid(-_logits(model, tokens)),),
        ),
    ],
    unsteady="dropout-at-prediction",
    more=texts,
    rounds=1,
)
check_build_text_classifier = ModelCheck(BUILD_TEXT_CLASSIFIER)
check_build_text_classifier_with_sigmoid = ModelCheck(BUILD_TEXT_CLASSIFIER_WITH_SIGMOID)
check_positive_probability = Check(POSITIVE_PROBABILITY)
