"""Submissions as the door hands them over, for tests that begin behind it."""

from contextlib import closing
from pathlib import Path

import nbformat

from grader.intake.plain import plain_notebook
from grader.intake.reader import Reader
from grader.intake.students import Student
from grader.intake.submissions import fingerprint, take
from grader.judging.batch import Handed


def plain(notebook):
    """Return a notebook's plain form; it is given as nbformat's or as a file's bytes."""
    return plain_notebook(notebook if isinstance(notebook, bytes) else nbformat.writes(notebook).encode())


def hand_over(submitted: Path, names, exercise: str):
    """Yield what students have handed in, without a personal key."""
    with Reader() as reader:
        for name in names:
            with closing(take(submitted, Student(name, name), exercise, reader)) as taken:
                yield Handed(name, taken.notebook, taken.problem)


def key_of(folder: Path) -> str:
    """Return the digest of the submission in a folder STUDENT/EXERCISE."""
    student = folder.parent.name
    return fingerprint(folder.parents[1], Student(student, student), folder.name)
