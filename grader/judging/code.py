"""The code of an exercise's own cells: read, also where it holds lines for IPython, and asked which names it binds."""

import ast
import dis
from collections.abc import Iterable, Mapping

Import = ast.Import | ast.ImportFrom


def parsed(source: str) -> ast.Module:
    """Return a cell's code as a tree; lines for IPython alone (%matplotlib inline) stand for nothing.

    Raises:
        SyntaxError: Python cannot read it.
    """
    try:
        return ast.parse(source)
    except SyntaxError:
        lines = source.splitlines(keepends=True)
        if not any(line.startswith("%") and not line.startswith("%%") for line in lines):
            raise
        return ast.parse("".join("\n" if line.startswith("%") else line for line in lines))


def bound_names(source: str) -> set[str]:
    """Return the names that a cell binds when it is run, without those of its imports; none where it is no Python."""
    try:
        tree = parsed(source)
    except SyntaxError:
        return set()
    tree.body = [part for part in tree.body if not isinstance(part, Import)]
    steps = dis.get_instructions(compile(tree, "<cell>", "exec", dont_inherit=True))
    return {str(step.argval) for step in steps if step.opname in ("STORE_NAME", "STORE_GLOBAL")}


def imports_of(sources: Iterable[str]) -> Mapping[str, str]:
    """Return the imports at the top of cells, each as lines of code by the name that it binds."""
    found: dict[str, str] = {}
    for source in sources:
        try:
            parts = [part for part in parsed(source).body if isinstance(part, Import)]
        except SyntaxError:
            continue
        for part in parts:
            for alias in part.names:
                line = ast.unparse(type(part)(**{**vars(part), "names": [alias]}))
                if alias.name != "*":
                    name = (alias.asname or alias.name).partition(".")[0]
                    found[name] = f"{found.get(name, '')}{line}\n"  # import a.b, and import a.c
    return found
