"""A class's notebooks as forms: for each answer, what every student wrote and what the released text holds of it."""

import ast
import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from grader.base.notebooks import notebook_path
from grader.base.paths import NOTEBOOKS, source_path
from grader.classroom.similar.forms import Form, code_form, imported, parsed, prose_form
from grader.intake.plain import NoNotebook, plain_notebook
from grader.intake.reader import Reader
from grader.intake.students import students
from grader.intake.submissions import take
from grader.judging.exercise import Exercise, grading_metadata, load_released_exercise

ADDED = "added cells"  # what a student wrote beyond the answers, code and text
MOST_ADDED = 3  # the longest ones of a student; the others are not compared
Cell = dict[str, Any]  # of a plain notebook, or of an exercise
SHORTEST_ADDED = 8  # tokens; `relu(np.array([-1, 2]))` is what everybody tries


@dataclass
class Slot:
    """One place of the notebook, over the whole class.

    Attributes:
        name: the answer's, or ADDED.
        prose: whether a text is asked for, and no code.
        forms: what each student wrote there; nobody is in it who wrote nothing.
        explained: forms that the course itself shows: its lesson, the answer that `check.solution()` prints.
    """

    name: str
    prose: bool = False
    forms: dict[str, list[Form]] = field(default_factory=dict)
    explained: list[Form] = field(default_factory=list)


def read_answers(name: str, folder: Path) -> dict[str, Slot]:
    """Return the slots of an exercise, in its order, filled from the notebooks in a folder.

    Files that are no notebooks are left out: grading has told of them.

    Args:
        name: the exercise.
        folder: holds STUDENT/NAME/NAME.ipynb.

    Raises:
        CannotGoOn: there is no such exercise or folder.
    """
    released = Released(load_released_exercise(name))
    slots = released.slots()
    with Reader() as reader:
        for student in students(folder):
            with closing(take(folder, student, name, reader)) as taken:
                cells = json.loads(taken.notebook)["cells"] if taken.notebook else []
            for slot, forms in released.forms(cells).items():
                slots[slot].forms[student.name] = forms
    return slots


def notebook(folder: Path, student: str, name: str) -> Path:
    """Return where a student's notebook lies."""
    return notebook_path(folder / student, name)


class Released:
    """The exercise as learners get it: which cells are answers, and what of a form was there before."""

    def __init__(self, exercise: Exercise) -> None:
        self._exercise = exercise
        self._seen: dict[tuple[bool, str, tuple[tuple[str, str], ...]], Form] = {}
        cells = exercise.notebook.cells
        self._ids = {str(cell.get("id")) for cell in cells} | set(exercise.cells)
        self._texts = {_text(cell).strip() for cell in cells}
        self._known = imported([_text(cell) for cell in cells if cell.cell_type == "code"])
        self._answers = {
            id_: cell
            for id_, cell in exercise.cells.items()
            if grading_metadata(cell).get("solution") and id_ not in exercise.tests
        }
        self._names = {exercise.answer(id_): id_ for id_ in self._answers}
        self._empty = {id_: self._form(cell, self._known) for id_, cell in self._answers.items()}

    def slots(self) -> dict[str, Slot]:
        """Return a slot for each answer, nobody in it yet, and one for the cells that students added."""
        return {
            **{
                name: Slot(name, self._answers[id_].cell_type != "code", explained=self._explained(id_))
                for name, id_ in self._names.items()
            },
            ADDED: Slot(ADDED, explained=self._lesson),
        }

    def forms(self, cells: list[Cell]) -> dict[str, list[Form]]:
        """Return what a student wrote, by slot."""
        known = {**self._known, **imported([_text(cell) for cell in cells if cell["cell_type"] == "code"])}
        found: dict[str, list[Form]] = {}
        added: list[Form] = []
        for cell in cells:
            id_ = self._place(cell)
            if id_ in self._answers:
                form = self._form(cell, known)
                found |= {self._exercise.answer(id_): [form]} if form and form != self._empty[id_] else {}
            elif id_ not in self._ids and _text(cell).strip() not in self._texts:
                added.append(self._form(cell, known))
        kept = sorted((form for form in set(added) if len(form) >= SHORTEST_ADDED), key=lambda form: (-len(form), form))
        return {**found, ADDED: kept[:MOST_ADDED]} if kept else found

    def _place(self, cell: Cell) -> str:
        """Return which released cell this one is, by its name, or else by the answer that it defines, or ""."""
        for id_ in (grading_metadata(cell).get("grade_id"), cell.get("id")):
            if isinstance(id_, str) and id_ in self._ids:
                return id_
        tree = parsed(_text(cell)) if cell["cell_type"] == "code" else None
        defined = (node.name for node in tree.body if isinstance(node, ast.FunctionDef)) if tree else ()
        return next((self._names[name] for name in defined if name in self._names), "")

    def _form(self, cell: Cell, known: Mapping[str, str]) -> Form:
        key = (cell["cell_type"] == "code", _text(cell), tuple(known.items()))
        if key not in self._seen:  # half of a class writes the same
            self._seen[key] = code_form(key[1], known, self._names) if key[0] else prose_form(key[1])
        return self._seen[key]

    def _explained(self, id_: str) -> list[Form]:
        forms = [*self._lesson, self._empty[id_]]
        for cell in _cells(source_path(self._exercise.name)):
            if (
                grading_metadata(cell).get("grade_id") == id_ and cell["cell_type"] == "code"
            ):  # no learner sees a model text
                forms.append(self._form(cell, self._known))
        return [form for form in dict.fromkeys(forms) if form]

    @cached_property
    def _lesson(self) -> list[Form]:
        """The code of the lesson that the exercise belongs to: whole cells, and each function's body."""
        codes = [
            _text(cell) for cell in _cells(NOTEBOOKS / f"{self._exercise.name}.ipynb") if cell["cell_type"] == "code"
        ]
        known, forms = {**self._known, **imported(codes)}, []
        for code in codes:
            forms.append(code_form(code, known))
            for function in _functions(code):
                forms.append(code_form(ast.unparse(function), known, [function.name]))
        return [form for form in dict.fromkeys(forms) if form]


def _functions(code: str) -> Iterator[ast.FunctionDef]:
    tree = parsed(code)
    yield from (node for node in tree.body if isinstance(node, ast.FunctionDef)) if tree else ()


def _cells(path: Path) -> list[Cell]:
    """Return the cells of a notebook of the course; none where this copy of it does not hold that one."""
    try:
        cells: list[Cell] = json.loads(plain_notebook(path.read_bytes()))["cells"]
        return cells
    except (OSError, NoNotebook):
        return []


def _text(cell: Cell) -> str:
    return str(cell["source"])
