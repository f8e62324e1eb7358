"""Time that does not count, entered by people or proposed by the desk (P11). Everything is recomputed at once.

The desk never excludes anything by itself but waiting for the customer: it proposes, and a person accepts. Announced
maintenance comes only as a proposal of the notices, which know whether a window counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.domain.counting import Reason
from gateway.domain.exclusions import Exclusion, exclusions, proposed
from gateway.domain.lifecycle import Event, EventKind
from gateway.store import appointments
from gateway.store.models import Engineer, Role, TicketEvent, table
from gateway.store.queries.evidence import REVIEW
from gateway.tickets import NotFound, Refused, claims, log
from gateway.tickets.changes import actor, finish, locked
from gateway.tickets.claims import Claim
from gateway.tickets.letterhead import Letterhead
from gateway.tickets.log import Entry

LOOKED_AT_AGAIN: Final = timedelta(hours=24)


def enter(
    session: Session, head: Letterhead, ticket_id: int, *, author: Engineer, claim: Claim, at: datetime
) -> str:
    """Exclude a stretch of time, now or late; its id (`x1`). The same one entered twice is entered once.

    Errors: NotFound, Refused.
    """
    ticket = locked(session, ticket_id)
    events = log.events(session, ticket_id)
    claims.check(session, ticket, claim, at)
    if claim.reason is Reason.MAINTENANCE:
        raise Refused("maintenance is proposed from its notice, not entered by hand")
    words = _needed(claim.words, "an exclusion needs an explanation")
    struck = {one.id for one in exclusions(events) if not one.counts}
    for name, said in _made(events, EventKind.EXCLUDED).items():
        if said == claim.data() and name not in struck:
            return name
    name = _next_id(events, EventKind.EXCLUDED, "x")
    entry = Entry(EventKind.EXCLUDED, at, actor(author), {"id": name} | claim.data(), words=words)
    finish(session, head, ticket, [entry], at=at)
    return name


def end(session: Session, head: Letterhead, ticket_id: int, *, author: Engineer, exclusion: str, end: datetime,
        at: datetime) -> None:  # fmt: skip
    """End a stretch that lasts.

    Errors: NotFound, Refused.
    """
    ticket = locked(session, ticket_id)
    one = entered(log.events(session, ticket_id), exclusion)
    if one.end is not None:
        raise Refused("this exclusion has ended")
    claims.check_times(ticket, one.start, end, at)
    data = {"id": exclusion, "end": claims.text(end)}
    finish(session, head, ticket, [Entry(EventKind.EXCLUSION_ENDED, at, actor(author), data)], at=at)


def strike(session: Session, head: Letterhead, ticket_id: int, *, author: Engineer, exclusion: str, words: str,
           at: datetime, rights: Role | None = None) -> None:  # fmt: skip
    """Let a stretch count after all, with a reason: an entered one, or a wait for the customer (`w1`).

    One under review is a manager's to strike; `rights` are what the author may do where that is less than their role.
    Errors: NotFound, Refused.
    """
    ticket = locked(session, ticket_id)
    one = standing(log.events(session, ticket_id), exclusion)
    words = _needed(words, "striking an exclusion needs a reason")
    if one.under_review:
        only_a_manager(rights or Role(author.role))
    entry = Entry(EventKind.EXCLUSION_STRUCK, at, actor(author), {"id": exclusion}, words=words)
    finish(session, head, ticket, [entry], at=at)
    appointments.cancel(session, REVIEW, review_key(ticket_id, exclusion))


def propose(session: Session, head: Letterhead, ticket_id: int, *, claim: Claim, at: datetime) -> str:
    """Propose a stretch in the desk's name; its id (`p1`). It counts as ever until a person accepts it.

    The same proposal made again, whatever became of it, is made once. One of the same proof and beginning that
    nobody has decided gives way to the new one.
    Errors: NotFound, Refused.
    """
    ticket = locked(session, ticket_id)
    events = log.events(session, ticket_id)
    claims.check(session, ticket, claim, at)
    for name, said in _made(events, EventKind.EXCLUSION_PROPOSED).items():
        if said == claim.data():
            return name
    entries = []
    for old in proposed(events):
        if (old.reason, old.proof, old.start) == (claim.reason, claim.proof, claim.start):
            entries.append(Entry(EventKind.EXCLUSION_DECLINED, at, "system", {"id": old.id}))
            appointments.cancel(session, REVIEW, review_key(ticket_id, old.id))
    name = _next_id(events, EventKind.EXCLUSION_PROPOSED, "p")
    said = {"id": name} | claim.data()
    words = claim.words.strip()[: claims.LONGEST]
    entries.append(Entry(EventKind.EXCLUSION_PROPOSED, at, "system", said, words=words))
    finish(session, head, ticket, entries, at=at)
    appointments.ensure(session, REVIEW, review_key(ticket_id, name), at + LOOKED_AT_AGAIN)
    return name


def accept(
    session: Session, head: Letterhead, ticket_id: int, *, author: Engineer, proposal: str, at: datetime
) -> str:
    """Exclude what was proposed; the id of the exclusion.

    Errors: NotFound, Refused.
    """
    ticket = locked(session, ticket_id)
    events = log.events(session, ticket_id)
    one = _open_proposal(events, proposal)
    claims.check_times(ticket, one.start, one.end, at)
    name = _next_id(events, EventKind.EXCLUDED, "x")
    said = _made(events, EventKind.EXCLUSION_PROPOSED)[proposal]
    words = words_of(session, ticket_id, one.seq)
    entry = Entry(
        EventKind.EXCLUDED, at, actor(author), {"id": name} | said | {"proposal": proposal}, words=words
    )
    finish(session, head, ticket, [entry], at=at)
    appointments.cancel(session, REVIEW, review_key(ticket_id, proposal))
    return name


def decline(session: Session, head: Letterhead, ticket_id: int, *, author: Engineer, proposal: str, words: str = "",
            at: datetime) -> None:  # fmt: skip
    """Let proposed time count.

    Errors: NotFound, Refused.
    """
    ticket = locked(session, ticket_id)
    _open_proposal(log.events(session, ticket_id), proposal)
    words = words.strip()[: claims.LONGEST]
    entry = Entry(EventKind.EXCLUSION_DECLINED, at, actor(author), {"id": proposal}, words=words)
    finish(session, head, ticket, [entry], at=at)
    appointments.cancel(session, REVIEW, review_key(ticket_id, proposal))


def standing(events: Iterable[Event], name: str) -> Exclusion:
    """An exclusion that stands, of whatever kind.

    Errors: NotFound, Refused.
    """
    one = next((each for each in exclusions(list(events)) if each.id == name), None)
    if one is None:
        raise NotFound(f"there is no exclusion {name}")
    if not one.counts:
        raise Refused("this exclusion was struck")
    return one


def entered(events: Iterable[Event], name: str) -> Exclusion:
    """An exclusion that a person entered or accepted, and that stands.

    Errors: NotFound, Refused.
    """
    one = standing(events, name)
    if one.automatic:
        raise Refused("waiting for the customer began by itself: it ends with their answer, or is struck")
    return one


def review_key(ticket_id: int, name: str) -> str:
    """The key of the appointment that keeps an undecided claim in sight."""
    return f"{ticket_id}:{name}"


def only_a_manager(rights: Role) -> None:
    """Nothing for a manager or an administrator. Errors: Refused."""
    if rights.rank < Role.MANAGER.rank:
        raise Refused("only a manager decides about a contested exclusion")


def words_of(session: Session, ticket_id: int, seq: int) -> str:
    """What somebody wrote with an entry; empty where it was erased."""
    entries = table(TicketEvent).c
    wanted = sa.select(entries.words).where(entries.ticket_id == ticket_id, entries.seq == seq)
    return session.execute(wanted).scalar_one_or_none() or ""


def _open_proposal(events: list[Event], name: str) -> Exclusion:
    one = next((each for each in proposed(events) if each.id == name), None)
    if one is not None:
        return one
    if name in _made(events, EventKind.EXCLUSION_PROPOSED):
        raise Refused("this proposal is decided")
    raise NotFound(f"there is no proposal {name}")


def _made(events: Iterable[Event], kind: EventKind) -> dict[str, dict[str, object]]:
    """What was claimed by entries of a kind, by id, each as `Claim.data` says it."""
    parts = ("start", "end", "reason", "proof")
    return {
        str(event.data["id"]): {part: event.data.get(part) for part in parts}
        for event in events
        if event.kind is kind
    }


def _next_id(events: Iterable[Event], kind: EventKind, letter: str) -> str:
    return f"{letter}{1 + sum(event.kind is kind for event in events)}"


def _needed(words: str, otherwise: str) -> str:
    if not words.strip():
        raise Refused(otherwise)
    return words.strip()[: claims.LONGEST]
