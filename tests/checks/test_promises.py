"""What a check asks for, the exercise's text says: every kind of input that an answer is tried on is promised there."""

import re

import numpy as np
import pytest
from learner_answers import FUNCTIONS
from lesson_cells import texts_of

from grader.base.paths import exercise_names
from grader.checks import checks_of

pytestmark = pytest.mark.quick

OF = {check.table.name: name for name in exercise_names() for check in checks_of(name)}
NUMPY = [answer for answer in FUNCTIONS if not callable(answer.tries) and answer.probes[0].arguments]
TRIED = [(answer, probe) for answer in [*NUMPY] for probe in answer.probes if not probe.optional]
TRIED += [(a, p) for a in FUNCTIONS if a.name.startswith("accuracy_") for p in a.probes if not p.optional]


def kinds(probe):
    """Return what a probe's arguments are, each kind with a pattern that the text must hold."""
    for value in (*probe.arguments, *probe.keywords.values()):
        if isinstance(value, type):
            yield f"{value.__name__}", rf"np\.{value.__name__}"
        elif isinstance(value, list):
            yield "a list", r"\blists?\b"
        elif np.ndim(value) == 0:
            yield "one number", r"\bnumbers?\b|one probability|n_classes|threshold|`p`|from `x`"
        else:
            if value.dtype in (np.float32, np.float16):
                yield value.dtype.name, r"any float type"
            if value.dtype.kind in "iu":
                yield "integers", r"integer|0 or 1|counts|how often|most often"
        if isinstance(value, type):
            continue
        if np.ndim(value) == 2 and np.shape(value)[-1] == 1:
            yield "a column", r"any shape|\(N, 1\)|\(N, K\)|\(inputs, hidden\)"
        if np.max(np.abs(value)) >= 1000 and probe.extreme:
            yield "large numbers", r"every finite|10000|1000|every `?p"


def words_of(answer):
    exercise = OF[answer.name]
    cells = texts_of(exercise)
    own = "about-" + answer.name.replace("_", "-")
    return " ".join((cells["title"] + " " + cells[own]).split())


@pytest.mark.parametrize(("answer", "probe"), TRIED, ids=[f"{a.name}-{k}" for k, (a, _) in enumerate(TRIED)])
def test_every_kind_of_input_stands_in_the_text(answer, probe):
    text = words_of(answer)
    for kind, pattern in kinds(probe):
        assert re.search(pattern, text), f"{answer.name} is tried on {kind}, and its text does not say so"


def tie(answer, probe):
    """Return whether a probe holds equals of which an answer could choose one or the other."""
    first = np.asarray(probe.arguments[0])
    if answer.name == "epochs_before_overfitting":
        return bool(np.sum(first == first.min()) > 1)
    if answer.name == "most_likely":
        return bool(np.any(np.sum(first == first.max(axis=-1, keepdims=True), axis=-1) > 1))
    if answer.name == "confusion_matrix":
        scores = np.asarray(probe.arguments[1])
        return bool(np.any(np.sum(scores == scores.max(axis=-1, keepdims=True), axis=-1) > 1))
    if answer.name == "most_confused_pair":
        rest = first[~np.eye(len(first), dtype=bool)]
        return bool(np.sum(rest == rest.max()) > 1)
    if answer.name == "accuracy_of_logits":
        return bool(np.any(np.asarray(probe.arguments[1]) == 0))
    return False


@pytest.mark.parametrize(
    "answer", NUMPY + [a for a in FUNCTIONS if a.name.startswith("accuracy_")], ids=lambda a: a.name
)
def test_where_the_text_leaves_a_choice_nothing_is_tried_that_depends_on_it(answer):
    drawn = [probe for seed in range(20) for probe in answer.more(np.random.default_rng(seed))]
    assert not [probe.arguments for probe in [*answer.probes, *drawn] if tie(answer, probe)]


@pytest.mark.parametrize(
    ("name", "words"),
    [("predict_class", "over one half, else 0"), ("predict_class_from_probability", "exactly the threshold")],
)
def test_where_a_border_is_tried_the_text_says_which_class_it_is(name, words):
    assert words in words_of(next(answer for answer in NUMPY if answer.name == name))
