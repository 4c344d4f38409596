"""The reviews of lesson 05: synthetic ones as the grammar says, real sentences, and IMDB where it is cached."""

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest
from conftest import ROOT
from data import reviews as module
from data.reviews import NEGATIVE, POSITIVE, SENTENCES, reviews

OPINIONS = {**dict.fromkeys(POSITIVE.split(), 1), **dict.fromkeys(NEGATIVE.split(), -1)}


@pytest.fixture(scope="module")
def negated():
    return reviews(synthetic=True, negated=0.3)


def sentences(data, row):
    """Return the words of each sentence; each ends with its neutral word, one or two behind the "but"."""
    found, words, last = [], [data.vocabulary[token] for token in row if token], None
    for word in words:
        if last is None or last == "end":
            found.append([])
        found[-1].append(word)
        last = {"but": "but", "not": last}.get(word, "end" if last == "but" else "inside")
    return found


def turned(words):
    return words.index("not") < words.index("but")


def opinion(words):
    return next(OPINIONS[word] for word in words if word in OPINIONS)


@pytest.mark.parametrize("share", [0.0, 0.3])
def test_the_synthetic_reviews_have_the_shape_that_they_promise(share):
    data = reviews(synthetic=True, negated=share)
    assert data.synthetic
    assert "synthetic" in data.name
    assert data.x_train.shape == (2000, 33)
    assert data.x_validation.shape == (1000, 33)
    for x, y in [(data.x_train, data.y_train), (data.x_validation, data.y_validation)]:
        assert x.dtype == y.dtype == np.int32
        assert y.shape == (len(x),)
        assert y.sum() == len(y) / 2, "half of them positive"
        assert np.all(np.diff((x == 0).astype(int), axis=1) >= 0), "zeros stand behind the words only"
        assert x[:, 0].all()
    assert data.vocabulary[:2] == ["", "[UNK]"]
    assert set(np.unique(data.x_train)) == {*range(len(data.vocabulary))} - {1}, "every word is used, [UNK] is not"
    assert len(set(data.vocabulary)) == len(data.vocabulary)


def test_the_synthetic_reviews_are_the_same_every_time():
    one, other = reviews(synthetic=True), reviews(synthetic=True)
    assert np.array_equal(one.x_train, other.x_train)
    assert np.array_equal(one.y_validation, other.y_validation)


def test_no_validation_review_was_there_to_learn_from(negated):
    assert not {*map(tuple, negated.x_train)} & {*map(tuple, negated.x_validation)}


def test_each_review_has_three_sentences_with_one_not_and_the_opinion_of_its_label(negated):
    for row, label in zip(negated.x_train, negated.y_train, strict=True):
        found = sentences(negated, row)
        assert len(found) == SENTENCES
        for words in found:
            assert words.count("not") == words.count("but") == 1
            assert opinion(words) * (-1 if turned(words) else 1) == (1 if label else -1)


@pytest.mark.parametrize(("share", "low", "high"), [(0.0, 0, 0), (0.3, 0.28, 0.32), (1.0, 1, 1)])
def test_the_share_of_negated_sentences_is_what_was_asked_for(share, low, high):
    data = reviews(synthetic=True, negated=share)
    marks = [turned(words) for row in data.x_train for words in sentences(data, row)]
    assert low <= np.mean(marks) <= high


def test_a_turned_sentence_has_the_words_of_a_straight_one_with_the_other_label():
    rng = np.random.default_rng
    straight = [Counter(module.sentence(False, False, rng(seed))) for seed in range(50)]
    assert [Counter(module.sentence(True, True, rng(seed))) for seed in range(50)] == straight


def test_the_best_that_a_bag_of_words_can_do_is_the_majority_of_three(negated):
    # all that depends on the label in a bag is how many of the three opinions are good
    good, label = [], []
    for x, y in [(negated.x_train, negated.y_train), (negated.x_validation, negated.y_validation)]:
        good += [sum(opinion(words) > 0 for words in sentences(negated, row)) for row in x]
        label += [*y]
    good, label = np.array(good), np.array(label)
    best = sum(max(np.sum(label[good == k]), np.sum(1 - label[good == k])) for k in range(4)) / len(label)
    assert np.mean((good >= 2) == label) == best == pytest.approx(0.784, abs=0.02)


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_what_is_no_share_is_refused(share):
    with pytest.raises(ValueError, match="share from 0 to 1"):
        reviews(synthetic=True, negated=share)


# --- real sentences, as bags of words


def test_the_real_sentences_are_those_with_an_opinion_each_once(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    data = reviews()
    with np.load(module.BAGS) as file:
        rating, tokens, lengths, words = (file[name] for name in ("rating", "tokens", "lengths", "words"))
    assert (len(rating), len(words), int(lengths.sum())) == (10_605, 5000, len(tokens))
    assert not data.synthetic
    assert "real" in data.name
    assert data.x_train.shape == (7000, 51)
    assert data.x_validation.shape == (3072, 51)
    assert data.vocabulary == ["", "[UNK]", *words]
    chosen = np.flatnonzero(abs(rating) >= 0.5)
    ends = np.cumsum(lengths, dtype=int)
    expected = sorted((tokens[ends[k] - lengths[k] : ends[k]].tolist(), int(rating[k] > 0)) for k in chosen)
    x = [*data.x_train, *data.x_validation]
    y = [*data.y_train, *data.y_validation]
    assert sorted((row[row > 0].tolist(), int(label)) for row, label in zip(x, y, strict=True)) == expected
    for labels in (data.y_train, data.y_validation):
        assert np.mean(labels) == pytest.approx(np.mean(rating[chosen] > 0), abs=0.02), "shuffled"


def test_a_real_sentence_cannot_be_read_back():
    with np.load(module.BAGS) as file:
        for row in np.split(file["tokens"], np.cumsum(file["lengths"], dtype=int)[:-1]):
            assert np.all(np.diff(row.astype(int)) >= 0)


# --- IMDB

LOAD = """
import json, sys
from data import reviews as module
module.HASHES.update(json.loads(sys.argv[1]))
data = module.reviews()
assert not {"keras", "tensorflow", "urllib.request"} & set(sys.modules), "nothing that could download"
print(json.dumps([data.name, data.synthetic, data.x_train.tolist(), data.y_train.tolist(),
                  data.x_validation.tolist(), data.y_validation.tolist(), data.vocabulary]))
"""


OF_THE_COURSE = "10072 sentences of real film reviews, as bags of words"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A KERAS_HOME with a small IMDB of the real one's form: lists of ranks, from 1 for the commonest word."""
    home = tmp_path_factory.mktemp("keras")
    (home / "datasets").mkdir()
    rng, arrays = np.random.default_rng(0), {}
    for part, size in [("train", 40), ("test", 30)]:
        texts = [rng.integers(1, 12_000, rng.integers(5, 400)).tolist() for _ in range(size)]
        arrays[f"x_{part}"] = np.array(texts, dtype=object)
        arrays[f"y_{part}"] = rng.integers(0, 2, size)
    np.savez(home / "datasets/imdb.npz", **arrays)
    index = {f"word{rank}": rank for rank in rng.permutation(np.arange(1, 12_001)).tolist()}
    (home / "datasets/imdb_word_index.json").write_text(json.dumps(index))
    return home


def fake_hashes(home):
    return {n: "sha256:" + hashlib.sha256((home / "datasets" / n).read_bytes()).hexdigest() for n in module.HASHES}


def load(home, hashes):
    environment = {**os.environ, "KERAS_HOME": str(home)}
    command = [sys.executable, "-c", LOAD, json.dumps(hashes)]
    done = subprocess.run(
        command, cwd=ROOT / "notebooks", env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    return json.loads(done.stdout)


def test_imdb_is_read_from_the_cache_as_keras_reads_it(home, monkeypatch):
    import keras

    name, synthetic, x_train, y_train, x_validation, y_validation, vocabulary = load(home, fake_hashes(home))
    assert not synthetic
    assert name == "IMDB from Keras's cache, 40 + 30 reviews"
    imdb = sys.modules[keras.datasets.imdb.load_data.__module__]
    monkeypatch.setattr(imdb, "get_file", lambda fname, **_: str(home / "datasets" / fname))  # it would download
    index = imdb.get_word_index()
    ours = [(x_train, y_train), (x_validation, y_validation)]
    for (x, y), (our_x, our_y) in zip(imdb.load_data(num_words=10_000), ours, strict=True):
        padded = [text[:250] + [0] * (250 - len(text)) for text in x]
        assert sorted(zip(our_x, our_y, strict=True)) == sorted(zip(padded, y.tolist(), strict=True))
    assert vocabulary[:4] == ["", "[START]", "[UNK]", "[UNUSED]"]
    assert len(vocabulary) == 10_000
    assert all(index[word] + 3 == number for number, word in enumerate(vocabulary) if number > 3)


@pytest.mark.parametrize("missing", sorted(module.HASHES))
def test_without_one_of_the_two_files_the_reviews_are_those_of_the_course(home, tmp_path, missing):
    (tmp_path / "datasets").mkdir()
    for name in {*module.HASHES} - {missing}:
        (tmp_path / "datasets" / name).write_bytes((home / "datasets" / name).read_bytes())
    assert load(tmp_path, fake_hashes(home))[0] == OF_THE_COURSE


def test_a_file_that_is_not_imdbs_is_not_opened_and_not_touched(home):
    before = fake_hashes(home)
    assert load(home, {})[0] == OF_THE_COURSE, "the hashes are those of the real files"
    assert fake_hashes(home) == before


def test_an_empty_cache_stays_empty(tmp_path):
    assert load(tmp_path, {})[0] == OF_THE_COURSE
    assert list(tmp_path.iterdir()) == []


def test_the_hashes_are_those_that_keras_expects():
    import inspect

    import keras

    source = inspect.getsource(sys.modules[keras.datasets.imdb.load_data.__module__])
    assert all(expected.partition(":")[2] in source for expected in module.HASHES.values())


def test_whoever_asks_for_synthetic_reviews_gets_them_with_imdb_in_the_cache(home, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(home))
    monkeypatch.setattr(module, "HASHES", fake_hashes(home))
    assert not reviews().synthetic
    assert reviews(synthetic=True).synthetic
