"""Where the lessons explain what an exercise asks for."""

from grader.base.lessons import Section, section_at
from grader.checks import checks_of


def sections(exercise: str) -> dict[str, Section]:
    """Return for each answer of an exercise the lesson's section that explains it."""
    tables = [check.table for check in checks_of(exercise)]
    return {table.name: section_at(table.section) for table in tables if table.section}
