"""The tables of all exercises: each wrong function earns its own misconception, and the probes tell them apart."""

import dataclasses
import itertools
import re

import numpy as np
import pytest
from learner_answers import FUNCTIONS, NAMES

from grader.answers.check import _solution
from grader.answers.compare import judge_function
from grader.answers.observe import observe
from grader.base.hints import OF_ANY_ANSWER

OF_NUMPY = {name for exercise, names in NAMES.items() if exercise < "04" for name in names}


def marks(answer):
    """Return the marks of an answer's tests: those of the first three exercises need NumPy alone."""
    return [pytest.mark.quick] * (answer.name in OF_NUMPY)


WRONG = [
    pytest.param(answer, m.id, answer.done(wrong), id=f"{answer.name}-{m.id}-{n}", marks=marks(answer))
    for answer in FUNCTIONS
    for m in answer.misconceptions
    for n, wrong in enumerate(m.wrong)
]
every_answer = pytest.mark.parametrize(
    "answer", [pytest.param(each, id=each.name, marks=marks(each)) for each in FUNCTIONS]
)


@pytest.mark.parametrize(("answer", "id_", "wrong"), WRONG)
def test_a_wrong_function_earns_its_own_misconception(answer, id_, wrong):
    for seed in (None, 7):
        verdict = judge_function(answer, wrong, seed)
        assert verdict.misconception == id_, verdict.as_text()
    assert verdict.seen
    assert verdict.hint


@every_answer
def test_the_oracle_itself_earns_no_misconception(answer):
    for seed in range(5):
        assert judge_function(answer, answer.oracle, seed).passed


@every_answer
def test_every_two_misconceptions_differ_on_a_probe(answer):
    def seen(wrong):
        runs = [observe(wrong, probe.arguments, answer.items, probe.keywords) for probe in answer.probes]
        return [
            "broke" if run.broke or (probe.warning_free and run.warned) else str(run.values)
            for run, probe in zip(runs, answer.probes, strict=True)
        ]

    table = [(m.id, seen(answer.done(wrong))) for m in answer.misconceptions for wrong in m.wrong]
    for (one, first), (other, second) in itertools.combinations(table, 2):
        assert one == other or first != second, (one, other)


@every_answer
def test_every_hint_is_one_thing_to_look_at_in_plain_words(answer):
    for misconception in answer.misconceptions:
        assert re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", misconception.id)
        assert 20 < len(misconception.hint) < 300
        assert not re.search(r"!|\b(simply|obviously|just)\b|np\.asarray|return ", misconception.hint)
    assert answer.breaks in ("", *[m.id for m in answer.misconceptions])


@every_answer
def test_every_function_has_an_idea_and_a_way_and_none_holds_the_solution(answer):
    if answer.name.startswith("diagnosis_"):  # a word is no function
        return
    code = _solution(answer.name)
    for words in filter(None, (answer.idea, answer.way)):  # a new lesson's answer may do without
        assert 40 < len(words) < 400
        assert not re.search(r"!|\b(simply|obviously|just)\b", words)
        assert not any(line.strip() in words for line in code.splitlines() if "return" in line)


@every_answer
def test_secret_probes_are_marked_so_and_come_from_the_seed(answer):
    first, second = (answer.more(np.random.default_rng(3)) for _ in range(2))
    assert first or not answer.probes[0].arguments  # a word has nothing to be tried on
    assert all(probe.secret for probe in first)
    assert [str(probe.arguments) for probe in first] == [str(probe.arguments) for probe in second]


@pytest.mark.quick
def test_the_mistakes_that_any_answer_may_show_have_their_hints():
    assert set(OF_ANY_ANSWER) == {
        "not-attempted",
        "returns-nothing",
        "raises-error",
        "does-not-end",
        "another-function",
        "wrong-shape",
        "changes-its-input",
        "scalar-only",
        "returns-more-than-asked",
        "returns-less-than-asked",
        "another-number-of-results",
        "text-for-numbers",
        "another-type",
        "unrecognised",
    }


def kind(arguments, keywords):
    """Return what a fault could depend on: types, dtypes, shapes, signs and sizes of the numbers."""

    def of(value):
        if hasattr(value, "layers"):
            return id(value)
        if isinstance(value, type):
            return value.__name__
        array = np.asarray(value)
        if array.dtype.kind not in "biuf":
            return str(value)
        large = int(np.log10(np.abs(array).max())) if array.size and np.any(array) else None
        return type(value).__name__, str(array.dtype), array.shape, tuple(np.unique(np.sign(array))), large

    return tuple(of(argument) for argument in arguments), tuple((k, of(v)) for k, v in keywords.items())


@every_answer
def test_every_probe_is_the_only_one_of_its_kind_or_tells_mistakes_apart(answer):
    kinds = [kind(probe.arguments, probe.keywords) for probe in answer.probes]
    for place, (probe, its_kind) in enumerate(zip(answer.probes, kinds, strict=True)):

        def faulty(*arguments, its_kind=its_kind, **keywords):
            return "nothing" if kind(arguments, keywords) == its_kind else answer.oracle(*arguments, **keywords)

        without = [other for other in answer.probes if other is not probe]
        less = dataclasses.replace(answer, tries=without)
        if kinds.count(its_kind) == 1 and not probe.optional:
            assert not judge_function(answer, faulty).passed
            assert judge_function(less, faulty).passed  # nothing but this probe sees the fault
        elif not probe.optional:
            wrong = [(m.id, answer.done(function)) for m in answer.misconceptions for function in m.wrong]
            told = [judge_function(less, function).misconception == id_ for id_, function in wrong]
            assert not all(told), f"probe {place} of {answer.name} could go"
