"""An exercise as the judge knows it: the source's cells, hidden tests included, answers taken out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import nbformat
from nbformat import NotebookNode

from grader.base.notebooks import answer_name, files_beside, give_ids, notebook_path
from grader.base.paths import EXERCISES, require_exercise, source_path
from grader.judging.autotests import instantiate_tests
from grader.judging.code import bound_names, imports_of


def grading_metadata(cell: Mapping[str, Any]) -> dict[str, object]:
    """Return a cell's nbgrader metadata, or {} when it has none that could be read."""
    metadata = cell.get("metadata")
    found = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return found if isinstance(found, dict) else {}


def is_read_only(cell: Mapping[str, Any]) -> bool:
    """Return whether a cell is locked, and no answer."""
    about = grading_metadata(cell)
    return bool(about.get("locked") or about.get("grade")) and not about.get("solution")


@dataclass(frozen=True)
class Exercise:
    """The source notebook of an exercise, as nbgrader would keep it in its gradebook.

    Attributes:
        name: the exercise's.
        notebook: its cells.
        theirs: the names that the source binds in cells in which learners write.
        files: what lies beside the source, by its way there.
    """

    name: str
    notebook: NotebookNode
    theirs: frozenset[str] = frozenset()
    files: Mapping[str, bytes] = field(default_factory=dict)

    @cached_property
    def cells(self) -> dict[str, NotebookNode]:
        """The cells that nbgrader knows, by their grade_id, in order."""
        return {str(grading_metadata(cell)["grade_id"]): cell for cell in self.notebook.cells if grading_metadata(cell)}

    @cached_property
    def tests(self) -> dict[str, NotebookNode]:
        """The autograded test cells by their grade_id, in order."""
        return {
            id_: cell
            for id_, cell in self.cells.items()
            if grading_metadata(cell)["grade"] and not grading_metadata(cell)["solution"] and cell.cell_type == "code"
        }

    @cached_property
    def locked(self) -> dict[str, NotebookNode]:
        """The cells that are the source's, whatever a submission has there: tests, and cells that only can be read."""
        return {id_: cell for id_, cell in self.cells.items() if id_ in self.tests or is_read_only(cell)}

    @cached_property
    def imports(self) -> dict[str, str]:
        """The imports that the exercise gives to learners, by the name that each binds and they do not."""
        tests = list(self.tests.values())
        code = [cell.source for cell in self.notebook.cells if cell.cell_type == "code" and cell not in tests]
        return {name: line for name, line in imports_of(code).items() if name not in self.theirs}

    @cached_property
    def has_own_tests(self) -> bool:
        """Whether a test uses none of the course's checks, but code of a teacher's own."""
        return any("grader.checks" not in cell.source for cell in self.tests.values())

    def answer(self, test: str) -> str:
        """Return the name of the answer that a test cell belongs to: test-predict-class -> predict_class."""
        return answer_name(test)

    def points(self, test: str) -> float:
        """Return what a test cell is worth."""
        return float(str(grading_metadata(self.tests[test])["points"]))


def load_exercise(name: str, hidden: bool = True) -> Exercise:
    """Return an exercise by its name.

    Args:
        name: the exercise.
        hidden: with its hidden tests; without them it is as learners get it.

    Raises:
        CannotGoOn: there is none of that name.
    """
    from nbgrader.preprocessors import ClearHiddenTests, ClearOutput, ClearSolutions, ComputeChecksums, LockCells

    path = source_path(require_exercise(name))
    notebook = nbformat.read(path, as_version=4)
    give_ids(notebook)
    instantiate_tests(notebook, path)
    open_cells = [cell.source for cell in notebook.cells if cell.cell_type == "code" and not is_read_only(cell)]
    theirs = frozenset[str]().union(*map(bound_names, open_cells))
    clear = [] if hidden else [ClearHiddenTests]
    for step in (LockCells, ClearSolutions, ClearOutput, *clear, ComputeChecksums):
        notebook, _ = step().preprocess(notebook, {})
    return Exercise(name, notebook, theirs, files_beside(path))


def load_released_exercise(name: str) -> Exercise:
    """Return an exercise as learners get it, also where this copy of the course does not hold the solutions.

    Where it does, they are what it is made from: a learner may have worked in exercises/ itself.

    Raises:
        CannotGoOn: there is none of that name.
    """
    path = notebook_path(EXERCISES, name)
    if source_path(name).exists() or not path.exists():
        return load_exercise(name, hidden=False)
    notebook = nbformat.read(path, as_version=4)
    give_ids(notebook)
    return Exercise(name, notebook, files=files_beside(path))
