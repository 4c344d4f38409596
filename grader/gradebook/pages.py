"""Learners' text in nbgrader's pages, which have Jupyter's origin (formgrader) or go to students (feedback): inactive.

nbgrader's templates put Markdown into the page as it comes. nbgrader_config.py sets these functions as nbconvert's
filters for both kinds of pages. What is cleaned is the page's HTML and not the Markdown, of which nobody knows what a
parser makes. Formulas are set by MathJax with its extension Safe, which nbconvert's address of MathJax names.
"""

import html
import re

import bleach
from bleach.css_sanitizer import CSSSanitizer
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor

from grader.judging.execution import AFTER_TESTS

# characters of a cell that are set as Markdown, and coloured as code; parsers take the square of the length for some
MOST, MOST_CODE = 6_000, 20_000
_LONG_SPACE = re.compile(r"\s{200}")  # or of a space's length

_BLOCKS = ["p", "div", "pre", "blockquote", "hr", "br", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li"]
_TABLES = ["table", "thead", "tbody", "tr", "th", "td"]
_WORDS = ["a", "b", "strong", "i", "em", "del", "s", "sub", "sup", "small", "kbd", "code", "span"]
_TAGS = {*_BLOCKS, *_TABLES, *_WORDS, "details", "summary"}
_WAYS_OUT = ("https://", "http://", "mailto:", "#")  # no address of this server: a page must not act for its reader
_STYLES = CSSSanitizer(allowed_css_properties=["border-left", "padding", "max-width"])  # of our own verdicts


WITHHELD = (
    "What this cell showed is not on this page: it ran after a hidden test, and could tell its inputs. Your teacher "
    "can read it. In your own notebook the cell shows it as before."
)


class WithholdOutputs(NbGraderPreprocessor):
    """Leaves out of a student's page what cells showed after a hidden test with inputs of the student's own."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, object]) -> tuple[NotebookNode, dict[str, object]]:
        """Return the notebook with a sentence in the place of these outputs; the one that is kept stays whole."""
        for cell in nb.cells:
            if cell.metadata.get(AFTER_TESTS) and cell.get("outputs"):
                cell.outputs = [new_output("stream", name="stdout", text=WITHHELD)]
        return nb, resources


def inactive_markdown(text: str) -> str:
    """Return Markdown as HTML in which nothing acts, loads, hides or looks like a part of the page."""
    try:
        if len(text) <= MOST:
            made = MarkdownWithMath(renderer=IPythonRenderer(escape=False, exclude_anchor_links=True)).render(text)
            return bleach.clean(made, tags=_TAGS, attributes=_is_harmless, protocols=_PROTOCOLS, strip=True)
    except Exception:  # a parser that gives up on a text must not keep the teacher from the others
        pass
    return f"<pre>{html.escape(text)}</pre>"


def inactive_code(source: str, language: object = None, metadata: object = None) -> str:
    """Return code as coloured HTML, without colours where they would take long; takes the place of highlight_code.

    The lexer is that of Python: IPython's, which also knows magics, takes minutes for some cells of 1,000 characters.
    """
    if len(source) <= MOST_CODE and not _LONG_SPACE.search(source):
        return Highlight2HTML(pygments_lexer="python3")(source)
    return f'<div class="highlight"><pre>{html.escape(source)}</pre></div>'


def inactive_html(element: object) -> str:
    """Return HTML of an output or of highlighted code with nothing active in it; takes the place of clean_html."""
    given = element.decode() if isinstance(element, bytes) else str(element)
    return bleach.clean(given, tags=_TAGS, attributes=_is_ours, protocols=_PROTOCOLS, css_sanitizer=_STYLES)


_PROTOCOLS = {"http", "https", "mailto"}


def _is_harmless(tag: str, name: str, value: str) -> bool:
    return tag == "a" and name == "href" and value.strip().lower().startswith(_WAYS_OUT)


def _is_ours(tag: str, name: str, value: str) -> bool:
    return name in ("class", "role", "style") or _is_harmless(tag, name, value)
