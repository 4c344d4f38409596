"""The class without its names: labels instead, also inside what strangers wrote."""

import random
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import partial

from grader.classroom.report.records import Class, Student, last_graded
from grader.classroom.report.text import make_readable

SHORT = 3  # letters; a shorter part of a name is a word of many languages
_LETTERS = re.compile(r"[^\W\d_]+")
_CUT = re.compile(r"[^\W_]+(?=…|\.\.\.)")  # the last word of what was too long; it may be half a name
_GONE = "(name)"


def anonymise(about: Class, rng: random.Random | None = None) -> tuple[Class, dict[str, str]]:
    """Return the class with labels in place of names, and the label of each name.

    The labels are drawn anew for every report, so that neither their order nor a second report tells who is who. They
    are put in also where a name stands in `reason` or `seen`; other parts of names are taken out. Submissions are
    graded in the order of the names, so everybody gets the time of the last one.

    Args:
        about: the class.
        rng: draws the labels; the system's own source of randomness when left out.
    """
    names = [*(student.name for student in about.students), *about.missing]
    numbers = list(range(1, len(names) + 1))
    (rng or random.SystemRandom()).shuffle(numbers)
    labels = {name: f"Student {number:0{len(str(len(names)))}}" for name, number in zip(names, numbers, strict=True)}
    hide = Hiding(labels, about.names, _texts(about))
    when = last_graded(about.students)
    hidden = (replace(_hidden(student, labels, hide), graded=when) for student in about.students)
    students = sorted(hidden, key=lambda each: each.name)
    missing = tuple(sorted(labels[name] for name in about.missing))
    owners = {label: name for name, label in labels.items()}
    code = partial(_code_of, about, owners)
    before = {labels[name]: share for name, share in about.before.items() if name in labels}
    return Class(about.exercise, tuple(students), missing, frozenset(), code, before, about.exercise_before), labels


def _code_of(about: Class, owners: dict[str, str], label: str) -> Mapping[str, str]:
    return about.code(owners[label])


def _texts(about: Class) -> Iterable[str]:
    for student in about.students:
        yield student.reason
        for answer in student.answers:
            yield answer.seen


def _hidden(student: Student, labels: dict[str, str], hide: "Hiding") -> Student:
    answers = tuple(replace(answer, seen=hide(answer.seen)) for answer in student.answers)
    return replace(student, name=labels[student.name], reason=hide(student.reason), answers=answers)


class Hiding:
    """Takes the names out of a text."""

    def __init__(self, labels: dict[str, str], names: Collection[str], texts: Iterable[str]) -> None:
        """Look once which of the names occur at all: mostly none, and a class can have ten thousand.

        Args:
            labels: what stands for which student's name.
            names: other words that tell who somebody is.
            texts: all that will be asked for.
        """
        self._labels = {_key(name): label for name, label in labels.items()}
        everything = _key("\n".join(texts))
        words = [name for name in {*self._labels, *map(_key, names)} if name.strip() and name in everything]
        words += _parts([*labels, *names]) & set(_LETTERS.findall(everything))
        longest_first = sorted(set(words), key=len, reverse=True)
        self._pattern = re.compile("|".join(map(_whole, longest_first)) or r"(?!)", re.IGNORECASE)

    def __call__(self, text: str) -> str:
        """Return a text without names."""
        return self._pattern.sub(self._instead, _CUT.sub("", unicodedata.normalize("NFC", text)))

    def _instead(self, match: re.Match[str]) -> str:
        return self._labels.get(_key(match.group()), _GONE)


def _key(text: str) -> str:
    return unicodedata.normalize("NFC", make_readable(text) if len(text) < 200 else text).lower()


def _parts(names: Collection[str]) -> set[str]:
    """Return the words that names are made of, but not those that many of them share: `student`, `group`."""
    counted = Counter(part for name in names for part in set(_LETTERS.findall(_key(name))) if len(part) >= SHORT)
    often = max(2, len(names) / 10)
    return {part for part, count in counted.items() if count <= often}


def _whole(name: str) -> str:
    """Return a pattern for a name; a Latin one must stand alone, and Chinese is written without spaces."""
    alone = name.isascii()
    before = r"(?<![^\W_])" if alone and name[0].isalnum() else ""
    after = r"(?![^\W_])" if alone and name[-1].isalnum() else ""
    return before + re.escape(name) + after
