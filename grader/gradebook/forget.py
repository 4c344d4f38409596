"""A student's submission taken back: out of the gradebook, and the files that grading has made of it."""

import shutil
from pathlib import Path

from grader.base.errors import CannotGoOn
from grader.base.paths import require_exercise
from grader.gradebook.release import course_directory
from grader.gradebook.session import one_transaction

_STEPS = ("submitted", "autograded", "feedback")


def forget(student: str, exercise: str) -> list[Path]:
    """Remove one submission: its marks, its copies under the build folder, its feedback; return the folders.

    What the student has handed in elsewhere stays, and a student without any submission left goes, too.

    Raises:
        CannotGoOn: there is no such exercise, or no such submission in the gradebook, or it cannot be written.
    """
    course = course_directory(assignment_id=require_exercise(exercise))
    with one_transaction(course.db_url) as gradebook:
        from nbgrader.api import MissingEntry

        try:
            gradebook.remove_submission(exercise, student)
        except MissingEntry as error:
            known = sorted(each.student_id for each in gradebook.assignment_submissions(exercise))[:3]
            there = f" There are, among others: {', '.join(known)}." if known else ""
            raise CannotGoOn(f"The gradebook holds no submission of {student} to {exercise}.{there}") from error
        if not gradebook.student_submissions(student):
            gradebook.remove_student(student)
    places = [getattr(course, f"{step}_directory") for step in _STEPS]
    folders = [Path(course.format_path(place, student, exercise)) for place in places]
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    return folders
