"""The report as one HTML page: nothing is loaded, nothing runs, whatever strangers wrote is text."""

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from grader.base.lessons import places
from grader.base.text import as_html, points_text
from grader.classroom.report.facts import MANY, STATES, Facts
from grader.classroom.report.numbers import FEWEST
from grader.classroom.report.picture import BASE, HEIGHT, NAMES, STATUSES, columns, description, exact
from grader.classroom.report.text import ago, share, title_of
from grader.classroom.similar.pair import Pair

MOST = 250  # rows of a list; what is longer is read in a spreadsheet
KINDS = {"solved": "solved", "wrong": "wrong", "not attempted": "untried", "not judged": "unjudged"}


def page(facts: Facts, anonymous: bool = False, pairs: Sequence[Pair] | None = None) -> str:
    """Return the report as HTML.

    Args:
        facts: what it says.
        anonymous: whether it says that names are left out; they must not be in the facts.
        pairs: submissions that are much alike, the most alike first; None when nobody has looked.
    """
    environment = Environment(
        loader=PackageLoader("grader.classroom.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters.update(code=lambda words: Markup(as_html(words)))
    environment.filters.update(points=points_text, titled=title_of, ago=ago, moment=_moment, share=share, places=places)
    css = environment.get_template("report.css").render()
    return environment.get_template("report.html").render(
        facts=facts,
        anonymous=anonymous,
        pairs=pairs,
        css=Markup(css),  # our own file
        css_hash=_hash(css),
        **_about(facts),
    )


def _about(facts: Facts) -> dict[str, Any]:
    """Return what the template needs besides the facts."""
    return {
        "total": len(facts.about.students),
        "ideas": [each for each in facts.misconceptions if each.idea],
        "rest": [each for each in facts.misconceptions if not each.idea],
        "anchors": {each.id: number for number, each in enumerate(facts.misconceptions, 1)},
        "waiting": sum(student.waiting for student in facts.about.students),
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


def _hash(css: str) -> str:
    """Return the one style that the page's Content-Security-Policy allows."""
    return "sha256-" + base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()


def _moment(when: datetime) -> Markup:
    """Return a time as the teacher's clock shows it, and for programs."""
    local = when.astimezone()
    words = f"{local.day} {local:%B %Y, %H:%M} ({local:%Z})"
    return Markup('<time datetime="{}">{}</time>').format(local.isoformat(timespec="seconds"), words)
