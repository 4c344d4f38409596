"""Numbers and strangers' words, made fit to be shown."""

import html
import re

COLOUR = re.compile(r"\x1b\[\d*m")


def clean(words: str, instead: str = " ") -> str:
    """Return words without the characters that a terminal would act on."""
    return "".join(letter if letter.isprintable() else instead for letter in words)


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
