"""What lesson 05 states of Keras, of the page's numbers and of its own models; its own cells are what is tested."""

import hashlib
import inspect
import itertools
import json
import re
from types import SimpleNamespace

import figures
import numpy as np
import pytest
import scipy.special
from data import reviews as module
from data.reviews import reviews
from lesson_cells import cells, names

pytestmark = pytest.mark.slow  # its trainings take long

LESSON = "05-text"
CELLS = cells(LESSON)
TRAINED = ["load", "tokens", "model", "train", "scores", "padding", "sigmoid-model", "sigmoid-train", "same-model"]


@pytest.fixture(scope="module")
def keras():
    from grader.base.keras_import import keras

    return keras


@pytest.fixture(scope="module")
def lesson(keras):
    """The names that the lesson's cells make, with both models trained for three epochs."""
    return names(LESSON, TRAINED, np=np, keras=keras, reviews=reviews)


def output(lesson, capsys, id_):
    """Run one more cell of the lesson among its names; return what it prints."""
    capsys.readouterr()
    exec(CELLS[id_], lesson)
    return capsys.readouterr().out


# --- the model


def test_lesson_05_builds_the_model_of_the_page(lesson, keras):
    layers = [
        ("Embedding", {"input_dim": 79, "output_dim": 16, "mask_zero": False}),
        ("Dropout", {"rate": 0.2}),
        ("GlobalAveragePooling1D", {}),
        ("Dropout", {"rate": 0.2}),
        ("Dense", {"units": 1}),
    ]
    for name, last, from_logits in [("model", "linear", True), ("model_with_sigmoid", "sigmoid", False)]:
        model = lesson[name]
        for layer, (kind, expected) in zip(model.layers, layers, strict=True):
            assert type(layer).__name__ == kind
            assert expected.items() <= layer.get_config().items()
        assert keras.activations.serialize(model.layers[-1].activation) == last
        assert model.loss.get_config()["from_logits"] is from_logits
        assert type(model.optimizer) is keras.optimizers.Adam


def test_lesson_05_says_that_only_the_last_layer_has_a_place_for_an_activation(lesson):
    assert [hasattr(layer, "activation") for layer in lesson["model"].layers] == [False] * 4 + [True]


def test_lesson_05_says_that_the_logit_is_the_bias_plus_the_mean_of_the_word_scores(lesson):
    x = lesson["data"].x_validation
    embedding, kernel, bias = (w.astype(np.float64) for w in lesson["model"].get_weights())
    expected = np.array([sum(embedding[token] @ kernel[:, 0] for token in row) / len(row) + bias[0] for row in x])
    assert len(x) == 1000
    assert lesson["logits"] == pytest.approx(expected, abs=1e-5)
    assert lesson["by_hand"] == pytest.approx(expected, abs=1e-5)


def test_lesson_05_says_that_words_with_an_opinion_are_far_from_0_and_not_is_near(lesson):
    from data.reviews import NEGATIVE, POSITIVE

    score, token_of = lesson["score"], lesson["token_of"]
    assert min(score[token_of[word]] for word in POSITIVE.split()) > 2
    assert max(score[token_of[word]] for word in NEGATIVE.split()) < -2
    others = {*lesson["data"].vocabulary} - {*POSITIVE.split(), *NEGATIVE.split()}
    assert max(abs(score[token_of[word]]) for word in others) < 1


def test_lesson_05_says_that_the_order_of_the_words_does_not_count(lesson, capsys):
    output(lesson, capsys, "order")
    assert sorted(lesson["shuffled"][0]) == sorted(lesson["data"].x_validation[0])
    assert not np.array_equal(lesson["shuffled"], lesson["data"].x_validation)
    assert 0 <= lesson["moved"] < 1e-5


def test_lesson_05_says_that_training_alone_drops_a_fifth_and_predict_drops_nothing(lesson, keras):
    keras.utils.set_random_seed(0)
    text, model = lesson["tokens"]("the plot was wonderful"), lesson["model"]
    assert len({float(model(text)[0, 0]) for _ in range(5)}) == 1
    assert len({float(model(text, training=True)[0, 0]) for _ in range(5)}) > 1
    assert model.predict(text, verbose=0) == pytest.approx(np.asarray(model(text)))
    kept = np.asarray(keras.layers.Dropout(0.2)(np.ones((1000, 100)), training=True))
    assert np.mean(kept == 0) == pytest.approx(0.2, abs=0.01)


# --- padding and the spare row


def test_lesson_05_says_that_zeros_are_averaged_unless_they_are_masked(lesson, keras):
    table = np.random.default_rng(0).normal(size=(5, 3)).astype("float32")
    x = np.array([[1, 2, 4, 0, 0, 0]])
    for mask, expected in [(False, table[x[0]].mean(axis=0)), (True, table[[1, 2, 4]].mean(axis=0))]:
        layers = [keras.layers.Embedding(5, 3, mask_zero=mask), keras.layers.Dropout(0.2)]
        model = keras.Sequential([keras.Input((6,)), *layers, keras.layers.GlobalAveragePooling1D()])
        model.layers[0].set_weights([table])
        assert model.predict(x, verbose=0)[0] == pytest.approx(expected, abs=1e-6)


def test_lesson_05_says_that_padding_brings_the_logit_to_that_of_the_padding_alone(lesson):
    end = float(lesson["score"][0] + lesson["bias"][0])
    away = [abs(lesson["logit"]("the plot was wonderful", zeros) - end) for zeros in [0, 10, 30, 1000]]
    assert away == sorted(away, reverse=True)
    assert away[-1] < 0.01
    assert abs(end) < 0.5, "near 0, beside scores of more than 2"


def test_lesson_05_says_that_the_spare_row_and_the_unknown_word_are_never_trained(lesson, capsys):
    assert "rows: 79  never touched: [ 1 78]" in output(lesson, capsys, "spare")
    data = lesson["data"]
    assert max(data.x_train.max(), data.x_validation.max()) == len(data.vocabulary) - 1 == 77
    assert not np.any(data.x_train == 1)


def test_lesson_05_says_that_text_vectorization_gives_an_unknown_word_token_1_and_no_token_beyond_its_size(keras):
    layer = keras.layers.TextVectorization(max_tokens=6)
    layer.adapt(["the plot was wonderful the plot was awful the plot"])
    assert layer.get_vocabulary()[:2] == ["", "[UNK]"]
    found = np.asarray(layer(["the xyzzy plot was wonderful awful"]))
    assert found[0, 1] == 1
    assert found.max() < 6


def test_lesson_05_leaves_unknown_words_out(lesson):
    tokens, token_of = lesson["tokens"], lesson["token_of"]
    assert tokens("The xyzzy PLOT").tolist() == [[token_of["the"], token_of["plot"]]]
    assert tokens("plot", padding=2).tolist() == [[token_of["plot"], 0, 0]]


# --- the same with a sigmoid


def test_lesson_05_says_that_both_models_are_one_and_only_the_accuracies_differ(lesson):
    one, other = lesson["with_logits"], lesson["with_sigmoid"]
    for name in ["loss", "val_loss"]:
        assert one[name] == pytest.approx(other[name], abs=1e-4)
        assert one[name] == sorted(one[name], reverse=True)
    assert one["val_accuracy"] == [0.5] * 3
    assert other["val_accuracy"][-1] > 0.99
    for w, v in zip(lesson["model"].get_weights(), lesson["model_with_sigmoid"].get_weights(), strict=True):
        assert w == pytest.approx(v, abs=1e-4)


def test_lesson_05_says_that_accuracy_cuts_at_a_half_whatever_comes_out(keras):
    outputs, labels = np.array([[-3.0], [0.3], [0.5], [0.6]], "float32"), np.array([[0], [1], [1], [1]])
    model = keras.Sequential([keras.Input((1,)), keras.layers.Identity()])
    cut = keras.metrics.BinaryAccuracy(threshold=0.0, name="cut_at_0")
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(loss=loss, metrics=["accuracy", cut])
    measured = model.evaluate(outputs, labels, verbose=0, return_dict=True)
    assert (measured["accuracy"], measured["cut_at_0"]) == (0.5, 1.0)
    assert np.mean((outputs > 0.5) == labels) == 0.5


def test_lesson_05_says_that_a_logit_of_a_half_is_a_probability_of_622(lesson, capsys):
    assert round(float(scipy.special.expit(0.5)), 3) == 0.622
    text = output(lesson, capsys, "thresholds")
    assert "logit 0.5 is probability 0.622" in text
    assert "threshold 0.5: 0.500" in text
    assert lesson["logits"].max() < 0.45, "far enough from 0.5 on any machine"


def page_table():
    """Return the page's numbers as the lesson has them: epochs x measures x (logits, sigmoid)."""
    rows = re.findall(r"^\| \d \|(.*)\|$", CELLS["page-table"], re.MULTILINE)
    return np.array([[[float(n) for n in pair.split(",")] for pair in row.split("|")] for row in rows])


def test_lesson_05_prints_the_pages_numbers_and_says_by_how_much_they_differ():
    table = page_table()
    assert table[..., 0].tolist() == [
        [0.6828, 0.6148, 0.5054, 0.5452],
        [0.5797, 0.4976, 0.6153, 0.7406],
        [0.4664, 0.4197, 0.7734, 0.8096],
    ]
    assert table[..., 1].tolist() == [
        [0.6818, 0.6135, 0.6163, 0.7736],
        [0.5787, 0.4973, 0.7871, 0.8226],
        [0.4650, 0.4195, 0.8365, 0.8472],
    ]
    apart = table[..., 1] - table[..., 0]
    assert ((100 * apart[:, 2:]).min().round(), (100 * apart[:, 2:]).max().round()) == (4, 23)
    assert "4 to 23 points" in " ".join(CELLS["page-table"].split())
    assert np.abs(apart[:, 0]).max().round(4) == 0.0014
    assert np.abs(apart[:, 1]).round(4).tolist() == [0.0013, 0.0003, 0.0002]


def test_lessons_05_and_06_quote_the_same_numbers_of_the_page():
    page = names("06-accuracy", ["page-numbers"], np=np)
    assert np.array_equal(page_table(), np.stack([page["with_logit"], page["with_sigmoid"]], axis=-1))


def test_lesson_05_finds_the_same_from_another_seed(lesson, keras):
    data, history = lesson["data"], []
    for last, logits in [(None, True), ("sigmoid", False)]:
        keras.utils.set_random_seed(1)
        middle = [keras.layers.Dropout(0.2), keras.layers.GlobalAveragePooling1D(), keras.layers.Dropout(0.2)]
        start = [keras.Input((None,)), keras.layers.Embedding(79, 16)]
        model = keras.Sequential([*start, *middle, keras.layers.Dense(1, activation=last)])
        model.compile("adam", loss=keras.losses.BinaryCrossentropy(from_logits=logits), metrics=["accuracy"])
        validation = data.x_validation, data.y_validation
        fitted = model.fit(data.x_train, data.y_train, epochs=3, validation_data=validation, verbose=0)
        history.append(fitted.history)
    assert history[0]["loss"] == pytest.approx(history[1]["loss"], abs=1e-4)
    assert history[0]["val_accuracy"][-1] < 0.6 < 0.99 < history[1]["val_accuracy"][-1]


def test_lesson_05_says_that_keras_goes_back_to_the_logit_of_a_sigmoid_of_its_own_and_of_no_other(keras):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Activation("sigmoid")])
    model.compile(loss=keras.losses.BinaryCrossentropy(from_logits=False))
    x, y = np.array([[40.0]]), np.array([[0.0]])
    assert model.evaluate(x, y, verbose=0) == pytest.approx(40)
    p = model.predict(x, verbose=0)
    assert p == 1
    assert float(keras.losses.BinaryCrossentropy(from_logits=False)(y, p)) == pytest.approx(15.942, abs=1e-3)
    from_the_logit = keras.losses.BinaryCrossentropy(from_logits=True)
    assert float(from_the_logit(y, x.astype("float32"))) == pytest.approx(40)
    assert all(number in CELLS["sure-heading"] for number in ("40", "15.942"))


def test_lesson_05_trains_a_copy_on_so_that_its_first_model_and_its_figure_stay_as_they_were(lesson, capsys):
    before = lesson["model"].get_weights()
    output(lesson, capsys, "train-on")
    assert all(np.array_equal(a, b) for a, b in zip(before, lesson["model"].get_weights(), strict=True))
    assert min(lesson["trained_on"]["val_cut_at_0"]) > 0.99
    assert lesson["trained_on"]["val_accuracy"][0] < lesson["trained_on"]["val_accuracy"][2]


def test_lesson_05_prints_what_it_asks_for(lesson, capsys):
    assert output(lesson, capsys, "order") == "the logits move by 0.00000 at most\n"
    assert output(lesson, capsys, "same-model") == "they differ by 0.000 at most\n"


# --- how sure is it


def test_lesson_05_says_that_a_second_sigmoid_leaves_0_5_to_0_731(lesson, capsys):
    assert lesson["sigmoid"](np.array([0.0, 1.0])).round(3).tolist() == [0.5, 0.731]
    output(lesson, capsys, "sure")
    assert lesson["p"] < 0.45 < 0.55 < lesson["sigmoid"](lesson["p"])


# --- what it cannot learn


def test_lesson_05_shows_two_sentences_of_the_same_words_that_get_the_same_logit(lesson, capsys):
    output(lesson, capsys, "same-bag")
    texts = re.findall(r'logit\("(.*)"\)', CELLS["same-bag"])
    assert texts[0] != texts[1]
    assert sorted(texts[0].split()) == sorted(texts[1].split())
    assert lesson["one"] == pytest.approx(lesson["other"], abs=1e-5)
    not_wonderful, wonderful = lesson["logit"]("not wonderful"), lesson["logit"]("wonderful")
    assert 0.5 < not_wonderful < wonderful


def test_lesson_05_says_that_at_most_one_of_three_is_turned_round_in_784_of_1000():
    chances = [np.prod([0.3 if turn else 0.7 for turn in three]) for three in itertools.product([0, 1], repeat=3)]
    few = [sum(three) <= 1 for three in itertools.product([0, 1], repeat=3)]
    assert np.dot(chances, few) == pytest.approx(0.784)


@pytest.mark.slow
def test_lesson_05_says_that_the_bag_levels_off_near_784_and_a_window_of_three_does_not(lesson, keras, capsys):
    lesson["negated"] = reviews(synthetic=True, negated=0.3)
    output(lesson, capsys, "middle")
    assert output(lesson, capsys, "bag-and-window").startswith("at most one of three: 0.784\n")
    assert lesson["bag"][-3:] == pytest.approx([0.784] * 3, abs=0.04), "three times the chance of 1000 reviews"
    assert lesson["window"][-1] > 0.98


def test_lesson_05_says_that_a_window_without_a_relu_is_a_bag_of_words_but_for_the_edges(keras):
    keras.utils.set_random_seed(0)
    layers = [keras.layers.Embedding(20, 4), keras.layers.Conv1D(8, 3), keras.layers.GlobalAveragePooling1D()]
    model = keras.Sequential([keras.Input((12,)), *layers, keras.layers.Dense(1)])
    rng = np.random.default_rng(0)
    x = rng.integers(0, 20, (50, 12))
    inside, edges = x.copy(), x.copy()
    inside[:, 2:-2] = rng.permuted(x[:, 2:-2], axis=1)
    edges[:, :2] = x[:, 1::-1]
    predicted = model.predict(x, verbose=0)
    assert model.predict(inside, verbose=0) == pytest.approx(predicted, abs=1e-6)
    assert np.abs(model.predict(edges, verbose=0) - predicted).max() > 1e-4


def test_lesson_05_computes_the_answer_to_question_2(lesson, keras):
    score = {"the": 0.0, "film": 0.2, "was": -0.2, "great": 3.0}
    figure = figures.word_score_explorer({"": 0.0, **score}, 0.25)
    for text in ["the film was great", "great was the film"]:
        figure.controls["sentence"].value = text
        assert "the logit is 1.000," in figure.text


def test_lesson_05_says_that_more_layers_behind_the_mean_cannot_tell_the_same_words_apart(lesson, keras):
    keras.utils.set_random_seed(0)
    layers = [keras.layers.Embedding(79, 16), keras.layers.GlobalAveragePooling1D()]
    model = keras.Sequential([keras.Input((None,)), *layers, keras.layers.Dense(16, "relu"), keras.layers.Dense(1)])
    texts = ["the plot was wonderful but not long", "the plot was not wonderful but long"]
    one, other = (float(model(lesson["tokens"](text))[0, 0]) for text in texts)
    assert one == pytest.approx(other, abs=1e-6)


# --- real reviews


@pytest.fixture
def keras_home(tmp_path, monkeypatch):
    """A KERAS_HOME whose cache holds reviews in the form of IMDB's files: lists of ranks, and the rank of each word."""
    data, folder = reviews(synthetic=True), tmp_path / "datasets"
    folder.mkdir()
    arrays = {}
    for part, x, y in [("train", data.x_train, data.y_train), ("test", data.x_validation, data.y_validation)]:
        arrays[f"x_{part}"] = np.array([(row[row > 0] - 1).tolist() for row in x[:300]], dtype=object)
        arrays[f"y_{part}"] = y[:300]
    np.savez(folder / "imdb.npz", **arrays)
    ranks = {word: rank for rank, word in enumerate(data.vocabulary[1:], start=1)}
    (folder / "imdb_word_index.json").write_text(json.dumps(ranks))
    hashes = {name: "sha256:" + hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in module.HASHES}
    monkeypatch.setattr(module, "HASHES", hashes)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))


def measured(printed):
    """Return the name of the data and the numbers by model and measure, as the lesson prints them."""
    first, *lines = printed.splitlines()
    return first, {tuple(line.split()[:2]): [float(number) for number in line.split()[2:]] for line in lines}


MEASURES = ["val_loss", "val_accuracy", "val_right_cut"]


def test_lesson_05_trains_both_models_on_the_reviews_that_the_cache_holds(lesson, capsys, keras_home):
    output(lesson, capsys, "middle")
    first, seen = measured(output(lesson, capsys, "real"))
    assert first == "IMDB from Keras's cache, 300 + 300 reviews"
    assert list(seen) == [(name, measure) for name in ["logit", "sigmoid"] for measure in MEASURES]
    for measure in ["val_loss", "val_right_cut"]:
        assert seen["logit", measure] == pytest.approx(seen["sigmoid", measure], abs=0.011)
    assert seen["sigmoid", "val_accuracy"] == seen["sigmoid", "val_right_cut"]


def test_lesson_05_meets_the_pages_puzzle_on_real_reviews(lesson, capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    output(lesson, capsys, "middle")
    first, seen = measured(output(lesson, capsys, "real"))
    assert list(tmp_path.iterdir()) == [], "nothing is downloaded"
    assert first == "10072 sentences of real film reviews, as bags of words"
    for measure in ["val_loss", "val_right_cut"]:
        assert seen["logit", measure] == pytest.approx(seen["sigmoid", measure], abs=0.011)
    assert seen["sigmoid", "val_accuracy"] == seen["sigmoid", "val_right_cut"]
    gap = np.subtract(seen["sigmoid", "val_accuracy"], seen["logit", "val_accuracy"])
    negative = np.mean(lesson["real"].y_validation == 0)
    assert seen["logit", "val_accuracy"][0] == pytest.approx(negative, abs=0.006)
    assert gap[0] > 0.15
    assert 0.05 < gap[-1] < gap[1]
    assert seen["sigmoid", "val_accuracy"][-1] > 0.7
    model = lesson["runs"]["logit"].model
    weights = model.get_weights()
    score = dict(zip(lesson["real"].vocabulary, (weights[0] @ weights[1])[:, 0], strict=False))
    assert max(score[word] for word in ["bad", "dull", "boring", "worst"]) < -0.5
    assert min(score[word] for word in ["entertaining", "enjoyable", "powerful", "moving"]) > 0.5


def test_lesson_05_names_the_two_functions_that_fill_the_cache(keras):
    names = {"load_data": "imdb.npz", "get_word_index": "imdb_word_index.json"}
    for name, file in names.items():
        assert name in CELLS["real-heading"]
        assert file in inspect.getsource(getattr(keras.datasets.imdb, name))
    assert {*names.values()} == {*module.HASHES}


def test_lesson_05_trains_the_model_of_the_page_with_a_layer_in_its_middle(lesson, keras, capsys, monkeypatch):
    output(lesson, capsys, "middle")
    built = []
    monkeypatch.setattr(keras.Model, "fit", lambda model, *_, **__: built.append(model) or SimpleNamespace(history={}))
    for last in (None, "sigmoid"):
        lesson["train"](lesson["data"], last=last)
        lesson["train"](lesson["data"], keras.layers.Conv1D(16, 3, activation="relu"), last=last)
    for model, last in zip(built, [None, None, "sigmoid", "sigmoid"], strict=True):
        kinds = [type(layer).__name__ for layer in model.layers]
        assert [kind for kind in kinds if kind != "Conv1D"] == [
            type(layer).__name__ for layer in lesson["model"].layers
        ]
        assert keras.activations.serialize(model.layers[-1].activation) == (last or "linear")
        assert model.loss.get_config()["from_logits"] is (last is None)


def test_lesson_05_says_which_of_its_reviews_are_synthetic():
    calls = [call for source in CELLS.values() for call in re.findall(r"= reviews\((.*?)\)", source)]
    assert calls == ["synthetic=True", "synthetic=True, negated=0.3", ""]
    assert "assert" not in CELLS["real"]
    assert "synthetic" in CELLS["reviews-heading"]


# --- the live figure

SCORES = {"": 0.05, "the": -0.1, "plot": 0.2, "was": 0.05, "wonderful": 2.7, "awful": -2.7, "not": 0.1}


@pytest.fixture
def figure():
    return figures.word_score_explorer(SCORES, -0.3)


def rows(figure):
    """Return the label, the length of the bar and the number of each row that is not empty."""
    artists = zip(figure.labels, figure.bars, figure.numbers, strict=True)
    return [
        (label.get_text(), bar.get_width(), number.get_text()) for label, bar, number in artists if label.get_text()
    ]


@pytest.mark.parametrize("zeros", [0, 15, 30])
@pytest.mark.parametrize("text", ["the plot was wonderful", "Not awful, NOT awful.", "wonderful"])
def test_the_bars_are_the_scores_and_the_last_one_is_the_logit(figure, text, zeros):
    figure.controls["sentence"].value = text
    figure.controls["padding"].value = zeros
    words = re.findall("[a-z]+", text.lower())
    averaged = [SCORES[word] for word in words] + [SCORES[""]] * zeros
    z = np.mean(averaged) - 0.3
    expected = [(word, SCORES[word]) for word in words] + [(f"padding, {zeros} times", SCORES[""])] * (zeros > 0)
    expected.append(("mean + bias = logit", z))
    assert [row[0] for row in rows(figure)] == [label for label, _ in expected]
    assert [row[1] for row in rows(figure)] == pytest.approx([length for _, length in expected])
    assert [row[2] for row in rows(figure)] == [f"{round(length, 2) + 0.0:.2f}" for _, length in expected]
    p = scipy.special.expit(z)
    assert figure.text == (
        f"mean of {len(averaged)} scores {np.mean(averaged):.3f}, with bias -0.300 the logit is {z:.3f}, "
        f"probability of a positive review {p:.3f}."
    )
    assert figure.view.now["text"] == figure.text


def test_unknown_words_are_left_out_and_named_once(figure):
    figure.controls["sentence"].value = "the xyzzy plot, xyzzy and don't"
    assert [row[0] for row in rows(figure)] == ["the", "plot", "mean + bias = logit"]
    assert figure.text.endswith(". Not in the vocabulary and left out: xyzzy, and, don't.")


@pytest.mark.parametrize("text", ["", "   ", "!?"])
def test_without_words_and_padding_there_is_nothing_to_average(figure, text):
    figure.controls["sentence"].value = text
    assert figure.text == "There is nothing to average."
    assert rows(figure) == []
    figure.controls["padding"].value = 3
    assert "mean of 3 scores 0.050" in figure.text


def test_a_long_sentence_counts_in_full(figure):
    figure.controls["sentence"].value = "wonderful " * 12 + "awful"
    assert len(rows(figure)) == 11
    assert f"mean of 13 scores {11 * 2.7 / 13:.3f}" in figure.text
    assert figure.text.endswith("; the first 10 words are drawn, and all count.")


def test_an_example_becomes_the_sentence_and_nothing_still_is_drawn_again(figure):
    first = figure.png()
    for example in figure.controls["example"].options:
        figure.controls["example"].value = example
        assert figure.controls["sentence"].value == example
    assert figure.png() != first
    figure.controls["example"].value = figure.controls["example"].options[0]
    assert figure.png() == first
    assert figure.full_draws == 1


def test_every_example_has_words_that_the_reviews_have():
    vocabulary = {*reviews(synthetic=True).vocabulary}
    unknown = {word for text in figures.text.EXAMPLES for word in text.split()} - vocabulary
    assert unknown <= {"a", "and"}, "a word or two to be left out"


def test_every_control_of_the_word_figure_has_a_label_and_every_bar_fits(figure):
    assert all(control.description for control in figure.controls.values())
    low, high = figure.axes.get_xlim()
    assert low < -2.7 < 2.7 < high


def test_lesson_05_ends_a_cell_with_its_figure(lesson):
    first, last = CELLS["word-figure"].rsplit("\n", 1)
    lesson["word_score_explorer"] = figures.word_score_explorer
    exec(first, lesson)
    figure = eval(last, lesson)
    z = float(re.search(r"the logit is (\S+),", figure.text).group(1))
    assert z == pytest.approx(lesson["logit"]("the plot was wonderful"), abs=1e-3)
