"""What keeps nbgrader from starting in a second or less, put out of its way in our own commands."""

import sys
from pathlib import Path


def without_grammars() -> None:
    """Have jsonschema do without the format `iri`: its package builds a grammar for a second, and no notebook has any.

    The entry None makes the import fail, and jsonschema then leaves the format out. Call it before importing nbformat.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # Python's own way to forbid an import


def without_another_process() -> None:
    """Have nbgrader ask alembic for the version of a new gradebook here, not in a process that takes two seconds."""
    import nbgrader.api

    nbgrader.api.get_alembic_version = newest_version


def newest_version() -> str:
    """Return the version of nbgrader's tables, as `alembic heads` prints it."""
    import nbgrader
    from alembic.script import ScriptDirectory

    return str(ScriptDirectory(str(Path(nbgrader.__file__).parent / "alembic")).get_current_head())
