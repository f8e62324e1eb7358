"""A ticket's append-only log, each entry chained to the one before by SHA-256 (`chain` says how)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.domain.lifecycle import Event, EventKind
from gateway.store.models import TicketEvent, table
from gateway.store.session import want_tell
from gateway.tickets import chain

_entries = table(TicketEvent).c
_WRITE: Final = table(TicketEvent).insert()
_READ: Final = (
    sa.select(_entries.kind, _entries.at, _entries.recorded_at, _entries.actor, _entries.data)
    .where(_entries.ticket_id == sa.bindparam("ticket_id"))
    .order_by(_entries.seq)
)
_END: Final = (
    sa.select(_entries.seq, _entries.hash)
    .where(_entries.ticket_id == sa.bindparam("ticket_id"))
    .order_by(_entries.seq.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be logged. `words` is what somebody wrote, erasable later."""

    kind: EventKind
    at: datetime
    actor: str
    data: Mapping[str, object] = field(default_factory=dict)
    words: str = ""


def append(session: Session, ticket_id: int, entries: Sequence[Entry], *, recorded_at: datetime) -> None:
    """Add entries to the end of a ticket's log. The caller holds the ticket's row."""
    if not entries:
        return
    seq, last = _end(session, ticket_id)
    _insert(session, ticket_id, entries, recorded_at=recorded_at, seq=seq, last=last)


def begin(session: Session, ticket_id: int, entries: Sequence[Entry], *, recorded_at: datetime) -> None:
    """Write the first entries of a new ticket's log."""
    _insert(session, ticket_id, entries, recorded_at=recorded_at, seq=0, last="")


def events(session: Session, ticket_id: int) -> list[Event]:
    """The whole log, oldest first."""
    rows = session.execute(_READ, {"ticket_id": ticket_id})
    return [Event(EventKind(row.kind), row.at, row.recorded_at, row.actor, row.data) for row in rows]


def as_events(entries: Sequence[Entry], recorded_at: datetime) -> list[Event]:
    """Entries as the log will hold them."""
    return [Event(each.kind, each.at, recorded_at, each.actor, each.data) for each in entries]


def broken_link(rows: Sequence[TicketEvent]) -> int | None:
    """The sequence number of the first entry whose chain does not hold, or None where all hold."""
    walk = chain.Walk()
    for expected, row in enumerate(rows, start=1):
        if walk.follow(row):
            return expected
    return walk.seq + 1 if walk.more else None


def _insert(session: Session, ticket_id: int, entries: Sequence[Entry], *, recorded_at: datetime, seq: int,
            last: str) -> None:  # fmt: skip
    rows = []
    for index, entry in enumerate(entries, start=1):
        seq += 1
        salt = secrets.token_hex(16) if entry.words else None
        data = dict(entry.data) | ({"words": chain.digest(entry.words, salt)} if salt else {})
        told = (ticket_id, seq, entry.kind, entry.at, recorded_at, entry.actor, data)
        last = chain.chained(last, *told, more=index < len(entries))
        rows.append(
            {"ticket_id": ticket_id, "seq": seq, "kind": entry.kind, "at": entry.at, "recorded_at": recorded_at,
             "actor": entry.actor, "data": data, "words": entry.words or None, "salt": salt, "hash": last}
        )  # fmt: skip
    session.execute(_WRITE, rows)
    want_tell(session, ticket_id)


def _end(session: Session, ticket_id: int) -> tuple[int, str]:
    row = session.execute(_END, {"ticket_id": ticket_id}).one_or_none()
    return (row.seq, row.hash) if row else (0, "")
