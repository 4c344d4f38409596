"""Feedback pages by nbgrader, and the zip files in which Canvas and Moodle take them back."""

import logging
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from grader.base.errors import CannotGoOn
from grader.base.files import replace_whole
from grader.base.paths import require_exercise
from grader.classroom.record import Results, refuse_ungraded
from grader.gradebook.faults import errors_as_sentences
from grader.gradebook.release import course_directory
from grader.gradebook.session import open_gradebook
from grader.intake.layouts import CANVAS_FILE, MOODLE_FILE, owner_of


def make_feedback(exercise: str) -> dict[str, Path]:
    """Write a page for each graded submission, and return the pages by student.

    Raises:
        CannotGoOn: there is no such exercise, nothing of it has been graded, or nbgrader cannot make a page.
    """
    from nbgrader.converters import GenerateFeedback
    from nbgrader.converters.base import NbGraderException

    course = course_directory(assignment_id=require_exercise(exercise))
    with errors_as_sentences(course.db_url):
        graded = [each.student_id for each in open_gradebook(course.db_url).assignment_submissions(exercise)]
    pages = {
        student: Path(course.format_path(course.feedback_directory, student, exercise)) / f"{exercise}.html"
        for student in sorted(graded)
        if Path(course.format_path(course.autograded_directory, student, exercise), f"{exercise}.ipynb").is_file()
    }
    if not pages:
        refuse_ungraded(f"No submission to {exercise} has been graded.", exercise)
    converter = GenerateFeedback(coursedir=course, config=course.config, force=True)
    converter.log.setLevel(logging.ERROR)
    try:
        converter.start()
    except (NbGraderException, SystemExit) as error:
        raise CannotGoOn(f"nbgrader cannot make the pages: {error}") from error
    return {student: page for student, page in pages.items() if page.is_file()}


def pack_for_moodle(exercise: str, pages: dict[str, Path], target: Path) -> int:
    """Write the zip file for Moodle's "Upload multiple feedback files in a zip"; return how many pages are in it.

    Raises:
        CannotGoOn: no submission came from Moodle, or the file cannot be written.
    """
    return _pack(exercise, pages, target, "Moodle", MOODLE_FILE)


def pack_for_canvas(exercise: str, pages: dict[str, Path], target: Path) -> int:
    """Write the zip file for Canvas's "Upload Submissions"; return how many pages are in it.

    Raises:
        CannotGoOn: no submission came from Canvas, or the file cannot be written.
    """
    return _pack(exercise, pages, target, "Canvas", CANVAS_FILE)


def _pack(exercise: str, pages: dict[str, Path], target: Path, platform: str, pattern: re.Pattern[str]) -> int:
    members = list(_members(exercise, pages, pattern))
    if not members:
        raise CannotGoOn(
            f"No submission to {exercise} was handed over as {platform} names its files, and {platform} takes feedback "
            f"under these names alone. Grade what {platform} lets you download, and run the same command again."
        )

    def write(part: Path) -> None:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, page in members:
                archive.write(page, name)

    try:
        replace_whole(target, write)
    except OSError as error:
        raise CannotGoOn(f"The pages cannot be written to {target}: {error.strerror}.") from error
    return len(members)


def _members(exercise: str, pages: dict[str, Path], pattern: re.Pattern[str]) -> Iterator[tuple[str, Path]]:
    """Yield the name in the zip file and the page of everybody whose submission came from the platform."""
    results = Results(exercise)
    for student, page in pages.items():
        result = results.of(student)
        *folders, file = result.file.split("/") if result else [""]
        for part in (*folders, file):
            found = pattern.fullmatch(part)
            if found and owner_of(found) == student:  # inside, students name things as they like
                start = file[: found.start("file")] if part is file else f"{part}/"
                yield f"{start}{exercise}.html", page
                break
