"""The report as data: JSON with everything, CSV with a row for each student."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from grader.base.text import points_text
from grader.classroom.marks.cells import defuse
from grader.classroom.report.facts import Facts
from grader.classroom.report.plan import Change
from grader.classroom.report.records import Student
from grader.classroom.similar.pair import Pair


def as_data(facts: Facts, anonymous: bool = False, pairs: Sequence[Pair] | None = None) -> dict[str, Any]:
    """Return everything that the report says as plain data."""
    need = {each.student.name: list(each.why) for each in facts.need}
    similar = {} if pairs is None else {"similar": [asdict(pair) for pair in pairs]}
    return {
        "exercise": facts.about.exercise,
        "anonymous": anonymous,
        "made": facts.now.isoformat(timespec="seconds"),
        "graded": facts.graded.isoformat(timespec="seconds") if facts.graded else None,
        "handed_in": len(facts.about.students),
        "statuses": facts.statuses,
        "missing": list(facts.about.missing),
        "late": {student.name: student.late for student in facts.late},
        "faults": [{**asdict(fault), "section": str(fault.section or "") or None} for fault in facts.faults],
        "change": facts.change and _change(facts.change),
        "scores": {
            "max_score": facts.max_score,
            "median": facts.median,
            "quartiles": [facts.lower, facts.upper],
            "bars": [{"from": bar.start, "below": bar.end, **bar.counts, "together": bar.total} for bar in facts.bars],
        },
        "answers": [
            {
                "name": item.name,
                "points": item.points,
                **{state.replace(" ", "_"): count for state, count in item.counts.items()},
                "separation": asdict(item.separation),
                "section": str(item.section) if item.section else None,
            }
            for item in facts.items
        ],
        "misconceptions": [
            {**asdict(each), "sections": list(map(str, each.sections))} for each in facts.misconceptions
        ],
        "students": [_student(student, need.get(student.name, [])) for student in facts.about.students],
        "in_need": list(need),
        **similar,
    }


def _change(change: Change) -> dict[str, Any]:
    about = {"exercise": change.exercise, "students": change.students, "before": change.before, "now": change.now}
    return {**about, "fallen": [student.name for student in change.fallen], "gone": list(change.gone)}


def _student(student: Student, why: list[str]) -> dict[str, Any]:
    return {
        "student": student.name,
        "status": student.status,
        "reason": student.reason,
        "score": student.score,
        "max_score": student.max_score,
        "late": student.late,
        "waits_for_a_mark": list(student.waiting),
        "graded": student.graded.isoformat(timespec="seconds") if student.graded else None,
        "in_need": why,
        "answers": [asdict(answer) for answer in student.answers],
    }


def as_json(facts: Facts, anonymous: bool = False, pairs: Sequence[Pair] | None = None) -> str:
    """Return the report as JSON."""
    return json.dumps(as_data(facts, anonymous, pairs), indent=1, ensure_ascii=False) + "\n"


def as_csv(facts: Facts) -> str:
    """Return a row for each student as CSV that no spreadsheet computes."""
    need = {each.student.name: "; ".join(each.why) for each in facts.need}
    names = [item.name for item in facts.items]
    out = io.StringIO()
    writer = csv.writer(out)
    head = ["student", "status", "reason", "score", "max_score", "in_need"]
    writer.writerow([*head, *names, *(f"{name}_misconception" for name in names)])
    for student in facts.about.students:
        about = [student.name, student.status, student.reason]
        scores = [points_text(answer.score) for answer in student.answers]
        found = [defuse(", ".join(answer.mistakes)) for answer in student.answers]
        total = [points_text(student.score), points_text(student.max_score), defuse(need.get(student.name, ""))]
        writer.writerow([*map(defuse, about), *total, *scores, *found])
    return out.getvalue()
