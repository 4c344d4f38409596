"""What keeps nbgrader from starting in a second or less, put out of its way in our own commands."""

import sys


def without_grammars() -> None:
    """Have jsonschema do without the format `iri`: its package builds a grammar for a second, and no notebook has any.

    The entry None makes the import fail, and jsonschema then leaves the format out. Call it before importing nbformat.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # Python's own way to forbid an import
