"""Where the gradebook is, SQLite or PostgreSQL, and whose turn it is to write it."""

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.base import settings
from grader.base.errors import CannotGoOn
from grader.base.paths import BUILD

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.engine import URL

PATIENCE = 60  # seconds that a writer waits for its turn; another grader's takes a part of one
ANSWERING = 10  # seconds in which a server must answer
TURN = 10_617_145  # the number of the PostgreSQL advisory lock that is the right to write a gradebook
COURSE = "default_course"  # nbgrader's name for the course of a gradebook that holds one


def use_gradebook(url: str) -> str:
    """Keep the gradebook at an address from now on; for this process and what it starts. The callback of `--db`."""
    if url:
        os.environ[settings.DB] = url
    return url


def gradebook_address() -> str:
    """Return the gradebook's address, as SQLAlchemy reads it: LOGIT_LAB_DB, or a file in the build folder."""
    url = settings.setting(settings.DB) or f"sqlite:///{(BUILD / 'gradebook.db').as_posix()}"
    return re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", url)


def gradebook_identity() -> str:
    """Return what tells the gradebook from others; "" for the build folder's own, wherever that folder is moved."""
    if not settings.setting(settings.DB):
        return ""
    url = parse_address(gradebook_address())
    return f"{url.get_backend_name()} {url.host or url.query.get('host', '')} {url.port or ''} {url.database or ''}"


def parse_address(db_url: str) -> "URL":
    """Return the parts of an address.

    Raises:
        CannotGoOn: it is not one of SQLite or PostgreSQL.
    """
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(db_url)
        if url.get_backend_name() in ("sqlite", "postgresql"):
            return url
    except (ArgumentError, ValueError):
        pass  # the address may hold a password: it is not repeated
    raise CannotGoOn(
        "The address of the gradebook is neither sqlite:////FOLDER/FILE.db nor postgresql://USER@HOST/DATABASE; write "
        f"it in one of these forms, after --db or in {settings.DB}."
    )


def be_patient() -> None:
    """Have every database connection of this process, nbgrader's own too, wait for its turn, and not for ever."""
    from sqlalchemy import Engine, event

    if not event.contains(Engine, "do_connect", _with_limits):
        event.listen(Engine, "do_connect", _with_limits)


def _with_limits(dialect: Any, record: Any, arguments: Any, settings: dict[str, Any]) -> None:
    name, seconds = {"sqlite": ("timeout", PATIENCE)}.get(dialect.name, ("connect_timeout", ANSWERING))
    settings.setdefault(name, seconds)


def take_turn(connection: "Connection") -> None:
    """Wait until nobody else writes the gradebook; the turn lasts until this connection's transaction ends.

    Raises:
        DBAPIError: the others took longer than PATIENCE, or what the address itself says.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        limit = f"select set_config('lock_timeout', '{PATIENCE}s', true) where current_setting('lock_timeout') = '0'"
        connection.exec_driver_sql(limit)
        connection.exec_driver_sql(f"select pg_advisory_xact_lock({TURN})")


def make_tables(db_url: str) -> None:
    """Make nbgrader's tables where they are missing; all of them or none, by one of those who try at once.

    nbgrader itself makes them in several transactions. Ended in between it leaves tables without their version, which
    could not be upgraded later; these get it. Tables of an older version are left as they are.
    """
    from nbgrader.api import Base, Course
    from sqlalchemy import NullPool, create_engine, insert, inspect, select, text

    with create_engine(db_url, poolclass=NullPool).begin() as connection:
        take_turn(connection)
        found = inspect(connection)
        versioned, made = found.has_table("alembic_version"), found.has_table("assignment")
        if made and (versioned or "course_id" not in {column["name"] for column in found.get_columns("assignment")}):
            return
        Base.metadata.create_all(connection)
        if not versioned:
            version = {"version": _newest_version()}
            connection.execute(text("create table alembic_version (version_num varchar(32) not null)"))
            connection.execute(text("insert into alembic_version values (:version)"), version)
        if not connection.execute(select(Course.id).where(Course.id == COURSE)).all():
            connection.execute(insert(Course.__table__).values(id=COURSE))


def _newest_version() -> str:
    """Return the version of nbgrader's tables, as `alembic heads` prints it; nbgrader starts that program for it."""
    import nbgrader
    from alembic.script import ScriptDirectory

    return str(ScriptDirectory(str(Path(nbgrader.__file__).parent / "alembic")).get_current_head())
