"""Health events as pages draw them: what AWS says, which accounts and customers it touches, what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from gateway.store.models import HealthEvent, Ticket
from gateway.store.queries import aws_desk
from gateway.store.queries.aws_desk import Met
from web import visit
from web.aws import shown, words
from web.timeline import Tag


@dataclass(frozen=True, slots=True)
class Shown:
    """One event. Shape: `met` are the customers who meet it; a ticket's page shows its customer's `impacts` alone."""

    row: HealthEvent
    title: str
    tag: Tag
    category: str
    scope: str
    action: str
    impacts: tuple[shown.Impact, ...]
    met: tuple[Met, ...]

    @property
    def accounts(self) -> int:
        """How many accounts are touched now."""
        return sum(not each.row.gone for each in self.impacts)


def of_ticket(rows: Session, ticket: Ticket) -> list[Shown]:
    """The events that a ticket is about, as its customer meets them."""
    found = aws_desk.events_of_ticket(rows, ticket.id)
    return drawn(rows, found, customer_id=ticket.customer_id) if found else []


def drawn(rows: Session, found: Sequence[HealthEvent], *, customer_id: int | None = None) -> list[Shown]:
    """Events with what they mean for accounts, of one customer or of all."""
    reader = visit.reader()
    keys = [row.id for row in found]
    impacts, met = aws_desk.impacts(rows, keys, customer_id=customer_id), aws_desk.met_by(rows, keys)
    return [
        Shown(
            row=row,
            title=shown.title(row, reader),
            tag=shown.event_tag(row, reader),
            category=words.said(words.CATEGORIES, row.category, reader),
            scope=words.said(words.SCOPES, row.scope, reader),
            action=words.said(words.ACTIONS, row.actionability, reader),
            impacts=tuple(shown.impact(*each, reader) for each in impacts.get(row.id, ())),
            met=tuple(met.get(row.id, ())),
        )
        for row in found
    ]
