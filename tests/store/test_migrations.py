"""Migrations lead up and down and up again on both databases, and end at what the rows say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine

from gateway.store import migrations, session
from gateway.store.models import Outbox, Row, table
from tests.builders import a_mail
from tests.databases import MONDAY, Desk


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An engine on an empty database."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        url = request.getfixturevalue("postgres_url")
    made = session.engine(url)
    yield made
    made.dispose()


def ours(name: str | None, kind: str = "table", _parents: object = None) -> bool:
    """Whether a table is made of rows; the search index is not, and SQLite keeps it in several."""
    return not (kind == "table" and str(name).startswith("search_index"))


def tables(engine: Engine) -> set[str]:
    return set(filter(ours, sa.inspect(engine).get_table_names())) - {"alembic_version"}


def test_schema_goes_up_down_and_up_again(engine: Engine) -> None:
    assert migrations.current(engine) is None
    migrations.upgrade(engine)
    assert tables(engine) == set(Row.metadata.tables)
    migrations.downgrade(engine, "base")
    assert (tables(engine), migrations.current(engine)) == (set(), None)
    migrations.upgrade(engine)
    assert tables(engine) == set(Row.metadata.tables)
    assert migrations.current(engine) == migrations.head()


def test_upgrade_of_an_upgraded_database_changes_nothing(engine: Engine) -> None:
    migrations.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO team (name) VALUES ('operations')"))
    migrations.upgrade(engine)
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM team")) == 1


def test_migrated_schema_is_what_the_rows_say(engine: Engine) -> None:
    migrations.upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": engine.dialect.name != "sqlite", "include_name": ours}
        )
        assert compare_metadata(context, Row.metadata) == []


def test_ticket_numbers_begin_at_1001(desk: Desk) -> None:
    desk.walk(a_mail("One.\n"))
    desk.walk(a_mail("Two.\n"))
    assert [ticket.id for ticket in desk.tickets()] == [1001, 1002]


def test_partial_indexes_of_what_is_due_exist(engine: Engine) -> None:
    migrations.upgrade(engine)
    wanted = {"ix_delivery_due", "ix_outbox_due", "ix_alarm_due", "ix_ticket_live_due", "ix_scan_due"}
    inspector = sa.inspect(engine)
    names = {index["name"] for table in tables(engine) for index in inspector.get_indexes(table)}
    assert wanted <= names


def test_names_that_the_next_server_gave_before_are_found_in_its_answers(engine: Engine) -> None:
    migrations.upgrade(engine)
    migrations.downgrade(engine, "0009")
    older = [each for each in table(Outbox).c if each.name not in ("id", "relayed_id")]
    rows = sa.table("outbox", *(sa.column(each.name, each.type) for each in older))
    plain = {"letter": "reply", "promise": "at-most-once", "reverse_path": "", "recipients": [], "content": b"",
             "first_recipient": "li@harbour.example", "destination": "", "subject": "", "created_at": MONDAY,
             "state": "sent", "next_attempt_at": MONDAY, "expires_at": MONDAY, "attempts": 1, "fence": 1,
             "maybe_twice": False, "last_reply": ""}  # fmt: skip
    answers = {"old": {"li@harbour.example": "250 Ok 0102018f2b7a6c1d-3f0e8a52"}, "new": {}}
    with engine.begin() as connection:
        for name, results in answers.items():
            told = plain | {"occasion": name, "message_id": name, "results": results}
            connection.execute(rows.insert().values(**told))
    migrations.upgrade(engine)
    with engine.connect() as connection:
        found = connection.execute(sa.text("SELECT message_id, relayed_id FROM outbox ORDER BY id")).all()
    assert [tuple(row) for row in found] == [("old", "0102018f2b7a6c1d-3f0e8a52"), ("new", "")]
