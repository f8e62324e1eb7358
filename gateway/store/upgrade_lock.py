"""One migration at a time, whoever else begins one on the same database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Final

from filelock import FileLock
from sqlalchemy import Engine, text

_KEY: Final = 5_114_206_731_090_017


@contextmanager
def held(engine: Engine) -> Iterator[None]:
    """Wait for any other upgrade, and keep others waiting until the end; a dead holder holds nothing.

    Shape: an advisory lock of PostgreSQL's, a lock file beside SQLite's.
    """
    if engine.dialect.name == "sqlite":
        path = engine.url.database
        with FileLock(f"{path}.upgrade-lock", mode=0o600) if path else nullcontext():
            yield
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _KEY})
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _KEY})
