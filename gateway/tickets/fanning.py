"""One note or one reply on many tickets, in one act that may be sent twice and is done once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from gateway.domain.lifecycle import EventKind, InvalidTransition, Status
from gateway.store.models import Engineer
from gateway.tickets import Refused, handling, log
from gateway.tickets.changes import actor, finish, locked
from gateway.tickets.letterhead import Letterhead
from gateway.tickets.log import Entry

SAME_WITHIN: Final = timedelta(hours=1)
"""The same words of the same author within this time are the same act, where the act has no name."""


@dataclass(frozen=True, slots=True)
class Fanned:
    """What came of it. Shape: ticket numbers; `before` have it from the same act done twice, `left` took none."""

    done: tuple[int, ...] = ()
    before: tuple[int, ...] = ()
    left: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """The entry by which a ticket's log knows an act again; one that no form `named` counts for a while only."""

    kind: EventKind
    data: Mapping[str, object]
    named: bool


def fan(session: Session, head: Letterhead, ticket_ids: Sequence[int], *, mark: Mark, author: Engineer, text: str,
        to_customers: bool, at: datetime) -> Fanned:  # fmt: skip
    """Write on each ticket; closed ones, and for replies those with nobody to write to, are left."""
    done, before, left = [], [], []
    for ticket_id in ticket_ids:
        ticket = locked(session, ticket_id)
        if _has(session, ticket_id, mark, since=None if mark.named else at - SAME_WITHIN):
            before.append(ticket_id)
        elif ticket.status != Status.CLOSED and _write(
            session, head, ticket_id, author=author, text=text, to_customers=to_customers, at=at
        ):
            data = {**mark.data, "to_customers": to_customers}
            finish(session, head, ticket, [Entry(mark.kind, at, actor(author), data)], at=at)
            done.append(ticket_id)
        else:
            left.append(ticket_id)
    return Fanned(tuple(done), tuple(before), tuple(left))


def _write(session: Session, head: Letterhead, ticket_id: int, *, author: Engineer, text: str,
           to_customers: bool, at: datetime) -> bool:  # fmt: skip
    """Whether a ticket took it; one that does not leaves nothing behind."""
    try:
        with session.begin_nested():
            write = handling.reply if to_customers else handling.note
            write(session, head, ticket_id, author=author, text=text, at=at)
    except (Refused, InvalidTransition):
        return False
    return True


def _has(session: Session, ticket_id: int, mark: Mark, *, since: datetime | None) -> bool:
    return any(
        each.kind is mark.kind
        and all(each.data.get(name) == value for name, value in mark.data.items())
        and (since is None or each.recorded_at > since)
        for each in log.events(session, ticket_id)
    )
