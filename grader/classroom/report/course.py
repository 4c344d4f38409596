"""The whole course: a row for each student, and how many have shown which misconception in which exercise."""

import csv
import io
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from grader.base.paths import BUILD
from grader.base.text import points_text
from grader.classroom.marks.cells import defuse
from grader.classroom.record import class_gradebook, refuse_ungraded
from grader.classroom.report.anonymous import anonymise
from grader.classroom.report.making import write_file
from grader.classroom.report.records import Class, Student
from grader.classroom.report.source import read_class


@dataclass(frozen=True)
class Row:
    """One student's course.

    Attributes:
        name: the student's.
        work: what was handed in, by exercise.
        points: all of them together.
    """

    name: str
    work: Mapping[str, Student]

    @property
    def points(self) -> float:
        """All points together."""
        return sum(student.score for student in self.work.values())


@dataclass(frozen=True)
class Course:
    """All graded exercises of a class.

    Attributes:
        worth: the points of each exercise, in the order of their names.
        rows: by the students' names.
        ideas: misconception -> how many students have shown it in each exercise; what came back most often first.
    """

    worth: dict[str, float]
    rows: list[Row]
    ideas: dict[str, Counter[str]]


def course_of(classes: list[Class]) -> Course:
    """Return the course from its exercises."""
    rows: dict[str, dict[str, Student]] = {}
    ideas: dict[str, Counter[str]] = {}
    for about in classes:
        for student in about.students:
            rows.setdefault(student.name, {})[about.exercise] = student
            for idea in student.ideas:
                ideas.setdefault(idea, Counter())[about.exercise] += 1
    order = sorted(ideas, key=lambda idea: (-len(ideas[idea]), -ideas[idea].total(), idea))
    return Course(
        {about.exercise: max(student.max_score for student in about.students) for about in classes},
        [Row(name, rows[name]) for name in sorted(rows)],
        {idea: ideas[idea] for idea in order},
    )


def read_course() -> list[Class]:
    """Return every exercise that has been graded, in the order of their names.

    Raises:
        CannotGoOn: none has been, or the gradebook cannot be read.
    """
    gradebook = class_gradebook()
    names = sorted(each.name for each in gradebook.assignments if each.num_submissions)
    gradebook.close()
    if not names:
        refuse_ungraded("The gradebook holds no submission yet.")
    return [read_class(name) for name in names]


def make_course_report(
    html: Path | None = None, json_file: Path | None = None, csv_file: Path | None = None, anonymous: bool = False
) -> list[Path]:
    """Write the report of the whole course, and return the files that were written.

    Args:
        html: the page; build/reports/course.html when left out.
        json_file: also write everything as JSON to this file.
        csv_file: also write a row for each student to this file.
        anonymous: leave the names out.

    Raises:
        CannotGoOn: nothing has been graded, or a file cannot be written.
    """
    from grader.classroom.report.page import course_page

    found = course_of(read_course())
    if anonymous:
        found = _without_names(found)
    files = [(html or BUILD / "reports" / "course.html", course_page(found, datetime.now(UTC), anonymous))]
    files += [(json_file, as_json(found))] if json_file else []
    files += [(csv_file, "\ufeff" + as_csv(found))] if csv_file else []
    return [write_file(path, text) for path, text in files]


def _without_names(course: Course) -> Course:
    """Return the course with labels in place of names, in an order that does not tell who is who."""
    everybody = tuple(student for row in course.rows for student in list(row.work.values())[:1])
    labels = anonymise(Class("", everybody))[1]
    rows = sorted((Row(labels[row.name], row.work) for row in course.rows), key=lambda row: row.name)
    return Course(course.worth, rows, course.ideas)


def state_of(student: Student | None) -> str:
    """Return what stands in the table for a student's exercise: points, or why there are none."""
    if student is None:
        return "not handed in"
    points = {"rejected": "not readable", "partly_graded": f"{points_text(student.score)} (partly graded)"}
    return points.get(student.status, points_text(student.score))


def as_csv(course: Course) -> str:
    """Return a row for each student; blank where nothing was handed in."""
    out = io.StringIO()
    writer = csv.writer(out)
    ends = ("", "_status", "_misconceptions")
    writer.writerow(["student", *(f"{name}{end}" for name in course.worth for end in ends), "together"])
    for row in course.rows:
        cells: list[str] = []
        for name in course.worth:
            student = row.work.get(name)
            cells += [points_text(student.score), student.status] if student else ["", "not_handed_in"]
            cells.append(defuse(", ".join(student.ideas) if student else ""))
        writer.writerow([defuse(row.name), *cells, points_text(row.points)])
    return out.getvalue()


def as_json(course: Course) -> str:
    """Return the course as JSON."""
    students = [
        {
            "student": row.name,
            "points": row.points,
            "exercises": {
                name: {"status": each.status, "score": each.score, "late": each.late, "misconceptions": each.ideas}
                for name, each in row.work.items()
            },
        }
        for row in course.rows
    ]
    data = {"exercises": course.worth, "students": students, "misconceptions": course.ideas}
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"
