"""Health events as pages draw them: what AWS says, which accounts and customers it touches, what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from gateway.domain import health_advice
from gateway.domain.lifecycle import LIVE, Kind
from gateway.store.models import HealthEvent, Ticket
from gateway.store.queries import aws_desk, health
from gateway.store.queries.aws_desk import Meeting
from gateway.tickets import health_state, health_words
from web import visit
from web.aws import shown, words
from web.timeline import Tag

_MOST_NEAR: Final = 10


@dataclass(frozen=True, slots=True)
class Shown:
    """One event. Shape: `met` are the customers who meet it; a ticket's page shows its customer's `impacts` alone;
    `overlaps` are that customer's live tickets that may be about the same.
    """

    row: HealthEvent
    title: str
    tag: Tag
    category: str
    scope: str
    action: str
    impacts: tuple[shown.Impact, ...]
    advice: tuple[str, ...]
    met: tuple[Meeting, ...] = ()
    overlaps: tuple[Ticket, ...] = ()

    @property
    def accounts(self) -> int:
        """How many accounts are touched now."""
        return sum(not each.row.gone for each in self.impacts)


def of_ticket(rows: Session, ticket: Ticket) -> list[Shown]:
    """The event that a ticket is about, as its customer meets it."""
    met = health.of_ticket(rows, ticket.id)
    if met is None:
        return []
    impacts = aws_desk.impacts(rows, [met.event.id], customer_id=met.row.customer_id)
    found = health_state.situation(rows, met.row, met.event, at=visit.now()).impact
    overlaps = aws_desk.tickets_named(rows, found.overlaps)
    return [_shown(met.event, impacts.get(met.event.id, ()), codes=found.advice, overlaps=overlaps)]


def near(rows: Session, ticket: Ticket) -> list[tuple[int, str, Tag]]:
    """Events of the customer that may be what a live incident of theirs is about: key, title, how each stands."""
    if ticket.customer_id is None or ticket.status not in LIVE or ticket.kind != Kind.INCIDENT:
        return []
    reader, found = visit.reader(), []
    for met in health.of_customer(rows, ticket.customer_id, since=ticket.opened_at, limit=_MOST_NEAR):
        situation = health_state.situation(rows, met.row, met.event, at=visit.now())
        if ticket.id in situation.impact.overlaps:
            found.append((met.event.id, shown.title(met.event, reader), shown.event_tag(met.event, reader)))
    return found


def drawn(rows: Session, found: Sequence[HealthEvent]) -> list[Shown]:
    """Events with what they mean for the accounts of everybody."""
    keys = [row.id for row in found]
    impacts, met = aws_desk.impacts(rows, keys), aws_desk.met_by(rows, keys)
    return [
        _shown(
            row,
            impacts.get(row.id, ()),
            codes=health_advice.codes(row.type_code, row.category, row.status),
            met=met.get(row.id, ()),
        )
        for row in found
    ]


def _shown(
    row: HealthEvent,
    impacts: Sequence[aws_desk.Touched],
    *,
    codes: Sequence[str],
    met: Sequence[Meeting] = (),
    overlaps: Sequence[Ticket] = (),
) -> Shown:
    reader = visit.reader()
    return Shown(
        row=row,
        title=shown.title(row, reader),
        tag=shown.event_tag(row, reader),
        category=words.said(words.CATEGORIES, row.category, reader),
        scope=words.said(words.SCOPES, row.scope, reader),
        action=words.said(words.ACTIONS, row.actionability, reader),
        impacts=tuple(shown.impact(each.impact, each.account, reader) for each in impacts),
        advice=tuple(health_words.advice(codes, reader.language)),
        met=tuple(met),
        overlaps=tuple(overlaps),
    )
