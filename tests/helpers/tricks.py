"""Submissions that try a trick, made from attacks/*.py, and what comes of judging them.

A file of attacks/ is one trick. Its first line says what it tries; further comments may say

    # exercise: 04-losses       whose notebook it is made from; 01-activations
    # wants: softmax            the answer that it wants points for; the exercise's first one
    # only: sigmoid collapse    the right answers beside it, if not all others
    # loses: others             the other answers may be lost with the wanted one, by its own doing
    # unseen: relu-absolute     the misconception that the verdict would name if the trick succeeded
    # impatient                 the judge has to lose patience with it, and is given little
    # hole: ...                 it succeeds as yet, and why

Then come cells: `# %% relu` is the cell of that name, `# %%` one more at this place. Answers that are not named are the
right ones, and must get their points. A first cell defines OUT, see watched_world.py.
"""

import functools
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import pytest
from handed_in import plain
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from grader.judging.batch import Handed, judge_submission
from grader.judging.execution import run_on
from grader.judging.exercise import Exercise, load_exercise
from grader.judging.results import AnswerResult
from grader.judging.workers.pool import Worker

ROOT = Path(__file__).resolve().parents[2]
ATTACKS = Path(__file__).parents[1] / "attacks"
FACTS = ("exercise", "wants", "only", "loses", "unseen", "impatient", "hole")
exercise = functools.cache(load_exercise)


@dataclass(frozen=True)
class Trick:
    """One file of attacks/."""

    name: str
    cells: list[tuple[str, str]]
    facts: dict[str, str] = field(default_factory=dict)

    @property
    def exercise(self) -> Exercise:
        return exercise(self.facts.get("exercise", "01-activations"))

    @property
    def names(self) -> list[str]:
        return [self.exercise.answer(test) for test in self.exercise.tests]

    @property
    def wanted(self) -> str:
        return self.facts.get("wants") or self.names[0]

    @property
    def others(self) -> list[str]:
        """The right answers beside the wanted one."""
        return [name for name in self.facts.get("only", " ".join(self.names)).split() if name != self.wanted]

    @property
    def kept(self) -> list[str]:
        """The answers that must get their points."""
        return [] if "loses" in self.facts else self.others

    def notebook(self, first: str) -> NotebookNode:
        """Return the submission, with one more cell before all others."""
        notebook = right(self.exercise.name, self.others)
        place = next(number for number, cell in enumerate(notebook.cells) if cell.id == "imports") + 1
        for name, source in self.cells:
            if name:
                place = next(number for number, cell in enumerate(notebook.cells) if cell.id == name)
                notebook.cells[place].source = source
            else:
                notebook.cells.insert(place, new_code_cell(source))
            place += 1
        notebook.cells.insert(0, new_code_cell(first))
        return notebook


def right(name: str, wanted: list[str] | None = None) -> NotebookNode:
    """Return a released exercise with some, or all, of the answers of solutions/ filled in."""
    notebook = nbformat.read(ROOT / f"exercises/{name}/{name}.ipynb", as_version=4)
    source = nbformat.read(ROOT / f"solutions/{name}/{name}.ipynb", as_version=4)
    answered = {cell.id: cell.source for cell in source.cells if cell.metadata.get("nbgrader", {}).get("solution")}
    for cell in notebook.cells:
        if wanted is None or cell.id.replace("-", "_") in wanted:
            cell.source = answered.get(cell.id, cell.source)
    return notebook


def read(path: Path) -> Trick:
    """Return the trick that a file holds."""
    head, *parts = path.read_text("utf-8").split("\n# %%")
    lines = [line.removeprefix("# ").partition(": ") for line in head.splitlines()[1:]]
    cells = [part.partition("\n") for part in parts]
    return Trick(
        path.stem,
        [(name.strip(), source.strip()) for name, _, source in cells],
        {key: value for key, _, value in lines if key in FACTS},
    )


def tricks() -> list[Any]:
    """Return all tricks as parameters of a test."""
    params = []
    for trick in map(read, sorted(ATTACKS.glob("*.py"))):
        marks = [pytest.mark.slow] if "impatient" in trick.facts else []
        marks += [pytest.mark.xfail(reason=trick.facts["hole"], strict=True)] if "hole" in trick.facts else []
        params.append(pytest.param(trick, id=trick.name, marks=marks))
    return params


@dataclass(frozen=True)
class Outcome:
    """What came of a submission."""

    notebook: NotebookNode
    stopped: str
    answers: dict[str, AnswerResult]

    @property
    def outputs(self) -> str:
        """All outputs, as the judged notebook will hold them."""
        return json.dumps([cell.get("outputs") for cell in self.notebook.cells], ensure_ascii=False)

    @property
    def points(self) -> dict[str, float]:
        return {answer.name: answer.score for answer in self.answers.values()}


def run(worker: Worker, raw: bytes, of: Exercise) -> Outcome:
    """Judge a submission."""
    judged = judge_submission(Handed("", plain(raw)), of, run_on(worker, of))
    assert judged.result.status != "rejected", judged.result.reason
    return Outcome(judged.notebook, judged.result.reason, {answer.name: answer for answer in judged.result.answers})
