"""Extra credit counts by itself: nbgrader adds it only to an answer that has a score, too."""

from nbgrader.api import Grade
from sqlalchemy import event


def count_extra_credit() -> None:
    """Give an answer without a score 0 points when formgrader gives it extra credit."""
    if not event.contains(Grade.extra_credit, "set", _score_it):
        event.listen(Grade.extra_credit, "set", _score_it)


def _score_it(grade: Grade, credit: float | None, *_: object) -> None:
    if credit is not None and grade.manual_score is None and grade.auto_score is None:
        grade.manual_score = 0.0
