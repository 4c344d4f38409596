"""What went wrong with the gradebook or its files, in one sentence that says what to do."""

import contextlib
import errno
import os
import re
from collections.abc import Iterator

from grader.base.errors import CannotGoOn
from grader.base.paths import BUILD
from grader.gradebook.address import parse_address

AGAIN = "run the same command again: it goes on where it was"

# What a database's own words mean, and the way out; the first that fits is told.
FAULTS = [
    (r"locked|lock timeout", "is in use by another program. When that has finished, {again}."),
    (r"not a database|malformed", "is damaged, or is none. Put back a copy of it, or move it away; then {again}."),
    (r"readonly|read-only", "may not be written to. Give yourself the right to, then {again}."),
    (r"unable to open", "cannot be opened. See that its folder exists and that you may write there, then {again}."),
    (r"disk is full|No space left|could not extend", "cannot grow: its disk is full. Make space, then {again}."),
    (r"disk I/O error", "cannot be written: its disk is full or broken. Make space, then {again}."),
    (r"no such column|column .* does not exist", "is of an older nbgrader. Copy it, then run: nbgrader db upgrade"),
    (
        r"password|authentication|no pg_hba.conf|role .* does not exist",
        "refused the user or the password. Mend them, in the address or in the file .pgpass, then {again}.",
    ),
    (r"database .* does not exist", "is not there. Create the database (createdb NAME), then {again}."),
    (
        r"permission denied|no schema has been selected",
        "refused it: its user needs the right to make tables and to write them. Then {again}.",
    ),
    (r"too many", "has too many connections. Close some, then {again}."),
    (r"invalid (connection option|dsn|port|integer value)", "has an address with a mistake in its options: {words}"),
    (
        r"connection (failed|timeout)|could not (connect|translate)|resolve|timeout expired|is the server running",
        "does not answer. See that the server runs and that the address is right, then {again}.",
    ),
    (r"closed|terminat|lost|shutting down|starting up", "has gone away. When it is back, {again}."),
    (r"unique|duplicate key", "was written to by another program at the same moment. Wait for it, then {again}."),
]


@contextlib.contextmanager
def errors_as_sentences(db_url: str) -> Iterator[None]:
    """Turn whatever goes wrong with the database or with files meanwhile into one sentence.

    Raises:
        CannotGoOn: something did.
    """
    from sqlalchemy.exc import NoSuchModuleError, SQLAlchemyError

    try:
        yield
    except (ImportError, NoSuchModuleError) as error:
        raise CannotGoOn(_without_driver(db_url)) from error
    except SQLAlchemyError as error:
        raise CannotGoOn(database_sentence(error, db_url)) from error
    except OSError as error:
        raise CannotGoOn(file_sentence(error)) from error


def gradebook_place(db_url: str) -> str:
    """Return where a gradebook is, in words, without its user and password."""
    url = parse_address(db_url)
    if url.get_backend_name() == "sqlite":
        return f"The gradebook {url.database}"
    host = url.host or url.query.get("host") or "this machine"
    return f"The gradebook in PostgreSQL ({url.database} on {host}{f':{url.port}' if url.port else ''})"


def database_sentence(error: BaseException, db_url: str) -> str:
    """Return one sentence on what is the matter with a gradebook and what to do; it holds no password."""
    words = " ".join(str(getattr(error, "orig", None) or error).split())
    password = parse_address(db_url).password
    words = words.replace(str(password), "***") if password else words
    advice = next((advice for pattern, advice in FAULTS if re.search(pattern, words, re.IGNORECASE)), None)
    return f"{gradebook_place(db_url)} {(advice or 'cannot be used: {words}').format(again=AGAIN, words=words[:300])}"


def _without_driver(db_url: str) -> str:
    driver = parse_address(db_url).drivername
    if driver == "postgresql+psycopg":
        return "The driver for PostgreSQL (psycopg) is not there. Run: python3 course.py doctor"
    return f"The address of the gradebook names a driver that is not there: {driver}. Write postgresql:// in its place."


def file_sentence(error: OSError) -> str:
    """Return one sentence on a file that could not be written and what to do."""
    where = os.path.normpath(error.filename2 or error.filename or BUILD)  # of a copy, the second one is the new file
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"There is no space left for {where}. Make some, then {AGAIN}."
    return f"{where} cannot be written: {error.strerror or error}. Mend that, then {AGAIN}."
