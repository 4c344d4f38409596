"""A folder of submissions, one result for each student, whatever was in it."""

import itertools
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from grader.base.errors import CannotGoOn
from grader.base.notebooks import notebook_path
from grader.judging.execution import Execute
from grader.judging.exercise import Exercise
from grader.judging.misplaced import missing_text
from grader.judging.results import Result
from grader.judging.submission import Rejected, prepare_notebook
from grader.judging.verdicts import answer_results, mark_unjudged, result_of

LARGEST = 50_000_000  # bytes; an honest notebook has some thousands, with pictures some millions


@dataclass(frozen=True)
class Handed:
    """What a student has handed in.

    Attributes:
        student: the name of the student's folder.
        notebook: the file's bytes.
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


def students(submitted: Path) -> list[str]:
    """Return the names of the student folders.

    Raises:
        CannotGoOn: there is no such folder.
    """
    if not submitted.is_dir():
        raise CannotGoOn(f"There is no folder {submitted}. Give the one that holds STUDENT/EXERCISE/EXERCISE.ipynb.")
    return sorted(path.name for path in submitted.iterdir() if path.is_dir() and not path.name.startswith("."))


def read_submissions(
    submitted: Path, names: Iterable[str], exercise: str, key: Callable[[str], str]
) -> Iterator[Handed]:
    """Yield what each student has handed in, read when it is asked for.

    Args:
        submitted: the folder that holds STUDENT/EXERCISE/EXERCISE.ipynb.
        names: the students.
        exercise: what they were given.
        key: returns a student's personal key.
    """
    for student in names:
        try:
            yield Handed(student, read_file(notebook_path(submitted / student, exercise)), personal_key=key(student))
        except Rejected as rejected:
            yield Handed(student, problem=str(rejected))


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
    try:
        notebook = prepare_notebook(handed.notebook, exercise)
    except Rejected as rejected:
        return reject(handed.student, str(rejected), exercise)
    run = execute(notebook, handed.personal_key)
    return Judged(result_of(handed.student, notebook, exercise, run), notebook)


def read_file(path: Path) -> bytes:
    """Return the submitted file.

    Raises:
        Rejected: it is not there, too large, or cannot be read.
    """
    try:
        if path.is_symlink() or not path.is_file():
            raise Rejected(missing_text(path.parents[1], path.stem))
        if path.stat().st_size > LARGEST:
            raise Rejected(f"The file is larger than {LARGEST // 1_000_000} MB; clear the outputs and submit it again.")
        return path.read_bytes()
    except OSError as error:
        raise Rejected(f"The file cannot be read: {error.strerror}.") from error


def reject(student: str, reason: str, exercise: Exercise) -> Judged:
    """Return a result of no points, with the released notebook and the reason on top for feedback pages."""
    notebook = deepcopy(exercise.notebook)
    note = new_markdown_cell(f"**This submission could not be graded.** {reason}", id="rejected")
    notebook.cells = [note, *notebook.cells]
    mark_unjudged(notebook, reason)
    return Judged(Result(student, "rejected", reason, answer_results(notebook, exercise)), notebook)
