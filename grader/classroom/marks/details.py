"""What was found in a student's answers, from the judged notebook that lies beside the gradebook."""

import json
from collections.abc import Callable
from pathlib import Path

import nbformat

from grader.base.paths import exercise_names
from grader.gradebook.release import course_directory
from grader.judging.exercise import load
from grader.judging.results import AnswerResult, Result, Status
from grader.judging.verdicts import UNJUDGED, answers

LONGEST_ANSWER, LONGEST = 300, 1500  # characters of feedback
ENDED = (UNJUDGED, "ProcessEnded")

# A student's name -> what is known of the submission, or None.
Details = Callable[[str], Result | None]


def details_of(name: str) -> Details:
    """Return what looks a student's judged notebook up; None for everybody when the exercise is not of this course."""
    if name not in exercise_names():
        return lambda student: None
    exercise, course = load(name), course_directory(assignment_id=name)

    def look(student: str) -> Result | None:
        folder = Path(course.format_path(course.autograded_directory, student, name))
        try:
            notebook = nbformat.from_dict(json.loads((folder / f"{name}.ipynb").read_bytes()))
            found = answers(notebook, exercise)
            return Result(student, *_status(notebook), found)
        except (OSError, ValueError, LookupError, AttributeError, TypeError):
            return None  # another machine judged it, or another program has written it

    return look


def _status(notebook: nbformat.NotebookNode) -> tuple[Status, str]:
    first = notebook.cells[0]
    if first.get("id") == "rejected":
        return "rejected", str(first.source).rpartition("**")[2].strip()
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error" and output.ename in ENDED:
                return "partly_graded", str(output.evalue)
    return "graded", ""


def feedback(result: Result | None) -> str:
    """Return what a student reads in the learning platform: for each answer that is not right, what was seen."""
    if result is None:
        return ""
    if result.status == "rejected":
        return f"This submission could not be graded. {result.reason}"
    wrong = [_cut(_line(answer), LONGEST_ANSWER) for answer in result.answers if not answer.passed]
    return _cut(" ".join(wrong), LONGEST) or "All answers are right."


def _line(answer: AnswerResult) -> str:
    return " ".join(f"{answer.name}: {answer.seen} {answer.hint}".split())


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
