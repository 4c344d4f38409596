"""The class as it was graded, as the report shows it: strangers' words made fit to be read."""

from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from grader.classroom.record import Results, Submission, class_gradebook, submissions_to
from grader.classroom.report.pieces import anonymous_piece
from grader.classroom.report.records import Class, Student
from grader.classroom.report.text import make_readable
from grader.classroom.roster import absent_of
from grader.gradebook.address import gradebook_address
from grader.gradebook.faults import errors_as_sentences
from grader.intake.layouts import LATE
from grader.judging.exercise import Exercise, load_exercise
from grader.judging.results import AnswerResult

if TYPE_CHECKING:
    from nbgrader.api import Gradebook


def read_class(name: str, roster: Path | None = None, match: str = "") -> Class:
    """Return the class as it was last graded.

    Args:
        name: the exercise.
        roster: a list of the class; whoever is on it and has not handed in is missing.
        match: the column of the list that names the students; "" to find it.

    Raises:
        CannotGoOn: there is no such exercise or list, it has not been graded, or the gradebook cannot be read.
    """
    exercise = load_exercise(name)
    with errors_as_sentences(gradebook_address()):
        gradebook = class_gradebook(name)
        submissions = submissions_to(name, gradebook)
        missing, names = _others(gradebook, {each.student for each in submissions})
        earlier = _exercise_before(gradebook, name)
        before = {make_readable(each): share for each, share in _shares(gradebook, earlier).items()}
        gradebook.close()
    if roster:
        missing = sorted({*missing, *absent_of(roster, [each.student for each in submissions], match)[0]})
    students = tuple(_student(each, exercise) for each in submissions)
    owners = {make_readable(each.student): each.student for each in submissions}
    everybody = {*names, *owners.values(), *missing}
    code = cache(partial(_code, Results(name), owners, everybody))
    return Class(name, students, tuple(map(make_readable, missing)), names, code, before, earlier)


def _code(results: Results, owners: dict[str, str], names: set[str], student: str) -> dict[str, str]:
    code = results.code(owners[student])
    return {answer: anonymous_piece(source, owners[student], names) for answer, source in code.items()}


def _exercise_before(gradebook: "Gradebook", name: str) -> str:
    """Return the last exercise before this one, by their numbers, to which there are submissions; "" for none."""
    return max((each.name for each in gradebook.assignments if each.num_submissions and each.name < name), default="")


def _shares(gradebook: "Gradebook", name: str) -> dict[str, float]:
    """Return the share of its points that each student has in an exercise."""
    found = submissions_to(name, gradebook) if name else []
    return {each.student: each.score / each.max_score for each in found if each.max_score}


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
        late=_late(submission),
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


def _late(submission: Submission) -> str:
    """Return how late the work was, in words, "" where it was not or nobody knows."""
    minutes = int(submission.seconds_late // 60)
    told = submission.result and LATE in submission.result.notes
    if submission.seconds_late <= 0:
        return "late by the platform's own mark" if told else ""
    for unit, length in (("day", 1440), ("hour", 60)):
        if minutes >= length:
            return f"{minutes // length} {unit}{'s' * (minutes // length > 1)} late"
    return "less than an hour late"
