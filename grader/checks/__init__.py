"""The checks that learners call, one module or package for each exercise; the same functions grade."""

import importlib
from typing import TYPE_CHECKING

from grader.base.paths import exercise_names

if TYPE_CHECKING:
    from grader.answers.check import Check


def module_name(exercise: str) -> str:
    """Return the name of an exercise's module of checks: 10-my-topic -> my_topic."""
    return exercise[3:].replace("-", "_")


def checks_of(exercise: str) -> "list[Check]":
    """Return the checks of an exercise in the order of its module; none when it has no module."""
    if exercise not in exercise_names():
        return []
    module = importlib.import_module(f"{__name__}.{module_name(exercise)}")
    return [check for name, check in vars(module).items() if name.startswith("check_")]
