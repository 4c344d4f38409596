"""Reviews with a label: IMDB where the Keras cache holds it, else real sentences that come with the course.

Nothing is ever downloaded. The real sentences are bags of words; README.md says where they are from. The synthetic
corpus is made by the small grammar below, from a seed. Nobody has written these reviews; they are there because
everything about them is known: which words carry an opinion, and how often a "not" turns one round.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from data.cache import keras_home

PADDING, UNKNOWN = "", "[UNK]"  # as TextVectorization calls them
POSITIVE = "wonderful brilliant charming funny moving clever fresh gripping superb lovely witty warm great good"
NEGATIVE = "awful boring clumsy dull flat stale silly tedious weak bland shallow cheap poor bad"
NEUTRAL = "long short loud quiet modern old dark bright simple slow"
PARTS = "plot acting music story ending dialogue cast script scenery pace humour film picture direction"
VERBS = "was felt seemed looked"
OPENERS = ["", "", "", "honestly", "for me", "in the end", "this time", "once again", "as usual", "in my view"]
HOW = ["", "", "", "very", "really", "rather", "quite"]

BAGS = Path(__file__).with_name("review_bags.npz")
OPINION, BAGS_VALIDATION = 0.5, 3072  # the least rating that counts as an opinion; sentences that are kept aside

SENTENCES = 3  # in a synthetic review
TRAINING, VALIDATION = 2000, 1000  # synthetic reviews

# The two files of Keras's cache as they have been since 2018. From a file with another hash nothing is read: Keras
# itself would delete it and download, and an npz of Python objects can run code when it is opened.
HASHES = {
    "imdb.npz": "sha256:69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f",
    "imdb_word_index.json": "md5:bfafd718b763782e994055a2d397834f",
}
SPECIAL = [PADDING, "[START]", UNKNOWN, "[UNUSED]"]  # Keras counts the words of IMDB on from here
IMDB_WORDS, IMDB_TEXTS, IMDB_LENGTH = 10_000, 5_000, 250  # the commonest words, the share of the texts, words of each


@dataclass(frozen=True)
class Reviews:
    """Reviews as rows of word numbers, padded with 0 at the end, and what each thinks of its film.

    Attributes:
        name: what the data is, in words for the reader.
        synthetic: whether the grammar of this module has made it.
        x_train: (N, length) int32 word numbers.
        y_train: (N,) int32 labels, 1 for a positive review.
        x_validation: (M, length) int32 word numbers.
        y_validation: (M,) int32 labels.
        vocabulary: the word of each number; number 0 is the padding.
    """

    name: str
    synthetic: bool
    x_train: np.ndarray
    y_train: np.ndarray
    x_validation: np.ndarray
    y_validation: np.ndarray
    vocabulary: list[str]


def reviews(synthetic: bool = False, negated: float = 0.0) -> Reviews:
    """Return the reviews of IMDB if Keras's cache holds them, else the sentences that come with the course.

    Args:
        synthetic: take the synthetic reviews in their place.
        negated: the share of synthetic sentences that say "not wonderful" for awful, or "not awful" for wonderful.

    Raises:
        ValueError: negated is not a share.
    """
    if not 0 <= negated <= 1:
        raise ValueError(f"negated is a share from 0 to 1, not {negated}.")
    if synthetic:
        return _synthetic(negated, np.random.default_rng(0))
    return _imdb() if in_the_cache() else _bags(np.random.default_rng(0))


def cache() -> Path:
    """Return the folder in which Keras keeps the data sets that it has downloaded."""
    return keras_home() / "datasets"


def in_the_cache() -> bool:
    """Say whether Keras's cache holds IMDB and its words, complete and unchanged."""
    return all(_has_hash(cache() / name, expected) for name, expected in HASHES.items())


def _has_hash(path: Path, expected: str) -> bool:
    if not path.is_file():
        return False
    algorithm, _, digest = expected.partition(":")
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest() == digest


def sentence(positive: bool, negated: bool, rng: np.random.Generator) -> list[str]:
    """Return the words of one sentence; each has one "not", before its opinion or behind it.

    "The plot was not wonderful but long" and "the plot was wonderful but not long" are made of the same words.
    """
    opinion, part, verb, neutral = (
        rng.choice(words.split()) for words in (POSITIVE if positive != negated else NEGATIVE, PARTS, VERBS, NEUTRAL)
    )
    here, there = ("not", "") if negated else ("", "not")
    words = [rng.choice(OPENERS), "the", part, verb, here, rng.choice(HOW), opinion, "but", there, neutral]
    return " ".join(words).split()


def _synthetic(negated: float, rng: np.random.Generator) -> Reviews:
    halves = [np.arange(size, dtype=np.int32) % 2 for size in (TRAINING, VALIDATION)]
    labels = np.concatenate([rng.permutation(half) for half in halves])
    texts = []
    for label in labels:
        turned = rng.random(SENTENCES) < negated
        texts.append([word for turn in turned for word in sentence(bool(label), bool(turn), rng)])
    vocabulary = [PADDING, UNKNOWN, *sorted({word for text in texts for word in text})]
    number = {word: place for place, word in enumerate(vocabulary)}
    x = _padded([[number[word] for word in text] for text in texts], max(map(len, texts)))
    split = np.split(x, [TRAINING]) + np.split(labels, [TRAINING])
    name = f"a synthetic corpus of {len(x)} reviews, made by a grammar"
    return Reviews(name, True, split[0], split[2], split[1], split[3], vocabulary)


def _padded(texts: Iterable[Sequence[int]], length: int) -> np.ndarray:
    """Return the beginnings of the texts as the rows of one array, with zeros behind those that are shorter."""
    rows = [list(text[:length]) for text in texts]
    return np.array([row + [0] * (length - len(row)) for row in rows], dtype=np.int32)


def _bags(rng: np.random.Generator) -> Reviews:
    """Read the sentences whose mean rating says good or bad, shuffled; in each the words stand sorted."""
    with np.load(BAGS) as file:  # allow_pickle is False unless asked for
        rows = np.split(file["tokens"], np.cumsum(file["lengths"], dtype=int)[:-1])
        rating, words = file["rating"], file["words"].tolist()
    chosen = rng.permutation(np.flatnonzero(abs(rating) >= OPINION))
    x = _padded((rows[k].tolist() for k in chosen), max(map(len, rows)))
    labels = (rating[chosen] > 0).astype(np.int32)
    (x_train, x_validation), (y_train, y_validation) = (np.split(a, [len(x) - BAGS_VALIDATION]) for a in (x, labels))
    name = f"{len(x)} sentences of real film reviews, as bags of words"
    return Reviews(name, False, x_train, y_train, x_validation, y_validation, [PADDING, UNKNOWN, *words])


def _imdb() -> Reviews:
    """Read the two files by themselves, as keras.datasets.imdb does; that function downloads when a hash differs."""
    rng, data = np.random.default_rng(0), {}
    with np.load(cache() / "imdb.npz", allow_pickle=True) as file:  # its hash is known
        for part in ("train", "test"):
            chosen = rng.permutation(len(file[f"y_{part}"]))[:IMDB_TEXTS]
            data[part] = _imdb_words(file[f"x_{part}"][chosen]), file[f"y_{part}"][chosen].astype(np.int32)
    index = json.loads((cache() / "imdb_word_index.json").read_text("utf-8"))
    words = sorted(index, key=index.__getitem__)[: IMDB_WORDS - len(SPECIAL)]
    # Keras adds 3 to a rank that begins at 1; so number 3 stays without a word
    name = f"IMDB from Keras's cache, {len(data['train'][1])} + {len(data['test'][1])} reviews"
    return Reviews(name, False, *data["train"], *data["test"], [*SPECIAL, *words])


def _imdb_words(texts: np.ndarray) -> np.ndarray:
    unknown, offset = SPECIAL.index(UNKNOWN), len(SPECIAL) - 1
    numbered = ([1, *(rank + offset for rank in text[: IMDB_LENGTH - 1])] for text in texts)
    return _padded(([n if n < IMDB_WORDS else unknown for n in row] for row in numbered), IMDB_LENGTH)
