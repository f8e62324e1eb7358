"""A ticket's append-only log, each entry chained to the one before by SHA-256.

The chain covers codes and digests. What somebody wrote stands beside it and can be erased: the chain holds only its
salted digest and stays verifiable.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.domain.lifecycle import Event, EventKind
from gateway.store.models import TicketEvent, table

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
    last = ""
    for expected, row in enumerate(rows, start=1):
        erased = row.words is None
        right_words = erased or row.data.get("words") == _digest_of(row.words or "", row.salt or "")
        chained = _chained(
            last, row.ticket_id, row.seq, row.kind, row.at, row.recorded_at, row.actor, row.data
        )
        if row.seq != expected or row.hash != chained or not right_words:
            return expected
        last = row.hash
    return None


def _insert(session: Session, ticket_id: int, entries: Sequence[Entry], *, recorded_at: datetime, seq: int,
            last: str) -> None:  # fmt: skip
    rows = []
    for entry in entries:
        seq += 1
        salt = secrets.token_hex(16) if entry.words else None
        data = dict(entry.data) | ({"words": _digest_of(entry.words, salt)} if salt else {})
        last = _chained(last, ticket_id, seq, entry.kind, entry.at, recorded_at, entry.actor, data)
        rows.append(
            {"ticket_id": ticket_id, "seq": seq, "kind": entry.kind, "at": entry.at, "recorded_at": recorded_at,
             "actor": entry.actor, "data": data, "words": entry.words or None, "salt": salt, "hash": last}
        )  # fmt: skip
    session.execute(_WRITE, rows)


def _end(session: Session, ticket_id: int) -> tuple[int, str]:
    row = session.execute(_END, {"ticket_id": ticket_id}).one_or_none()
    return (row.seq, row.hash) if row else (0, "")


def _chained(last: str, *parts: object) -> str:
    told = [part.isoformat() if isinstance(part, datetime) else part for part in parts]
    canonical = json.dumps(
        [last, *told], sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str
    )
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def _digest_of(words: str, salt: str) -> str:
    return hashlib.sha256(f"{salt}\n{words}".encode()).hexdigest()
