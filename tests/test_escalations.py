"""Alarms of targets: told to whom they concern, each on its own (P5)."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from gateway.escalations import Alarms
from gateway.store.models import Alarm, Contract
from tests.builders import a_customer, a_mail, an_engineer
from tests.databases import Desk


def test_alarm_that_cannot_be_told_silences_no_other(desk: Desk) -> None:
    desk.add(a_customer(), an_engineer(role="lead"))
    desk.walk(a_mail())
    desk.walk(a_mail(sender="wu@else.example"))
    with desk.services.transaction() as session:
        session.execute(sa.update(Contract).values(terms={"unreadable": True}))
        desk.clock.at = session.execute(sa.select(sa.func.min(Alarm.due_at))).scalar_one()

    Alarms(desk.services.transaction, desk.head, "test", desk.clock).drain(
        desk.clock.at + timedelta(seconds=5)
    )

    assert [letter.ticket_id for letter in desk.letters("engineer-alarm")] == [1002]
