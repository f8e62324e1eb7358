"""Which tickets, deliveries and letters are waiting: the lists that people page through.

Every list is paged by keyset, so that a page neither repeats nor skips a row while rows come and go.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, func, literal, not_, select, text, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session, defer, joinedload

from gateway.domain import tokens
from gateway.store import search
from gateway.store.models import (
    AwsWrite,
    Delivery,
    DeliveryState,
    Message,
    Outbox,
    OutboxState,
    Ticket,
    WriteState,
)
from gateway.store.models.ticket import LIVE_STATUSES, PROPOSED, UNREGISTERED
from gateway.store.queries import evidence

LIVE: Final = "live"
ALL: Final = "all"
WAITING_LETTERS: Final = (
    OutboxState.FAILED,
    OutboxState.UNCERTAIN,
    OutboxState.PENDING,
    OutboxState.SENDING,
    OutboxState.KEPT,
)

FOR_A_PERSON: Final = (WriteState.ASKED, WriteState.FAILED)
"""Writes to AWS that nothing but a person moves."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
CURSOR: Final = re.compile(r"[0-9]{1,17}\.[0-9]{1,17}")  # microseconds below the year 5139, and a key
MOST_COUNTED: Final = 1000
"""How far tickets are counted for a heading; of more there are just "more"."""
_Row = TypeVar("_Row")
_BESIDE: Final = (
    joinedload(Ticket.customer),
    joinedload(Ticket.assignee),
    joinedload(Ticket.contract),
    defer(Ticket.priority_evidence),
)


class BadCursor(ValueError):
    """A cursor that no list of ours has handed out."""


@dataclass(frozen=True, slots=True)
class TicketFilter:
    """Which tickets are asked for.

    Shape: `status` is a status, `LIVE` (neither resolved nor closed) or `ALL`; `assignee_id` 0 means nobody;
    `queue` is "main", "unregistered" or "" for both; `words` is what was typed into the search field, as in
    `domain/tokens`; `awaited` asks for those alone on which AWS awaits an answer.
    """

    status: str = LIVE
    priority: str = ""
    customer_id: int | None = None
    assignee_id: int | None = None
    queue: str = ""
    words: str = ""
    awaited: bool = False

    @property
    def burning(self) -> bool:
        """Whether what burns first stands first; whoever searches wants the newest first."""
        return self.status == LIVE and not self.words.strip()


@dataclass(frozen=True, slots=True)
class Page(Generic[_Row]):
    """One page of a list; `cursor` opens the next one and is empty on the last."""

    rows: Sequence[_Row]
    cursor: str = ""


def tickets(session: Session, wanted: TicketFilter, *, cursor: str = "", limit: int = 50) -> Page[Ticket]:
    """The tickets asked for with customer and assignee: what burns first, or the newest first.

    Errors: BadCursor.
    """
    found = _matching(session, select(Ticket), wanted).options(*_BESIDE)
    if cursor:
        found = found.where(_beyond(session, wanted, cursor))
    order = (Ticket.next_due_at, Ticket.id) if wanted.burning else (_number(session, wanted).desc(),)
    rows = session.scalars(found.order_by(*order).limit(limit + 1)).all()
    return _page(rows, limit, lambda row: row.next_due_at)


def named(session: Session, ids: Collection[int]) -> Sequence[Ticket]:
    """The tickets of these numbers with customer and assignee, as far as they exist."""
    found = select(Ticket).where(Ticket.id.in_(ids)).options(*_BESIDE)
    return session.scalars(found).all()


def among(
    session: Session, wanted: TicketFilter, ids: Collection[int], *, after: str = "", until: str = ""
) -> set[int]:
    """Which of these numbers are asked for and stand on the page between two cursors.

    Errors: BadCursor.
    """
    found = _matching(session, select(Ticket.id), wanted).where(Ticket.id.in_(ids))
    if after:
        found = found.where(_beyond(session, wanted, after))
    if until:
        found = found.where(not_(_beyond(session, wanted, until)))
    return set(session.scalars(found))


def _number(session: Session, wanted: TicketFilter) -> ColumnElement[int]:
    """The column of a ticket's number that is ordered by at the least cost."""
    return search.number(session) if wanted.words.strip() else Ticket.id.expression


def _beyond(session: Session, wanted: TicketFilter, cursor: str) -> ColumnElement[bool]:
    """Standing behind the row that a cursor names."""
    due_at, number = _opened(cursor)
    if not wanted.burning:
        return _number(session, wanted) < number
    last = tuple_(literal(due_at, Ticket.next_due_at.type), literal(number))
    return tuple_(Ticket.next_due_at, Ticket.id) > last


def count_tickets(session: Session, wanted: TicketFilter) -> int:
    """How many tickets are asked for, `MOST_COUNTED + 1` where there are more."""
    found = _matching(session, select(Ticket.id), wanted)
    if wanted.words.strip():
        return _at_most(session, search.cheapest(session, found))
    return _at_most(session, found.order_by(Ticket.next_due_at) if wanted.burning else found)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for people, as the menu counts it: of tickets `MOST_COUNTED + 1` where there are more."""

    live: int
    mine: int
    unassigned: int
    unregistered: int
    held: int
    letters: int


def waiting(session: Session, engineer_id: int) -> Waiting:
    """What waits for everybody, and for one engineer."""
    live = (
        select(Ticket.id).where(text(LIVE_STATUSES)).order_by(Ticket.next_due_at)
    )  # the partial indexes' order
    return Waiting(
        live=_at_most(session, live),
        mine=_at_most(session, live.where(Ticket.assignee_id == engineer_id)),
        unassigned=_at_most(session, live.where(Ticket.assignee_id.is_(None))),
        unregistered=_at_most(session, live.where(text(UNREGISTERED))),
        held=count_held(session) + evidence.count_undecided(session) + count_beside_aws(session),
        letters=_count(session, Outbox.state.in_([OutboxState.FAILED, OutboxState.UNCERTAIN])),
    )


def _at_most(session: Session, found: Select[Any]) -> int:
    """How many rows there are, counted no further than people read, so that it costs the same among any number."""
    some = found.limit(MOST_COUNTED + 1).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def count_held(session: Session) -> int:
    """How many deliveries and messages wait for a person's judgement."""
    deliveries = _count(session, Delivery.state.in_([DeliveryState.HELD, DeliveryState.QUARANTINED]))
    return deliveries + _count(session, text("held AND held_reason <> 'dismissed'"), of=Message)


def count_beside_aws(session: Session) -> int:
    """How many writes to AWS and proposals to resolve wait for a person."""
    writes = _count(session, AwsWrite.state.in_(FOR_A_PERSON))
    return writes + _count(session, text(f"{LIVE_STATUSES} AND {PROPOSED}"), of=Ticket)


def deliveries(
    session: Session,
    *,
    states: Sequence[str] = (),
    message_id: str = "",
    cursor: str = "",
    limit: int = 50,
) -> Page[Delivery]:
    """Deliveries in these states (all where none is named) or of one mail, the newest first.

    Errors: BadCursor.
    """
    found = select(Delivery)
    if states:
        found = found.where(Delivery.state.in_(states))
    if message_id:
        found = found.where(Delivery.message_id == message_id.strip().strip("<>"))
    return _newest(session, found, Delivery.id, cursor=cursor, limit=limit)


def held_messages(session: Session, *, limit: int = 100) -> Sequence[tuple[Message, Ticket]]:
    """Messages kept for engineers' eyes with their tickets, the oldest first."""
    found = (
        select(Message, Ticket)
        .join(Ticket, Ticket.id == Message.ticket_id)
        .where(text("message.held AND message.held_reason <> 'dismissed'"))
        .order_by(Message.id)
        .limit(limit)
    )
    return [(message, ticket) for message, ticket in session.execute(found)]


def letters(
    session: Session, *, states: Sequence[str] = (), cursor: str = "", limit: int = 50
) -> Page[Outbox]:
    """Outgoing mail in these states (all where none is named) without its bytes, the newest first.

    Errors: BadCursor.
    """
    found = select(Outbox).options(defer(Outbox.content, raiseload=True))
    if states:
        found = found.where(Outbox.state.in_(states))
    return _newest(session, found, Outbox.id, cursor=cursor, limit=limit)


def _matching(session: Session, found: Select[Any], wanted: TicketFilter) -> Select[Any]:
    if wanted.status == LIVE:
        found = found.where(text(LIVE_STATUSES))  # literally, so that the partial index serves
    elif wanted.status != ALL:
        found = found.where(Ticket.status == wanted.status)
    if wanted.priority:
        found = found.where(Ticket.priority == wanted.priority)
    if wanted.customer_id is not None:
        found = found.where(Ticket.customer_id == wanted.customer_id)
    if wanted.assignee_id is not None:
        nobody = Ticket.assignee_id.is_(None)
        found = found.where(Ticket.assignee_id == wanted.assignee_id if wanted.assignee_id else nobody)
    if wanted.awaited:
        found = found.where(Ticket.aws_awaits_since.is_not(None))
    if wanted.queue:
        found = found.where(Ticket.queue == wanted.queue)
    if wanted.words.strip():
        found = search.narrowed(session, found, tokens.asked_for(wanted.words))
    return found


def _newest(
    session: Session, found: Select[_Row], key: InstrumentedAttribute[int], *, cursor: str, limit: int
) -> Page[_Row]:
    if cursor:
        found = found.where(key < _opened(cursor)[1])
    rows = session.scalars(found.order_by(key.desc()).limit(limit + 1)).all()
    return _page(rows, limit, lambda _row: _EPOCH)


def _page(rows: Sequence[_Row], limit: int, instant: Any) -> Page[_Row]:
    """The first `limit` rows; whether there was one more tells whether a next page exists."""
    if len(rows) <= limit:
        return Page(rows)
    last: Any = rows[limit - 1]
    return Page(rows[:limit], f"{(instant(last) - _EPOCH) // _MICROSECOND}.{last.id}")


def _opened(cursor: str) -> tuple[datetime, int]:
    if not CURSOR.fullmatch(cursor):
        raise BadCursor("unknown cursor")
    stamp, _, key = cursor.partition(".")
    return _EPOCH + timedelta(microseconds=int(stamp)), int(key)


def _count(session: Session, condition: Any, *, of: type[Any] | None = None) -> int:
    """How many rows there are; `of` names the table where the condition is text, as a partial index has it."""
    found = select(func.count()).where(condition)
    return session.scalar(found.select_from(of) if of else found) or 0
