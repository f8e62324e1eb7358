"""An account that could not be read for twelve minutes is a ticket about ourselves, one for each outage."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from gateway.aws import freshness
from gateway.store.models import AwsAccount, AwsStream, Direction, Message, Ticket
from tests.aws.accounts import ONE, TWO, an_account, settle_in
from tests.databases import Desk


@pytest.fixture
def watched(desk: Desk) -> Desk:
    settle_in(desk, an_account(ONE), an_account(TWO))
    return desk


def look(desk: Desk, **later: float) -> list[str]:
    """The subjects of all tickets after a look."""
    at = desk.clock.pass_(**later)
    with desk.services.transaction() as session:
        freshness.keep(session, desk.head, "", at)
    return [each.subject for each in desk.tickets()]


def read(desk: Desk, account_id: str) -> None:
    with desk.services.transaction() as session:
        session.execute(
            sa.update(AwsStream).where(AwsStream.account_id == account_id).values(read_at=desk.clock.at)
        )


def test_eleven_minutes_of_silence_are_none(watched: Desk) -> None:
    assert look(watched, minutes=11) == []


def test_outage_of_many_accounts_is_one_ticket(watched: Desk) -> None:
    assert look(watched, minutes=12) == ["2 AWS accounts have not been read for 12 minutes"]
    assert len(look(watched, minutes=5)) == 1


def test_one_silent_account_is_named(watched: Desk) -> None:
    read(watched, TWO)
    watched.clock.pass_(minutes=6)
    read(watched, TWO)
    assert look(watched, minutes=6) == [f"AWS account {ONE} has not been read for 12 minutes"]


def test_next_outage_is_another_ticket(watched: Desk) -> None:
    look(watched, minutes=12)
    read(watched, ONE)
    read(watched, TWO)
    look(watched, minutes=1)
    assert len(look(watched, minutes=12)) == 2


def test_account_that_is_not_to_be_read_is_not_missed(watched: Desk) -> None:
    with watched.services.transaction() as session:
        session.execute(sa.update(AwsAccount).values(state="role-broken"))
    assert look(watched, hours=5) == []


def notes(desk: Desk) -> list[str]:
    with desk.services.reading() as session:
        wanted = sa.select(Message.text).where(Message.direction == Direction.NOTE)
        return list(session.scalars(wanted.order_by(Message.id)))


def test_end_of_an_outage_is_noted_once_when_nothing_of_it_is_left(watched: Desk) -> None:
    look(watched, minutes=12)
    read(watched, ONE)
    look(watched, minutes=1)
    assert notes(watched) == []
    read(watched, TWO)
    read(watched, ONE)
    for _ in range(2):
        look(watched, minutes=1)
    assert notes(watched) == ["Everything is read again; what was missed is read now."]


def test_note_says_where_accounts_are_no_longer_to_be_read(watched: Desk) -> None:
    look(watched, minutes=12)
    with watched.services.transaction() as session:
        session.execute(sa.update(AwsAccount).values(state="role-broken"))
    look(watched, minutes=1)
    assert notes(watched) == ["The accounts concerned are not to be read at present."]


def test_closed_ticket_of_an_outage_stays_as_it_is(watched: Desk) -> None:
    look(watched, minutes=12)
    with watched.services.transaction() as session:
        session.execute(sa.update(Ticket).values(status="closed"))
    read(watched, ONE)
    read(watched, TWO)
    look(watched, minutes=1)
    assert notes(watched) == []
