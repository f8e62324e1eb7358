"""What becomes of our letters, as far as a ticket cares: refused by the next server, or returned later."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.domain.lifecycle import EventKind
from gateway.mail import address
from gateway.mail.message import Bounce
from gateway.store.models import Outbox, OutboxState
from gateway.store.outbox import Ending
from gateway.tickets import NotYet
from gateway.tickets.changes import finish, locked
from gateway.tickets.letterhead import Letterhead
from gateway.tickets.log import Entry


def letter_refused(
    session: Session, head: Letterhead, outbox_id: int, *, end: Ending = Ending.FAILED, at: datetime
) -> None:
    """Note on its ticket that a letter was refused for good, by all or by some of its recipients.

    A person's reply that reached nobody answered nobody (P1).
    """
    letter = session.get_one(Outbox, outbox_id)
    if letter.ticket_id is None:
        return
    ticket = locked(session, letter.ticket_id)
    entry = Entry(
        EventKind.LETTER, at, "system", {"letter": letter.letter, "outbox": letter.id, "end": str(end)}
    )
    if letter.letter == "reply" and end is Ending.FAILED:
        entry = Entry(
            EventKind.REPLY_REFUSED, at, "system", {"message": letter.ticket_message_id, "outbox": letter.id}
        )
    finish(session, head, ticket, [entry], at=at)


def letter_again(session: Session, head: Letterhead, letter: Outbox, *, by: str, at: datetime) -> None:
    """Note on its ticket that a letter which had been refused is sent again: a person's reply answers from now on."""
    if letter.ticket_id is None or letter.letter != "reply":
        return
    ticket = locked(session, letter.ticket_id)
    entry = Entry(EventKind.REPLY, at, by, {"message": letter.ticket_message_id, "outbox": letter.id})
    finish(session, head, ticket, [entry], at=at)


def record_bounce(session: Session, head: Letterhead, bounce: Bounce, *, at: datetime) -> int | None:
    """Tie a delivery status notification to the very letter it reports on; the letter's ticket, if any.

    Forged ones do nothing: the notification must name a Message-ID of ours and an address we sent that letter to.
    Errors: NotYet while the letter is being sent, since how that ended is still to be noted.
    """
    letter = session.scalars(
        sa.select(Outbox).where(Outbox.message_id == bounce.original_message_id).with_for_update()
    ).one_or_none()
    if letter is None or not bounce.original_message_id:
        return None
    sent_to = dict.fromkeys((*letter.results, *letter.recipients))
    named = next(
        (each for each in sent_to if address.normalise(each) == address.normalise(bounce.recipient)), None
    )
    if named is None:
        return None
    if letter.state == OutboxState.SENDING:
        raise NotYet
    told = f"{bounce.action} {bounce.status} {bounce.diagnostic}"[:500]
    if bounce.action == "failed" and letter.state in (OutboxState.SENT, OutboxState.UNCERTAIN):
        letter.results = letter.results | {named: told}
        letter.last_reply = f"returned by {named}: {bounce.status} {bounce.diagnostic}"[:1000]
        everybody = all(letter.results.get(each, "2")[:1] != "2" for each in sent_to)
        letter.state = OutboxState.FAILED if everybody else letter.state
        session.flush()
        letter_refused(session, head, letter.id, end=Ending.FAILED if everybody else Ending.PARTLY, at=at)
    elif letter.results.get(named, "2")[:1] == "2":
        letter.last_reply = f"{named}: {told}"[:1000]
    return letter.ticket_id
