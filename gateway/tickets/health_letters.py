"""Letters that tell a customer's people of an AWS Health event: opened, changed, over, going on again, soon to begin.

Each reader gets one of their own, in their language: AWS's words stay as AWS wrote them, what is around them is ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway import secrets
from gateway.domain.impact import Status
from gateway.domain.terms import Audience, Priority
from gateway.mail import address
from gateway.store.models import Outbox, Participant, Promise, Ticket, table
from gateway.store.queries import desk, health
from gateway.store.queries.agreements import Agreement
from gateway.tickets import audiences, changes, grants, health_words, summoning
from gateway.tickets.grants import Act
from gateway.tickets.health_state import Difference, Situation, Told
from gateway.tickets.letterhead import Letterhead, Post, post
from gateway.tickets.summoning import Summons

LONGEST: Final = 8_000
"""Characters of AWS's words in a letter; the ticket has them whole."""
_PEOPLE: Final = table(Participant).insert()
_MOST_PEOPLE: Final = 50


@dataclass(frozen=True, slots=True)
class Occasion:
    """What is told: the letter, what is new in it, what was told before, and AWS's words on the ticket."""

    letter: str
    new: Difference
    before: Told
    message_id: int | None = None


def admit(session: Session, ticket_id: int, customer_id: int, language: str) -> dict[str, str]:
    """The languages of the customer's contacts by address; whoever of them took no part yet does from now on."""
    contacts = health.contacts(session, customer_id)[:_MOST_PEOPLE]
    known = {box.address for boxes in desk.participants(session, ticket_id) for box in boxes}
    found, rows = {}, []
    for each in contacts:
        email = address.normalise(each.email)
        found[email] = each.language or language
        if email not in known:
            rows.append({"ticket_id": ticket_id, "email": email, "name": each.name, "role": "cc"})
    if rows:
        session.execute(_PEOPLE, rows)
    return found


def tell(session: Session, head: Letterhead, ticket: Ticket, current: Situation, *, what: Occasion,
         at: datetime) -> int:  # fmt: skip
    """Put a letter for each of the ticket's people, promised at least once; how many were put."""
    agreed = changes.agreement(session, head, ticket)
    languages = admit(session, ticket.id, current.row.customer_id, agreed.language)
    requesters, others = desk.participants(session, ticket.id)
    threads = _threads(session, ticket.id)
    put = 0
    for reader in (*requesters, *others):
        email = address.normalise(reader.address)
        language = head.letter_language(languages.get(email, ""), agreed.language)
        earlier = threads.get(email, [])
        letter = Post(
            letter=what.letter,
            occasion=f"{what.letter}:{ticket.id}:{what.before.entries}:{secrets.digest(email)[:16]}",
            language=language,
            words=words(head, ticket, agreed, current=current, what=what, language=language, at=at),
            to=[reader],
            promise=Promise.AT_LEAST_ONCE,
            ticket_id=ticket.id,
            ticket_message_id=what.message_id,
            answers=earlier[-1] if earlier else "",
            references=earlier[:1],
            personal=grants.links(head, ticket.id, *(() if current.over else (Act.ESCALATE,)), at=at),
        )
        put += post(session, head, letter, at)
    return put


def tell_engineer(session: Session, head: Letterhead, ticket: Ticket, current: Situation, *, step: str,
                  what: Occasion, at: datetime) -> None:  # fmt: skip
    """Tell the assignee what the customer's people were told. Shape: `step` is changed, closed or reopened."""
    people = audiences.of(session, ticket, (Audience.ASSIGNEE,), at)
    for told in people:
        language = head.letter_language(told.engineer.language)
        new = what.new
        said = {
            "provider": head.provider,
            "what": step,
            "at": at,
            "status": ticket.status,
            "priority": Priority(ticket.priority),
            "subject": ticket.subject,
            "customer": ticket.customer.name if ticket.customer else None,
            "text": new.text[:LONGEST] or None,
            "shortened": len(new.text) > LONGEST,
            "added": health_words.listed(_accounts(current, new.added), language) or None,
            "gone": health_words.listed(_accounts(current, new.gone), language) or None,
            "states": health_words.counted(current.impact.states, language) or None,
            "lasted": current.impact.lasted(at) if current.over else None,
        }
        occasion = f"engineer-health:{ticket.id}:{what.before.entries}"
        summoning.summon(session, head, Summons("engineer-health", occasion, ticket.id, said), [told], at=at)


def words(head: Letterhead, ticket: Ticket, agreed: Agreement, *, current: Situation, what: Occasion,
          language: Literal["en", "zh"], at: datetime) -> Mapping[str, object]:  # fmt: skip
    """What a letter says, in a reader's language."""
    event, found, new = current.event, current.impact, what.new
    return {
        "ticket": head.number(ticket.id),
        "zone": agreed.zone,
        "event_title": health_words.what(event.type_code, event.category, language),
        "aws_service": event.service,
        "region": event.region if event.region not in ("", "global") else None,
        "availability_zone": event.zone or None,
        "event_status": str(found.status),
        "at": at,
        "since": found.since,
        "until": found.until,
        "lasted": found.lasted(at),
        "planned_at": current.planned_at,
        "old_planned_at": what.before.planned_at if new.planned else None,
        "accounts": health_words.listed(_accounts(current, found.accounts), language) or None,
        "added": health_words.listed(_accounts(current, new.added), language) or None,
        "gone": health_words.listed(_accounts(current, new.gone), language) or None,
        "states": health_words.counted(found.states, language) or None,
        "resources": health_words.listed(_resources(current, language), language) or None,
        "text": new.text[:LONGEST] or None,
        "shortened": len(new.text) > LONGEST,
        "advice": health_words.advice(found.advice, language),
        "overlaps": health_words.listed((head.number(each) for each in found.overlaps), language) or None,
        "priority": Priority(ticket.priority),
        "kind": ticket.kind,
        "engineer": ticket.assignee.name if ticket.assignee and ticket.assignee.active else None,
        "reopened": what.before.status == Status.CLOSED and not current.over,
    }


def _accounts(current: Situation, wanted: tuple[str, ...]) -> list[str]:
    names = {each.account_id: each.name for each in current.accounts}
    return [f"{names[each]} ({each})" if names.get(each) else each for each in wanted]


def _resources(current: Situation, language: str) -> list[str]:
    """The affected resources, the worst first. AWS names an account or nothing at all in a word of its own."""
    return [
        f"{value} ({health_words.state(state, language)})"
        for _, value, state in current.impact.entities
        if value not in ("UNKNOWN", "AWS_ACCOUNT")
    ]


def _threads(session: Session, ticket_id: int) -> dict[str, list[str]]:
    """The identifiers of the Health letters each reader got on a ticket, oldest first."""
    found: dict[str, list[str]] = {}
    wanted = sa.select(Outbox.first_recipient, Outbox.message_id).where(
        Outbox.ticket_id == ticket_id, Outbox.letter.startswith("health-")
    )
    for reader, message_id in session.execute(wanted.order_by(Outbox.id)):
        found.setdefault(reader, []).append(message_id)
    return found
