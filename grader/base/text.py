"""Numbers and strangers' words, made fit to be shown."""

import html
import os
import re
import unicodedata

_UNFIT = {"Cc", "Cs", "Zl", "Zp"}  # control characters, halves of characters, separators of lines
_TURNS_TEXT = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # what comes after is shown backwards
COLOUR = re.compile(r"\x1b\[\d*m")


def clean(words: str, instead: str = " ") -> str:
    """Return words without the characters that a terminal would act on."""
    return "".join(letter if letter.isprintable() else instead for letter in words)


def is_fit(letter: str) -> bool:
    """Return whether a letter of a name can be written and shown without acting on what stands around it."""
    return unicodedata.category(letter) not in _UNFIT and letter not in _TURNS_TEXT


def printable(name: str) -> str:
    """Return a file's name as it is; of letters that cannot be written or shown, and odd bytes, their codes."""
    whole = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(letter if is_fit(letter) else ascii(letter)[1:-1] for letter in whole)


def as_html(words: str) -> str:
    """Return plain words as the HTML of an element's content, with what stands between backticks as code."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", html.escape(words, quote=False))


def first_line(error: Exception) -> str:
    """Return the beginning of an error's words, which may be a stranger's, without Keras's heading and its colours."""
    lines = (clean(COLOUR.sub("", line)).strip() for line in str(error).splitlines())
    told = [line for line in lines if line and not line.startswith("Exception encountered when calling")]
    return told[0][:200].rstrip(":. ") if told else type(error).__name__


def points_text(points: float) -> str:
    """Return points with at most two decimals: 8, 7.5, 3.33; never -0."""
    return f"{round(points, 2) + 0.0:.2f}".rstrip("0").rstrip(".")
