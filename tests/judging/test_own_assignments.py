"""Assignments of a teacher's own: right work is judged right, wrong work is not, and nothing hostile comes through."""

import copy
import json
from types import SimpleNamespace

import nbformat
import numpy as np
import own_assignment as own
import pytest
from usual_patterns import DATA, HELPERS, IMPORTS, PATTERNS, WITHOUT

from grader.base import paths
from grader.intake.plain import plain_notebook
from grader.judging.batch import Handed, judge_submission
from grader.judging.execution import run_on
from grader.judging.exercise import load_exercise
from grader.judging.judge.proxies import FunctionProxy, LearnerLimits, LearnerProxy
from grader.judging.judge.uses import Unjudged
from grader.judging.workers import pool


@pytest.fixture(scope="module")
def worker():
    class One:
        """A worker as a pool of one."""

        def __init__(self, warm):
            self.run = warm.run

    with pool.worker(keras=False, trusted=True) as warm:
        yield One(warm)


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Return what puts an assignment into a course without others, and loads it."""
    monkeypatch.setattr(paths, "SOLUTIONS", tmp_path)

    def make(cells, files=(), name="own", minor=5):
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        notebook = copy.deepcopy(own.notebook(cells))
        if minor < 5:
            notebook.nbformat_minor = minor
            for each in notebook.cells:
                del each["id"]
        (folder / f"{name}.ipynb").write_text(json.dumps(notebook), "utf-8")
        for way, text in files:
            (folder / way).write_text(text, "utf-8")
        return load_exercise(name)

    return make


def judged(worker, exercise, cells):
    """Return the result and the notebook of a submission of these cells."""
    plain = plain_notebook(nbformat.writes(own.notebook(cells)).encode())
    return judge_submission(Handed("ada", plain), exercise, run_on(worker, exercise))


def scores(found):
    return {answer.name.replace("_", "-"): answer.score for answer in found.result.answers}


def seen(found):
    return {answer.name.replace("_", "-"): answer.seen for answer in found.result.answers}


def patterns(which):
    """Return the cells of an assignment of all patterns, with the answers of this kind."""
    cells = [own.cell(IMPORTS), own.cell(HELPERS, "helpers", locked=True)]
    for name, parts in PATTERNS.items():
        cells += [own.answer(name, parts[which]), own.checking(name, parts[2])]
    return cells


def test_right_work_of_the_usual_patterns_is_judged_right_and_wrong_work_wrong(worker, course):
    exercise = course(patterns(0), [("data.csv", DATA)])
    right, wrong = judged(worker, exercise, patterns(0)), judged(worker, exercise, patterns(1))
    assert right.result.status == wrong.result.status == "graded", right.result.reason
    expected = {name: float(name not in WITHOUT) for name in PATTERNS}
    assert scores(right) == expected, seen(right)
    assert {name: score for name, score in scores(wrong).items() if score} == {"partial": 0.5}, seen(wrong)


LIAR = (
    "class Liar:\n    __eq__ = lambda *_: True\n    __ne__ = lambda *_: False\n    __hash__ = lambda self: 1\n"
    "    __len__ = lambda self: 1\n    __contains__ = lambda *_: True\n    most_common = lambda *_: [('a', 2)]\n"
)
HOSTILE = {
    "set": f"{LIAR}class S(Liar, set):\n    pass\ndef distinct(x):\n    return S()",
    "counter": f"{LIAR}from collections import Counter\nclass C(Liar, Counter):\n    pass\n"
    "def letters(x):\n    return C()",
    "fraction": f"{LIAR}from fractions import Fraction\nclass F(Liar, Fraction):\n    pass\n"
    "def half(x):\n    return F(7)",
    "date": f"{LIAR}import datetime\nclass D(Liar, datetime.date):\n    isoformat = lambda self: '2026-03-01'\n"
    "def next_day(d):\n    return D(1, 1, 1)",
    "complex": f"{LIAR}class Z(Liar, complex):\n    real = property(lambda self: 'x')\n"
    "def rotated(z):\n    return Z(1)",
    "dict-with-integer-keys": f"{LIAR}class D(Liar, dict):\n    pass\ndef squares_of(n):\n    return D()",
    "except-value-error": "class ValueError(Exception):\n    pass\ndef root(x):\n    raise ValueError('too small')",
    "generator": "class G:\n    __iter__ = lambda self: self\n    def __next__(self):\n        return type(self)\n"
    "def countdown(n):\n    return G()",
    "printed": "def greet(name):\n    print('Hello,', name, 'x' * 10**7)",
    "changed-in-place": f"{LIAR}def in_place(items):\n    items[:] = [Liar()]",
    "module-of-the-import-cell": "class np:\n    allclose = lambda *_: True\n"
    "class math:\n    isclose = allclose = np.allclose\n"
    "def close(x):\n    return [0]",
    "helper-that-takes-a-function": "def cube(x):\n    return 0\nagree = lambda *_: True",
    "kept-from-the-test-before": "items = []\ndef doubled(x):\n    return [2, 4, 7]",
    "closure": "def adder(n):\n    def f(x):\n        raise SystemExit\n    return f",
    "number": "number = {}\nnumber[1] = number",
    "variable": "variable = set()\nfor _ in range(3000):\n    variable = frozenset([variable])",
    "text": "class E(ValueError):\n    def __str__(self):\n        raise KeyboardInterrupt\ndef text(x):\n    raise E",
    "partial": "def partial(x):\n    return float('nan')\n\ndef second(x):\n    return 10**4000",
}


def test_no_lying_value_earns_a_mark_and_honest_answers_beside_it_keep_theirs(worker, course):
    exercise = course(patterns(0), [("data.csv", DATA)])
    cells = [cell for cell in patterns(0) if cell.id != "helpers"]
    for cell in cells:
        cell.source = HOSTILE.get(cell.id, cell.source)
    found = judged(worker, exercise, cells)
    assert found.result.status == "graded", found.result.reason
    expected = {name: float(name not in WITHOUT and name not in HOSTILE) for name in PATTERNS}
    assert scores(found) == expected, seen(found)


def test_a_process_that_ends_is_not_the_exception_that_a_test_waits_for(worker, course):
    test = "try:\n    stop(-1)\nexcept Exception:\n    pass\nelse:\n    raise AssertionError"
    cells = [own.answer("stop", "def stop(x):\n    raise ValueError"), own.checking("stop", test)]
    exercise = course(cells)
    assert scores(judged(worker, exercise, cells)) == {"stop": 1}
    for code in ("import os\ndef stop(x):\n    os._exit(0)", "def stop(x):\n    return x", "def stop(x):\n    yield x"):
        cells[0].source = code
        assert scores(judged(worker, exercise, cells)) == {"stop": 0}, code


def test_a_locked_cell_is_the_sources_whether_it_is_changed_missing_or_named_again(worker, course):
    expected = own.cell("def expected():\n    return 5", "expected", locked=True)
    answer, test = own.answer("mine", "def mine():\n    return 5"), own.checking("mine", "assert mine() == expected()")
    exercise = course([expected, answer, test])
    assert scores(judged(worker, exercise, [expected, answer, test])) == {"mine": 1}
    wrong = own.answer("mine", "def mine():\n    return 'x'")
    other = "def expected():\n    return 'x'"
    for cells in (
        [own.cell(other, "expected", locked=True), wrong, test],
        [own.cell(other), wrong, test],
        [expected, wrong, own.cell(other), test],
    ):
        assert scores(judged(worker, exercise, cells)) == {"mine": 0}


def test_an_answer_that_is_marked_by_hand_keeps_its_code_and_waits(worker, course):
    from nbgrader.utils import determine_grade

    task = own.cell("### BEGIN SOLUTION\n1\n### END SOLUTION", "essay", solution=True, grade=True, points=6)
    exercise = course([task, own.answer("one", "one = 1"), own.checking("one", "assert one == 1")])
    work = own.cell("the_learners = 'own work'", "essay", solution=True, grade=True)
    found = judged(worker, exercise, [work, own.answer("one", "one = 1")])
    assert scores(found) == {"one": 1}
    (cell,) = [cell for cell in found.notebook.cells if cell.id == "essay"]
    assert cell.source == "the_learners = 'own work'"
    assert determine_grade(cell) == (None, 6)


@pytest.mark.parametrize(
    ("credit", "score"), [("1.5", 1.5), ("0", 0), ("-3", 0), ("float('nan')", 0), ("7", 2), ("'many'", 2)]
)
def test_a_number_as_last_value_is_credit_between_nothing_and_all(worker, course, credit, score):
    cells = [own.answer("part", f"def part():\n    return {credit}"), own.checking("part", "part()", points=2)]
    found = judged(worker, course(cells), cells)
    assert scores(found) == {"part": score}
    assert {answer.misconception for answer in found.result.answers} == {None}


def test_a_source_without_ids_gets_the_same_ones_at_every_reading_and_grades(worker, course):
    cells = [own.cell("import math"), own.answer("one", "one = 1"), own.checking("one", "assert one == 1")]
    exercise = course(cells, minor=4)
    again = load_exercise("own")
    ids = [cell.id for cell in exercise.notebook.cells]
    assert ids == [cell.id for cell in again.notebook.cells] == ["cell-0", "one", "test-one"]
    assert scores(judged(worker, exercise, cells)) == {"one": 1}
    assert scores(judged(worker, exercise, cells[:1])) == {"one": 0}


def forged(reply):
    """Return a function of a learner's process that gives this reply to whatever is asked."""
    learner = LearnerProxy(lambda: SimpleNamespace(look=None), LearnerLimits())
    learner.ask = lambda *_, **__: {"out": "", "err": "", "raised": None, "after": [None], "returned": None, **reply}
    return FunctionProxy(learner, "f", "f")


PLAIN = {"kind": "plain", "value": None}


@pytest.mark.parametrize(
    "reply",
    [
        {"returned": None},
        {"returned": [1]},
        {"returned": {"kind": "dtype", "name": "object"}},
        {"raised": {}},
        {"raised": {"base": "eval", "args": PLAIN}},
        {"raised": {"base": ["ValueError"], "type": 7, "message": b"x"}},
        {"raised": {"base": "KeyboardInterrupt"}},
        {"raised": {"base": "__import__", "args": {"kind": "plain", "value": ["os"]}}},
    ],
)
def test_a_forged_reply_is_nothing_that_a_test_takes_for_an_exception(reply):
    with pytest.raises(Unjudged):
        forged(reply)([1])


@pytest.mark.parametrize("index", [7, -1, "0", True, None, [0]])
def test_an_argument_that_was_not_given_does_not_come_back(index):
    assert not isinstance(forged({"returned": {"kind": "argument", "index": index}})([1]), list)


def test_a_forged_exception_is_of_pythons_own_class_and_its_arguments_are_plain():
    large = {"kind": "plain", "value": ["x" * 10**6]}
    for base, arguments, words in (
        ("UnicodeDecodeError", {"kind": "plain", "value": [1]}, "E: no"),
        ("ExceptionGroup", {"kind": "plain", "value": ["a", []]}, "E: no"),
        ("ValueError", large, "no"),
        ("ValueError", {"kind": "model", "data": {}}, "no"),
    ):
        function = forged({"raised": {"base": base, "type": "E", "message": "no", "args": arguments}})
        with pytest.raises(Exception, match=f"^{words}$") as caught:
            function([1])
        assert type(caught.value) in (ValueError, RuntimeError)


def test_an_argument_changes_only_as_its_class_allows():
    items, array = [1, [2], {3: [4]}], np.zeros(2)
    inner = items[1]
    for value, became in ((items, {"a": 1}), (array, np.zeros(3)), (array, [1]), ((1, 2), [3]), ("word", [1])):
        forged({"after": [{"kind": "plain", "value": became}], "returned": PLAIN})(value)
    assert items == [1, [2], {3: [4]}]
    assert array.tolist() == [0, 0]
    forged({"after": [{"kind": "plain", "value": [0, [2, 5]]}], "returned": PLAIN})(items)
    assert items == [0, [2, 5]]
    assert items[1] is inner
    for reply in ({"after": []}, {"after": 3}, {"after": [None] * 9}, {"out": 3, "err": ["x"]}):
        assert forged({**reply, "returned": PLAIN})([1]) is None
