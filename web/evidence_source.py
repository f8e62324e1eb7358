"""What the evidence sheet of a ticket is made of, for the page and for the API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from gateway.domain import evidence, sla
from gateway.domain.evidence import Sheet
from gateway.domain.exclusions import Exclusion, proposed
from gateway.domain.sla import Standing
from gateway.store.models import Ticket, TicketEvent
from gateway.store.queries import correspondence, people
from gateway.store.queries.agreements import Agreement
from gateway.tickets import NotFound, changes
from web import visit


@dataclass(frozen=True, slots=True)
class Source:
    """A ticket's sheet with the names and words that belong to it. Shape: `names` is engineer → name."""

    ticket: Ticket
    agreement: Agreement
    standing: Standing
    sheet: Sheet
    proposals: Sequence[Exclusion]
    entries: Sequence[TicketEvent]
    names: Mapping[int, str]

    @property
    def last(self) -> TicketEvent:
        """The end of the log."""
        return self.entries[-1]

    def words(self, seq: int) -> str:
        """What somebody wrote with an entry; empty where nothing, or where it was erased."""
        return self.entries[seq - 1].words or ""

    def name(self, actor: str) -> str:
        """The name of an engineer; empty for everybody else."""
        kind, _, number = actor.partition(":")
        return self.names.get(int(number), "") if kind == "engineer" and number.isdigit() else ""


def of_ticket(rows: Session, number: int) -> Source:
    """The sheet of a ticket as of this request.

    Errors: NotFound.
    """
    ticket = correspondence.ticket(rows, number)
    if ticket is None:
        raise NotFound("no such ticket")
    entries = correspondence.entries(rows, number)
    events = correspondence.as_events(entries)
    agreement = changes.agreement(rows, visit.services().letterhead, ticket)
    return Source(
        ticket,
        agreement,
        sla.standing(events, agreement.terms),
        evidence.sheet(events, agreement.terms, visit.now()),
        proposed(events),
        entries,
        people.names(rows),
    )
