"""The numbers of a class: its answers, its misconceptions, and who needs help."""

import statistics
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime

from grader.base.lessons import Section
from grader.base.text import points_text
from grader.classroom.report.lessons import sections
from grader.classroom.report.numbers import Bar, Separation, bars, separation
from grader.classroom.report.plan import Change, Fault, change, shared_faults
from grader.classroom.report.records import NO_IDEA, NOT_ATTEMPTED, Class, Student, last_graded, state
from grader.judging.results import AnswerResult

MANY = 3  # wrong ideas that one student shows; then a talk helps more than a note
STATES = ("solved", "wrong", "not attempted", "not judged")


@dataclass(frozen=True)
class Item:
    """One answer of the exercise, over the whole class.

    Attributes:
        name: the answer's.
        points: what it is worth.
        counts: how many students have it in each of STATES.
        separation: how well it separates strong from weak.
        section: where the lesson explains it, if that is known.
    """

    name: str
    points: float
    counts: dict[str, int]
    separation: Separation
    section: Section | None


@dataclass(frozen=True)
class Example:
    """What was seen of an answer, and of how many students exactly so."""

    answer: str
    seen: str
    students: int


@dataclass(frozen=True)
class SharedMistake:
    """What several answers have in common.

    Attributes:
        id: as grading names it.
        idea: whether it is a wrong idea, and not only that something is missing or unknown.
        students: who show it, by name.
        answers: how many students show it in which answer, the most first.
        hint: what to look at, as the learners were told in the first of these answers.
        examples: what was seen most often; three of them where each may be another mistake.
        sections: where the lesson explains these answers.
    """

    id: str
    idea: bool
    students: tuple[str, ...]
    answers: dict[str, int]
    hint: str
    examples: tuple[Example, ...]
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class Need:
    """A student to be helped: why, and what to talk about."""

    student: Student
    why: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """Everything that a report says.

    Attributes:
        about: the class itself.
        now: when the report was made.
        graded: when the last submission was graded.
        max_score: the points that can be earned.
        median, lower, upper: the scores below which half, a quarter, three quarters of the class lie.
        bars: the scores as a picture.
        items: in the exercise's order.
        misconceptions: the most shared first.
        need: those who need help most first.
        faults: what to talk about with the class, the most shared first.
        change: what has changed since the exercise before, if there is one.
    """

    about: Class
    now: datetime
    graded: datetime | None
    max_score: float
    median: float
    lower: float
    upper: float
    bars: list[Bar]
    items: list[Item]
    misconceptions: list[SharedMistake]
    need: list[Need]
    faults: list[Fault]
    change: Change | None

    @property
    def late(self) -> list[Student]:
        """Those whose work came after the due date."""
        return [student for student in self.about.students if student.late]

    @property
    def statuses(self) -> dict[str, int]:
        """How many submissions have each status."""
        return dict(Counter(student.status for student in self.about.students))


def facts(about: Class, now: datetime) -> Facts:
    """Return the numbers of a class of at least one student."""
    students, where = about.students, sections(about.exercise)
    scores = [student.score for student in students]
    worth = [answer.max_score for answer in students[0].answers]
    max_score = max(student.max_score for student in students)
    lower, median, upper = _quartiles(scores)
    return Facts(
        about=about,
        now=now,
        graded=last_graded(students),
        max_score=max_score,
        median=median,
        lower=lower,
        upper=upper,
        bars=bars([(student.score, student.status) for student in students], max_score, worth),
        items=[_item(place, students, where) for place in range(len(worth))],
        misconceptions=_misconceptions(students, where),
        need=_need(students),
        faults=shared_faults(about),
        change=change(about),
    )


def _quartiles(scores: list[float]) -> tuple[float, float, float]:
    if len(scores) == 1:
        return scores[0], scores[0], scores[0]
    lower, median, upper = statistics.quantiles(scores, n=4, method="inclusive")
    return lower, median, upper


def _item(place: int, students: tuple[Student, ...], where: dict[str, Section]) -> Item:
    """Return the facts of one answer.

    Separation is told of those who wrote at least one answer and had this one judged: a class in which some handed in
    an empty notebook would otherwise seem to be separated well by every answer.
    """
    mine = [student.answers[place] for student in students]
    counted = Counter(map(state, mine))
    told = [student for student in students if student.touched and state(student.answers[place]) != "not judged"]
    item = [student.answers[place].score for student in told]
    rest = [sum(a.score for k, a in enumerate(student.answers) if k != place) for student in told]
    name = mine[0].name
    return Item(
        name, mine[0].max_score, {each: counted[each] for each in STATES}, separation(item, rest), where.get(name)
    )


def _misconceptions(students: tuple[Student, ...], where: dict[str, Section]) -> list[SharedMistake]:
    found: dict[str, list[tuple[str, AnswerResult]]] = defaultdict(list)
    for student in students:
        for answer in student.answers:
            for id_ in answer.mistakes:
                found[id_].append((student.name, answer))
    told = [_misconception(id_, cases, where) for id_, cases in found.items()]
    return sorted(told, key=lambda each: (not each.idea, -len(each.students), each.id))


def _misconception(id_: str, cases: list[tuple[str, AnswerResult]], where: dict[str, Section]) -> SharedMistake:
    answers = dict(Counter(answer.name for _, answer in cases).most_common())
    seen = Counter((answer.name, answer.seen) for _, answer in cases if answer.seen)
    first = next(iter(answers))
    hints = Counter(answer.mistakes[id_] for _, answer in cases if answer.name == first and answer.mistakes[id_])
    examples = [Example(*what, count) for what, count in seen.most_common(3 if id_ in NO_IDEA else 1)]
    return SharedMistake(
        id=id_,
        idea=id_ not in NO_IDEA,
        students=tuple(dict.fromkeys(name for name, _ in cases)),
        answers=answers,
        hint=hints.most_common(1)[0][0] if hints else "",
        examples=tuple(examples) if id_ != NOT_ATTEMPTED else (),
        sections=tuple(dict.fromkeys(where[name] for name in answers if name in where)),
    )


def _need(students: tuple[Student, ...]) -> list[Need]:
    found = [Need(student, tuple(_why(student))) for student in students]
    order = {"rejected": 0, "partly_graded": 1, "graded": 2}
    return sorted(
        (need for need in found if need.why),
        key=lambda need: (need.student.score, order[need.student.status], -len(need.student.ideas), need.student.name),
    )


def _why(student: Student) -> list[str]:
    """Return why a student needs help, in words; nothing for one who does not."""
    if student.status == "rejected":
        return ["could not be graded"]
    why = ["only partly graded"] if student.status == "partly_graded" else []
    if not student.touched:
        return [*why, "nothing is written"]
    if student.score < student.max_score / 2:
        why.append(f"below {points_text(student.max_score / 2)} points")
    if len(student.ideas) >= MANY:
        why.append(f"{len(student.ideas)} wrong ideas")
    return why
