"""The pages beside the notebooks: links and commands lead somewhere, and the tone is the house's."""

import re
import shlex

import pytest
import typer
from conftest import ROOT

from grader.base.paths import lesson_files
from grader.cli import app

pytestmark = pytest.mark.quick

PAGES = [*ROOT.glob("*.md"), *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "benchmarks").glob("*.md"))]
COMMANDS = typer.main.get_command(app).commands
pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def anchors(text):
    """Return what GitHub makes of the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pages
def test_every_link_to_a_file_or_a_heading_leads_somewhere(page):
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8"))
    for link in links:
        if not link.startswith(("http:", "https:", "mailto:")):
            path, _, heading = link.partition("#")
            target = page.parent / path if path else page
            assert target.exists(), link
            assert not heading or heading in anchors(target.read_text("utf-8")), link


def command_lines(text):
    """Return the course's command lines in a page, in blocks and in sentences, as lists of words."""
    lines = re.findall(r"(?:py|python3?) (?:course\.py|-m grader) ([^`\n]+)", text)
    return [shlex.split(line, comments=True) for line in lines]


@pages
def test_every_command_of_a_page_exists_with_its_options(page):
    for name, *arguments in command_lines(page.read_text("utf-8")):
        if name.isupper() or name.startswith("-"):  # COMMAND, or the help
            assert name in ("COMMAND", "--help")
            continue
        assert name in COMMANDS
        if not COMMANDS[name].context_settings.get(
            "ignore_unknown_options"
        ):  # `test` gives what it does not know to pytest
            known = {each for option in COMMANDS[name].params for each in option.opts} | {"--help"}
            assert {word for word in arguments if word.startswith("--")} <= known, name


def test_a_commands_name_and_its_options_are_found_in_blocks_and_in_sentences():
    text = "Run `python3 course.py grade X --json F`, then\n    python3 -m grader check N  # as --you like\n"
    assert command_lines(text) == [["grade", "X", "--json", "F"], ["check", "N"]]


def test_the_readme_is_short():
    assert len((ROOT / "README.md").read_text("utf-8").split()) <= 900


def test_every_lesson_and_every_page_for_teachers_and_authors_can_be_reached_from_the_readme():
    reached, open_ = set(), [ROOT / "README.md"]
    while open_:
        page = open_.pop()
        reached.add(page)
        links = re.findall(r"\]\(([^)\s:#]+)", page.read_text("utf-8")) if page.suffix == ".md" else []
        open_ += {(page.parent / link).resolve() for link in links} - reached - set(open_)
    assert {page for page in PAGES if page not in reached} == set()
    assert set(lesson_files()) <= reached


@pages
def test_a_page_keeps_to_the_houses_tone(page):
    prose = re.sub(r"```.*?```|`[^`\n]*`|\"[^\"\n]*\"", "", page.read_text("utf-8"), flags=re.DOTALL)
    prose = re.sub(r"!\[", "[", re.sub(r"^ {4}.*$", "", prose, flags=re.MULTILINE))
    assert "!" not in prose
    assert not re.findall(r"\b(simply|obviously|trivial|easily)\b", prose, re.IGNORECASE)


def test_each_word_of_the_glossary_has_a_meaning_a_lesson_and_both_languages_and_stands_in_order():
    lessons = {file.name.split("-")[0] for file in lesson_files()}
    for section in (ROOT / "docs/glossary.md").read_text("utf-8").split("\n## ")[1:]:
        rows = [line.strip("| ").split(" | ") for line in section.splitlines() if re.match(r"\| (?!word)", line)]
        words = [re.sub(r"\W", "", row[0].lower()) for row in rows]
        assert words
        assert words == sorted(words)
        for word, meaning, chinese, russian in rows:
            assert word
            assert chinese
            assert russian
            assert re.search(r"[.] \((\w+)\)$", meaning)[1] in lessons, meaning
