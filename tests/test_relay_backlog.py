"""The alarm for mail that does not leave: one ticket for each outage, gone when letters leave again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.appointments import Appointments
from gateway.store import outbox
from gateway.store.queries import figures, waiting
from gateway.tickets import backlog
from tests.builders import an_engineer
from tests.databases import MONDAY, Desk
from tests.letters import drain, entry, put, smtp
from tests.sink import Sink

PATIENCE = timedelta(minutes=15)


@pytest.fixture
def sinkless(desk: Desk) -> Desk:
    """A desk whose next server is gone, watched."""
    desk.add(an_engineer(role="manager"))
    with desk.services.transaction() as session:
        backlog.watch(session, desk.clock())
    return desk


def gone() -> object:
    with Sink() as sink:
        port = sink.port
    return smtp(port)


def look(desk: Desk, **length: float) -> None:
    """Keep what is due, minute by minute, while time passes."""
    end = desk.clock.at + timedelta(**length)
    kept = Appointments(
        desk.services.transaction, desk.head, "w", desk.clock, {backlog.APPOINTMENT: backlog.keep}
    )
    while desk.clock.at < end:
        desk.clock.pass_(minutes=1)
        kept.drain(desk.clock.at + timedelta(seconds=5))


def test_letters_that_no_server_takes_become_one_critical_ticket_about_ourselves(sinkless: Desk) -> None:
    put(sinkless, entry("first"), entry("second"))
    drain(sinkless, gone())
    look(sinkless, minutes=14)
    assert sinkless.tickets() == []

    look(sinkless, minutes=46)

    (ticket,) = sinkless.tickets()
    assert (ticket.priority, ticket.origin, ticket.customer_id) == ("critical", "ourselves", None)
    assert ticket.opened_at == MONDAY + PATIENCE
    assert "2 letters wait" in sinkless.messages(ticket.id)[0].text
    assert "refused" in sinkless.messages(ticket.id)[0].text.lower()


def test_ticket_is_closed_by_itself_when_letters_leave_again(sinkless: Desk) -> None:
    put(sinkless, entry("first"))
    drain(sinkless, gone())
    look(sinkless, minutes=20)
    with Sink() as sink:
        drain(sinkless, smtp(sink.port))
    look(sinkless, minutes=2)

    (ticket,) = sinkless.tickets()
    closing = sinkless.events(ticket.id)[-1]
    assert (ticket.status, closing.actor, closing.data["cause"]) == ("closed", "system", "over")


def test_next_outage_opens_a_ticket_of_its_own(sinkless: Desk) -> None:
    put(sinkless, entry("first"))
    drain(sinkless, gone())
    look(sinkless, minutes=20)
    with Sink() as sink:
        sinkless.clock.pass_(minutes=10)
        drain(sinkless, smtp(sink.port))
    look(sinkless, minutes=20)
    put(sinkless, entry("second"))
    drain(sinkless, gone())
    look(sinkless, minutes=20)
    assert [ticket.status for ticket in sinkless.tickets()] == ["closed", "new"]


def test_letters_that_nobody_even_tries_to_send_are_noticed(sinkless: Desk) -> None:
    put(sinkless, entry("first"))
    look(sinkless, minutes=16)
    assert len(sinkless.tickets()) == 1


def test_full_mailbox_is_no_outage(sinkless: Desk) -> None:
    put(sinkless, entry("first"), entry("second"))
    with Sink() as sink:
        sink.always["rcpt"] = "452 4.2.2 mailbox full"
        drain(sinkless, smtp(sink.port))
    look(sinkless, minutes=60)
    assert sinkless.tickets() == []


def test_server_that_defers_everybody_is_an_outage(sinkless: Desk) -> None:
    put(sinkless, entry("first"), entry("second", to=("wu@other.example",)))
    with Sink() as sink:
        sink.always["mail"] = "452 4.3.1 no room"
        drain(sinkless, smtp(sink.port))
    look(sinkless, minutes=20)
    assert "452 4.3.1 no room" in sinkless.messages(sinkless.tickets()[0].id)[0].text


def test_letter_that_waits_while_others_leave_is_no_outage(sinkless: Desk) -> None:
    put(sinkless, entry("first"))
    drain(sinkless, gone())
    for number in range(4):
        sinkless.clock.pass_(minutes=4)
        put(sinkless, entry(f"other-{number}", to=("wu@other.example",)))
        with sinkless.services.transaction() as session:
            claimed = outbox.claim(session, owner="t", at=sinkless.clock(), limit=9, per_destination=5)
            (taken,) = [each for each in claimed if each.destination == "other.example"]
            outbox.ended(
                session, taken, sinkless.clock(), results={"wu@other.example": "250 ok"}, reply="250 ok"
            )
    with sinkless.services.reading() as session:
        assert waiting.stuck(session, sinkless.clock(), PATIENCE) is None


def test_figures_tell_the_age_of_the_oldest_letter_deferred_ones_included(sinkless: Desk) -> None:
    put(sinkless, entry("first"))
    drain(sinkless, gone())
    sinkless.clock.pass_(minutes=3)
    with sinkless.services.reading() as session:
        assert figures.now(session, sinkless.clock()).oldest_letter == 180


def test_letter_that_may_still_be_undone_does_not_wait_yet(desk: Desk) -> None:
    with desk.services.transaction() as session:
        outbox.put(session, entry("undo"), desk.clock(), delay=timedelta(hours=2))
    with desk.services.reading() as session:
        assert figures.now(session, MONDAY + timedelta(hours=1)).oldest_letter == 0
        assert waiting.stuck(session, MONDAY + timedelta(hours=1), PATIENCE) is None
