"""Outgoing letters for tests of what sends them: rows put as verbs put them, and looks at what became of them."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from gateway.relay import Relay
from gateway.store import outbox
from gateway.store.models import Outbox, Promise
from gateway.store.outbox import Entry
from gateway.transport import Relay as NextServer
from gateway.transport import Smtp
from tests.databases import Desk

LI = "li@harbour.example"


def entry(name: str, promise: Promise = Promise.AT_MOST_ONCE, *, to: tuple[str, ...] = (LI,),
          ticket_id: int | None = None, letter: str = "reply", body: str = "") -> Entry:  # fmt: skip
    """A letter; its Message-ID and its occasion follow from its name."""
    content = (
        f"From: Support <support@desk.example>\r\nTo: {', '.join(to)}\r\nSubject: {name}\r\n"
        f"Message-ID: <{name}@desk.example>\r\n\r\n{body or name}\r\n.\r\n..two dots\r\n"
    )
    return Entry(letter, f"test:{name}", promise, f"{name}@desk.example", to, name, content.encode(),
                 "support@desk.example", ticket_id)  # fmt: skip


def put(desk: Desk, *entries: Entry) -> list[int]:
    """Put letters now; their rows' ids."""
    with desk.services.transaction() as session:
        made = [outbox.put(session, each, desk.clock()) for each in entries]
    assert all(made)
    return [each for each in made if each is not None]


def row(desk: Desk, outbox_id: int) -> Outbox:
    """The row as it stands."""
    with desk.services.reading() as session:
        return session.get_one(Outbox, outbox_id)


def smtp(port: int, **how: object) -> Smtp:
    """A transport to a sink."""
    settled = {"host": "127.0.0.1", "secure": False, "helo": "desk.example", "plain": True} | how
    return Smtp(NextServer(port=port, **settled))  # type: ignore[arg-type]


def drain(desk: Desk, transport: object) -> None:
    """Send what is due."""
    relay: Relay = desk.relay(transport)
    while relay.drain(desk.clock.at + outbox.LIFETIME):
        pass


def forget_leases(desk: Desk) -> None:
    """Let every lease end now, as if the time of a dead process were over."""
    with desk.services.transaction() as session:
        past = datetime(2020, 1, 1, tzinfo=desk.clock.at.tzinfo)
        session.execute(sa.update(Outbox).where(Outbox.lease_until.is_not(None)).values(lease_until=past))
