"""What becomes of our letters, as far as a ticket cares: refused by the next server, or returned later."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.domain.lifecycle import EventKind, Status
from gateway.mail import address, relayed_id
from gateway.mail.enhanced_status import status_in
from gateway.mail.feedback_report import COMPLAINED
from gateway.mail.message import Bounce, Mailbox
from gateway.store.models import Message, Outbox, OutboxState, Promise, Proof, Role, Ticket
from gateway.store.outbox import Claimed, Ending
from gateway.store.queries import desk
from gateway.tickets import NotYet, log, suppressing
from gateway.tickets.changes import finish, locked
from gateway.tickets.letterhead import Letterhead, Post, post
from gateway.tickets.log import Entry
from gateway.tickets.suppressing import Told

_REPLY: Final = "reply"
_UNDECIDED: Final = (OutboxState.PENDING, OutboxState.SENDING)


def letter_refused(
    session: Session, head: Letterhead, outbox_id: int, *, end: Ending = Ending.FAILED, at: datetime
) -> None:
    """Note on its ticket that a letter was refused for good, by all or by some of its recipients.

    A person's reply that reached nobody answered nobody (P1); a resolution that reached nobody it was addressed to
    is told to those who can help (P4).
    """
    letter = session.get_one(Outbox, outbox_id)
    _note_answers(session, head, letter, at=at)
    _note_refusal(session, head, letter, end=end, at=at)


def _note_refusal(session: Session, head: Letterhead, letter: Outbox, *, end: Ending, at: datetime) -> None:
    if letter.ticket_id is None:
        return
    ticket = locked(session, letter.ticket_id)
    copies = _copies(session, letter)
    if end is Ending.FAILED and any(_may_have_arrived(each) for each in copies):
        end = Ending.PARTLY
    entries = [_refusal(letter, end, at=at)]
    undelivered = letter.letter == _REPLY and _is_undelivered(session, ticket, letter, copies)
    if (
        undelivered
        and end is not Ending.FAILED
        and _resolves(session, ticket, letter.ticket_message_id, noted=True)
    ):
        # Whoever was asked did not get it, so their silence says nothing; to the others it still is an answer.
        stands = Entry(EventKind.REPLY, _replied_at(session, letter), "system", dict(entries[0].data))
        entries = [_refusal(letter, Ending.FAILED, at=at), stands]
    finish(session, head, ticket, entries, at=at)
    if undelivered:
        _tell_undelivered(session, head, ticket, letter, at=at)


def record_accepted(
    session: Session, head: Letterhead, letter: Claimed, accepted: Collection[str], *, at: datetime
) -> None:
    """Note that the next server took the letter of the standing resolution for somebody it is addressed to (P4).

    From then on silence counts. Every other letter costs nothing here.
    """
    if letter.letter != _REPLY or letter.ticket_id is None:
        return
    ticket = session.get(Ticket, letter.ticket_id)
    if ticket is None or ticket.status != Status.RESOLVED:
        return
    ticket = locked(session, letter.ticket_id)
    reached = {address.normalise(each) for each in accepted}
    if not _resolves(session, ticket, letter.ticket_message_id, noted=False):
        return
    if reached & _addressed(session, letter.ticket_message_id):
        data = {"message": letter.ticket_message_id}
        finish(session, head, ticket, [Entry(EventKind.RESOLUTION_DELIVERED, at, "system", data)], at=at)


def letter_again(session: Session, head: Letterhead, letter: Outbox, *, by: str, at: datetime) -> None:
    """Note on its ticket that a letter which had been refused is sent again: a person's reply answers from now on."""
    if letter.ticket_id is None or letter.letter != "reply":
        return
    ticket = locked(session, letter.ticket_id)
    entry = Entry(EventKind.REPLY, at, by, {"message": letter.ticket_message_id, "outbox": letter.id})
    finish(session, head, ticket, [entry], at=at)


def record_bounce(session: Session, head: Letterhead, bounce: Bounce, *, at: datetime, path: str = "",
                  delivery_id: int | None = None) -> int | None:  # fmt: skip
    """Tie a report to the very letter it is about; the letter's ticket, if any.

    Shape: `path` is the return path the report came to, empty where it came elsewhere. Forged ones do nothing but
    are kept: a report must come to the letter's own return path, or name its Message-ID and an address it went to.
    Errors: NotYet while the letter is being sent, since how that ended is still to be noted.
    """
    letter, proof = _reported(session, bounce, path)
    reader = _reader(letter, bounce, proof) if letter is not None else None
    if letter is None or reader is None:
        suppressing.note(session, head, Told(bounce, Proof.NONE, None, delivery_id), at=at)
        return None
    if letter.state == OutboxState.SENDING:
        raise NotYet
    proof = proof if len(_readers(letter)) == 1 else Proof.MESSAGE_ID  # they all know a path they share
    told = Told(replace(bounce, recipient=reader), proof, letter.id, delivery_id)
    suppressing.note(session, head, told, at=at)
    if bounce.action != COMPLAINED:
        _take_back(session, head, letter, told.bounce, at=at)
    return letter.ticket_id


def _reported(session: Session, bounce: Bounce, path: str) -> tuple[Outbox | None, Proof]:
    """The letter a report is about, and by what that is known."""
    wanted, found = sa.select(Outbox).with_for_update(), None
    if path:
        found = session.scalars(wanted.where(Outbox.reverse_path == path, Outbox.reverse_path != "")).first()
    if found is not None:
        return found, Proof.RETURN_PATH
    if not bounce.original_message_id:
        return None, Proof.NONE
    named = session.scalars(wanted.where(Outbox.message_id == bounce.original_message_id)).one_or_none()
    if named is None:
        named = session.scalars(_relayed_as(wanted, bounce.original_message_id)).first()
    return named, Proof.MESSAGE_ID


def _relayed_as(wanted: sa.Select[Outbox], identifier: str) -> sa.Select[Outbox]:
    """The letter that the next server gave this identifier in place of ours, as hard to guess as ours."""
    name = identifier.rpartition("@")[0] or identifier
    long_enough = name if len(name) >= relayed_id.SHORTEST else ""
    return wanted.where(Outbox.relayed_id == long_enough, Outbox.relayed_id != sa.literal_column("''"))


def _reader(letter: Outbox, bounce: Bounce, proof: Proof) -> str | None:
    """Which reader of a letter a report is about.

    A mail that was passed on fails at an address we never wrote to: where the path alone ties it, and only one reader
    got the letter, it is about that one. A complaint often keeps its author's address to itself.
    """
    readers = list(dict.fromkeys((*letter.results, *letter.recipients)))
    told = address.normalise(bounce.recipient)
    named = next((each for each in readers if address.normalise(each) == told), None)
    if (
        named is None
        and len(readers) == 1
        and (proof is Proof.RETURN_PATH or (bounce.action == COMPLAINED and not told))
    ):
        return readers[0]
    return named


def _take_back(session: Session, head: Letterhead, letter: Outbox, bounce: Bounce, *, at: datetime) -> None:
    """Note on a letter what became of it at one reader; on its ticket, too, where it failed."""
    reader, told = bounce.recipient, f"{bounce.action} {bounce.status} {bounce.diagnostic}"[:500]
    if bounce.action == "failed" and letter.state in (OutboxState.SENT, OutboxState.UNCERTAIN):
        letter.results = letter.results | {reader: told}
        letter.last_reply = f"returned by {reader}: {bounce.status} {bounce.diagnostic}"[:1000]
        everybody = all(letter.results.get(each, "2")[:1] != "2" for each in _readers(letter))
        letter.state = OutboxState.FAILED if everybody else letter.state
        session.flush()
        _note_refusal(session, head, letter, end=Ending.FAILED if everybody else Ending.PARTLY, at=at)
    elif letter.results.get(reader, "2")[:1] == "2":
        letter.last_reply = f"{reader}: {told}"[:1000]


def _note_answers(session: Session, head: Letterhead, letter: Outbox, *, at: datetime) -> None:
    """Note for each address what the next server refused it with."""
    for reader, said in letter.results.items():
        if said.startswith("5"):
            bounce = Bounce(reader, status_in(said), "failed", said, letter.message_id)
            suppressing.note(session, head, Told(bounce, Proof.SMTP, letter.id), at=at)


def _copies(session: Session, letter: Outbox) -> Sequence[Outbox]:
    """Every copy of a letter about a message, this one included."""
    if letter.ticket_message_id is None:
        return [letter]
    same = sa.select(Outbox).where(
        Outbox.ticket_id == letter.ticket_id,
        Outbox.letter == letter.letter,
        Outbox.ticket_message_id == letter.ticket_message_id,
    )
    return session.scalars(same.execution_options(populate_existing=True)).all()


def _readers(letter: Outbox) -> set[str]:
    return {*letter.results, *letter.recipients}


def _may_have_arrived(letter: Outbox) -> bool:
    """Whether somebody has the letter, or may have it, or may still get it."""
    given_up = letter.state == OutboxState.CANCELLED and bool(letter.results)
    if letter.state == OutboxState.FAILED or given_up:
        return any(told.startswith("2") for told in letter.results.values())
    return True


def _reached(letter: Outbox, asked: Collection[str]) -> bool:
    """Whether somebody a letter is addressed to has it, or may still get it."""
    if letter.state in _UNDECIDED:
        return True
    return any(
        told.startswith("2") and address.normalise(who) in asked for who, told in letter.results.items()
    )


def _refusal(letter: Outbox, end: Ending, *, at: datetime) -> Entry:
    """A person's reply that reached nobody is said so (P1); of any other letter it is only noted."""
    data: dict[str, object] = {"message": letter.ticket_message_id, "outbox": letter.id}
    if letter.letter == _REPLY and end is Ending.FAILED:
        return Entry(EventKind.REPLY_REFUSED, at, "system", data)
    return Entry(EventKind.LETTER, at, "system", data | {"letter": letter.letter, "end": str(end)})


def _is_undelivered(session: Session, ticket: Ticket, letter: Outbox, copies: Sequence[Outbox]) -> bool:
    """Whether the refused copy was the last hope of the standing resolution to reach whom it asks."""
    if not _resolves(session, ticket, letter.ticket_message_id):
        return False
    asked = _addressed(session, letter.ticket_message_id)
    theirs = [each for each in copies if asked & {address.normalise(who) for who in _readers(each)}]
    return letter in theirs and not any(_reached(each, asked) for each in theirs)


def _resolves(session: Session, ticket: Ticket, message_id: int | None, *, noted: bool | None = None) -> bool:
    """Whether a message is the standing resolution, and, if asked, whether its delivery is noted."""
    if ticket.status != Status.RESOLVED or message_id is None:
        return False
    resolving, delivered = None, False
    for event in log.events(session, ticket.id):
        if event.kind is EventKind.STATUS and event.data["to"] == Status.RESOLVED:
            resolving, delivered = event.data.get("message"), False
        elif event.kind is EventKind.RESOLUTION_DELIVERED and event.data.get("message") == resolving:
            delivered = True
        elif event.kind is EventKind.REPLY_REFUSED and event.data.get("message") == resolving:
            delivered = False
    return resolving == message_id and noted in (None, delivered)


def _replied_at(session: Session, letter: Outbox) -> datetime:
    """When the reply of a letter began to count."""
    events = log.events(session, letter.ticket_id or 0)
    same = (each for each in events if each.data.get("message") == letter.ticket_message_id)
    return max(each.at for each in same if each.kind is EventKind.REPLY)


def _addressed(session: Session, message_id: int | None) -> set[str]:
    """The addresses a reply was addressed to, without those it was copied to."""
    message = session.get(Message, message_id) if message_id else None
    rows = message.recipients if message else []
    return {address.normalise(row[2]) for row in rows if row[0] == "to"}


def _tell_undelivered(session: Session, head: Letterhead, ticket: Ticket, letter: Outbox, *,
                      at: datetime) -> None:  # fmt: skip
    """An alarm to the assignee, else to the leads, else to management."""
    to = sorted(_addressed(session, letter.ticket_message_id))
    people = [ticket.assignee] if ticket.assignee and ticket.assignee.active else []
    people = people or desk.engineers_of_role(session, (Role.LEAD,))
    for engineer in people or desk.engineers_of_role(session, (Role.MANAGER, Role.ADMIN)):
        words = {
            "ticket": head.number(ticket.id),
            "zone": engineer.time_zone,
            "at": at,
            "recipients": ", ".join(to)[:300],
            "answer": letter.last_reply[:300],
            "link": head.link(ticket.id),
            "subject": ticket.subject,
            "customer": ticket.customer.name if ticket.customer else None,
            "assignee": ticket.assignee.name if ticket.assignee else None,
        }
        what = Post(
            letter="engineer-undelivered",
            occasion=f"undelivered:{letter.id}:{letter.fence}:{engineer.id}",
            language=head.letter_language(engineer.language),
            words=words,
            to=[Mailbox(engineer.name, engineer.email)],
            promise=Promise.AT_LEAST_ONCE,
            ticket_id=ticket.id,
        )
        post(session, head, what, at)
