"""Remarks on what the layers do with these rows, and orders of labels; beside each model a sound one that is near."""

import keras
import numpy as np
import pytest
from keras import layers, losses
from page_models import model, relu

from grader import diagnose

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(32, 4)).astype("float32"), RNG.integers(0, 2, 32)
PICTURES = RNG.random((8, 16, 16, 3)).astype("float32")
KINDS, PRICES = np.arange(32) % 3, RNG.normal(50, 20, 32)


def remarks(built, x, y):
    return " ".join(diagnose(built, x, y).remarks)


def pictures(*filters):
    stack = [layer for n in filters for layer in (layers.Conv2D(n, 3, activation="relu"), layers.MaxPooling2D())]
    built = keras.Sequential([keras.Input((16, 16, 3)), *stack, layers.Flatten(), layers.Dense(1, "sigmoid")])
    built.compile("adam", "binary_crossentropy")
    return built


@pytest.mark.parametrize("last", ["sigmoid", "tanh"])
def test_a_hidden_layer_at_the_ends_of_its_activation_is_worth_a_look_and_one_in_the_middle_is_not(last):
    def built():
        keras.utils.set_random_seed(0)
        return model(layers.Dense(8, last), layers.Dense(1), loss="mse", metrics=[])

    far = 1000 * X
    share = np.mean(
        np.abs(np.tanh((far @ np.asarray(built().layers[0].kernel)) / (2 if last == "sigmoid" else 1))) > 0.98
    )
    assert share > 0.9  # as NumPy has it
    assert f"of the ends of its {last}" in remarks(built(), far, PRICES)
    assert "of the ends" not in remarks(built(), X, PRICES)


def test_what_a_lambda_scales_is_not_said_to_be_far_from_0():
    def built(*first):
        return model(*first, layers.Dense(1, "sigmoid"), loss="binary_crossentropy", metrics=[])

    assert "no layer scales them" in remarks(built(), 255 * X, Y)
    assert "no layer scales them" in remarks(built(layers.Lambda(lambda t: t * 1.0)), 255 * X, Y)
    assert "no layer scales them" not in remarks(built(layers.Lambda(lambda t: t / 255)), 255 * X, Y)


def test_fewer_and_fewer_filters_are_worth_a_look_and_more_and_more_are_not():
    assert "have 8, 4 filters" in remarks(pictures(8, 4), PICTURES, Y[:8])
    assert "filters" not in remarks(pictures(4, 8), PICTURES, Y[:8])
    assert "filters" not in remarks(pictures(4, 4), PICTURES, Y[:8])


@pytest.mark.parametrize(("rate", "leaps"), [(0.5, True), (0.001, False)])
def test_a_rate_at_which_plain_sgd_leaps_is_told_and_a_training_shows_that_it_does(rate, leaps):
    keras.utils.set_random_seed(0)
    optimizer = keras.optimizers.SGD(rate)
    built = model(layers.Dense(16, "relu"), layers.Dense(1), loss="mse", metrics=[], optimizer=optimizer)
    assert ("plain SGD" in remarks(built, X[:16], PRICES[:16])) is leaps
    losses_seen = built.fit(X[:16], PRICES[:16], batch_size=16, epochs=6, verbose=0).history["loss"]
    assert (not max(losses_seen) <= 2 * losses_seen[0]) is leaps


def two_heads(loss):
    inputs = keras.Input((4,))
    hidden = layers.Dense(8, "relu")(inputs)
    heads = [layers.Dense(1, name="price")(hidden), layers.Dense(3, "softmax", name="kind")(hidden)]
    built = keras.Model(inputs, heads)
    built.compile("adam", loss)
    return built


SPARSE = "sparse_categorical_crossentropy"
ORDERS = {
    "labels": (["mse", SPARSE], [KINDS, PRICES], "y = [y[1], y[0]]"),
    "labels by name": (
        ["mse", SPARSE],
        {"price": KINDS, "kind": PRICES},
        "y = {'price': y['kind'], 'kind': y['price']}",
    ),
    "losses": ([SPARSE, "mse"], [PRICES, KINDS], "'kind': keras.losses.SparseCategoricalCrossentropy()"),
}


@pytest.mark.parametrize("name", ORDERS)
def test_labels_or_losses_in_another_order_than_the_outputs_are_told_and_put_right(name):
    loss, y, code = ORDERS[name]
    names = {"model": two_heads(loss), "y": y, "keras": keras, "numpy": np}
    found = diagnose(names["model"], X, y)
    assert "labels-do-not-fit-loss" in found.ids
    assert any("in another order than the outputs" in finding.change for finding in found.findings)
    assert code in found.code
    exec(found.code, names)
    assert diagnose(names["model"], X, names["y"]).ids == []
    price, kind = (keras.ops.convert_to_numpy(part).astype("float64") for part in names["model"](X))
    right = np.mean((price[:, 0] - PRICES) ** 2) - np.mean(np.log(kind[np.arange(32), KINDS]))
    measured = names["model"].evaluate(X, names["y"], verbose=0, batch_size=32)
    assert (measured[0] if isinstance(measured, list) else measured) == pytest.approx(right, rel=1e-4)


def test_one_wrong_label_of_two_outputs_is_no_matter_of_their_order():
    found = diagnose(two_heads(["mse", SPARSE]), X, [PRICES, KINDS + 1])
    assert found.ids == ["labels-do-not-fit-loss"]
    assert "order" not in found.findings[0].change


def test_a_temperature_behind_the_softmax_is_told_and_one_in_front_of_it_is_left_in_peace():
    def built(*last):
        return model(layers.Dense(8, "relu"), layers.Dense(3), *last, loss=losses.CategoricalCrossentropy(), metrics=[])

    cool, soft = layers.Rescaling(0.5), layers.Softmax()
    assert diagnose(built(soft, cool), X, np.eye(3)[KINDS]).ids == ["end-of-another-range"]
    assert diagnose(built(layers.Rescaling(0.5), layers.Softmax()), X, np.eye(3)[KINDS]).ids == []


KNOWS_NO_LOGITS = {
    "Dice": (losses.Dice(), layers.Dense(1), layers.Dense(1, "sigmoid"), "logits-with-probability-loss"),
    "CTC": (losses.CTC(), layers.Dense(5, "softmax"), layers.Dense(5), "probabilities-with-logits-loss"),
}


@pytest.mark.parametrize("name", KNOWS_NO_LOGITS)
def test_a_loss_without_from_logits_is_judged_by_what_it_takes_and_its_labels_are_said_to_be_unseen(name):
    loss, wrong, right, told = KNOWS_NO_LOGITS[name]
    assert diagnose(model(relu(), wrong, loss=loss, inputs=(6, 4))).ids == [told]
    found = diagnose(model(relu(), right, loss=loss, inputs=(6, 4)))
    assert found.ids == []
    assert f"whether the labels fit the loss {name.lower()}" in found.unseen
