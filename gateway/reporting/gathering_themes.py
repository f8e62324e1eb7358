"""What tickets were about, counted, and how they went: resolved by how many people, and come back."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappush, heapreplace
from typing import Any, Final

from sqlalchemy.orm import Session

from gateway.domain import themes as about
from gateway.domain.terms import Priority
from gateway.domain.themes import Symptom
from gateway.reporting.figures import Theme
from gateway.store.queries import reporting_work
from gateway.store.queries.attainment import Window

MOST: Final = 10
_EXAMPLES: Final = 3


@dataclass(slots=True)
class _Count:
    """The tickets of one theme so far. Shape: `newest` is a heap of ticket numbers."""

    by_priority: Counter[str] = field(default_factory=Counter)
    breached: int = 0
    newest: list[int] = field(default_factory=list)

    def add(self, row: Any) -> None:
        """Count one ticket."""
        self.by_priority[row.priority] += 1
        self.breached += bool(row.breached)
        if len(self.newest) < _EXAMPLES:
            heappush(self.newest, row.id)
        elif row.id > self.newest[0]:
            heapreplace(self.newest, row.id)


def themes(session: Session, window: Window, *, at: datetime) -> tuple[Theme, ...]:
    """What the tickets opened in a window were about, the largest theme first, at most `MOST`.

    Shape: the tickets that a report counts as opened; violated as known at an instant; the examples are the newest
    tickets. Tickets that name neither a service nor a symptom are no theme.
    """
    counts: dict[tuple[str, str], _Count] = {}
    for row in reporting_work.opened(session, window, at):
        found = about.theme(row.subject, services=row.aws_services, service=row.service, kind=row.kind)
        if found.service or found.symptom is not Symptom.OTHER:
            counts.setdefault((found.service, found.symptom), _Count()).add(row)
    ranked = sorted(counts, key=lambda key: (-counts[key].by_priority.total(), -counts[key].breached, key))
    return tuple(_told(key, counts[key]) for key in ranked[:MOST])


def _told(key: tuple[str, str], count: _Count) -> Theme:
    return Theme(
        service=key[0],
        symptom=key[1],
        count=count.by_priority.total(),
        by_priority={level: count.by_priority[level] for level in Priority if count.by_priority[level]},
        breached=count.breached,
        examples=tuple(sorted(count.newest)),
    )
