"""The grading of a folder: every submission judged, written to the gradebook, and told as JSON."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

from grader.errors import CannotGoOn
from grader.gradebook import Writer
from grader.journal import Journal
from grader.judging.batch import Judged, judge_all, students
from grader.judging.execution import execution
from grader.judging.exercise import load
from grader.judging.results import Result


def grade(name: str, submitted: Path, workers: int = 0, trust: bool = False) -> Iterator[Result]:
    """Judge every student's submission, write it to the gradebook, and yield its result.

    A submission whose marks stand in the gradebook, and of which nothing has changed since, is not judged again.

    Args:
        name: the exercise.
        submitted: a folder that holds STUDENT/NAME/NAME.ipynb.
        workers: how many are judged at once; 0 is as many as there are cores.
        trust: run the submitted code without a sandbox.

    Raises:
        CannotGoOn: no such exercise or folder, or a gradebook that does not fit the exercise.
    """
    exercise = load(name)
    names, journal, writer = students(submitted), Journal(name), Writer(name)
    graded = writer.graded()
    kept = {student: journal.done(student, submitted / student / name) for student in names if student in graded}
    new = [student for student in names if not kept.get(student)]
    at_once = min(workers or os.cpu_count() or 1, len(new))
    with execution(exercise, at_once, trust) as execute:
        judged = judge_all(submitted, new, exercise, execute, at_once)
        for student in names:
            result = kept.get(student)
            if result is None:
                result = _write(next(judged), submitted / student / name, writer, journal)
            yield result


def _write(judged: Judged, folder: Path, writer: Writer, journal: Journal) -> Result:
    """Write a submission's marks, and only then note that it is done; killed in between, it is graded again."""
    writer.write(judged, folder)
    journal.enter(judged.result, folder)
    return judged.result


def write_json(path: Path, name: str, results: list[Result]) -> None:
    """Write the results in the form that shared tools read, whole or not at all.

    Raises:
        CannotGoOn: the file cannot be written.
    """
    data = {"assignment": name, "submissions": [result.as_data() for result in results]}
    try:
        part = path.with_name(path.name + ".part")
        part.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", "utf-8")
        part.replace(path)
    except OSError as error:
        raise CannotGoOn(f"The results cannot be written to {path}: {error.strerror}.") from error
