"""nbgrader's gradebook opened once, and written all or nothing: nbgrader's steps open and commit it for every cell."""

import contextlib
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any
from unittest import mock

from grader.base.errors import CannotGoOn
from grader.gradebook.address import make_tables, parsed, take_turn
from grader.gradebook.faults import sentence, told

if TYPE_CHECKING:
    from nbgrader.api import Gradebook


@cache
def open_gradebook(db_url: str) -> "Gradebook":
    """Return nbgrader's gradebook, opened once: opening inspects all tables, and nbgrader's steps do it each time.

    Raises:
        CannotGoOn: the gradebook cannot be opened; one sentence says why.
    """
    from nbgrader.api import BaseCell, Comment, Grade, Gradebook

    class Kept(Gradebook):
        """Can be used again when a step of nbgrader has left it; in between it keeps no connection that could break."""

        def __init__(self, db_url: str) -> None:
            self.known: dict[tuple[type, str, str, str], dict[str, Any]] = {}
            super().__init__(db_url)

        def close(self) -> None:
            self.known.clear()
            self.db.remove()
            self.engine.dispose()

        def find_grade(self, cell: str, *submission: str) -> Grade:
            return self.rows_of(Grade, *submission)[cell]

        def find_comment(self, cell: str, *submission: str) -> Comment:
            return self.rows_of(Comment, *submission)[cell]

        def rows_of(self, kind: Any, notebook: str, assignment: str, student: str) -> dict[str, Any]:
            """Return all grades or comments of a submitted notebook by their cells; nbgrader asks for one at a time."""
            key = (kind, notebook, assignment, student)
            if key not in self.known:
                owner = self.find_submission_notebook(notebook, assignment, student)
                cells = self.db.query(BaseCell.id, BaseCell.name).filter(BaseCell.notebook_id == owner.notebook_id)
                names = dict(cells.all())
                # by cell and notebook, as the tables are indexed; by the notebook alone every student's rows are read
                rows = self.db.query(kind).filter(kind.cell_id.in_(names), kind.notebook_id == owner.id)
                self.known[key] = {names[row.cell_id]: row for row in rows}
            return self.known[key]

    parsed(db_url)
    with told(db_url):
        make_tables(db_url)
        return Kept(db_url)


@contextlib.contextmanager
def one_transaction(db_url: str) -> Iterator["Gradebook"]:
    """Yield the gradebook; what nbgrader's steps write to it meanwhile is committed at the end, all or nothing.

    Each of nbgrader's steps opens the gradebook for itself and commits every cell, twenty times a submission; a commit
    waits for the disk, and between two of them another grader would find half a submission.

    Raises:
        CannotGoOn: the gradebook could not be written, or not in time because others write it; nothing has changed.
    """
    from nbgrader import api
    from nbgrader.converters import generate_assignment
    from nbgrader.preprocessors import latesubmissions, saveautogrades, savecells

    gradebook = open_gradebook(db_url)
    opened_by = (generate_assignment, savecells, saveautogrades, latesubmissions)
    with contextlib.ExitStack() as stack, told(db_url), _errors_of(gradebook, db_url):
        for module in opened_by:
            stack.enter_context(mock.patch.object(module, "Gradebook", return_value=gradebook))
        stack.enter_context(mock.patch.object(api, "app_log"))  # it would print a traceback
        stack.callback(gradebook.close)
        commit = gradebook.db.commit
        stack.enter_context(mock.patch.object(gradebook, "close"))
        stack.enter_context(mock.patch.object(gradebook.db, "commit", gradebook.db.flush))
        try:
            take_turn(gradebook.db.connection())
            with gradebook.db.no_autoflush:
                yield gradebook
            commit()
        except BaseException:
            gradebook.db.rollback()
            raise


@contextlib.contextmanager
def _errors_of(gradebook: "Gradebook", db_url: str) -> Iterator[None]:
    """Tell an error of the database as what it is; nbgrader's steps wrap it, or log it and raise another one."""
    from sqlalchemy import event

    seen: list[BaseException] = []

    def remember(context: Any) -> None:
        seen.append(context.original_exception)

    event.listen(gradebook.engine, "handle_error", remember)
    try:
        yield
    except Exception as error:
        if seen:
            raise CannotGoOn(sentence(seen[0], db_url)) from error
        raise
    finally:
        event.remove(gradebook.engine, "handle_error", remember)
