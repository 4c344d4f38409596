"""The changes that findings ask for: a sentence for each kind of mistake, nothing else is lost, the loss is right.

The oracle of a loss is NumPy in float64, from what the model puts out.
"""

import keras
import numpy as np
import pytest
from keras import layers, losses, metrics
from true_loss import true_loss

from grader.diagnosis.diagnose import diagnose

X = np.random.default_rng(0).normal(0, 2, (24, 4)).astype("float32")
CLASSES = np.arange(24) % 3
BITS = np.arange(24) % 2


def model_of(units, last, loss, **how):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4,)), layers.Dense(6, "relu"), layers.Dense(units, activation=last)])
    model.compile("adam", loss, **how)
    return model


SPARSE, ONE_HOT, BINARY = "sparse_categorical_crossentropy", "categorical_crossentropy", "binary_crossentropy"
# units, last activation, loss, labels, and what only the sentence for this mistake says
LABELS = {
    "counted from 1": (3, "softmax", SPARSE, CLASSES + 1, "counted from 1"),
    "one-hot rows for the sparse loss": (3, "softmax", SPARSE, np.eye(3)[CLASSES], "y.argmax(axis=-1)"),
    "integers for the categorical loss": (3, "softmax", ONE_HOT, CLASSES, "Use SparseCategoricalCrossentropy"),
    "-1 and 1 for the binary loss": (1, "sigmoid", BINARY, 2 * BITS - 1, "(y + 1) / 2"),
    "-1 and 1 for the sparse loss": (2, "softmax", SPARSE, 2 * BITS - 1, "(y + 1) // 2"),
    "0 and 255": (1, "sigmoid", BINARY, 255 * BITS, "y / 255"),
    "1 and 2 for one unit": (1, "sigmoid", BINARY, 1 + BITS, "makes 0 and 1"),
    "three classes for one unit": (1, "sigmoid", BINARY, CLASSES, "There are 3 classes and one unit"),
    "text": (3, "softmax", SPARSE, np.array(["a", "b", "c"])[CLASSES], "numpy.unique"),
    "pairs for one unit": (1, "sigmoid", BINARY, np.eye(2)[BITS], "Use 2 units"),
    "classes with gaps": (3, "softmax", SPARSE, 10 * CLASSES, "Number the classes 0 to K-1"),
}
METRICS = {
    "Accuracy": (1, "sigmoid", BINARY, BITS, metrics.Accuracy(), "BinaryAccuracy(threshold=0.5)"),
    "AUC": (1, None, losses.BinaryCrossentropy(True), BITS, metrics.AUC(), "AUC(from_logits=True)"),
    "Precision": (1, None, losses.BinaryCrossentropy(True), BITS, metrics.Precision(), "Precision(thresholds=0.0)"),
    "F1Score": (1, "sigmoid", BINARY, BITS, metrics.F1Score(), "F1Score(threshold=0.5)"),
    "Recall of classes": (3, "softmax", SPARSE, CLASSES, metrics.Recall(), "to_categorical"),
    "MeanIoU": (3, "softmax", SPARSE, CLASSES, metrics.MeanIoU(3), "sparse_y_pred=False"),
    "top-3": (3, "softmax", SPARSE, CLASSES, metrics.TopKCategoricalAccuracy(2), "SparseTopKCategoricalAccuracy(k=2)"),
    "CategoricalAccuracy": (3, "softmax", SPARSE, CLASSES, metrics.CategoricalAccuracy(), "Use 'accuracy'"),
}


def assert_the_code_mends(model, x, y):
    names = {"model": model, "x": x, "y": y, "keras": keras, "numpy": np}
    found = diagnose(model, x, y)
    assert found.code, found.ids
    exec(found.code, names)
    model, y = names["model"], names["y"]
    assert diagnose(model, x, y).ids == []
    measured = float(model.compute_loss(x, y, model(x)))
    assert measured == pytest.approx(true_loss(model(x), y), rel=1e-3)


@pytest.mark.parametrize("name", LABELS)
def test_each_mistake_in_labels_has_a_sentence_of_its_own_and_its_code_mends_the_loss(name):
    units, last, loss, y, words = LABELS[name]
    model = model_of(units, last, loss)
    (finding,) = (f for f in diagnose(model, X, y).findings if f.id == "labels-do-not-fit-loss")
    assert words in finding.change
    assert_the_code_mends(model, X, y)


@pytest.mark.parametrize("name", METRICS)
def test_each_metric_that_does_not_fit_has_a_sentence_of_its_own_and_its_code_mends_it(name):
    units, last, loss, y, metric, words = METRICS[name]
    model = model_of(units, last, loss, metrics=[metric])
    (finding,) = diagnose(model, X, y).findings
    assert words in finding.change
    assert_the_code_mends(model, X, y)


def test_what_compile_was_given_is_not_lost():
    model = model_of(
        *(3, None, losses.SparseCategoricalCrossentropy(ignore_class=255, reduction="sum")),
        metrics=["accuracy", metrics.SparseTopKCategoricalAccuracy(k=2)],
        weighted_metrics=["accuracy"],
        **{"loss_weights": [0.5], "run_eagerly": True, "steps_per_execution": 2},
    )
    names = {"model": model, "keras": keras, "numpy": np}
    exec(diagnose(model, X, np.where(BITS == 1, 255, CLASSES)).code, names)
    given = names["model"]._compile_config.config
    loss = names["model"].loss
    assert loss.get_config().items() >= {"from_logits": True, "ignore_class": 255, "reduction": "sum"}.items()
    assert [given[key] for key in ("loss_weights", "run_eagerly", "steps_per_execution")] == [[0.5], True, 2]
    assert [given["weighted_metrics"], given["metrics"][0], given["metrics"][1].k] == [["accuracy"], "accuracy", 2]


def test_a_focal_loss_and_its_smoothing_stay():
    model = model_of(1, None, losses.BinaryFocalCrossentropy(gamma=3.0, label_smoothing=0.1))
    exec(diagnose(model, X, BITS).code, names := {"model": model, "keras": keras})
    kept = names["model"].loss.get_config()
    assert (type(names["model"].loss).__name__, kept["gamma"], kept["label_smoothing"]) == (
        "BinaryFocalCrossentropy",
        3.0,
        0.1,
    )
    assert kept["from_logits"]


def test_a_metric_that_has_no_place_any_more_is_said_so():
    def my_score(y, p):
        return keras.ops.mean(p)

    code = diagnose(model_of(1, None, BINARY, metrics=[my_score]), X, BITS).code
    assert code.startswith("# Left out is MyScore")


def test_a_name_that_keras_does_not_know_is_told_with_the_nearest_one():
    found = diagnose(model_of(1, None, "binary_cross_entropy", metrics=["acuracy"]), X, BITS)
    assert found.ids == ["no-such-loss", "no-such-metric"]
    assert [f.change for f in found.findings] == ["Write 'binary_crossentropy'.", "Write 'accuracy'."]
    assert diagnose(model_of(1, "sigmoid", "bce", metrics=["acc", "AUC", "ce"]), X, BITS).ids == []


def test_a_normalization_behind_the_end_is_told_and_a_rescaling_by_1_or_a_relu_is_left_in_peace():
    def ended(*behind):
        model = keras.Sequential([keras.Input((4,)), layers.Dense(1, activation="sigmoid"), *behind])
        model.compile("adam", BINARY)
        return model

    assert diagnose(ended(layers.BatchNormalization()), X, BITS).ids == ["normalization-behind-the-end"]
    assert_the_code_mends(ended(layers.BatchNormalization()), X, BITS)
    assert diagnose(ended(layers.Rescaling(1.0)), X, BITS).ids == []
    assert diagnose(ended(layers.ReLU()), X, BITS).ids == []
