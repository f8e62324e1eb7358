"""A way to call commands on a database of the test's own."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from gateway.settings import Settings
from tests.databases import settings_for

Call = Callable[..., Result]


def caller(settings: Settings) -> Call:
    """Calls a command with this database in its environment."""
    environment = {
        "HELPDESK_DATA_DIR": str(settings.data_dir),
        "HELPDESK_DATABASE_URL": settings.database_url.get_secret_value(),
    }

    def call(command: click.Command, *arguments: object, **more: str) -> Result:
        changed = environment | {f"HELPDESK_{name.upper()}": value for name, value in more.items()}
        return CliRunner().invoke(command, [str(each) for each in arguments], env=changed)

    return call


@pytest.fixture
def call(database_settings: Settings) -> Call:
    """Calls a command on SQLite, then on PostgreSQL."""
    return caller(database_settings)


@pytest.fixture
def call_on_sqlite(sqlite_template: Path, tmp_path: Path) -> Call:
    """Calls a command on SQLite alone, which flushes its commits; the tests' PostgreSQL does not."""
    shutil.copy(sqlite_template, tmp_path / "helpdesk.db")
    return caller(settings_for(tmp_path))
