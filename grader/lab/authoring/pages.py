"""The files of a new lesson, from templates: a small lesson about softsign that works as it is."""

import string
from importlib.resources import files

from grader.lab.authoring.naming import NewLesson

# where each file stands, and the template that it is made from
PAGES = {
    "notebooks/@@name.ipynb": "lesson.ipynb.txt",
    "notebooks/figures/@@module.py": "figure.py.txt",
    "solutions/@@name/@@name.ipynb": "source.ipynb.txt",
    "grader/checks/@@module.py": "check.py.txt",
    "tests/learners/@@file.txt": "learners.txt",
    "tests/lessons/test_lesson_@@number.py": "test.py.txt",
    "tests/lessons/outputs/@@name.json": "outputs.json.txt",
}
ABOUT = {
    "lesson.ipynb.txt": "the lesson",
    "figure.py.txt": "its live figure",
    "source.ipynb.txt": "the exercise with answers and hidden tests",
    "check.py.txt": "the check: oracle, probes, one misconception",
    "learners.txt": "right and wrong answers as learners write them",
    "test.py.txt": "what the lesson states, tested",
    "outputs.json.txt": "what its cells put out, to be compared",
}


class Page(string.Template):
    """A template whose places are marked by @@, which neither Python nor a formula in a lesson uses."""

    delimiter = "@@"


def make_pages(lesson: NewLesson) -> dict[str, bytes]:
    """Return the content of each file of a new lesson by its path in the project."""
    values = {**lesson.values, "file": lesson.name.replace("-", "_")}
    templates = files("grader.lab.authoring") / "templates"
    return {
        # a notebook is filled in as JSON text: no name and no title holds what JSON would escape
        Page(path).substitute(values): Page((templates / name).read_text("utf-8")).substitute(values).encode()
        for path, name in PAGES.items()
    }
