"""What lesson 08 states of today's Keras and of its own base; the lesson's own cells are what is tested."""

import inspect
import json
import math
import os
import re
from pathlib import Path

import figures
import h5py
import numpy as np
import pytest
import scipy.special
from conftest import ROOT
from lesson_cells import cells, names

pytestmark = pytest.mark.slow  # models are trained

LESSON = "08-transfer"
CELLS = cells(LESSON)
RUN = ["imports", "base", "pairs", "pooling", "freeze", "new-model"]
DEFINING = ["train-page", "slopes", "repair", "late", "compile-again"]  # each defines a function, then uses it


@pytest.fixture(scope="module")
def lesson():
    """The names that the lesson's cells make without training anything."""
    namespace = names(LESSON, RUN)
    for id_ in DEFINING:
        exec(CELLS[id_].split("\n\n\n")[0], namespace)  # the definition, without what stands below it
    return namespace


@pytest.fixture(scope="module")
def keras():
    import keras

    return keras


def weights_of(layer):
    return np.concatenate([np.ravel(weight) for weight in layer.get_weights()])


# --- the base


def test_the_base_of_lesson_08_is_small_and_made_of_plain_float32_arrays():
    from data.bases import DIGIT_BASE, digit_base

    assert DIGIT_BASE.stat().st_size < 200_000
    with np.load(DIGIT_BASE, allow_pickle=False) as arrays:
        assert {array.dtype for array in arrays.values()} == {np.dtype("float32")}
        assert sum(array.size for array in arrays.values()) == digit_base().count_params() == 23_296


def test_the_base_of_lesson_08_was_trained_on_0_to_4_alone_and_its_features_tell_them_apart(keras):
    from data import train_digit_base
    from data.bases import digit_base
    from sklearn.linear_model import LogisticRegression

    x, y, x_held_out, y_held_out = train_digit_base.split()
    assert set(y) == set(y_held_out) == {0, 1, 2, 3, 4}
    assert len(x) == 676, "the images that the lesson says it has seen"
    maps = [np.asarray(digit_base()(images)) for images in (x, x_held_out)]
    assert maps[0].mean() == pytest.approx(train_digit_base.MEAN_FEATURE, rel=0.01)
    linear = LogisticRegression(C=100, max_iter=2000).fit(maps[0].mean(axis=(1, 2)), y)
    assert linear.score(maps[1].mean(axis=(1, 2)), y_held_out) > 0.95


def test_the_script_that_trained_the_base_still_runs(monkeypatch, tmp_path, capsys):
    from data import train_digit_base
    from data.bases import digit_base

    monkeypatch.setattr(train_digit_base, "EPOCHS", 1)
    monkeypatch.setattr("sys.argv", ["train_digit_base", str(tmp_path / "base.npz")])
    train_digit_base.main()
    with np.load(tmp_path / "base.npz", allow_pickle=False) as arrays:
        assert {path: a.shape for path, a in arrays.items()} == {w.path: w.shape for w in digit_base().weights}
    assert "held-out images of 0 to 4" in capsys.readouterr().out


def test_lesson_08_says_that_pooling_is_the_mean_of_each_map_and_has_no_weights(lesson, keras):
    maps = np.random.default_rng(0).normal(size=(5, 4, 4, 7)).astype("float32")
    pooling = keras.layers.GlobalAveragePooling2D()
    assert np.asarray(pooling(maps)) == pytest.approx(maps.mean(axis=(1, 2)), abs=1e-6)
    assert pooling.count_params() == 0


def test_lesson_08_says_that_33_weights_train_on_a_frozen_base_and_that_the_end_is_a_logit(lesson, keras):
    model = lesson["new_model"]()
    assert lesson["count"](model.trainable_weights) == 32 + 1
    assert lesson["count"](model.non_trainable_weights) == 23_296
    assert model.layers[-1].activation is keras.activations.linear


# --- the page's compile


def test_lesson_08_says_that_lr_is_refused_and_that_tf_train_has_no_adam(keras):
    import tensorflow as tf

    with pytest.raises(ValueError, match="'lr'"):
        keras.optimizers.RMSprop(lr=1e-4)
    assert not hasattr(tf.train, "AdamOptimizer")
    assert float(keras.optimizers.RMSprop(learning_rate=1e-4).learning_rate) == pytest.approx(1e-4)


@pytest.mark.parametrize("label", [0.0, 1.0])
def test_lesson_08_says_that_the_probability_loss_is_flat_outside_0_and_1(lesson, keras, label):
    outside, inside = [-100.0, -6.0, -1e-3, 0.0, 1.0, 1.001, 6.0], [1e-3, 0.01, 0.5, 0.9, 0.999]
    loss = keras.losses.binary_crossentropy
    assert not np.any(lesson["slopes"](loss, outside, label))
    p = np.array(inside)
    assert lesson["slopes"](loss, inside, label) == pytest.approx(-1 / p if label else 1 / (1 - p), rel=1e-3)


@pytest.mark.parametrize("label", [0.0, 1.0])
def test_lesson_08_says_that_the_slope_from_logits_is_probability_minus_label(lesson, keras, label):
    z = [-8.0, -3.0, 0.0, 0.5, 6.0]
    slopes = lesson["slopes"](lambda y, z: keras.losses.binary_crossentropy(y, z, from_logits=True), z, label)
    assert slopes == pytest.approx(scipy.special.expit(z) - label, abs=1e-6)
    assert np.all(np.abs(slopes) <= 1)


def test_lesson_08_says_that_the_loss_given_by_its_name_takes_raw_outputs_for_clipped_probabilities(lesson):
    model, x, y = lesson["new_model"](), lesson["x_test"], lesson["y_test"]
    model.compile(loss="binary_crossentropy")
    p = np.clip(np.asarray(model(x), dtype=float)[:, 0], 1e-7, 1 - 2.0**-23)
    expected = -np.log(np.where(y == 1, p, 1 - p)).mean()
    assert model.evaluate(x, y, verbose=0) == pytest.approx(expected, rel=1e-3)


def test_lesson_08_says_that_nothing_moves_from_minus_6_and_that_the_repaired_head_learns_from_there(lesson):
    stuck, repaired = lesson["new_model"](bias=-6.0), lesson["new_model"](bias=-6.0)
    assert np.all(np.asarray(stuck(lesson["x_train"])) < 0)
    before = weights_of(stuck)
    history = lesson["train_as_the_page"](stuck).history
    assert int(stuck.optimizer.iterations) == 20 * 8 == 160
    assert np.array_equal(weights_of(stuck), before)
    assert history["accuracy"][-1] == pytest.approx(np.mean(lesson["y_train"] == 0), abs=1e-6)
    assert len(set(history["accuracy"])) == 1
    assert lesson["train_repaired"](repaired).history["binary_accuracy"][-1] > 0.75


def test_lesson_08_says_that_from_bias_0_both_losses_end_alike_so_that_nobody_notices(lesson):
    page, repaired = lesson["new_model"](), lesson["new_model"]()
    start = np.asarray(page(lesson["x_train"]))
    assert ((start > 0) & (start < 1)).mean() > 0.5, "the lucky start"
    lesson["train_as_the_page"](page)
    lesson["train_repaired"](repaired)
    by_page, by_repaired = (
        np.mean((np.asarray(model(lesson["x_test"]))[:, 0] > threshold) == lesson["y_test"])
        for model, threshold in [(page, 0.5), (repaired, 0.0)]
    )
    assert min(by_page, by_repaired) > 0.85
    assert abs(by_page - by_repaired) < 0.06


def test_lesson_08_draws_its_heads_as_keras_does_and_a_third_of_them_hear_no_image(lesson, keras):
    heads = np.hstack([keras.initializers.GlorotUniform(seed=k)((32, 1)) for k in range(300)])
    assert np.abs(heads).max() == pytest.approx(math.sqrt(6 / 33), rel=0.01)
    outputs = lesson["features"] @ heads
    deaf = ((outputs <= 0) | (outputs >= 1)).all(axis=0).mean()
    assert 0.2 < deaf < 0.45
    names(LESSON, ["starts"], np=np, features=lesson["features"])
    assert 0.4 < lesson["features"].mean() < 0.6
    larger = 5 * outputs
    assert ((larger <= 0) | (larger >= 1)).mean() > ((outputs <= 0) | (outputs >= 1)).mean()


def test_lesson_08_says_that_a_head_that_hears_no_image_stays_where_it_is(lesson, keras):
    model = lesson["new_model"]()
    kernel = np.full((32, 1), -0.1)  # from bias 0, below 0 for all images, as features are not negative
    model.layers[-1].set_weights([kernel, np.zeros(1)])
    lesson["train_as_the_page"](model)
    assert np.array_equal(model.layers[-1].get_weights()[0], kernel.astype("float32"))


def test_lesson_08_says_that_of_96_printed_outputs_none_was_below_0_and_nearly_half_above_1():
    runs = json.loads((ROOT / "notebooks/data/two_runs.json").read_text("utf-8"))
    first = max((run for run in find_lists(runs) if len(run) == 96), key=max)
    assert min(first) > 0
    assert sum(value > 1 for value in first) == 43


def find_lists(node):
    """Return every list of numbers in what JSON held."""
    if isinstance(node, dict):
        return [found for value in node.values() for found in find_lists(value)]
    if isinstance(node, list) and all(isinstance(value, int | float) for value in node):
        return [node]
    return [found for value in node for found in find_lists(value)] if isinstance(node, list) else []


def test_lesson_08_says_that_a_step_of_rmsprop_moves_a_weight_by_about_the_rate(keras):
    weight = keras.Variable(np.array([3.0, -0.2], "float32"))
    optimizer = keras.optimizers.RMSprop(learning_rate=0.01)
    for _ in range(100):
        before = np.asarray(weight)
        optimizer.apply([np.array([0.5, -80.0], "float32")], [weight])
    assert np.asarray(weight) - before == pytest.approx([-0.01, 0.01], rel=0.05)


@pytest.mark.parametrize("function", ["binary_crossentropy", "sparse_categorical_crossentropy"])
def test_lesson_08_says_that_a_bare_loss_function_takes_probabilities_unless_told(keras, function):
    default = inspect.signature(getattr(keras.losses, function)).parameters["from_logits"].default
    assert default is False


@pytest.mark.parametrize("seed", [0, 1])
def test_lesson_08_says_that_with_five_classes_the_bare_function_moves_its_outputs_where_the_slope_is_0(keras, seed):
    ran = names(LESSON, ["imports", "five-classes"])
    features = np.asarray(ran["digit_base"]()(ran["x_five"])).mean(axis=(1, 2))
    y, accuracy = ran["y_five"], []
    losses = [
        keras.losses.sparse_categorical_crossentropy,
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    ]
    for loss in losses:
        start = keras.initializers.GlorotUniform(seed=seed)
        model = keras.Sequential([keras.Input((32,)), keras.layers.Dense(5, kernel_initializer=start)])
        model.compile(keras.optimizers.Adam(0.1), loss=loss)
        model.fit(features[:600], y[:600], epochs=10, verbose=0, shuffle=False)
        outputs = np.asarray(model(features))
        accuracy.append((outputs[600:].argmax(axis=1) == y[600:]).mean())
        if loss is losses[0]:
            assert np.mean((outputs <= 0) | (outputs >= 1)) > 0.9
    assert accuracy[0] < 0.5 < 0.7 < accuracy[1]


# --- unfreezing


@pytest.fixture
def unfrozen(lesson):
    """Return a model of the lesson, with a function that unfreezes its last two layers as the lesson does."""
    model = lesson["new_model"]()
    lesson["compile_again"](model, learning_rate=1e-4)

    def unfreeze():
        ran = names(LESSON, ["unfreeze"], repaired=model, count=lesson["count"])
        return ran["base"]

    return model, unfreeze


def test_lesson_08_says_that_trainable_on_the_base_sets_it_on_all_of_its_layers(unfrozen, lesson, capsys):
    model, unfreeze = unfrozen
    base = model.layers[0]
    assert not any(layer.trainable for layer in base.layers)
    base.trainable = True
    assert all(layer.trainable for layer in base.layers)
    base = unfreeze()
    assert [layer.name for layer in base.layers if layer.trainable_weights] == ["conv3", "conv4"]
    assert lesson["count"](model.trainable_weights) == 2 * 9248 + 33


def test_lesson_08_says_that_after_training_an_unfrozen_layer_moves_by_0_until_compile(unfrozen, lesson):
    model, unfreeze = unfrozen
    model.fit(lesson["x_train"], lesson["y_train"], verbose=0)
    base = unfreeze()
    assert lesson["moved"](model, base.get_layer("conv4")) == 0.0
    lesson["compile_again"](model, learning_rate=1e-4)
    assert lesson["moved"](model, base.get_layer("conv4")) > 0
    assert lesson["moved"](model, base.get_layer("conv2")) == 0.0, "an early layer stays frozen"


def test_lesson_08_says_that_before_any_training_an_unfrozen_layer_moves_at_once(unfrozen, lesson):
    model, unfreeze = unfrozen
    assert lesson["moved"](model, unfreeze().get_layer("conv4")) > 0


def test_lesson_08_says_that_after_training_a_frozen_layer_goes_on_moving_until_compile(unfrozen, lesson):
    model, unfreeze = unfrozen
    base = unfreeze()
    lesson["compile_again"](model, learning_rate=1e-4)
    assert lesson["moved"](model, base.get_layer("conv4")) > 0
    base.trainable = False
    assert lesson["count"](model.trainable_weights) == 33
    assert lesson["moved"](model, base.get_layer("conv4")) > 0, "it says that it is frozen"
    lesson["compile_again"](model, learning_rate=1e-4)
    assert lesson["moved"](model, base.get_layer("conv4")) == 0.0


def test_lesson_08_says_that_compile_wants_a_new_optimizer_as_the_old_one_knows_only_its_first_weights(
    unfrozen, lesson
):
    model, unfreeze = unfrozen
    model.fit(lesson["x_train"], lesson["y_train"], verbose=0)
    unfreeze()
    model.compile(model.optimizer, loss=model.loss)
    with pytest.raises(ValueError, match="Unknown variable"):
        model.fit(lesson["x_train"], lesson["y_train"], verbose=0)


def test_lesson_08_says_that_fit_stops_where_keras_must_trace_its_step_anew_after_unfreezing(unfrozen, lesson):
    model, unfreeze = unfrozen
    model.fit(lesson["x_train"], lesson["y_train"], verbose=0)
    unfreeze()
    with pytest.raises(ValueError, match="Unknown variable"):
        model.fit(lesson["x_train"], lesson["y_train"], class_weight={0: 1.0, 1: 2.0}, verbose=0)


def test_lesson_08_says_that_fit_overrides_training_false_and_that_only_freezing_keeps_a_moving_mean(keras):
    x, y = np.random.default_rng(0).normal(4, 1, size=(64, 3)), np.arange(64) % 2
    for trainable, moves in [(True, True), (False, False)]:
        inner, outer = keras.Input((3,)), keras.Input((3,))
        norm = keras.layers.BatchNormalization(trainable=trainable)
        base = keras.Model(inner, norm(inner))
        model = keras.Model(outer, keras.layers.Dense(1)(base(outer, training=False)))
        model.compile(loss=keras.losses.BinaryCrossentropy(from_logits=True))
        model.fit(x, y, verbose=0)
        assert bool(np.any(np.asarray(norm.moving_mean) != 0)) is moves


# --- names


def test_lesson_08_says_that_argmax_over_one_column_is_always_0_and_that_half_is_no_threshold_for_logits():
    z = np.random.default_rng(0).normal(size=(50, 1))
    assert not z.argmax(axis=1).any()
    assert scipy.special.expit(0.3) > 0.5 > 0.3


def test_lesson_08_shows_each_image_under_the_name_that_the_model_gives_it(lesson, keras):
    stays = lesson["new_model"]()
    stays.layers[-1].set_weights([np.ones((32, 1)), np.zeros(1)])  # calls every image a nine
    nines = lesson["y_test"] == 1
    given = {**lesson, "repaired": stays, "x_test": lesson["x_test"][nines], "y_test": lesson["y_test"][nines]}
    ran = names(LESSON, ["names-of-images"], **given, names=["seven", "nine"])
    assert ran["right"] == 1
    assert [panel.get_title() for panel in ran["axes"].flat] == ["nine"] * 16
    for panel, image in zip(ran["axes"].flat, given["x_test"], strict=False):
        assert np.array_equal(panel.images[0].get_array(), image[..., 0])


# --- the measurement


def test_lesson_08_measures_again_what_it_shows(keras):
    from data.bases import transfer_arms
    from data.measure_transfer import accuracy

    for arm in ["pretrained, frozen", "pretrained, fine-tuned"]:
        kept = transfer_arms()["7 against 9"]["10"][arm][0]
        assert accuracy("7 against 9", 10, arm, 0) == pytest.approx(kept, abs=0.1)


def test_lesson_08_says_what_its_measurement_shows_and_no_more():
    from data.bases import transfer_arms

    measured = transfer_arms()
    settings = {(task, images): arms for task, by in measured.items() for images, arms in by.items()}
    assert len(settings) == 6
    assert {len(runs) for arms in settings.values() for runs in arms.values()} == {5}
    scratch, tuned = "random, trained (from scratch)", "pretrained, fine-tuned"

    def pairs(a, b, of=settings):
        found = [(p, q) for key in of for p, q in zip(settings[key][a], settings[key][b], strict=True)]
        return sum(p > q for p, q in found), sum(p == q for p, q in found), sum(p < q for p, q in found)

    assert pairs("pretrained, frozen", "random, frozen") == (28, 0, 2)
    assert pairs(tuned, scratch, [("7 against 9", "10")]) == (5, 0, 0)
    assert pairs(tuned, scratch, [key for key in settings if key != ("7 against 9", "10")]) == (8, 4, 13)
    many = [key for key in settings if key[1] == "100"]
    for frozen in ["pretrained, frozen", "random, frozen"]:
        assert pairs(frozen, scratch, many)[0] == 0


# --- MobileNetV2, when its weights are there


@pytest.fixture
def keras_home(monkeypatch, tmp_path, keras):
    """An empty Keras cache, and a downloader that must not be called."""
    from keras.src.applications import mobilenet_v2

    def get_file(name, *arguments, **more):
        raise AssertionError(f"a download of {name}")

    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(mobilenet_v2.file_utils, "get_file", get_file)
    return tmp_path


def weights_file(size):
    """Return where Keras would keep the weights for photographs of this size, in a folder that is there."""
    from data.bases import MOBILENET
    from data.cache import keras_home

    folder = keras_home() / "models"
    folder.mkdir(exist_ok=True)
    return folder / MOBILENET.format(size)


def test_lesson_08_looks_for_the_files_that_keras_would_load(keras_home, keras):
    from data.bases import MOBILENET, SIZES

    for size in SIZES:
        with pytest.raises(AssertionError, match=f"a download of {re.escape(MOBILENET.format(size))}"):
            keras.applications.MobileNetV2((size, size, 3), include_top=False, weights="imagenet")


def test_lesson_08_looks_in_the_cache_that_keras_uses():
    import data.cache
    from keras.src.backend.config import keras_home

    assert data.cache.keras_home() == Path(keras_home()).expanduser()


@pytest.mark.parametrize(
    ("environment", "writable", "expected"),
    [
        ({"HOME": "/home/nobody"}, False, "/tmp/.keras"),
        ({"HOME": "/home/nobody"}, True, "/home/nobody/.keras"),
        ({"HOME": "/home/nobody", "KERAS_HOME": "~/cache"}, False, "/home/nobody/cache"),
    ],
)
def test_the_cache_is_found_by_the_rules_of_keras(monkeypatch, environment, writable, expected):
    import data.cache

    monkeypatch.delenv("KERAS_HOME", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(os, "access", lambda path, mode: writable)
    assert str(data.cache.keras_home()) == expected


def test_lesson_08_goes_on_without_mobilenet_and_downloads_nothing(keras_home, lesson, capsys):
    names(LESSON, ["mobilenet"], **{**lesson, "__name__": "lesson"})
    assert "not on this machine" in capsys.readouterr().out


def test_lesson_08_trains_the_pages_model_on_mobilenet_when_its_weights_are_there(
    keras_home, lesson, keras, monkeypatch, capsys
):
    import data.photos
    from keras.src.legacy.saving.legacy_h5_format import save_weights_to_hdf5_group

    monkeypatch.setattr(data.photos, "PIECES", 8)
    keras.utils.set_random_seed(0)
    saved = keras.applications.MobileNetV2((224, 224, 3), include_top=False, weights=None)
    assert saved.count_params() == 2_257_984
    norms = [layer for layer in saved.layers if isinstance(layer, keras.layers.BatchNormalization)]
    assert (len(norms), len(saved.layers)) == (52, 154)
    for norm in norms:
        norm.gamma.assign(3 * norm.gamma)  # else the features of random weights die away
    with h5py.File(weights_file(224), "w") as file:  # in the format of the files that Keras downloads
        save_weights_to_hdf5_group(file, saved)
    ran = names(LESSON, ["mobilenet"], **{**lesson, "__name__": "lesson"})
    first, second = capsys.readouterr().out.splitlines()
    assert first == "MobileNetV2 with ImageNet weights; 1281 weights train"
    assert re.fullmatch(r"temple or flower: [01]\.\d\d of the pieces of the right halves are named rightly", second)
    for loaded, expected in zip(ran["photo_base"].get_weights(), saved.get_weights(), strict=True):
        assert np.array_equal(loaded, expected), "read as it is, and frozen while the head trains"
    model = ran["model"]
    assert int(model.optimizer.iterations) == 5 * 2
    assert np.any(model.layers[-1].bias.numpy() != 0)
    assert isinstance(model.optimizer, keras.optimizers.RMSprop)
    assert float(model.optimizer.learning_rate) == pytest.approx(1e-4), "the page's"
    z = np.asarray(model(ran["photos_test"][0]))[:, 0]
    assert ran["right"] == pytest.approx(np.mean((z > 0) == ran["photos_test"][1]))


def test_lesson_08_takes_the_smallest_of_several_files(keras_home):
    from data.bases import mobilenet_file

    assert mobilenet_file() is None
    for size in (224, 160):
        weights_file(size).touch()
        assert mobilenet_file() == weights_file(size)


def test_a_broken_file_of_weights_is_an_error_and_not_taken_for_none(keras_home):
    from data.bases import mobilenet

    weights_file(96).write_bytes(b"half a download")
    with pytest.raises(OSError, match="file signature"):
        mobilenet()


def test_the_pieces_of_photographs_are_real_and_the_test_pieces_come_from_the_other_halves():
    from data.photos import NAMES, PIECES, SIDE, photo_pieces
    from sklearn.datasets import load_sample_images

    found = load_sample_images()
    assert [name.rpartition("/")[2] for name in found.filenames] == ["china.jpg", "flower.jpg"]
    assert NAMES == ["temple", "flower"]
    for (x, y), left in zip(photo_pieces(), [True, False], strict=True):
        assert x.shape == (2 * PIECES, SIDE, SIDE, 3)
        assert np.bincount(y).tolist() == [PIECES, PIECES]
        for piece, label in list(zip(x, y, strict=True))[:6]:
            photo = found.images[label]
            half = photo[:, :320] if left else photo[:, 320:]
            windows = np.lib.stride_tricks.sliding_window_view(half[..., 0], (SIDE, SIDE))
            corners = np.argwhere(windows[..., 0, 0] == piece[0, 0, 0])
            assert any(np.array_equal(half[t : t + SIDE, w : w + SIDE], piece) for t, w in corners)


# --- the live figures


@pytest.mark.parametrize("label", ["0", "1"])
@pytest.mark.parametrize("z", [-8.0, -0.1, 0.0, 0.3, 1.0, 8.0])
def test_the_head_explorer_shows_what_keras_computes(lesson, keras, label, z):
    figure = figures.head_explorer()
    figure.controls["label"].value = label
    figure.controls["z"].value = z
    said = []
    for k, from_logits in enumerate([False, True]):

        def loss(y, raw, from_logits=from_logits):
            return keras.losses.binary_crossentropy(y, raw, from_logits=from_logits)

        expected = float(loss(np.array([[float(label)]]), np.array([[z]], dtype="float32"))[0])
        slope = float(lesson["slopes"](loss, [z], float(label))[0])
        assert figure.points[k].get_xydata()[0] == pytest.approx([z, expected], abs=1e-4)
        assert figure.slope_points[k].get_xydata()[0] == pytest.approx([z, slope], abs=1e-4)
        assert figure.guides[k].get_xdata() == [z, z]
        said.append(f"loss {expected:.3f}, slope {slope + 0.0:.3f}")
    assert figure.text.startswith(f"raw output {z:.1f}, label {label}; taken for a probability: {said[0]}")
    assert figure.text.endswith(f"taken for a logit: {said[1]}")


def test_a_step_of_the_head_explorer_draws_the_moving_part_alone():
    figure = figures.head_explorer()
    first = figure.png()
    for value in (-8.0, 8.0):
        figure.controls["z"].value = value
        assert figure.png() != first
    figure.controls["z"].value = -3.0
    assert figure.png() == first
    assert figure.full_draws == 1
    figure.controls["label"].value = "0"
    assert figure.full_draws == 2


def test_the_transfer_explorer_shows_what_was_measured():
    from data.bases import transfer_arms

    measured = transfer_arms()
    figure = figures.transfer_explorer(measured)
    for task, numbers in measured.items():
        for images, arms in numbers.items():
            figure.controls["task"].value, figure.controls["images"].value = task, images
            assert figure.text.startswith(f"{task}, {images} images")
            for dots, mean, (arm, accuracies) in zip(figure.starts, figure.means, arms.items(), strict=True):
                low, high = figure.axes.get_xlim()
                assert low < min(accuracies) <= max(accuracies) < high
                assert dots.get_xdata() == pytest.approx(accuracies)
                assert mean.get_xdata() == pytest.approx([np.mean(accuracies)])
                assert f"{arm}: {np.mean(accuracies):.2f} " in figure.text
    assert figure.full_draws == 1
    assert all(control.description for control in figure.controls.values())
