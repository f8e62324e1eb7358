"""The customer's notice that a target is about to expire, once a target (P5, P8)."""

from __future__ import annotations

from sqlalchemy.orm import Session

from gateway.store.models import Promise
from gateway.store.queries import desk
from gateway.tickets import grants, telling
from gateway.tickets.grants import Act
from gateway.tickets.letterhead import Letterhead, Post, post
from gateway.tickets.owing import Due


def tell(session: Session, head: Letterhead, due: Due) -> bool:
    """Tell the people of the ticket which target is about to expire; whether they are told, now or before.

    An address that only a robot or a forger named gets no letter that no person caused.
    """
    ticket, target = due.ticket, due.plan.target
    about = telling.correspondence(session, head, ticket)
    if target is None or not about.to or not desk.is_there(session, ticket.id, about.to[0].address):
        return False
    due_at = due.standing.clock(target).due_at
    words = {
        "ticket": head.number(ticket.id),
        "zone": about.agreement.zone,
        "target": target,
        "priority": ticket.priority,
        "due_at": due_at,
        "remaining": due_at - due.at,
        "subject": ticket.subject,
        "engineer": ticket.assignee.name if ticket.assignee and ticket.assignee.active else None,
    }
    letter = Post(
        letter="about-to-expire",
        occasion=f"about-to-expire:{ticket.id}:{target}",
        language=head.letter_language(ticket.language, about.agreement.language),
        words=words,
        to=about.to,
        cc=about.cc,
        promise=Promise.AT_LEAST_ONCE,
        ticket_id=ticket.id,
        answers=about.answers,
        references=about.references,
        personal=grants.links(head, ticket.id, Act.ESCALATE, at=due.at),
    )
    post(session, head, letter, due.at)
    return True
