"""Results -> nbgrader: its gradebook, its folders, so that formgrader, feedback and export go on from there."""

import shutil
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat

from grader.judging.batch import Judged
from grader.paths import BUILD
from grader.release import course_directory, generate

if TYPE_CHECKING:
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

    def write(self, judged: Judged, submitted: Path) -> None:
        """Write one submission's scores, its executed notebook and its timestamp.

        Args:
            judged: what the judge found.
            submitted: the student's folder for this exercise, as it was handed in.
        """
        student = judged.result.student
        self._collect(student, submitted)
        self._write_notebook(judged)
        self._enter(student, self._timestamp(submitted))
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

    def _enter(self, student: str, timestamp: datetime | None) -> None:
        from nbgrader.api import Gradebook

        with Gradebook(self.course.db_url) as gradebook, gradebook.db.no_autoflush:
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
