"""Learners' text in formgrader's and in feedback pages: nothing acts, loads, hides or leads back to this server."""

import html
import re
import subprocess
import sys
import time

import pytest
from bs4 import BeautifulSoup
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.gradebook.pages import MOST, MOST_CODE, inactive_code, inactive_html, inactive_markdown

pytestmark = pytest.mark.quick

ACTIVE = {
    "script": "<script>alert(1)</script>",
    "script in a script": "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "event": "<img src=x onerror=alert(1)>",
    "event without a quote": '<img src="x`onerror=alert(1)//',
    "event of a harmless tag": "<b onmouseover=alert(1)>x</b>",
    "event with a slash": "<svg/onload=alert(1)>",
    "picture that calls home": "![x](https://example.org/count.png)",
    "picture of this server": "![x](/logout)",
    "frame": "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "object": "<object data='javascript:alert(1)'></object><embed src=x>",
    "style": "<style>*{display:none}</style>",
    "style that hides": "<div style='position:fixed;top:0;left:0;width:100%;height:100%'>x</div>",
    "class that hides": "<div class='hidden'>x</div>",
    "id of the page": "<div id='notebook'>x</div>",
    "form": "<form action=/api><input name=score><button>Full credit</button></form>",
    "link that runs": "[x](javascript:alert(1))",
    "link in capitals": "[x](JaVaScRiPt:alert(1))",
    "link with entities": "[x](&#106;avascript&colon;alert(1))",
    "link with a tab": "<a href='java\tscript:alert(1)'>x</a>",
    "link with a space before": "<a href=' javascript:alert(1)'>x</a>",
    "link of data": "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "link to this server": "[x](/formgrader/api/grade/1)",
    "link to this server without a scheme": "[x](//example.org/)",
    "automatic link": "<javascript:alert(1)>",
    "reference": "[x][1]\n\n[1]: javascript:alert(1)",
    "link with a title": "[x](https://example.org 'a\" onclick=\"alert(1)')",
    "namespace": "<svg><p><style><g title='</style><img src=x onerror=alert(1)>'>",
    "math": "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "noscript": "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "template": "<template><script>alert(1)</script></template>",
    "meta": "<meta http-equiv=refresh content='0;url=https://example.org'><base href=https://example.org>",
    "comment": "<!--><img src=x onerror=alert(1)>-->",
    "instruction": "<?xml ?><img src=x onerror=alert(1)>",
    "code that is left": "```html\n</code></pre><script>alert(1)</script>\n```",
    "code's language": "```<script>alert(1)</script>\nx\n```",
    "heading": "# <img src=x onerror=alert(1)>",
    "table": "|<script>|\n|-|\n|<img src=x onerror=alert(1)>|",
    "formula": "$</script><script>alert(1)</script>$",
    "formula that is a link": r"$\href{javascript:alert(1)}{x}$",
    "deep": "<b>" * 2000 + "<img src=x onerror=alert(1)>",
    "long": "x" * MOST + "<script>alert(1)</script>",
    "half a character": "\ud800<script>alert(1)</script>",
    "zero": "\0<script\0>alert(1)</script>",
}
TAGS = {
    *["p", "div", "pre", "blockquote", "hr", "br", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li"],
    *["table", "thead", "tbody", "tr", "th", "td", "a", "b", "strong", "i", "em", "del", "s", "sub", "sup", "small"],
    *["kbd", "code", "span", "details", "summary"],
}
SIGNS = ["`", "```\n", "\n\n", "> ", "$", "|", "<", "&lt;", "\\"]


def check_inactive(made):
    """Insist, by another parser, that there are harmless elements alone, and of attributes links to elsewhere."""
    assert "<script" not in made.lower()
    for element in BeautifulSoup(made, "html.parser").find_all(True):
        assert element.name in TAGS
        assert set(element.attrs) <= {"href"}
        assert element.get("href", "https://").lower().startswith(("https://", "http://", "mailto:", "#"))


@pytest.mark.parametrize("kind", ACTIVE)
def test_nothing_that_a_learner_writes_is_active(kind):
    check_inactive(inactive_markdown(ACTIVE[kind]))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([*ACTIVE.values(), "`", "```\n", "\n\n", "> ", "$", "|", "<", "&lt;", "\\"]), max_size=6)
)
def test_nor_is_what_comes_of_several_together(parts):
    check_inactive(inactive_markdown("".join(part[:200] for part in parts)))


def test_honest_text_is_shown_as_markdown_shows_it():
    made = inactive_markdown(
        "# Why\n\nIf `a < b && c`, then **z < 0**, see [Keras](https://keras.io); $e^z < 1$.\n\n- one"
    )
    page = BeautifulSoup(made, "html.parser")
    assert page.h1.get_text().startswith("Why")
    assert page.code.get_text() == "a < b && c"
    assert page.strong.get_text() == "z < 0"
    assert [link["href"] for link in page.find_all("a")] == ["https://keras.io"]
    assert "$e^z < 1$" in page.get_text()
    assert page.li.get_text() == "one"


def test_a_long_text_is_shown_as_it_was_written():
    text = "# x & <b>\n" * MOST
    assert BeautifulSoup(inactive_markdown(text), "html.parser").pre.get_text() == text


def test_a_verdict_keeps_its_look():
    from grader.answers.verdict import Verdict

    verdict = Verdict("relu", False, "x", "relu(<script>) gave 2.", "A hint.", more="More.", idea="An idea.")
    made = BeautifulSoup(inactive_html(verdict.as_html()), "html.parser")
    assert "border-left" in made.div["style"]
    assert made.div["role"] == "status"
    assert "relu(<script>) gave 2." in made.get_text()
    assert {found.name for found in made.find_all(["details", "script"])} == {"details"}


@pytest.mark.parametrize("text", ["<div onclick=x>", "<img src=x onerror=x>", "<div style='position:fixed'>"])
def test_an_output_with_anything_else_is_not_active_either(text):
    made = BeautifulSoup(inactive_html(text), "html.parser")
    assert not made.find_all(True) or not {"onclick", "onerror", "src"} & set(made.find().attrs)
    assert "position" not in str(made.find("div", style=True) or "")


EXPORT = """
import sys
from pathlib import Path
from nbformat.v4 import new_markdown_cell, new_notebook, new_raw_cell
from traitlets.config.loader import PyFileConfigLoader
import nbgrader.server_extensions.formgrader.handlers as handlers
from nbconvert.exporters import HTMLExporter
config = PyFileConfigLoader("nbgrader_config.py", path=sys.argv[1]).load_config()
config.HTMLExporter.template_name = sys.argv[2]
config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
text = "<img src=x onerror=alert(1)> [x](javascript:alert(1))"
graded = {"nbgrader": {"grade": True, "solution": True, "points": 1}}
cells = [new_markdown_cell(text, metadata=each) for each in ({}, graded)]
cells.append(new_raw_cell(text, metadata={"raw_mimetype": "text/plain"}))
about = {"notebook": "x", "score": 1, "max_score": 1, "late_penalty": 0}
resources = {"nbgrader": about, "notebook_id": "x", "index": 0, "total": 1, "base_url": "", "student": "ada"}
print(HTMLExporter(config=config).from_notebook_node(new_notebook(cells=cells), resources=resources)[0])
"""


@pytest.mark.slow
@pytest.mark.parametrize("template", ["formgrade", "lab"])
def test_the_settings_of_the_course_reach_every_kind_of_page(template):
    command = [sys.executable, "-c", EXPORT, str(ROOT), template]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    page = BeautifulSoup(done.stdout, "html.parser")
    assert not page.find_all("img", onerror=True)
    assert not page.find_all("a", href=lambda href: href and href.startswith("javascript"))
    assert ",Safe" in done.stdout, "MathJax must come with its extension Safe"
    assert html.unescape(done.stdout).count("alert(1)") < 6


@pytest.mark.parametrize("part", ["\n ", "a.", "\n" * 199 + "x", "<script>", "%%html\n<b>"])
@pytest.mark.parametrize("length", [5_000, MOST_CODE + 1])
def test_code_of_any_length_is_shown_in_little_time_and_as_it_is(part, length):
    code = part * (length // len(part)) + "x"
    began = time.process_time()
    shown = inactive_code(code, metadata={"magics_language": "html"})
    assert time.process_time() - began < 30  # half a second; minutes where a lexer takes the square of the length
    assert set(re.findall(r"<(\w+)", shown)) <= {"div", "pre", "span"}
    assert html.unescape(re.sub("<[^>]*>", "", shown)).strip() == code.strip()
