"""Rounds of the probe over real sockets, and how they come into the ledger."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway import clock
from gateway.domain.availability import MINUTE, Component, Stretch, minute_of
from gateway.inbound.receive import Arrival, Recipient
from gateway.mail import address
from gateway.operations import probing
from gateway.operations.prober import Prober, Wiring
from gateway.operations.probing import Round, Target, Unseen
from gateway.store import availability, deliveries
from gateway.store.probes import Fate
from tests.availability.test_probe_mail import fate, send_all
from tests.databases import MONDAY, SECRET, SUPPORT, Desk
from tests.smtp_door import RunningDoor, Store

PARTS = (Component.MAIL_IN, Component.WORKERS, Component.MAIL_OUT, Component.WEB)


class Shelf(Store):
    """Stores what the door takes in the desk's database."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk

    def commit_batch(self, batch: Sequence[Arrival]) -> list[str]:
        with self._desk.services.transaction() as session:
            return deliveries.accept(session, self._desk.services.blobs, batch)


def ours(written: str) -> Recipient:
    return Recipient.OURS if address.split_subaddress(written)[0].lower() == SUPPORT else Recipient.UNKNOWN


@contextmanager
def web(status: int = 200) -> Iterator[str]:
    """A web that answers everything alike; its address."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def door(desk: Desk) -> Iterator[str]:
    """The real door of a desk; its address."""
    with RunningDoor(store=Shelf(desk), recipients=ours) as running:
        host, port = running.bound["smtp"]
        yield f"{host}:{port}"


def once(smtp: str, url: str, look: probing.Look, seconds: float = 0.0) -> Round:
    target = Target(smtp, url, SUPPORT, SECRET)
    return probing.probe(
        target, MONDAY, look, seconds=max(seconds, 5.0) if seconds else 0.01, monotonic=time.monotonic
    )


def states(found: Round) -> dict[str, bool]:
    return {str(each): up for each, up in found.states.items()}


def test_probe_goes_through_the_real_door_is_judged_and_leaves_again(desk: Desk) -> None:
    def look(key: str) -> Fate:
        desk.clock.at = clock.now()  # as the door's
        desk.file()
        send_all(desk)
        return fate(desk, key)

    with door(desk) as smtp, web() as url:
        target = Target(smtp, url, SUPPORT, SECRET)
        minute = minute_of(clock.now())
        found = probing.probe(target, minute, look, seconds=30, monotonic=time.monotonic)
    assert found.up and all(found.states[each] for each in PARTS)
    assert desk.tickets() == []


@pytest.mark.parametrize(("told", "expected"), [
    (Fate.UNSEEN, {"mail-in": True, "web": True, "workers": False, "platform": False}),
    (Fate.JUDGED, {"mail-in": True, "web": True, "workers": True, "mail-out": False, "platform": False}),
    (Fate.KEPT, {"mail-in": True, "web": True, "workers": True, "platform": True}),
    (Fate.LEFT, {"mail-in": True, "web": True, "workers": True, "mail-out": True, "platform": True}),
])  # fmt: skip
def test_each_link_of_the_chain_is_told_apart(told: Fate, expected: dict[str, bool]) -> None:
    with RunningDoor(recipients=ours) as running, web() as url:
        host, port = running.bound["smtp"]
        target = Target(f"{host}:{port}", url, SUPPORT, SECRET)
        ticks = iter([0.0, 0.0, 100.0, 100.0])
        found = probing.probe(target, MONDAY, lambda _: told, seconds=75, monotonic=lambda: next(ticks))
    assert states(found) == expected


def test_door_that_does_not_answer_is_down_and_nothing_behind_it_is_measured() -> None:
    with web() as url:
        found = once("127.0.0.1:1", url, lambda _: Fate.LEFT, seconds=30)
    assert states(found) == {"mail-in": False, "web": True, "platform": False}
    assert "Refused" in found.faults[Component.MAIL_IN]


def test_web_that_cannot_serve_is_down() -> None:
    with RunningDoor(recipients=ours) as running, web(503) as url:
        host, port = running.bound["smtp"]
        found = once(f"{host}:{port}", url, lambda _: Fate.LEFT, seconds=30)
    assert (found.states[Component.WEB], found.states[Component.MAIL_OUT], found.up) == (False, True, False)


def wiring(desk: Desk, owner: str = "one", **changes: object) -> Wiring:
    told: dict[str, object] = {
        "target": Target("127.0.0.1:1", "http://127.0.0.1:1", SUPPORT, SECRET), "sessions": desk.services.sessions,
        "transaction": desk.services.transaction, "reading": desk.services.reading, "owner": owner, "now": desk.clock,
        "monotonic": time.monotonic,
    }  # fmt: skip
    return Wiring(**(told | changes))  # type: ignore[arg-type]


def whole(desk: Desk) -> list[Stretch]:
    with desk.services.reading() as session:
        return availability.stretches(session, MONDAY - MINUTE)[Component.PLATFORM]


def test_minute_that_was_down_is_entered(desk: Desk) -> None:
    Prober(wiring(desk)).round(MONDAY, threading.Event())
    assert whole(desk) == [Stretch(MONDAY, MONDAY + MINUTE, False)]


def test_minutes_measured_while_the_database_was_away_are_entered_once_it_is_back(desk: Desk) -> None:
    away = [True]

    @contextmanager
    def transaction() -> Iterator[Session]:
        if away[0]:
            raise sa.exc.OperationalError("BEGIN", {}, Exception("away"))
        with desk.services.transaction() as session:
            yield session

    prober = Prober(wiring(desk, transaction=transaction))
    prober.round(MONDAY, threading.Event())
    assert whole(desk) == []
    away[0] = False
    desk.clock.pass_(minutes=1)
    prober.round(MONDAY + MINUTE, threading.Event())
    assert whole(desk) == [Stretch(MONDAY, MONDAY + 2 * MINUTE, False)]


def test_what_ends_with_its_process_is_unmeasured_and_not_down(desk: Desk) -> None:
    stop = threading.Event()
    stop.set()
    Prober(wiring(desk)).round(MONDAY, stop)
    assert whole(desk) == []


def test_one_prober_measures_at_a_time(desk: Desk) -> None:
    first, second = Prober(wiring(desk)), Prober(wiring(desk, "two"))
    assert [first.leads(), second.leads(), first.leads()] == [True, False, True]


def test_the_one_that_measured_goes_on_while_the_database_is_away(desk: Desk) -> None:
    prober = Prober(wiring(desk))
    assert prober.leads()
    desk.services.engine.dispose()
    desk.services.sessions.configure(bind=sa.create_engine("sqlite:////nowhere/at/all.db"))
    assert prober.leads()


def test_a_fate_that_cannot_be_seen_is_not_seen_yet() -> None:
    def look(_: str) -> Fate:
        raise Unseen

    with RunningDoor(recipients=ours) as running, web() as url:
        host, port = running.bound["smtp"]
        found = once(f"{host}:{port}", url, look)
    assert found.states.get(Component.WORKERS, False) is False and not found.up
