"""What a window that is over asks people to exclude: a proposal on each ticket it covers (P11)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from gateway.domain import sla
from gateway.domain.counting import Reason, counted
from gateway.domain.exclusions import Proof
from gateway.domain.windows import Span
from gateway.notices import delivery, plans
from gateway.notices.plans import State
from gateway.store.models import Notice, Ticket
from gateway.store.queries import notices as rows
from gateway.tickets import NotFound, Refused, changes, excluding, log
from gateway.tickets.claims import Claim, ProofKind
from gateway.tickets.letterhead import Letterhead

BATCH: Final = 20
_KINDS: Final = ("excluded", "exclusion-proposed")


@dataclass(frozen=True, slots=True)
class Covered:
    """A ticket, and the stretches of its clocks that a window covers."""

    ticket: Ticket
    spans: tuple[Span, ...]


def keep_proposals(session: Session, head: Letterhead, key: str, at: datetime) -> datetime | None:
    """Propose what a window covers, some tickets at a time; at once again while some are left."""
    notice = rows.whole(session, int(key))
    if notice is None or notice.state not in (State.STARTED, State.ENDED):
        return None
    made = 0
    for each in covered(session, head, notice, at=at):
        if made == BATCH:
            return at
        made += _proposed(session, head, notice, each, at=at)
    return None


def covered(session: Session, head: Letterhead, notice: Notice, *, at: datetime) -> Iterator[Covered]:
    """Tickets whose clocks ran in the part of the window that counts, and that have no proposal of it yet."""
    counts = {each.customer_id: each for each in delivery.customers(notice) if each.counts}
    if not counts:
        return
    window = plans.window(notice)
    found = rows.tickets_between(session, list(counts), window.start, min(window.end, at))
    done = _with_proof(session, found, str(notice.id))
    scope = plans.scope_of(notice)
    for ticket in found:
        told = counts[ticket.customer_id or 0]
        fits = scope.covers(
            ticket.aws_account_id, ticket.aws_region, ticket.aws_services, named=told.accounts
        )
        if fits and ticket.id not in done:
            spans = tuple(_running(session, head, ticket, told.counts, at=at))
            if spans:
                yield Covered(ticket, spans)


def _running(
    session: Session, head: Letterhead, ticket: Ticket, counts: Sequence[Span], *, at: datetime
) -> Iterator[Span]:
    """The stretches of a window in which a ticket's clocks ran."""
    agreed = changes.agreement(session, head, ticket)
    excluded = sla.standing(log.events(session, ticket.id), agreed.terms).excluded
    for span in counts:
        ended_at = min(at, ticket.resolved_at or at, ticket.closed_at or at)
        since, until = max(span.start, ticket.opened_at), min(span.end, ended_at)
        if since < until and counted(since, until, excluded):
            yield Span(since, until)


def _with_proof(session: Session, tickets: Sequence[Ticket], number: str) -> set[int]:
    ids = [each.id for each in tickets]
    proofs = rows.proofs(session, ids, _KINDS)
    return {
        ticket_id
        for ticket_id, proof in proofs
        if (proof.get("kind"), proof.get("reference")) == ("notice", number)
    }


def _proposed(session: Session, head: Letterhead, notice: Notice, each: Covered, *, at: datetime) -> bool:
    """Whether a proposal was made. A ticket that takes none today takes none tomorrow."""
    title = notice.titles.get(head.language) or next(iter(notice.titles.values()))
    words = f"{plans.number(head, notice.id)}: {title}"
    proof = Proof(ProofKind.NOTICE, str(notice.id))
    try:
        for span in each.spans:
            claim = Claim(Reason.MAINTENANCE, span.start, span.end, proof, words)
            excluding.propose(session, head, each.ticket.id, claim=claim, at=at)
    except (Refused, NotFound):
        return False
    return True
