"""Which of the notebooks that a student has handed in is the exercise, and how one says that there is none."""

import contextlib
import os
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from grader.base.notebooks import SLIPS
from grader.intake.layouts import Entry
from grader.intake.notebook_names import copy_of, is_named, is_notebook, names

MOST = 10_000  # names that are looked at for one student; an honest one's has a few, a whole repository some hundred
DEPTH = 3  # folders below the student's: a repository's exercises/01-activations/01-activations.ipynb
PLAIN = re.compile(r"[\w ,()+-][\w .,()+-]{0,99}")  # a name that is shown: no page and no terminal acts on it
_NOT_THEIRS = {"solutions", "notebooks", "source", "release"}  # of a copy of the whole course


@dataclass(frozen=True)
class Choice:
    """The notebook that is graded.

    Attributes:
        path: the way to it below the given folder; () for none.
        note: what the student is told of it, a sentence, or "".
        problem: why there is none though something was handed in, a sentence, or "".
    """

    path: tuple[str, ...] = ()
    note: str = ""
    problem: str = ""


@dataclass(frozen=True)
class _Candidate:
    rank: int  # the smaller, the likelier
    number: int  # of two alike, the larger is the later
    path: tuple[str, ...]
    label: str

    @property
    def order(self) -> tuple[int, int, int, tuple[str, ...]]:
        return self.rank, -self.number, len(self.path), self.path


def choose(folder: Path, entries: list[Entry], exercise: str, exercises: list[str]) -> Choice:
    """Return which notebook among a student's entries is the exercise.

    The one in its place, EXERCISE/EXERCISE.ipynb; else one of that name, the last of its copies; else one whose name
    contains the exercise's; else the only one that is not named for another exercise.
    """
    asked = (exercise, f"{exercise}.ipynb")
    for entry in entries:
        if entry.is_folder and os.path.lexists(folder.joinpath(entry.name, *asked)):
            return Choice((entry.name, *asked))
    found = sorted(_candidates(folder, entries, exercise, exercises), key=lambda each: each.order)
    if not found:
        return Choice(problem=_no_notebook(folder, entries, exercise))
    best = found[0]
    rivals = [each.label for each in found if each.rank == best.rank == _OTHER]
    if len(rivals) > 1:
        return Choice(problem=_several(rivals, exercise))
    return Choice(best.path, _note(best, sum(each.rank < _COURSE for each in found), exercise))


_EXACT, _NAMED, _PART, _OTHER, _COURSE = range(5)


def _candidates(folder: Path, entries: list[Entry], exercise: str, exercises: list[str]) -> Iterator[_Candidate]:
    others = [name for name in exercises if name != exercise]
    for entry in entries:
        inside = _notebooks(folder / entry.name) if entry.is_folder and not entry.is_link else ()
        paths = [(entry.name, *path) for path in inside] if entry.is_folder else [(entry.name,)]
        for path in paths:
            label = path[-1] if entry.is_folder else entry.label or f"{exercise}.ipynb"
            if not is_notebook(label):
                continue
            stem, copy = copy_of(label)
            if any(is_named(stem, other) or names(stem, other) or other in path[1:-1] for other in others):
                continue
            rank = _rank(label, stem, exercise)
            if not entry.is_folder:  # of what was uploaded twice the later one counts
                rank = max(rank, _NAMED)
            if _NOT_THEIRS & set(path[1:-1]):
                rank = _COURSE
            yield _Candidate(rank, entry.number or copy, path, label if entry.is_folder or entry.label else "")


def _rank(label: str, stem: str, exercise: str) -> int:
    if label == f"{exercise}.ipynb":
        return _EXACT
    if is_named(stem, exercise):
        return _NAMED
    return _PART if names(stem, exercise) else _OTHER


def _note(best: _Candidate, count: int, exercise: str) -> str:
    label = best.label or best.path[-1]
    shown = label if PLAIN.fullmatch(label) else "of another name"
    if count > 1:
        return f"Of the {count} notebooks that were handed in, this one was graded: {shown}."
    is_as_asked = best.label in ("", f"{exercise}.ipynb")  # in a heap no name is asked for
    return "" if is_as_asked else f"The notebook was handed in under another name: {shown}."


def _several(labels: list[str], exercise: str) -> str:
    shown = ", ".join(label for label in labels[:3] if PLAIN.fullmatch(label))
    return (
        f"There are {len(labels)} notebooks, and none of them is named {exercise}.ipynb: {shown}. Rename the one that "
        "is the exercise, and run the same command again."
    )


def _no_notebook(folder: Path, entries: list[Entry], exercise: str) -> str:
    """Return the sentence for other files in place of a notebook; "" where nothing of this exercise is there."""
    labels = [entry.label for entry in entries if not entry.is_folder and entry.label]
    for entry in entries:
        if entry.is_folder and not entry.is_link:
            for place in (folder / entry.name, folder / entry.name / exercise):
                labels += [
                    name for name, is_folder in islice(_listed(place), MOST) if not is_folder and name not in SLIPS
                ]
    shown = [label for label in labels if PLAIN.fullmatch(label) and not is_notebook(label)]
    if not shown:
        return ""
    return f"There is no notebook in what was handed in. There is {shown[0]}; hand in {exercise}.ipynb."


def _notebooks(folder: Path) -> Iterator[tuple[str, ...]]:
    """Yield the ways to the notebooks in a folder and below it, the nearest first; no link is followed."""
    yield from (way for way, is_folder in islice(_walk(folder), MOST) if is_notebook(way[-1]) and not is_folder)


def _walk(folder: Path) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Yield the way to everything in a folder and below it, down to a depth, and whether it is a folder."""
    waiting: deque[tuple[str, ...]] = deque([()])
    while waiting:
        way = waiting.popleft()
        for name, is_folder in _listed(folder.joinpath(*way)):
            yield (*way, name), is_folder
            if is_folder and len(way) < DEPTH:
                waiting.append((*way, name))


def _listed(folder: Path) -> Iterator[tuple[str, bool]]:
    """Yield what lies in a folder, and whether it is a folder; hidden files and links are left out."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if not entry.name.startswith(".") and not entry.is_symlink():
                yield entry.name, entry.is_dir(follow_symlinks=False)
