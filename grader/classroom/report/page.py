"""The report as one HTML page: nothing is loaded, nothing runs, whatever strangers wrote is text."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from grader.base.lessons import places
from grader.base.text import as_html, points_text
from grader.classroom.report.course import Course, state_of
from grader.classroom.report.facts import MANY, STATES, Facts
from grader.classroom.report.numbers import FEWEST
from grader.classroom.report.picture import BASE, HEIGHT, NAMES, STATUSES, columns, description, exact
from grader.classroom.report.text import ago, share, title_of
from grader.classroom.similar.pair import Pair

MOST = 250  # rows of a list; what is longer is read in a spreadsheet
KINDS = {"solved": "solved", "wrong": "wrong", "not attempted": "untried", "not judged": "unjudged"}


def page(
    facts: Facts,
    anonymous: bool = False,
    pairs: Sequence[Pair] | None = None,
    links: Mapping[str, list[tuple[str, str]]] | None = None,
) -> str:
    """Return the report as HTML.

    Args:
        facts: what it says.
        anonymous: whether it says that names are left out; they must not be in the facts.
        pairs: submissions that are much alike, the most alike first; None when nobody has looked.
        links: for a student's name, words and the relative addresses to which they lead.
    """
    about = {"facts": facts, "anonymous": anonymous, "pairs": pairs, "links": links or {}}
    return _render("report.html", **about, **_about(facts))


def course_page(course: Course, now: datetime, anonymous: bool = False) -> str:
    """Return the report of a whole course as HTML."""
    return _render("course.html", course=course, now=now, anonymous=anonymous, most=MOST, state_of=state_of)


def _render(template: str, **about: object) -> str:
    environment = Environment(
        loader=PackageLoader("grader.classroom.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters.update(code=lambda words: Markup(as_html(words)))
    environment.filters.update(points=points_text, titled=title_of, ago=ago, moment=_moment, share=share, places=places)
    css = environment.get_template("report.css").render()
    return environment.get_template(template).render(css=Markup(css), css_hash=_hash(css), **about)  # our own file


def _about(facts: Facts) -> dict[str, Any]:
    """Return what the template needs besides the facts."""
    return {
        "total": len(facts.about.students),
        "ideas": [each for each in facts.misconceptions if each.idea],
        "rest": [each for each in facts.misconceptions if not each.idea],
        "anchors": {each.id: number for number, each in enumerate(facts.misconceptions, 1)},
        "waiting": _waiting(facts),
        "columns": columns(facts),
        "description": description(facts),
        "exact": exact(facts),
        "shown": [status for status in STATUSES if status in facts.statuses],
        "names": NAMES,
        "states": STATES,
        "kinds": KINDS,
        "height": HEIGHT,
        "base": BASE,
        "many": MANY,
        "fewest": FEWEST,
        "most": MOST,
    }


def _waiting(facts: Facts) -> dict[str, list[str]]:
    """Return who waits for a mark by hand, by the answer."""
    found: dict[str, list[str]] = {}
    for student in facts.about.students:
        for answer in student.waiting:
            found.setdefault(answer, []).append(student.name)
    return found


def _hash(css: str) -> str:
    """Return the one style that the page's Content-Security-Policy allows."""
    return "sha256-" + base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()


def _moment(when: datetime) -> Markup:
    """Return a time as the teacher's clock shows it, and for programs."""
    local = when.astimezone()
    words = f"{local.day} {local:%B %Y, %H:%M} ({local:%Z})"
    return Markup('<time datetime="{}">{}</time>').format(local.isoformat(timespec="seconds"), words)
