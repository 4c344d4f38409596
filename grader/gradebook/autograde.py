"""The judge as steps of nbgrader's own autograde, for its command line and for formgrader's button."""

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool

from grader.gradebook.execution import execution
from grader.gradebook.seed import seed_for_judging
from grader.judging.exercise import load_exercise
from grader.judging.results import keep_record
from grader.judging.submission import prepare_notebook
from grader.judging.verdicts import result_of

Resources = dict[str, dict[str, str]]


class PutTests(NbGraderPreprocessor):
    """Puts the test cells of solutions/ at their places, whatever the submission has there."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Return the notebook that will be run."""
        return prepare_notebook(
            nbformat.writes(nb).encode(), load_exercise(resources["nbgrader"]["assignment"])
        ), resources


class Judge(NbGraderPreprocessor):
    """Has the notebook judged; takes the place of nbgrader's Execute."""

    trust = Bool(False, help="Run submitted code without a sandbox.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        """Return the notebook with the outputs of the learner's cells and the judge's verdicts.

        Raises:
            CannotGoOn: this system cannot confine the code, and it is not trusted.
        """
        about = resources["nbgrader"]
        exercise, student = load_exercise(about["assignment"]), about["student"]
        key = seed_for_judging().personal_key(exercise.name, student)
        with execution(exercise, 1, self.trust) as execute:
            run = execute(nb, key)
        keep_record(nb, result_of(student, nb, exercise, run))
        return nb, resources
