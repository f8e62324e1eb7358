"""The engine, and `transaction`: the only place that commits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy
from sqlalchemy import Engine, event, text
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.orm import Session, sessionmaker

SessionFactory = sessionmaker[Session]
_SQLITE_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=20000",
                   "temp_store=MEMORY", "cache_size=-8000")  # fmt: skip


def engine(url: str, *, pool_size: int = 5) -> Engine:
    """An engine on SQLite (WAL, every commit flushed) or PostgreSQL. Its faults name no value: those are of mails.

    Errors: sqlalchemy.exc.ArgumentError for an address that is none.
    """
    pool = {"pool_size": pool_size, "max_overflow": 20, "hide_parameters": True}
    if url.startswith("sqlite"):
        made = sqlalchemy.create_engine(url, **pool)
        _prepare_sqlite(made)
        return made
    options = {"prepare_threshold": 3, "connect_timeout": 5, "application_name": "helpdesk"}
    return sqlalchemy.create_engine(url, **pool, connect_args=options)


def factory(made: Engine) -> SessionFactory:
    """A session factory whose rows stay readable after the commit."""
    return sessionmaker(made, expire_on_commit=False, autoflush=False)


@contextmanager
def transaction(
    sessions: SessionFactory, after_commit: Callable[[set[str], set[int]], None] | None = None
) -> Iterator[Session]:
    """A session that commits at the end, then rings what its verbs asked for and tells which tickets changed.

    Errors: whatever the body or the commit raises, after a rollback.
    """
    with sessions() as session:
        yield session
        session.commit()
        rings: set[str] = session.info.pop("rings", set())
        told: set[int] = session.info.pop("told", set())
    if after_commit is not None and (rings or told):
        after_commit(rings, told)


@contextmanager
def reading(sessions: SessionFactory) -> Iterator[Session]:
    """A session that only reads: on SQLite it takes no write lock; whatever it changed is lost."""
    with sessions() as session:
        session.connection(execution_options={"reading": True})
        yield session


def want_ring(session: Session, queue: str) -> None:
    """Note that a queue is to be rung once the session has committed."""
    session.info.setdefault("rings", set()).add(queue)


def want_tell(session: Session, ticket_id: int) -> None:
    """Note that browsers are to hear of a ticket's change once the session has committed."""
    session.info.setdefault("told", set()).add(ticket_id)


def durability_fault(sessions: SessionFactory) -> str:
    """Why a commit might not be on disk when it returns; empty where it is.

    Source: sqlite.org/pragma.html#pragma_synchronous; PostgreSQL manual, section 19.5 (WAL settings).
    """
    with reading(sessions) as session:
        if session.get_bind().dialect.name == "sqlite":
            level = session.execute(text("PRAGMA synchronous")).scalar_one()
            return "" if int(level) >= 2 else "SQLite does not flush commits (synchronous is below FULL)."
        for name in ("fsync", "synchronous_commit"):
            value = session.execute(text(f"SHOW {name}")).scalar_one()
            if value == "off":
                return f"PostgreSQL does not flush commits ({name} is off)."
    return ""


class _SqliteCompiler(SQLiteCompiler):
    """Statements for SQLite that may say which index to walk, which SQLAlchemy offers for other databases only."""

    def get_from_hint_text(self, table: Any, text: str | None) -> str | None:
        return text


def _prepare_sqlite(made: Engine) -> None:
    made.dialect.statement_compiler = _SqliteCompiler

    @event.listens_for(made, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, at once for writers
        for pragma in _SQLITE_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(made, "begin")
    def on_begin(connection: sqlalchemy.Connection) -> None:
        deferred = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if deferred else "BEGIN IMMEDIATE")
