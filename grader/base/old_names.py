"""Where modules lie that notebooks and settings of earlier versions of the course import by another name."""

import importlib
import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Sequence

# What was handed out stays as it is: a line goes when no class can be under way with the version that wrote it.
OLD_NAMES = {
    # lessons and exercises
    "grader.quiet": "grader.base.keras_import",
    "grader.models": "grader.diagnosis.diagnose",
    "grader.progress": "grader.answers.progress",
    "grader.doctor": "grader.lab.doctor",
    # settings of nbgrader's that name a class
    "grader.exchange": "grader.gradebook.collect",
    "grader.judging.steps": "grader.gradebook.autograde",
    # nbgrader export --exporter=grader.marks.exporters.Canvas
    "grader.marks": "grader.classroom.marks",
    "grader.marks.exporters": "grader.classroom.marks.exporters",
}


class OldModule(types.ModuleType):
    """A module under its old name: it has what the module has that took its place.

    It can be called as well, because `import grader.progress` puts it where `from grader import progress` finds it.
    """

    def __getattr__(self, name: str) -> object:
        """Return what the module of the new name has; Python's own names, __path__ among them, are not shared."""
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        return getattr(importlib.import_module(OLD_NAMES[self.__name__]), name)

    def __call__(self, *arguments: object, **keywords: object) -> object:
        """Call the function that is named as the module is."""
        return getattr(self, self.__name__.rpartition(".")[2])(*arguments, **keywords)


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds modules by their old names; Python asks it after all others."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return how to import a module of an old name."""
        package = any(other.startswith(f"{name}.") for other in OLD_NAMES)
        return importlib.machinery.ModuleSpec(name, self, is_package=package) if name in OLD_NAMES else None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        """Return the module's other name; what it stands for is imported now, so that what is missing is told here."""
        importlib.import_module(OLD_NAMES[spec.name])
        return OldModule(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Leave it empty."""


def answer_to_old_names() -> None:
    """Let imports find modules by their old names from here on."""
    sys.meta_path.append(Finder())
