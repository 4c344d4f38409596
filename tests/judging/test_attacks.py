"""Submissions that try to earn points for a wrong answer, to read or change what is not theirs, or to stop the judge.

The tricks are in attacks/, one in each file, and run in the sandbox alone; helpers/tricks.py says how they are written.
"""

import contextlib
import itertools
import json
import sys

import nbformat
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

if sys.platform != "linux":
    pytest.skip("the sandbox is made of Linux's namespaces and Landlock", allow_module_level=True)

from handed_in import hand_over
from tricks import exercise, right, run, tricks
from watched_world import Workers, World

from grader.answers.verdict import MIME
from grader.judging.batch import judge_all
from grader.judging.crossing import codec
from grader.judging.execution import run_on
from grader.judging.judge.judge import judge_cells
from grader.judging.judge.proxies import LearnerLimits, LearnerProxy

NAME = "01-activations"
ACTIVE = "<script", "<img"
OFTEN = 10  # tricks between two looks at whether an honest submission is still judged rightly


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with contextlib.closing(World(tmp_path_factory.mktemp("outside"))) as made:
        yield made


@pytest.fixture(scope="module")
def honest():
    return nbformat.writes(right(NAME)).encode()


@pytest.fixture(scope="module")
def workers(world, honest):
    with contextlib.closing(Workers(world.marker)) as made:
        yield made
        for worker in made.warm.values():
            is_right(run(worker, honest, exercise(NAME)))


@pytest.fixture(scope="module")
def turns():
    return itertools.count(1)


def is_right(outcome):
    """Assert that a submission was judged right, 10 points of 10."""
    assert outcome.stopped == ""
    assert outcome.points == dict.fromkeys(outcome.points, 2)
    assert len(outcome.points) == 5


def gives_nothing_away(outcome, world):
    """Assert that the outputs hold no secret, no hidden test, and nothing that a browser or a terminal would run."""
    for word in (world.secret, world.success, "seed=", "HIDDEN TESTS"):
        assert word not in outcome.outputs
    tests = {f"test-{name.replace('_', '-')}" for name in outcome.answers}
    for cell in outcome.notebook.cells:
        of_the_judge = cell.get("metadata", {}).get("nbgrader", {}).get("grade_id") in tests
        for output in cell.get("outputs", []):
            assert set(output.get("data", {})) <= ({"text/plain", "text/html", MIME} if of_the_judge else set())
            assert not any(word in output.get("data", {}).get("text/html", "") for word in ACTIVE)
    for answer in outcome.answers.values():
        assert (answer.seen + answer.hint).isprintable()
        assert len(answer.seen) < 2000
    outcome.outputs.encode("utf-8")


@pytest.mark.parametrize("trick", tricks())
def test_a_trick_earns_nothing_and_harms_nobody(trick, workers, world, honest, turns):
    worker = workers.one_for(trick.exercise.name, "impatient" in trick.facts)
    outcome = run(worker, nbformat.writes(trick.notebook(world.told(worker))).encode(), trick.exercise)
    wanted = outcome.answers[trick.wanted]
    assert (wanted.score, wanted.passed) == (0, False)
    assert wanted.misconception != trick.facts.get("unseen", "")
    assert [name for name in trick.kept if not outcome.answers[name].passed] == []
    gives_nothing_away(outcome, world)
    world.untouched()
    workers.nobody_left()
    if next(turns) % OFTEN == 0:
        is_right(run(worker, honest, exercise(NAME)))


# Tricks with the notebook's file

VERDICT = {"answer": "relu", "passed": True, "misconception": None, "seen": "", "hint": "", "section": "", "also": []}
FULL_MARKS = {
    "output_type": "execute_result",
    "data": {"text/plain": "2", "text/html": "<script>alert(1)</script>", MIME: VERDICT},
    "metadata": {},
    "execution_count": 7,
}


def cell(notebook, name):
    return next(each for each in notebook["cells"] if each["id"] == name)


def change(name, **fields):
    """Return the trick that sets fields of a cell."""
    return lambda notebook: cell(notebook, name).update(fields)


def grading(name, **fields):
    """Return the trick that sets nbgrader's metadata of a cell."""
    return lambda notebook: cell(notebook, name)["metadata"]["nbgrader"].update(fields)


def tags(*words):
    return lambda notebook: cell(notebook, "test-relu")["metadata"].update(tags=list(words))


def remove(notebook):
    notebook["cells"].remove(cell(notebook, "test-relu"))


def double(**fields):
    """Return the trick that has a test cell three times."""

    def trick(notebook):
        test = cell(notebook, "test-relu")
        notebook["cells"].insert(2, {**test, **fields})
        notebook["cells"].append({**test, **fields})

    return trick


def move_before_the_answer(notebook):
    test = cell(notebook, "test-relu")
    remove(notebook)
    notebook["cells"].insert(0, test)


def answer_under_the_name_of_the_test(notebook):
    cell(notebook, "test-relu").update(id="mine", metadata={})
    cell(notebook, "relu").update(id="test-relu", metadata={"nbgrader": {"grade_id": "test-relu"}})


def test_of_another_answer(notebook):
    other = cell(notebook, "test-sigmoid")
    names = {**other["metadata"]["nbgrader"], "grade_id": "test-relu", "points": 99}
    cell(notebook, "test-relu").update(source=other["source"], metadata={"nbgrader": names})


def settings_of_the_notebook(notebook):
    notebook["metadata"] = {
        "kernelspec": {"name": "../../own", "display_name": "own", "language": "bash"},
        "language_info": {"name": "bash"},
        "nbgrader": {"grade": False},
        "celltoolbar": "<script>",
        "widgets": {"application/vnd.jupyter.widget-state+json": {"state": {"<script>": {}}}},
    }


def end_with_the_outputs_there(notebook):
    cell(notebook, "test-relu").update(outputs=[FULL_MARKS], execution_count=7)
    cell(notebook, "relu").update(outputs=[FULL_MARKS], execution_count=7, source="import os\nos._exit(0)")


test_of_another_answer.__test__ = False

GAMES = {
    "skip-execution": tags("skip-execution"),
    "other tags": tags("raises-exception", "remove-cell", "nbval-skip", "solution", "hide-output"),
    "grade is false": grading("test-relu", grade=False, solution=True, locked=False),
    "grade is a word": grading("test-relu", grade="yes", points="99", schema_version=99),
    "99 points": grading("test-relu", points=99),
    "minus two points": grading("test-relu", points=-2),
    "points that are no number": grading("test-relu", points=float("nan")),
    "renamed": grading("test-relu", grade_id="test-none"),
    "named as the answer": grading("test-relu", grade_id="relu"),
    "answer named as the test": grading("relu", grade_id="test-relu", grade=True, points=2),
    "answer graded by hand": grading("relu", grade=True, points=99, task=True),
    "named by a list": grading("test-relu", grade_id=["test-relu"], checksum={}),
    "no metadata": change("test-relu", metadata={}, id="mine"),
    "metadata of another kind": change("test-relu", metadata=["nbgrader"]),
    "nbgrader's metadata of another kind": change("test-relu", metadata={"nbgrader": "test-relu"}),
    "markdown": change("test-relu", cell_type="markdown"),
    "raw": change("test-relu", cell_type="raw"),
    "cell of no kind": change("test-relu", cell_type=["code"]),
    "pass": change("test-relu", source="pass"),
    "empty": change("test-relu", source=""),
    "points as the last value": change("test-relu", source="2"),
    "source of another kind": change("test-relu", source={"text": "pass"}),
    "magic": change("test-relu", source="%%script true\n"),
    "outputs of the test": change("test-relu", outputs=[FULL_MARKS], execution_count=7),
    "outputs of the answer": change("relu", outputs=[FULL_MARKS], execution_count=7),
    "odd id": change("test-relu", id="../../<script>", attachments={"x": {"text/html": "<script>"}}),
    "removed": remove,
    "doubled": double(),
    "doubled with pass": double(source="pass"),
    "doubled as markdown": double(cell_type="markdown"),
    "doubled without metadata": double(metadata={}),
    "before the answer": move_before_the_answer,
    "answer under its name": answer_under_the_name_of_the_test,
    "test of another answer": test_of_another_answer,
    "settings of the notebook": settings_of_the_notebook,
    "outputs there, and the process ends": end_with_the_outputs_there,
}


@pytest.mark.parametrize("game", GAMES)
def test_what_a_notebook_says_of_its_cells_earns_nothing(game, workers, world, honest):
    notebook = json.loads(honest)
    cell(notebook, "relu")["source"] = "def relu(z):\n    return np.abs(z)"
    GAMES[game](notebook)
    outcome = run(workers.one_for(NAME), json.dumps(notebook).encode(), exercise(NAME))
    assert outcome.points == {**dict.fromkeys(outcome.points, 2), "relu": 0}
    assert {answer.max_score for answer in outcome.answers.values()} == {2}
    gives_nothing_away(outcome, world)


def one_cell(source):
    """Return the trick that puts a cell before all others."""
    new = {"cell_type": "code", "id": "mine", "metadata": {}, "outputs": [], "execution_count": None, "source": source}
    return lambda notebook: notebook["cells"].insert(0, new)


FEW = 1_800  # values in one message, in place of a limit that only a notebook of ninety thousand cells exceeds


def many_cells(notebook):
    one_cell("")(notebook)
    notebook["cells"][:1] = [{**notebook["cells"][0], "id": f"mine-{number}"} for number in range(FEW // 2)]


LARGE = {
    "half a character": one_cell("# \ud800"),
    "half a character in a test": change("test-relu", source="\ud800", id="\ud800"),
    "ten million letters": one_cell("#" + "x" * 10_000_000),
    "more cells than a message holds": many_cells,
}


@pytest.mark.parametrize("trick", LARGE)
def test_a_file_that_cannot_be_judged_does_not_stop_the_batch(trick, workers, honest, tmp_path, monkeypatch):
    monkeypatch.setattr(codec, "ITEMS", FEW)
    notebook = json.loads(honest)
    LARGE[trick](notebook)
    for student, raw in (("a", honest), ("b", json.dumps(notebook).encode()), ("c", honest)):
        path = tmp_path / student / NAME / f"{NAME}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(raw)

    handed = hand_over(tmp_path, ["a", "b", "c"], NAME)
    judged = list(judge_all(handed, exercise(NAME), run_on(workers.one_for(NAME), exercise(NAME))))
    assert [each.result.score for each in (judged[0], judged[2])] == [10, 10]
    if LARGE[trick] is many_cells:
        assert "values can be sent at once" in judged[1].result.reason
    nbformat.writes(judged[1].notebook).encode("utf-8")


# Replies that nothing honest would send, to the judge alone: no code of a learner is run

WORDS = [
    "",
    "plain",
    "dtype",
    "model",
    "function",
    "missing",
    "other",
    "abs",
    "float64",
    "(,)f4",
    "O",
    "\x1b[2J",
    "E" * 9999,
]
NUMBERS = [
    None,
    True,
    0,
    -1,
    2.0,
    2**70,
    10**400,
    float("nan"),
    b"\0",
    np.float32("inf"),
    np.str_("dtype"),
    np.bytes_(b"a"),
]
ARRAYS = [
    np.zeros(3),
    np.zeros(0),
    np.array(["plain", "dtype"]),
    np.array("dtype"),
    np.zeros((2, 0, 3)),
    np.zeros(2, "c16"),
]
KEYS = "results name called value data changed warned raised places returned out err error type message function line"
ODD = st.recursive(
    st.sampled_from([*WORDS, *NUMBERS, *ARRAYS]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["kind", *KEYS.split()]), inner, max_size=6)
    ),
    max_leaves=12,
)
REPLIES = st.fixed_dictionaries({"kind": ODD | st.sampled_from(WORDS)}, optional=dict.fromkeys(KEYS.split(), ODD))
NAMES = st.fixed_dictionaries({"kind": st.sampled_from(WORDS), "name": st.sampled_from(WORDS) | st.text(max_size=9)})
TEST = "from grader.checks.activations import check_relu\n\ncheck_relu(relu)"


class Forged:
    """A channel to nobody, over which the same reply comes to everything; to a row of calls, once for each."""

    def __init__(self, reply):
        self.reply, self.calls = reply, 0

    def send(self, value, timeout):
        self.calls = len(value.get("calls", ()))

    def receive(self, timeout):
        return {"results": [self.reply] * self.calls} if self.calls and "results" not in self.reply else self.reply

    def has_mail(self):
        return False

    def close(self):
        pass


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(
        REPLIES,
        NAMES,
        (REPLIES | NAMES).map(lambda reply: {"kind": "function", "returned": reply}),
    )
)
@example({"kind": "dtype", "name": "(,)f4"})
def test_no_reply_stops_the_judge_or_passes_a_check(reply):
    cells = [{"source": "", "test": False}, {"source": TEST, "test": True}]
    told, _ = judge_cells(cells, LearnerProxy(lambda: Forged(reply), LearnerLimits()))
    assert "error" in [output["output_type"] for output in told[1]["outputs"]]
    json.dumps(told).encode("utf-8")
