"""Telling a sender at once that the mail arrived, and management that a ticket is Critical (P4, P5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from gateway.domain.sla import Standing
from gateway.domain.terms import Priority
from gateway.mail import address
from gateway.mail.message import Mailbox
from gateway.store import outbox
from gateway.store.models import Promise, Role
from gateway.store.queries import desk
from gateway.store.queries.agreements import Agreement
from gateway.tickets.letterhead import Letterhead, Post, post
from gateway.tickets.messages import Entrance

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


@dataclass(frozen=True, slots=True)
class Receipt:
    """To whom an opened ticket is acknowledged, and in answer to what.

    Shape: `wishes` are languages in order of preference; `granting` as in `letterhead.Post`.
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
    )


def acknowledge(session: Session, head: Letterhead, receipt: Receipt, opened: Opened, *, told: bool,
                at: datetime) -> None:  # fmt: skip
    """Acknowledge a ticket to the address automatic mail may go to, at most five times an hour (P4)."""
    if not receipt.to.address or _too_many(session, receipt.to.address, at):
        return
    standing, agreement = opened.standing, opened.agreement
    words = _times(head, opened) | {
        "progress": agreement.terms.progress[standing.priority],
        "authenticated": opened.authenticated,
        "requester": receipt.requester,
        "subject": opened.subject,
        "management_told": told,
        "follow_up_of": head.number(receipt.follows_id) if receipt.follows_id else None,
        "contract_number": agreement.contract_number,
        "by_hand": receipt.by_hand,
    }
    what = Post(
        letter="acknowledgement",
        occasion=f"acknowledgement:{opened.ticket_id}",
        language=head.letter_language(*receipt.wishes, agreement.language),
        words=words,
        to=[receipt.to],
        promise=Promise.AT_MOST_ONCE,
        ticket_id=opened.ticket_id,
        ticket_message_id=receipt.message_row_id,
        answers=receipt.answers,
        references=receipt.references,
        auto_submitted="auto-replied",
        granting=receipt.granting,
    )
    post(session, head, what, at)


def tell_management(session: Session, head: Letterhead, opened: Opened, at: datetime) -> bool:
    """Tell every manager of a Critical ticket at once; False where it is not, or there is nobody to tell (P5)."""
    if opened.standing.priority is not Priority.CRITICAL:
        return False
    managers = desk.engineers_of_role(session, (Role.MANAGER, Role.ADMIN))
    words = _times(head, opened) | {
        "link": head.link(opened.ticket_id),
        "subject": opened.subject,
        "customer": opened.customer,
        "requester": opened.requester,
        "authenticated": opened.authenticated,
    }
    letters = [
        Post(
            letter="engineer-new",
            occasion=f"critical:{opened.ticket_id}:{at.isoformat()}:{manager.id}",
            language=head.letter_language(manager.language),
            words=words | {"zone": manager.time_zone},
            to=[Mailbox(manager.name, manager.email)],
            promise=Promise.AT_LEAST_ONCE,
            ticket_id=opened.ticket_id,
        )
        for manager in managers
    ]
    return any([post(session, head, letter, at) for letter in letters])


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
