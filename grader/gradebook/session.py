"""nbgrader's gradebook opened once, and written all or nothing: nbgrader commits every cell for itself."""

import contextlib
import logging
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from grader.base.errors import CannotGoOn
from grader.gradebook.address import be_patient, make_tables, parse_address, take_turn
from grader.gradebook.faults import database_sentence, errors_as_sentences

if TYPE_CHECKING:
    from nbgrader.api import Gradebook


@cache
def open_gradebook(db_url: str) -> "Gradebook":
    """Return nbgrader's gradebook, opened once: opening inspects all tables, and nbgrader's steps do it each time.

    Raises:
        CannotGoOn: the gradebook cannot be opened; one sentence says why.
    """
    from nbgrader.api import BaseCell, Comment, Grade, Gradebook
    from sqlalchemy.orm import Session, scoped_session, sessionmaker

    class Pending(Session):
        """Leaves what nbgrader commits pending, cell by cell; one_transaction() commits it all."""

        def commit(self) -> None:
            """Write new rows, which later steps look for; changed ones can wait for the end."""
            if self.new:
                self.flush()

        def commit_all(self) -> None:
            """Commit what is pending."""
            super().commit()

    class Kept(Gradebook):
        """Can be used again after close(); in between it keeps no connection that could break."""

        def __init__(self, db_url: str) -> None:
            self.known: dict[tuple[type, str, str, str], dict[str, Any]] = {}
            super().__init__(db_url)
            self.db: Any
            self.db.remove()
            self.db = scoped_session(sessionmaker(bind=self.engine, class_=Pending, autoflush=False))

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

    parse_address(db_url)
    be_patient()
    with errors_as_sentences(db_url):
        make_tables(db_url)
        return Kept(db_url)


@contextlib.contextmanager
def one_transaction(db_url: str) -> Iterator["Gradebook"]:
    """Yield the gradebook; what is written to it meanwhile is committed at the end, all or nothing.

    nbgrader would commit every cell, twenty times a submission; a commit waits for the disk, and between two of them
    another grader would find half a submission.

    Raises:
        CannotGoOn: the gradebook could not be written, or not in time because others write it; nothing has changed.
    """
    gradebook = open_gradebook(db_url)
    with (
        errors_as_sentences(db_url),
        _errors_of(gradebook, db_url),
        _without_tracebacks(),
        contextlib.closing(gradebook),
    ):
        try:
            take_turn(gradebook.db.connection())
            yield gradebook
            gradebook.db().commit_all()
        except BaseException:
            gradebook.db.rollback()
            raise


@contextlib.contextmanager
def _without_tracebacks() -> Iterator[None]:
    """Keep nbgrader from printing a traceback for an error of the database, which is told as a sentence."""
    log = logging.getLogger("tornado.application")

    def nothing(record: logging.LogRecord) -> bool:
        return False

    log.addFilter(nothing)
    try:
        yield
    finally:
        log.removeFilter(nothing)


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
            raise CannotGoOn(database_sentence(seen[0], db_url)) from error
        raise
    finally:
        event.remove(gradebook.engine, "handle_error", remember)
