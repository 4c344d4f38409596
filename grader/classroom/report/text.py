"""Words that strangers wrote, and times, made fit to be read."""

import unicodedata
from datetime import datetime

LONGEST = 500  # characters; an exception's message can have millions


def make_readable(text: str) -> str:
    """Return text without half characters and control characters, and not longer than a reader would read."""
    text = str(text)[: LONGEST + 1]
    text = "".join("\ufffd" if _unprintable(character) else character for character in text)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _unprintable(character: str) -> bool:
    return character not in "\n\t" and unicodedata.category(character) in ("Cc", "Cs")


def ago(then: datetime, now: datetime) -> str:
    """Return how long ago something was, in one unit: `3 hours ago`; a clock that was set back gives `just now`."""
    seconds = (now - then).total_seconds()
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        count = int(seconds // length)
        if count >= 1:
            return f"{count} {unit}{'s' * (count > 1)} ago"
    return "less than a minute ago"


TITLES = {"raises-error": "Stops with an error", "unrecognised": "Wrong in a way that no check knows"}


def title_of(id_: str) -> str:
    """Return a misconception's id as words: sigmoid-overflow -> Sigmoid overflow."""
    words = TITLES.get(id_) or id_.replace("-", " ")
    return words[:1].upper() + words[1:]


def share(count: int, total: int) -> str:
    """Return a part of the class in per cent; a small one is not called nothing, nor nearly all of it all."""
    percent = round(100 * count / total)
    if count > 0 and percent == 0:
        return "under 1 %"
    return "over 99 %" if percent == 100 and count < total else f"{percent} %"
