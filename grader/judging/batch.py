"""Many submissions, one result for each student, whatever was in it."""

import itertools
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from copy import deepcopy
from dataclasses import dataclass, field

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from grader.judging.execution import Execute
from grader.judging.exercise import Exercise
from grader.judging.results import Result
from grader.judging.submission import prepare_notebook
from grader.judging.verdicts import answer_results, mark_unjudged, result_of


@dataclass(frozen=True)
class Handed:
    """What a student has handed in.

    Attributes:
        student: the name of the student's folder.
        notebook: a plain notebook, as grader.intake.plain makes it of the file: small, and of a known form.
        problem: one sentence that says why there are none, or "".
        personal_key: what the inputs of the student's own follow from, for the judge alone; "" for none.
    """

    student: str
    notebook: bytes = b""
    problem: str = ""
    personal_key: str = field(default="", repr=False)


@dataclass(frozen=True)
class Judged:
    """A result, and the notebook with its outputs for the teacher to look at."""

    result: Result
    notebook: NotebookNode


def judge_all(handed: Iterable[Handed], exercise: Exercise, execute: Execute, at_once: int = 1) -> Iterator[Judged]:
    """Yield the judged submissions in the order in which they come.

    Args:
        handed: the submissions.
        exercise: what the students were given.
        execute: runs a prepared notebook; called from several threads when more than one is judged at once.
        at_once: how many are judged side by side. As many more are read ahead, so that memory stays the same however
            large the class is.
    """
    rest = iter(handed)
    with ThreadPoolExecutor(max(1, at_once)) as threads:

        def begin(one: Handed) -> Future[Judged]:
            return threads.submit(judge_submission, one, exercise, execute)

        waiting = deque(map(begin, itertools.islice(rest, 2 * at_once)))
        while waiting:
            yield waiting.popleft().result()
            waiting.extend(map(begin, itertools.islice(rest, 1)))


def judge_submission(handed: Handed, exercise: Exercise, execute: Execute) -> Judged:
    """Return the result of one submission; nothing that is in it raises."""
    if handed.problem:
        return reject(handed.student, handed.problem, exercise)
    notebook = prepare_notebook(handed.notebook, exercise)
    run = execute(notebook, handed.personal_key)
    return Judged(result_of(handed.student, notebook, exercise, run), notebook)


def reject(student: str, reason: str, exercise: Exercise) -> Judged:
    """Return a result of no points, with the released notebook and the reason on top for feedback pages."""
    notebook = deepcopy(exercise.notebook)
    note = new_markdown_cell(f"**This submission could not be graded.** {reason}", id="rejected")
    notebook.cells = [note, *notebook.cells]
    mark_unjudged(notebook, reason)
    return Judged(Result(student, "rejected", reason, answer_results(notebook, exercise)), notebook)
