"""What lesson 01 states of today's Keras, NumPy and scikit-learn; the lesson's own cells are what is tested."""

import re

import figures
import nbformat
import numpy as np
import pytest
import scipy.optimize
import scipy.special
from conftest import ROOT
from kept_outputs import kept_text
from lesson_cells import cells, names, run_alone

LESSON = "01-activations"
CELLS = cells(LESSON)
DEFINING = ["none", "relu", "sigmoid", "softmax", "sigmoid-slope", "moons", "network", "nudge", "train", "jacobian"]


@pytest.fixture
def lesson():
    """The names that the lesson's cells make; its functions look each other up in here."""
    from sklearn.datasets import make_moons

    return names(LESSON, DEFINING, np=np, make_moons=make_moons)


@pytest.fixture(scope="module")
def keras():
    import keras

    keras.utils.set_random_seed(0)
    return keras


def derivative(function, z):
    """Return the derivative of a Keras function at each of the numbers z, by TensorFlow."""
    import tensorflow as tf

    z = tf.constant(z, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(z)
        value = function(z)
    return tape.gradient(value, z).numpy()


# --- what each activation does


@pytest.mark.parametrize("name", ["relu", "sigmoid", "softmax"])
def test_lesson_01_writes_the_activations_that_keras_computes(lesson, keras, name):
    z = np.linspace(-9, 9, 37, dtype=np.float32)
    expected = keras.ops.convert_to_numpy(getattr(keras.activations, name)(z[None]))[0]
    assert lesson[name](z) == pytest.approx(expected, rel=1e-5, abs=1e-7)


def test_lesson_01_says_that_a_dense_layer_uses_no_activation_unless_asked(keras, lesson):
    layer = keras.layers.Dense(1)
    assert layer.activation is keras.activations.linear
    z = np.linspace(-3, 3, 7)
    assert np.array_equal(layer.activation(z), lesson["none"](z))


def test_lesson_01_says_that_the_loss_must_be_told_of_logits(keras):
    z, y = np.array([[-2.25]], np.float32), np.zeros((1, 1), np.float32)
    told, not_told = (float(keras.losses.BinaryCrossentropy(**how)(y, z)) for how in ({"from_logits": True}, {}))
    assert told == pytest.approx(np.log1p(np.exp(-2.25)))
    assert not_told == pytest.approx(0, abs=1e-6), "-2.25 was clipped, as a probability near 0"


def test_lesson_01_says_that_the_two_classes_of_a_sigmoid_share_1(lesson):
    z = np.linspace(-8, 8, 101)
    assert lesson["sigmoid"](-z) == pytest.approx(1 - lesson["sigmoid"](z))


def test_lesson_01_says_that_a_shift_does_not_change_a_softmax_and_that_a_large_logit_needs_one(lesson):
    z = np.array([1.0, -2.0, 0.5])
    expected = scipy.special.softmax(z)
    for shifted in [z + 100, z - 100, (z + 1000) - (z + 1000).max()]:
        assert lesson["softmax"](shifted) == pytest.approx(expected)
    with np.errstate(over="ignore"):
        assert np.isinf(np.exp(1000.0))


def test_lesson_01_says_which_of_three_totals_makes_each_row_of_a_batch_sum_to_1(lesson):
    text = kept_text(LESSON, "softmax-of-a-batch")
    whole, columns, rows = (np.array(re.findall(r"[\d.]+", line), float) for line in text.splitlines())
    assert whole.sum() == pytest.approx(1, abs=1e-3), "all rows together"
    assert not np.any(np.isclose(columns, 1))
    assert rows.tolist() == [1, 1]
    batch = names(LESSON, ["softmax-of-a-batch"], np=np)["batch"]
    ours = lesson["softmax"](batch[0]), np.exp(batch) / np.exp(batch).sum(axis=-1, keepdims=True)
    assert ours[0] == pytest.approx(scipy.special.softmax(batch[0]))
    assert ours[1] == pytest.approx(scipy.special.softmax(batch, axis=-1))
    assert np.exp(batch).sum(axis=-1, keepdims=True).shape == (2, 1), "a column"


def test_lesson_01_says_that_tanh_is_a_sigmoid_stretched_to_run_from_minus_1_to_1(lesson, keras):
    z = np.linspace(-8, 8, 33, dtype=np.float32)
    stretched = 2 * lesson["sigmoid"](2 * z) - 1
    assert np.asarray(keras.activations.tanh(z)) == pytest.approx(stretched, abs=1e-6)
    assert "tanh is a sigmoid stretched" in CELLS["look-heading"]


def test_lesson_01_says_that_where_computes_both_of_its_branches(lesson):
    z = np.array([-1000.0, 1000.0])
    with pytest.warns(RuntimeWarning, match="overflow"):
        assert np.where(z < 0, 0.0, lesson["sigmoid"](z)).tolist() == [0, 1], "e^1000 was in the branch not taken"
    assert "`np.where` computes both of its branches" in CELLS["onward"]


def test_lesson_01_says_that_a_softmax_of_z_and_0_is_the_sigmoid_of_z(lesson):
    for z in np.linspace(-8, 8, 33):
        assert lesson["softmax"](np.array([z, 0.0]))[0] == pytest.approx(scipy.special.expit(z))


# --- what saturates


def test_lesson_01_gives_each_activation_the_slope_that_keras_computes(lesson, keras):
    z = np.array([-9, -2, -0.5, 0, 0.5, 2, 9], dtype=np.float32)
    assert lesson["sigmoid_slope"](z) == pytest.approx(derivative(keras.activations.sigmoid, z), rel=1e-3)
    assert np.array_equal(lesson["step"](z), derivative(keras.activations.relu, z)), "the slope of ReLU is the step"


def test_lesson_01_says_that_the_sigmoid_is_steepest_at_0_with_a_quarter(lesson):
    slopes = lesson["sigmoid_slope"](np.linspace(-10, 10, 2001))
    assert slopes.max() == lesson["sigmoid_slope"](0.0) == 0.25


def test_lesson_01_says_that_a_float32_sigmoid_is_1_and_flat_from_17_on_and_not_yet_at_16(lesson, keras):
    assert keras.config.floatx() == "float32"
    z = np.array([16, 17, 30], dtype=np.float32)
    for p in [lesson["sigmoid"](z), np.asarray(keras.activations.sigmoid(z))]:
        assert p.dtype == np.float32
        assert (p == 1).tolist() == [False, True, True]
    assert (derivative(keras.activations.sigmoid, z) == 0).tolist() == [False, True, True]


def test_lesson_01_says_that_half_the_gap_at_1_decides_whether_the_sum_is_rounded_to_1():
    one, above = np.float32(1), np.nextafter(np.float32(1), np.float32(2))
    assert f"{above:.8f}" == "1.00000012"
    half = (float(above) - 1) / 2
    for z, shown, rounded in [(16, "0.00000011", above), (17, "0.00000004", one)]:
        small = np.exp(np.float32(-z))
        assert f"{small:.8f}" == shown
        assert (small > half) == (rounded > 1)
        assert one + small == rounded
        assert shown in CELLS["float32-reading"]
    assert float(above) - 1 > np.exp(-16.0), "the whole gap would let 16 become 1, too"


def test_lesson_01_says_that_ten_sigmoids_in_a_row_leave_at_most_a_millionth(lesson):
    z = np.random.default_rng(0).normal(0, 2, (10, 1000))
    assert lesson["sigmoid_slope"](z).prod(axis=0).max() <= 0.25**10 < 1e-6


# --- two layers that are one


def test_lesson_01_says_that_two_layers_without_activation_are_one(keras):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(5), keras.layers.Dense(2)])
    model.layers[0].bias.assign(np.arange(5.0))
    model.layers[1].bias.assign([0.5, -0.5])
    (w1, b1), (w2, b2) = (layer.get_weights() for layer in model.layers)
    one = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    one.layers[0].set_weights([w1 @ w2, b1 @ w2 + b2])
    x = np.random.default_rng(0).normal(size=(50, 3)).astype("float32")
    assert one.predict(x, verbose=0) == pytest.approx(model.predict(x, verbose=0), abs=1e-5)


def test_lesson_01_collapses_its_two_layers_without_changing_an_output():
    namespace = names(LESSON, ["one-layer"], np=np)
    x, w1, b1, w2, b2, w, b = (namespace[name] for name in ["x", "w1", "b1", "w2", "b2", "w", "b"])
    assert len(x) == 100
    assert x @ w + b == pytest.approx(np.einsum("ni,ih,ho->no", x, w1, w2) + np.einsum("h,ho->o", b1, w2) + b2)


def test_lesson_01_says_that_no_single_layer_can_replace_two_with_a_relu_between(lesson):
    made = names(LESSON, ["one-layer", "relu-breaks-it"], np=np, relu=lesson["relu"])
    x, with_relu = made["x"], made["with_relu"]
    assert not np.any(with_relu(np.zeros((1, 3)))), "so the single layer's bias would be 0"
    with_bias = np.hstack([x, np.ones((len(x), 1))])
    best = np.linalg.lstsq(with_bias, with_relu(x), rcond=None)[0]
    assert np.abs(with_bias @ best - with_relu(x)).max() > 0.1
    assert not np.allclose(with_relu(-x), -with_relu(x))


def test_lesson_01_says_that_the_text_model_is_a_mean_of_word_scores_plus_a_bias(keras):
    layers = keras.layers
    embedding, last = layers.Embedding(50, 16), layers.Dense(1)
    shape = [keras.Input((20,)), embedding, layers.Dropout(0.2), layers.GlobalAveragePooling1D(), layers.Dropout(0.2)]
    model = keras.Sequential([*shape, last])
    last.bias.assign([0.75])
    words = np.random.default_rng(0).integers(0, 50, size=(30, 20))
    score = embedding.get_weights()[0] @ last.get_weights()[0]
    assert model.predict(words, verbose=0) == pytest.approx(score[words].mean(axis=1) + 0.75, abs=1e-5)


# --- a step cannot learn


def test_lesson_01_says_that_no_straight_line_separates_the_moons(lesson):
    x, side = lesson["x"], np.where(lesson["y"] == 1, 1, -1)
    sides = -side * np.hstack([x, np.ones((len(x), 1))])  # side * (x @ w + b) >= 1, as linprog wants it
    done = scipy.optimize.linprog(np.zeros(3), A_ub=sides, b_ub=-np.ones(len(x)), bounds=(None, None))
    assert done.status == 2, "2 is: no w and b can do it"


def test_lesson_01_says_that_keras_starts_with_random_weights_and_biases_of_0(keras):
    layer = keras.layers.Dense(16)
    layer.build((None, 2))
    kernel, bias = layer.get_weights()
    assert not np.any(bias)
    assert len(np.unique(kernel)) == kernel.size == 32


def test_lesson_01_says_that_each_unit_has_examples_on_its_right(lesson):
    w1, b1, _, _ = lesson["start"]()
    on_the_right = (lesson["x"] @ w1 + b1 > 0).sum(axis=0)
    assert np.all((on_the_right > 0) & (on_the_right < 400)), "some on the right, and not all"


@pytest.mark.parametrize("activation", ["relu", "none", "step"])
def test_lesson_01_trains_as_keras_does(lesson, keras, activation):
    functions = {"relu": keras.ops.relu, "none": None, "step": lambda z: (keras.ops.sign(z) + 1) / 2}
    slopes = {"relu": lesson["step"], "none": np.ones_like, "step": np.zeros_like}
    layers = [keras.layers.Dense(16, activation=functions[activation]), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input((2,)), *layers])
    model.set_weights(lesson["start"]())
    model.compile(keras.optimizers.SGD(1.0), loss=keras.losses.BinaryCrossentropy(from_logits=True))
    model.fit(lesson["x"], lesson["y"], epochs=3, batch_size=400, verbose=0)
    ours = lesson["train"](lesson[activation], slopes[activation], steps=3)
    for weights, expected in zip(ours, model.get_weights(), strict=True):
        assert weights == pytest.approx(expected, abs=1e-4)


def test_lesson_01_shows_that_the_first_layer_under_a_step_stays_and_that_this_network_comes_last(lesson):
    made = names(LESSON, ["networks", "trained"], **lesson)
    assert made["moved"]["step"] == 0.0 < made["moved"]["none"] < made["moved"]["ReLU"]
    assert made["right"]["step"] < made["right"]["none"] < 360 < 380 < made["right"]["ReLU"]


def test_lesson_01_says_that_backpropagation_gives_the_answers_of_all_nudges_at_once(lesson):
    weights, rate = lesson["train"](lesson["relu"], lesson["step"], steps=1, learning_rate=1e-3), 1e-3
    slopes = (lesson["start"]()[0] - weights[0]) / rate
    before = lesson["loss"](lesson["relu"], lesson["start"]())
    nudged = [(lesson["loss_after_nudge"](lesson["relu"], k) - before) / 1e-6 for k in range(32)]
    assert slopes.ravel() == pytest.approx(nudged, abs=1e-4)


def test_lesson_01_folds_the_code_of_backpropagation():
    notebook = nbformat.read(ROOT / f"notebooks/{LESSON}.ipynb", as_version=4)
    folded = [cell.id for cell in notebook.cells if cell.metadata.get("jupyter", {}).get("source_hidden")]
    assert folded == ["train"]


@pytest.mark.parametrize("activation", ["relu", "step"])
def test_lesson_01_computes_the_loss_that_keras_computes(lesson, keras, activation):
    z = lesson["logits"](lesson[activation], lesson["start"](), lesson["x"])
    expected = float(keras.losses.BinaryCrossentropy(from_logits=True)(lesson["y"], z))
    assert lesson["loss"](lesson[activation], lesson["start"]()) == pytest.approx(expected, rel=1e-5)


def test_lesson_01_says_that_every_nudge_changes_the_loss_with_relu_and_none_with_a_step(lesson):
    for activation, count in [("relu", 32), ("step", 0)]:
        before = lesson["loss"](lesson[activation], lesson["start"]())
        changes = [abs(lesson["loss_after_nudge"](lesson[activation], k) - before) for k in range(32)]
        assert sum(change > 1e-11 for change in changes) == count, "far above roundoff, or exactly nothing"
        assert sum(change > 0 for change in changes) == count
    distance = np.abs(lesson["x"] @ lesson["start"]()[0]).min()
    assert distance > 10 * 1e-6 * np.abs(lesson["x"]).max(), "no z is near enough to 0 for a nudge to carry it over"


@pytest.mark.filterwarnings("ignore:Gradients do not exist")  # that is the point
@pytest.mark.parametrize("how", ["comparison", "sign"])
def test_lesson_01_says_that_a_layer_with_a_step_does_not_move_in_training(keras, lesson, how):
    def step(z):
        return keras.ops.cast(z > 0, "float32") if how == "comparison" else (keras.ops.sign(z) + 1) / 2

    step_accuracy, step_first, step_last = trained_on_moons(keras, lesson, step)
    relu_accuracy, relu_first, _ = trained_on_moons(keras, lesson, "relu")
    assert step_first == 0.0
    assert min(step_last, relu_first) > 0.1
    assert relu_accuracy > step_accuracy


def trained_on_moons(keras, lesson, activation):
    """Return the accuracy of a Keras model of the lesson's shape and by how much its two kernels moved."""
    keras.utils.set_random_seed(1)
    layers = [keras.Input((2,)), keras.layers.Dense(16, activation=activation), keras.layers.Dense(1)]
    model = keras.Sequential(layers)
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    metric = keras.metrics.BinaryAccuracy(threshold=0.0)
    model.compile(keras.optimizers.Adam(0.05), loss=loss, metrics=[metric])
    start = [layer.get_weights()[0] for layer in model.layers]
    model.fit(lesson["x"], lesson["y"], epochs=15, verbose=0)
    moved = [float(np.abs(now.get_weights()[0] - w).max()) for now, w in zip(model.layers, start, strict=True)]
    return model.evaluate(lesson["x"], lesson["y"], verbose=0)[1], *moved


def right(lesson, name, slope, **how):
    """Return how many of the 400 examples the trained network of the lesson gets right."""
    weights = lesson["train"](lesson[name], slope, **how)
    return int(((lesson["logits"](lesson[name], weights, lesson["x"]) > 0) == lesson["y"]).sum())


@pytest.mark.parametrize("seed", [0, 2, 3, 4, 5])
def test_lesson_01_ranks_step_behind_none_behind_relu_from_five_other_starts(lesson, monkeypatch, seed):
    def start():
        rng = np.random.default_rng(seed)
        return [rng.normal(size=(2, 16)), np.zeros(16), rng.normal(size=(16, 1)) / 4, np.zeros(1)]

    monkeypatch.setitem(lesson, "start", start)
    step, none = right(lesson, "step", np.zeros_like), right(lesson, "none", np.ones_like)
    assert step < none < 360 < 380 < right(lesson, "relu", lesson["step"])


def test_lesson_01_says_that_200_steps_at_random_places_find_a_good_mixture(lesson, monkeypatch):
    def start():
        rng = np.random.default_rng(1)
        return [rng.normal(size=(2, 200)), rng.normal(size=200), np.zeros((200, 1)), np.zeros(1)]

    monkeypatch.setitem(lesson, "start", start)
    assert right(lesson, "step", np.zeros_like, learning_rate=0.1) > 380


def test_lesson_01_says_that_the_border_under_steps_runs_along_rays_from_the_origin(lesson):
    weights = lesson["train"](lesson["step"], np.zeros_like)
    x = lesson["x"]
    z = lesson["logits"](lesson["step"], weights, x)
    assert lesson["logits"](lesson["step"], weights, 3 * x) == pytest.approx(z), "the same all along a ray"


# --- who depends on whom


@pytest.mark.parametrize(("activation", "zeros"), [("softmax", 0), ("sigmoid", 12)])
def test_lesson_01_says_which_outputs_depend_on_which_logits(keras, lesson, activation, zeros):
    import tensorflow as tf

    z = tf.constant([1.0, 2.0, 3.0, 4.0])
    with tf.GradientTape() as tape:
        tape.watch(z)
        p = getattr(keras.activations, activation)(z[None])[0]
    exact = tape.jacobian(p, z).numpy()
    off_diagonal = exact[~np.eye(4, dtype=bool)]
    assert np.count_nonzero(exact == 0) == zeros
    assert np.all(np.diag(exact) > 0)
    assert np.all(off_diagonal == 0 if zeros else off_diagonal < 0)
    ours = lesson["jacobian"](lesson[activation], z.numpy().astype(float))
    assert ours == pytest.approx(exact, abs=1e-6)
    assert np.count_nonzero(ours == 0) == zeros


def test_the_jacobian_of_lesson_01_has_outputs_in_rows_and_logits_in_columns(lesson):
    m = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    assert lesson["jacobian"](lambda z: m @ z, np.array([0.5, -0.5])) == pytest.approx(m)


# --- the figures


@pytest.mark.parametrize("z", [-8.0, 8.0])
@pytest.mark.parametrize("name", ["none", "ReLU", "sigmoid", "tanh", "step"])
def test_the_points_of_lesson_01_are_not_cut_off_at_the_ends(name, z):
    figure = figures.activation_explorer()
    figure.controls["activation"].value, figure.controls["z"].value = name, z
    outer = figure.axes.bbox
    for point in (figure.point, figure.slope_point):
        x, y = figure.axes.transData.transform(point.get_xydata()[0])
        half = point.get_markersize() / 2 * figure.figure.dpi / 72
        assert outer.y0 <= y - half < y + half <= outer.y1
        assert outer.x0 <= x <= outer.x1


# --- the lesson itself


def test_lesson_01_does_without_tensorflow_and_keras():
    run_alone(LESSON, without={"tensorflow", "keras"})
