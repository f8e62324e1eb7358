"""The tickets a report lists: what happened to which of them, and which are open."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from gateway.domain.lifecycle import LIVE, EventKind, Status
from gateway.domain.terms import Priority
from gateway.reporting.figures import MOST_LINES, TicketLine
from gateway.store.queries import reporting
from gateway.store.queries.attainment import Window
from gateway.store.queries.reporting import Line

_DONE: Final = ("opened", "answered", "resolved", "reopened", "closed")


def handled(session: Session, window: Window) -> tuple[tuple[TicketLine, ...], int]:
    """Every ticket to which something happened in a window, by priority and number, and how many more there are."""
    did: dict[int, set[str]] = {}
    for row in reporting.happened(session, window):
        if deed := _deed(row):
            did.setdefault(row.ticket_id, set()).add(deed)
    ordered = sorted(did)[:MOST_LINES]
    found = reporting.lines(session, ordered)
    made = _lines(session, (found[key] for key in ordered), window.until, did)
    return tuple(sorted(made, key=lambda each: (Priority(each.priority).rank, each.ticket_id))), len(
        did
    ) - len(ordered)


def open_at_end(session: Session, window: Window) -> tuple[TicketLine, ...]:
    """The tickets not closed at a window's end, what is due first in front, what waits to be confirmed last."""
    found = reporting.open_at_end(session, window, most=MOST_LINES)
    return tuple(_lines(session, found, window.until, {}))


def _deed(row: Any) -> str:
    if row.kind == EventKind.OPENED:
        return "opened"
    if row.kind == EventKind.REPLY:
        return "answered"
    before, after = row.data.get("from"), row.data["to"]
    if after in (Status.RESOLVED, Status.CLOSED):
        return str(after)
    return "reopened" if before == Status.RESOLVED else ""


def _lines(
    session: Session, found: Iterable[Line], until: datetime, did: dict[int, set[str]]
) -> list[TicketLine]:
    """Tickets as they stood at an instant, as far as their logs tell it."""
    rows = list(found)
    moved = [row.id for row in rows if row.changed_at >= until]
    before = reporting.statuses_at(session, moved, until) if moved else {}
    return [
        _line(
            row,
            before.get(row.id, Status.NEW) if row.changed_at >= until else row.status,
            did.get(row.id, set()),
        )
        for row in rows
    ]


def _line(row: Line, status: str, did: set[str]) -> TicketLine:
    return TicketLine(
        ticket_id=row.id,
        subject=row.subject,
        priority=row.priority,
        status=status,
        opened_at=row.opened_at,
        assignee=row.assignee,
        next_due_at=_due_at(row) if status in LIVE else None,
        did=tuple(each for each in _DONE if each in did),
    )


def _due_at(row: Line) -> datetime | None:
    """The due instant of the first undecided target; None while its clock rests before it."""
    due_at = row.resolution_due_at
    if row.first_response_at is None:
        due_at = min(due_at, row.first_response_due_at)
    rests = row.rests_since is not None and row.rests_since <= due_at
    return None if rests else due_at
