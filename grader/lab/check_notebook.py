"""`grader check`: one notebook, the tests that learners see, on the machine of whoever wrote it."""

import base64
import json
from pathlib import Path

from grader.base.errors import CannotGoOn
from grader.base.sign_of_life import sign_of_life
from grader.base.text import points_text
from grader.gradebook.execution import execution
from grader.intake.files import Unreadable, read_below
from grader.intake.reader import Reader
from grader.judging.batch import Handed, judge_submission
from grader.judging.exercise import load_released_exercise
from grader.judging.results import AnswerResult, Result


def check_notebook(notebook: Path, exercise: str) -> Result:
    """Run a notebook's cells with the rights of the caller, and its exercise's visible tests; no gradebook is touched.

    The test cells and the points are the exercise's, whatever the notebook has at their places.

    Args:
        notebook: the learner's file.
        exercise: the name of its exercise.

    Raises:
        CannotGoOn: there is no such exercise, or the file is no notebook.
    """
    released = load_released_exercise(exercise)
    try:
        content = read_below(notebook.resolve().parent, notebook.resolve().name)
        with Reader() as reader:
            plain = reader.read(len(content), [content])
    except Unreadable as reason:
        raise CannotGoOn(f"{notebook}: {reason}") from reason
    with sign_of_life(lambda: f"{notebook.name} is still being run"), execution(released, 1, trust=True) as execute:
        result = judge_submission(Handed("", plain), released, execute).result
    if result.status == "rejected":
        raise CannotGoOn(f"{notebook}: {result.reason}")
    return result


def all_right(result: Result) -> bool:
    """Return whether every answer is right."""
    return all(answer.passed for answer in result.answers)


def result_lines(name: str, result: Result) -> list[str]:
    """Return what is printed: for each answer right or wrong, its points, and what was seen."""
    told = [f"{name}: the visible tests"]
    told += [f"The run stopped early. {result.reason}"] if result.reason else []
    for answer in result.answers:
        told.append(f"{'right' if answer.passed else 'wrong'}  {_of(answer)}  {answer.name}")
        told += [f"       {line}" for line in _found(answer)]
    return [*told, f"total  {_of(result)}"]


def _of(found: AnswerResult | Result) -> str:
    return f"{points_text(found.score)} / {points_text(found.max_score)}"


def _found(answer: AnswerResult) -> list[str]:
    if answer.passed:
        return []
    hint = f"Look at: {answer.hint}" if answer.hint else ""
    also = [f"And: {each}" for each in answer.also]
    return [line for text in (answer.seen, hint, *also) for line in text.splitlines()]


def classroom_result(result: Result) -> str:
    """Return the result as GitHub Classroom's autograding reporter reads it: JSON in base64, each answer a test.

    The form is that of education/autograding-command-grader and education/autograding-grading-reporter.
    """
    tests = [
        {
            "name": answer.name,
            "status": "pass" if answer.passed else "fail",
            "score": answer.score,
            "message": "\n".join(_found(answer)),
            "test_code": "",
            "filename": "",
            "line_no": 0,
            "duration": 0,
        }
        for answer in result.answers
    ]
    status = "pass" if all_right(result) else "fail"
    data = {"version": 1, "status": status, "max_score": result.max_score, "tests": tests}
    return base64.b64encode(json.dumps(data).encode()).decode()


def tell_classroom(output: Path, result: Result) -> None:
    """Append the result to the file that GitHub gives a step for its outputs, as `result`.

    Raises:
        CannotGoOn: it cannot be written.
    """
    try:
        with output.open("a", encoding="utf-8", newline="\n") as file:
            file.write(f"result={classroom_result(result)}\n")
    except OSError as error:
        raise CannotGoOn(f"The result cannot be written to {output}: {error.strerror}.") from error
