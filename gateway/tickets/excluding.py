"""Time that does not count, entered by people or proposed by the desk (P11). Everything is recomputed at once.

The desk never excludes anything by itself but waiting for the customer: it proposes, and a person accepts. Announced
maintenance comes only as a proposal of the notices, which know whether the window counts.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.domain.lifecycle import EventKind, Status
from gateway.store import appointments
from gateway.store.models import Direction, Engineer, Message, Role, Ticket, TicketEvent, table
from gateway.tickets import NotFound, Refused, claims, log
from gateway.tickets.changes import actor, finish, locked
from gateway.tickets.claims import Claim, Claimed, ProofKind, State, Why
from gateway.tickets.letterhead import Letterhead
from gateway.tickets.log import Entry

LONGEST: Final = 2000
REVIEW: Final = "exclusion"
"""What the appointments of undecided claims are called; their key is `TICKET:ID`, as `1042:x1`."""
LOOKED_AT_AGAIN: Final = timedelta(hours=24)
_LONGEST_REFERENCE: Final = 500


def enter(
    session: Session, head: Letterhead, ticket_id: int, *, author: Engineer, claim: Claim, at: datetime
) -> str:
    """Exclude a stretch of time, now or late; its id (`x1`). The same one entered twice is entered once.

    Errors: NotFound, Refused.
    """
    ticket = locked(session, ticket_id)
    known = claims.of_log(log.events(session, ticket_id))
    _check(session, ticket, claim, at)
    if claim.reason is Why.MAINTENANCE:
        raise Refused("maintenance is proposed from its notice, not entered by hand")
    if not claim.words.strip():
        raise Refused("an exclusion needs an explanation")
    for each in known.values():
        if each.stands and each.claim.data() == claim.data():
            return each.id
    data = {"id": claims.next_id(known, "x")} | claim.data()
    entry = Entry(EventKind.EXCLUDED, at, actor(author), data, words=_short(claim.words))
    finish(session, head, ticket, [entry], at=at)
    return str(data["id"])


def end(session: Session, head: Letterhead, ticket_id: int, *, author: Engineer, exclusion: str, end: datetime,
        at: datetime) -> None:  # fmt: skip
    """End a stretch that lasts.

    Errors: NotFound, Refused.
    """
    ticket = locked(session, ticket_id)
    one = standing(session, ticket_id, exclusion)
    if one.claim.end is not None:
        raise Refused("this exclusion has ended")
    _check_times(ticket, one.claim.start, end, at)
    data = {"id": exclusion, "end": claims.text(end)}
    finish(session, head, ticket, [Entry(EventKind.EXCLUSION_ENDED, at, actor(author), data)], at=at)


def strike(session: Session, head: Letterhead, ticket_id: int, *, author: Engineer, exclusion: str, words: str,
           at: datetime) -> None:  # fmt: skip
    """Let a stretch count after all, with a reason: an entered one, or a wait for the customer (`w1`).

    A contested one is a manager's to strike.
    Errors: NotFound, Refused.
    """
    ticket = locked(session, ticket_id)
    if not words.strip():
        raise Refused("striking an exclusion needs a reason")
    if exclusion.startswith("w"):
        _check_wait(session, ticket_id, exclusion)
    elif standing(session, ticket_id, exclusion).state is State.CONTESTED:
        only_a_manager(author)
    entry = Entry(EventKind.EXCLUSION_STRUCK, at, actor(author), {"id": exclusion}, words=_short(words))
    finish(session, head, ticket, [entry], at=at)
    appointments.cancel(session, REVIEW, review_key(ticket_id, exclusion))


def propose(session: Session, head: Letterhead, ticket_id: int, *, claim: Claim, at: datetime) -> str:
    """Propose a stretch in the desk's name; its id (`p1`). It counts as ever until a person accepts it.

    The same proposal made again, whatever became of it, is made once. One of the same proof and beginning that
    nobody has decided gives way to the new one.
    Errors: NotFound, Refused.
    """
    ticket = locked(session, ticket_id)
    known = claims.of_log(log.events(session, ticket_id))
    _check(session, ticket, claim, at)
    entries = []
    for each in known.values():
        if each.id.startswith("p") and each.claim.data() == claim.data():
            return each.id
        if each.state is State.PROPOSED and _same_cause(each.claim, claim):
            entries.append(Entry(EventKind.EXCLUSION_DECLINED, at, "system", {"id": each.id}))
            appointments.cancel(session, REVIEW, review_key(ticket_id, each.id))
    data = {"id": claims.next_id(known, "p")} | claim.data()
    entries.append(Entry(EventKind.EXCLUSION_PROPOSED, at, "system", data, words=_short(claim.words)))
    finish(session, head, ticket, entries, at=at)
    name = str(data["id"])
    appointments.ensure(session, REVIEW, review_key(ticket_id, name), at + LOOKED_AT_AGAIN)
    return name


def accept(
    session: Session, head: Letterhead, ticket_id: int, *, author: Engineer, proposal: str, at: datetime
) -> str:
    """Exclude what was proposed; the id of the exclusion.

    Errors: NotFound, Refused.
    """
    ticket = locked(session, ticket_id)
    one = _proposed(session, ticket_id, proposal)
    known = claims.of_log(log.events(session, ticket_id))
    data = {"id": claims.next_id(known, "x")} | one.claim.data() | {"proposal": proposal}
    words = _words_of(session, ticket_id, proposal)
    finish(session, head, ticket, [Entry(EventKind.EXCLUDED, at, actor(author), data, words=words)], at=at)
    appointments.cancel(session, REVIEW, review_key(ticket_id, proposal))
    return str(data["id"])


def decline(session: Session, head: Letterhead, ticket_id: int, *, author: Engineer, proposal: str, words: str = "",
            at: datetime) -> None:  # fmt: skip
    """Let proposed time count.

    Errors: NotFound, Refused.
    """
    ticket = locked(session, ticket_id)
    _proposed(session, ticket_id, proposal)
    entry = Entry(EventKind.EXCLUSION_DECLINED, at, actor(author), {"id": proposal}, words=_short(words))
    finish(session, head, ticket, [entry], at=at)
    appointments.cancel(session, REVIEW, review_key(ticket_id, proposal))


def standing(session: Session, ticket_id: int, exclusion: str) -> Claimed:
    """An entered exclusion that stands.

    Errors: NotFound, Refused.
    """
    one = claims.of_log(log.events(session, ticket_id)).get(exclusion)
    if one is None or not exclusion.startswith("x"):
        raise NotFound(f"there is no exclusion {exclusion}")
    if not one.stands:
        raise Refused("this exclusion was struck")
    return one


def review_key(ticket_id: int, name: str) -> str:
    """The key of the appointment that keeps an undecided claim in sight."""
    return f"{ticket_id}:{name}"


def only_a_manager(author: Engineer) -> None:
    """Nothing for a manager or an administrator. Errors: Refused."""
    if Role(author.role).rank < Role.MANAGER.rank:
        raise Refused("only a manager decides about a contested exclusion")


def _check(session: Session, ticket: Ticket, claim: Claim, at: datetime) -> None:
    _check_times(ticket, claim.start, claim.end, at)
    if len(claim.words) > LONGEST:
        raise Refused("the explanation is too long")
    reference = claim.proof.reference.strip()
    if not reference or len(reference) > _LONGEST_REFERENCE:
        raise Refused("an exclusion needs a proof")
    if claim.proof.kind is ProofKind.MESSAGE:
        _check_message(session, ticket.id, reference)


def _check_times(ticket: Ticket, start: datetime, end: datetime | None, at: datetime) -> None:
    if start > at or (end is not None and end > at):
        raise Refused("an exclusion lies in the past")
    if end is None and ticket.status == Status.CLOSED:
        raise Refused("an exclusion of a closed ticket has an end")
    if end is not None and end <= start:
        raise Refused("an exclusion ends after it begins")
    if end is not None and end <= ticket.opened_at:
        raise Refused("that was before the ticket was opened")


def _check_message(session: Session, ticket_id: int, reference: str) -> None:
    """A proof is something the customer can look up: a message that either side sent, not a note, none held."""
    number = int(reference) if reference.isascii() and reference.isdigit() and len(reference) < 18 else 0
    message = session.get(Message, number) if number else None
    if message is None or message.ticket_id != ticket_id:
        raise Refused("the proof names no message of this ticket")
    if message.held or message.direction == Direction.NOTE:
        raise Refused("a work note or a held message proves nothing to the customer")


def _check_wait(session: Session, ticket_id: int, name: str) -> None:
    raise NotFound(f"there is no wait {name}")


def _proposed(session: Session, ticket_id: int, proposal: str) -> Claimed:
    one = claims.of_log(log.events(session, ticket_id)).get(proposal)
    if one is None or not proposal.startswith("p"):
        raise NotFound(f"there is no proposal {proposal}")
    if one.state is not State.PROPOSED:
        raise Refused("this proposal is decided")
    return one


def _same_cause(one: Claim, other: Claim) -> bool:
    return (one.reason, one.proof, one.start) == (other.reason, other.proof, other.start)


def _words_of(session: Session, ticket_id: int, proposal: str) -> str:
    entries = table(TicketEvent).c
    found = session.execute(
        sa.select(entries.data, entries.words)
        .where(entries.ticket_id == ticket_id, entries.kind == EventKind.EXCLUSION_PROPOSED)
        .order_by(entries.seq)
    )
    return next((row.words or "" for row in found if row.data.get("id") == proposal), "")


def _short(words: str) -> str:
    return words.strip()[:LONGEST]
