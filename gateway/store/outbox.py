"""Outgoing mail: put · claim · begin · ended · deferred · untried · uncertain.

A row is written in the transaction of the change it reports, with the bytes that will leave. It is `sending` only
while the next server may already have the mail; a row found so after its lease has ended is decided by its promise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.mail import address
from gateway.mail.relayed_id import relayed_id
from gateway.store import leases
from gateway.store.models import Outbox, OutboxState, Promise, database_now, either, in_words, table
from gateway.store.session import want_ring

QUEUE: Final = "out"
LIFETIME: Final = timedelta(days=5)
_DELAYS: Final = tuple(timedelta(minutes=count) for count in (5, 10, 20, 40, 80, 160, 240))
_UNDECIDED: Final = tuple(in_words(state) for state in (OutboxState.PENDING, OutboxState.SENDING))
_outbox = table(Outbox)
_PUT: Final = either(
    lambda insert: insert(_outbox).on_conflict_do_nothing(index_elements=["occasion"]).returning(_outbox.c.id)
)
_RECENT: Final = (
    sa.select(sa.func.count())
    .select_from(_outbox)
    .where(_outbox.c.letter == sa.bindparam("letter"), _outbox.c.first_recipient == sa.bindparam("recipient"))
    .where(_outbox.c.created_at > sa.bindparam("since"))
)
_BUSY: Final = (
    sa.select(_outbox.c.destination)
    .where(_outbox.c.state.in_(_UNDECIDED), _outbox.c.lease_until >= database_now())
    .where(_outbox.c.lease_owner != leases.OWNER)
    .group_by(_outbox.c.destination)
    .having(sa.func.count() >= sa.bindparam("per_destination", type_=sa.Integer()))
)
_CLAIM: Final = leases.claiming(
    Outbox,
    due=(
        _outbox.c.state.in_(_UNDECIDED),
        _outbox.c.next_attempt_at <= leases.AT,
        _outbox.c.destination.not_in(_BUSY),
    ),
    order=_outbox.c.next_attempt_at,
    index="ix_outbox_due",
)
_CLAIMED: Final = (
    sa.select(_outbox).where(_outbox.c.id.in_(sa.bindparam("ids", expanding=True))).order_by(_outbox.c.id)
)
_WRITE: Final = sa.update(_outbox).where(
    _outbox.c.id == sa.bindparam("row_id"),
    _outbox.c.fence == sa.bindparam("held"),
    _outbox.c.lease_until.is_not(None),
)
_BEGIN: Final = _WRITE.values(state=OutboxState.SENDING, lease_until=database_now(leases.SECONDS))


@unique
class Ending(StrEnum):
    """Whom a mail reached in the end: all, some, or none of its recipients."""

    SENT = "sent"
    PARTLY = "partly-refused"
    FAILED = "refused"


@dataclass(frozen=True, slots=True)
class Entry:
    """A letter ready to be put: its bytes are final."""

    letter: str
    occasion: str
    promise: Promise
    message_id: str
    recipients: tuple[str, ...]
    subject: str
    content: bytes
    reverse_path: str = ""
    ticket_id: int | None = None
    ticket_message_id: int | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row this process may send while it holds the fencing number."""

    id: int
    fence: int
    promise: Promise
    message_id: str
    reverse_path: str
    recipients: tuple[str, ...]
    destination: str
    content: bytes
    attempts: int
    expires_at: datetime
    ticket_id: int | None
    ticket_message_id: int | None
    letter: str
    results: Mapping[str, str]


def put(session: Session, entry: Entry, at: datetime, *, delay: timedelta = timedelta()) -> int | None:
    """The new row's id, or None where a letter for the same occasion was put before."""
    values: dict[str, Any] = {
        "occasion": entry.occasion,
        "letter": entry.letter,
        "promise": entry.promise,
        "ticket_id": entry.ticket_id,
        "ticket_message_id": entry.ticket_message_id,
        "message_id": entry.message_id,
        "reverse_path": entry.reverse_path,
        "recipients": list(entry.recipients),
        "first_recipient": address.normalise(entry.recipients[0])[:320],
        "destination": entry.recipients[0].rpartition("@")[2][:255].lower(),
        "subject": entry.subject[:500],
        "content": entry.content,
        "created_at": at,
        "state": OutboxState.PENDING,
        "next_attempt_at": at + delay,
        "expires_at": at + delay + LIFETIME,
        "attempts": 0,
        "fence": 0,
        "maybe_twice": False,
        "results": {},
        "last_reply": "",
    }
    row_id: int | None = session.execute(_PUT[session.get_bind().dialect.name], values).scalar_one_or_none()
    if row_id is not None:
        want_ring(session, QUEUE)
    return row_id


def claim(session: Session, *, owner: str, at: datetime, limit: int, per_destination: int) -> list[Claimed]:
    """Due rows nobody holds, except where enough mail for their destination is under way already."""
    taken = leases.claim(session, _CLAIM, owner=owner, at=at, limit=limit, per_destination=per_destination)
    if not taken:
        return []
    rows = session.execute(_CLAIMED, {"ids": list(taken)}).all()
    if any(row.state == OutboxState.SENDING for row in rows):
        _decide_interrupted(session, taken, at)
        rows = session.execute(_CLAIMED, {"ids": list(taken)}).all()
    return [_claimed(row, taken[row.id]) for row in rows if row.state == OutboxState.PENDING]


def begin(session: Session, claimed: Claimed) -> bool:
    """Note that the mail may reach the next server from now on; False where another process has it."""
    begun: Any = session.execute(_BEGIN, {"row_id": claimed.id, "held": claimed.fence})
    return bool(begun.rowcount)


def ended(
    session: Session, claimed: Claimed, at: datetime, *, results: Mapping[str, str], reply: str
) -> Ending | None:
    """Nobody is owed the mail any more: it was sent where anybody has it, and failed where nobody has.

    None, and nothing is noted, where another process has the letter by now.
    """
    merged = _merged(claimed, results)
    name = _named(results)
    refused = [who for who, told in merged.items() if not told.startswith("2")]
    if len(refused) == len(merged):
        ours = _settle(session, claimed, OutboxState.FAILED, reply, results=merged)
        return Ending.FAILED if ours else None
    told = f"{reply} (not to {', '.join(refused)})" if refused else reply
    ours = _settle(
        session, claimed, OutboxState.SENT, told, sent_at=at, recipients=[], results=merged, **name
    )
    end = Ending.PARTLY if refused else Ending.SENT
    return end if ours else None


def kept(session: Session, claimed: Claimed, at: datetime) -> None:
    """No relay is configured: the mail stays here to be looked at."""
    _settle(session, claimed, OutboxState.KEPT, "kept here: no relay is configured", sent_at=at)


def deferred(session: Session, claimed: Claimed, at: datetime, *, owed: Sequence[str], results: Mapping[str, str],
             reply: str) -> Ending | None:  # fmt: skip
    """Try those still owed again later; after five days it has ended instead."""
    if at >= claimed.expires_at:
        reply = f"gave up after 5 days: {reply}"
        return ended(session, claimed, at, results=dict.fromkeys(owed, reply) | dict(results), reply=reply)
    _settle(session, claimed, OutboxState.PENDING, reply, next_attempt_at=at + _wait(claimed),
            recipients=list(owed), results=_merged(claimed, results), **_named(results))  # fmt: skip
    return None


def untried(session: Session, claimed: Claimed, at: datetime) -> None:
    """It was claimed and not even offered: due again at an instant, as if it had never been claimed."""
    _write(session, claimed, state=OutboxState.PENDING, next_attempt_at=at, attempts=max(0, claimed.attempts - 1),
           lease_until=None, lease_owner=None)  # fmt: skip


def uncertain(session: Session, claimed: Claimed, at: datetime, *, reply: str) -> None:
    """Nobody knows whether the next server took it: sent again, left, or a person decides, by its promise.

    What is to be sent again is left to a person, too, once it has been tried for five days.
    """
    if claimed.promise is Promise.AT_LEAST_ONCE and at < claimed.expires_at:
        again = at + _wait(claimed)
        _settle(session, claimed, OutboxState.PENDING, reply, next_attempt_at=again, maybe_twice=True)
    else:
        _settle(session, claimed, OutboxState.UNCERTAIN, reply)


def recent(session: Session, letter: str, recipient: str, since: datetime) -> int:
    """How many letters of one name were written to an address since an instant."""
    told = {"letter": letter, "recipient": address.normalise(recipient)[:320], "since": since}
    return int(session.execute(_RECENT, told).scalar_one())


def _decide_interrupted(session: Session, taken: Mapping[int, int], at: datetime) -> None:
    """Rows whose sender died while the next server may have had them."""
    interrupted = sa.and_(Outbox.id.in_(taken), Outbox.state == OutboxState.SENDING)
    again = sa.and_(interrupted, Outbox.promise == Promise.AT_LEAST_ONCE)
    session.execute(
        sa.update(Outbox).where(again).values(state=OutboxState.PENDING, maybe_twice=True),
        execution_options={"synchronize_session": False},
    )
    session.execute(
        sa.update(Outbox)
        .where(interrupted)
        .values(state=OutboxState.UNCERTAIN, lease_until=None, last_reply="interrupted while sending"),
        execution_options={"synchronize_session": False},
    )


def _claimed(row: Any, fence: int) -> Claimed:
    return Claimed(
        id=row.id, fence=fence, promise=Promise(row.promise), message_id=row.message_id,
        reverse_path=row.reverse_path, recipients=tuple(row.recipients), destination=row.destination,
        content=row.content, attempts=row.attempts, expires_at=row.expires_at, ticket_id=row.ticket_id,
        ticket_message_id=row.ticket_message_id, letter=row.letter, results=row.results,
    )  # fmt: skip


def _wait(claimed: Claimed) -> timedelta:
    """How long to wait after this try."""
    return _DELAYS[min(max(claimed.attempts, 1), len(_DELAYS)) - 1]


def _merged(claimed: Claimed, results: Mapping[str, str]) -> dict[str, str]:
    return {**claimed.results, **results}


def _named(results: Mapping[str, str]) -> dict[str, str]:
    """What the next server calls the letter that it just took for somebody."""
    name = next(filter(None, map(relayed_id, results.values())), "")
    return {"relayed_id": name} if name else {}


def _settle(session: Session, claimed: Claimed, state: OutboxState, reply: str, **values: Any) -> bool:
    return _write(
        session, claimed, state=state, last_reply=reply[:1000], lease_until=None, lease_owner=None, **values
    )


def _write(session: Session, claimed: Claimed, **values: Any) -> bool:
    """Write to the row while it is ours and undecided; whether it was."""
    written: Any = session.execute(_WRITE, {"row_id": claimed.id, "held": claimed.fence, **values})
    return bool(written.rowcount)
