"""Column types that behave the same on SQLite and PostgreSQL, and the registry all rows share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sqlalchemy import (
    JSON,
    BigInteger,
    BindParameter,
    DateTime,
    Dialect,
    Float,
    Insert,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    literal,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Row(DeclarativeBase):
    """What every table belongs to; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant, exact to the microsecond: timestamptz on PostgreSQL, microseconds since 1970 on SQLite.

    Errors: ValueError for an instant without a zone.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The column type each database gets."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(BigInteger())
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """What is written."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a zone")
        return (value - _EPOCH) // _MICROSECOND if dialect.name == "sqlite" else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """What is read."""
        if value is None:
            return None
        if dialect.name == "sqlite":
            return _EPOCH + timedelta(microseconds=value)
        return value.astimezone(UTC)  # type: ignore[no-any-return]


class database_now(FunctionElement[datetime]):  # noqa: N801  reads as SQL
    """The database's own wall clock plus a number of seconds, for leases held by several machines."""

    type = Instant()
    inherit_cache = True

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__(literal(float(seconds), Float()))


@compiles(database_now, "sqlite")
def _sqlite_now(element: database_now, compiler: SQLCompiler, **_: Any) -> str:
    seconds = compiler.process(element.clauses)
    return f"CAST(ROUND((julianday('now') - 2440587.5) * 86400000000.0 + {seconds} * 1000000.0) AS INTEGER)"


@compiles(database_now, "postgresql")
def _postgresql_now(element: database_now, compiler: SQLCompiler, **_: Any) -> str:
    return f"(clock_timestamp() + make_interval(secs => {compiler.process(element.clauses)}))"


Identity = BigInteger().with_variant(Integer, "sqlite")
Json = JSON().with_variant(JSONB(), "postgresql")


def either(build: Callable[[Any], Insert]) -> Mapping[str, Insert]:
    """An INSERT with ON CONFLICT, which SQLAlchemy spells once for each database, by the name of its dialect."""
    return {"sqlite": build(sqlite.insert), "postgresql": build(postgresql.insert)}


def in_words(value: str) -> BindParameter[str]:
    """A constant written out in the statement, as a partial index asks for on both databases."""
    return bindparam(None, value, String(), literal_execute=True)


def table(rows: type[Row]) -> Table:
    """The table of a class of rows, for writes that need no object."""
    return cast(Table, rows.__table__)
