"""Every alarm and every letter of it exactly once: two clocks at a time, killed workers, an emptied Redis (P4, P5)."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from gateway.domain.lifecycle import EventKind
from gateway.store.models import Contract, Engineer, Outbox, Ticket, TicketEvent
from tests.builders import a_mail, an_engineer
from tests.installation import Installation, installed, kills, until

pytestmark = pytest.mark.timeout(240)
TICKETS = 12
FIRST, WHOLE, PROGRESS = timedelta(seconds=12), timedelta(seconds=24), timedelta(seconds=6)
RUNGS = {(target, percent) for target in ("first-response", "resolution") for percent in (50, 75, 90, 100)}
TERMS = {
    "targets": {
        level: {
            "first_response_minutes": FIRST.total_seconds() / 60,
            "resolution_minutes": WHOLE.total_seconds() / 60,
        }
        for level in ("critical", "high", "medium", "low")
    },
    "progress_minutes": dict.fromkeys(("critical", "high", "medium", "low"), PROGRESS.total_seconds() / 60),
}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def stormed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """Twelve tickets of a hurried contract, left alone for half a minute while processes die."""
    with installed(request.param, request, tmp_path_factory.mktemp("ladder")) as installation:
        with installation.services.transaction() as session:
            session.execute(sa.update(Contract).values(terms=TERMS))
            session.add_all([an_engineer("Guo Ping", role="lead"), an_engineer("Wu Lan", role="manager")])
        with contextlib.ExitStack() as stack:
            stack.enter_context(installation.beside("clock"))
            stack.enter_context(installation.beside("worker", "mail"))
            for number in range(TICKETS):
                sender = f"user{number}@harbour.example"
                raw = a_mail(
                    f"Request number {number}.\n", sender=sender, message_id=f"f{number}@harbour.example"
                )
                assert installation.send(raw, reverse_path=sender) == 250
            until(lambda: installation.count(Ticket) == TICKETS, 30, installation)
            _storm(installation)
        until(lambda: len(alarms(installation)) >= TICKETS * len(RUNGS), 60, installation)
        until(lambda: installation.unsent() == 0, 60, installation)
        yield installation


def _storm(installation: Installation) -> None:
    """Kill a clock or a worker, or empty Redis, every second or so, until the last target was due."""
    ends = time.monotonic() + WHOLE.total_seconds() + 6
    for name in kills(3, ("clock", "mail", "redis-content"), 100):
        if time.monotonic() > ends:
            return
        if name == "redis-content":
            with contextlib.suppress(Exception):
                installation.services.connect().flushall()
        else:
            installation.signal(name, signal.SIGKILL)
        threading.Event().wait(1.1)


def alarms(installation: Installation) -> list[tuple[int, str, int]]:
    return [
        (row.ticket_id, str(row.data["target"]), int(str(row.data["percent"])))
        for row in events(installation, EventKind.ALARM)
    ]


def events(installation: Installation, kind: EventKind) -> list[TicketEvent]:
    with installation.services.reading() as session:
        wanted = sa.select(TicketEvent).where(TicketEvent.kind == kind).order_by(TicketEvent.id)
        return list(session.scalars(wanted))


def test_each_rung_of_each_ticket_has_spoken_exactly_once(stormed: Installation) -> None:
    counted = Counter(alarms(stormed))
    assert set(counted.values()) == {1}
    assert {(target, percent) for _, target, percent in counted} == RUNGS
    assert len(counted) == TICKETS * len(RUNGS)


def test_each_engineer_told_has_exactly_one_letter_of_each_rung(stormed: Installation) -> None:
    told = [
        (row.ticket_id, engineer) for row in events(stormed, EventKind.ALARM) for engineer in row.data["told"]
    ]  # type: ignore[attr-defined]
    assert told
    with stormed.services.reading() as session:
        wanted = sa.select(sa.func.count()).select_from(Outbox).where(Outbox.letter == "engineer-alarm")
        alone = session.scalar(wanted.where(Outbox.occasion.startswith("alarm:")))
    assert alone == len(told)


def test_no_letter_was_heard_twice_by_the_next_server(stormed: Installation) -> None:
    heard = Counter(mail.message_id for mail in stormed.sink.heard)
    assert set(heard.values()) == {1}


def test_progress_is_reported_once_a_period(stormed: Installation) -> None:
    by_ticket: dict[int, list[datetime]] = {}
    for row in events(stormed, EventKind.PROGRESS):
        by_ticket.setdefault(row.ticket_id, []).append(row.at)
    assert len(by_ticket) == TICKETS
    for reported in by_ticket.values():
        apart = [later - earlier for earlier, later in zip(reported, reported[1:], strict=False)]
        assert all(each >= PROGRESS for each in apart), reported


def test_no_alarm_was_later_than_thirty_five_seconds(stormed: Installation) -> None:
    late = [row.recorded_at - row.at for row in events(stormed, EventKind.ALARM)]
    assert max(late) <= timedelta(seconds=35)


def test_there_were_people_to_tell(stormed: Installation) -> None:
    with stormed.services.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Engineer)) == 3
