"""The grading of a folder: every submission judged, written to the gradebook, and told as JSON."""

import json
import os
from collections.abc import Generator, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

from grader.base.errors import CannotGoOn
from grader.base.files import replace_whole
from grader.gradebook.address import gradebook_identity
from grader.gradebook.execution import execution
from grader.gradebook.faults import errors_as_sentences
from grader.gradebook.journal import Journal
from grader.gradebook.seed import seed_for_judging
from grader.gradebook.writer import Writer
from grader.judging.batch import Handed, Judged, judge_all, read_submissions, students
from grader.judging.exercise import Exercise, load_exercise
from grader.judging.misplaced import refuse_other_folder
from grader.judging.results import Result


def grade(name: str, submitted: Path, workers: int = 0, trust: bool = False, scheduler: str = "") -> Iterator[Result]:
    """Judge every student's submission, write it to the gradebook, and yield its result as soon as it stands there.

    A submission whose marks stand in the gradebook, and of which nothing has changed since, is not judged again.

    Args:
        name: the exercise.
        submitted: a folder that holds STUDENT/NAME/NAME.ipynb.
        workers: how many are judged at once; 0 is as many as there are cores.
        trust: run the submitted code without a sandbox.
        scheduler: the address of a Dask scheduler, whose workers judge in place of this machine.

    Raises:
        CannotGoOn: no such exercise or folder, a folder that is no class's, a gradebook that does not fit the
            exercise, a secret seed that cannot be used here, or no one who can judge.
    """
    if scheduler and workers:
        raise CannotGoOn(
            "--workers is for grading on this machine; a cluster's workers say themselves how much they do."
        )
    refuse_other_folder(submitted, name)
    exercise, seed = load_exercise(name), seed_for_judging(elsewhere=bool(scheduler))
    names, writer = students(submitted), Writer(name)
    graded, journal = writer.graded(names), Journal(name, gradebook=gradebook_identity(), seed=seed.digest)
    keys = {student: journal.key(submitted / student / name) for student in names}
    kept = {student: journal.done(student, keys[student]) for student in names if student in graded}
    new = [student for student in names if not kept.get(student)]
    yield from filter(None, kept.values())
    handed = read_submissions(submitted, new, name, partial(seed.personal_key, name))
    with closing(_judge(handed, len(new), exercise, workers, trust, scheduler)) as all_judged:
        for judged in all_judged:
            student = judged.result.student
            yield _write(judged, submitted / student / name, keys[student], writer, journal)


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


def _write(judged: Judged, folder: Path, key: str, writer: Writer, journal: Journal) -> Result:
    """Write a submission's marks, and only then note that it is done; killed in between, it is graded again."""
    writer.write(judged, folder)
    with errors_as_sentences(writer.course.db_url):
        journal.enter(judged.result, key, folder)
    return judged.result


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
