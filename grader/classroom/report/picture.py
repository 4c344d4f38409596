"""The scores as a picture: where the bars of the SVG stand, and what it says in words."""

from dataclasses import dataclass

from grader.base.text import points_text
from grader.classroom.report.facts import Facts
from grader.classroom.report.numbers import Bar

HEIGHT, TOP, BASE = 240, 26, 196  # pixels of the drawing, of the tallest bar's top, of the line on which bars stand
STATUSES = ("graded", "partly_graded", "rejected")  # from the bottom of a bar upwards
NAMES = {"graded": "graded", "partly_graded": "partly graded", "rejected": "not graded"}


@dataclass(frozen=True)
class Piece:
    """A part of a bar: one status; y and height in pixels."""

    status: str
    y: float
    height: float


@dataclass(frozen=True)
class Column:
    """A bar as it is drawn; x and width in per cent of the drawing, so that its letters keep their size on a phone."""

    label: str
    x: float
    width: float
    middle: float
    top: float
    count: int
    pieces: list[Piece]


def columns(facts: Facts) -> list[Column]:
    """Return the bars as they are drawn."""
    room = 100 / len(facts.bars)
    most = max(bar.total for bar in facts.bars)
    found = []
    for place, bar in enumerate(facts.bars):
        pieces = _pieces(bar, most)
        top = min((piece.y for piece in pieces), default=float(BASE))
        x, width = place * room + 0.1 * room, 0.8 * room
        found.append(
            Column(
                label(bar, facts), round(x, 3), round(width, 3), round((place + 0.5) * room, 3), top, bar.total, pieces
            )
        )
    return found


def _pieces(bar: Bar, most: int) -> list[Piece]:
    pieces, y = [], float(BASE)
    for status in STATUSES:
        height = round((BASE - TOP) * bar.counts.get(status, 0) / most, 2)
        if height:
            y = round(y - height, 2)
            pieces.append(Piece(status, y, height))
    return pieces


def exact(facts: Facts) -> bool:
    """Return whether every bar holds one score alone, and not several from its start to the next."""
    starts = {round(bar.start, 6) for bar in facts.bars}
    return all(round(student.score, 6) in starts for student in facts.about.students)


def label(bar: Bar, facts: Facts) -> str:
    """Return what stands under a bar."""
    return points_text(bar.start) if exact(facts) else f"{points_text(bar.start)}+"


def description(facts: Facts) -> str:
    """Return the picture in one sentence, for those who do not see it."""
    told = [f"{label(bar, facts)} points: {bar.total}" for bar in facts.bars]
    return f"Students by points. {'; '.join(told)}. The median is {points_text(facts.median)}."
