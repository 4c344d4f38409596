"""Results -> nbgrader: its gradebook, its folders, so that formgrader, feedback and export go on from there."""

import contextlib
import shutil
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import nbformat

from grader.databases import check_names, make_tables, parsed, take_turn
from grader.errors import CannotGoOn
from grader.files import replace_whole
from grader.gradebook_faults import sentence, told
from grader.judging.batch import Judged
from grader.paths import BUILD
from grader.release import course_directory, generate

if TYPE_CHECKING:
    from nbgrader.api import Gradebook
    from nbgrader.coursedir import CourseDirectory


class Writer:
    """Writes judged submissions of one exercise into nbgrader's gradebook and folders; the only one that does.

    Attributes:
        course: nbgrader's directory with its settings.
    """

    def __init__(self, name: str) -> None:
        """Open the gradebook, making it and the exercise's entry where they are missing or outdated.

        Raises:
            CannotGoOn: the exercise's cells have changed since its submissions were graded, or the gradebook cannot be
                opened and written.
        """
        self.name = name
        self.course: CourseDirectory = course_directory(assignment_id=name)
        with one_transaction(self.course.db_url):
            generate(name, BUILD / "released")

    def graded(self, names: list[str]) -> set[str]:
        """Return the students whose marks are in the gradebook and whose judged notebook lies in its folder.

        Raises:
            CannotGoOn: one of the names cannot be written into the gradebook, or that cannot be read.
        """
        check_names(names, self.course.db_url)
        with told(self.course.db_url), open_gradebook(self.course.db_url) as gradebook:
            found = {submission.student_id for submission in gradebook.assignment_submissions(self.name)}
        return {student for student in found if (self._folder("autograded", student) / f"{self.name}.ipynb").exists()}

    def write(self, judged: Judged, submitted: Path) -> None:
        """Write one submission's scores, its executed notebook and its timestamp; the marks in one transaction.

        The files are written within it, so that of two graders at once the later one leaves both.

        Args:
            judged: what the judge found.
            submitted: the student's folder for this exercise, as it was handed in.

        Raises:
            CannotGoOn: the gradebook or the files cannot be written; the marks are as they were.
        """
        student = judged.result.student
        with one_transaction(self.course.db_url) as gradebook:
            self._collect(student, submitted)
            self._write_notebook(judged)
            self._enter(gradebook, student, self._timestamp(submitted))
            self._save_scores(gradebook, judged)

    def _folder(self, step: str, student: str) -> Path:
        return Path(self.course.format_path(getattr(self.course, f"{step}_directory"), student, self.name))

    def _timestamp(self, folder: Path) -> datetime | None:
        try:
            return self.course.get_existing_timestamp(str(folder))
        except (SystemExit, OSError, ValueError):
            return None  # nbgrader ends the program for a date that it cannot read; the work counts all the same

    def _collect(self, student: str, submitted: Path) -> None:
        """Copy the submission to where nbgrader looks for it, unless it lies there."""
        target = self._folder("submitted", student)
        if submitted.resolve() == target.resolve():
            return
        for name in (f"{self.name}.ipynb", "timestamp.txt"):
            _copy(submitted / name, target / name)

    def _write_notebook(self, judged: Judged) -> None:
        folder = self._folder("autograded", judged.result.student)
        stamp = self._folder("submitted", judged.result.student) / "timestamp.txt"
        _copy(stamp, folder / "timestamp.txt")
        replace_whole(folder / f"{self.name}.ipynb", lambda part: nbformat.write(judged.notebook, part))

    def _enter(self, gradebook: "Gradebook", student: str, timestamp: datetime | None) -> None:
        gradebook.update_or_create_student(student)
        when = {"timestamp": timestamp} if timestamp else {}
        gradebook.update_or_create_submission(self.name, student, **when)

    def _save_scores(self, gradebook: "Gradebook", judged: Judged) -> None:
        """Save the scores by nbgrader's own steps, so that manual grades, comments and penalties stay its own."""
        from nbgrader.preprocessors import AssignLatePenalties, SaveAutoGrades

        about = {"student": judged.result.student, "assignment": self.name, "notebook": self.name}
        resources = {"nbgrader": {**about, "db_url": self.course.db_url}}
        for step in (SaveAutoGrades, AssignLatePenalties):
            with mock.patch.object(gradebook.db, "commit"):  # after every cell
                step(config=self.course.config).preprocess(judged.notebook, resources)
            gradebook.db.flush()


def _copy(source: Path, target: Path) -> None:
    """Copy a file, or remove the copy of one that is not there any more."""
    if source.is_file() and not source.is_symlink():
        replace_whole(target, lambda part: shutil.copyfile(source, part))
    else:
        target.unlink(missing_ok=True)


@cache
def open_gradebook(db_url: str) -> "Gradebook":
    """Return nbgrader's gradebook, opened once: opening inspects all tables, and nbgrader's steps do it each time.

    Raises:
        CannotGoOn: the gradebook cannot be opened; one sentence says why.
    """
    from nbgrader.api import Comment, Grade, Gradebook
    from sqlalchemy.orm import joinedload

    class Kept(Gradebook):
        """Can be used again when a step of nbgrader has left it; in between it keeps no connection that could break."""

        def __init__(self, db_url: str) -> None:
            self.known: dict[tuple[type, str, str, str], dict[str, Any]] = {}
            super().__init__(db_url)

        def close(self) -> None:
            self.known.clear()
            self.db.remove()
            self.engine.dispose()

        def find_grade(self, cell: str, *submission: str) -> Grade:
            return self.rows_of(Grade, *submission)[cell]

        def find_comment(self, cell: str, *submission: str) -> Comment:
            return self.rows_of(Comment, *submission)[cell]

        def rows_of(self, kind: Any, notebook: str, assignment: str, student: str) -> dict[str, Any]:
            """Return all grades or comments of a submitted notebook by their cells; nbgrader asks for one at a time."""
            key = (kind, notebook, assignment, student)
            if key not in self.known:
                owner = self.find_submission_notebook(notebook, assignment, student)
                query = self.db.query(kind).options(joinedload(kind.cell)).filter(kind.notebook_id == owner.id)
                self.known[key] = {row.cell.name: row for row in query}
            return self.known[key]

    parsed(db_url)
    with told(db_url):
        make_tables(db_url)
        return Kept(db_url)


@contextlib.contextmanager
def one_transaction(db_url: str) -> Iterator["Gradebook"]:
    """Yield the gradebook; what nbgrader's steps write to it meanwhile is committed at the end, all or nothing.

    Each of nbgrader's steps opens the gradebook for itself and commits every cell, twenty times a submission; a commit
    waits for the disk, and between two of them another grader would find half a submission.

    Raises:
        CannotGoOn: the gradebook could not be written, or not in time because others write it; nothing has changed.
    """
    from nbgrader import api
    from nbgrader.converters import generate_assignment
    from nbgrader.preprocessors import latesubmissions, saveautogrades, savecells

    gradebook = open_gradebook(db_url)
    opened_by = (generate_assignment, savecells, saveautogrades, latesubmissions)
    with contextlib.ExitStack() as stack, told(db_url), _errors_of(gradebook, db_url):
        for module in opened_by:
            stack.enter_context(mock.patch.object(module, "Gradebook", return_value=gradebook))
        stack.enter_context(mock.patch.object(api, "app_log"))  # it would print a traceback
        stack.callback(gradebook.close)
        commit = gradebook.db.commit
        stack.enter_context(mock.patch.object(gradebook, "close"))
        stack.enter_context(mock.patch.object(gradebook.db, "commit", gradebook.db.flush))
        try:
            take_turn(gradebook.db.connection())
            with gradebook.db.no_autoflush:
                yield gradebook
            commit()
        except BaseException:
            gradebook.db.rollback()
            raise


@contextlib.contextmanager
def _errors_of(gradebook: "Gradebook", db_url: str) -> Iterator[None]:
    """Tell an error of the database as what it is; nbgrader's steps wrap it, or log it and raise another one."""
    from sqlalchemy import event

    seen: list[BaseException] = []

    def remember(context: Any) -> None:
        seen.append(context.original_exception)

    event.listen(gradebook.engine, "handle_error", remember)
    try:
        yield
    except Exception as error:
        if seen:
            raise CannotGoOn(sentence(seen[0], db_url)) from error
        raise
    finally:
        event.remove(gradebook.engine, "handle_error", remember)
