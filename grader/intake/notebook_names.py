"""What a notebook's file name says: which exercise it is, which copy, and in a heap of notebooks whose."""

import re
from collections.abc import Iterable

_MARKED = r"[ _]?\(([0-9]{1,4})\)$|[-_ ]copy ?([0-9]{0,4})$"
_COPY = re.compile(rf"{_MARKED}|-([0-9]{{1,3}})$", re.IGNORECASE)
_COPY_OF = re.compile(r"^(copy of|kopie von|копия)[ _]", re.IGNORECASE)
_SEPARATORS = " -_.,;()[]"


def is_notebook(name: str) -> bool:
    """Return whether a file's name is a notebook's, in small or in capital letters."""
    return name.lower().endswith(".ipynb")


def copy_of(name: str, copies: re.Pattern[str] = _COPY) -> tuple[str, int]:
    """Return a notebook's name without its ending and without what marks a copy, and the number of the copy."""
    stem, number = re.sub(r"\.ipynb$", "", name, flags=re.IGNORECASE).strip(), 0
    while found := copies.search(stem):
        number = max(number, int(next(filter(None, found.groups()), 1)))
        stem = stem[: found.start()]
    while found := _COPY_OF.search(stem):
        stem = stem[found.end() :]
    return stem.strip(), number


def is_named(stem: str, exercise: str) -> bool:
    """Return whether a name without its ending means an exercise: 01-activations, 1_Activations, activations."""
    return _plain(stem) in _names(exercise)


def names(stem: str, exercise: str) -> bool:
    """Return whether an exercise is a part of a name."""
    return _plain(exercise) in _plain(stem)


def without_exercise(name: str, exercise: str, others: Iterable[str]) -> tuple[str, int]:
    """Return the rest of a notebook's name when the exercise is taken out of it, and the number of the copy.

    The rest is "" when nothing is left, and when the name is another exercise's.
    """
    words = r"[-_ ]".join(map(re.escape, re.split(r"[-_ ]", exercise)))
    # a number behind a name may be the name's: group-1; behind the exercise's it is the copy's: 01-activations-1
    copies = re.compile(rf"{_MARKED}|(?<={words})-([0-9]{{1,3}})$", re.IGNORECASE)
    stem, number = copy_of(name, copies)
    ours = _mention(exercise)
    if any(names(stem, other) or (_mention(other).search(stem) and not ours.search(stem)) for other in others):
        return "", number
    rest = ours.sub(" ", stem, count=1)
    rest = re.sub(r"\s+", " ", rest).strip(_SEPARATORS)
    return ("" if is_named(rest, exercise) else rest), number


def _mention(exercise: str) -> re.Pattern[str]:
    """Return what means an exercise in a name: 01-activations anywhere, 1_activations and activations as words."""
    number, _, topic = exercise.partition("-")
    whole, part = (r"[-_ ]".join(map(re.escape, re.split(r"[-_ ]", each))) for each in (exercise, topic or exercise))
    counted = rf"(?:0*{int(number)}[-_ ])?" if number.isdecimal() else ""
    return re.compile(rf"{whole}|(?<![^\W_]){counted}{part}(?![^\W_])", re.IGNORECASE)


def _plain(stem: str) -> str:
    return re.sub(r"[-_ ]+", "-", stem.casefold()).strip("-")


def _names(exercise: str) -> set[str]:
    topic = exercise.partition("-")[2]
    return {exercise, exercise.lstrip("0"), topic} - {""}
