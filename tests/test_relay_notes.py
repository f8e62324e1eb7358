"""What is known of a letter that has left is noted, whatever else goes wrong: it never leaves again for want of a note."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from jinja2 import DictLoader, Environment

from gateway.relay import Relay
from gateway.store.models import Promise
from gateway.tickets import handling
from tests.builders import PASSED, a_customer, a_mail, an_engineer
from tests.databases import Desk
from tests.letters import LI, entry, forget_leases, put, row, smtp
from tests.sink import Sink
from tests.test_outbox import Faults


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as running:
        yield running


def resolved(desk: Desk) -> int:
    """A resolution's letter that is still to leave; its row."""
    engineer = an_engineer()
    desk.add(a_customer(), engineer)
    desk.walk(a_mail(), authentication=PASSED)
    with desk.services.transaction() as session:
        handling.reply(session, desk.head, 1001, author=engineer, text="It is fast again.",
                       then=handling.Status.RESOLVED, at=desk.clock())  # fmt: skip
    return desk.letters("reply")[0].id


def test_letter_whose_ticket_cannot_be_told_leaves_once(desk: Desk, sink: Sink) -> None:
    letter = resolved(desk)
    wordless = replace(desk.head, environment=Environment(loader=DictLoader({}), autoescape=True))
    relay = replace(desk.relay(smtp(sink.port)), head=wordless)
    sink.always["dot"] = "550 5.1.1 no such user"
    for _ in range(3):
        relay.drain(desk.clock.at + timedelta(seconds=5))
        forget_leases(desk)
        desk.clock.pass_(minutes=10)
    assert (row(desk, letter).state, row(desk, letter).results[LI]) == ("failed", "550 5.1.1 no such user")
    assert [mail.message_id for mail in sink.heard].count(row(desk, letter).message_id) == 1


def test_letter_left_while_the_database_was_away_for_long_is_noted_and_leaves_once(
    desk: Desk, sink: Sink
) -> None:
    (letter,) = put(desk, entry("away", Promise.AT_LEAST_ONCE))
    faults = Faults(desk, after=2, count=12)  # claimed and begun; then nothing for longer than a lease
    relay = Relay(desk.services.sessions, faults.transaction, smtp(sink.port), desk.head, "r", 5, desk.clock,
                  pauses=(0.0,) * 15)  # fmt: skip
    relay.drain(desk.clock.at + timedelta(seconds=5))
    desk.clock.pass_(minutes=10)
    relay.drain(desk.clock.at + timedelta(seconds=5))
    assert (row(desk, letter).state, row(desk, letter).maybe_twice, len(sink.heard)) == ("sent", False, 1)
    assert faults.raised == 12
