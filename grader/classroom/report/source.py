"""The class as it was graded, as the report shows it: strangers' words made fit to be read."""

from typing import TYPE_CHECKING

from grader.classroom.record import Submission, class_gradebook, submissions_to
from grader.classroom.report.records import Class, Student
from grader.classroom.report.text import make_readable
from grader.gradebook.address import gradebook_address
from grader.gradebook.faults import errors_as_sentences
from grader.judging.exercise import Exercise, load_exercise
from grader.judging.results import AnswerResult

if TYPE_CHECKING:
    from nbgrader.api import Gradebook


def read_class(name: str) -> Class:
    """Return the class as it was last graded.

    Raises:
        CannotGoOn: there is no such exercise, it has not been graded, or the gradebook cannot be read.
    """
    exercise = load_exercise(name)
    with errors_as_sentences(gradebook_address()):
        gradebook = class_gradebook(name)
        submissions = submissions_to(name, gradebook)
        missing, names = _others(gradebook, {each.student for each in submissions})
        gradebook.close()
    students = tuple(_student(each, exercise) for each in submissions)
    return Class(name, students, tuple(map(make_readable, missing)), names)


def _others(gradebook: "Gradebook", handed_in: set[str]) -> tuple[list[str], frozenset[str]]:
    """Return the students who handed nothing in, and every word that the gradebook has for anybody."""
    from nbgrader.api import Student as Row

    rows = gradebook.db.query(Row.id, Row.first_name, Row.last_name, Row.email).all()
    missing = sorted(row[0] for row in rows if row[0] not in handed_in)
    return missing, frozenset(word for row in rows for word in row if word)


def _student(submission: Submission, exercise: Exercise) -> Student:
    """Return a student's record: nbgrader's points, the judge's verdicts."""
    result = submission.result
    found = {answer.name: answer for answer in result.answers} if result else {}
    answers = [_answer(test, exercise, submission.cells.get(test, 0.0), found) for test in exercise.tests]
    status, reason = (result.status, make_readable(result.reason)) if result else ("graded", "")
    return Student(
        name=make_readable(submission.student),
        status=status,
        reason=reason,
        score=submission.score,
        max_score=submission.max_score,
        answers=tuple(answers),
        graded=submission.graded,
        waiting=submission.waiting,
    )


def _answer(test: str, exercise: Exercise, score: float, found: dict[str, AnswerResult]) -> AnswerResult:
    name, points = exercise.answer(test), exercise.points(test)
    verdict = found.get(name) or AnswerResult(name, score, points, score >= points)
    return AnswerResult(
        name,
        score,
        points,
        verdict.passed,
        misconception=make_readable(verdict.misconception) if verdict.misconception else None,
        seen=make_readable(verdict.seen),
        hint=make_readable(verdict.hint),
        further=tuple(map(make_readable, verdict.further)),
        also=tuple(map(make_readable, verdict.also)),
    )
