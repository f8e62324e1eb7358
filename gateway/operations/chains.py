"""Every ticket's log verified: entries changed, exchanged or missing, in the middle and at the end.

The log is read in pages, a short transaction each, so that neither memory nor a lock grows with it. Whoever may write
the whole database can also write a whole new chain: this finds what was changed by other ways than the verbs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from gateway.store.models import Ticket, TicketEvent, table
from gateway.store.session import SessionFactory, reading
from gateway.tickets.chain import Fault, Walk

_PAGE: Final = 1000
_entries, _tickets = table(TicketEvent).c, table(Ticket).c
_PLACE: Final = sa.tuple_(_entries.ticket_id, _entries.seq)
_READ: Final = (
    sa.select(_entries.ticket_id, _entries.seq, _entries.kind, _entries.at, _entries.recorded_at, _entries.actor,
              _entries.data, _entries.words, _entries.salt, _entries.hash)
    .order_by(_entries.ticket_id, _entries.seq)
)  # fmt: skip
_LAST: Final = (
    sa.select(_entries.recorded_at)
    .where(_entries.ticket_id == _tickets.id)
    .order_by(_entries.seq.desc())
    .limit(1)
    .correlate(table(Ticket))
    .scalar_subquery()
)
_LAST_SEQ: Final = (
    sa.select(sa.func.max(_entries.seq))
    .where(_entries.ticket_id == _tickets.id)
    .correlate(table(Ticket))
    .scalar_subquery()
)
_CUT_SHORT: Final = sa.select(
    _tickets.id, _tickets.changed_at, _LAST_SEQ.label("seq"), _LAST.label("last")
).where(sa.or_(_LAST.is_(None), _tickets.changed_at != _LAST))
_ABANDONED: Final = (
    sa.select(_entries.ticket_id)
    .where(_entries.seq == 1, ~sa.exists().where(_tickets.id == _entries.ticket_id))
    .order_by(_entries.ticket_id)
)
_SAID: Final = {
    Fault.MISSING: "an entry before this one is missing",
    Fault.CHANGED: "this entry was changed",
    Fault.WORDS: "the words of this entry were exchanged",
}


@dataclass(frozen=True, slots=True)
class Break:
    """A place where a chain does not hold. Shape: `entry` is the number of the entry on its ticket."""

    ticket_id: int
    entry: int
    what: str


@dataclass(slots=True)
class Tally:
    """How much was looked at."""

    tickets: int = 0
    entries: int = 0


def breaks(sessions: SessionFactory, tally: Tally) -> Iterator[Break]:
    """Every place where a chain does not hold, ticket by ticket; then the logs that were cut short.

    The tally grows while this is read.
    """
    ticket_id, walk = 0, Walk()
    for row in _rows(sessions):
        if row.ticket_id != ticket_id:
            yield from _unfinished(ticket_id, walk)
            ticket_id, walk = row.ticket_id, Walk()
            tally.tickets += 1
        tally.entries += 1
        if fault := walk.follow(row):
            yield Break(ticket_id, row.seq, _SAID[fault])
    yield from _unfinished(ticket_id, walk)
    yield from _cut_short(sessions)


def _unfinished(ticket_id: int, walk: Walk) -> Iterator[Break]:
    if walk.more:
        yield Break(ticket_id, walk.seq + 1, "the log ends within a change")


def _rows(sessions: SessionFactory) -> Iterator[Any]:
    place = (0, 0)
    while True:
        with reading(sessions) as session:
            page = session.execute(
                _READ.where(sa.tuple_(*map(sa.literal, place)) < _PLACE).limit(_PAGE)
            ).all()
        yield from page
        if len(page) < _PAGE:
            return
        place = (page[-1].ticket_id, page[-1].seq)


def _cut_short(sessions: SessionFactory) -> Iterator[Break]:
    """Tickets whose row knows of a later change than their log, page by page; and logs without a ticket."""
    after = 0
    while True:
        with reading(sessions) as session:
            page = session.execute(
                _CUT_SHORT.where(_tickets.id > after).order_by(_tickets.id).limit(_PAGE)
            ).all()
        yield from map(_at_the_end, page)
        if len(page) < _PAGE:
            break
        after = page[-1].id
    with reading(sessions) as session:
        abandoned = session.scalars(_ABANDONED.limit(_PAGE)).all()
    for ticket_id in abandoned:
        yield Break(ticket_id, 1, "the log has lost its ticket")


def _at_the_end(row: Any) -> Break:
    if row.last is None:
        return Break(row.id, 1, "the ticket has no log")
    if row.last > row.changed_at:
        return Break(row.id, row.seq, "the ticket knows of no change at this entry")
    return Break(row.id, row.seq + 1, "the log ends before the ticket's last change")
