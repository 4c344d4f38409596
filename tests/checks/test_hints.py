"""What a hint says to do is done, and the answer is right then, or the next hint leads on."""

import numpy as np
import pytest

from grader.answers.compare import judge_function
from grader.answers.model_answer import judge_model
from grader.base.hints import OF_ANY_ANSWER, WHERE_LOGITS_ARE_ASKED, WHERE_PROBABILITIES_ARE_ASKED
from grader.base.keras_import import keras
from grader.checks.activations import SIGMOID
from grader.checks.digits import EPOCHS_BEFORE_OVERFITTING
from grader.checks.losses import BUILD_BINARY_MODEL, BUILD_MULTICLASS_MODEL
from grader.checks.text import BUILD_TEXT_CLASSIFIER_WITH_SIGMOID

layers, losses, metrics = keras.layers, keras.losses, keras.metrics


def test_from_an_if_over_np_where_to_a_sigmoid_that_is_right():
    def with_if(z):
        return 1 / (1 + np.exp(-z)) if z >= 0 else np.exp(z) / (1 + np.exp(z))

    def with_where(z):
        return np.where(np.greater_equal(z, 0), 1 / (1 + np.exp(np.negative(z))), np.exp(z) / (1 + np.exp(z)))

    def with_the_size(z):
        e = np.exp(-np.abs(z))
        return np.where(np.greater_equal(z, 0), 1 / (1 + e), e / (1 + e))

    first, second = judge_function(SIGMOID, with_if), judge_function(SIGMOID, with_where)
    assert first.misconception == "scalar-only"
    assert "np.where for if; np.where computes both of its branches" in first.hint
    assert second.misconception == "sigmoid-overflow"
    assert "e^-|z| is harmless" in second.hint
    assert judge_function(SIGMOID, with_the_size).passed


@pytest.mark.parametrize("first", [0, 2])
def test_an_epoch_too_few_and_one_too_many_get_words_that_fit_both(first):
    verdict = judge_function(EPOCHS_BEFORE_OVERFITTING, lambda losses: int(np.argmin(losses)) + first)
    assert verdict.misconception == "off-by-one-epoch"
    assert "one too small or one too large" in verdict.hint


def binary(end=None, units=1, loss=None, extra=None, metric=0.0):
    stack = [layers.Dense(8, "relu"), layers.Dense(units, end), *([layers.Activation(extra)] if extra else [])]

    def build(n_features):
        model = keras.Sequential([keras.Input((n_features,)), *[type(s).from_config(s.get_config()) for s in stack]])
        model.compile(loss=loss, metrics=[metrics.BinaryAccuracy(threshold=metric)])
        return model

    return build


def many(end=None, loss=None, extra=None):
    def build(n_features, n_classes):
        stack = [layers.Dense(25, "relu"), layers.Dense(15, "relu"), layers.Dense(n_classes, end)]
        stack += [layers.Activation(extra)] if extra else []
        model = keras.Sequential([keras.Input((n_features,)), *stack])
        model.compile(loss=loss, metrics=["accuracy"])
        return model

    return build


FROM_LOGITS, FROM_P = losses.BinaryCrossentropy(from_logits=True), losses.BinaryCrossentropy()
SPARSE, SPARSE_P = losses.SparseCategoricalCrossentropy(from_logits=True), losses.SparseCategoricalCrossentropy()
WRONG = {
    "probabilities-with-logits-loss": (BUILD_BINARY_MODEL, binary("sigmoid", loss=FROM_LOGITS, metric=0.5)),
    "sigmoid-twice": (BUILD_BINARY_MODEL, binary("sigmoid", loss=FROM_P, extra="sigmoid", metric=0.5)),
    "softmax-on-one-unit": (BUILD_BINARY_MODEL, binary("softmax", loss=FROM_P, metric=0.5)),
    "sigmoid-with-categorical-loss": (BUILD_MULTICLASS_MODEL, many("sigmoid", SPARSE_P)),
    "softmax-twice": (BUILD_MULTICLASS_MODEL, many("softmax", SPARSE_P, extra="softmax")),
}
MENDED = {BUILD_BINARY_MODEL.name: binary(loss=FROM_LOGITS), BUILD_MULTICLASS_MODEL.name: many(loss=SPARSE)}


@pytest.mark.parametrize("id_", WRONG)
def test_where_logits_are_asked_no_hint_leads_to_an_activation_at_the_end(id_):
    answer, wrong = WRONG[id_]
    verdict = judge_model(answer, wrong)
    assert (verdict.misconception, verdict.hint) == (id_, WHERE_LOGITS_ARE_ASKED[id_])
    assert judge_model(answer, MENDED[answer.name]).passed


def text(end, loss, cut=0.5):
    def build(vocabulary_size, embedding_dim):
        stack = [layers.Embedding(vocabulary_size, embedding_dim), layers.Dropout(0.2), layers.GlobalAveragePooling1D()]
        model = keras.Sequential([*stack, layers.Dropout(0.2), layers.Dense(1, end)])
        model.compile(loss=loss, metrics=[metrics.BinaryAccuracy(threshold=cut)])
        return model

    return build


@pytest.mark.parametrize(
    ("id_", "wrong"),
    [
        ("logits-with-probability-loss", text(None, FROM_P)),
        ("probabilities-with-logits-loss", text("sigmoid", FROM_LOGITS)),
        ("softmax-on-one-unit", text("softmax", FROM_P)),
        ("relu-on-logits", text("relu", FROM_P)),
    ],
)
def test_where_a_sigmoid_is_asked_no_hint_leads_to_logits(id_, wrong):
    verdict = judge_model(BUILD_TEXT_CLASSIFIER_WITH_SIGMOID, wrong)
    assert (verdict.misconception, verdict.hint) == (id_, WHERE_PROBABILITIES_ARE_ASKED[id_])
    assert judge_model(BUILD_TEXT_CLASSIFIER_WITH_SIGMOID, text("sigmoid", FROM_P)).passed


def given(*compiled, hidden="relu", end=None, **named):
    """Return a builder whose model is compiled with these arguments, in their places."""

    def build(n_features):
        model = keras.Sequential([keras.Input((n_features,)), layers.Dense(8, hidden), layers.Dense(1, end)])
        model.compile(*compiled, **named)
        return model

    return build


ZERO = [metrics.BinaryAccuracy(threshold=0.0)]


def test_metrics_in_the_place_of_the_losses_weights_are_told_as_such_and_named_they_are_right():
    verdict = judge_model(BUILD_BINARY_MODEL, given("adam", FROM_LOGITS, ZERO))
    assert verdict.misconception == "no-accuracy"
    assert "the third one is loss_weights" in verdict.seen
    assert "metrics=[...]" in verdict.hint
    assert judge_model(BUILD_BINARY_MODEL, given("adam", FROM_LOGITS, metrics=ZERO)).passed
    weighted = judge_model(BUILD_BINARY_MODEL, given("adam", FROM_LOGITS, [1.0]))
    assert weighted.seen == "build(5): no metric counts the right answers."


@pytest.mark.parametrize(
    ("hidden", "end", "loss", "named"),
    [
        (layers.LeakyReLU(), None, FROM_LOGITS, "the hidden layer's activation is LeakyReLU, not relu"),
        ("gelu", None, FROM_LOGITS, "the hidden layer's activation is gelu, not relu"),
        ("relu", "hard_sigmoid", FROM_P, "the last activation is hard_sigmoid"),
    ],
)
def test_an_activation_is_told_by_the_name_that_keras_has_for_it(hidden, end, loss, named):
    verdict = judge_model(BUILD_BINARY_MODEL, given("adam", loss, metrics=ZERO, hidden=hidden, end=end))
    assert named in verdict.seen


def test_a_builder_that_stops_gets_words_that_fit_its_error():
    def build_binary_model(n_features):
        return Sequential([])  # noqa: F821

    verdict = judge_model(BUILD_BINARY_MODEL, build_binary_model)
    assert verdict.misconception == "raises-error"
    assert "`from keras import Sequential`" in verdict.hint


def test_every_mistake_that_any_answer_may_show_has_words():
    assert all(len(words) > 20 for words in OF_ANY_ANSWER.values())
