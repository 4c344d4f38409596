"""The pages beside the notebooks: their links lead somewhere, and their tone is the house's."""

import re

import pytest
from conftest import ROOT

pytestmark = pytest.mark.quick

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "benchmarks").glob("*.md"))]
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


@pages
def test_a_page_keeps_to_the_houses_tone(page):
    prose = re.sub(r"```.*?```|`[^`\n]*`|\"[^\"\n]*\"", "", page.read_text("utf-8"), flags=re.DOTALL)
    prose = re.sub(r"!\[", "[", re.sub(r"^ {4}.*$", "", prose, flags=re.MULTILINE))
    assert "!" not in prose
    assert not re.findall(r"\b(simply|obviously|trivial|easily)\b", prose, re.IGNORECASE)
