"""solutions/ -> exercises/ by nbgrader: answers become stubs, hidden tests go, the gradebook learns the cells."""

import contextlib
import logging
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from grader.base.errors import CannotGoOn
from grader.base.files import write_files
from grader.base.notebooks import files_beside, notebook_path
from grader.base.paths import BUILD, EXERCISES, ROOT, require_exercise, source_path, tools_on_path
from grader.gradebook.address import make_tables

if TYPE_CHECKING:
    from nbgrader.coursedir import CourseDirectory


def course_directory(**settings: str) -> "CourseDirectory":
    """Return nbgrader's CourseDirectory as nbgrader_config.py sets it, with other settings on top."""
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config.loader import PyFileConfigLoader

    BUILD.mkdir(parents=True, exist_ok=True)
    tools_on_path()
    config = PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()
    return CourseDirectory(config=config, **settings)


def generate_exercise(name: str, folder: Path, db_url: str | None = None) -> Path:
    """Write the released notebook of an exercise into folder/NAME/ and its cells into the gradebook.

    Args:
        name: the exercise.
        folder: where to write; what was there is replaced.
        db_url: the gradebook, if not the class's own.

    Returns:
        The path of the notebook.

    Raises:
        CannotGoOn: nbgrader refuses; a source with broken cells, or a gradebook that already has submissions
            to an exercise of other cells.
    """
    from nbgrader.converters import GenerateAssignment
    from nbgrader.converters.base import NbGraderException

    settings = {"db_url": db_url} if db_url else {}
    course = course_directory(assignment_id=name, release_directory=str(folder), **settings)
    converter = GenerateAssignment(coursedir=course, config=course.config, force=True)
    converter.log = log = _Collector()
    make_tables(course.db_url)  # nbgrader would start another program for it
    with refusals_as_sentences(name):
        try:
            converter.start()
        except (NbGraderException, SystemExit) as error:
            raise RuntimeError(log.told or str(error)) from error
    return notebook_path(folder, name)


@contextlib.contextmanager
def refusals_as_sentences(name: str) -> Iterator[None]:
    """Tell in one sentence why nbgrader refuses to enter or to release an exercise.

    Raises:
        CannotGoOn: it does.
    """
    try:
        yield
    except RuntimeError as error:
        if "submissions associated" in str(error):
            raise CannotGoOn(
                f"The cells of {name} have changed since submissions to it were graded. Finish that class with the old "
                f"exercise, or set LOGIT_LAB_BUILD to a new folder and grade everybody anew there."
            ) from error
        raise CannotGoOn(f"nbgrader could not release {name}: {error}") from error


class _Collector(logging.Logger):
    """nbgrader's log, kept to ourselves: of a failure the first traceback's last line is told."""

    def __init__(self) -> None:
        super().__init__("release", logging.ERROR)
        self.told = ""

    def handle(self, record: logging.LogRecord) -> None:
        text = record.getMessage().strip()
        if text.startswith("Traceback") and not self.told:
            self.told = text.splitlines()[-1]


def release_exercise(name: str, folder: Path = EXERCISES) -> tuple[Path, Path | None]:
    """Generate an exercise into exercises/, with the files beside it; what differs there is kept under build/replaced.

    Returns:
        The released notebook, and the first copy of what was replaced or None.
    """
    require_exercise(name)
    target = notebook_path(folder, name)
    with TemporaryDirectory(dir=BUILD if BUILD.exists() else None) as temporary:
        fresh = generate_exercise(name, Path(temporary))
        files = {target.name: fresh.read_bytes(), **files_beside(source_path(name))}
    kept = None
    for way, content in files.items():
        there = target.parent / way
        if there.exists() and there.read_bytes() != content:
            copy = _keep(there)
            kept = kept or copy
    write_files(target.parent, files)
    return target, kept


def _keep(file: Path) -> Path:
    copy = BUILD / "replaced" / f"{file.stem}-{time.strftime('%Y%m%d-%H%M%S')}{file.suffix}"
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, copy)
    return copy
