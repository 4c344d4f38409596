"""The next lesson: the most shared faults, with pieces of the students' code and two questions for each."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from grader.base.lessons import Section
from grader.classroom.report.lessons import sections
from grader.classroom.report.pieces import choose_pieces
from grader.classroom.report.records import NO_IDEA, NOT_ATTEMPTED, Class, Student

FAULTS = 3  # that a lesson has time for
FEWEST = 2  # students; what one alone does is no matter of the class
_CALL = re.compile(r"`?(\w+\([^`\n]{0,120}?\))`? (gave|stopped) ")

WITH_CALL = "What does {call} give with this code, and what should it give? Write both down before you run it."
WITH_STOP = "What happens in {call} with this code? Follow it line by line, before you run it."
WITHOUT_CALL = "For which input does this code give a wrong result? Find one before you run it."
SECOND = {
    "raises-error": "Which line stops, and what are the type and the shape of each value in it?",
    "unrecognised": "At which step do this code and a calculation on paper differ for the first time?",
}
OF_AN_IDEA = "For which inputs is this code right all the same, and what do they have in common?"


@dataclass(frozen=True)
class Fault:
    """What several students have done wrongly in the same way.

    Attributes:
        id: as grading names it.
        answer: the answer in which most of them have.
        students: who, by name.
        seen: what was seen of most of them.
        hint: what to look at.
        section: where the lesson explains it, if that is known.
        pieces: up to three pieces of their code, which do not tell whose they are.
        questions: two, to put to the class.
    """

    id: str
    answer: str
    students: tuple[str, ...]
    seen: str
    hint: str
    section: Section | None
    pieces: tuple[str, ...]
    questions: tuple[str, str]


def shared_faults(about: Class) -> list[Fault]:
    """Return the most shared faults, be they misconceptions or errors; the most shared first.

    A misconception is one fault wherever it is shown. What has no name is one where the same was seen.
    """
    groups: dict[tuple[str, str, str], list[tuple[str, str, str, str]]] = defaultdict(list)
    for student in about.students:
        for answer in student.answers:
            for id_, hint in answer.mistakes.items():
                if id_ != NOT_ATTEMPTED:
                    key = (id_, answer.name, answer.seen) if id_ in NO_IDEA else (id_, "", "")
                    groups[key].append((student.name, answer.name, answer.seen, hint))
    shared = {key: cases for key, cases in groups.items() if len({case[0] for case in cases}) >= FEWEST}
    most = sorted(shared, key=lambda key: (-len({case[0] for case in shared[key]}), key))[:FAULTS]
    where = sections(about.exercise) if most else {}
    return [_fault(key[0], shared[key], about, where) for key in most]


def _fault(id_: str, cases: list[tuple[str, str, str, str]], about: Class, where: dict[str, Section]) -> Fault:
    answer = _commonest([case[1] for case in cases])
    mine = [case for case in cases if case[1] == answer]
    seen = _commonest([case[2] for case in mine if case[2]])
    call = _CALL.match(seen)
    first = (WITH_CALL if call[2] == "gave" else WITH_STOP).format(call=call[1]) if call else WITHOUT_CALL
    return Fault(
        id=id_,
        answer=answer,
        students=tuple(dict.fromkeys(case[0] for case in cases)),
        seen=seen,
        hint=_commonest([case[3] for case in mine if case[3]]),
        section=where.get(answer),
        pieces=choose_pieces(dict.fromkeys(case[0] for case in mine), answer, about.code),
        questions=(first, SECOND.get(id_, OF_AN_IDEA)),
    )


def _commonest(words: Sequence[str]) -> str:
    return max(dict.fromkeys(words), key=words.count, default="")


@dataclass(frozen=True)
class Change:
    """What has changed since the exercise before.

    Attributes:
        exercise: the one before.
        students: how many have handed in both.
        before, now: the median share of the points of these students, from 0 to 1.
        fallen: who has lost at least FALL of the points, those who lost most first.
        gone: who handed in the one before and not this one.
    """

    exercise: str
    students: int
    before: float
    now: float
    fallen: tuple[Student, ...]
    gone: tuple[str, ...]


FALL = 0.3  # of all points


def change(about: Class) -> Change | None:
    """Return what has changed since the exercise before, None where nobody has handed in both."""
    from statistics import median

    now = {each: each.score / each.max_score for each in about.students if each.max_score and each.name in about.before}
    if not now:
        return None
    lost = {student: about.before[student.name] - share for student, share in now.items()}
    fallen = sorted((each for each in lost if lost[each] >= FALL), key=lambda each: (-lost[each], each.name))
    here = {each.name for each in about.students}
    return Change(
        exercise=about.exercise_before,
        students=len(now),
        before=median(about.before[each.name] for each in now),
        now=median(now.values()),
        fallen=tuple(fallen),
        gone=tuple(sorted(set(about.before) - here)),
    )
