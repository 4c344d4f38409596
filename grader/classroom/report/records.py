"""A graded class as records: what the report is made of, and nothing about how it looks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from grader.judging.results import AnswerResult, Status

NOT_ATTEMPTED = "not-attempted"
# What an answer can show without showing a wrong idea; reported apart from the ideas that can be taught again.
NO_IDEA = (NOT_ATTEMPTED, "raises-error", "unrecognised")


@dataclass(frozen=True)
class Student:
    """One student's graded submission.

    Attributes:
        name: the student's folder, or a label where names are left out.
        status: as the grading left it.
        reason: one sentence, for every status but `graded`.
        score: nbgrader's own total, in points: marks by hand, extra credit and late penalties included.
        max_score: the points that could be earned.
        answers: in the order of the exercise; their points are nbgrader's, their verdicts the judge's.
        graded: when; None when that is not known.
        waiting: whether something still waits to be marked by hand.
    """

    name: str
    status: Status
    reason: str
    score: float
    max_score: float
    answers: tuple[AnswerResult, ...]
    graded: datetime | None = None
    waiting: bool = False

    @property
    def ideas(self) -> list[str]:
        """The ids of the wrong ideas that the answers show, each once, in order."""
        found = [id_ for answer in self.answers for id_ in answer.mistakes]
        return list(dict.fromkeys(id_ for id_ in found if id_ not in NO_IDEA))

    @property
    def touched(self) -> bool:
        """Whether at least one answer was written and got a verdict."""
        return any(state(answer) in ("solved", "wrong") for answer in self.answers)


@dataclass(frozen=True)
class Class:
    """All who handed an exercise in.

    Attributes:
        exercise: its name.
        students: by name.
        missing: students whom the gradebook knows and who have not handed this exercise in.
        names: other words that tell who a student is (first and last names, addresses); never shown.
    """

    exercise: str
    students: tuple[Student, ...]
    missing: tuple[str, ...] = ()
    names: frozenset[str] = field(default=frozenset(), repr=False)


def state(answer: AnswerResult) -> str:
    """Return `solved`, `wrong`, `not attempted`, or `not judged` when the code stopped before a verdict."""
    if answer.score >= answer.max_score > 0:
        return "solved"
    if answer.misconception == NOT_ATTEMPTED:
        return "not attempted"
    return "wrong" if answer.misconception or answer.passed or answer.score else "not judged"


def last_graded(students: Sequence[Student]) -> datetime | None:
    """Return when the latest of the submissions was graded."""
    return max((student.graded for student in students if student.graded), default=None)
