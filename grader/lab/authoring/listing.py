"""The places that list every lesson: the figures, and the link from the lesson before."""

import re
import subprocess
import sys
from collections.abc import Callable

from grader.base.errors import CannotGoOn
from grader.base.paths import ROOT, lesson_files
from grader.lab.authoring.naming import NewLesson

FIGURES = "notebooks/figures/__init__.py"
LAST = "This is the last lesson. "


def list_lesson(lesson: NewLesson) -> dict[str, bytes]:
    """Return what the files that list the lessons hold once the new one is among them, by path.

    Raises:
        CannotGoOn: a file has no place for it that is known.
    """
    found = {FIGURES: _figures(_read(FIGURES), lesson)}
    before = [path.name for path in lesson_files() if path.stem < lesson.name]
    if before:
        path = f"notebooks/{before[-1]}"
        found[path] = _onward(_read(path), lesson)
    return {path: text.encode() for path, text in found.items()}


def unlist_lesson(lesson: NewLesson) -> dict[str, bytes]:
    """Return what the files that list the lessons hold without the last one, by path: what list_lesson() began with.

    Raises:
        CannotGoOn: a file does not list it as list_lesson() does.
    """
    explorer = f"{lesson.module}_explorer"
    figures = _once(FIGURES, rf'^    "{explorer}",\n', "", _read(FIGURES))
    figures = _once(FIGURES, rf"^from figures\.{lesson.module} import {explorer}\n", "", figures)
    path = f"notebooks/{lesson_files()[-2].name}"
    before = _with_end(_read(path), lambda end: _once(path, _link(lesson, r"[^\]\n]*"), LAST, end))
    return {FIGURES: figures.encode(), path: before.encode()}


def _link(lesson: NewLesson, title: str) -> str:
    """Return the pattern of the sentence that leads on to a lesson."""
    return rf"The next lesson is \[{lesson.number} {title}\]\({lesson.name}\.ipynb\)\. ?"


def _read(path: str) -> str:
    return (ROOT / path).read_bytes().decode()


def _figures(text: str, lesson: NewLesson) -> str:
    """Return the package of figures with one more import and one more name, in order."""
    explorer = f"{lesson.module}_explorer"
    text = _once(FIGURES, r"^__all__ = \[\n", f'__all__ = [\n    "{explorer}",\n', text)
    text = _once(FIGURES, r"\n\n__all__", f"\nfrom figures.{lesson.module} import {explorer}\n\n__all__", text)
    sort = ["ruff", "check", "--fix", "--exit-zero", "--quiet", "--select=I001,RUF022", f"--stdin-filename={FIGURES}"]
    done = subprocess.run([sys.executable, "-m", *sort, "-"], input=text.encode(), cwd=ROOT, capture_output=True)
    if done.returncode:
        raise CannotGoOn(f"ruff could not sort {FIGURES}: {done.stderr.decode().strip()}")
    return done.stdout.decode()


def _onward(text: str, lesson: NewLesson) -> str:
    """Return the notebook of the lesson before, its last cell leading on to the new one."""
    link = f"The next lesson is [{lesson.number} {lesson.title}]({lesson.name}.ipynb). "

    def lead_on(end: str) -> str:
        return end.replace(LAST, link) if LAST in end else f"{end}\n\n{link.strip()}"

    return _with_end(text, lead_on)


def _with_end(text: str, change: Callable[[str], str]) -> str:
    """Return a notebook with its last cell changed."""
    import nbformat

    notebook = nbformat.reads(text, as_version=4)
    notebook.cells[-1].source = change(notebook.cells[-1].source)
    return nbformat.writes(notebook) + "\n"


def _once(path: str, pattern: str, new: str, text: str) -> str:
    changed, count = re.subn(pattern, new, text, count=1, flags=re.MULTILINE)
    if not count:
        raise CannotGoOn(f"{path} does not look as it should, so the lesson cannot be listed in it: restore that file.")
    return changed
