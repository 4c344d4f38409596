"""nbgrader's steps that write the gradebook, on one that is open already: stock opens and closes it in each of them."""

from typing import TYPE_CHECKING, Any

from nbformat import NotebookNode
from nbgrader.preprocessors import AssignLatePenalties, NbGraderPreprocessor, SaveAutoGrades, SaveCells

if TYPE_CHECKING:
    from nbgrader.api import Gradebook
    from traitlets.config import Config


class EnterCells(SaveCells):
    """Enters an exercise's cells, as SaveCells does."""

    def enter(self, gradebook: "Gradebook", name: str, notebook: NotebookNode) -> None:
        """Enter the cells of an exercise's source.

        Raises:
            RuntimeError: there are submissions to it, and other cells.
        """
        self.gradebook, self.assignment_id, self.notebook_id = gradebook, name, name
        self.new_grade_cells: dict[str, Any] = {}
        self.new_solution_cells: dict[str, Any] = {}
        self.new_task_cells: dict[str, Any] = {}
        self.new_source_cells: dict[str, Any] = {}
        NbGraderPreprocessor.preprocess(self, notebook, {})
        self._create_notebook(notebook)


class EnterGrades(SaveAutoGrades):
    """Enters the scores of a judged submission, as SaveAutoGrades does; marks by hand and comments stay."""

    def enter(self, gradebook: "Gradebook", name: str, student: str, notebook: NotebookNode) -> None:
        """Enter what the outputs of the test cells say."""
        self.gradebook, self.assignment_id, self.notebook_id, self.student_id = gradebook, name, name, student
        NbGraderPreprocessor.preprocess(self, notebook, {})


def enter_penalty(gradebook: "Gradebook", name: str, student: str, config: "Config") -> float:
    """Enter and return what is taken off for being late, by the plugin that nbgrader_config.py sets.

    It does what nbgrader's AssignLatePenalties does.

    Args:
        gradebook: the scores are in it.
        name: the exercise.
        student: whose submission it is.
        config: nbgrader's settings.
    """
    step = AssignLatePenalties(config=config)
    step.init_plugin()
    submission = gradebook.find_submission(name, student)
    notebook = gradebook.find_submission_notebook(name, name, student)
    notebook.late_submission_penalty = None
    late = submission.total_seconds_late
    penalty = step.plugin_inst.late_submission_penalty(student, notebook.score, late) if late > 0 else None
    if penalty is not None:
        notebook.late_submission_penalty = min(max(penalty, 0), notebook.score)
    return float(notebook.late_submission_penalty or 0)
