"""The marks of a class, as nbgrader's gradebook has them: by hand, extra credit and late penalties included."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from grader.base.errors import CannotGoOn

if TYPE_CHECKING:
    from nbgrader.api import Gradebook


@dataclass(frozen=True)
class Mark:
    """One student's mark for an exercise, in points.

    Attributes:
        student: the name of the student's folder.
        score: the points, after the penalty for being late; never below 0.
        max_score: the points that could be earned; extra credit can exceed them.
        late: the penalty that was taken off.
        waiting: whether an answer still waits to be marked by hand.
        email: what the gradebook knows of it, mostly "".
        answers: the score of each graded cell, by the cell's name.
    """

    student: str
    score: float
    max_score: float
    late: float = 0.0
    waiting: bool = False
    email: str = ""
    answers: dict[str, float] = field(default_factory=dict)


def marks_of(gradebook: "Gradebook", name: str) -> list[Mark]:
    """Return the marks of everybody who has handed the exercise in, by the student's name.

    Raises:
        CannotGoOn: the gradebook has no submission to it.
    """
    from nbgrader.api import Assignment, SubmittedAssignment
    from sqlalchemy.orm import joinedload, undefer

    answers = _answers(gradebook, name)
    counted = ("score", "max_score", "late_submission_penalty", "needs_manual_grade")  # else asked for one by one
    columns = [undefer(getattr(SubmittedAssignment, each)) for each in counted]
    submissions = gradebook.db.query(SubmittedAssignment).join(Assignment).filter(Assignment.name == name)
    found = submissions.options(joinedload(SubmittedAssignment.student), *columns).all()
    if not found:
        raise CannotGoOn(f"The gradebook holds no submission to {name}. Grade first: grader grade {name}")
    marks = [
        Mark(
            student=each.student_id,
            score=max(0.0, float(each.score or 0) - float(each.late_submission_penalty or 0)),
            max_score=float(each.max_score or 0),
            late=float(each.late_submission_penalty or 0),
            waiting=bool(each.needs_manual_grade),
            email=each.student.email or "",
            answers=answers.get(each.student_id, {}),
        )
        for each in found
    ]
    return sorted(marks, key=lambda mark: mark.student)


def _answers(gradebook: "Gradebook", name: str) -> dict[str, dict[str, float]]:
    """Return student -> cell -> score, of all students in one question to the database."""
    from nbgrader.api import Assignment, BaseCell, Grade, SubmittedAssignment, SubmittedNotebook

    rows = (
        gradebook.db.query(SubmittedAssignment.student_id, BaseCell.name, Grade.score)
        .select_from(Grade)
        .join(BaseCell, Grade.cell_id == BaseCell.id)
        .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .filter(Assignment.name == name)
    )
    scores: dict[str, dict[str, float]] = {}
    for student, cell, score in rows:
        scores.setdefault(student, {})[cell] = float(score or 0)
    return scores


def only_exercise(gradebook: "Gradebook") -> str:
    """Return the one exercise that has submissions.

    Raises:
        CannotGoOn: there is none, or more than one.
    """
    names = sorted(each.name for each in gradebook.assignments if each.num_submissions)
    if not names:
        raise CannotGoOn("The gradebook holds no submission yet. Grade an exercise first: grader grade EXERCISE")
    if len(names) > 1:
        raise CannotGoOn(f"Say which exercise: the gradebook holds {', '.join(names)}.")
    return names[0]
