"""What lesson 06 states of accuracy and thresholds, against Keras and scikit-learn; and its live figure."""

import figures
import numpy as np
import pytest
import sklearn.metrics
from data.two_runs import two_runs
from figures.thresholds import count
from lessons import names

from grader.quiet import keras

LESSON = "06-accuracy"


@pytest.fixture(scope="module")
def lesson():
    return names(LESSON, ["accuracy-of-six", "keras-reports", "page-network"], np=np, keras=keras)


Z = np.array([[-0.2], [0.0], [0.2], [0.4], [0.5], [0.6], [3.0]])


@pytest.mark.parametrize(
    "loss", [keras.losses.BinaryCrossentropy(from_logits=True), keras.losses.BinaryCrossentropy(), "mse"]
)
def test_lesson_06_says_that_accuracy_of_one_column_cuts_at_one_half_whatever_the_loss(lesson, loss):
    y = np.ones_like(Z)
    expected = np.mean(Z > 0.5)
    assert lesson["reported"](Z, y, loss, "accuracy") == pytest.approx(expected, abs=1e-3)


def test_lesson_06_says_that_a_threshold_of_0_counts_logits_rightly(lesson):
    metric = keras.metrics.BinaryAccuracy(threshold=0.0)
    reported = lesson["reported"](Z, np.ones_like(Z), keras.losses.BinaryCrossentropy(from_logits=True), metric)
    assert reported == pytest.approx(np.mean(Z > 0), abs=1e-3)


def test_lesson_06_says_that_exactly_one_half_is_class_0(lesson):
    half = np.array([[0.5]])
    for label, right in [(0, 1.0), (1, 0.0)]:
        assert lesson["reported"](half, np.array([[label]]), "binary_crossentropy", "accuracy") == right


@pytest.mark.parametrize(
    ("labels", "name", "metric"),
    [
        ([[1], [0]], "binary_crossentropy", keras.metrics.BinaryAccuracy),
        ([1, 0], "sparse_categorical_crossentropy", keras.metrics.SparseCategoricalAccuracy),
        ([[0, 1], [1, 0]], "categorical_crossentropy", keras.metrics.CategoricalAccuracy),
    ],
)
def test_lesson_06_says_that_shapes_decide_what_accuracy_is(labels, name, metric):
    columns = 1 if name == "binary_crossentropy" else 2
    model = keras.Sequential([keras.Input((columns,)), keras.layers.Rescaling(1.0)])
    model.compile(loss=name, metrics=["accuracy"])
    model.evaluate(np.full((2, columns), 0.5), np.array(labels), verbose=0)
    resolved = [found for found in flat(model.metrics) if "accuracy" in found.name]
    assert type(resolved[0]) is metric


def flat(metrics):
    """Return metrics and those inside Keras's compiled ones."""
    return [part for metric in metrics for part in [metric, *flat(getattr(metric, "metrics", []))]]


@pytest.mark.parametrize("scale", ["logits", "probabilities"])
def test_lesson_06_says_that_with_several_columns_accuracy_is_right_for_both(lesson, scale):
    rng = np.random.default_rng(0)
    z, y = rng.normal(0, 2, (50, 4)), rng.integers(0, 4, 50)
    scores = z if scale == "logits" else np.asarray(keras.ops.softmax(z))
    expected = np.mean(z.argmax(axis=-1) == y)
    reported = lesson["reported"](scores, y, "sparse_categorical_crossentropy", "accuracy")
    assert reported == pytest.approx(expected, abs=1e-3)


def test_lesson_06_says_that_a_metrics_threshold_changes_neither_prediction_nor_loss(lesson):
    network, x = lesson["page_network"](), np.random.default_rng(0).normal(size=(40, 2))
    y = (x[:, :1] > 0).astype(float)
    before = network.predict(x, verbose=0)
    losses = []
    for threshold in (0.1, 0.5, 0.9):
        network.compile(loss="binary_crossentropy", metrics=[keras.metrics.BinaryAccuracy(threshold=threshold)])
        losses.append(network.evaluate(x, y, verbose=0)[0])
        assert np.array_equal(network.predict(x, verbose=0), before)
    assert len(set(losses)) == 1


def test_lesson_06_says_that_lr_is_refused_and_learning_rate_is_taken():
    with pytest.raises(ValueError, match="lr"):
        keras.optimizers.SGD(lr=0.1)
    assert float(keras.optimizers.SGD(learning_rate=0.1).learning_rate) == pytest.approx(0.1)


def test_lesson_06_builds_the_pages_network(lesson):
    network = lesson["page_network"]()
    assert [type(layer).__name__ for layer in network.layers] == ["Dense", "Dropout", "Dense", "Dropout", "Dense"]
    assert network.count_params() == (2 + 1) * 124 + (124 + 1) * 124 + 124 + 1
    assert [layer.rate for layer in network.layers[1::2]] == [0.5, 0.1]


def test_lesson_06_counts_the_outputs_of_the_two_runs():
    first, second = two_runs()
    metric = keras.metrics.BinaryAccuracy(threshold=0.5)
    counted = [round(96 * float(metric(np.ones(96), run))) for run in (first,)]
    assert counted == [83]
    assert int((second > 0.5).sum()) == 51


# --- the live figure


@pytest.fixture
def examples():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 200)
    return y, np.clip(0.5 + 0.25 * (2 * y - 1) + rng.normal(0, 0.25, 200), 0.0, 1.0)


@pytest.mark.parametrize("threshold", [0.0, 0.07, 0.5, 0.93, 0.99])
def test_the_counts_of_the_threshold_figure_are_those_of_scikit_learn(examples, threshold):
    y, p = examples
    figure = figures.threshold_explorer(y[:, None], p[:, None])
    figure.controls["threshold"].value = threshold
    tn, fp, fn, tp = sklearn.metrics.confusion_matrix(y, p > threshold).ravel().tolist()
    assert [bar.get_height() for bar in figure.bars] == [tp, fp, fn, tn]
    assert [number.get_text() for number in figure.numbers] == [str(value) for value in (tp, fp, fn, tn)]
    assert figure.line.get_xdata() == [threshold] * 2
    precision, recall = (
        sklearn.metrics.precision_score(y, p > threshold),
        sklearn.metrics.recall_score(y, p > threshold),
    )
    accuracy = sklearn.metrics.accuracy_score(y, p > threshold)
    assert figure.text.startswith(
        f"threshold {threshold:.2f}: accuracy {accuracy:.3f}, precision {precision:.3f}, recall {recall:.3f};"
    )
    assert figure.full_draws == 1


def test_where_nothing_is_called_positive_precision_is_not_defined(examples):
    y, p = examples
    figure = figures.threshold_explorer(y, p)
    figure.controls["threshold"].value = 1.0
    assert "precision not defined, recall 0.000" in figure.text
    assert count(np.zeros(3), np.ones(3), 0.5).recall is None
