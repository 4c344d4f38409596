"""The judge as steps of nbgrader's own autograde, for its command line and for formgrader's button.

nbgrader opens what was handed in by itself: it follows links, waits for pipes, and copies whatever lies there. So its
autograde gets copies that were taken through the door, and so do the places that read a submission's time.
"""

import fnmatch
from contextlib import closing
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbformat import NotebookNode
from nbgrader.apps.api import NbGraderAPI
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool

from grader.base.notebooks import notebook_path
from grader.gradebook.execution import execution
from grader.gradebook.seed import seed_for_judging
from grader.intake.files import LARGEST_SLIP, Unreadable, read_below
from grader.intake.plain import plain_notebook
from grader.intake.reader import Reader
from grader.intake.students import students
from grader.intake.submissions import TIMESTAMP, Submission, take
from grader.intake.timestamps import read_timestamp
from grader.judging.batch import reject
from grader.judging.exercise import Exercise, load_exercise
from grader.judging.results import keep_record
from grader.judging.submission import prepare_notebook
from grader.judging.verdicts import result_of

WHOSE_LIMITS = "the judge runs the code, always and within its own limits (SECURITY.md)."
Resources = dict[str, dict[str, str]]


def guard_nbgrader() -> None:
    """Have nbgrader's own autograde, its exchange and formgrader's lists read what was handed in through the door."""
    Autograde.start = _start_with_copies
    CourseDirectory.get_existing_timestamp = _time_in
    NbGraderAPI.get_submitted_timestamp = _submitted_time


_stock_start = Autograde.start


def _start_with_copies(self: Autograde) -> None:
    """Autograde copies of the submissions that hold the notebook and nbgrader's small files, and no links."""
    course = self.coursedir
    handed_in = course.submitted_directory
    for setting in self.config.get("Execute", {}):
        self.log.warning("Execute.%s has no effect here: %s", setting, WHOSE_LIMITS)
    with TemporaryDirectory(prefix="logit-lab-") as folder:
        try:
            _copy_submissions(self, Path(course.root, handed_in), Path(folder))
            course.submitted_directory = folder
            _stock_start(self)
        finally:
            course.submitted_directory = handed_in


def _copy_submissions(self: Autograde, submitted: Path, folder: Path) -> None:
    name, wanted = self.coursedir.assignment_id, self.coursedir.student_id
    exercise = load_exercise(name)
    with Reader() as reader:
        for student in students(submitted):
            if not student.has_name:
                self.log.warning("Left out: %s. %s", student.name, student.problem)
            elif student.name == wanted or fnmatch.fnmatchcase(student.name, wanted):
                with closing(take(submitted, student, name, reader)) as taken:
                    _copy(taken, exercise, folder / student.name)
                for told in filter(None, [taken.problem, *taken.notes]):
                    self.log.warning("%s: %s", student.name, told)


def _copy(taken: Submission, exercise: Exercise, folder: Path) -> None:
    """Write a submission as plain files; what could not be taken is the released notebook, with the reason on top."""
    notebook = notebook_path(folder, exercise.name)
    notebook.parent.mkdir(parents=True)
    instead = reject(taken.student.name, taken.problem, exercise).notebook
    notebook.write_bytes(taken.notebook or nbformat.writes(instead).encode())
    for slip, content in taken.slips().items():
        (notebook.parent / slip).write_bytes(content)


def _time_in(self: CourseDirectory, folder: str) -> datetime | None:
    """Return the time of the submission in a folder STUDENT/EXERCISE, None where there is none that can be read."""
    path = Path(folder)
    try:
        return read_timestamp(read_below(path.parents[1], *path.parts[-2:], TIMESTAMP, most=LARGEST_SLIP))
    except (Unreadable, ValueError):
        return None


def _submitted_time(self: NbGraderAPI, assignment_id: str, student_id: str) -> datetime | None:
    """Return when a student has submitted, None where that is not known."""
    course = self.coursedir
    return _time_in(course, course.format_path(course.submitted_directory, student_id, assignment_id))


class PutTests(NbGraderPreprocessor):
    """Puts the test cells of solutions/ at their places, whatever the submission has there."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Return the notebook that will be run."""
        exercise = load_exercise(resources["nbgrader"]["assignment"])
        return prepare_notebook(plain_notebook(nbformat.writes(nb).encode()), exercise), resources


class Judge(NbGraderPreprocessor):
    """Has the notebook judged; takes the place of nbgrader's Execute."""

    trust = Bool(False, help="Run submitted code without a sandbox.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Return the notebook with the outputs of the learner's cells and the judge's verdicts.

        Raises:
            CannotGoOn: this system cannot confine the code, and it is not trusted.
        """
        about = resources["nbgrader"]
        exercise, student = load_exercise(about["assignment"]), about["student"]
        key = seed_for_judging().personal_key(exercise.name, student)
        with execution(exercise, 1, self.trust) as execute:
            run = execute(nb, key)
        keep_record(nb, result_of(student, nb, exercise, run))
        return nb, resources
