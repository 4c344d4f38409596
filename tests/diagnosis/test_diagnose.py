"""diagnose() on the models that the course grew from, on every pairing of activation and loss, on anyone's model."""

import functools
import itertools

import keras
import numpy as np
import pytest
from keras import layers, losses, metrics
from page_models import FROM_LOGITS, PAGES, logit_model, model, relu, two_feature

from grader.diagnosis.compiled import loss_of
from grader.diagnosis.data import rows_of
from grader.diagnosis.diagnose import diagnose
from grader.diagnosis.metrics import metric_of
from grader.diagnosis.outputs import read_outputs


@pytest.fixture(autouse=True)
def _seeded():
    keras.utils.set_random_seed(0)


@pytest.mark.parametrize(("build", "ids"), PAGES.values(), ids=PAGES)
def test_the_models_that_the_course_grew_from_are_spoken_of_rightly(build, ids):
    assert diagnose(build()).ids == ids


SOUND = {
    ("linear", True, "binary"),
    ("sigmoid", False, "binary"),
    ("linear", True, "categorical"),
    ("linear", True, "sparse"),
    ("softmax", False, "categorical"),
    ("softmax", False, "sparse"),
}
LOSSES = {
    "binary": (losses.BinaryCrossentropy, 1),
    "categorical": (losses.CategoricalCrossentropy, 3),
    "sparse": (losses.SparseCategoricalCrossentropy, 3),
}


@pytest.mark.parametrize(
    ("last", "from_logits", "kind"), itertools.product(["linear", "sigmoid", "softmax"], [True, False], LOSSES)
)
def test_every_pairing_of_activation_from_logits_and_loss_is_spoken_of_rightly(last, from_logits, kind):
    make, units = LOSSES[kind]
    ids = diagnose(
        model(relu(), layers.Dense(units, activation=last), loss=make(from_logits=from_logits), metrics=[])
    ).ids
    assert (ids == []) is ((last, from_logits, kind) in SOUND)
    assert ("logits-with-probability-loss" in ids) is (last == "linear" and not from_logits)
    assert ("probabilities-with-logits-loss" in ids) is (last != "linear" and from_logits)
    assert ("softmax-on-one-unit" in ids) is (last == "softmax" and units == 1)
    assert ("sigmoid-with-categorical-loss" in ids) is (last == "sigmoid" and units > 1)


def written(form):
    def own(y, p):
        return losses.binary_crossentropy(y, p, from_logits=True)

    return {
        "object": losses.BinaryCrossentropy(from_logits=True),
        "partial": functools.partial(losses.binary_crossentropy, from_logits=True),
        "function of one's own": own,
        "lambda": lambda y, p: losses.binary_crossentropy(y, p, from_logits=True),
    }[form]


@pytest.mark.parametrize("form", ["object", "partial", "function of one's own", "lambda"])
def test_from_logits_is_seen_however_the_loss_is_written(form):
    found = loss_of(written(form))
    assert (found.name, found.from_logits) == ("binary_crossentropy", True)
    metric = metrics.BinaryAccuracy(threshold=0.0)
    assert diagnose(logit_model(written(form), metric)).ids == []


@pytest.mark.parametrize("form", ["binary_crossentropy", "BinaryCrossentropy", losses.binary_crossentropy])
def test_a_loss_as_string_or_bare_function_expects_probabilities(form):
    assert loss_of(form).from_logits is False


def hand_written(z):
    return 1 / (1 + keras.ops.exp(-z))


SIGMOIDS = {
    "string": lambda: [layers.Dense(1, activation="sigmoid")],
    "keras.ops": lambda: [layers.Dense(1, activation=keras.ops.sigmoid)],
    "hand-written": lambda: [layers.Dense(1, activation=hand_written)],
    "Activation layer": lambda: [layers.Dense(1), layers.Activation("sigmoid")],
    "Rescaling behind it": lambda: [layers.Dense(1, activation="sigmoid"), layers.Rescaling(1.0)],
    "Reshape behind it": lambda: [layers.Dense(1, activation="sigmoid"), layers.Reshape((1,))],
    "Lambda layer": lambda: [layers.Dense(1), layers.Lambda(hand_written)],
}
UNWOUND = {"string", "keras.ops", "Activation layer"}


@pytest.mark.parametrize("form", SIGMOIDS)
def test_a_sigmoid_at_the_end_is_seen_however_it_is_written_and_keras_is_asked_what_it_does(form):
    built = model(relu(), *SIGMOIDS[form](), loss=FROM_LOGITS)
    finding = diagnose(built).findings[0]
    assert finding.id == "probabilities-with-logits-loss"
    # the oracle: Keras itself, at a logit of 40 and the label 0; the loss is 40 where the sigmoid is unwound
    for layer in built.layers:
        layer.set_weights([np.zeros_like(weight) for weight in layer.get_weights()])
    built.layers[1].bias.assign([40.0])
    loss = built.evaluate(np.zeros((1, 4)), np.zeros((1, 1)), verbose=0)
    assert (abs(loss - 40) < 1e-3) is (form in UNWOUND)
    assert ("unwinds" in finding.seen) is (form in UNWOUND)


@pytest.mark.parametrize(
    ("last", "id_"),
    [("sigmoid", "sigmoid-twice"), ("softmax", "softmax-twice")],
)
def test_an_activation_that_is_applied_twice_has_the_range_that_the_finding_says(last, id_):
    twice = model(layers.Dense(3, activation=last), layers.Activation(last), loss="categorical_crossentropy")
    finding = next(f for f in diagnose(twice).findings if f.id == id_)
    p = twice.predict(np.random.default_rng(0).normal(0, 1000, (500, 4)), verbose=0)
    largest = 0.731 if last == "sigmoid" else float(np.e / (np.e + 2))
    assert f"{largest:.3f}" in finding.seen
    assert p.max() == pytest.approx(largest, abs=1e-3)


def test_a_relu_at_the_end_of_a_classifier_is_found():
    assert diagnose(logit_model(FROM_LOGITS, metrics.BinaryAccuracy(threshold=0.0), "relu")).ids == ["relu-on-logits"]


def test_hidden_layers_without_activation_are_found_and_an_activation_layer_counts_as_one():
    flat = model(layers.Dense(8), layers.Dense(1), loss=FROM_LOGITS)
    bent = model(
        layers.Dense(8), layers.BatchNormalization(), layers.Activation("relu"), layers.Dense(1), loss=FROM_LOGITS
    )
    assert diagnose(flat).ids == ["missing-nonlinearity"]
    assert diagnose(bent).ids == []


def test_a_probability_cut_at_zero_is_found():
    metric = metrics.BinaryAccuracy(threshold=0.0)
    assert diagnose(logit_model("binary_crossentropy", metric, "sigmoid")).ids == [
        "accuracy-cuts-probabilities-at-zero"
    ]


@pytest.mark.parametrize(
    "metric", ["accuracy", "acc", "binary_accuracy", metrics.BinaryAccuracy(), metrics.Precision()]
)
def test_every_metric_that_cuts_logits_at_one_half_is_found(metric):
    assert diagnose(logit_model(FROM_LOGITS, metric)).ids == ["accuracy-cuts-logits-at-half"]


LABELS = {
    "one column": (1, np.zeros((4, 1)), "binary_crossentropy"),
    "integers": (3, np.array([0, 1, 2, 1]), "sparse_categorical_crossentropy"),
    "one-hot": (3, np.eye(3)[[0, 1, 2, 1]], "categorical_crossentropy"),
}


@pytest.mark.parametrize(("units", "y", "loss"), LABELS.values(), ids=LABELS)
def test_the_string_accuracy_is_resolved_as_keras_resolves_it(units, y, loss):
    last = "sigmoid" if units == 1 else "softmax"
    built = model(layers.Dense(units, activation=last), loss=loss, metrics=["accuracy"])
    built.evaluate(np.zeros((4, 4)), y, verbose=0)
    (used,) = built.metrics[1].metrics
    resolved = read_outputs(built, rows_of(None, y))[0][0].metrics[0].name
    assert resolved in (type(used).__name__, _camel(used.name), _camel(used._fn.__name__))


def _camel(name):
    return "".join(part.capitalize() for part in name.split("_"))


def test_a_list_of_thresholds_is_no_single_cut():
    saved = metrics.Precision(thresholds=[0.2, 0.8])
    assert metric_of(saved, 1, "").threshold == 0.5 or metric_of(saved, 1, "").threshold is None


MISFITS = [
    (1, "sparse_categorical_crossentropy", np.array([0, 1])),
    (3, "sparse_categorical_crossentropy", np.eye(3)),
    (3, "sparse_categorical_crossentropy", np.array([1, 2, 3])),
    (3, "categorical_crossentropy", np.array([0, 1, 2])),
    (10, "binary_crossentropy", np.array([0, 1, 2])),
]


@pytest.mark.parametrize(("units", "loss", "y"), MISFITS)
def test_labels_that_do_not_fit_the_loss_are_found(units, loss, y):
    built = model(relu(), layers.Dense(units, activation="softmax" if units > 1 else "sigmoid"), loss=loss)
    assert "labels-do-not-fit-loss" in diagnose(built, y=y).ids


def test_each_output_of_several_is_spoken_of_on_its_own():
    inputs = keras.Input((4,))
    hidden = relu()(inputs)
    yes, kind = layers.Dense(1, activation="sigmoid")(hidden), layers.Dense(3)(hidden)
    built = keras.Model(inputs, {"yes": yes, "kind": kind})
    built.compile(
        loss={"yes": "binary_crossentropy", "kind": losses.SparseCategoricalCrossentropy()},
        metrics={"yes": [metrics.BinaryAccuracy(threshold=0.0)], "kind": ["accuracy"]},
    )
    found = {(f.output, f.id) for f in diagnose(built).findings}
    assert found == {("yes", "accuracy-cuts-probabilities-at-zero"), ("kind", "logits-with-probability-loss")}
    listed = keras.Model(inputs, [yes, kind])
    listed.compile(loss=["binary_crossentropy", losses.SparseCategoricalCrossentropy(from_logits=True)])
    assert diagnose(listed).ids == []


def test_a_functional_model_with_branches_is_read_from_its_end():
    a, b = keras.Input((4,)), keras.Input((4,))
    joined = layers.Concatenate()([relu()(a), relu()(b)])
    built = keras.Model([a, b], layers.Dense(1)(joined))
    built.compile(loss="binary_crossentropy")
    assert diagnose(built).ids == ["logits-with-probability-loss"]


class Subclassed(keras.Model):
    def __init__(self, last=None):
        super().__init__()
        self.last = layers.Dense(1, activation=last, bias_initializer=keras.initializers.Constant(-3.0))

    def call(self, x):
        return self.last(x)


def test_of_a_subclassed_model_nothing_is_guessed():
    built = Subclassed()
    built.compile(loss="binary_crossentropy", metrics=["accuracy"])
    diagnosis = diagnose(built)
    assert diagnosis.ids == []
    assert "subclass of keras.Model" in diagnosis.unseen[0]


def test_a_subclassed_model_that_puts_out_no_probability_is_seen_by_its_behaviour():
    built = Subclassed()
    built.compile(loss="binary_crossentropy")
    assert diagnose(built, x=np.zeros((5, 4), "float32")).ids == ["logits-with-probability-loss"]
    sound = Subclassed("sigmoid")
    sound.compile(loss="binary_crossentropy")
    assert diagnose(sound, x=np.zeros((5, 4), "float32")).ids == []


def test_a_model_that_is_not_compiled_or_not_built_is_said_so():
    assert "not compiled" in diagnose(model(relu(), layers.Dense(1))).unseen[0]
    unbuilt = keras.Sequential([layers.Dense(8), layers.Dense(1)])
    unbuilt.compile(loss="binary_crossentropy")
    assert diagnose(unbuilt).ids == ["logits-with-probability-loss", "missing-nonlinearity"]


def test_a_loss_that_cannot_be_known_is_said_so():
    built = logit_model(lambda y, p: keras.ops.mean(keras.ops.abs(y * 2 - p**3)), metrics.BinaryAccuracy(threshold=0.0))
    diagnosis = diagnose(built)
    assert diagnosis.ids == []
    assert "none of Keras's" in diagnosis.unseen[0]


class AlwaysDropping(layers.Layer):
    def __init__(self):
        super().__init__()
        self.inner = layers.Dropout(0.5)

    def call(self, x):
        return self.inner(x, training=True)


def test_dropout_that_stays_on_while_predicting_is_found_by_predicting_twice():
    stack = [relu(), AlwaysDropping(), layers.Dense(1, activation="sigmoid")]
    built = model(*stack, loss="binary_crossentropy")
    assert diagnose(built, x=np.ones((4, 4))).ids == ["dropout-at-prediction"]


def test_something_that_is_no_model_is_refused_in_words():
    with pytest.raises(TypeError, match="takes a Keras model, and this is a list"):
        diagnose([1, 2])


def test_the_diagnosis_reads_well_in_a_notebook_and_is_escaped():
    inputs = keras.Input((4,))
    built = keras.Model(inputs, {"<b>": layers.Dense(1)(inputs), "c": layers.Dense(1, activation="sigmoid")(inputs)})
    built.compile(loss={"<b>": "binary_crossentropy", "c": "binary_crossentropy"})
    page = diagnose(built)._repr_html_()
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
    assert "from_logits=True" in page
    assert "Nothing wrong was found" in diagnose(two_feature("accuracy"))._repr_html_()


def hard_step(z):
    return keras.ops.cast(z > 0, "float32")


def test_a_step_as_activation_is_found_and_really_keeps_the_layers_before_it_from_learning():
    built = model(layers.Dense(8, activation=hard_step), layers.Dense(1), loss=FROM_LOGITS)
    assert diagnose(built).ids == ["activation-without-slope"]
    before = built.layers[0].get_weights()
    rng = np.random.default_rng(0)
    with pytest.warns(UserWarning, match="Gradients do not exist"):
        built.fit(rng.normal(size=(32, 4)), rng.integers(0, 2, 32), verbose=0)
    assert all(np.array_equal(a, b) for a, b in zip(before, built.layers[0].get_weights(), strict=True))


@pytest.mark.parametrize(("z", "learns"), [(-3.0, False), (3.0, False), (0.5, True)])
def test_a_loss_of_probabilities_has_no_gradient_at_a_raw_number_outside_0_to_1(z, learns):
    import tensorflow as tf

    raw = tf.constant([[z]])
    with tf.GradientTape() as tape:
        tape.watch(raw)
        loss = losses.BinaryCrossentropy()(tf.constant([[1.0 if z < 0 else 0.0]]), raw)
    assert (float(tape.gradient(loss, raw)[0, 0]) != 0) is learns


class CountedCell(layers.SimpleRNNCell):
    """A cell that counts how often its code runs."""

    calls = 0

    def call(self, *args, **kwargs):
        CountedCell.calls += 1
        return super().call(*args, **kwargs)


def test_two_thousand_steps_in_time_are_not_taken_one_by_one():
    built = keras.Sequential([keras.Input((2000, 2)), layers.RNN(CountedCell(3)), layers.Dense(1)])
    built.compile("adam", "binary_crossentropy")
    CountedCell.calls = 0
    rng = np.random.default_rng(0)
    found = diagnose(built, rng.normal(size=(4, 2000, 2)).astype("float32"), rng.integers(0, 2, 4))
    assert found.ids == ["logits-with-probability-loss"]
    assert CountedCell.calls < 100
