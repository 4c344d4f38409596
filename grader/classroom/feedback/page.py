"""The page that a student gets back, as nbgrader's feedback: it stands alone, and loads and runs nothing."""

from collections.abc import Iterable
from typing import Any

from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode

from grader.base.notebooks import TEST, answer_name
from grader.base.text import points_text
from grader.classroom.feedback.formulas import set_formulas
from grader.classroom.report.records import NO_IDEA
from grader.classroom.report.text import make_readable, title_of
from grader.judging.results import AnswerResult, record_in


class HandedBack(HTMLExporter):
    """Makes the page of a judged notebook; nbgrader_config.py sets it for all of nbgrader's ways to give feedback."""

    def default_filters(self) -> Iterable[tuple[str, Any]]:
        """Yield nbconvert's filters and those of the page."""
        yield from super().default_filters()
        own = {"formulas": set_formulas, "points": points_text, "titled": title_of, "record": record_in}
        yield from {**own, "answers": graded_answers}.items()


def graded_answers(nb: NotebookNode) -> dict[str, dict[str, Any]]:
    """Return for each graded cell, by its grade_id: its answer's name and number, points, and what was found in it."""
    result = record_in(nb)
    found = {answer.name: answer for answer in result.answers} if result else {}
    graded = [about for cell in nb.cells if (about := cell.metadata.get("nbgrader", {})).get("grade")]
    return {
        about["grade_id"]: {
            "number": number,
            "name": answer_name(about["grade_id"]),
            "is_test": about["grade_id"].startswith(TEST),
            "score": float(about.get("score") or 0),
            "points": float(about.get("points") or 0),
            "mistakes": _mistakes(found.get(answer_name(about["grade_id"]))),
        }
        for number, about in enumerate(graded, 1)
    }


def _mistakes(answer: AnswerResult | None) -> list[tuple[str, bool]]:
    """Return what was found in an answer, and whether it is a misconception."""
    return [(make_readable(id_), id_ not in NO_IDEA) for id_ in answer.mistakes] if answer else []
