"""What a class has handed in to an exercise, taken as it comes: a folder or a zip file, in whichever layout."""

import contextlib
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from grader.base.errors import CannotGoOn
from grader.base.paths import EXERCISES, SOLUTIONS, exercise_names, require_exercise
from grader.base.text import clean
from grader.intake.archive import is_zip_file, unpack
from grader.intake.choice import PLAIN, choose
from grader.intake.layouts import LATE, Entry, Layout, entries_of, layout_of
from grader.intake.notebook_names import is_notebook
from grader.intake.reader import Reader
from grader.intake.students import Student, folder_errors, named_students, nothing_text
from grader.intake.submissions import take

_DEEPEST = 3  # folders around all the others that are looked into
_COURSES = ("exercises", "solutions", "notebooks")  # folders of a copy of the course, which may be a student's
_HEAP = 4  # notebooks in one folder that are more than one student's


@dataclass(frozen=True)
class HandedIn:
    """What a class has handed in.

    Attributes:
        exercise: what it was given.
        folder: where everything lies; the ways to the students' notebooks begin here.
        students: everybody of whom there is something, in the order of their names.
        notes: what else was noticed, a sentence each.
    """

    exercise: str
    folder: Path
    students: list[Student]
    notes: list[str]

    def summary(self) -> list[str]:
        """Return how many have handed in and how, a sentence each."""
        ending = f"{self.exercise}.ipynb"  # platforms write the student before it
        there = [each for each in self.students if each.has_notebook]
        as_asked = sum(each.way(self.exercise)[-1].endswith(ending) for each in there if not each.problem)
        refused = sum(bool(each.problem) for each in there)
        parts = {
            f"{len(there)} handed in": True,
            f"{as_asked} named as asked": True,
            f"{len(there) - as_asked - refused} named otherwise": len(there) > as_asked + refused,
            f"{refused} not readable": refused,
            f"{len(self.students) - len(there)} not handed in": len(self.students) > len(there),
        }
        return [", ".join(text for text, is_shown in parts.items() if is_shown) + ".", *self.notes]

    def read_all(self) -> Iterator[str]:
        """Yield the summary, with what cannot be read, and for everybody what was noticed, or which file is theirs."""
        lines, unreadable = [], {}
        with Reader() as reader:
            for student in self.students:
                with closing(take(self.folder, student, self.exercise, reader)) as found:
                    told = [found.problem] * bool(found.problem) + found.notes
                told = told or ["/".join(student.way(self.exercise))]
                if found.problem and not student.problem:
                    unreadable[student.name] = found.problem
                lines.append(f"{clean(student.name)}: {clean(' '.join(told))}")
        people = [replace(each, problem=unreadable.get(each.name, each.problem)) for each in self.students]
        yield from replace(self, students=people).summary()
        yield from lines


@contextmanager
def open_class(given: Path, exercise: str) -> Iterator[HandedIn]:
    """Yield what lies in a folder, or in a zip file, which is unpacked for as long as it is looked at.

    Raises:
        CannotGoOn: there is no such folder or exercise, the folder is no class's, or nobody has the exercise.
    """
    require_exercise(exercise)
    if given.is_file():
        if not is_zip_file(given):
            raise CannotGoOn(f"{given} is a file, and no zip file. Give a folder of submissions or a zip file of them.")
        with TemporaryDirectory(prefix="logit-lab-") as made:
            notes = unpack(given, Path(made))
            yield _look(given, Path(made), exercise, notes)
        return
    _refuse_course(given)
    yield _look(given, given, exercise, [])


def _look(given: Path, folder: Path, exercise: str, notes: list[str]) -> HandedIn:
    exercises = exercise_names()
    around, entries = _unwrapped(folder, exercise, given)
    layout = layout_of(entries, exercise, exercises)
    students = [_with_notebook(each, layout, around, folder, exercise, exercises) for each in _students(layout)]
    if not any(each.has_notebook for each in students):
        raise CannotGoOn(_nobody(given, layout, exercise))
    notes = [*notes, *_strays(layout)]
    return HandedIn(exercise, folder, students, notes)


def _refuse_course(given: Path) -> None:
    if given.resolve() in (EXERCISES, SOLUTIONS):
        raise CannotGoOn(
            f"{given} is a folder of the course, and no students' folders are in it. Give the folder, or the zip file, "
            "that holds what the students have handed in."
        )


def _unwrapped(folder: Path, exercise: str, given: Path) -> tuple[Path, list[Entry]]:
    """Return the folder whose entries are the students', and these; a zip file often has one folder around all.

    Raises:
        CannotGoOn: it is one student's folder, or it cannot be read.
    """
    for _ in range(_DEEPEST):
        entries = _listed(folder, given)
        if os.path.lexists(folder / exercise / f"{exercise}.ipynb") and not _is_heap(folder / exercise):
            raise CannotGoOn(
                f"{given} looks like one student's folder: it holds {exercise}/{exercise}.ipynb. "
                "Give the folder above it."
            )
        only = entries[0] if len(entries) == 1 else None
        if not only or not only.is_folder or only.is_link or not _is_around(folder / only.name, exercise):
            break
        folder = folder / only.name
    return folder, entries


def _is_heap(folder: Path) -> bool:
    """Return whether the folder of an exercise holds the notebooks of several students."""
    with contextlib.suppress(OSError):
        return sum(is_notebook(entry.name) for entry in entries_of(folder)) >= _HEAP
    return False


def _listed(folder: Path, given: Path) -> list[Entry]:
    with folder_errors(given, "what was handed in"):
        return entries_of(folder)


def _is_around(folder: Path, exercise: str) -> bool:
    """Return whether a lone folder holds a class and is not a student's."""
    try:
        inside = entries_of(folder)
    except OSError:
        return False
    notebooks = [entry.name for entry in inside if is_notebook(entry.name)]
    is_students = f"{exercise}.ipynb" in notebooks and len(notebooks) < _HEAP
    is_repository = folder.name.casefold().startswith(f"{exercise}-")
    if is_students or is_repository or any(entry.name in (exercise, *_COURSES) for entry in inside):
        return False
    kind = layout_of([Entry(folder.name, True, label=folder.name)], exercise, ()).kind
    several = len(notebooks) + sum(entry.is_folder for entry in inside) > 1
    platform = layout_of(inside, exercise, ()).kind in ("Canvas", "Moodle", "Blackboard")
    return kind == "folders" and bool(inside) and (several or platform)


def _students(layout: Layout) -> list[Student]:
    return named_students(
        {name: (own[0].name, own[0].is_folder and own[0].is_link) for name, own in layout.owners.items()}
    )


def _with_notebook(
    student: Student, layout: Layout, around: Path, folder: Path, exercise: str, exercises: list[str]
) -> Student:
    if student.problem:
        return student
    own = layout.owners[student.name]
    choice = choose(around, own, exercise, exercises)
    late = (LATE,) if any(entry.is_late for entry in own) else ()
    notes = (*student.notes, *filter(None, [choice.note]), *late)
    way = around.relative_to(folder).parts
    has = bool(choice.path or choice.problem)
    problem = choice.problem or ("" if has else nothing_text(exercise))
    path = (*way, *choice.path) if choice.path else ()
    path = () if path == student.way(exercise) else path
    apart = len(choice.path) != 1  # what lies beside a file of a heap is everybody's
    return replace(student, path=path, problem=problem, notes=notes, has_notebook=has, has_folder=apart)


def _nobody(given: Path, layout: Layout, exercise: str) -> str:
    """Return what was found and what was expected."""
    names = [each.name for own in layout.owners.values() for each in own[:1]] + layout.strays + layout.others
    found = f"There is {_shown(names)}." if names else "It is empty."
    return (
        f"Nobody in {given} has handed in {exercise}. {found} Give a folder that holds "
        f"STUDENT/{exercise}/{exercise}.ipynb, or the zip file that Canvas, Moodle or GitHub Classroom makes."
    )


def _strays(layout: Layout) -> list[str]:
    told = {
        "Notebooks that say nothing of whose they are, or are another exercise's, and are left out": layout.strays,
        "Files that are no notebooks, and are left out": layout.others,
    }
    return [f"{words}: {_shown(names)}." for words, names in told.items() if names]


def _shown(names: list[str]) -> str:
    shown = [name for name in names[:3] if PLAIN.fullmatch(name)]
    return ", ".join(shown + [f"{len(names) - len(shown)} more"] * (len(names) > len(shown)))
