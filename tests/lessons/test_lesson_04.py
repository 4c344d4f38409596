"""What lesson 04 states of Keras's losses and of from_logits, against Keras, TensorFlow and higher precision."""

import ast
import warnings
from decimal import Decimal, getcontext
from pathlib import Path

import figures
import numpy as np
import pytest
import scipy.special
from figures import losses
from kept_outputs import kept_text
from lesson_cells import cells, names

from grader.base.keras_import import keras, tf

LESSON = "04-losses"


CELLS = cells(LESSON)


@pytest.fixture(scope="module")
def lesson():
    from data.digits import digits

    ids = ["through-p", "from-z", "no-ceiling", "slopes", "many", "what-happens", "network"]
    return names(LESSON, ids, np=np, keras=keras, tf=tf, warnings=warnings, digits=digits)


def one(y, z, from_logits):
    return float(keras.losses.BinaryCrossentropy(from_logits=from_logits)(np.array([y]), np.array([z])))


def exact(y, z):
    """Return binary cross-entropy of one logit to 40 digits."""
    getcontext().prec = 40
    z = Decimal(z)
    return float((1 + z.exp()).ln() - y * z)


# --- binary cross-entropy


@pytest.mark.parametrize("y", [0, 1])
@pytest.mark.parametrize("z", [-1000.0, -40.0, -3.0, 0.0, 0.5, 40.0, 1000.0])
def test_lesson_04_writes_a_loss_that_is_exact_at_any_logit(lesson, y, z):
    assert lesson["loss_from_z"](y, z) == pytest.approx(exact(y, z), rel=1e-12, abs=0)
    assert one(float(y), z, True) == pytest.approx(exact(y, z), rel=1e-5, abs=1e-37)


def test_lesson_04_says_that_the_way_through_a_probability_ends_at_infinity(lesson):
    with np.errstate(divide="ignore", invalid="ignore"):
        assert np.isinf(lesson["loss_through_p"](0, 40.0))


def test_lesson_04_says_that_an_infinite_loss_ends_the_training():
    def through_p(y, p):
        return keras.ops.mean(-y * keras.ops.log(p) - (1 - y) * keras.ops.log(1 - p))

    last = keras.layers.Dense(1, lambda z: 1 / (1 + keras.ops.exp(-z)), kernel_initializer="ones")
    model = keras.Sequential([keras.Input((1,)), last])
    model.compile(keras.optimizers.SGD(0.1), through_p)
    x, y = np.array([[40.0]]), np.array([[0.0]])
    assert np.isposinf(model.train_on_batch(x, y))
    assert all(np.isinf(w).all() for w in model.get_weights())
    model.train_on_batch(x, y)
    assert all(np.isnan(w).all() for w in model.get_weights())


def test_lesson_04_says_that_keras_calls_no_sigmoid_when_it_is_given_logits():
    loss = tf.function(keras.losses.BinaryCrossentropy(from_logits=True))
    graph = loss.get_concrete_function(*[tf.TensorSpec([None, 1])] * 2).graph
    used = {operation.type for operation in graph.get_operations()}
    assert "Log1p" in used
    assert "Sigmoid" not in used


def test_lesson_04_says_that_keras_clips_probabilities_and_what_the_two_ceilings_are():
    assert keras.config.epsilon() == 1e-7
    assert one(1.0, 0.0, False) == pytest.approx(-np.log(1e-7), rel=1e-6) == pytest.approx(16.118, abs=5e-4)
    assert one(0.0, 1.0, False) == pytest.approx(23 * np.log(2), rel=1e-6) == pytest.approx(15.942, abs=5e-4)
    assert np.float32(1) - np.float32(1e-7) == np.float32(1 - 1e-7) == np.float32(1 - 2.0**-23)


@pytest.mark.parametrize("y", [0.0, 1.0])
def test_lesson_04_says_that_the_slope_from_a_logit_is_p_minus_y(lesson, y):
    for z in [-40.0, -2.0, 0.0, 3.0, 40.0]:
        logit = tf.Variable([[z]])
        with tf.GradientTape() as tape:
            value = lesson["loss"](tf.constant([[y]]), logit)
        assert float(tape.gradient(value, logit)[0, 0]) == pytest.approx(scipy.special.expit(z) - y, abs=1e-6)


@pytest.mark.parametrize(("z", "learns"), [(10.0, True), (20.0, False), (40.0, False)])
def test_lesson_04_says_that_through_a_clipped_probability_the_slope_becomes_exactly_0(lesson, z, learns):
    through = keras.losses.BinaryCrossentropy()
    slope = lesson["slope"](lambda y, z: through(y, 1 / (1 + tf.exp(-z))), z)
    assert (slope != 0) == learns


@pytest.mark.parametrize("y", [0.0, 1.0])
@pytest.mark.parametrize("raw", [-3.0, -0.01, 0.01, 0.5, 0.99, 3.0])
def test_lesson_04_says_that_raw_outputs_outside_0_to_1_alone_have_slope_0_in_a_loss_of_probabilities(y, raw):
    output = tf.Variable([[raw]])
    with tf.GradientTape() as tape:
        value = keras.losses.get("binary_crossentropy")(tf.constant([[y]]), output)
    expected = (1 - y) / (1 - raw) - y / raw if 0 < raw < 1 else 0.0
    assert float(tape.gradient(value, output)[0, 0]) == pytest.approx(expected, rel=1e-4, abs=0)


# --- many classes


def test_lesson_04_writes_the_cross_entropy_of_many_classes_that_keras_computes(lesson):
    rng = np.random.default_rng(0)
    z, y = rng.normal(0, 5, (40, 7)), rng.integers(0, 7, 40)
    expected = -scipy.special.log_softmax(z, axis=-1)[np.arange(40), y]
    assert lesson["crossentropy"](y, z) == pytest.approx(expected)
    sparse = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    dense = keras.losses.CategoricalCrossentropy(from_logits=True)
    assert float(sparse(y, z)) == pytest.approx(expected.mean(), rel=1e-5)
    assert float(dense(np.eye(7)[y], z)) == pytest.approx(expected.mean(), rel=1e-5)


def test_lesson_04_says_that_the_slopes_of_many_classes_are_the_softmax_minus_the_label(lesson):
    rng = np.random.default_rng(1)
    z, y = rng.normal(0, 5, (20, 6)), rng.integers(0, 6, 20)
    expected = (scipy.special.softmax(z, axis=-1) - np.eye(6)[y]) / 20
    losses = keras.losses
    for loss, labels in [(losses.SparseCategoricalCrossentropy, y), (losses.CategoricalCrossentropy, np.eye(6)[y])]:
        logits = tf.Variable(z)
        with tf.GradientTape() as tape:
            value = loss(from_logits=True)(labels, logits)
        slopes = tape.gradient(value, logits).numpy()
        assert slopes == pytest.approx(expected, abs=1e-6)
        assert slopes.sum(axis=-1) == pytest.approx(0, abs=1e-6)


def ten_logits(**how):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(10)])
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True), **how)
    return model


def test_lesson_04_says_that_label_10_of_ten_logits_is_refused():
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"\[0, 10\)"):
        ten_logits().fit(np.zeros((2, 3)), np.array([9, 10]), verbose=0)


def test_lesson_04_says_that_with_jit_compile_label_10_gives_nan_in_silence():
    history = ten_logits(jit_compile=True).fit(np.zeros((2, 3)), np.array([9, 10]), verbose=0)
    assert np.isnan(history.history["loss"][0])


def test_lesson_04_says_that_ten_sigmoids_want_one_hot_labels():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(10, "sigmoid")])
    model.compile("sgd", keras.losses.BinaryCrossentropy())
    with pytest.raises(ValueError, match="shape"):
        model.fit(np.zeros((2, 3)), np.array([3, 7]), verbose=0)
    model.fit(np.zeros((2, 3)), np.eye(10)[[3, 7]], verbose=0)


def test_lesson_04_says_that_no_to_all_ten_is_nine_tenths_right():
    metric = keras.metrics.BinaryAccuracy(threshold=0.5)
    assert float(metric(np.eye(10), np.zeros((10, 10)))) == pytest.approx(0.9)


# --- what Keras does with from_logits

TABLE = {  # binary cross-entropy and the two of many classes, with from_logits=True and with False
    "none": ("40.000 learns", "15.942 stuck", "40.000 learns", "16.118 stuck"),
    "sigmoid": ("40.000 learns, warns", "40.000 learns", "40.000 learns, warns", "40.000 learns"),
    "softmax": ("40.000 learns, warns", "40.000 learns, warns", "40.000 learns, warns", "40.000 learns"),
    "by hand": ("1.313 stuck", "15.942 stuck", "1.551 stuck", "16.118 stuck"),
}
X, Y = np.array([[40.0]]), np.array([[0.0]])


@pytest.mark.parametrize(("last", "expected"), TABLE.items())
def test_lesson_04_tells_what_each_activation_does_with_each_from_logits_and_each_loss(lesson, last, expected):
    def by_hand(z):
        return 1 / (1 + keras.ops.exp(-z)) if z.shape[-1] == 1 else keras.ops.exp(z) / keras.ops.sum(keras.ops.exp(z))

    activation = {"none": None, "by hand": by_hand}.get(last, last)
    binary, sparse = keras.losses.BinaryCrossentropy, keras.losses.SparseCategoricalCrossentropy
    cases = [(binary, 1, 0), (sparse, 3, 1), (keras.losses.CategoricalCrossentropy, 3, [0, 1, 0])]
    seen = [
        lesson["what_happens"](activation, kind(from_logits=told), units, label)
        for kind, units, label in cases
        for told in [True, False]
    ]
    assert tuple(seen) == (*expected, *expected[2:]), "one-hot labels give the second half again"


def test_lesson_04_prints_the_table_that_is_tested(lesson, capsys):
    exec(CELLS["table"], {**lesson})
    lines = capsys.readouterr().out.splitlines()
    assert [lines[0], lines[6]] == ["BinaryCrossentropy", "SparseCategoricalCrossentropy"]
    for row, (last, expected) in enumerate(TABLE.items(), start=2):
        for line, pair in [(lines[row], expected[:2]), (lines[row + 6], expected[2:])]:
            assert line == f"{last:10}{pair[0]:21}{pair[1]}"


def test_lesson_04_says_that_keras_warns_of_a_softmax_of_one_number_which_is_always_1():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, activation="softmax")])
    with pytest.warns(UserWarning, match="always return the value 1"):
        p = model.predict(np.array([[-40.0], [0.0], [3.0]]), verbose=0)
    assert p.tolist() == [[1.0]] * 3


def test_lesson_04_says_that_sigmoids_with_the_sparse_loss_do_not_sum_to_1():
    p = np.asarray(keras.activations.sigmoid(keras.ops.convert_to_tensor([[40.0, 0.0, 0.0]])))
    assert p.sum() == pytest.approx(2.0)


def ends_in(*layers, **how):
    """Return what evaluate says of a sure and wrong logit of 40 that goes through these layers."""
    model = keras.Sequential([keras.Input((1,)), *layers])
    model.compile("sgd", keras.losses.BinaryCrossentropy(), **how)
    return model.evaluate(X, Y, verbose=0)


@pytest.mark.parametrize("behind", [keras.layers.Rescaling(1.0), keras.layers.Reshape((1,))])
def test_lesson_04_says_that_a_layer_behind_the_sigmoid_hides_it(behind):
    assert ends_in(keras.layers.Activation("sigmoid")) == pytest.approx(40)
    assert ends_in(keras.layers.Activation("sigmoid"), behind) == pytest.approx(15.942, abs=5e-4)


def test_lesson_04_says_that_tensorflows_own_sigmoid_is_found_in_a_graph_and_not_eagerly():
    last = keras.layers.Activation(tf.nn.sigmoid)
    assert ends_in(last) == pytest.approx(40)
    assert ends_in(last, run_eagerly=True) == pytest.approx(15.942, abs=5e-4)
    assert ends_in(keras.layers.Activation("sigmoid"), run_eagerly=True) == pytest.approx(40)


def test_lesson_04_says_that_only_over_tensorflow_keras_looks_back():
    backends = Path(keras.__file__).parent / "src/backend"
    for name, looks in [("tensorflow", True), ("jax", False), ("torch", False)]:
        tree = ast.parse((backends / name / "nn.py").read_text("utf-8"))
        read = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        assert ("_keras_logits" in read) == looks, name


def test_lesson_04_says_that_predictions_have_no_past():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Activation("sigmoid")])
    p = model.predict(X, verbose=0)
    assert float(keras.losses.BinaryCrossentropy()(Y, p)) == pytest.approx(15.942, abs=5e-4)


def test_lesson_04_says_that_accuracy_cuts_one_logit_at_a_half_and_looks_for_the_largest_of_several():
    cut = keras.metrics.BinaryAccuracy(threshold=0.0, name="cut_at_0")
    z, y = np.array([[-2.0], [0.3], [0.4], [3.0]]), np.array([[0], [1], [1], [1]])
    several = np.array([[-3.0, -2.0, -5.0], [0.1, 0.3, 0.2], [9.0, 8.0, 7.0], [0.0, -1.0, 1.0]])
    for outputs, labels, loss, more, expected in [
        (z, y, keras.losses.BinaryCrossentropy(from_logits=True), [cut], {"accuracy": 0.5, "cut_at_0": 1.0}),
        (several, np.array([1, 1, 0, 0]), keras.losses.SparseCategoricalCrossentropy(True), [], {"accuracy": 0.75}),
    ]:
        model = keras.Sequential([keras.Input(outputs.shape[1:]), keras.layers.Identity()])
        model.compile(loss=loss, metrics=["accuracy", *more])
        measured = model.evaluate(outputs, labels, verbose=0, return_dict=True)
        assert expected.items() <= measured.items()


def test_lesson_04_says_that_a_string_or_a_bare_function_expects_probabilities():
    p, y = np.array([[0.2, 0.3, 0.5]]), np.array([2])
    by_name, function = "sparse_categorical_crossentropy", keras.losses.sparse_categorical_crossentropy
    for loss in [by_name, function, keras.losses.SparseCategoricalCrossentropy(reduction=None)]:
        assert np.asarray(keras.losses.get(loss)(y, p)) == pytest.approx([np.log(2)], rel=1e-5)


def test_lesson_04_says_that_the_squared_error_goes_silent_where_cross_entropy_speaks():
    z = tf.Variable([[-10.0]])
    slopes = []
    for loss in [keras.losses.BinaryCrossentropy(), keras.losses.MeanSquaredError()]:
        with tf.GradientTape() as tape:
            value = loss(tf.constant([[1.0]]), keras.ops.sigmoid(z))
        slopes.append(float(tape.gradient(value, z)[0, 0]))
    assert slopes == pytest.approx([-0.99995, -9.08e-5], rel=1e-2)


@pytest.mark.parametrize("k", [2, 3, 10])
def test_lesson_04_says_that_a_softmax_of_a_softmax_gives_no_class_more_than_e_over_e_plus_k_minus_1(k):
    sure = np.eye(k)[:1] * 1000
    twice = np.asarray(keras.ops.softmax(keras.ops.softmax(sure)))
    assert twice.max() == pytest.approx(np.e / (np.e + k - 1), rel=1e-5)


def test_lesson_04_says_that_the_squared_errors_slope_is_half_at_one_half():
    for z, times in [(0.0, 0.5), (-10.0, 9.08e-5)]:
        p = scipy.special.expit(z)
        assert 2 * p * (1 - p) == pytest.approx(times, rel=1e-3)


def test_lesson_04_derives_p_minus_y_from_the_loss_as_it_is_written(lesson):
    z, h = np.linspace(-9, 9, 19), 1e-5
    for y in (0, 1):
        slope = (lesson["loss_from_z"](y, z + h) - lesson["loss_from_z"](y, z - h)) / (2 * h)
        assert slope == pytest.approx(scipy.special.expit(z) - y, abs=1e-8)
        assert np.logaddexp(0, z) - y * z == pytest.approx(lesson["loss_from_z"](y, z)), "the first of the three lines"
    assert f"{scipy.special.expit(2.0):.3f}" == "0.881"
    assert f"{scipy.special.expit(10.0):.3f}" == "1.000"


def test_lesson_04_says_that_with_many_classes_keras_divides_by_the_sum_after_the_clip(lesson):
    sparse = keras.losses.SparseCategoricalCrossentropy()
    for outputs in [[-5.0] * 10, [0.5] * 3, [0.2, 0.1], [3.0, -1.0, 0.4]]:
        clipped = np.clip(np.array(outputs), 1e-7, 1 - 1e-7)
        expected = -np.log(clipped / clipped.sum())
        seen = [float(sparse(np.array([k]), np.array([outputs]))) for k in range(len(outputs))]
        assert seen == pytest.approx(expected, rel=1e-4, abs=1e-6)
    lines = kept_text(LESSON, "renormalised").splitlines()
    assert [line.split(": ")[1] for line in lines] == ["2.3026, 2.3026", "1.0986, 1.0986"]


@pytest.mark.slow
def test_lesson_04_says_that_raw_logits_of_ten_classes_end_near_the_loss_of_a_guess(runs):
    assert runs["logits, not told"][1][-1] == pytest.approx(np.log(10), abs=0.05)


@pytest.mark.parametrize(("last", "told"), [("sigmoid", False), ("sigmoid", True), (None, True)])
def test_lesson_04_says_what_its_table_of_other_machines_says_of_16_bits_and_of_float32(last, told):
    found = {}
    for policy in ("float32", "mixed_float16"):
        dense = keras.layers.Dense(1, last, kernel_initializer="ones", use_bias=False, dtype=policy)
        model = keras.Sequential([keras.Input((1,)), dense])
        model.compile(loss=keras.losses.BinaryCrossentropy(from_logits=told))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            x, y = np.array([[10.0], [20.0], [40.0]]), np.zeros((1, 1))
            found[policy] = [f"{model.evaluate(x[k : k + 1], y, verbose=0):.3f}" for k in range(3)]
    rows = [[cell.strip() for cell in row.split("|")[1:-1]] for row in CELLS["back-heading"].splitlines() if "|" in row]
    table = {(row[0], row[1], row[2]): row[3:] for row in rows[2:]}
    end, word = last or "none", f"`{told}`"
    wide = ["anywhere"] if last is None else ["TensorFlow, float32"]
    half = ["anywhere"] if last is None else ["anywhere, 16 bits" if not told else "everywhere else"]
    assert table[wide[0], end, word] == found["float32"]
    assert table[half[0], end, word] == found["mixed_float16"]


# --- the trainings


@pytest.fixture(scope="module")
def runs(lesson):
    exec(CELLS["table"] + "\n\n" + CELLS["four"], lesson)
    return lesson["runs"]


@pytest.mark.slow
def test_lesson_04_trains_the_network_of_the_page_and_both_right_pairs_are_one(lesson, runs):
    probabilities = keras.losses.sparse_categorical_crossentropy
    ends = [None, keras.activations.softmax, None, lesson["softmax_by_hand"]]
    losses = [lesson["told"], probabilities, probabilities, lesson["told"]]
    assert lesson["told"].get_config()["from_logits"] is True
    for (model, _, _), end, loss in zip(runs.values(), ends, losses, strict=True):
        assert model.layers[-1].activation is (end or keras.activations.linear)
        assert model.loss is loss
    for model, _, _ in runs.values():
        assert [layer.units for layer in model.layers[1:]] == [25, 15, 10]
    (_, one, _), (_, other, _) = list(runs.values())[:2]
    assert one == pytest.approx(other, rel=1e-3)


@pytest.mark.slow
def test_lesson_04_says_that_nearly_all_raw_outputs_leave_the_range_from_0_to_1(lesson, runs):
    outputs = runs["logits, not told"][0].predict(lesson["x_train"], verbose=0)
    assert np.mean((outputs > 0) & (outputs < 1)) < 0.05


@pytest.mark.slow
def test_lesson_04_says_below_what_a_softmax_called_logits_cannot_fall(runs):
    sure = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(np.array([3]), np.eye(10)[[3]])
    assert float(sure) == pytest.approx(np.log(np.e + 9) - 1) == pytest.approx(1.46, abs=5e-3)
    _, losses, accuracy = runs["softmax by hand, called logits"]
    assert min(losses) > float(sure)
    assert accuracy > 0.7, "respectable"


@pytest.mark.slow
def test_lesson_04_says_that_the_squared_error_stays_where_a_model_starts_sure_and_wrong(lesson):
    from sklearn.datasets import make_moons

    made = {**lesson, "make_moons": make_moons}
    exec(CELLS["moons-result"], made)
    moons, share = made["moons"], np.mean(made["y"][600:] == 0)
    cross, with_twice = moons["binary_crossentropy", 0.1], moons["mse", 0.2]
    assert with_twice[0] == pytest.approx(cross[0], abs=0.02), "level from an undecided start, with twice the rate"
    assert cross[1] == pytest.approx(cross[0], abs=0.03)
    for rate in (0.1, 0.2):
        assert moons["mse", rate][1] == pytest.approx(share, abs=1e-6), "all are still called class 0"


@pytest.mark.slow
def test_lesson_04_goes_back_to_probabilities_as_the_page_does(lesson, runs, capsys):
    exec(CELLS["back"], lesson)
    x = lesson["x_validation"]
    expected = scipy.special.softmax(runs["logits, told so"][0].predict(x, verbose=0), axis=-1)
    assert np.asarray(lesson["p"]) == pytest.approx(expected, abs=1e-6)
    assert np.sum(lesson["p"], axis=-1) == pytest.approx(1)
    assert tf.nn.softmax(lesson["model"](x)).numpy() == pytest.approx(expected, abs=1e-5)
    assert np.max(lesson["twice"]) <= np.e / (np.e + 9)


# --- the live figure


@pytest.mark.parametrize("y", [0, 1])
@pytest.mark.parametrize("z", [-30.0, -17.0, -16.0, 0.0, 0.5, 15.0, 15.5, 17.0, 30.0])
def test_the_points_of_the_loss_figure_are_keras_own_loss_and_slope(y, z):
    figure = figures.loss_explorer()
    figure.controls["label"].value = y
    figure.controls["z"].value = z
    logit = tf.Variable([[z]])
    expected = []
    for loss, last in [
        (keras.losses.BinaryCrossentropy(from_logits=True), lambda z: z),
        (keras.losses.BinaryCrossentropy(), lambda z: 1 / (1 + tf.exp(-z))),
    ]:
        with tf.GradientTape() as tape:
            value = loss(tf.constant([[float(y)]]), last(logit))
        expected += [float(value), float(tape.gradient(value, logit)[0, 0])]
    drawn = [point.get_xydata()[0] for point in figure.points]
    assert [at for at, _ in drawn] == [z] * 4
    # float32 near the clip: the last digit of 1 - p is worth 6 % of the slope
    assert [value for _, value in drawn] == pytest.approx(expected, rel=1e-3, abs=2e-7)
    assert f"y = {y}, z = {z:.1f}: from the logit loss {drawn[0][1]:.3f}" in figure.text


def test_the_curves_of_the_loss_figure_are_drawn_again_for_another_label_alone():
    figure = figures.loss_explorer()
    for z in (-30.0, 0.0, 30.0):
        figure.controls["z"].value = z
    assert figure.full_draws == 1
    figure.controls["label"].value = 1
    assert figure.full_draws == 2
    z, loss = figure.curves[0].get_data()
    assert loss == pytest.approx([exact(1, float(value)) for value in z])
    assert np.float32(keras.config.epsilon()) == losses.LOWEST
