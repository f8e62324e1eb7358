"""Rows of outgoing mail: written once for each occasion, due at their time, counted for the brakes."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from gateway.store import outbox
from gateway.store.models import Outbox, Promise
from gateway.store.queries import due
from tests.databases import MONDAY, Desk
from tests.letters import LI, entry, put, row


def claim(desk: Desk, *, limit: int = 10, owner: str = "a") -> list[outbox.Claimed]:
    with desk.services.transaction() as session:
        return outbox.claim(session, owner=owner, at=desk.clock(), limit=limit, per_destination=5)


def test_letter_is_written_once_for_each_occasion(desk: Desk) -> None:
    with desk.services.transaction() as session:
        first = outbox.put(session, entry("same"), MONDAY)
        assert first is not None
        assert outbox.put(session, entry("same", body="other words"), MONDAY) is None
    assert [letter.id for letter in desk.letters()] == [first]


def test_letter_put_in_a_transaction_that_fails_does_not_exist(desk: Desk) -> None:
    with pytest.raises(RuntimeError), desk.services.transaction() as session:
        outbox.put(session, entry("lost"), MONDAY)
        raise RuntimeError
    assert desk.letters() == []


def test_delayed_letter_is_not_claimed_before_its_time(desk: Desk) -> None:
    with desk.services.transaction() as session:
        outbox.put(session, entry("later"), MONDAY, delay=timedelta(seconds=30))
    desk.clock.pass_(seconds=29)
    assert claim(desk) == []
    desk.clock.pass_(seconds=1)
    assert [each.message_id for each in claim(desk)] == ["later@desk.example"]


def test_due_letter_rings_its_queue_and_a_held_one_does_not(desk: Desk) -> None:
    put(desk, entry("due"))
    with desk.services.reading() as session:
        assert due.due_queues(session, MONDAY)["out"] == 1
    claim(desk)
    with desk.services.reading() as session:
        assert due.due_queues(session, MONDAY)["out"] == 0


def test_claimed_letter_carries_bytes_and_message_identifier_of_its_row(desk: Desk) -> None:
    (number,) = put(desk, entry("exact", Promise.AT_LEAST_ONCE))
    (claimed,) = claim(desk)
    letter = row(desk, number)
    assert (claimed.content, claimed.message_id) == (letter.content, letter.message_id)
    assert (claimed.promise, claimed.attempts, claimed.fence) == (Promise.AT_LEAST_ONCE, 1, 1)
    assert claimed.expires_at == MONDAY + timedelta(days=5)


@pytest.mark.parametrize("state", ["sent", "uncertain", "failed", "cancelled", "kept"])
def test_decided_letter_is_never_claimed(desk: Desk, state: str) -> None:
    put(desk, entry("done"))
    with desk.services.transaction() as session:
        session.execute(sa.update(Outbox).values(state=state))
    desk.clock.pass_(days=30)
    assert claim(desk) == []


def test_letters_leave_in_the_order_in_which_they_are_due(desk: Desk) -> None:
    numbers = put(desk, *(entry(f"n{number}") for number in range(4)))
    assert [each.id for each in claim(desk, limit=2)] == numbers[:2]
    assert [each.id for each in claim(desk, limit=2, owner="b")] == numbers[2:]


def test_letters_to_an_address_are_counted_in_any_letter_case(desk: Desk) -> None:
    put(
        desk,
        entry("one", letter="acknowledgement"),
        entry("two", letter="acknowledgement", to=("LI@Harbour.example",)),
    )
    put(desk, entry("three", letter="status"))
    with desk.services.reading() as session:
        since = MONDAY - timedelta(hours=1)
        assert outbox.recent(session, "acknowledgement", LI.upper(), since) == 2
        assert outbox.recent(session, "acknowledgement", LI, MONDAY) == 0
