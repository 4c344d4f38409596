"""What an answer says, without how it is written: a sequence of tokens that renaming and reformatting leave alone.

Comments, docstrings, annotations, formatting and imports are gone. What a name was imported from is told, so `np.exp`,
`numpy.exp` and an imported `exp` are one. A local variable is called by what it is made of (`e = np.exp(z)` is
`v_exp`) and not by its place: numbers in order of appearance would all change with one statement that was added or
moved. For the same reason the statements of a block are sorted. Literals stay: an odd number is what gives a form away.

Nothing is run: the text is parsed by `ast`, and where it does not parse, cut into tokens as it stands.
"""

import ast
import re
import warnings
from collections.abc import Collection, Mapping

from grader.classroom.similar.tree import flattened, imports

Form = tuple[str, ...]

MOST_CHARACTERS = 10_000  # of a cell; honest answers have some hundreds
MOST_TOKENS = 500

_MAGIC = re.compile(r"^[ \t]*[%!?].*$", re.MULTILINE)
_TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*)
    |(?P<docstring>[rRbBuUfF]{0,2}(?:\"{3}.*?\"{3}|'{3}.*?'{3}))
    |(?P<string>[rRbBuUfF]{0,2}(?:"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))
    |(?P<number>(?:\d[\d_]*\.?|\.\d)[\w.]*(?:(?<=[eE])[+-]\d+)?)
    |(?P<name>[^\W\d]\w*(?:\s?\.\s?[^\W\d]\w*)*)
    |(?P<member>\.[^\W\d]\w*)
    |(?P<sign>\*\*|//|<<|>>|[<>=!]=|->|:=|[^\s\w])""",
    re.VERBOSE | re.DOTALL,
)
_SILENT = frozenset(",):]};.\\")  # what the openings and the order of the rest tell already
_BOUND = re.compile(
    r"(?<![\w.])((?:\w++\s*+,\s*+){0,9}+\w++)\s*+=(?!=)|\bfor\s+([\w, ]{1,80}?)\s+in\b|\bdef\s+\w++\s*\(([^()]*)\)"
)
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]|[^\W_]+")  # Chinese has no spaces


def parsed(code: str) -> ast.Module | None:
    """Return the tree of a cell's code, or None when it is too long or is no Python."""
    if len(code) > MOST_CHARACTERS:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of odd escapes in strings; the teacher has not written them
        try:
            return ast.parse(_MAGIC.sub("", code))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def imported(codes: Collection[str]) -> dict[str, str]:
    """Return what the names that cells import stand for: {"np": "numpy", "exp": "numpy.exp"}."""
    return {
        name: whole
        for code in codes
        if "import" in code and (tree := parsed(code))
        for name, whole in imports(tree).items()
    }


def code_form(code: str, known: Mapping[str, str], answers: Collection[str] = ()) -> Form:
    """Return the form of a cell of code; () when nothing was written.

    Args:
        code: the cell's text.
        known: what the names that the notebook imports stand for.
        answers: the functions that the exercise asks for; the released text gives their first lines.
    """
    tree = parsed(code)
    if tree is None:
        return _as_it_stands(code[:MOST_CHARACTERS], known)
    try:
        text, own = flattened(tree, frozenset(answers))
    except (RecursionError, ValueError, TypeError):  # parsing takes deeper code, and longer numbers, than unparsing
        return _as_it_stands(code, known)
    return _tokens(text, known, own)


def _as_it_stands(code: str, known: Mapping[str, str]) -> Form:
    """Return the tokens of code that is no Python; what looks like a local variable is `v`."""
    own = {name for found in _BOUND.findall(code) for name in re.findall(r"[^\W\d]\w*", ",".join(found))}
    return tuple("v" if token in own else token for token in _tokens(_MAGIC.sub("", code), known, own))


def _tokens(text: str, known: Mapping[str, str], own: Collection[str]) -> Form:
    found: list[str] = []
    for match in _TOKEN.finditer(text):
        token = match.group()
        if match.lastgroup == "name":
            found += _name(token, known, own)
        elif match.lastgroup not in ("comment", "docstring") and token not in _SILENT:
            found.append(token)
        if len(found) >= MOST_TOKENS:
            break
    return tuple(found[:MOST_TOKENS])


def _name(dotted: str, known: Mapping[str, str], own: Collection[str]) -> list[str]:
    """Return the tokens of a dotted name: of a library's only the last two parts, however it was imported."""
    first, *rest = re.split(r"\s?\.\s?", dotted)
    if first in own:
        return [first, *(f".{part}" for part in rest)]
    return [".".join([*known.get(first, first).split("."), *rest][-2:])]


def prose_form(text: str) -> Form:
    """Return the words of a text in small letters; a Chinese character, and a Japanese or Korean one, is a word."""
    return tuple(match.group() for match in _WORD.finditer(text[:MOST_CHARACTERS].casefold()))[:MOST_TOKENS]
