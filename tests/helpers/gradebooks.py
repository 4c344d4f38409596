"""What tests of the gradebook share: a class made of the samples, and what a gradebook must say of it."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import sqlalchemy as sa
from conftest import ROOT, SAMPLES

NAME = "01-activations"
POINTS = {"all-right": 10, "right-and-loud": 10, "two-wrong": 6, "untouched": 0}
# students' ids, the number of their submissions, of grades and of comments, and their points
CONTENT = """
    select student.id, count(distinct submitted_assignment.id), count(distinct submitted_notebook.id),
        count(grade.id), count(distinct grade.cell_id), coalesce(sum(grade.auto_score), -1)
    from student left join submitted_assignment on submitted_assignment.student_id = student.id
    left join submitted_notebook on submitted_notebook.assignment_id = submitted_assignment.id
    left join grade on grade.notebook_id = submitted_notebook.id group by student.id
"""


def hand_in(folder, count, first=0):
    """Make a folder of so many students; the samples in turn, each with a number after its name."""
    kinds = sorted(POINTS)
    for number in range(first, first + count):
        kind = kinds[number % len(kinds)]
        shutil.copytree(SAMPLES / kind, folder / f"{kind}-{number:02}")
    return folder


def rows(url, statement):
    """Return what a database answers."""
    engine = sa.create_engine(str(url).replace("postgresql://", "postgresql+psycopg://"), poolclass=sa.NullPool)
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(statement))]


def sqlite(build):
    """Return the address of a build folder's own gradebook."""
    return f"sqlite:///{build}/gradebook.db"


def points_of(folder):
    """Return what each student of a folder should get."""
    return {path.name: POINTS[path.name.rpartition("-")[0]] for path in folder.iterdir()}


def check_once_and_whole(url, folders, name=NAME):
    """Insist that a gradebook holds every student of the folders once, with all grades and the right points."""
    expected = {student: points for folder in folders for student, points in points_of(folder).items()}
    found = {student: rest for student, *rest in rows(url, CONTENT)}
    cells = rows(url, "select count(*) from grade_cells")[0][0]
    assert found == {student: [1, 1, cells, cells, points] for student, points in expected.items()}
    comments = rows(url, "select count(*), count(distinct notebook_id || cell_id) from comment")
    solutions = rows(url, "select count(*) from solution_cells")[0][0]
    assert comments == [(len(expected) * solutions,) * 2]
    assert rows(url, "select name, count(*) from assignment group by name") == [(name, 1)]
    assert len(rows(url, "select version_num from alembic_version")) == 1, "nbgrader can upgrade it"
    assert rows(url, "select id from course") == [("default_course",)]


def check_files(build, folder, name=NAME):
    """Insist that a class's notebooks are whole, and that nothing half-written lies about."""
    for student in points_of(folder):
        for step in ("submitted", "autograded"):
            json.loads((build / step / student / name / f"{name}.ipynb").read_text("utf-8"))
        handed_in = (folder / student / name / f"{name}.ipynb").read_bytes()
        assert (build / "submitted" / student / name / f"{name}.ipynb").read_bytes() == handed_in
    assert not list(Path(build).rglob("*.part"))


def scores(path):
    """Return the points of each student in a JSON file of results."""
    return {entry["student"]: entry["score"] for entry in json.loads(path.read_text("utf-8"))["submissions"]}


def check_refused(done, *words):
    """Insist on one sentence, without a traceback, that holds the words."""
    assert done.returncode == 2, done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert "Traceback" not in done.stderr
    for part in words:
        assert part in done.stderr


SCORES = """
    select student.id, sum(coalesce(grade.auto_score, 0)) from grade
    join submitted_notebook on grade.notebook_id = submitted_notebook.id
    join submitted_assignment on submitted_notebook.assignment_id = submitted_assignment.id
    join student on submitted_assignment.student_id = student.id group by student.id
"""


def scores_in(gradebook):
    with sqlite3.connect(gradebook) as connection:
        return dict(connection.execute(SCORES))


def nbgrader(build, *arguments, folder=ROOT):
    command = [sys.executable, "-m", "nbgrader", *arguments]
    env = {**os.environ, "LOGIT_LAB_BUILD": str(build)}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=300)
