"""A graded class as records: what the report is made of, and nothing about how it looks."""

from collections.abc import Callable, Mapping, Sequence
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
        waiting: the answers that still wait to be marked by hand.
        late: how late the work was, in words, or "".
    """

    name: str
    status: Status
    reason: str
    score: float
    max_score: float
    answers: tuple[AnswerResult, ...]
    graded: datetime | None = None
    waiting: tuple[str, ...] = ()
    late: str = ""

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
        missing: students whom the gradebook or the class's list knows and who have not handed this exercise in.
        names: other words that tell who a student is (first and last names, addresses); never shown.
        code: what a student wrote by answer, in a form that does not tell who it was.
        before: each one's share of the points in the exercise before this one, from 0 to 1.
        exercise_before: its name, or "" for none.
    """

    exercise: str
    students: tuple[Student, ...]
    missing: tuple[str, ...] = ()
    names: frozenset[str] = field(default=frozenset(), repr=False)
    code: Callable[[str], Mapping[str, str]] = field(default=lambda _: {}, repr=False, compare=False)
    before: Mapping[str, float] = field(default_factory=dict)
    exercise_before: str = ""


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
