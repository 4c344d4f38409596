"""What grading says of a submission; the records that are written as JSON."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Status = Literal["graded", "partly_graded", "rejected", "not_handed_in"]


@dataclass(frozen=True)
class AnswerResult:
    """One answer's verdict and points.

    Attributes:
        name: the answer's.
        score: the points earned.
        max_score: the points that could be earned.
        passed: whether it is right.
        misconception: the id of the most telling mistake; None for a right answer and for one without a verdict.
        seen: what was observed.
        hint: what to look at.
        further: the ids of other mistakes in the same answer; records of earlier versions have none.
        also: what to look at for each of these, and whatever else was seen.
    """

    name: str
    score: float
    max_score: float
    passed: bool
    misconception: str | None = None
    seen: str = ""
    hint: str = ""
    further: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def mistakes(self) -> dict[str, str]:
        """What to look at for each named mistake, the most telling first; nothing for a right answer."""
        first = {self.misconception: self.hint} if self.misconception else {}
        return first | dict(zip(self.further, self.also, strict=False))


@dataclass(frozen=True)
class Result:
    """One student's submission.

    Attributes:
        student: the name of the student's folder.
        status: `graded` when every answer got a verdict, `partly_graded` when the code stopped before the
            end, `rejected` when there was no notebook to run, `not_handed_in` when there is nothing to judge and no
            mark.
        reason: one sentence, for every status but `graded`.
        answers: in the order of the exercise.
        notes: what was noticed of the submission besides, a sentence each.
        late: the points that were taken off for being late; they are no more in `score`.
        file: the way to the notebook in what was handed over, as a platform names it; "" where there is none.
    """

    student: str
    status: Status
    reason: str = ""
    answers: list[AnswerResult] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    file: str = ""
    late: float = 0.0

    @property
    def score(self) -> float:
        """The points earned, without what was taken off for being late; never below 0."""
        return max(0.0, sum(answer.score for answer in self.answers) - self.late)

    @property
    def max_score(self) -> float:
        """The points that could be earned."""
        return sum(answer.max_score for answer in self.answers)

    def as_data(self) -> dict[str, Any]:
        """Return the result as plain data, in the form that shared tools read."""
        head = {"student": self.student, "status": self.status, "reason": self.reason}
        has_mark = self.status != "not_handed_in"
        points = {"score": self.score if has_mark else None, "max_score": self.max_score if has_mark else None}
        return {**head, **points, "answers": [asdict(answer) for answer in self.answers], **self._about()}

    def _about(self) -> dict[str, Any]:
        return {"late": self.late, "notes": self.notes, "file": self.file}

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "Result":
        """Return the result that as_data() gave; raises KeyError or TypeError for anything else."""
        lists = ("further", "also")  # as JSON has them
        answers = [
            AnswerResult(**answer | {key: tuple(map(str, answer.get(key, ()))) for key in lists})
            for answer in data["answers"]
        ]
        more = (data.get("notes", []), data.get("file", ""), float(data.get("late", 0)))
        return cls(data["student"], data["status"], data["reason"], answers, *more)


def absent(student: str, reason: str, notes: Sequence[str] = ()) -> Result:
    """Return the result of somebody who has handed nothing in: no answers, and no mark."""
    return Result(student, "not_handed_in", reason, [], list(notes))


RECORD = "logit_lab"  # in the metadata of a judged notebook


def keep_record(notebook: dict[str, Any], result: Result) -> None:
    """Keep a result in its judged notebook, for whoever wants to know later what was found."""
    notebook["metadata"][RECORD] = result.as_data()


def record_in(notebook: dict[str, Any]) -> Result | None:
    """Return the result that a judged notebook holds, read as JSON; None when it holds none that can be read."""
    try:
        return Result.from_data(notebook["metadata"][RECORD])
    except (KeyError, TypeError):
        return None
