"""What lesson 07 states of today's Keras and of the digits, and its two figures; the lesson's own cells are tested."""

import math
import threading
import time

import figures
import numpy as np
import pytest
import scipy.special
from figures.training import CURVES
from lesson_cells import cells, names

pytestmark = pytest.mark.slow  # its trainings take long

LESSON = "07-digits"
CELLS = cells(LESSON)


@pytest.fixture(scope="module")
def lesson():
    """The names of the lesson's cells that define and do not train."""
    return names(LESSON, ["imports", "digits", "two-endings", "network", "few", "train-on-few"])


@pytest.fixture(scope="module")
def keras(lesson):
    return lesson["keras"]


@pytest.fixture(scope="module")
def flat(lesson):
    return lesson["x_train"].reshape(-1, 64)


@pytest.fixture(scope="module")
def small(lesson):
    """The lesson's small network with logits, trained, and its 100 losses."""
    return lesson["train_small"]("linear", True)


# --- ten outputs, two endings


def test_lesson_07_says_that_both_endings_train_alike_and_that_train_on_batch_is_an_epoch_of_fit(lesson, small, flat):
    _, expected = small
    assert lesson["train_small"]("softmax", False)[1] == pytest.approx(expected, abs=1e-3)
    assert expected[0] == pytest.approx(np.log(10), abs=0.3)
    assert len(expected) == 100
    assert min(expected) < 0.1
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(lesson, "range", lambda n: [])
        model, nothing = lesson["train_small"]("linear", True)
    assert nothing == []
    history = model.fit(flat, lesson["y_train"], epochs=6, batch_size=len(flat), verbose=0).history
    assert history["loss"] == pytest.approx(expected[:6], abs=1e-4)


def test_lesson_07_says_that_where_no_optimizer_is_named_keras_takes_rmsprop(keras):
    model = keras.Sequential([keras.Input((64,)), keras.layers.Dense(10, activation="softmax")])
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy())
    assert type(model.optimizer) is keras.optimizers.RMSprop


def sure_of_the_first(keras, last):
    """Return a model whose logits are 40 and nine times 0, with these last layers after them."""
    model = keras.Sequential([keras.Input((1,)), *last])
    model.layers[0].set_weights([np.zeros((1, 10)), np.eye(10)[0] * 40])
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy())
    return model


def test_lesson_07_says_that_keras_finds_the_logits_of_a_plain_last_softmax_only(keras):
    def by_hand(z):
        e = keras.ops.exp(z - keras.ops.max(z, axis=-1, keepdims=True))
        return e / keras.ops.sum(e, axis=-1, keepdims=True)

    dense, x, y = keras.layers.Dense, np.ones((1, 1)), np.array([1])
    plain = sure_of_the_first(keras, [dense(10, activation="softmax")]).evaluate(x, y, verbose=0)
    hidden = sure_of_the_first(keras, [dense(10, activation=by_hand)]).evaluate(x, y, verbose=0)
    followed = [dense(10, activation="softmax"), keras.layers.Rescaling(1.0)]
    assert plain == pytest.approx(40, rel=1e-4)
    assert hidden == pytest.approx(-math.log(1e-7), rel=1e-3)
    assert sure_of_the_first(keras, followed).evaluate(x, y, verbose=0) == pytest.approx(hidden)


def test_lesson_07_says_that_keras_and_tensorflow_compute_the_same_softmax(keras):
    import tensorflow as tf

    z = np.random.default_rng(0).normal(0, 5, (20, 10)).astype("float32")
    for softmax in (keras.ops.softmax, tf.nn.softmax):
        p = np.array(softmax(z))
        assert p == pytest.approx(scipy.special.softmax(z.astype(float), axis=1), rel=1e-4, abs=1e-9)
        assert np.array_equal(p.argmax(axis=1), z.argmax(axis=1))


# --- labels from 0


def test_lesson_07_says_that_label_10_of_ten_outputs_raises_on_a_cpu(lesson, small, flat):
    model, _ = small
    few, labels = flat[:32], lesson["y_train"][:32] + 1
    assert labels.max() == 10
    for step in (model.train_on_batch, model.test_on_batch):
        with pytest.raises(Exception, match=r"label value of 10 which is outside the valid range of \[0, 10\)"):
            step(few, labels)


def test_lesson_07_says_that_label_10_is_nan_in_silence_with_jit_compile(lesson, small, flat, recwarn):
    model = lesson["keras"].models.clone_model(small[0])
    model.compile("adam", loss=lesson["losses"].SparseCategoricalCrossentropy(from_logits=True), jit_compile=True)
    assert np.isnan(model.evaluate(flat[:32], lesson["y_train"][:32] + 1, verbose=0))
    assert np.isfinite(model.evaluate(flat[:32], lesson["y_train"][:32], verbose=0))
    assert len(recwarn) == 0


def test_lesson_07_says_that_labels_one_too_large_are_accepted_where_there_was_no_nine(lesson, small, flat):
    model, _ = small
    below = lesson["y_train"] < 9
    assert np.isfinite(model.test_on_batch(flat[below], lesson["y_train"][below] + 1))


# --- the network


def test_lesson_07_says_how_many_parameters_the_network_has_here_and_on_mnist(lesson):
    assert lesson["build"](0.2).count_params() == 64 * 128 + 128 + 128 * 10 + 10 == 9610
    assert lesson["build"](0.2, shape=(28, 28)).count_params() == 101_770


def test_lesson_07_says_that_a_dense_layer_costs_the_product_of_its_sizes(keras):
    def weights(inputs, units):
        layer = keras.layers.Dense(units, use_bias=False)
        layer.build((None, inputs))
        return layer.count_params()

    assert [weights(n, n) for n in (64, 128, 256, 512)] == [4096, 16384, 65536, 262144]
    assert weights(64, 256) == 2 * weights(64, 128)


# --- dropout


@pytest.mark.parametrize("rate", [0.2, 0.5])
def test_lesson_07_says_that_the_rate_is_dropped_in_training_only_and_the_rest_scaled(keras, rate):
    dropout, ones = keras.layers.Dropout(rate, seed=1), np.ones((100, 1000), "float32")
    first, second = np.array(dropout(ones, training=True)), np.array(dropout(ones, training=True))
    assert np.unique(first) == pytest.approx([0, 1 / (1 - rate)])
    assert (first == 0).mean() == pytest.approx(rate, abs=0.01)
    assert first.mean() == pytest.approx(1, abs=0.01)
    assert not np.array_equal(first, second)
    assert np.array_equal(dropout(ones), ones)


def test_lesson_07_says_that_predict_and_evaluate_drop_nothing(lesson):
    model, x, y = lesson["build"](0.5), lesson["x_train"][:64], lesson["y_train"][:64]
    p = model.predict(x, verbose=0)
    (w1, b1), (w2, b2) = (model.layers[k].get_weights() for k in (1, 3))
    expected = scipy.special.softmax(np.maximum(0, x.reshape(-1, 64) @ w1 + b1) @ w2 + b2, axis=1)
    assert p == pytest.approx(expected, abs=1e-5)
    loss, accuracy = model.evaluate(x, y, verbose=0)
    assert loss == pytest.approx(-np.log(expected[np.arange(64), y]).mean(), abs=1e-4)
    assert accuracy == pytest.approx((expected.argmax(axis=1) == y).mean())


def test_lesson_07_says_that_dropout_saves_no_computing_and_no_parameters(lesson):
    import tensorflow as tf

    def operations(rate):
        model = lesson["build"](rate)
        assert model.count_params() == 9610
        assert np.all(model.layers[-1].get_weights()[0])
        x = tf.TensorSpec((32, 8, 8))
        return tf.function(lambda x: model(x, training=True)).get_concrete_function(x).graph.get_operations()

    def multiplied(ops):
        return [[tuple(put.shape) for put in op.inputs] for op in ops if op.type == "MatMul"]

    without, half = operations(0.0), operations(0.5)
    assert multiplied(half) == multiplied(without) == [[(32, 64), (64, 128)], [(32, 128), (128, 10)]]
    assert len(half) > len(without), "drawing and applying the mask comes on top"


# --- what the log, evaluate and the curves hold


def test_lesson_07_says_that_the_log_counts_batches_of_32(lesson, capsys):
    model = lesson["build"](0.2)
    history = model.fit(lesson["x_train"], lesson["y_train"], verbose=1)
    assert "45/45" in capsys.readouterr().out
    assert history.params["steps"] == math.ceil(1437 / 32) == 45
    assert (math.ceil(60_000 / 32), math.ceil(10_000 / 32)) == (1875, 313)
    assert "walks through all 60,000 images" in " ".join(CELLS["five-heading"].split())


@pytest.fixture(scope="module")
def four_trainings(lesson):
    """Models after ten epochs, by rate and seed."""
    models = {}
    for rate in (0.0, 0.2):
        for seed in (0, 1):
            lesson["keras"].utils.set_random_seed(seed)
            model = models[rate, seed] = lesson["build"](rate)
            about = {"metrics": ["accuracy"], "steps_per_execution": 45}  # the same training in less time
            model.compile("adam", loss="sparse_categorical_crossentropy", **about)
            model.fit(lesson["x_train"], lesson["y_train"], epochs=10, verbose=0)
    return models


@pytest.mark.slow
def test_lesson_07_says_that_with_and_without_dropout_validation_lies_within_02(lesson, four_trainings):
    held_out = lesson["x_validation"], lesson["y_validation"]
    accuracies = [model.evaluate(*held_out, verbose=0)[1] for model in four_trainings.values()]
    assert max(accuracies) - min(accuracies) < 0.02
    assert min(accuracies) > 0.93


@pytest.mark.slow
def test_lesson_07_says_that_training_is_logged_with_dropout_on(lesson, four_trainings):
    data = lesson["x_train"], lesson["y_train"]
    for (rate, _), model in four_trainings.items():
        model.optimizer.learning_rate = 0.0  # so that nothing but the dropout can make a difference
        logged = model.fit(*data, verbose=0).history
        loss, accuracy = model.evaluate(*data, verbose=0)
        if rate:
            assert (logged["accuracy"][0], -logged["loss"][0]) < (accuracy, -loss)
        else:
            assert (logged["accuracy"][0], logged["loss"][0]) == pytest.approx((accuracy, loss), abs=1e-5)


# --- the confusion matrix


def test_lesson_07_says_that_rows_are_true_classes(lesson):
    matrix = lesson["confusion_matrix"]([0, 0, 1, 2, 2, 2], [0, 1, 1, 2, 2, 0])
    assert matrix.tolist() == [[1, 1, 0], [0, 1, 0], [1, 0, 2]]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 2])
def test_lesson_07_says_that_8_is_hardest_and_that_8_and_1_are_confused_most_with_other_halves_too(
    lesson, monkeypatch, seed
):
    rng = np.random.default_rng(seed)
    monkeypatch.setattr(np.random, "default_rng", lambda seed: rng)
    namespace = dict(lesson)
    exec(CELLS["two-halves"], namespace)
    matrix = lesson["confusion_matrix"](namespace["y"], namespace["y_pred"])
    both, wrong = np.triu(matrix + matrix.T, 1), matrix.sum(axis=1) - matrix.diagonal()
    assert 50 < wrong.sum() < 100
    assert divmod(int(both.argmax()), 10) == (1, 8)
    assert matrix[9, 4] == 0
    assert matrix[9, [3, 5, 8]].sum() > matrix[9, [7, 4]].sum()
    if seed == 0:  # the lesson's own halves
        assert wrong[8] == wrong.max() > wrong[9]
        assert matrix[8, 1] == np.sort(matrix[~np.eye(10, dtype=bool)])[-1]


@pytest.mark.slow
def test_lesson_07_finds_nines_taken_for_4_7_and_3_on_mnist(lesson, monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    namespace = dict(lesson)
    exec(CELLS["two-halves"].split("\n\n\nx = ")[0] + "\n\n" + CELLS["mnist"].rsplit("\n", 1)[0], namespace)
    matrix, share = namespace["matrix"], np.mean(namespace["taken"] == namespace["numbers"])
    assert matrix.sum() == 10_000
    assert 0.91 < share < 0.95
    assert set(np.argsort(matrix[9])[:-5:-1]) == {9, 4, 7, 3}
    assert list(tmp_path.iterdir()) == [], "nothing is downloaded"


# --- when to stop


def test_lesson_07_says_that_the_lowest_validation_loss_is_near_epoch_17_and_that_place_16_is_epoch_17(lesson):
    full = lesson["train_on_few"](0.0, epochs=40)
    assert abs(int(np.argmin(full[1])) + 1 - 17) <= 4
    assert full[:, :17] == pytest.approx(lesson["train_on_few"](0.0, epochs=17), abs=1e-3)


def test_lesson_07_says_what_50_wrong_labels_do_from_another_start(lesson, keras, monkeypatch):
    seed = keras.utils.set_random_seed
    monkeypatch.setattr(keras.utils, "set_random_seed", lambda _: seed(1))
    loss, validation_loss, accuracy, validation_accuracy = lesson["train_on_few"](0.0, epochs=40)
    dropped = lesson["train_on_few"](0.5, epochs=40)
    best = int(np.argmin(validation_loss))
    assert 10 <= best + 1 <= 25
    assert validation_loss[-1] > validation_loss[best] + 0.05
    assert loss[-1] < loss[best]
    assert validation_accuracy[best] > validation_accuracy[-1] + 0.05
    assert dropped[3, -1] > validation_accuracy[-1] + 0.05
    assert dropped[3, -1] == pytest.approx(validation_accuracy[best], abs=0.06)
    assert dropped[2, -1] < accuracy[-1], "fewer of the wrong labels are learned"


def test_lesson_07_says_that_its_learning_rate_is_ten_times_the_usual_one(keras):
    assert float(keras.optimizers.Adam().learning_rate) == pytest.approx(0.001)


def test_lesson_07_says_that_early_stopping_stops(lesson, keras):
    model, data = lesson["build"](0.0), (lesson["x_train"][:64], lesson["y_train"][:64])
    model.optimizer.learning_rate = 0.0
    stop = keras.callbacks.EarlyStopping("val_loss", patience=1)
    history = model.fit(*data, epochs=9, validation_data=data, callbacks=[stop], verbose=0).history
    assert len(history["loss"]) == 2


# --- the live figure of the confusion matrix


def confusions():
    y = np.repeat(np.arange(3), 20)
    y_pred = y.copy()
    y_pred[:14] = 2  # fourteen zeros taken for two
    images = np.linspace(0, 1, 60)[:, None, None] * np.ones((60, 8, 8))
    return images, y, y_pred


@pytest.mark.parametrize(("true", "taken", "count"), [(0, 0, 6), (0, 2, 14), (1, 1, 20), (2, 0, 0), (2, 2, 20)])
def test_the_frame_the_images_and_the_text_are_those_of_the_entry(true, taken, count):
    images, y, y_pred = confusions()
    figure = figures.confusion_explorer(images, y, y_pred, true=1, taken=1)
    figure.controls["true"].value, figure.controls["taken"].value = true, taken
    assert figure.frame.get_xy() == pytest.approx((taken - 0.45, true - 0.45))
    assert figure.text.startswith(f"true digit {true}, taken for {taken}: {count} of 20; ")
    assert (f"{min(count, 12)} of these {count} are shown" if count else "nothing") in figure.text
    alpha = figure.sheet.get_array()[..., 3]
    expected = images[(y == true) & (y_pred == taken)][:12]
    tiles = [alpha[9 * r : 9 * r + 8, 9 * c : 9 * c + 8] for r in range(3) for c in range(4)]
    assert np.array(tiles[: len(expected)]) == pytest.approx(expected) if len(expected) else True
    assert not np.any(tiles[len(expected) :])
    assert figure.full_draws == 1


def test_the_counts_are_written_with_true_digits_in_rows():
    figure = figures.confusion_explorer(*confusions(), true=0, taken=2)
    written = {text.get_position(): text.get_text() for text in figure.axes[0].texts}
    assert written[2, 0] == "14"
    assert written[0, 2] == "·"
    assert figure.matrix.tolist() == [[6, 0, 14], [0, 20, 0], [0, 0, 20]]
    assert figure.axes[0].yaxis_inverted(), "row 0 is at the top"


def test_probabilities_in_place_of_labels_are_refused():
    images, y, _ = confusions()
    with pytest.raises(ValueError, match="decide for a class"):
        figures.confusion_explorer(images, y, np.full(60, 0.5))
    with pytest.raises(ValueError, match="every image"):
        figures.confusion_explorer(images, y, y[:5])


# --- the live figure of a training


class Steps:
    """In place of a model: as many epochs as asked, each as long as told, calling back as Keras does."""

    def __init__(self, seconds=0.01, fail_at=None):
        self.seconds, self.fail_at, self.stop_training, self.fits = seconds, fail_at, False, 0

    def fit(self, x, y, epochs, validation_data, verbose, callbacks):
        self.fits += 1
        callbacks[0].set_model(self)
        for epoch in range(epochs):
            time.sleep(self.seconds)
            if epoch == self.fail_at:
                raise FloatingPointError("no more numbers")
            callbacks[0].on_train_batch_end(0)
            callbacks[0].on_epoch_end(epoch, {name: 1 / (epoch + k + 2) for k, name in enumerate(CURVES)})
            if self.stop_training:
                return


def explorer(build, rate=0.2, epochs=20):
    data = np.zeros((4, 8, 8)), np.zeros(4, int)
    figure = figures.training_explorer(build, data, data)
    figure.controls["rate"].value, figure.controls["epochs"].value = rate, epochs
    return figure


def drawn(figure, name):
    return figure.lines[name].get_xydata()


def test_nothing_trains_before_the_button_is_pressed():
    figure = explorer(lambda rate: pytest.fail("a model was built"), rate=0.3, epochs=7)
    before = threading.active_count()
    figure._repr_mimebundle_()
    assert threading.active_count() == before
    assert (figure.redraws, figure.training) == (0, False)
    assert figure.text == "dropout 0.3, 7 epochs; nothing has been trained yet: choose and press Train"


@pytest.mark.slow
def test_the_curves_are_the_history_that_fit_returns(lesson):
    x, y = lesson["x_train"][:300], lesson["y_train"][:300]
    figure = figures.training_explorer(lesson["build"], (x, y), (x, y), seed=0)
    figure.controls["rate"].value, figure.controls["epochs"].value = 0.4, 3
    figure.start_button.click()
    assert figure.start_button.disabled
    assert not figure.stop_button.disabled
    figure.wait(120)
    history = figure.model.history.history
    assert {name: len(values) for name, values in figure.history.items()} == dict.fromkeys(CURVES, 3)
    for name in CURVES:
        assert figure.history[name] == pytest.approx(history[name])
        assert drawn(figure, name) == pytest.approx(np.column_stack([[1, 2, 3], history[name]]))
    assert figure.model.layers[2].rate == 0.4
    assert figure.text.startswith("dropout 0.4, done after epoch 3 of 3: training accuracy ")
    assert f"validation accuracy {history['val_accuracy'][-1]:.3f}" in figure.text
    assert f"training accuracy {history['accuracy'][-1]:.3f}" in figure.text
    assert figure.view.now["text"] == figure.text
    assert (figure.start_button.disabled, figure.stop_button.disabled) == (False, True)
    keras = lesson["keras"]
    keras.utils.set_random_seed(0)
    again = lesson["build"](0.4).fit(x, y, epochs=3, validation_data=(x, y), verbose=0).history
    assert figure.history["loss"] == pytest.approx(again["loss"], abs=1e-5), "the seed is honoured in the thread"


def test_a_training_draws_at_most_four_times_a_second():
    figure, times = explorer(lambda rate: Steps(0.02), epochs=40), []
    refresh = figure.refresh

    def timed(change=None):
        times.append(time.monotonic())
        refresh(change)

    figure.refresh = timed
    figure.start()
    figure.wait(60)
    assert len(figure.history["loss"]) == 40
    assert figure.redraws == len(times) >= 3
    assert np.diff(times).min() >= 0.95 * figure.pause
    assert len(drawn(figure, "loss")) == 40, "the last picture shows all of it"
    assert figure.full_draws == 2, "once for 20 epochs and once for 40, not once an epoch"


def test_stop_ends_a_training_after_the_epoch_it_is_in():
    figure = explorer(lambda rate: Steps(0.05), epochs=40)
    figure.start()
    while len(figure.history["loss"]) < 2:
        time.sleep(0.01)
    figure.stop_button.click()
    figure.wait(60)
    done = len(figure.history["loss"])
    assert 2 <= done <= 4
    assert f"stopped after epoch {done} of 40: training accuracy" in figure.text
    assert (figure.start_button.disabled, figure.stop_button.disabled) == (False, True)


@pytest.mark.slow
def test_stop_ends_a_training_of_keras_in_the_midst_of_an_epoch(lesson):
    x, y = lesson["x_train"], lesson["y_train"]
    figure = figures.training_explorer(lesson["build"], (x, y), (x[:50], y[:50]))
    figure.controls["epochs"].value = 40
    figure.start()
    while not figure.history["loss"]:
        time.sleep(0.01)
    figure.stop()
    figure.wait(60)
    assert 1 <= len(figure.history["loss"]) < 40
    assert figure.error is None


def test_train_does_nothing_while_a_training_runs():
    built = []
    figure = explorer(lambda rate: built.append(rate) or Steps(0.02), rate=0.1, epochs=10)
    figure.start()
    thread = figure._thread
    figure.controls["rate"].value = 0.5
    figure.start()
    figure.start_button.click()
    assert figure._thread is thread
    figure.wait(60)
    assert (built, figure.model.fits, len(figure.history["loss"])) == ([0.1], 1, 10)


def test_sliders_answer_during_a_training_and_choose_the_next_one():
    figure = explorer(lambda rate: Steps(0.05), rate=0.1, epochs=8)
    figure.start()
    figure.controls["epochs"].value = 30
    for rate in (0.0, 0.4, 0.8):
        figure.controls["rate"].value = rate
        assert figure.training
        assert figure.text.startswith("dropout 0.1, ")
        assert figure.text.endswith(f"next: dropout {rate:.1f}, 30 epochs")
    figure.wait(60)
    assert "done after epoch 8 of 8" in figure.text
    assert figure.axes[0].get_xlim() == (0.5, 8.5)


def test_the_run_before_stays_as_a_dotted_line():
    figure = explorer(lambda rate: Steps(0.001), epochs=5)
    figure.start()
    figure.wait(60)
    first = figure.history["val_loss"]
    figure.controls["epochs"].value = 3
    figure.start()
    figure.wait(60)
    assert list(figure.old["val_loss"].get_ydata()) == first
    assert len(drawn(figure, "val_loss")) == 3


@pytest.mark.parametrize("build", [lambda rate: Steps(0.001, fail_at=2), lambda rate: 1 / 0], ids=["fit", "build"])
def test_an_error_in_the_thread_is_shown_and_raised_again(build, monkeypatch):
    seen = []
    monkeypatch.setattr(threading, "excepthook", lambda about: seen.append(about.exc_type))
    figure = explorer(build, epochs=5)
    figure.start()
    with pytest.raises(ArithmeticError) as raised:
        figure.wait(60)
    assert seen == [type(raised.value)]
    assert f"the training failed: {type(raised.value).__name__}: {raised.value}" in figure.text
    assert figure.view.now["text"] == figure.text
    assert (figure.training, figure.start_button.disabled) == (False, False)


def test_a_training_after_a_failed_one_starts_afresh(monkeypatch):
    monkeypatch.setattr(threading, "excepthook", lambda about: None)
    models = [Steps(0.001, fail_at=0), Steps(0.001)]
    figure = explorer(lambda rate: models.pop(0), epochs=2)
    figure.start()
    with pytest.raises(FloatingPointError):
        figure.wait(60)
    figure.start()
    figure.wait(60)
    assert figure.error is None
    assert "done after epoch 2 of 2" in figure.text


def test_waiting_too_short_says_so():
    figure = explorer(lambda rate: Steps(0.1), epochs=4)
    figure.start()
    with pytest.raises(TimeoutError):
        figure.wait(0.05)
    figure.wait(60)


def test_every_control_of_lesson_07_has_a_label_and_no_figure_is_in_pyplot():
    import matplotlib.pyplot as plt

    training, confusion = explorer(lambda rate: Steps()), figures.confusion_explorer(*confusions(), true=0, taken=0)
    buttons = [training.start_button, training.stop_button]
    assert all(widget.description for widget in [*training.controls.values(), *confusion.controls.values(), *buttons])
    assert plt.get_fignums() == []
