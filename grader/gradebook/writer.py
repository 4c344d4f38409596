"""Results -> nbgrader: its gradebook, its folders, so that formgrader, feedback and export go on from there."""

import os
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat

from grader.base.files import replace_whole
from grader.base.notebooks import SLIPS
from grader.base.text import points_text
from grader.gradebook.faults import errors_as_sentences
from grader.gradebook.late import Rule, read_rule
from grader.gradebook.release import course_directory, refusals_as_sentences
from grader.gradebook.session import one_transaction, open_gradebook
from grader.gradebook.steps import EnterCells, EnterGrades, enter_penalty
from grader.intake.submissions import Submission
from grader.judging.batch import Judged
from grader.judging.exercise import load_exercise
from grader.judging.results import Result, keep_record

if TYPE_CHECKING:
    from nbgrader.api import Gradebook
    from nbgrader.coursedir import CourseDirectory


class Writer:
    """Writes judged submissions of one exercise into nbgrader's gradebook and folders; the only one that does.

    Attributes:
        course: nbgrader's directory with its settings.
    """

    def __init__(self, name: str, due: datetime | None = None) -> None:
        """Open the gradebook, making it and the exercise's entry where they are missing or outdated.

        Args:
            name: the exercise.
            due: when it is due, in UTC and without a zone; None for what the gradebook has.

        Raises:
            CannotGoOn: the exercise's cells have changed since its submissions were graded, or the gradebook cannot be
                opened and written.
        """
        self.name = name
        self.course: CourseDirectory = course_directory(assignment_id=name)
        exercise = load_exercise(name)
        with one_transaction(self.course.db_url) as gradebook, refusals_as_sentences(name):
            assignment = gradebook.update_or_create_assignment(name, **({"duedate": due} if due else {}))
            self.due: datetime | None = assignment.duedate
            EnterCells(config=self.course.config).enter(gradebook, name, exercise.notebook)

    def late_terms(self) -> str:
        """Return what marks follow from besides the work: when it was due, and what is taken off afterwards."""
        rule = read_rule()
        return f" {self.due} {rule.text}" if self.due and rule != Rule() else ""

    def graded(self) -> set[str]:
        """Return the students whose marks are in the gradebook and whose judged notebook lies in its folder.

        Raises:
            CannotGoOn: the gradebook cannot be read.
        """
        with errors_as_sentences(self.course.db_url), open_gradebook(self.course.db_url) as gradebook:
            found = {submission.student_id for submission in gradebook.assignment_submissions(self.name)}
        return {student for student in found if (self._folder("autograded", student) / f"{self.name}.ipynb").exists()}

    def write(self, judged: Judged, submission: Submission, notebook: Path) -> Result:
        """Write one submission's scores, its executed notebook and its timestamp; the marks in one transaction.

        The files are written within it, so that of two graders at once the later one leaves both.

        Args:
            judged: what the judge found.
            submission: what was handed in.
            notebook: where its notebook lies.

        Returns:
            The result, with what was taken off for being late.

        Raises:
            CannotGoOn: the gradebook or the files cannot be written; the marks are as they were.
        """
        student = judged.result.student
        with one_transaction(self.course.db_url) as gradebook:
            self._collect(submission, notebook)
            self._enter(gradebook, student, submission.time)
            result = _with_penalty(judged.result, self._save_scores(gradebook, judged))
            self._write_notebook(replace(judged, result=result), submission)
        return result

    def _folder(self, step: str, student: str) -> Path:
        return Path(self.course.format_path(getattr(self.course, f"{step}_directory"), student, self.name))

    def _collect(self, submission: Submission, notebook: Path) -> None:
        """Copy the submission to where nbgrader looks for it, unless it lies there."""
        target = self._folder("submitted", submission.student.name)
        own = target / f"{self.name}.ipynb"
        if os.path.realpath(notebook) == os.path.realpath(own):
            return
        files = dict(submission.files(self.name))
        for name in (f"{self.name}.ipynb", *SLIPS):
            _put(target / name, files.get(name))

    def _write_notebook(self, judged: Judged, submission: Submission) -> None:
        folder = self._folder("autograded", judged.result.student)
        slips = submission.slips()
        for slip in SLIPS:
            _put(folder / slip, [slips[slip]] if slip in slips else None)
        keep_record(judged.notebook, judged.result)
        replace_whole(folder / f"{self.name}.ipynb", lambda part: nbformat.write(judged.notebook, part))

    def _enter(self, gradebook: "Gradebook", student: str, timestamp: datetime | None) -> None:
        gradebook.update_or_create_student(student)
        when = {"timestamp": timestamp} if timestamp else {}
        gradebook.update_or_create_submission(self.name, student, **when)

    def _save_scores(self, gradebook: "Gradebook", judged: Judged) -> float:
        """Save the scores by nbgrader's own steps, so that manual grades, comments and penalties stay its own."""
        config, student = self.course.config, judged.result.student
        EnterGrades(config=config).enter(gradebook, self.name, student, judged.notebook)
        gradebook.db.flush()  # the penalty depends on the scores
        return enter_penalty(gradebook, self.name, student, config)


def _with_penalty(result: Result, points: float) -> Result:
    if not points:
        return result
    note = f"Points taken off because the work was late: {points_text(points)}."
    return replace(result, late=points, notes=[*result.notes, note])


def _put(target: Path, pieces: Iterable[bytes] | None) -> None:
    """Write a file, or remove what an earlier submission has left of it."""
    if pieces is None:
        target.unlink(missing_ok=True)
        return

    def write(part: Path) -> None:
        with part.open("wb") as file:
            file.writelines(pieces)

    replace_whole(target, write)
