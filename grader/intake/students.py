"""Whose folders are there, and what becomes of names that no gradebook could hold or that look like another's."""

import os
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from grader.base.errors import CannotGoOn
from grader.base.text import is_fit, printable

LONGEST_NAME = 128  # characters; nbgrader's tables say so, and PostgreSQL keeps to it
_MARKUP = '<>"\\'  # formgrader writes names into its pages, and into code there, as they are
_BLANK = "\u115f\u1160\u2800\u3164\uffa0"  # letters to Unicode, and nothing to the eye


@dataclass(frozen=True)
class Student:
    """A student's folder.

    Attributes:
        name: as it is shown and written; of a name that cannot be written, a form of it that can be printed.
        folder: the folder's own name.
        problem: why nothing is read from it, one sentence, or "".
        has_name: whether the name can be written into a gradebook.
        notes: what else was noticed, a sentence each.
        path: the way to the notebook below the given folder; () for nbgrader's, STUDENT/EXERCISE/EXERCISE.ipynb.
        has_notebook: whether a notebook was handed in, be it readable or not.
        has_folder: whether the notebook lies in a folder of the student's own, and what lies beside it is theirs.
    """

    name: str
    folder: str
    problem: str = ""
    has_name: bool = True
    notes: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    has_notebook: bool = True
    has_folder: bool = True

    def way(self, exercise: str) -> tuple[str, ...]:
        """Return the names on the way to the notebook, below the given folder."""
        return self.path or (self.folder, exercise, f"{exercise}.ipynb")


def students(submitted: Path) -> list[Student]:
    """Return the students whose folders lie in a folder, in the order of their names.

    Raises:
        CannotGoOn: there is no such folder, or it cannot be read.
    """
    with folder_errors(submitted, "STUDENT/EXERCISE/EXERCISE.ipynb"), os.scandir(submitted) as entries:
        found = {entry.name: entry.is_symlink() for entry in entries if _is_folder(entry)}
    return named_students({name: (name, is_link) for name, is_link in found.items()})


@contextmanager
def folder_errors(folder: Path, wanted: str) -> Iterator[None]:
    """Tell in one sentence why a folder that should hold what is wanted cannot be listed.

    Raises:
        CannotGoOn: it cannot.
    """
    try:
        yield
    except PermissionError as error:
        raise CannotGoOn(f"The folder {folder} may not be read. Give yourself the right to.") from error
    except OSError as error:
        raise CannotGoOn(f"There is no folder {folder}. Give the one that holds {wanted}.") from error


def nothing_text(exercise: str) -> str:
    """Return the sentence for a student of whom there is nothing of an exercise."""
    return f"Nothing was handed in for {exercise}."


def named_students(found: dict[str, tuple[str, bool]]) -> list[Student]:
    """Return students in the order of their names.

    Args:
        found: the folder or file of each name, and whether it is a link.
    """
    twins = _alike(found)
    known = (_student(name, *place, twins.get(name, ())) for name, place in found.items())
    return sorted(known, key=lambda student: student.name)


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    """Return whether an entry may stand for a student; a link does, so that it is told and not left out in silence."""
    return not entry.name.startswith(".") and (entry.is_symlink() or entry.is_dir(follow_symlinks=False))


def _alike(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return, for names that differ in case, normal form or what is not seen alone, the sentence that says so."""
    form = {name: _form(name) for name in names}
    count = Counter(form.values())
    sentence = (
        "Another folder's name differs from this one in capitals, accents or invisible letters alone; each is graded "
        "for itself."
    )
    return {name: (sentence,) for name in form if count[form[name]] > 1}


def _form(name: str) -> str:
    whole = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return "".join(filter(_is_seen, whole))


def _student(name: str, folder: str, is_link: bool, notes: tuple[str, ...]) -> Student:
    problem = _name_problem(name)
    if problem:
        return Student(
            printable(name)[:LONGEST_NAME], folder, f"{problem} Rename it and run the same command again.", False
        )
    if is_link:
        return Student(name, folder, "The student's folder is a link; hand in the folder itself.", notes=notes)
    return Student(name, folder, notes=notes)


def _name_problem(name: str) -> str:
    if name in (".", ".."):
        return "The folder's name stands for another folder."
    if any("\udc80" <= letter <= "\udcff" for letter in name):
        return "The folder's name is not valid Unicode."
    if not all(map(is_fit, name)):
        return "The folder's name holds control characters."
    if not any(map(_is_seen, name)):
        return "The folder's name holds nothing that can be seen."
    if set(name) & set(_MARKUP):
        return f"The folder's name holds one of {' '.join(_MARKUP)}, which web pages would act on."
    if len(name) > LONGEST_NAME:
        return f"The folder's name is {len(name)} characters long, and the gradebook's names have {LONGEST_NAME}."
    return ""


def _is_seen(letter: str) -> bool:
    return not (letter.isspace() or unicodedata.category(letter) == "Cf" or letter in _BLANK)
