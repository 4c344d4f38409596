"""What stands for grader.checks in the learner's process: checks that say nothing.

A learner may well have called check_relu.hint() in a cell of their own. The checks themselves are not there: they hold
the oracles. The verdict is the judge's.
"""

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Sequence

PACKAGE = "grader.checks"


class SilentCheck:
    """Takes every call, and does nothing."""

    def __call__(self, *arguments: object, **keywords: object) -> None:
        """Say nothing."""

    hint = solution = __call__


class StubModule(types.ModuleType):
    """A module in which every check_... is there, and silent."""

    def __getattr__(self, name: str) -> SilentCheck:
        """Return a silent check; raises AttributeError for any other name."""
        if name.startswith("check_"):
            return SilentCheck()
        raise AttributeError(name)


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the checks' modules, whatever the exercise, and makes stand-ins of them."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return how to make a stand-in, for grader.checks and what is below it."""
        if name == PACKAGE or name.startswith(f"{PACKAGE}."):
            return importlib.machinery.ModuleSpec(name, self, is_package=name == PACKAGE)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        """Return an empty stand-in."""
        return StubModule(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """Leave it empty."""


def install_stubs() -> None:
    """Let imports of grader.checks find stand-ins from here on."""
    sys.meta_path.insert(0, Finder())
