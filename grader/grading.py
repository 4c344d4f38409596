"""The grading of a folder: every submission judged, written to the gradebook, and told as JSON."""

import json
from collections.abc import Iterator
from pathlib import Path

from grader.errors import CannotGoOn
from grader.gradebook import Writer
from grader.judging.batch import judge_all
from grader.judging.execution import nbgrader_execution
from grader.judging.exercise import load
from grader.judging.results import Result


def grade(name: str, submitted: Path) -> Iterator[Result]:
    """Judge every student's submission, write it to the gradebook, and yield its result.

    Args:
        name: the exercise.
        submitted: a folder that holds STUDENT/NAME/NAME.ipynb.

    Raises:
        CannotGoOn: no such exercise or folder, or a gradebook that does not fit the exercise.
    """
    exercise = load(name)
    writer = Writer(name)
    for judged in judge_all(submitted, exercise, nbgrader_execution()):
        writer.write(judged, submitted / judged.result.student / name)
        yield judged.result


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
