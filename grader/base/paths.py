"""Where things lie in the project's folder."""

import os
import sys
from pathlib import Path

from grader.base import settings
from grader.base.errors import CannotGoOn
from grader.base.notebooks import notebook_path

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"
SOLUTIONS = ROOT / "solutions"
EXERCISES = ROOT / "exercises"

# Whatever a run leaves behind, the gradebook of a class among it; never committed. A teacher of several
# classes gives each a folder of its own.
BUILD = Path(settings.setting(settings.BUILD) or ROOT / "build").resolve()


def exercise_names() -> list[str]:
    """Return the names of all exercises, in order."""
    return sorted(path.parent.name for path in SOLUTIONS.glob("*/*.ipynb") if path.stem == path.parent.name)


def require_exercise(name: str) -> str:
    """Return the name of an exercise.

    Raises:
        CannotGoOn: there is none of that name.
    """
    if name not in exercise_names():
        raise CannotGoOn(f"There is no exercise {name!r}. There are: {', '.join(exercise_names())}.")
    return name


def source_path(name: str) -> Path:
    """Return the path of an exercise's source notebook."""
    return notebook_path(SOLUTIONS, name)


def lesson_files() -> list[Path]:
    """Return the notebooks of all lessons, in order; the start page is none of them."""
    return sorted(path for path in NOTEBOOKS.glob("[0-9][0-9]*-*.ipynb") if not path.name.startswith("00-"))


def tools_on_path() -> None:
    """Put the environment's programs first on PATH: nbgrader calls alembic by its name."""
    programs, path = str(Path(sys.executable).parent), os.environ.get("PATH", "")
    if programs not in path.split(os.pathsep):
        os.environ["PATH"] = programs + os.pathsep + path
