"""Our steps on an open gradebook write what nbgrader's own steps write, and what they rely on of nbgrader is there."""

import copy
from datetime import UTC, datetime, timedelta

import pytest
from conftest import SAMPLES
from handed_in import hand_over
from nbgrader.api import Gradebook
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import AssignLatePenalties, NbGraderPreprocessor, SaveAutoGrades, SaveCells
from traitlets.config import Config

from grader.gradebook.execution import execution
from grader.gradebook.session import one_transaction, open_gradebook
from grader.gradebook.steps import EnterCells, EnterGrades, enter_penalty
from grader.judging.batch import judge_submission
from grader.judging.exercise import load_exercise

NAME, STUDENT = "01-activations", "two-wrong"
DUE = datetime(2026, 12, 1, 12)


@pytest.fixture(scope="module")
def judged():
    exercise = load_exercise(NAME)
    (handed,) = hand_over(SAMPLES, [STUDENT], NAME)
    with execution(exercise, 1, trust=False) as execute:
        return judge_submission(handed, exercise, execute).notebook


class Fixed(LateSubmissionPlugin):
    """Takes off what the test says."""

    penalty = 0.0

    def late_submission_penalty(self, student_id, score, total_seconds_late):
        """Return it."""
        return self.penalty


def started(url, hours):
    """Make a gradebook with the exercise, and a submission to it that came some hours after it was due."""
    with one_transaction(url) as gradebook:
        gradebook.update_or_create_assignment(NAME, duedate=DUE)
        EnterCells().enter(gradebook, NAME, load_exercise(NAME).notebook)
        gradebook.update_or_create_student(STUDENT)
        when = (DUE + timedelta(hours=hours)).replace(tzinfo=UTC).replace(tzinfo=None)
        gradebook.update_or_create_submission(NAME, STUDENT, timestamp=when)


def told(url):
    with Gradebook(url) as gradebook:
        submission = gradebook.find_submission(NAME, STUDENT)
        grades = [(grade.name, grade.auto_score, grade.needs_manual_grade) for grade in submission.notebooks[0].grades]
        comments = [(comment.name, comment.auto_comment) for comment in submission.notebooks[0].comments]
        return sorted(grades), sorted(comments), submission.score, submission.late_submission_penalty


@pytest.mark.parametrize(("hours", "penalty"), [(-1, 2.5), (1, 2.5), (1, None), (1, -3.0), (1, 99.0)])
def test_scores_comments_and_penalties_are_those_of_nbgraders_own_steps(tmp_path, judged, monkeypatch, hours, penalty):
    monkeypatch.setattr(Fixed, "penalty", penalty)
    config = Config({"AssignLatePenalties": {"plugin_class": Fixed}})
    ours, stock = (f"sqlite:///{tmp_path}/{name}.db" for name in ("ours", "stock"))
    for url in (ours, stock):
        started(url, hours)
    with one_transaction(ours) as gradebook:
        EnterGrades(config=config).enter(gradebook, NAME, STUDENT, judged)
        gradebook.db.flush()
        enter_penalty(gradebook, NAME, STUDENT, config)
    about = {"assignment": NAME, "notebook": NAME, "student": STUDENT, "db_url": stock}
    for step in (SaveAutoGrades, AssignLatePenalties):
        step(config=config).preprocess(copy.deepcopy(judged), {"nbgrader": about})
    assert told(ours) == told(stock)
    assert told(ours)[2] == 6


def test_what_is_not_public_in_nbgrader_and_used_here_is_there():
    assert issubclass(SaveCells, NbGraderPreprocessor)
    assert callable(SaveCells._create_notebook)
    assert callable(AssignLatePenalties.init_plugin)


def test_a_transaction_that_fails_leaves_nothing(tmp_path):
    url = f"sqlite:///{tmp_path}/gradebook.db"
    started(url, 0)
    with pytest.raises(ZeroDivisionError), one_transaction(url) as gradebook:  # noqa: PT012 - the whole block fails
        gradebook.update_or_create_student("another")
        raise ZeroDivisionError
    with Gradebook(url) as gradebook:
        assert [student.id for student in gradebook.students] == [STUDENT]


def test_what_nbgrader_commits_is_seen_by_nobody_else_before_the_end(tmp_path):
    url = f"sqlite:///{tmp_path}/gradebook.db"
    started(url, 0)
    with one_transaction(url) as gradebook:
        gradebook.update_or_create_student("another")
        gradebook.db.commit()
        with Gradebook(url) as other:
            assert [student.id for student in other.students] == [STUDENT]
    with Gradebook(url) as other:
        assert len(other.students) == 2
    open_gradebook.cache_clear()
