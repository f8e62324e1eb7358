"""Time that AWS's own failures cost a customer's incidents: proposed with the Health event as proof (P11).

An engineer accepts or declines. What was declined or struck is never proposed again, what lasts ends when the event
does, and what has ended may grow by a further stretch where the event goes on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from gateway.domain import impact
from gateway.domain.counting import Reason
from gateway.domain.exclusions import Exclusion, Proof, exclusions, proposed
from gateway.domain.impact import Affected, Category, Request, Status
from gateway.domain.lifecycle import Event, EventKind
from gateway.store import appointments
from gateway.store.models import HealthEvent, Ticket
from gateway.store.queries import health
from gateway.store.queries.evidence import REVIEW
from gateway.tickets import Refused, excluding, health_words, log
from gateway.tickets.changes import finish, locked
from gateway.tickets.claims import Claim, ProofKind, text
from gateway.tickets.letterhead import Letterhead
from gateway.tickets.log import Entry

BY_THE_DESK: Final = "system"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time. `end` is None while it lasts."""

    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done on a ticket: propose a span instead of undecided ones, or end what was accepted."""

    span: Span | None = None
    instead: tuple[str, ...] = ()
    end: tuple[str, datetime] | None = None


def due(session: Session, event_id: int, customer_id: int, *, at: datetime) -> list[int]:
    """The customer's tickets on which something of an event is to be proposed or ended, by number."""
    return [ticket_id for ticket_id, _ in _steps(session, event_id, customer_id, at=at)]


def keep_in_step(
    session: Session, head: Letterhead, event_id: int, customer_id: int, *, at: datetime
) -> None:
    """Propose what an event cost the customer's incidents, and end what lasted until it was over."""
    for ticket_id in due(session, event_id, customer_id, at=at):
        ticket = locked(session, ticket_id)
        for found, step in _steps(session, event_id, customer_id, at=at):  # as things stand under the lock
            if found == ticket_id:
                _do(session, head, ticket, session.get_one(HealthEvent, event_id), step=step, at=at)


def step(events: Sequence[Event], arn: str, span: Span | None, *, live: bool) -> Step | None:
    """What has to be done so that a ticket's log says of an event what is so; None where it does.

    Shape: `span` is when both lasted, None where they did not or are not about the same.
    """
    proof = (str(ProofKind.HEALTH_EVENT), arn)
    ours = {str(each.data["id"]) for each in events if _proposes(each, proof)}
    if _refused(events, ours):
        return None
    taken = [each for each in exclusions(events) if each.proposal in ours]
    waiting = [each for each in proposed(events) if each.id in ours]
    lasting = next((each for each in taken if each.end is None), None)
    if lasting is not None:
        ends = span.end if span is not None else None
        return Step(end=(lasting.id, max(ends, lasting.start))) if ends is not None else None
    wanted = _further(taken, span)
    if wanted is None or any((each.start, each.end) == (wanted.start, wanted.end) for each in waiting):
        return None
    return Step(span=wanted, instead=tuple(each.id for each in waiting)) if live or waiting else None


def _steps(session: Session, event_id: int, customer_id: int, *, at: datetime) -> Iterator[tuple[int, Step]]:
    stored = session.get(HealthEvent, event_id)
    if stored is None or stored.category != Category.ISSUE or stored.starts_at is None:
        return
    event, accounts = health.event_of(stored), health.affected(session, event_id, customer_id)
    if not accounts:
        return
    for request in health.requests_during(session, customer_id, stored.starts_at, at):
        events = log.events(session, request.ticket_id)
        span = _span(event, accounts, request, at=at)
        if found := step(events, stored.arn, span, live=request.ended_at is None):
            yield request.ticket_id, found


def _span(
    event: impact.Event, accounts: Sequence[Affected], request: Request, *, at: datetime
) -> Span | None:
    """When a ticket was open while an event lasted; an event that names the accounts no more has lasted until now."""
    ended = impact.status_of(event, accounts) is Status.CLOSED and event.status != Status.CLOSED
    there = [Affected(each.account_id) for each in accounts if ended or not each.gone]
    found = impact.overlaps(event, there, request, at=at)
    if found is None:
        return None
    return Span(found[0], (found[1] or at) if ended else found[1])


def _further(taken: Sequence[Exclusion], span: Span | None) -> Span | None:
    """The part of a span that no accepted stretch holds already."""
    if span is None:
        return None
    start = max([span.start, *(each.end for each in taken if each.end is not None)])
    return Span(start, span.end) if span.end is None or start < span.end else None


def _refused(events: Sequence[Event], ours: set[str]) -> bool:
    """Whether a person said that this event does not excuse the delay, or ended by hand what it excused."""
    entered = {each.id for each in exclusions(events) if each.proposal in ours}
    by_people = [each for each in events if each.actor != BY_THE_DESK]
    return any(
        (each.kind is EventKind.EXCLUSION_DECLINED and each.data.get("id") in ours)
        or (each.kind is EventKind.EXCLUSION_STRUCK and each.data.get("id") in entered)
        or (each.kind is EventKind.EXCLUSION_ENDED and each.data.get("id") in entered)
        for each in by_people
    )


def _proposes(event: Event, proof: tuple[str, str]) -> bool:
    told = event.data.get("proof")
    return (
        event.kind is EventKind.EXCLUSION_PROPOSED
        and isinstance(told, dict)
        and (told.get("kind"), told.get("reference")) == proof
    )


def _do(session: Session, head: Letterhead, ticket: Ticket, stored: HealthEvent, *, step: Step,
        at: datetime) -> None:  # fmt: skip
    if step.end is not None:
        name, end = step.end
        data: dict[str, object] = {"id": name, "end": text(end)}
        finish(session, head, ticket, [Entry(EventKind.EXCLUSION_ENDED, at, BY_THE_DESK, data)], at=at)
    elif step.span is not None:
        _propose(session, head, ticket, stored, step=step, at=at)


def _propose(session: Session, head: Letterhead, ticket: Ticket, stored: HealthEvent, *, step: Step,
             at: datetime) -> None:  # fmt: skip
    """Propose a span in the place of others. A ticket that takes none today takes none tomorrow."""
    span = step.span
    if span is None:
        return
    language = head.letter_language(ticket.language)
    words = health_words.subject(
        stored.service, stored.type_code, stored.category, region=stored.region, language=language
    )
    claim = Claim(Reason.AWS, span.start, span.end, Proof(ProofKind.HEALTH_EVENT, stored.arn), words)
    try:
        excluding.propose(session, head, ticket.id, claim=claim, at=at)
    except Refused:
        return
    left = [each.id for each in proposed(log.events(session, ticket.id)) if each.id in step.instead]
    if left:  # of another beginning: a proposal of the same one has given way already
        gone = [Entry(EventKind.EXCLUSION_DECLINED, at, BY_THE_DESK, {"id": name}) for name in left]
        finish(session, head, ticket, gone, at=at)
        for name in left:
            appointments.cancel(session, REVIEW, excluding.review_key(ticket.id, name))
