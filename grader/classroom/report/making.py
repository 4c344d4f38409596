"""The report of a class, from the gradebook to the files."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from grader.base.errors import CannotGoOn
from grader.base.files import replace_whole
from grader.base.paths import BUILD
from grader.classroom.similar.pair import Pair
from grader.gradebook.faults import file_sentence

UNKNOWN = "(not in the gradebook)"


def make_report(
    name: str,
    html: Path | None = None,
    json: Path | None = None,
    csv: Path | None = None,
    anonymous: bool = False,
    similar: Callable[[], Sequence[Pair]] | None = None,
    tell: Callable[[str], object] | None = None,
    roster: Path | None = None,
    match: str = "",
) -> list[Path]:
    """Write the report of an exercise's class and return the files that were written.

    Args:
        name: the exercise.
        html: the page; build/reports/NAME.html when left out.
        json: also write everything as JSON to this file.
        csv: also write a row for each student to this file.
        anonymous: leave the names out, everywhere.
        similar: finds the pairs of submissions that are much alike; they are listed when it is given.
        tell: is given this list in lines of text, too.
        roster: a list of the class, for who has handed nothing in.
        match: the column of that list that names the students.

    Raises:
        CannotGoOn: the class has not been graded, or a file cannot be written.
    """
    from grader.classroom.report.alike import list_pairs
    from grader.classroom.report.anonymous import anonymise
    from grader.classroom.report.facts import facts
    from grader.classroom.report.links import links_from
    from grader.classroom.report.out import as_csv, as_json
    from grader.classroom.report.page import page
    from grader.classroom.report.source import read_class

    about = read_class(name, roster, match)
    pairs = None if similar is None else similar()
    if anonymous:
        about, labels = anonymise(about)
        named = [(labels.get(pair.first, UNKNOWN), labels.get(pair.second, UNKNOWN)) for pair in pairs or []]
        pairs = pairs and [pair.named(*labels_) for pair, labels_ in zip(pairs, named, strict=True)]
    if tell and pairs is not None:
        for line in list_pairs(pairs):
            tell(line)
    found = facts(about, datetime.now(UTC))
    target = html or BUILD / "reports" / f"{name}.html"
    links = {} if anonymous else links_from(target.parent, name, [student.name for student in about.students])
    files = [(target, page(found, anonymous, pairs, links))]
    files += [(json, as_json(found, anonymous, pairs))] if json else []
    files += [(csv, "\ufeff" + as_csv(found))] if csv else []  # without the mark Excel takes UTF-8 for something else
    return [write_file(path, text) for path, text in files]


def write_file(path: Path, text: str) -> Path:
    """Write a file whole or not at all; raises CannotGoOn with the reason."""
    try:
        replace_whole(path, lambda part: part.write_bytes(text.encode("utf-8")))
    except OSError as error:
        raise CannotGoOn(file_sentence(error)) from error
    return path
