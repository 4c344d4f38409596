"""Formulas set as MathML, which browsers draw by themselves: a page needs no network and no script for them."""

import html
import re
from collections.abc import Iterator
from functools import cache
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

LONGEST = 1000  # characters of a formula
_PIECE = re.compile(r"(<[^>]*>)")
_FORMULA = re.compile(r"\$\$(?P<block>[^$]+)\$\$|(?<![\\$\w])\$(?P<line>[^$\s](?:[^$]*[^$\s])?)\$(?![\w$])")
_WITHOUT = re.compile(r"<(/?)(?:code|pre)\b")
_PARTS = "mrow mi mn mo mtext mspace msup msub msubsup mfrac msqrt mroot mover munder munderover mtable mtr mtd mstyle"
_KNOWN = set(_PARTS.split())
_SETTING = re.compile(r"[\w.%+ -]{1,30}")
_SETTINGS = {"stretchy", "fence", "form", "separator", "columnalign", "displaystyle", "mathvariant", "linethickness"}


def set_formulas(page: str) -> str:
    """Return clean HTML with the formulas of its text, $...$ and $$...$$, as MathML; code stays as it is."""
    return "".join(_set_pieces(page))


def _set_pieces(page: str) -> Iterator[str]:
    depth = 0
    for piece in _PIECE.split(page):
        if piece.startswith("<"):
            found = _WITHOUT.match(piece)
            depth += (-1 if found[1] else 1) if found else 0
            yield piece
        else:
            yield piece if depth > 0 else _FORMULA.sub(_set, piece)


def _set(found: re.Match[str]) -> str:
    return mathml(html.unescape(found["block"] or found["line"]), bool(found["block"])) or found[0]


@cache  # a class's pages hold the same formulas
def mathml(latex: str, is_block: bool = False) -> str:
    """Return a formula as MathML, "" for what is none.

    The converter does not escape what stands in the formula; so what it makes is read, and only parts of a formula are
    written again.
    """
    from latex2mathml.converter import convert

    if len(latex) > LONGEST:
        return ""
    try:
        made = ElementTree.fromstring(convert(latex))
    except Exception:  # whatever a stranger has put between two dollars
        return ""
    inside = "".join(map(_written, made))
    shown = ' display="block"' if is_block else ""
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML"{shown}>{inside}</math>'


def _written(part: Element) -> str:
    name = part.tag.rpartition("}")[2]
    inside = html.escape(part.text or "") + "".join(_written(each) + html.escape(each.tail or "") for each in part)
    settings = {key: value for key, value in part.attrib.items() if key in _SETTINGS and _SETTING.fullmatch(value)}
    told = "".join(f' {key}="{value}"' for key, value in settings.items())
    return f"<{name}{told}>{inside}</{name}>" if name in _KNOWN else inside
