"""The class as it was graded: marks from nbgrader's gradebook, verdicts from the journal or the judged notebooks."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from grader.base.errors import CannotGoOn
from grader.classroom.report.records import Class, Student
from grader.classroom.report.text import readable
from grader.gradebook.address import identity, parsed
from grader.gradebook.faults import told
from grader.judging.exercise import Exercise
from grader.judging.results import AnswerResult, Result

if TYPE_CHECKING:
    from nbgrader.api import Gradebook
    from nbgrader.coursedir import CourseDirectory

    from grader.classroom.marks.marks import Mark


def read_class(name: str) -> Class:
    """Return the class as it was last graded.

    Raises:
        CannotGoOn: there is no such exercise, it has not been graded, or the gradebook cannot be read.
    """
    from grader.classroom.marks.marks import marks_of
    from grader.gradebook.release import course_directory
    from grader.gradebook.session import open_gradebook
    from grader.judging.exercise import load

    exercise, course = load(name), course_directory()
    _insist_on_a_gradebook(course.db_url, name)
    with told(course.db_url):
        gradebook = open_gradebook(course.db_url)
        marks = marks_of(gradebook, name)
        missing, names = _others(gradebook, {mark.student for mark in marks})
        gradebook.close()
    verdicts = Verdicts(name, course)
    students = tuple(_student(mark, exercise, verdicts) for mark in marks)
    return Class(name, students, tuple(map(readable, missing)), names)


def _insist_on_a_gradebook(db_url: str, name: str) -> None:
    """Refuse where opening the gradebook would make an empty one."""
    url = parsed(db_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise CannotGoOn(
            f"Nothing has been graded yet. Run: python3 course.py grade {name} --submitted FOLDER; then ask again."
        )


def _others(gradebook: "Gradebook", handed_in: set[str]) -> tuple[list[str], frozenset[str]]:
    """Return the students who handed nothing in, and every word that the gradebook has for anybody."""
    from nbgrader.api import Student as Row

    rows = gradebook.db.query(Row.id, Row.first_name, Row.last_name, Row.email).all()
    missing = sorted(row[0] for row in rows if row[0] not in handed_in)
    return missing, frozenset(word for row in rows for word in row if word)


class Verdicts:
    """What was found in each submission, and when.

    The journal holds it for the submission that it was written for. Where that is not the one that lies in the class's
    folder (it was graded by formgrader's button, or by an older version), the judged notebook is read, which takes
    longer.
    """

    def __init__(self, name: str, course: "CourseDirectory") -> None:
        from grader.base.paths import BUILD
        from grader.classroom.marks.details import details_of
        from grader.gradebook.journal import Journal

        self._name, self._course = name, course
        self._journal = Journal(name, BUILD / "journal", identity())
        self._from_notebook = details_of(name)

    def of(self, student: str) -> Result | None:
        """Return the result of a student's submission; None when nothing readable is left of it."""
        key = self._journal.key(self._folder(self._course.submitted_directory, student))
        return self._journal.done(student, key) or self._from_notebook(student)

    def graded(self, student: str) -> datetime | None:
        """Return when the judged notebook was written, None when it is gone."""
        notebook = self._folder(self._course.autograded_directory, student) / f"{self._name}.ipynb"
        try:
            return datetime.fromtimestamp(notebook.stat().st_mtime, UTC)
        except OSError:
            return None

    def _folder(self, step: str, student: str) -> Path:
        return Path(self._course.format_path(step, student, self._name))


def _student(mark: "Mark", exercise: Exercise, verdicts: Verdicts) -> Student:
    """Return a student's record: nbgrader's points, the judge's verdicts."""
    result = verdicts.of(mark.student)
    found = {answer.name: answer for answer in result.answers} if result else {}
    answers = [_answer(test, exercise, mark, found) for test in exercise.tests]
    status, reason = (result.status, readable(result.reason)) if result else ("graded", "")
    return Student(
        name=readable(mark.student),
        status=status,
        reason=reason,
        score=mark.score,
        max_score=mark.max_score,
        answers=tuple(answers),
        graded=verdicts.graded(mark.student),
        waiting=mark.waiting,
    )


def _answer(test: str, exercise: Exercise, mark: "Mark", found: dict[str, AnswerResult]) -> AnswerResult:
    name, points = exercise.answer(test), exercise.points(test)
    score = mark.answers.get(test, 0.0)
    verdict = found.get(name) or AnswerResult(name, score, points, score >= points)
    return AnswerResult(
        name,
        score,
        points,
        verdict.passed,
        misconception=readable(verdict.misconception) if verdict.misconception else None,
        seen=readable(verdict.seen),
        hint=readable(verdict.hint),
    )
