"""What SECURITY.md promises has a test of that name, and the README promises no more."""

import ast
import re
from pathlib import Path

import pytest
from conftest import ROOT

pytestmark = pytest.mark.quick
PAGE = (ROOT / "SECURITY.md").read_text("utf-8")
TESTS = {
    node.name
    for path in (ROOT / "tests").rglob("test_*.py")
    for node in ast.walk(ast.parse(path.read_text("utf-8")))
    if isinstance(node, ast.FunctionDef)
}


def rows(heading):
    """Return the cells of each row of the tables below a heading, up to the next heading of its rank."""
    rank = heading.split()[0]
    part = PAGE.partition(f"\n{heading}\n")[2].partition(f"\n{rank} ")[0]
    assert part, heading
    lines = [line.strip("|").split("|") for line in part.splitlines() if line.startswith("|") and "---" not in line]
    return [[cell.strip() for cell in line] for line in lines if line[-1].strip() not in ("test", "here")]


def test_every_test_that_is_named_is_there():
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert len(named) > 25
    assert named - TESTS == set()


def test_every_promise_names_its_test():
    promises = rows("## What is held")
    assert len(promises) > 25
    assert [promise for promise, test in promises if not re.fullmatch(r"`test_\w+`", test)] == []


def test_every_kind_of_attack_that_others_name_has_its_test_or_is_said_not_to_be_held():
    for kind, _, here in rows("## Kinds of attack that others name"):
        assert re.search(r"`test_\w+`|see above", here), kind


def test_the_limits_that_are_told_are_those_that_hold():
    import inspect

    from grader.judging.judge.proxies import LearnerLimits
    from grader.judging.sandbox.enter import Limits
    from grader.judging.workers.pool import Template

    defaults = {name: each.default for name, each in inspect.signature(Template.__init__).parameters.items()}
    assert (defaults["cell_seconds"], defaults["cpu_seconds"], defaults["memory_mb"]) == (60, 300, 4 * 1024)
    assert (LearnerLimits().all, LearnerLimits().megabytes, LearnerLimits().wall) == (300, 5 * 1024, 10)
    assert (Limits().processes, Limits().folder_bytes) == (64, 256 << 20)
    for words in ("60 seconds of processor time", "300 in\nall", "4 GB", "5 GB", "64 processes", "256 MB", "ten times"):
        assert words in PAGE


def test_nobodys_address_is_on_the_page_and_the_readme_leads_to_it():
    assert "@" not in PAGE
    assert "private security advisories" in PAGE
    assert "(SECURITY.md)" in (ROOT / "README.md").read_text("utf-8")


def test_links_lead_to_pages():
    for target in re.findall(r"\]\(([^)#]+)", PAGE):
        assert Path(ROOT, target).exists()
