"""Late work: until when, and what is taken off afterwards. nbgrader keeps the date, and asks a plugin for the rest."""

import json
import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from nbgrader.plugins import LateSubmissionPlugin

from grader.base.errors import CannotGoOn
from grader.base.files import replace_whole
from grader.base.paths import BUILD

DAY = 86_400  # seconds
_RULE = re.compile(r"none|zero|([0-9]{1,4}(?:\.[0-9]{1,3})?)/day")
_DAY_ALONE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_HOW = "Write none, zero, or the points for each day that has begun, such as 2/day."


@dataclass(frozen=True)
class Rule:
    """What is taken off late work.

    Attributes:
        text: "none", "zero" for everything, or points for each day that has begun, such as "2/day".
    """

    text: str = "none"

    def penalty(self, score: float, seconds: float) -> float:
        """Return the points that are taken off; never more than were earned.

        Args:
            score: the points without it.
            seconds: how late the work was.
        """
        if self.text == "none" or seconds <= 0:
            return 0.0
        if self.text == "zero":
            return score
        return min(score, float(self.text.removesuffix("/day")) * math.ceil(seconds / DAY))


def read_rule(folder: Path = BUILD) -> Rule:
    """Return the class's rule; "none" where none was set."""
    try:
        text = json.loads((folder / "late.json").read_text("utf-8"))["late"]
    except (OSError, ValueError, KeyError, TypeError):
        return Rule()
    return Rule(text) if isinstance(text, str) and _RULE.fullmatch(text) else Rule()


def keep_rule(text: str, folder: Path = BUILD) -> None:
    """Keep what is taken off for all exercises of the class, also by nbgrader's own commands.

    Raises:
        CannotGoOn: it is no such rule, or it cannot be written.
    """
    if not _RULE.fullmatch(text):
        raise CannotGoOn(f"{text!r} does not say what is taken off late work. {_HOW}")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        replace_whole(folder / "late.json", lambda part: part.write_text(json.dumps({"late": text}) + "\n"))
    except OSError as error:
        raise CannotGoOn(f"The rule for late work cannot be kept in {folder}: {error.strerror}.") from error


def read_due(text: str) -> datetime:
    """Return a date in UTC, without a zone as nbgrader keeps it; without one in the text it is this machine's own.

    A day alone is its end.

    Raises:
        CannotGoOn: it is no date.
    """
    return _zoned(text).astimezone(UTC).replace(tzinfo=None)


def due_sentence(text: str) -> str:
    """Return as what a date was understood, with its zone; raises CannotGoOn where it is none."""
    when = _zoned(text)
    return (
        f"Due on {when.day} {when:%B %Y at %H:%M:%S} ({when:%Z}), which is {read_due(text):%Y-%m-%d %H:%M:%S} in UTC."
    )


def _zoned(text: str) -> datetime:
    try:
        when = datetime.fromisoformat(f"{text}T23:59:59" if _DAY_ALONE.fullmatch(text) else text)
        when.astimezone(UTC)  # a year out of reach
        return when if when.tzinfo else when.astimezone()
    except (ValueError, OverflowError) as error:
        raise CannotGoOn(f"{text!r} is no date. Write it as 2026-12-01T23:59, or 2026-12-01T23:59+01:00.") from error


class LatePenalty(LateSubmissionPlugin):
    """Takes off what the class's rule says; without a rule, what nbgrader's own setting says."""

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float | None:
        """Return the points that are taken off, None for nothing."""
        rule = read_rule()
        if rule.text == "none":
            stock: float | None = super().late_submission_penalty(student_id, score, total_seconds_late)
            return stock
        return rule.penalty(score, total_seconds_late)
