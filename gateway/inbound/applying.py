"""A disposition carried out by the verbs of `tickets`, inside the transaction that decided it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway import secrets
from gateway.inbound.rules import Action, Disposition, Facts, sender
from gateway.mail import address, probe_mail
from gateway.mail.message import Kind, Mailbox
from gateway.mail.reading import Reading
from gateway.store import probes
from gateway.store.blobs import Blobs
from gateway.store.deliveries import Claimed
from gateway.store.models import Delivery
from gateway.tickets import (
    commanding,
    escalating,
    following,
    grouping,
    intake,
    returns,
    scanned,
    suspecting,
    understanding,
)
from gateway.tickets.letterhead import Letterhead, Post, post
from gateway.tickets.messages import Entrance


@dataclass(frozen=True, slots=True)
class Judged:
    """A mail with what was found and decided."""

    delivery: Claimed
    reading: Reading
    facts: Facts
    decided: Disposition


def apply(session: Session, head: Letterhead, blobs: Blobs, mail: Judged, *, at: datetime) -> int | None:
    """Do what was decided; the ticket the mail ended on, if any."""
    ticket_id = _apply(session, head, blobs, mail, at=at)
    if ticket_id is not None and mail.reading.message.attachments:
        scanned.note_known(session, head, ticket_id, delivery_id=mail.delivery.id, at=at)
    suspecting.suspect(
        session,
        ticket_id,
        mail.delivery.id,
        authentication=mail.facts.authentication,
        marks=mail.facts.suspicions,
    )
    return ticket_id


def _apply(session: Session, head: Letterhead, blobs: Blobs, mail: Judged, *, at: datetime) -> int | None:
    decided = mail.decided
    entrance = _entrance(mail)
    match decided.action:
        case Action.OPEN:
            ticket_id = intake.open_by_mail(session, head, blobs, entrance, at=at)
            if decided.ticket_id is not None:
                why = "follow-up" if decided.follows else "suggested-by-mail"
                following.link(session, head, ticket_id, other=decided.ticket_id, why=why, at=at)
        case Action.APPEND:
            ticket_id = _named(decided)
            said = following.append_reply(session, head, blobs, ticket_id, entrance=entrance, at=at)
            understanding.tell_assignee(session, head, ticket_id, message_id=said, entrance=entrance, at=at)
        case Action.APPEND_AUTOMATIC:
            ticket_id = _named(decided)
            following.append_automatic(session, head, blobs, ticket_id, entrance=entrance, at=at)
        case Action.HOLD_ON_TICKET:
            ticket_id = _named(decided)
            following.hold(session, head, blobs, ticket_id, entrance=entrance, reason=decided.reason, at=at)
        case Action.ACKNOWLEDGE | Action.CARRY_OUT:
            ticket_id = _named(decided)
            _obey(session, head, blobs, mail, at=at)
        case Action.GROUP:
            ticket_id = _named(decided)
            grouping.group(session, head, blobs, ticket_id, entrance=entrance, at=at)
        case Action.RECORD_BOUNCE:
            return _returned(session, head, mail, at=at)
        case Action.REFUSE:
            _refuse(session, head, mail, at=at)
            return None
        case Action.SEND_ON:
            _pass_on(session, head, mail, at=at)
            return None
        case Action.KEEP | Action.KEEP_OUT | Action.REVIEW:
            return _ticket_of_twin(session, mail.facts.duplicate_of)
    return ticket_id


def _pass_on(session: Session, head: Letterhead, mail: Judged, *, at: datetime) -> None:
    """A probe leaves again, to where probes end."""
    if mail.facts.probe is None:
        raise AssertionError("only a probe is passed on")
    key, own = mail.facts.probe.key, head.support_address
    to = head.probes_end or probe_mail.back_address(head.secret, own, key)
    probes.pass_on(session, key=key, own=own, to=to, at=at)


def _returned(session: Session, head: Letterhead, mail: Judged, *, at: datetime) -> int | None:
    """Every recipient that a report names, noted on the letter it is about; that letter's ticket."""
    report = mail.reading.classification
    path, brought = mail.facts.return_path, mail.delivery.id
    tickets = [
        returns.record_bounce(session, head, each, path=path, delivery_id=brought, at=at)
        for each in (report.bounce, *report.further)
        if each is not None
    ]
    return next((each for each in tickets if each is not None), None)


def _obey(session: Session, head: Letterhead, blobs: Blobs, mail: Judged, *, at: datetime) -> None:
    """An engineer's mail: carried out, or kept as a work note that says they have seen what called."""
    ticket_id, author = _named(mail.decided), mail.facts.colleague or 0
    entrance = _entrance(mail)
    if mail.decided.action is Action.ACKNOWLEDGE:
        escalating.acknowledge_by_mail(
            session, head, blobs, ticket_id, entrance=entrance, engineer_id=author, at=at
        )
        return
    commanding.carry_out(
        session,
        head,
        blobs,
        ticket_id,
        entrance=entrance,
        engineer_id=author,
        letter=mail.facts.letter,
        at=at,
    )


def _entrance(mail: Judged) -> Entrance:
    decided, facts = mail.decided, mail.facts
    author = sender(mail.reading)
    shown = author if author.address else Mailbox(author.name, mail.delivery.reverse_path)
    return Entrance(
        reading=mail.reading,
        delivery_id=mail.delivery.id,
        accepted_at=mail.delivery.accepted_at,
        sender=shown,
        party=facts.party,
        authenticated=decided.authenticated,
        authentication=facts.authentication,
        answer_to=decided.answer_to,
        follows_id=decided.ticket_id if decided.follows else None,
        own_addresses=facts.own_addresses,
        flooding=facts.flood.braked and mail.reading.classification.kind is Kind.HUMAN,
    )


def _refuse(session: Session, head: Letterhead, mail: Judged, *, at: datetime) -> None:
    """Tell an authenticated stranger that the address is not registered."""
    to = mail.decided.answer_to
    if not to:
        return
    words = {"zone": head.zone, "received_at": mail.delivery.accepted_at, "address": to}
    what = Post(
        letter="refusal",
        occasion=f"refusal:{secrets.digest(address.normalise(to))}:{at.date().isoformat()}",
        language=head.letter_language(mail.reading.language),
        words=words,
        to=[Mailbox("", to)],
        answers=mail.reading.message.message_id,
        auto_submitted="auto-replied",
    )
    post(session, head, what, at)


def _named(decided: Disposition) -> int:
    if decided.ticket_id is None:
        raise AssertionError(f"{decided.action} names a ticket")
    return decided.ticket_id


def _ticket_of_twin(session: Session, delivery_id: int | None) -> int | None:
    if delivery_id is None:
        return None
    return session.execute(sa.select(Delivery.ticket_id).where(Delivery.id == delivery_id)).scalar_one()
