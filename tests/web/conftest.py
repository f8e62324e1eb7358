"""Desks for the web's tests: one on SQLite for each test, and one on both databases where queries are asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web import desk as desks
from tests.web.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk on SQLite."""
    made = desks.open_desk(tmp_path)
    yield made
    made.services.engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def either_desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """A desk on SQLite, then on PostgreSQL."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    made = desks.open_desk(tmp_path, url)
    yield made
    made.services.engine.dispose()
