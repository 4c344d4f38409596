"""The grading of a folder: every submission judged, written to the gradebook, and told as JSON."""

import json
import os
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from grader.base.errors import CannotGoOn
from grader.base.files import replace_whole
from grader.base.text import printable
from grader.gradebook.address import gradebook_identity
from grader.gradebook.execution import execution
from grader.gradebook.faults import errors_as_sentences, file_sentence
from grader.gradebook.journal import Journal
from grader.gradebook.seed import seed_for_judging
from grader.gradebook.writer import Writer
from grader.intake.handed_in import HandedIn, open_class
from grader.intake.reader import Reader
from grader.intake.students import Student
from grader.intake.submissions import Submission, fingerprint, take
from grader.judging.batch import Handed, Judged, judge_all, reject
from grader.judging.exercise import Exercise, load_exercise
from grader.judging.results import Result, absent


def grade(name: str, submitted: Path, workers: int = 0, trust: bool = False, scheduler: str = "") -> Iterator[Result]:
    """Judge every student's submission, write it to the gradebook, and yield its result as soon as it stands there.

    A submission whose marks stand in the gradebook, and of which nothing has changed since, is not judged again.

    Args:
        name: the exercise.
        submitted: a folder or zip file of submissions; see grader.intake.layouts.
        workers: how many are judged at once; 0 is as many as there are cores.
        trust: run the submitted code without a sandbox.
        scheduler: the address of a Dask scheduler, whose workers judge in place of this machine.

    Raises:
        CannotGoOn: no such exercise or folder, a folder that is no class's, a gradebook that does not fit the
            exercise, a secret seed that cannot be used here, or no one who can judge.
    """
    with open_class(submitted, name) as handed_in:
        yield from grade_class(handed_in, workers, trust, scheduler)


def grade_class(
    handed_in: HandedIn, workers: int = 0, trust: bool = False, scheduler: str = "", due: datetime | None = None
) -> Iterator[Result]:
    """Judge what a class has handed in; as grade(), which opens it. `due` sets when it is due, in UTC, no zone."""
    if scheduler and workers:
        raise CannotGoOn(
            "--workers is for grading on this machine; a cluster's workers say themselves how much they do."
        )
    name, people = handed_in.exercise, handed_in.students
    exercise, seed = load_exercise(name), seed_for_judging(elsewhere=bool(scheduler))
    writer = Writer(name, due)
    graded = writer.graded()
    journal = Journal(name, gradebook=gradebook_identity() + writer.late_terms(), seed=seed.digest)
    yield from (_absent(each, graded) for each in people if not each.has_notebook)
    yield from (reject(each.name, each.problem, exercise).result for each in people if not each.has_name)
    kept, new = {}, []
    for student in (each for each in people if each.has_name and each.has_notebook):
        key = journal.key(fingerprint(handed_in.folder, student, name))
        done = student.name in graded and journal.done(student.name, key)
        if done:
            kept[student.name] = done
        else:
            new.append(student)
    yield from kept.values()
    with Reader() as reader:
        taken = Taken(handed_in.folder, name, reader)
        handed = taken.hand_over(new, partial(seed.personal_key, name))
        with closing(_judge(handed, len(new), exercise, workers, trust, scheduler)) as all_judged:
            for judged in all_judged:
                yield _write(judged, taken, writer, journal)


def _absent(student: Student, graded: set[str]) -> Result:
    kept = ["The gradebook keeps the mark of an earlier submission; --forget takes it back."] * (student.name in graded)
    return absent(student.name, student.problem, [*student.notes, *kept])


class Taken:
    """The submissions that are under way: taken through the door, and not yet written."""

    def __init__(self, submitted: Path, exercise: str, reader: Reader) -> None:
        """Take nothing yet."""
        self._submitted, self._exercise, self._reader = submitted, exercise, reader
        self._away: dict[str, Submission] = {}

    def hand_over(self, people: Iterable[Student], key: Callable[[str], str]) -> Iterator[Handed]:
        """Yield what each student has handed in, taken when it is asked for; `key` returns a student's personal key."""
        for student in people:
            try:
                found = take(self._submitted, student, self._exercise, self._reader)
            except OSError as error:  # no place to keep it
                raise CannotGoOn(file_sentence(error)) from error
            self._away[student.name] = found
            yield Handed(student.name, found.notebook, found.problem, "" if found.problem else key(student.name))

    def pop(self, student: str) -> tuple[Submission, Path]:
        """Return a submission that was handed over, and the path of its notebook."""
        found = self._away.pop(student)
        return found, self._submitted.joinpath(*found.student.way(self._exercise))


def _judge(
    handed: Iterator[Handed], count: int, exercise: Exercise, workers: int, trust: bool, scheduler: str
) -> Generator[Judged]:
    """Yield the judged submissions: from a cluster as they come in, from this machine in the order of the names."""
    if scheduler and count:
        from grader.judging.workers.cluster import judge_on_cluster

        yield from judge_on_cluster(scheduler, handed, exercise, trust)
        return
    at_once = min(workers or os.cpu_count() or 1, count)
    with execution(exercise, at_once, trust) as execute:
        yield from judge_all(handed, exercise, execute, at_once)


def _write(judged: Judged, taken: Taken, writer: Writer, journal: Journal) -> Result:
    """Write a submission's marks, and only then note that it is done; killed in between, it is graded again."""
    submission, notebook = taken.pop(judged.result.student)
    file = printable("/".join(submission.student.path))
    judged = replace(judged, result=replace(judged.result, notes=submission.notes, file=file))
    with closing(submission):
        result = writer.write(judged, submission, notebook)
    with errors_as_sentences(writer.course.db_url):
        journal.enter(result, journal.key(submission.digest))
    return result


def write_json(path: Path, name: str, results: list[Result]) -> None:
    """Write the results in the form that shared tools read, whole or not at all.

    Raises:
        CannotGoOn: the file cannot be written.
    """
    data = {"assignment": name, "submissions": [result.as_data() for result in results]}
    text = json.dumps(data, indent=1, ensure_ascii=False) + "\n"
    try:
        replace_whole(path, lambda part: part.write_text(text, "utf-8"))
    except OSError as error:
        raise CannotGoOn(f"The results cannot be written to {path}: {error.strerror}.") from error
