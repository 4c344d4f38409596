"""What is written into a cell of a CSV file: numbers as numbers, text so that no spreadsheet runs it."""

import re
import unicodedata

from grader.base.text import as_html, points_text

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_SIGNS = "=+-@"
_SIGN = r"[=+\-@＝＋－＠]"
_AFTER_SEMICOLON = re.compile(rf';(["\s]*)(?={_SIGN})')
_SIGNS_AFTER_SEMICOLON = re.compile(rf';(?:["\s]*{_SIGN})+')


def defuse(text: str) -> str:
    """Return text that a spreadsheet shows and does not compute.

    Names, file names and feedback come from strangers, and a cell that begins with = + - @, a tab or a line's end is a
    formula to Excel and LibreOffice; to some editions also with their full-width forms. Such a cell gets a single quote
    in front, as OWASP advises (https://owasp.org/www-community/attacks/CSV_Injection). Control characters become
    spaces. Where a list's separator is the semicolon, one inside the text would begin a new cell: a sign behind it gets
    its quote, too. A number, also a negative one, stays a number.
    """
    flat = "".join(" " if unicodedata.category(each) in ("Cc", "Zl", "Zp", "Cs") else each for each in text)
    if _NUMBER.fullmatch(text):
        return text
    flat = _AFTER_SEMICOLON.sub(r";\1'", flat)
    first = next((each for each in flat if not _is_blank(each)), "")
    signed = bool(first) and unicodedata.normalize("NFKC", first) in _SIGNS
    return "'" + flat if signed or flat[:1] != text[:1] else flat


def _is_blank(character: str) -> bool:
    """Return whether a reader would pass over it: spaces, and what has no width, a byte order mark among it."""
    return character.isspace() or unicodedata.category(character) == "Cf"


def format_points(points: float, comma: bool = False) -> str:
    """Return points with at most two decimals, as the learning platforms show them: 8, 7.5, 3.33.

    Args:
        points: the mark.
        comma: write 7,5 instead of 7.5.
    """
    text = points_text(points)
    return text.replace(".", ",") if comma else text


def read_number(text: str) -> float | None:
    """Return the number that a cell holds, with a point or a comma; None when it holds none."""
    text = text.strip().removesuffix("%")
    if re.fullmatch(r"-?[0-9]{1,3}([., '\u00a0\u202f][0-9]{3})+[.,][0-9]+", text):  # thousands set apart
        text = re.sub(r"[., '\u00a0\u202f](?=[0-9]{3})", "", text)
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def html_cell(words: str) -> str:
    """Return plain words as HTML in which a sign behind a semicolon is a character reference: defuse() leaves it.

    Of `>=` HTML makes `&gt;=`, which has a semicolon before a sign; a quote between them would be shown.
    """
    return _SIGNS_AFTER_SEMICOLON.sub(lambda found: _without_signs(found[0]), as_html(words))


def _without_signs(text: str) -> str:
    return "".join(each if each in ';"' or each.isspace() else f"&#{ord(each)};" for each in text)
