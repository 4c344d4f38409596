"""What lesson 03b states of training, and its live figure; the lesson's own cells are what is tested."""

import figures
import numpy as np
import pytest
from figures import descent
from lesson_cells import cells, names

LESSON = "03b-training"
CELLS = cells(LESSON)


# --- the live figure


@pytest.mark.parametrize("rate", [0.1, 1.0, 1.5, 2.0, 2.2])
@pytest.mark.parametrize("steps", [0, 1, 20])
def test_the_way_of_the_figure_is_gradient_descent(rate, steps):
    figure = figures.descent_explorer()
    figure.controls["rate"].value, figure.controls["steps"].value = rate, steps
    w, loss = figure.way.get_data()
    assert len(w) == steps + 1
    slope = (descent.loss(w + 1e-6) - descent.loss(w - 1e-6)) / 2e-6
    assert w[1:] == pytest.approx((w - rate * slope)[:-1], rel=1e-6, abs=1e-6)
    assert loss == pytest.approx(descent.loss(w))
    assert f"weight {w[-1]:.3f}, loss {loss[-1]:.3f}" in figure.text
    assert figure.end.get_xydata()[0] == pytest.approx([w[-1], loss[-1]])
    assert figure.full_draws == 1


def test_lesson_03b_says_what_each_learning_rate_does_to_the_loss_of_its_figure():
    away = {rate: np.abs(descent.descend(rate, 20) - descent.LOWEST) for rate in (0.3, 1.0, 1.7, 2.0, 2.2)}
    assert away[1.0][1] == 0
    for rate in (0.3, 1.7):
        assert np.all(np.diff(away[rate]) < 0)
    assert away[2.0] == pytest.approx([away[2.0][0]] * 21)
    assert np.all(np.diff(away[2.2]) > 0)
    assert np.all(np.diff(np.sign(descent.descend(1.7, 20) - descent.LOWEST)) != 0), "it jumps over the lowest point"


# --- the training

trained = pytest.mark.slow


@pytest.fixture(scope="module")
def lesson():
    return names(LESSON, ["imports", "data", "model", "compile", "backpropagation", "fit", "evaluate"])


@trained
def test_lesson_03b_says_how_many_weights_the_two_layers_have(lesson):
    assert [layer.count_params() for layer in lesson["build"]().layers] == [2 * 16 + 16, 16 + 1] == [48, 17]


@trained
def test_lesson_03b_says_that_a_step_moves_each_weight_against_its_slope(lesson):
    tf, model = lesson["tf"], lesson["compiled"](0.5)
    x, y = lesson["x_train"], lesson["y_train"]
    before = model.get_weights()
    with tf.GradientTape() as tape:
        value = lesson["loss"](y, model(x))
    slopes = tape.gradient(value, [weight.value for weight in model.trainable_weights])
    model.fit(x, y, batch_size=600, epochs=1, verbose=0)
    for weights, start, slope in zip(model.get_weights(), before, slopes, strict=True):
        assert weights == pytest.approx(start - 0.5 * slope.numpy(), abs=1e-5)


@trained
def test_lesson_03b_says_that_backpropagation_finds_what_nudging_finds(lesson):
    assert float(lesson["nudged"]) == pytest.approx(float(lesson["slopes"][0, 0]), abs=2e-3)


@trained
def test_lesson_03b_says_that_19_batches_hold_600_examples(lesson):
    assert lesson["history"].params["steps"] == 19 == -(-600 // 32)
    assert 18 * 32 + 24 == 600
    assert set(lesson["history"].history) == {"loss", "accuracy", "val_loss", "val_accuracy"}


@trained
def test_lesson_03b_says_that_evaluate_and_predict_move_no_weight(lesson):
    model = lesson["model"]
    before = model.get_weights()
    assert len(model.evaluate(lesson["x_validation"], lesson["y_validation"], verbose=0)) == 2
    assert model.predict(lesson["x_validation"], verbose=0).shape == (400, 1)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


@trained
def test_lesson_03b_says_which_learning_rate_is_too_small_and_which_too_large(lesson):
    losses = {}
    for rate in (0.005, 0.5, 20.0):
        about = {"epochs": 20, "verbose": 0}
        losses[rate] = lesson["compiled"](rate).fit(lesson["x_train"], lesson["y_train"], **about).history["loss"]
        assert f"{rate}" in CELLS["rates"]
    assert np.all(np.diff(losses[0.005]) < 0)
    assert losses[0.005][-1] > 1.3 * losses[0.5][-1]
    assert losses[20.0][0] > 2 * np.log(2), "far above a guess"
    assert min(losses[20.0]) > 1.3 * losses[0.5][-1]
    assert np.any(np.diff(losses[20.0]) > 0)
