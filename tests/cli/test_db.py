"""`helpdesk db`."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from gateway.cli import db
from gateway.store import migrations, session, upgrade_lock
from tests.cli.conftest import Call


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without a schema."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def engine(empty: str) -> Iterator[Engine]:
    made = session.engine(empty)
    yield made
    made.dispose()


def run(*arguments: str, url: str, folder: Path) -> Result:
    environment = {"HELPDESK_DATABASE_URL": url, "HELPDESK_DATA_DIR": str(folder)}
    return CliRunner().invoke(db.command, list(arguments), env=environment)


def test_upgrade_makes_the_schema_and_then_does_nothing(empty: str, tmp_path: Path) -> None:
    head = migrations.head()
    assert run("upgrade", url=empty, folder=tmp_path).stdout == f"schema at {head} (was empty)\n"
    assert run("upgrade", url=empty, folder=tmp_path).stdout == f"schema at {head}\n"


def test_current_says_what_is_missing(empty: str, tmp_path: Path) -> None:
    told = run("current", url=empty, folder=tmp_path).stdout
    assert told == f"schema at none, this code needs {migrations.head()}: helpdesk db upgrade\n"


def test_upgrades_wait_for_one_another(engine: Engine) -> None:
    order: list[str] = []
    inside = threading.Event()

    def second() -> None:
        inside.wait(10)
        with upgrade_lock.held(engine):
            order.append("second")

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(second)
        with upgrade_lock.held(engine):
            inside.set()
            migrations.upgrade(engine)
            order.append("first")
        waiting.result(10)
    assert order == ["first", "second"]


def test_schema_of_a_newer_helpdesk_is_refused(call: Call, database_settings) -> None:  # type: ignore[no-untyped-def]
    made = session.engine(database_settings.database)
    with made.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    made.dispose()
    result = call(db.command, "upgrade")
    assert result.exit_code == 1
    assert "not one this code knows" in result.stderr


def test_database_that_does_not_answer_is_told_without_its_password(tmp_path: Path) -> None:
    result = run("upgrade", url="postgresql+psycopg://u:geheim@127.0.0.1:1/x", folder=tmp_path)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: The database does not answer")
    assert "geheim" not in result.output
