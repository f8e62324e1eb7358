"""Telling a sender at once that the mail arrived, and management that a ticket is Critical (P4, P5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from gateway.domain import sla
from gateway.domain.lifecycle import EventKind
from gateway.domain.sla import Standing
from gateway.domain.terms import Audience, Priority
from gateway.mail import address
from gateway.mail.message import Mailbox
from gateway.store import outbox
from gateway.store.models import Promise, Ticket
from gateway.store.queries.agreements import Agreement
from gateway.tickets import audiences, grants, log, summoning
from gateway.tickets.audiences import Told
from gateway.tickets.grants import Act
from gateway.tickets.letterhead import Letterhead, Post, post
from gateway.tickets.log import Entry
from gateway.tickets.messages import Entrance
from gateway.tickets.summoning import Summons

ACKNOWLEDGEMENTS_PER_HOUR: Final = 5


@dataclass(frozen=True, slots=True)
class Opened:
    """A ticket just opened, as letters tell of it."""

    ticket_id: int
    subject: str
    customer: str
    requester: str
    authenticated: bool
    standing: Standing
    agreement: Agreement
    assignee: str = ""
    team: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """To whom an opened ticket is acknowledged, and in answer to what.

    Shape: `wishes` are languages in order of preference; `granting` as in `letterhead.Post`; `flooding` as in
    `messages.Entrance`.
    """

    to: Mailbox
    wishes: tuple[str, ...]
    requester: str = ""
    answers: str = ""
    references: tuple[str, ...] = ()
    message_row_id: int | None = None
    follows_id: int | None = None
    granting: bool = True
    by_hand: bool = False
    flooding: bool = False


def receipt_of(entrance: Entrance, message_row_id: int) -> Receipt:
    """The receipt a mail is owed; its address is empty where automatic mail may go nowhere."""
    return Receipt(
        to=Mailbox(entrance.sender.name if entrance.authenticated else "", entrance.answer_to),
        wishes=(entrance.reading.language, entrance.party.contact_language if entrance.party else ""),
        requester=entrance.sender.name,
        answers=entrance.message.message_id,
        references=entrance.message.references[-10:],
        message_row_id=message_row_id,
        follows_id=entrance.follows_id,
        granting=address.normalise(entrance.answer_to) == address.normalise(entrance.sender.address),
        flooding=entrance.flooding,
    )


def acknowledge(session: Session, head: Letterhead, receipt: Receipt, opened: Opened, *, told: bool, at: datetime,
                escalated: Sequence[Told] = ()) -> None:  # fmt: skip
    """Acknowledge a ticket to the address automatic mail may go to, at most five times an hour (P4).

    What is withheld for want of measure leaves an entry in the log, so that engineers know that nobody was answered.
    Shape: `told` says that management knows, `escalated` are those told because the mail asks for escalation.
    """
    to = receipt.to.address
    if receipt.flooding or (to and _too_many(session, to, at)):
        entry = Entry(EventKind.UNACKNOWLEDGED, at, "system", {"message": receipt.message_row_id})
        log.append(session, opened.ticket_id, [entry], recorded_at=at)
        return
    if not to:
        return
    standing, agreement = opened.standing, opened.agreement
    language = head.letter_language(*receipt.wishes, agreement.language)
    words = _times(head, opened) | {
        "progress": agreement.terms.progress[standing.priority],
        "authenticated": opened.authenticated,
        "requester": receipt.requester,
        "subject": opened.subject,
        "management_told": told,
        "escalated_to": audiences.named(escalated, language) if escalated else None,
        "follow_up_of": head.number(receipt.follows_id) if receipt.follows_id else None,
        "contract_number": agreement.contract_number,
        "by_hand": receipt.by_hand,
    }
    if opened.authenticated and opened.assignee:
        words |= {"engineer": opened.assignee, "team": opened.team, "on_call": True}
    acts = (Act.ESCALATE,) if opened.authenticated and receipt.granting else ()
    what = Post(
        letter="acknowledgement",
        occasion=f"acknowledgement:{opened.ticket_id}",
        language=language,
        words=words,
        to=[receipt.to],
        promise=Promise.AT_MOST_ONCE,
        ticket_id=opened.ticket_id,
        ticket_message_id=receipt.message_row_id,
        answers=receipt.answers,
        references=receipt.references,
        auto_submitted="auto-replied",
        granting=receipt.granting,
        personal=grants.links(head, opened.ticket_id, *acts, at=at),
    )
    post(session, head, what, at)


def tell_management(session: Session, head: Letterhead, opened: Opened, at: datetime, *,
                    became: bool = False) -> bool:  # fmt: skip
    """Tell management, the assignee and the on-call engineers of a Critical ticket at once (P5).

    False where it is not Critical, or management has nobody: then the leads are told, or whoever is there. Each time
    it becomes Critical is told once.
    """
    if opened.standing.priority is not Priority.CRITICAL:
        return False
    ticket = session.get_one(Ticket, opened.ticket_id)
    people = audiences.of(session, ticket, (Audience.MANAGEMENT, Audience.ASSIGNEE, Audience.ON_CALL), at)
    managed = any(each.role == Audience.MANAGEMENT for each in people)
    steps = sla.rungs(opened.standing, opened.agreement.terms)
    words = _times(head, opened) | {
        "subject": opened.subject,
        "customer": opened.customer,
        "requester": opened.requester,
        "authenticated": opened.authenticated,
        "assignee": opened.assignee or (ticket.assignee.name if ticket.assignee else None),
        "became": became,
        "next_step_at": next((step.at for step in steps if step.at > at), None),
    }
    what = Summons("engineer-new", f"critical:{ticket.id}:{at.isoformat()}", ticket.id, words)
    told = people if managed else audiences.everybody_above(session, ticket, at)
    summoning.summon(session, head, what, told, at=at)
    return managed


def _times(head: Letterhead, opened: Opened) -> dict[str, object]:
    standing = opened.standing
    return {
        "ticket": head.number(opened.ticket_id),
        "zone": opened.agreement.zone,
        "priority": standing.priority,
        "received_at": standing.opened_at,
        "first_response_due_at": standing.first_response.due_at,
        "resolution_due_at": standing.resolution.due_at,
    }


def _too_many(session: Session, answer_to: str, at: datetime) -> bool:
    """Whether an address had its acknowledgements of the hour: what keeps two robots from talking for ever."""
    since = at - timedelta(hours=1)
    return outbox.recent(session, "acknowledgement", answer_to, since) >= ACKNOWLEDGEMENTS_PER_HOUR
