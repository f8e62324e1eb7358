"""The desk proposes to resolve a ticket, since something it depended on has ended; only a person resolves it.

A proposal is accepted by resolving the ticket as ever, with a text for the customer.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from gateway.domain.lifecycle import LIVE, Event, EventKind, Status
from gateway.store.models import Engineer
from gateway.tickets import Refused, log
from gateway.tickets.changes import actor, finish, locked
from gateway.tickets.letterhead import Letterhead
from gateway.tickets.log import Entry

CASE_RESOLVED: Final = "aws-case-resolved"
"""AWS resolved its case; the reference is the case's row."""


def propose(session: Session, head: Letterhead, ticket_id: int, *, cause: str, reference: str = "",
            at: datetime) -> bool:  # fmt: skip
    """Propose to resolve a live ticket; False where it is not live or the same is proposed already.

    Shape: `cause` is a code of at most 40 characters, `reference` names what ended; logs keep both.
    Errors: NotFound.
    """
    ticket = locked(session, ticket_id)
    open_now = standing(log.events(session, ticket_id))
    if ticket.status not in LIVE or (cause, reference) in open_now:
        return False
    ticket.proposal = cause
    data = {"cause": cause, "reference": reference}
    finish(session, head, ticket, [Entry(EventKind.RESOLUTION_PROPOSED, at, "system", data)], at=at)
    return True


def withdraw(session: Session, head: Letterhead, ticket_id: int, *, cause: str, reference: str = "",
             at: datetime) -> bool:  # fmt: skip
    """Take a proposal back, since what had ended goes on; False where it does not stand.

    Errors: NotFound.
    """
    ticket = locked(session, ticket_id)
    open_now = standing(log.events(session, ticket_id))
    if (cause, reference) not in open_now:
        return False
    left = [each for each in open_now if each != (cause, reference)]
    ticket.proposal = left[-1][0] if left else ""
    data = {"cause": cause, "reference": reference, "why": "withdrawn"}
    finish(session, head, ticket, [Entry(EventKind.RESOLUTION_DECLINED, at, "system", data)], at=at)
    return True


def decline(session: Session, head: Letterhead, ticket_id: int, *, author: Engineer, at: datetime) -> None:
    """Leave a ticket unresolved whatever is proposed; the same is proposed again only when it ends anew.

    Errors: NotFound, Refused.
    """
    ticket = locked(session, ticket_id)
    open_now = standing(log.events(session, ticket_id))
    if not open_now:
        raise Refused("nothing is proposed on this ticket")
    ticket.proposal = ""
    entries = [
        Entry(EventKind.RESOLUTION_DECLINED, at, actor(author), {"cause": cause, "reference": reference})
        for cause, reference in open_now
    ]
    finish(session, head, ticket, entries, at=at)


def standing(events: Iterable[Event]) -> list[tuple[str, str]]:
    """The proposals that stand, as cause and reference, oldest first; resolving and closing answer all of them."""
    found: dict[tuple[str, str], None] = {}
    for event in events:
        key = (str(event.data.get("cause", "")), str(event.data.get("reference", "")))
        if event.kind is EventKind.RESOLUTION_PROPOSED:
            found[key] = None
        elif event.kind is EventKind.RESOLUTION_DECLINED:
            found.pop(key, None)
        elif event.kind is EventKind.STATUS and Status(str(event.data["to"])) not in LIVE:
            found.clear()
    return list(found)
