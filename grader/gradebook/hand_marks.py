"""Marks that a teacher gives in formgrader count as they are given, whichever box is filled and in whatever order.

nbgrader adds extra credit only to an answer that has a score, too; and its page takes a score down to the points of
the answer, which are 0 for one that is answered in words.
"""

from typing import Any

from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Grade
from sqlalchemy import event

from grader.base.notebooks import cells_of
from grader.base.paths import exercise_names, source_path

_stock_to_dict = Grade.to_dict


def count_marks_by_hand() -> None:
    """Have formgrader count extra credit by itself, and take any score for an answer that is worth no points."""
    if not event.contains(Grade.extra_credit, "set", _score_it):
        event.listen(Grade.extra_credit, "set", _score_it)
    Grade.to_dict = _as_page_reads_it


def _score_it(grade: Grade, credit: float | None, *_: object) -> None:
    if credit is not None and grade.manual_score is None and grade.auto_score is None:
        grade.manual_score = 0.0


def _as_page_reads_it(grade: Grade) -> dict[str, Any]:
    """Return the mark for formgrader's page; without most points the page cuts nothing."""
    data: dict[str, Any] = _stock_to_dict(grade)
    return data if data["max_score"] else {key: value for key, value in data.items() if key != "max_score"}


class ShowMarkingScheme(Preprocessor):
    """Puts the model answer and the marking scheme of solutions/ before each answer that is marked by hand."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Return the notebook as formgrader shows it; a page for a student, which has no submission_id, stays."""
        if "submission_id" in resources:
            schemes = marking_schemes(str(resources["assignment_id"]))
            cells = []
            for cell in nb.cells:
                about = cell.metadata.get("nbgrader", {})
                by_hand = about.get("grade") and about.get("solution")
                scheme = schemes.get(about.get("grade_id"), "") if by_hand else ""
                cells += [new_markdown_cell(f"**For the teacher alone.**\n\n{scheme}")] * bool(scheme) + [cell]
            nb.cells = cells
        return nb, resources


def marking_schemes(exercise: str) -> dict[str, str]:
    """Return what solutions/ holds for each cell of an exercise, by its id; {} where there is no such exercise."""
    if exercise not in exercise_names():
        return {}
    texts = dict(cells_of(source_path(exercise)))
    return {id_: text.replace("### BEGIN SOLUTION", "").replace("### END SOLUTION", "") for id_, text in texts.items()}
