"""Pieces of the students' own code for the class to look at: short, without comments, and without anybody's name."""

import builtins
import io
import keyword
import re
import tokenize
from collections.abc import Callable, Collection, Iterable, Mapping

from grader.classroom.report.anonymous import Hiding
from grader.classroom.report.text import make_readable

MOST = 3  # pieces of one fault
READ = 30  # students whose code is looked at for them
LINES = 14  # of a piece
_KNOWN = {*dir(builtins), *keyword.kwlist}


def choose_pieces(students: Iterable[str], answer: str, code: Callable[[str], Mapping[str, str]]) -> tuple[str, ...]:
    """Return up to three pieces that differ in more than their spaces, of students who share a fault in an answer."""
    found: dict[str, str] = {}
    for student in list(students)[:READ]:
        piece = code(student).get(answer, "")
        if piece.strip():
            found.setdefault("".join(piece.split()), piece)
        if len(found) == MOST:
            break
    return tuple(found.values())


def anonymous_piece(source: str, author: str, names: Collection[str]) -> str:
    """Return code as a class may see it: no comments, no names in its texts, nor the author's in its own words.

    Args:
        source: what the student wrote.
        author: the student's name.
        names: everything that tells who somebody in the class is.
    """
    lines = source.splitlines(keepends=True)
    everybody, own = (Hiding(dict.fromkeys(who, "(name)"), (), [source]) for who in ([author, *names], [author]))
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError, ValueError):
        return _shortened(everybody(re.sub(r"#.*", "", source)))
    for before, token in reversed(list(zip([None, *tokens], tokens, strict=False))):
        (top, start), (bottom, end) = token.start, token.end
        if token.type == tokenize.COMMENT:
            new = ""
        elif token.type == tokenize.NAME and token.string not in _KNOWN and not (before and before.string == "."):
            new = own(token.string)
        elif token.type in _TEXTS:
            new = everybody(token.string)
        else:
            continue
        if new != token.string:
            lines[top - 1 : bottom] = [lines[top - 1][:start] + new + lines[bottom - 1][end:]]
    return _shortened("".join(lines))


_TEXTS = {tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}  # Python 3.12 takes f-strings apart


def _shortened(source: str) -> str:
    lines = [line.rstrip() for line in source.strip("\n").splitlines() if line.strip()]
    shown = lines[:LINES] + ["..."] * (len(lines) > LINES)
    return "\n".join(make_readable(line)[:120] for line in shown)
