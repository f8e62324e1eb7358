"""A ticket that says the same as an older one, closed into it: one thread, one clock, and no figure counts it twice.

Only the newer goes into the older, so that no clock begins later than the customer first wrote (P12). What the
duplicate's letters ask for by mail comes to the ticket it went into. There is no way back: whoever merged wrongly
opens a ticket by hand.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.domain import sla, support_case
from gateway.domain.lifecycle import EventKind, Status
from gateway.domain.sla import violated_at
from gateway.domain.terms import Priority
from gateway.store.models import Engineer, Participant, Role, Ticket, table
from gateway.store.queries import agreements, cases, correspondence
from gateway.tickets import NotFound, Refused, changes, log, telling
from gateway.tickets.changes import actor, finish, locked, status_entry
from gateway.tickets.letterhead import Letterhead
from gateway.tickets.log import Entry

MERGED: Final = "merged"
_URGENCY: Final = list(Priority)


def merge(session: Session, head: Letterhead, ticket_id: int, *, into: int, author: Engineer, at: datetime,
          rights: Role | None = None) -> int:  # fmt: skip
    """Close a ticket as the same as an older one of the same customer; the number of the ticket it went into.

    Shape: where `into` was merged itself, that is the end of the chain; `rights` as in `excluding.strike`.
    Errors: NotFound, Refused.
    """
    wanted = session.get(Ticket, into)
    if wanted is None:
        raise NotFound(f"there is no ticket {into}")
    target_id = wanted.merged_into_id or into
    if target_id == ticket_id:
        raise Refused("a ticket is not merged into itself")
    tickets = {each: locked(session, each) for each in sorted((ticket_id, target_id))}
    ticket, target = tickets[ticket_id], tickets[target_id]
    if target.merged_into_id is not None:  # only just, by somebody else
        raise Refused("the other ticket was merged meanwhile")
    _refuse(session, head, ticket, target, rights=rights or Role(author.role), at=at)
    people = _bring_people(session, ticket, target)
    before = Status(ticket.status)
    ticket.discounted, ticket.merged_into_id = MERGED, target.id
    earlier = table(Ticket).c
    session.execute(
        sa.update(table(Ticket)).where(earlier.merged_into_id == ticket.id).values(merged_into_id=target.id)
    )
    entries = [
        Entry(EventKind.MARKED, at, actor(author), {"as": MERGED, "into": target.id}),
        status_entry(before, Status.CLOSED, MERGED, by=actor(author), at=at),
    ]
    finish(session, head, ticket, entries, status=Status.CLOSED, at=at)
    came = [Entry(EventKind.LINKED, at, actor(author), {"ticket": ticket.id, "what": "merged"})]
    came += [
        Entry(EventKind.LINKED, at, actor(author), {"what": "participant"}, words=each) for each in people
    ]
    finish(session, head, target, came, at=at)
    _tell(session, head, ticket, target, before=before, by=author.name, at=at)
    return target.id


def _refuse(
    session: Session, head: Letterhead, ticket: Ticket, target: Ticket, *, rights: Role, at: datetime
) -> None:
    if ticket.status == Status.CLOSED or target.status == Status.CLOSED:
        raise Refused("a closed ticket is final")
    if {ticket.origin, target.origin} != {"customer"}:
        raise Refused("only what customers ask for is merged")
    if not _same_customer(ticket, target):
        raise Refused("only tickets of the same customer are merged")
    if (target.opened_at, target.id) > (ticket.opened_at, ticket.id):
        raise Refused("the other ticket was opened later: merge it into this one instead")
    if _URGENCY.index(Priority(ticket.priority)) < _URGENCY.index(Priority(target.priority)):
        raise Refused("this ticket is more urgent: raise the priority of the other one first")
    if any(not support_case.is_over(each.status) for each in cases.of_ticket(session, ticket.id)):
        raise Refused("an AWS case of this ticket is open: merge the other way, or resolve the case first")
    standing = sla.standing(log.events(session, ticket.id), changes.agreement(session, head, ticket).terms)
    if violated_at(standing, at) is not None and rights.rank < Role.MANAGER.rank:
        raise Refused("after a violation only a manager merges a ticket")


def _same_customer(ticket: Ticket, target: Ticket) -> bool:
    if ticket.customer_id is None or target.customer_id is None:
        unregistered = ticket.customer_id is None and target.customer_id is None
        return unregistered and ticket.requester_email.lower() == target.requester_email.lower()
    return ticket.customer_id == target.customer_id


def _bring_people(session: Session, ticket: Ticket, target: Ticket) -> list[str]:
    """Let the duplicate's people take part in the other ticket, as far as they are of its customer."""
    known = {each.email for each in correspondence.participants(session, target.id)}
    rows = [
        {"ticket_id": target.id, "email": each.email, "name": each.name, "role": "cc"}
        for each in correspondence.participants(session, ticket.id)
        if each.email not in known and _belongs(session, each.email, target.customer_id)
    ]
    if rows:
        session.execute(table(Participant).insert(), rows)
    return [str(each["email"]) for each in rows]


def _belongs(session: Session, email: str, customer_id: int | None) -> bool:
    party = agreements.party_of(session, email)
    return party is not None and party.customer_id == customer_id


def _tell(
    session: Session,
    head: Letterhead,
    ticket: Ticket,
    target: Ticket,
    *,
    before: Status,
    by: str,
    at: datetime,
) -> None:
    """Tell the duplicate's people once where it goes on."""
    about = telling.correspondence(session, head, ticket)
    words = {
        "status": Status.CLOSED,
        "old_status": before,
        "by": by,
        "at": at,
        "cause": MERGED,
        "into": head.number(target.id),
        "subject": ticket.subject,
    }
    telling.tell(session, head, about, "status", words=words, at=at)
