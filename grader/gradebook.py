"""Results -> nbgrader: its gradebook, its folders, so that formgrader, feedback and export go on from there."""

import contextlib
import shutil
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

import nbformat

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
            CannotGoOn: the exercise's cells have changed since its submissions were graded.
        """
        self.name = name
        self.course: CourseDirectory = course_directory(assignment_id=name)
        generate(name, BUILD / "released")

    def graded(self) -> set[str]:
        """Return the students whose marks are in the gradebook and whose judged notebook lies in its folder."""
        with open_gradebook(self.course.db_url) as gradebook:
            found = {submission.student_id for submission in gradebook.assignment_submissions(self.name)}
        return {student for student in found if (self._folder("autograded", student) / f"{self.name}.ipynb").exists()}

    def write(self, judged: Judged, submitted: Path) -> None:
        """Write one submission's scores, its executed notebook and its timestamp; the marks in one transaction.

        Args:
            judged: what the judge found.
            submitted: the student's folder for this exercise, as it was handed in.
        """
        student = judged.result.student
        self._collect(student, submitted)
        self._write_notebook(judged)
        with one_transaction(self.course.db_url) as gradebook:
            self._enter(gradebook, student, self._timestamp(submitted))
            self._save_scores(judged)

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
        target.mkdir(parents=True, exist_ok=True)
        for name in (f"{self.name}.ipynb", "timestamp.txt"):
            (target / name).unlink(missing_ok=True)
            if (submitted / name).is_file() and not (submitted / name).is_symlink():
                shutil.copyfile(submitted / name, target / name)

    def _write_notebook(self, judged: Judged) -> None:
        folder = self._folder("autograded", judged.result.student)
        folder.mkdir(parents=True, exist_ok=True)
        nbformat.write(judged.notebook, folder / f"{self.name}.ipynb")
        stamp = self._folder("submitted", judged.result.student) / "timestamp.txt"
        (folder / "timestamp.txt").unlink(missing_ok=True)
        if stamp.is_file():
            shutil.copyfile(stamp, folder / "timestamp.txt")

    def _enter(self, gradebook: "Gradebook", student: str, timestamp: datetime | None) -> None:
        gradebook.update_or_create_student(student)
        when = {"timestamp": timestamp} if timestamp else {}
        gradebook.update_or_create_submission(self.name, student, **when)

    def _save_scores(self, judged: Judged) -> None:
        """Save the scores by nbgrader's own steps, so that manual grades, comments and penalties stay its own."""
        from nbgrader.preprocessors import AssignLatePenalties, SaveAutoGrades

        about = {"student": judged.result.student, "assignment": self.name, "notebook": self.name}
        resources = {"nbgrader": {**about, "db_url": self.course.db_url}}
        for step in (SaveAutoGrades, AssignLatePenalties):
            step(config=self.course.config).preprocess(judged.notebook, resources)


@cache
def open_gradebook(db_url: str) -> "Gradebook":
    """Return nbgrader's gradebook, opened once: opening inspects all tables, and nbgrader's steps do it each time."""
    from nbgrader.api import Gradebook

    class Kept(Gradebook):
        """Stays open when a step of nbgrader leaves it."""

        def close(self) -> None:
            self.db.remove()

    return Kept(db_url)


@contextlib.contextmanager
def one_transaction(db_url: str) -> Iterator["Gradebook"]:
    """Yield the gradebook; what nbgrader's steps write to it meanwhile is committed at the end, all or nothing.

    Each of nbgrader's steps opens the gradebook for itself and commits every cell, twenty times a submission, and a
    commit waits for the disk.
    """
    from nbgrader.preprocessors import latesubmissions, saveautogrades

    gradebook = open_gradebook(db_url)
    commit, close = gradebook.db.commit, gradebook.close
    gradebook.db.commit, gradebook.close = gradebook.db.flush, lambda: None
    steps = [
        mock.patch.object(module, "Gradebook", return_value=gradebook) for module in (latesubmissions, saveautogrades)
    ]
    try:
        with gradebook.db.no_autoflush, steps[0], steps[1]:
            yield gradebook
        commit()
    except BaseException:
        gradebook.db.rollback()
        raise
    finally:
        gradebook.db.commit, gradebook.close = commit, close
        gradebook.close()
