"""Verbs and appointments lock in one order, so that neither waits for the other for ever."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa

from gateway import services as wiring
from gateway.appointments import Appointments
from gateway.domain.counting import Reason
from gateway.domain.exclusions import Proof
from gateway.tickets import contesting, excluding
from gateway.tickets.changes import locked
from gateway.tickets.claims import Claim, ProofKind
from tests.builders import a_customer, a_mail, an_engineer
from tests.databases import MONDAY, Desk


def somebody_waits(desk: Desk) -> None:
    """Until another transaction waits for a lock; on SQLite writers wait before they begin."""
    if desk.services.engine.dialect.name == "sqlite":
        return
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with desk.services.engine.connect() as connection:
            if connection.scalar(sa.text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                                         " AND datname = current_database()")):  # fmt: skip
                return
    raise AssertionError("nobody waited")


def test_manager_decides_while_management_is_being_told_again(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    manager = an_engineer("Wu Lan", role="manager")
    desk.add(a_customer(), manager)
    desk.walk(a_mail())
    end = desk.clock.pass_(hours=1)
    claim = Claim(Reason.AWS, MONDAY, end, Proof(ProofKind.DOCUMENT, "status page"), "AWS was down.")
    with desk.services.transaction() as session:
        excluding.enter(session, desk.head, 1001, author=manager, claim=claim, at=end)
        contesting.contest(session, desk.head, 1001, exclusion="x1", words="It was not.", at=end)
    at = desk.clock.pass_(hours=25)
    keeping = Appointments(desk.services.transaction, desk.head, "desk", desk.clock, wiring.KEPT)
    worker = threading.Thread(target=keeping.drain, args=(at + timedelta(seconds=5),))
    with desk.services.transaction() as session:
        locked(session, 1001)
        worker.start()
        somebody_waits(desk)
        contesting.uphold(
            session, desk.head, 1001, author=manager, exclusion="x1", words="It was, see there.", at=at
        )
    worker.join(timeout=30)
    assert not worker.is_alive()
    assert [each.message for each in caplog.records if each.levelname == "ERROR"] == []
    assert [each.kind for each in desk.events(1001)][-1] == "exclusion-upheld"
    assert len(desk.letters("engineer-contested")) == 1
