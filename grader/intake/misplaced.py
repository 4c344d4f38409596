"""Notebooks that do not lie where grading looks for them: what there is in their place."""

import contextlib
import os
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from grader.base.errors import CannotGoOn
from grader.base.paths import EXERCISES, SOLUTIONS, require_exercise

MOST = 100  # entries of a folder that are looked at; an honest student's has a few
PLAIN = re.compile(r"[\w ,()+-][\w .,()+-]{0,99}")  # a name that is shown: no page and no terminal acts on it


def refuse_other_folder(submitted: Path, exercise: str) -> None:
    """Refuse a folder that is no class's, before its folders get entries in the gradebook as if they were students.

    Raises:
        CannotGoOn: it is the course's, or one student's, or nobody in it has the notebook; no such exercise.
    """
    require_exercise(exercise)
    wanted = f"{exercise}/{exercise}.ipynb"
    give = f"Give the folder that holds STUDENT/{wanted}."
    if submitted.resolve() in (EXERCISES, SOLUTIONS):
        raise CannotGoOn(f"{submitted} is a folder of the course, and no students' folders are in it. {give}")
    if not submitted.is_dir() or any(os.path.lexists(folder / wanted) for folder in submitted.iterdir()):
        return  # whatever else is in it: a class is not stopped by one student's folder
    if os.path.lexists(submitted / wanted):
        raise CannotGoOn(f"{submitted} looks like one student's folder: it holds {wanted}. Give the folder above it.")
    found = _nearest(submitted, exercise, depth=2)
    there = f"There is {found}." if found else "There is no notebook in them, either."
    raise CannotGoOn(f"No folder in {submitted} holds {wanted}. {there} {give}")


def missing_text(folder: Path, exercise: str) -> str:
    """Return the sentences for a student's folder that does not hold the exercise's notebook."""
    wanted = f"{exercise}/{exercise}.ipynb"
    found = _nearest(folder, exercise, depth=1)
    there = f" There is {found}. If that is the exercise, move it to {wanted}." if found else ""
    return f"There is no file {wanted} in the student's folder.{there}"


def _nearest(folder: Path, exercise: str, depth: int) -> str:
    """Return the notebook in a folder that most likely is the exercise, by its path in the folder; "" for none."""
    return min(_notebooks(folder, depth), key=lambda path: (exercise not in path, path), default="")


def _notebooks(folder: Path, depth: int) -> Iterator[str]:
    """Yield the notebooks in a folder, and in its folders down to a depth; no link is followed."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in islice(entries, MOST):
            if not PLAIN.fullmatch(entry.name):
                continue
            if entry.name.endswith(".ipynb") and entry.is_file(follow_symlinks=False):
                yield entry.name
            elif depth and entry.is_dir(follow_symlinks=False):
                yield from (f"{entry.name}/{path}" for path in _notebooks(Path(entry), depth - 1))
