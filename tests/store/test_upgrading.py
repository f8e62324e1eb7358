"""A database that an older version filled is upgraded, and its tickets get what is promised now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from gateway import services as wiring
from gateway.alarms import Alarms
from gateway.appointments import Appointments
from gateway.store import migrations, session
from gateway.store.models.columns import Instant, Json
from gateway.tickets.catching_up import BATCH
from tests.databases import MONDAY, Desk, settings_for

HOUR = timedelta(hours=1)
LI = "li@harbour.example"


class Old:
    """Writes rows as the first schema had them, every column they need given a plain value."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._known = sa.MetaData()
        self._known.reflect(connection)

    def add(self, name: str, /, **values: Any) -> None:
        columns = self._known.tables[name].columns
        row = {
            each.name: _plain(each) for each in columns if not each.nullable and each.name != "id"
        } | values
        typed = [sa.column(key, _type(value)) for key, value in row.items()]
        self._connection.execute(sa.table(name, *typed).insert().values(**row))

    def ticket(self, number: int, status: str, *events: tuple[str, datetime, dict[str, Any]]) -> None:
        due = {"first_response_due_at": MONDAY + 4 * HOUR, "resolution_due_at": MONDAY + 24 * HOUR,
               "next_due_at": MONDAY + 4 * HOUR}  # fmt: skip
        self.add("ticket", id=number, customer_id=1, contract_id=1, queue="main", subject="Slow", status=status,
                 priority="medium", language="en", service="technical-support", kind="incident", requester_email=LI,
                 opened_at=MONDAY, changed_at=MONDAY, priority_evidence=[], **due)  # fmt: skip
        opened = {"priority": "medium", "service": "technical-support", "kind": "incident", "queue": "main"}
        for seq, (kind, at, data) in enumerate([("opened", MONDAY, opened), *events], start=1):
            self.add("ticket_event", ticket_id=number, seq=seq, kind=kind, at=at, recorded_at=at, actor="engineer:1",
                     data=data, hash=f"{number}-{seq}")  # fmt: skip
        self.add("message", id=10_000 + number, kind="human", ticket_id=number, direction="inbound", at=MONDAY, text="Slow.", new_text="Slow.",
                 author_email=LI, authenticated=True)  # fmt: skip
        self.add("participant", ticket_id=number, email=LI, name="Li Na", role="requester")

    def resolved(self, number: int, *, state: str, result: str) -> None:
        """A ticket resolved half an hour after it was opened, with what became of its letter."""
        at, before = MONDAY + HOUR / 2, {"from": "new", "to": "resolved", "cause": "reply", "message": number}
        self.ticket(number, "resolved", ("reply", at, {"message": number}), ("status", at, before))
        self.add("message", id=number, ticket_id=number, direction="outbound", at=at, text="Fixed.", new_text="Fixed.",
                 author_email="chen@desk.example", recipients=[["to", "Li Na", LI]])  # fmt: skip
        self.add("outbox", occasion=f"reply:{number}", letter="reply", promise="at-least-once", ticket_id=number,
                 ticket_message_id=number, message_id=f"{number}@desk.example", recipients=[], first_recipient=LI,
                 state=state, sent_at=at, results={LI: result}, created_at=at, content=b"Subject: Fixed\r\n\r\n")  # fmt: skip


def _plain(column: sa.Column[Any]) -> Any:
    if column.name.endswith("_at") or column.name in ("at", "until"):
        return MONDAY
    plain: dict[type, Any] = {int: 0, str: "", bool: False, bytes: b""}
    if isinstance(column.type, sa.JSON):
        return {}
    return plain.get(column.type.python_type, "")


def _type(value: object) -> Any:
    if isinstance(value, datetime):
        return Instant()
    return Json if isinstance(value, list | dict) else None


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The address of a database of the first schema with an open ticket, resolved ones and a closed one."""
    url = f"sqlite:///{tmp_path / 'helpdesk.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    engine = session.engine(url)
    migrations.upgrade(engine, "0001")
    with engine.begin() as connection:
        rows = Old(connection)
        rows.add("customer", reference="harbour", name="Harbourline", language="en", time_zone="Asia/Singapore",
                 active=True)  # fmt: skip
        rows.add("contact", customer_id=1, email=LI, name="Li Na")
        rows.add("engineer", email="guo@desk.example", name="Guo Ping", role="lead", language="en",
                 time_zone="Asia/Singapore", skills=[], active=True)  # fmt: skip
        rows.add("contract", customer_id=1, number="NQ-1", version=1, starts_on=date(2026, 1, 1), currency="SGD",
                 time_zone="Asia/Singapore", language="en", monthly_fee=100, terms={})  # fmt: skip
        rows.ticket(1001, "new")
        for percent in (50, 75, 90, 100):
            rows.add("alarm", ticket_id=1001, target="first-response", percent=percent, state="planned",
                     due_at=MONDAY + 4 * HOUR * percent / 100)  # fmt: skip
        rows.resolved(1002, state="sent", result="250 ok")
        rows.resolved(1003, state="failed", result="550 no")
        rows.ticket(
            1004, "closed", ("status", MONDAY + HOUR, {"from": "new", "to": "closed", "cause": "by-hand"})
        )
        connection.execute(  # an alarm that owed nothing moved the instant without an entry
            sa.text("UPDATE ticket SET changed_at = :at WHERE id = 1004").bindparams(
                sa.bindparam("at", MONDAY + 5 * HOUR, Instant())
            )
        )
    engine.dispose()
    yield url, tmp_path


@pytest.fixture
def desk(old: tuple[str, Path]) -> Iterator[Desk]:
    """A desk on the upgraded database."""
    url, folder = old
    services = wiring.build(settings_for(folder, url))
    migrations.upgrade(services.engine)
    yield Desk(services)
    services.engine.dispose()


def work(desk: Desk, at: datetime) -> None:
    """Do everything that is due at an instant, appointments first."""
    desk.clock.at = at
    services = desk.services
    for drain in (
        Appointments(services.transaction, desk.head, "desk", desk.clock, wiring.KEPT),
        Alarms(services.transaction, desk.head, "desk", desk.clock),
    ):
        while drain.drain(at + timedelta(seconds=5)):
            pass


def owed(desk: Desk) -> set[tuple[int, str]]:
    with desk.services.reading() as rows:
        return {(row[0], row[1]) for row in rows.execute(sa.text("SELECT ticket_id, kind FROM alarm"))}


def test_alarms_that_were_planned_before_the_upgrade_fire(desk: Desk) -> None:
    work(desk, MONDAY + 2 * HOUR)
    told = [each.data["percent"] for each in desk.events(1001) if each.kind == "alarm"]
    assert told == [50]
    assert [each.recipients for each in desk.letters("engineer-alarm")] == [["guo@desk.example"]]


def test_tickets_of_before_owe_reports_passing_on_and_reminders_too(desk: Desk) -> None:
    work(desk, MONDAY + 2 * HOUR)
    wanted = {(1001, "rung"), (1001, "pass-on"), (1001, "progress"), (1002, "reminder"), (1002, "closing")}
    assert owed(desk) == wanted


def test_progress_of_a_ticket_of_before_is_reported(desk: Desk) -> None:
    work(desk, MONDAY + 25 * HOUR)
    assert [each.ticket_id for each in desk.letters("progress")] == [1001]


def test_a_ticket_resolved_long_ago_is_reminded_of_before_silence_closes_it(desk: Desk) -> None:
    late = MONDAY + 300 * HOUR
    work(desk, late)
    assert [each.ticket_id for each in desk.letters("confirm-reminder")] == [1002]
    work(desk, late + 48 * HOUR - HOUR / 60)
    assert desk.tickets()[1].status == "resolved"
    work(desk, late + 48 * HOUR)
    assert [each.status for each in desk.tickets()][1:3] == ["closed", "resolved"]


def test_the_walk_over_old_tickets_ends(old: tuple[str, Path]) -> None:
    url, folder = old
    engine = session.engine(url)
    with engine.begin() as connection:
        rows = Old(connection)
        for number in range(2001, 2001 + BATCH):
            rows.ticket(number, "open")
    engine.dispose()
    services = wiring.build(settings_for(folder, url))
    migrations.upgrade(services.engine)
    work(Desk(services), MONDAY + HOUR)
    with services.reading() as rows:
        left = rows.scalar(sa.text("SELECT count(*) FROM appointment WHERE what = 'catch-up'"))
        planned = rows.scalar(sa.text("SELECT count(*) FROM alarm WHERE kind = 'progress'"))
    services.engine.dispose()
    assert (left, planned) == (0, BATCH + 1)


def test_a_new_database_has_nothing_to_catch_up_with(tmp_path: Path) -> None:
    engine = session.engine(f"sqlite:///{tmp_path / 'new.db'}")
    migrations.upgrade(engine)
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM appointment")) == 0
    engine.dispose()


def test_ticket_says_of_its_logs_end_what_the_log_says(desk: Desk) -> None:
    ends = {ticket.id: desk.events(ticket.id)[-1].recorded_at for ticket in desk.tickets()}
    changed = {ticket.id: ticket.changed_at for ticket in desk.tickets()}
    assert changed[1004] == ends[1004] == MONDAY + HOUR
    assert changed[1001] == ends[1001]
