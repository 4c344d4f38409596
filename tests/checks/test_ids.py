"""The ids of the misconceptions: those that reports and other people's tests rely on, and that each is really used."""

import pytest
from learner_answers import BLOCKS, FUNCTIONS

from grader.base.hints import HINTS
from grader.base.paths import exercise_names
from grader.checks import checks_of
from grader.diagnosis.rules import RULES

pytestmark = pytest.mark.quick

# shared with everybody: an id may be added, and none of these may be renamed
FIXED = [
    "not-attempted",
    "returns-nothing",
    "raises-error",
    "wrong-shape",
    "changes-its-input",
    "relu-absolute",
    "relu-flipped",
    "relu-step",
    "relu-leaky",
    "scalar-only",
    "sigmoid-flipped",
    "sigmoid-overflow",
    "sigmoid-is-tanh",
    "gradient-without-one-minus",
    "gradient-of-the-output",
    "collapse-order",
    "softmax-no-shift",
    "softmax-wrong-axis",
    "softmax-whole-batch",
    "softmax-no-exp",
    "softmax-flipped",
    "softmax-global-shift",
    "logit-flipped",
    "logit-no-log",
    "logit-wrong-base",
    "threshold-half-on-logits",
    "threshold-zero-on-probabilities",
    "argmax-on-one-column",
    "threshold-flipped",
    "probabilities-not-classes",
    "classes-not-probabilities",
    "logsumexp-no-shift",
    "logsumexp-shift-not-added-back",
    "log-of-softmax",
    "log1p-overflow",
    "crossentropy-through-probability",
    "crossentropy-one-class-only",
    "crossentropy-flipped",
    "crossentropy-sum-not-mean",
    "broadcast-n-by-n",
    "labels-from-one",
    "logits-with-probability-loss",
    "probabilities-with-logits-loss",
    "accuracy-cuts-logits-at-half",
    "accuracy-cuts-probabilities-at-zero",
    "sigmoid-twice",
    "softmax-twice",
    "softmax-on-one-unit",
    "relu-on-logits",
    "missing-nonlinearity",
    "labels-do-not-fit-loss",
    "regression-loss",
    "probabilities-not-asked",
    "logits-not-turned-into-probabilities",
    "dropout-at-prediction",
    "dropout-keeps-instead-of-drops",
    "wrong-architecture",
    "base-not-frozen",
    "frozen-after-compile",
    "confusion-transposed",
    "confusion-of-scores",
    "confusion-normalised",
    "diagonal-not-excluded",
    "off-by-one-epoch",
]


def used():
    found = set(HINTS) | {rule.id for rule in RULES}
    for answer in FUNCTIONS:
        found |= {m.id for m in answer.misconceptions} | {answer.breaks, answer.unsteady}
    return found | {param.values[1] for param in BLOCKS}


def test_every_id_that_is_fixed_is_used():
    assert set(FIXED) - used() == set()


def test_no_two_answers_have_the_same_name():
    names = [check.table.name for exercise in exercise_names() for check in checks_of(exercise)]
    assert len(set(names)) == len(names), "progress and check_....solution() go by the name alone"


def test_every_id_is_written_in_one_way():
    assert all(id_ == id_.lower().strip() and " " not in id_ for id_ in used() if id_)
