"""Which notebook `grader check` is asked for; told before anything is imported that takes a second."""

from pathlib import Path

from grader.base.errors import CannotGoOn
from grader.base.notebooks import notebook_path
from grader.base.paths import EXERCISES, SOLUTIONS


def find_notebook(given: str, exercise: str = "") -> tuple[Path, str]:
    """Return the notebook that is meant, and the name of its exercise.

    Args:
        given: a file, or the name of an exercise, which stands for the notebook in exercises/.
        exercise: the file's exercise; "" for the one that the file, or else its folder, is named for.

    Raises:
        CannotGoOn: there is no such file, or nothing says which exercise it is.
    """
    names, path = _names(), Path(given)
    if given in names and not path.is_file():
        path = notebook_path(EXERCISES, given)
    if path.is_dir():
        raise CannotGoOn(f"{given} is a folder. Give a notebook in it, or the name of an exercise: {', '.join(names)}.")
    if not path.is_file():
        raise CannotGoOn(f"There is no file {path}. Give a notebook, or the name of an exercise: {', '.join(names)}.")
    return path, exercise or _named(path, names)


def _names() -> list[str]:
    """Return the names of the exercises, also where this copy of the course holds no solutions."""
    return sorted({path.parent.name for folder in (SOLUTIONS, EXERCISES) for path in folder.glob("*/*.ipynb")})


def _named(notebook: Path, names: list[str]) -> str:
    path = notebook.absolute()
    for name in (path.stem, path.parent.name):
        if name in names:
            return name
    raise CannotGoOn(
        f"{notebook.name} is not named for an exercise. Say with --exercise which one it is: {', '.join(names)}."
    )
