"""What lesson 06 states of accuracy and thresholds, against Keras and scikit-learn; and its live figure."""

import figures
import numpy as np
import pytest
import scipy.special
import sklearn.metrics
from data.two_runs import two_runs
from figures.thresholds import count
from lesson_cells import cells, names

from grader.base.keras_import import keras

pytestmark = pytest.mark.slow  # its trainings take long

LESSON = "06-accuracy"
CELLS = cells(LESSON)


@pytest.fixture(scope="module")
def lesson():
    return names(LESSON, ["imports", "moons", "accuracy-of-six", "keras-reports", "page-network"])


def printed(capsys, lesson, id_):
    """Return the lines that a cell of the lesson prints."""
    capsys.readouterr()
    exec(CELLS[id_], dict(lesson))
    return capsys.readouterr().out.splitlines()


# --- what 'accuracy' counts


def test_lesson_06_says_that_a_row_against_a_column_compares_all_with_all_and_that_keras_does_not(lesson, capsys):
    z, y = lesson["z"], lesson["y"]
    assert printed(capsys, lesson, "column") == ["shape (6, 6)  mean 0.5", "in one shape 0.833"]
    pairs = np.mean([(score > 0) == label for score in z for label in y])
    assert pairs == 0.5
    for labels in (y, y[:, None]):
        metric = keras.metrics.BinaryAccuracy(threshold=0.0)
        assert float(metric(labels, z[:, None])) == pytest.approx(sklearn.metrics.accuracy_score(y, z > 0))
        loss = keras.losses.BinaryCrossentropy(from_logits=True)
        assert lesson["reported"](z[:, None], labels, loss, "accuracy") == pytest.approx(4 / 6, abs=1e-3)


def test_lesson_06_says_that_one_half_as_a_logit_is_a_probability_of_622(lesson, capsys):
    assert printed(capsys, lesson, "metric-object")[-1].endswith(f" {scipy.special.expit(0.5):.3f}")
    assert scipy.special.expit(0.5) == pytest.approx(0.622, abs=5e-4)


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


# --- a page's riddle


def test_lesson_06_says_that_the_pages_losses_agree_and_its_accuracies_do_not(lesson):
    page = names(LESSON, ["page-numbers"], np=np)
    apart = page["with_sigmoid"] - page["with_logit"]
    assert np.abs(apart[:, 0]).max().round(4) == 0.0014
    assert np.all(np.diff(np.abs(apart[:, 1])) < 0), "in validation they agree ever better"
    assert (apart[:, 2:].min().round(2), apart[:, 2:].max().round(2)) == (0.04, 0.23)
    assert np.all(np.diff(apart[:, 3]) < 0), "in validation the gap closes"


@pytest.fixture(scope="module")
def two_endings(lesson):
    """The lesson's model with a logit, as it trains it, and the same with a sigmoid, from the same weights."""
    run = names(LESSON, ["logits-run"], **lesson)
    keras.utils.set_random_seed(0)
    last = keras.layers.Dense(1, "sigmoid", kernel_initializer="zeros")
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(16, "relu"), last])
    model.compile(keras.optimizers.Adam(0.002), keras.losses.BinaryCrossentropy(), metrics=["accuracy"])
    held_out = (lesson["x_validation"], lesson["y_validation"])
    about = {"epochs": 15, "validation_data": held_out, "verbose": 0}
    return run["history"], model.fit(lesson["x_train"], lesson["y_train"], **about).history


def test_lesson_06_says_that_with_a_logit_or_a_sigmoid_it_is_one_model_and_that_the_cut_makes_the_gap(two_endings):
    logit, sigmoid = two_endings
    for name in ("loss", "val_loss"):
        assert logit[name] == pytest.approx(sigmoid[name], abs=1e-3)
    assert logit["val_by_logit"] == pytest.approx(sigmoid["val_accuracy"], abs=0.003)
    assert sigmoid["val_accuracy"][0] - logit["val_accuracy"][0] > 0.2


def test_lesson_06_says_that_four_barely_trained_models_lie_more_than_ten_points_apart(lesson):
    spread = names(LESSON, ["seeds"], **lesson)["spread"]
    assert max(spread) - min(spread) > 0.1


def test_lesson_06_says_that_at_first_nothing_is_counted_as_class_1(lesson, two_endings):
    logit, _ = two_endings
    assert logit["val_accuracy"][0] == pytest.approx(np.mean(lesson["y_validation"] == 0))


# --- what the two runs were


def test_lesson_06_says_that_the_loss_took_outputs_for_probabilities_and_has_no_gradient_over_1():
    import tensorflow as tf

    outputs = tf.constant([[0.9], [1.1], [2.816]])
    with tf.GradientTape() as tape:
        tape.watch(outputs)
        loss = keras.losses.binary_crossentropy(np.zeros((3, 1)), outputs)
    slopes = np.ravel(tape.gradient(loss, outputs))
    assert slopes[0] == pytest.approx(1 / (1 - 0.9), rel=1e-3), "that of -log(1 - p), not of a logit"
    assert slopes[1:].tolist() == [0, 0]


# --- where the threshold lives


def test_lesson_06_says_that_a_momentum_of_003_keeps_three_thousandths_of_the_step_before():
    weight = keras.Variable(0.0)
    optimizer = keras.optimizers.SGD(learning_rate=0.1, momentum=0.003)
    optimizer.apply([keras.ops.convert_to_tensor(1.0)], [weight])
    first = float(weight)
    optimizer.apply([keras.ops.convert_to_tensor(0.0)], [weight])
    assert first == pytest.approx(-0.1)
    assert float(weight) - first == pytest.approx(0.003 * first, rel=1e-3)


@pytest.mark.parametrize("label", [0.3, 2.0, -1.0])
def test_lesson_06_says_that_keras_is_not_told_that_this_is_classification(lesson, label):
    network, x = lesson["page_network"](), np.random.default_rng(0).normal(size=(40, 2))
    network.compile(loss="binary_crossentropy")
    p = network.predict(x, verbose=0).astype(float)
    expected = -(label * np.log(p) + (1 - label) * np.log(1 - p)).mean()
    assert network.evaluate(x, np.full((40, 1), label), verbose=0) == pytest.approx(expected, abs=1e-4)


def test_lesson_06_says_that_predict_gives_numbers_and_not_classes(lesson):
    p = lesson["page_network"]().predict(np.random.default_rng(0).normal(size=(40, 2)), verbose=0)
    assert (p.shape, p.dtype) == ((40, 1), np.float32)
    assert len(np.unique(p)) == 40


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


@pytest.mark.parametrize(("threshold", "counts"), [(0.0, [96, 96]), (0.5, [83, 51]), (1.0, [43, 0])])
def test_lesson_06_counts_the_outputs_of_the_two_runs(threshold, counts):
    for run, count_over in zip(two_runs(), counts, strict=True):
        metric = keras.metrics.BinaryAccuracy(threshold=threshold)
        assert round(96 * float(metric(np.ones(96), run))) == count_over


# --- choosing a threshold


def test_lesson_06_says_that_keras_counts_precision_and_recall_as_we_do():
    rng = np.random.default_rng(0)
    y, p = rng.integers(0, 2, 300), rng.random(300).astype("float32")
    for threshold in (0.1, 0.5, 0.9):
        precision, recall = (kind(thresholds=threshold) for kind in (keras.metrics.Precision, keras.metrics.Recall))
        assert float(precision(y, p)) == pytest.approx(sklearn.metrics.precision_score(y, p > threshold))
        assert float(recall(y, p)) == pytest.approx(sklearn.metrics.recall_score(y, p > threshold))


def test_lesson_06_says_that_a_threshold_looks_too_good_where_it_was_chosen(capsys):
    rng = np.random.default_rng(1)
    y = rng.integers(0, 2, (400, 1))
    p = np.clip(0.5 + 0.15 * (2 * y - 1) + rng.normal(0, 0.2, (400, 1)), 0, 1)
    names(LESSON, ["chosen"], np=np, p=p, y_validation=y)
    words = capsys.readouterr().out.replace(",", "").split()
    on_few, on_others = float(words[7]), float(words[-1])
    best_of_all = max(np.mean((p > t) == y) for t in np.linspace(0.01, 0.99, 99))
    assert on_few > best_of_all > on_others


@pytest.fixture(scope="module")
def trained(lesson):
    return names(LESSON, ["trained", "precision-recall", "roc"], **lesson)


def test_lesson_06_draws_the_roc_curve_of_scikit_learn_and_its_area_is_the_share_of_pairs_in_order(trained):
    y, p = trained["y_validation"].ravel(), trained["p"].ravel()
    area = sklearn.metrics.roc_auc_score(y, p)
    assert trained["pairs"] == pytest.approx(area, abs=1e-6)
    assert trained["area"] == pytest.approx(area, abs=0.005), "by 201 thresholds"
    assert trained["pairs"] == pytest.approx(np.mean([one > other for one in p[y == 1] for other in p[y == 0]]))
    for k in (20, 100, 180):
        called = p > trained["cuts"][k]
        assert trained["recall"][k] == pytest.approx(sklearn.metrics.recall_score(y, called))
        assert trained["false_rate"][k] == pytest.approx(np.mean(called[y == 0]))
        place = np.flatnonzero(trained["some"]).tolist().index(k)
        assert trained["precision"][place] == pytest.approx(sklearn.metrics.precision_score(y, called))


def test_lesson_06_says_what_a_low_and_a_high_threshold_do(trained):
    low, high = (np.searchsorted(trained["cuts"], cut) for cut in (0.1, 0.9))
    assert trained["recall"][low] > 0.95
    assert trained["recall"][high] < 0.85
    assert trained["false_rate"][high] < trained["false_rate"][low]
    precision = dict(zip(np.flatnonzero(trained["some"]), trained["precision"], strict=True))
    assert precision[low] < 0.85 < 0.95 < precision[high]


def test_lesson_06_says_that_a_coin_gives_the_diagonal():
    rng = np.random.default_rng(0)
    y, coin = rng.integers(0, 2, 20_000), rng.random(20_000)
    assert sklearn.metrics.roc_auc_score(y, coin) == pytest.approx(0.5, abs=0.02)


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


@pytest.mark.parametrize(
    ("y", "p", "message"),
    [
        ([0, 1], [0.2, 1.3], "sigmoid"),
        ([0, 1], [-0.2, 0.3], "sigmoid"),
        ([0, 1], [0.2, np.nan], "sigmoid"),
        ([0, 1, 1], [0.2, 0.3], "one label"),
        ([], [], "one label"),
        ([0, 2], [0.2, 0.3], "0 and 1"),
    ],
)
def test_the_threshold_figure_refuses_what_is_no_probability_and_no_label(y, p, message):
    with pytest.raises(ValueError, match=message):
        figures.threshold_explorer(np.array(y), np.array(p))


def test_the_threshold_figures_slider_has_a_label_and_draws_the_still_part_once(examples):
    figure = figures.threshold_explorer(*examples)
    control = figure.controls["threshold"]
    assert control.description == "threshold for p"
    for value in (control.min, (control.min + control.max) / 2, control.max):
        control.value = value
        assert figure.text.startswith(f"threshold {value:.2f}: accuracy ")
        assert sum(figure.counts.all) == 200
    assert figure.full_draws == 1
