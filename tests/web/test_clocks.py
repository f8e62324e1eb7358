"""What a ticket's two clocks say: running, resting and why, met, late, stopped (P1, P11)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gateway.domain import sla
from gateway.domain.counting import Interval, Reason
from gateway.domain.exclusions import Proof
from gateway.domain.lifecycle import Event, EventKind, Status
from gateway.domain.terms import DEFAULT_TERMS, Priority, Target
from gateway.store.models import Ticket
from gateway.store.queries import evidence
from gateway.tickets import excluding, handling
from gateway.tickets.claims import Claim
from tests.web import desk as desks
from tests.web.desk import Desk
from web import clocks
from web.visit import Reader

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Flat(Reader):
    """A reader to whom every instant is its time of day, whatever day it is."""

    def instant(self, at: datetime) -> str:
        return self.clock(at)


READER = Flat("en", "UTC")


def at(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)


def event(kind: EventKind, hours: float, **data: object) -> Event:
    return Event(kind, at(hours), at(hours), "engineer:1", data)


def opened(priority: str = "high") -> Event:
    return event(EventKind.OPENED, 0, priority=priority)


def reply(hours: float, message: int = 1) -> Event:
    return event(EventKind.REPLY, hours, message=message)


def status(hours: float, to: str, cause: str = "by-hand", **more: object) -> Event:
    return event(EventKind.STATUS, hours, to=to, cause=cause, **({"from": "open"} | more))


def excluded(hours: float, start: float, end: float | None, reason: str = "aws") -> Event:
    ends = at(end).isoformat() if end is not None else None
    return event(EventKind.EXCLUDED, hours, id="x1", start=at(start).isoformat(), end=ends, reason=reason,
                 proof={"kind": "case", "reference": "1"})  # fmt: skip


def drawn(*events: Event, now: float, target: Target = Target.RESOLUTION) -> clocks.Due:
    """A High ticket's clock: an hour to the first response, eight to the resolution."""
    return clocks.of_standing(sla.standing([opened(), *events], DEFAULT_TERMS), target, at(now), READER)


def test_running_clock_says_what_is_left() -> None:
    made = drawn(now=2)
    assert (made.state, made.words, made.detail) == ("ok", "6 h left", "Due 20:00.")


@pytest.mark.parametrize(
    ("now", "state"), [(5.9, "ok"), (6, "warm"), (7.2, "hot"), (8, "hot"), (8.1, "late")]
)
def test_running_clock_warms_up_at_the_steps_of_the_ladder(now: float, state: str) -> None:
    assert drawn(now=now).state == state


def test_met_clock_stands_still_ever_after() -> None:
    told = [reply(0.5), status(3, "resolved", "reply", message=1)]
    for now in (3, 9, 900):
        made = drawn(*told, now=now)
        assert (made.state, made.words, made.used) == ("done", "Met in 3 h", 37)


def test_met_clock_tells_counted_time_alone() -> None:
    made = drawn(reply(0.5), excluded(2, 1, 2), status(3, "resolved", "reply", message=1), now=50)
    assert made.words == "Met in 2 h"
    assert made.detail == "Due 21:00, met 15:00. Grey: 1 h not counted."


def test_clock_met_too_late_says_by_how_much_ever_after() -> None:
    told = [reply(0.5), status(10, "resolved", "reply", message=1), status(11, "closed", "confirmed")]
    for now in (11, 300):
        made = drawn(*told, now=now)
        assert (made.state, made.words) == ("late", "2 h late")


def test_lateness_does_not_count_excluded_time() -> None:
    made = drawn(reply(0.5), status(10, "resolved", "reply", message=1), excluded(12, 8.5, 9.5), now=12)
    assert made.words == "1 h late"


def test_clock_of_a_closed_ticket_that_was_never_met_stopped_then() -> None:
    for now in (3, 300):
        made = drawn(reply(0.5), status(2, "closed"), now=now)
        assert (made.state, made.icon, made.words, made.used) == ("rest", "lock", "Stopped", 25)
        assert made.detail == "Due 20:00, not met when the ticket was closed 14:00."


def test_clock_of_a_ticket_closed_too_late_is_late_by_the_closing() -> None:
    for now in (9, 300):
        made = drawn(reply(0.5), status(9, "closed"), now=now)
        assert (made.state, made.words) == ("late", "1 h late")


@pytest.mark.parametrize(
    ("reason", "words"),
    [("aws", "AWS failure"), ("third-party", "Third-party supplier"), ("force-majeure", "Force majeure")],
)
def test_resting_clock_says_why_and_since_when(reason: str, words: str) -> None:
    made = drawn(reply(0.5), excluded(2, 2, None, reason), now=30)
    assert (made.state, made.words) == ("rest", "Paused")
    assert made.detail == f"{words} since 14:00, not counted. Once it ends, 6 h are left."


def test_clock_that_waits_for_the_customer_rests() -> None:
    made = drawn(reply(0.5), status(0.5, "waiting-customer", "reply", message=1), now=30)
    assert made.detail.startswith("Waiting for the customer since 12:30, not counted.")


def test_clock_that_was_late_before_it_rested_is_late() -> None:
    made = drawn(reply(0.5), excluded(9, 9, None), now=30)
    assert made.state == "late"


def test_resting_part_is_drawn_grey_no_further_than_now() -> None:
    (grey,) = drawn(reply(0.5), excluded(2, 2, None), now=4).grey
    assert grey == (25, 25)


# On the queue, from the row.


def row(**changes: object) -> Ticket:
    made = Ticket(
        status="open",
        opened_at=NOON,
        first_response_due_at=at(1),
        resolution_due_at=at(8),
        first_response_at=at(0.5),
    )
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def test_resolved_ticket_says_so_or_how_late() -> None:
    kept = clocks.next_target(row(status="resolved", resolved_at=at(3)), at(99), READER)
    late = clocks.next_target(row(status="closed", resolved_at=at(9)), at(99), READER)
    assert (kept.state, kept.words) == ("done", "Resolved")
    assert (late.state, late.words) == ("late", "1 h late")


def test_ticket_closed_without_a_resolution_does_not_burn_on() -> None:
    made = clocks.next_target(row(status="closed", resolved_at=None), at(99), READER)
    assert (made.state, made.words) == ("rest", "Closed")


def test_row_rests_for_what_rests_and_burns_where_it_was_late_before() -> None:
    resting = clocks.next_target(row(), at(30), READER, Interval(at(2), None, Reason.AWS))
    late = clocks.next_target(row(), at(30), READER, Interval(at(9), None, Reason.AWS))
    assert (resting.state, resting.words, late.state) == ("rest", "Paused", "late")


def test_queue_knows_which_clocks_rest(either_desk: Desk) -> None:
    desk = either_desk
    numbers = [
        desks.open_ticket(desk, f"No {count}", priority=Priority.LOW, at=desks.long_ago(4))
        for count in range(5)
    ]
    _, waiting, struck, lasting, ended = numbers
    author, head = desk.engineer(), desk.services.letterhead
    with desk.changing() as rows:
        for number in (waiting, struck):
            handling.reply(
                rows,
                head,
                number,
                author=author,
                text="Which?",
                then=Status.WAITING_CUSTOMER,
                at=desks.long_ago(3),
            )
        excluding.strike(
            rows, head, struck, author=author, exclusion="w1", words="Known.", at=desks.long_ago(2)
        )
        for number, end in ((lasting, None), (ended, desks.long_ago(1))):
            claim = Claim(Reason.AWS, desks.long_ago(2), end, Proof("case", "1"), "Down.")
            excluding.enter(rows, head, number, author=author, claim=claim, at=desks.long_ago(0.5))
    with desk.reading() as rows:
        found = evidence.resting(rows, rows.query(Ticket).all())
    assert {number: each.reason for number, each in found.items()} == {
        waiting: Reason.CUSTOMER,
        lasting: Reason.AWS,
    }
    assert desk.signed_in().get("/").text.count("Paused") == 2
