"""What lesson 09 states of its five broken models and of their repairs, against Keras and closed forms."""

import contextlib
import inspect
import io
import itertools
import re
import warnings

import figures
import keras
import numpy as np
import pytest
import scipy.special
from data.two_runs import two_runs
from figures.debugging import LAST_LAYERS
from lesson_cells import cells, names
from sklearn.datasets import load_breast_cancer

from grader.base.keras_import import tf
from grader.diagnosis.diagnose import diagnose

pytestmark = pytest.mark.slow  # models are trained

LESSON = "09-debug"
TEXT = cells(LESSON)
LOGITS = keras.losses.BinaryCrossentropy(from_logits=True)


def part(given, *ids):
    """Return the names that cells of the lesson make, with the given ones, and what each of them printed."""
    namespace, printed = dict(given), {}
    for id_ in ids:
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(TEXT[id_], namespace)
        printed[id_] = out.getvalue()
    return namespace, printed


@pytest.fixture(scope="module")
def looks():
    return names(LESSON, ["imports", "look-range", "look-gradient"])


@pytest.fixture(scope="module")
def head(looks):
    return part(looks, "head-data", "head", "head-found", "head-repaired", "head-starts")


@pytest.fixture(scope="module")
def tens(looks):
    made, printed = part(looks, "tens", "tens-one-hot", "tens-found")
    ten = {name: made[name] for name in ["ten", "p", "yes", "named", "reported", "numbers", "numbers_kept", "images"]}
    return made, ten, printed


@pytest.fixture(scope="module")
def export(looks):
    return part(looks, "export", "export-found", "export-repaired")[0]


@pytest.fixture(scope="module")
def overfit(looks):
    return part(looks, "overfit-found", "overfit-repaired")[0]


@pytest.fixture(scope="module")
def advice(looks, overfit):
    data = {name: overfit[name] for name in ["points", "benign"]}
    with warnings.catch_warnings():  # the cells change the filters
        return part({**looks, **data}, "advice", "advice-found", "advice-floor-shown")


def one_unit(last, loss, bias=0.0):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, last)])
    model.layers[0].bias.assign([bias])
    model.compile(loss=loss, metrics=["accuracy"])
    return model


# --- what breaks loudly, and the five looks


@pytest.mark.parametrize(
    ("old", "error", "new"),
    [
        (lambda: keras.optimizers.RMSprop(lr=1e-4), ValueError, lambda: keras.optimizers.RMSprop(learning_rate=1e-4)),
        (lambda: tf.train.AdamOptimizer(), AttributeError, lambda: keras.optimizers.Adam()),
        (lambda: keras.losses.BinaryCrossEntropy(), AttributeError, lambda: keras.losses.BinaryCrossentropy()),
    ],
    ids=["lr", "AdamOptimizer", "BinaryCrossEntropy"],
)
def test_lesson_09_says_that_old_names_break_loudly_and_what_they_are_called_today(old, error, new):
    with pytest.raises(error):
        old()
    new()


def by_hand(z):
    return 1 / (1 + keras.ops.exp(-z))


@pytest.mark.parametrize(
    ("last", "loss", "heard"),
    [
        (None, LOGITS, 1),
        ("sigmoid", "binary_crossentropy", 1),
        (None, "binary_crossentropy", 0),
        (by_hand, LOGITS, 0),
        (by_hand, "binary_crossentropy", 0),
    ],
)
def test_lesson_09_says_that_a_sound_model_hears_1_when_sure_and_wrong_and_a_deaf_one_0(looks, last, loss, heard):
    model = one_unit(last, loss, bias=0.25)
    assert looks["gradient_when_wrong"](model, np.zeros((5, 3))) == heard
    assert model.layers[0].bias.numpy().tolist() == [0.25], "the look leaves the model as it was"


def test_lesson_09_says_that_the_gradient_of_the_last_bias_is_p_minus_y():
    model = one_unit(None, LOGITS, bias=2.0)
    x = np.random.default_rng(0).normal(size=(20, 3)).astype("float32")
    with tf.GradientTape() as tape:
        loss = model.compute_loss(x, np.zeros((20, 1)), model(x))
    p = scipy.special.expit(model(x).numpy())
    assert tape.gradient(loss, model.layers[0].bias).numpy() == pytest.approx(p.mean(), abs=1e-6)


def test_lesson_09_reads_the_range_of_a_model(looks):
    model = one_unit(None, LOGITS, bias=-1.5)
    model.layers[0].kernel.assign(np.zeros((3, 1)))
    assert looks["output_range"](model, np.ones((4, 3))) == "outputs from -1.500 to -1.500"


@pytest.mark.filterwarnings("ignore:You are using a softmax over axis")  # that is the point
def test_lesson_09_says_that_a_softmax_over_one_unit_is_always_1():
    x = np.random.default_rng(0).normal(size=(50, 3))
    p = one_unit("softmax", "binary_crossentropy").predict(x, verbose=0)
    # exp(0) divided by itself: on some processors by a reciprocal, which is one step of float32 below 1
    np.testing.assert_allclose(p, 1, rtol=0, atol=np.spacing(np.float32(1)))


def test_lesson_09_says_that_only_a_logit_over_16_6_makes_a_sigmoid_exactly_1():
    z = np.array([[16.6], [16.7]], "float32")
    assert (one_input_sigmoid(z) == 1).ravel().tolist() == [False, True]


def one_input_sigmoid(z):
    return keras.layers.Activation("sigmoid")(z).numpy()


def test_lesson_09_says_that_hidden_layers_that_do_not_bend_show_in_neither_range_nor_gradient(looks):
    layers = [keras.layers.Dense(8), keras.layers.Dense(8), keras.layers.Dense(1)]
    flat = keras.Sequential([keras.Input((3,)), *layers])
    flat.compile(loss=LOGITS, metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)])
    x = np.random.default_rng(0).normal(size=(50, 3)).astype("float32")
    assert looks["gradient_when_wrong"](flat, x) == pytest.approx(1)
    z = flat.predict(x, verbose=0)
    assert z.min() < 0 < z.max()
    assert flat.predict(x[:1] + x[1:2], verbose=0) == pytest.approx(z[:1] + z[1:2], abs=1e-5), "one linear layer"
    assert diagnose(flat).ids == ["missing-nonlinearity"]


def test_lesson_09_says_which_last_layers_a_range_excludes_and_that_it_proves_none():
    ends = {name: (last.low, last.high) for name, last in LAST_LAYERS.items()}
    below_0 = {name for name, (low, _) in ends.items() if low < 0}
    above_1 = {name for name, (_, high) in ends.items() if high > 1}
    assert below_0 == {"none"}
    assert above_1 == {"none", "ReLU"}
    assert ends["sigmoid twice"] == pytest.approx((0.5, scipy.special.expit(1.0)))
    first, _ = two_runs()
    assert (round(first.min(), 2), round(first.max(), 2)) == (0.02, 2.82)
    fits = {name for name, (low, high) in ends.items() if low <= first.min() and first.max() <= high}
    assert fits == {"none", "ReLU"}, "and it was none"
    assert "tempting to say ReLU" in " ".join(TEXT["range-reading"].split())


# --- the head of a transfer model


def test_lesson_09_says_that_from_a_bias_of_minus_6_nothing_moves(head):
    made, printed = head
    keras.utils.set_random_seed(0)
    fresh = keras.layers.Dense(1, bias_initializer=keras.initializers.Constant(-6))
    fresh.build((None, 1280))
    for now, start in zip(made["from_6"].get_weights(), fresh.get_weights(), strict=True):
        assert np.array_equal(now, start), "the start, to the last bit"
    assert made["history_6"]["accuracy"][-1] == pytest.approx(np.mean(made["dogs"] == 0), abs=1e-6)
    assert "gradient when wrong 0.0" in printed["head-found"]


def test_lesson_09_says_that_from_a_bias_of_0_enough_outputs_begin_between_0_and_1(head):
    made, _ = head
    assert made["history_0"]["accuracy"][-1] > 0.95
    model = keras.Sequential([keras.Input((1280,)), keras.layers.Dense(1)])
    outputs = model.predict(made["features"], verbose=0)
    assert 0.1 < np.mean((outputs > 0) & (outputs < 1)) < 0.9


@pytest.mark.parametrize(("z", "slope"), [(-6.0, False), (-0.1, False), (0.3, True), (1.1, False), (6.0, False)])
def test_lesson_09_says_that_a_probability_loss_hears_a_raw_number_between_0_and_1_only(z, slope):
    loss, raw = keras.losses.BinaryCrossentropy(), tf.Variable([[z]])
    for y in (0.0, 1.0):
        with tf.GradientTape() as tape:
            value = loss(tf.constant([[y]]), raw)
        assert (float(tape.gradient(value, raw)[0, 0]) != 0) is slope


def test_lesson_09_repairs_the_head_from_the_worse_start(head):
    made, printed = head
    assert made["history"]["accuracy"][-1] > 0.95
    assert "gradient when wrong 1.0" in printed["head-repaired"]
    assert diagnose(made["repaired"], y=made["dogs"]).ids == []


def test_lesson_09_says_that_one_dog_in_400_is_a_bias_of_about_minus_6():
    assert scipy.special.logit(1 / 400) == pytest.approx(-6, abs=0.02)


def test_lesson_09_says_that_twenty_starts_differ_by_more_than_ten_percent(head):
    made, _ = head
    assert len(made["accuracy"]) == 20
    assert np.ptp(made["accuracy"]) > 0.1
    assert 800 / 100 == 8, "steps, of 100 pictures each"


def test_lesson_09_says_that_twenty_sigmoids_are_twenty_models(head):
    x, y = head[0]["features"], head[0]["dogs"]
    keras.utils.set_random_seed(0)
    twenty = keras.Sequential([keras.Input((1280,)), keras.layers.Dense(20, activation="sigmoid")])
    alone = keras.Sequential([keras.Input((1280,)), keras.layers.Dense(1, activation="sigmoid")])
    kernel, bias = twenty.get_weights()
    alone.set_weights([kernel[:, 3:4], bias[3:4]])
    for model, labels in [(twenty, np.repeat(y, 20, axis=1)), (alone, y)]:
        model.compile(keras.optimizers.RMSprop(learning_rate=1e-4), "binary_crossentropy")
        model.fit(x, labels, batch_size=100, shuffle=False, verbose=0)
    both = [twenty.predict(x, verbose=0)[:, 3], alone.predict(x, verbose=0)[:, 0]]
    assert both[0] == pytest.approx(both[1], abs=0.01)


# --- a regression of ten units


def test_lesson_09_says_that_digits_as_labels_of_ten_sigmoids_are_refused_for_their_rank(tens):
    assert tens[2]["tens"] == "ValueError, about the rank: True\n"


def test_lesson_09_says_that_the_reported_accuracy_counts_answers_and_not_images(tens):
    ten = tens[1]
    one_hot = ten["numbers_kept"][:, None] == np.arange(10)
    assert ten["reported"] == pytest.approx(np.mean((ten["p"] > 0.5) == one_hot), abs=1e-6)
    assert ten["named"] == np.mean(ten["p"].argmax(axis=1) == ten["numbers_kept"])
    assert ten["reported"] > ten["named"] + 0.02
    assert len(ten["numbers_kept"]) == 360


def test_lesson_09_says_that_ten_sigmoids_do_not_sum_to_1_and_often_say_no_to_all(tens):
    p, yes = tens[1]["p"], tens[1]["yes"]
    assert p.sum(axis=1).min() < 0.9 < 1.1 < p.sum(axis=1).max()
    assert np.sum(yes == 0) > 36


def test_lesson_09_repairs_the_ten_units_and_their_metric(tens, looks):
    made, printed = part({**looks, **tens[0]}, "tens-repaired")
    assert made["reported"] == pytest.approx(made["named"])
    assert made["named"] > 0.9
    assert diagnose(made["repaired"], y=made["numbers"]).ids == []
    assert re.fullmatch(r"reported (0\.\d\d), named rightly \1\n", printed["tens-repaired"])


# --- an export


def test_lesson_09_says_that_the_export_calls_every_text_kind(export):
    outputs = export["exported"].predict(export["texts"], verbose=0)
    p = export["trained"].predict(export["texts"], verbose=0)
    assert outputs == pytest.approx(scipy.special.expit(p), abs=1e-6)
    assert 0.5 < outputs.min() < outputs.max() <= scipy.special.expit(1) + 1e-6
    accuracy = export["exported"].evaluate(export["texts"], export["kind"], verbose=0)[1]
    assert accuracy == pytest.approx(np.mean(export["kind"]), abs=1e-6)
    assert np.mean((p > 0.5) == export["kind"]) > 0.95


def test_lesson_09_says_that_the_log_odds_undo_the_second_sigmoid(export):
    p = export["trained"].predict(export["texts"], verbose=0)
    assert export["undone"] == pytest.approx(p, abs=1e-5)
    assert np.array_equal(export["undone"] > 0.5, p > 0.5) or np.abs(p - 0.5).min() < 1e-5
    assert diagnose(export["exported_again"], y=export["kind"]).ids == []


# --- a tutorial on overfitting


def test_lesson_09_says_that_the_ruler_is_wrong_and_the_model_is_not(overfit):
    z = overfit["tiny"].predict(overfit["points"], verbose=0)
    benign = overfit["benign"]
    assert overfit["points"].shape == (569, 30)
    assert load_breast_cancer().target_names[1] == "benign"
    assert overfit["reported"] == pytest.approx(np.mean((z > 0.5) == benign), abs=1e-6)
    assert overfit["accuracy"] == pytest.approx(np.mean((z > 0) == benign), abs=1e-6)
    assert overfit["accuracy"] > overfit["reported"] + 0.02
    assert overfit["loss_again"] == pytest.approx(overfit["loss"], abs=1e-5)
    assert z.min() < 0 < z.max()
    assert overfit["gradient_when_wrong"](overfit["tiny"], overfit["points"]) == pytest.approx(1)


def test_lesson_09_says_that_a_logit_of_one_half_is_a_probability_of_0_622():
    assert scipy.special.expit(0.5) == pytest.approx(0.622, abs=5e-4)


# --- a sigmoid that is called a logit


def test_lesson_09_says_that_keras_warns_of_its_own_sigmoid_and_not_of_one_by_hand(advice):
    made, printed = advice
    assert (made["of_keras"], made["of_hand"]) == (True, False)
    assert printed["advice"] == "Keras warns of its own sigmoid: True of one by hand: False\n"
    for last, told in [("sigmoid", 1), (by_hand, 0)]:
        model = one_unit(last, LOGITS)
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            model.fit(np.zeros((4, 3)), np.zeros(4), verbose=0)
        assert len({str(w.message) for w in heard if "produced by a Sigmoid" in str(w.message)}) == told


def test_lesson_09_says_that_behind_its_own_sigmoid_keras_finds_the_logits_and_only_the_ruler_is_wrong(advice):
    made, printed = advice
    p = made["with_keras"].predict(made["points"], verbose=0).astype(float)
    y = made["benign"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        loss, reported = made["with_keras"].evaluate(made["points"], y, verbose=0)
    assert loss == pytest.approx(-np.mean(np.log(np.where(y == 1, p, 1 - p))), rel=0.01), "that of probabilities"
    assert reported == pytest.approx(np.mean(y), abs=1e-6)
    assert np.mean((p > 0.5) == y) > 0.95
    first, second = (line for line in printed["advice-found"].splitlines() if "outputs" in line)
    assert first.startswith("Keras's: outputs from 0.000 to 1.000, gradient when wrong 1.0")
    assert second.startswith("by hand: outputs from 0.000 to 1.000, gradient when wrong 0.0")


def test_lesson_09_says_that_the_sigmoid_by_hand_leaves_the_accuracy_at_the_share_of_class_1(advice):
    made, _ = advice
    p = made["steep"].predict(made["points"], verbose=0)
    assert made["reported"] == pytest.approx(np.mean(made["benign"]), abs=1e-6)
    assert np.mean((p > 0.5) == made["benign"]) > 0.95, "it has learned in spite of its loss"
    assert made["gradient_when_wrong"](made["steep"], made["points"]) == 0


def test_lesson_09_says_that_probabilities_taken_for_logits_have_a_loss_with_a_floor(advice):
    made, _ = advice
    p = np.linspace(0, 1, 1001)
    lowest = {y: np.min(np.logaddexp(0, p) - y * p) for y in (0, 1)}
    assert [round(lowest[y], 3) for y in (1, 0)] == [0.313, 0.693]
    share = np.mean(made["benign"])
    floor = share * lowest[1] + (1 - share) * lowest[0]
    perfect = made["loss_from_logits"](made["benign"], made["benign"].astype(float))
    assert float(perfect) == pytest.approx(floor, abs=1e-6)
    assert floor <= made["loss"] < floor + 0.1


def test_lesson_09_repairs_the_believed_logit(advice, looks):
    made, printed = part({**looks, **advice[0]}, "advice-repaired")
    assert made["loss"] < 0.2
    assert made["accuracy"] > 0.95
    assert "gradient when wrong 1.0" in printed["advice-repaired"]
    assert diagnose(made["repaired"], y=made["benign"]).ids == []


# --- the answer key


EXPECTED = {
    "The head of a transfer model": ["logits-with-probability-loss", "accuracy-cuts-logits-at-half"],
    "A regression of ten units": ["labels-do-not-fit-loss"],
    "An export": ["sigmoid-twice"],
    "A tutorial on overfitting": ["accuracy-cuts-logits-at-half"],
    "A sigmoid that is called a logit": ["probabilities-with-logits-loss", "accuracy-cuts-probabilities-at-zero"],
}


@pytest.fixture(scope="module")
def key(head, tens, export, overfit, advice, looks):
    models = {"from_6": head[0], "dogs": head[0], "features": head[0], "exported": export, "points": overfit}
    models |= {"ten": tens[1], "numbers": tens[1], "images": tens[1]}
    models |= {
        "kind": export,
        "trained": export,
        "texts": export,
        "tiny": overfit,
        "benign": overfit,
        "steep": advice[0],
    }
    given = {name: made[name] for name, made in models.items()}
    sound = keras.Sequential([keras.Input((30,)), keras.layers.Dense(1)])
    sound.compile(loss=LOGITS, metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)])
    return part({**looks, **given, "repaired": sound}, "key", "unseen")


def test_lesson_09_has_the_five_models_under_one_heading_and_each_in_the_key(key):
    lines = "\n".join(TEXT.values()).splitlines()
    start = lines.index("## Five models")
    end = next(i for i in range(start + 1, len(lines)) if lines[i].startswith("## "))
    found = [line.removeprefix("### ") for line in lines[start:end] if line.startswith("### ")]
    assert found == list(EXPECTED) == list(key[0]["found"])


@pytest.mark.parametrize("name", EXPECTED)
def test_lesson_09_is_told_by_diagnose_what_the_reader_has_found(key, name):
    assert key[0]["found"][name].ids == EXPECTED[name]


def test_lesson_09_says_that_diagnose_cannot_know_the_question(key):
    assert key[1]["unseen"].count("Nothing wrong was found.") == 3
    assert key[1]["key"].endswith("REPAIRED\nNothing wrong was found.\n")
    assert key[1]["unseen"].endswith("Over 0: 1000 of 1000\n")


def test_lesson_09_says_that_eleven_units_keep_labels_from_1_to_10_from_being_refused():
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    assert float(loss(np.array([10]), np.zeros((1, 11)))) == pytest.approx(np.log(11))
    with pytest.raises(tf.errors.InvalidArgumentError):
        loss(np.array([10]), np.zeros((1, 10)))


def test_lesson_09_comes_to_diagnose_last():
    ids = list(TEXT)
    first = next(i for i, id_ in enumerate(ids) if "diagnose(" in TEXT[id_])
    assert ids[first - 1] == "key-heading"
    assert ids.index("advice-repaired") < first


# --- the figure

KERAS = {
    "none": lambda z: z[:, :1],
    "sigmoid": lambda z: keras.ops.sigmoid(z[:, :1]),
    "sigmoid twice": lambda z: keras.ops.sigmoid(keras.ops.sigmoid(z[:, :1])),
    "softmax on one unit": lambda z: tf.nn.softmax(z[:, :1]),
    "softmax twice": lambda z: keras.ops.softmax(keras.ops.softmax(z))[:, :1],
    "ReLU": lambda z: keras.ops.relu(z[:, :1]),
}


@pytest.mark.parametrize("name", LAST_LAYERS)
def test_the_points_and_the_text_of_the_range_figure_are_what_keras_puts_out(name):
    figure = figures.range_explorer()
    figure.controls["last"].value = name
    for z, other in itertools.product([-8.0, 0.0, 8.0], repeat=2):
        figure.controls["z"].value = z
        figure.controls["other"].value = other
        expected = float(np.asarray(KERAS[name](tf.constant([[z, other]])))[0, 0])
        for point in figure.points:
            assert point.get_xydata()[0] == pytest.approx([expected, 0], abs=1e-6)
        given = f"logits {z:.1f} and {other:.1f} give" if name == "softmax twice" else f"logit {z:.1f} gives"
        assert figure.text.startswith(f"{name}: {LAST_LAYERS[name].words}; {given} ")
        assert float(figure.text.split()[-1]) == pytest.approx(expected, abs=6e-4)


@pytest.mark.parametrize("name", LAST_LAYERS)
def test_the_shaded_range_is_all_that_the_last_layer_can_reach(name):
    last = LAST_LAYERS[name]
    grid = np.array([[z, other] for z in np.linspace(-60, 60, 61) for other in np.linspace(-60, 60, 61)])
    reached = np.asarray(KERAS[name](tf.constant(grid)))
    assert last.low - 1e-9 <= reached.min() <= reached.max() <= last.high + 1e-9
    for end, extreme in [(last.low, reached.min()), (last.high, reached.max())]:
        assert extreme == pytest.approx(end, abs=1e-6) if np.isfinite(end) else abs(extreme) == 60
    figure = figures.range_explorer()
    figure.controls["last"].value = name
    for span, (left, right) in zip(figure.spans, figure.limits, strict=True):
        x = span.get_paths()[0].vertices[:, 0]
        assert [x.min(), x.max()] == pytest.approx([max(left, last.low), min(right, last.high)])


@pytest.mark.parametrize("name", LAST_LAYERS)
def test_the_words_of_the_range_have_its_numbers(name):
    last = LAST_LAYERS[name]
    told = [float(number) for number in re.findall(r"\d+(?:\.\d+)?", last.words)]
    ends = dict.fromkeys(end for end in (last.low, last.high) if np.isfinite(end))
    assert told == pytest.approx(list(ends), abs=5e-4)


def test_a_slider_of_the_range_figure_moves_the_point_alone():
    figure = figures.range_explorer()
    views = [figure.view.now["picture"]]
    for control in ("z", "other"):
        for value in (figure.controls[control].min, figure.controls[control].max):
            figure.controls[control].value = value
            views.append(figure.view.now["picture"])
    assert figure.full_draws == 1
    assert len(set(views)) >= 3
    figure.controls["last"].value = "ReLU"
    assert figure.full_draws == 2
    assert all(control.description for control in figure.controls.values())
    assert figure.view.now["text"] == figure.text


def test_the_lesson_starts_its_figure_where_the_text_finds_it():
    assert inspect.signature(figures.range_explorer).parameters == {}
    assert figures.range_explorer().text.startswith("sigmoid twice: from 0.5 to 0.731")
