"""A customer contests an exclusion that a person entered, and a manager decides (P11). Until then it stands."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from gateway.domain.exclusions import Exclusion, exclusions, proposed
from gateway.domain.lifecycle import EventKind
from gateway.mail.message import Mailbox
from gateway.store import appointments
from gateway.store.models import Engineer, Promise, Role, Ticket
from gateway.store.queries import desk, people
from gateway.store.queries.evidence import REVIEW
from gateway.tickets import Refused, claims, excluding, log
from gateway.tickets.changes import actor, finish, locked
from gateway.tickets.letterhead import Letterhead, Post, post
from gateway.tickets.log import Entry

__all__ = ["REVIEW", "contest", "keep", "uphold"]

_CUSTOMER: Final = "customer"


def contest(session: Session, head: Letterhead, ticket_id: int, *, exclusion: str, words: str, at: datetime,
            entered_by: Engineer | None = None) -> None:  # fmt: skip
    """Let the customer contest an exclusion, and ask management to look at it; `entered_by` wrote it in their name.

    Errors: NotFound, Refused.
    """
    ticket = locked(session, ticket_id)
    one = excluding.entered(log.events(session, ticket_id), exclusion)
    if one.contested is not None:
        raise Refused("this exclusion was contested before")
    words = words.strip()[: claims.LONGEST]
    if not words:
        raise Refused("contesting an exclusion needs a reason")
    data: dict[str, object] = {"id": exclusion}
    if entered_by is not None:
        data["entered_by"] = actor(entered_by)
    finish(
        session, head, ticket, [Entry(EventKind.EXCLUSION_CONTESTED, at, _CUSTOMER, data, words=words)], at=at
    )
    _tell(session, head, ticket, one, words=words, at=at)
    due_at = at + excluding.LOOKED_AT_AGAIN
    appointments.ensure(session, REVIEW, excluding.review_key(ticket_id, exclusion), due_at)


def uphold(session: Session, head: Letterhead, ticket_id: int, *, author: Engineer, exclusion: str, words: str,
           at: datetime, rights: Role | None = None) -> None:  # fmt: skip
    """Let a contested exclusion stand, as a manager, with a reason; `rights` as in `excluding.strike`.

    Errors: NotFound, Refused.
    """
    ticket = locked(session, ticket_id)
    one = excluding.entered(log.events(session, ticket_id), exclusion)
    if not one.under_review:
        raise Refused("this exclusion is not under review")
    excluding.only_a_manager(rights or Role(author.role))
    words = words.strip()[: claims.LONGEST]
    if not words:
        raise Refused("upholding an exclusion needs a reason")
    entry = Entry(EventKind.EXCLUSION_UPHELD, at, actor(author), {"id": exclusion}, words=words)
    finish(session, head, ticket, [entry], at=at)
    appointments.cancel(session, REVIEW, excluding.review_key(ticket_id, exclusion))


def lock(session: Session, key: str) -> Ticket:
    """The ticket of an appointment, locked before that, as every verb does which cancels one. Errors: NotFound."""
    return locked(session, int(key.partition(":")[0]))


def keep(session: Session, head: Letterhead, key: str, at: datetime) -> datetime | None:
    """When an undecided claim is looked at again, or None where it was decided.

    Shape: `key` as `excluding.review_key` makes it. What the customer contested is told to management again.
    """
    ticket, name = lock(session, key), key.partition(":")[2]
    events = log.events(session, ticket.id)
    again = at + excluding.LOOKED_AT_AGAIN
    if any(each.id == name for each in proposed(events)):
        return again
    one = next((each for each in exclusions(events) if each.id == name and each.under_review), None)
    if one is None or one.contested is None:
        return None
    words = excluding.words_of(session, ticket.id, one.contested.seq)
    _tell(session, head, ticket, one, words=words, at=at)
    return again


def _tell(
    session: Session, head: Letterhead, ticket: Ticket, one: Exclusion, *, words: str, at: datetime
) -> None:
    """Tell management, or the leads where there is none, what was contested and why."""
    told = {
        "ticket": head.number(ticket.id),
        "link": f"{head.link(ticket.id)}/sla",
        "subject": ticket.subject,
        "customer": ticket.customer.name if ticket.customer else None,
        "exclusion": one.id,
        "excluded_reason": str(one.reason),
        "from_at": one.start,
        "until_at": one.end,
        "explanation": excluding.words_of(session, ticket.id, one.seq),
        "author": _author(session, one),
        "reason": words,
    }
    management = desk.engineers_of_role(session, (Role.MANAGER, Role.ADMIN))
    for engineer in management or desk.engineers_of_role(session, (Role.LEAD,)):
        what = Post(
            letter="engineer-contested",
            occasion=f"contested:{ticket.id}:{one.id}:{engineer.id}:{at.isoformat()}",
            language=head.letter_language(engineer.language),
            words=told | {"zone": engineer.time_zone},
            to=[Mailbox(engineer.name, engineer.email)],
            promise=Promise.AT_LEAST_ONCE,
            ticket_id=ticket.id,
        )
        post(session, head, what, at)


def _author(session: Session, one: Exclusion) -> str:
    kind, _, number = one.author.partition(":")
    return people.names(session).get(int(number), "") if kind == "engineer" and number.isdigit() else ""
