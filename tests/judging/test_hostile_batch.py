"""A class of three hundred, a third of them hostile, through the command: every honest one gets the right mark."""

import itertools
import json
import sys

import nbformat
import pytest

if sys.platform != "linux":
    pytest.skip("the sandbox is made of Linux's namespaces and Landlock", allow_module_level=True)

from greedy import HARMLESS, IMPORTS, REFUSED
from nbformat.v4 import new_code_cell
from tricks import ATTACKS, read, right

pytestmark = pytest.mark.slow  # three hundred submissions
NAME = "01-activations"
ANSWERS = ["relu", "sigmoid", "softmax", "sigmoid_gradient", "collapse"]
STUDENTS = 300
MOST = 500_000  # kilobytes that the main process may have at any time
COMMAND = """
import resource, signal, sys
from pathlib import Path
from grader import cli
signal.alarm(1800)  # a busy machine
sys.argv = ["grader", "grade", {name!r}, "--submitted", {submitted!r}, "--json", {out!r}, "--workers", "2"]
try:
    cli.main()
finally:
    Path({out!r} + ".memory").write_text(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))
"""


def hostile(folder):
    """Yield hostile notebooks, and which answer of each must get no point; None where all of its answers are right."""
    told = {
        "marker": "m", "success": "a-trick-worked", "canaries": [str(folder / "canary")], "home": str(folder),
        "project": str(ATTACKS.parents[1]), "solution": str(folder / "canary"), "packages": [str(folder)],
        "port": 9, "socket": str(folder / "socket"), "many": 300, "pids": [1],
    }  # fmt: skip
    first = f"import os\n\nimport numpy as np\n\nassert os.getpid() < 5\nOUT = {told!r}"
    for path in sorted(ATTACKS.glob("*.py")):
        trick = read(path)
        if trick.exercise.name == NAME and not {"impatient", "hole"} & set(trick.facts):
            yield trick.notebook(first), trick.wanted
    for source in (*HARMLESS.values(), *REFUSED.values()):
        notebook = right(NAME)
        notebook.cells[:0] = [new_code_cell(IMPORTS), new_code_cell(source)]
        yield notebook, None


@pytest.fixture(scope="module")
def graded(tmp_path_factory, grader):
    """Grade the class; return the results by student, what was expected of them, and the main process's most memory."""
    folder = tmp_path_factory.mktemp("class")
    (folder / "canary").write_text("a secret")
    submitted, out, expected = folder / "in", folder / "out.json", {}
    bad = itertools.islice(itertools.cycle(hostile(folder)), STUDENTS // 3)
    good = [right(NAME, ANSWERS[:count]) for count in range(len(ANSWERS) + 1)]
    for number in range(STUDENTS):
        if number % 3 == 1:
            notebook, wanted = next(bad)
        else:
            count = number % len(good)
            notebook, wanted = good[count], 2 * count
        target = submitted / f"student-{number:03}" / NAME / f"{NAME}.ipynb"
        target.parent.mkdir(parents=True)
        nbformat.write(notebook, target)
        expected[target.parents[1].name] = wanted
    command = COMMAND.format(name=NAME, submitted=str(submitted), out=str(out))
    done = grader(command, build=folder / "build", program="python")
    assert done.returncode == 0, done.stderr
    results = {each["student"]: each for each in json.loads(out.read_text("utf-8"))["submissions"]}
    return results, expected, int((folder / "out.json.memory").read_text())


def test_every_honest_one_gets_the_right_mark(graded):
    results, expected, _ = graded
    honest = {student: mark for student, mark in expected.items() if isinstance(mark, int)}
    assert len(honest) == 2 * STUDENTS // 3
    assert {student: results[student]["score"] for student in honest} == honest
    assert {results[student]["status"] for student in honest} == {"graded"}


def test_no_hostile_one_gets_a_point_for_what_it_tried(graded):
    results, expected, _ = graded
    for student, wanted in expected.items():
        if isinstance(wanted, str):
            scores = {answer["name"]: answer["score"] for answer in results[student]["answers"]}
            assert scores[wanted] == 0, student
        assert "a-trick-worked" not in json.dumps(results[student])


def test_the_main_process_stays_small(graded):
    assert graded[2] < MOST
