"""Where things lie in the project's folder."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
SOLUTIONS = ROOT / "solutions"
EXERCISES = ROOT / "exercises"

# Whatever a run leaves behind, the gradebook of a class among it; never committed. A teacher of several
# classes gives each a folder of its own.
BUILD = Path(os.environ.get("LOGIT_LAB_BUILD") or ROOT / "build").resolve()


def exercise_names() -> list[str]:
    """Return the names of all exercises, in order."""
    return sorted(path.parent.name for path in SOLUTIONS.glob("*/*.ipynb") if path.stem == path.parent.name)


def lesson_files() -> list[Path]:
    """Return the notebooks of all lessons, in order; the start page is none of them."""
    return sorted(path for path in NOTEBOOKS.glob("[0-9][0-9]-*.ipynb") if not path.name.startswith("00-"))


def tools_on_path() -> None:
    """Put the environment's programs first on PATH: nbgrader calls alembic by its name."""
    programs, path = str(Path(sys.executable).parent), os.environ.get("PATH", "")
    if programs not in path.split(os.pathsep):
        os.environ["PATH"] = programs + os.pathsep + path
