"""Where a page of the report leads: to the judged notebooks and to the pages of feedback."""

import os
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

from grader.gradebook.release import course_directory

_LEADS_TO = {"notebook": ("autograded_directory", "ipynb"), "feedback": ("feedback_directory", "html")}


def links_from(folder: Path, exercise: str, students: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
    """Return for each student the words and the addresses, relative to a folder, of the files that are there."""
    course = course_directory(assignment_id=exercise)
    return {
        student: [
            (word, quote(os.path.relpath(path, folder.absolute()).replace(os.sep, "/")))
            for word, (place, ending) in _LEADS_TO.items()
            if (
                path := Path(course.format_path(getattr(course, place), student, exercise), f"{exercise}.{ending}")
            ).is_file()
        ]
        for student in students
    }
