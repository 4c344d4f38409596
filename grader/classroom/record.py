"""What is known of each submission to an exercise: nbgrader's mark and the judge's result, in one record.

The marks are the gradebook's: by hand, extra credit and late penalties included. The result stands in the judged
notebook; for one that an earlier version of the course has judged, the journal still has it.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from grader.base.errors import CannotGoOn
from grader.base.notebooks import answer_name
from grader.base.paths import require_exercise
from grader.gradebook.address import gradebook_address, parse_address
from grader.gradebook.journal import last_results
from grader.gradebook.release import course_directory
from grader.judging.results import Result, record_in

if TYPE_CHECKING:
    from nbgrader.api import Gradebook


@dataclass(frozen=True)
class Submission:
    """One student's submission to an exercise; what it is worth is in points.

    Attributes:
        student: the name of the student's folder.
        score: the points, after the penalty for being late; never below 0.
        max_score: the points that could be earned; extra credit can exceed them.
        late: the penalty that was taken off.
        seconds_late: how long after the due date it was handed in; 0 where either time is not known.
        waiting: the answers that still wait to be marked by hand.
        email: what the gradebook knows of it, mostly "".
        cells: the score of each graded cell, by the cell's name.
        graded: when the judged notebook was written; None when it is gone.
        read_result: reads what the judge found, which a list of marks does without.
    """

    student: str
    score: float
    max_score: float
    late: float = 0.0
    seconds_late: float = 0.0
    waiting: tuple[str, ...] = ()
    email: str = ""
    cells: dict[str, float] = field(default_factory=dict)
    graded: datetime | None = None
    read_result: Callable[[], Result | None] = lambda: None

    @cached_property
    def result(self) -> Result | None:
        """What the judge found; None where nothing readable is left of it."""
        return self.read_result()


def refuse_ungraded(seen: str, name: str = "") -> NoReturn:
    """Say what is missing and which command grades; `name` is the exercise that is asked for, "" for any.

    Raises:
        CannotGoOn: always.
    """
    exercise = require_exercise(name) if name else "EXERCISE"
    raise CannotGoOn(f"{seen} Run: python3 course.py grade {exercise} --submitted FOLDER")


def require_gradebook(name: str = "") -> str:
    """Return the address of the class's gradebook; nothing that takes a second to import is needed to find it missing.

    Args:
        name: the exercise that is asked for, "" for any.

    Raises:
        CannotGoOn: there is none yet, and opening it would make an empty one; or there is no such exercise.
    """
    address = gradebook_address()
    url = parse_address(address)
    if name:
        require_exercise(name)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        refuse_ungraded(f"Nothing has been graded yet: there is no gradebook {url.database}.", name)
    return address


def class_gradebook(name: str = "") -> "Gradebook":
    """Open the class's gradebook; `name` is the exercise that is asked for, "" for any.

    Raises:
        CannotGoOn: there is none yet, or it cannot be opened.
    """
    from grader.gradebook.session import open_gradebook

    return open_gradebook(require_gradebook(name))


def submissions_to(name: str, gradebook: "Gradebook") -> list[Submission]:
    """Return the submissions of everybody who has handed the exercise in, by the student's name.

    Raises:
        CannotGoOn: the gradebook has no submission to it.
    """
    from nbgrader.api import Assignment, SubmittedAssignment
    from sqlalchemy.orm import contains_eager, joinedload, undefer

    (cells, waiting), results = _cells(gradebook, name), Results(name)
    counted = ("score", "max_score", "late_submission_penalty")  # else asked for one by one
    columns = [undefer(getattr(SubmittedAssignment, each)) for each in counted]
    others = joinedload(SubmittedAssignment.student), contains_eager(SubmittedAssignment.assignment)
    rows = gradebook.db.query(SubmittedAssignment).join(Assignment).filter(Assignment.name == name)
    found = rows.options(*others, *columns).all()
    if not found:
        refuse_ungraded(f"The gradebook holds no submission to {name}.", name)
    submissions = [
        Submission(
            student=each.student_id,
            score=max(0.0, float(each.score or 0) - float(each.late_submission_penalty or 0)),
            max_score=float(each.max_score or 0),
            late=float(each.late_submission_penalty or 0),
            seconds_late=float(each.total_seconds_late),
            waiting=waiting.get(each.student_id, ()),
            email=each.student.email or "",
            cells=cells.get(each.student_id, {}),
            graded=results.graded(each.student_id),
            read_result=partial(results.of, each.student_id),
        )
        for each in found
    ]
    return sorted(submissions, key=lambda submission: submission.student)


def _cells(gradebook: "Gradebook", name: str) -> tuple[dict[str, dict[str, float]], dict[str, tuple[str, ...]]]:
    """Return student -> cell -> score, and student -> answers to be marked by hand, in one question to the database."""
    from nbgrader.api import Assignment, BaseCell, Grade, SubmittedAssignment, SubmittedNotebook

    rows = (
        gradebook.db.query(SubmittedAssignment.student_id, BaseCell.name, Grade.score, Grade.needs_manual_grade)
        .select_from(Grade)
        .join(BaseCell, Grade.cell_id == BaseCell.id)
        .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .filter(Assignment.name == name)
    )
    scores: dict[str, dict[str, float]] = {}
    waiting: dict[str, tuple[str, ...]] = {}
    for student, cell, score, waits in rows:
        scores.setdefault(student, {})[cell] = float(score or 0)
        waiting[student] = waiting.get(student, ()) + (answer_name(cell),) * bool(waits)
    return scores, waiting


def only_exercise(gradebook: "Gradebook") -> str:
    """Return the one exercise that has submissions.

    Raises:
        CannotGoOn: there is none, or more than one.
    """
    names = sorted(each.name for each in gradebook.assignments if each.num_submissions)
    if not names:
        refuse_ungraded("The gradebook holds no submission yet.")
    if len(names) > 1:
        raise CannotGoOn(f"Say which exercise: the gradebook holds {', '.join(names)}.")
    return names[0]


class Results:
    """What the judge found in each submission to an exercise."""

    def __init__(self, name: str) -> None:
        """Look nothing up yet; `name` is the exercise."""
        self._name, self._course = name, course_directory(assignment_id=name)

    @cached_property
    def _journal(self) -> dict[str, Result]:
        return last_results(self._name)

    def of(self, student: str) -> Result | None:
        """Return a student's result, or None."""
        try:
            kept = record_in(json.loads(self._notebook(student).read_bytes()))
        except (OSError, ValueError):
            kept = None  # it is gone, or damaged
        found = kept or self._journal.get(student)
        return found and replace(found, student=student)

    def code(self, student: str) -> dict[str, str]:
        """Return what a student wrote, by the names of the answers; nothing where the judged notebook is gone."""
        try:
            cells = json.loads(self._notebook(student).read_bytes())["cells"]
            own = {about["grade_id"]: cell for cell in cells if (about := _grading(cell)).get("solution")}
            return {answer_name(id_): "".join(cell["source"]) for id_, cell in own.items()}
        except (OSError, ValueError, KeyError, TypeError):
            return {}

    def graded(self, student: str) -> datetime | None:
        """Return when a student's judged notebook was written, None when it is gone."""
        try:
            return datetime.fromtimestamp(self._notebook(student).stat().st_mtime, UTC)
        except OSError:
            return None

    def _notebook(self, student: str) -> Path:
        folder = self._course.format_path(self._course.autograded_directory, student, self._name)
        return Path(folder) / f"{self._name}.ipynb"


def _grading(cell: dict[str, Any]) -> dict[str, Any]:
    return dict(cell["metadata"].get("nbgrader", {}))
