"""Who did what in the desk: the audit log, paged, the newest first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.store.models import AuditEntry, Contact, Engineer

PAGE_ROWS: Final = 50
_LARGEST_KEY: Final = 2**62


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries are asked for. Shape: an empty text or None asks for all; `until` itself is left out."""

    actor: str = ""
    act: str = ""
    about: str = ""
    since: datetime | None = None
    until: datetime | None = None


def entries(
    session: Session, wanted: AuditFilter, *, before: int = 0, limit: int = PAGE_ROWS
) -> tuple[Sequence[AuditEntry], int]:
    """The entries asked for, and the key that the next page begins before, 0 on the last."""
    found = sa.select(AuditEntry)
    for column, value in ((AuditEntry.actor, wanted.actor), (AuditEntry.act, wanted.act),
                          (AuditEntry.about, wanted.about)):  # fmt: skip
        if value:
            found = found.where(column == value)
    if wanted.since is not None:
        found = found.where(AuditEntry.at >= wanted.since)
    if wanted.until is not None:
        found = found.where(AuditEntry.at < wanted.until)
    if 0 < before < _LARGEST_KEY:
        found = found.where(AuditEntry.id < before)
    rows = session.scalars(found.order_by(AuditEntry.id.desc()).limit(limit + 1)).all()
    return (rows[:limit], rows[limit - 1].id) if len(rows) > limit else (rows, 0)


def acts(session: Session) -> Sequence[str]:
    """Every act that was ever entered, in order.

    Each step of the walk skips to the next act by the index, so that the log's length does not matter.
    """
    first = sa.select(sa.func.min(AuditEntry.act).label("act")).cte("walk", recursive=True)
    following = sa.select(sa.func.min(AuditEntry.act)).where(AuditEntry.act > first.c.act).scalar_subquery()
    walk = first.union_all(sa.select(following).where(first.c.act.is_not(None)))
    rows = session.scalars(sa.select(walk.c.act).where(walk.c.act.is_not(None)).limit(500))
    return sorted(rows)


def people(session: Session, actors: Collection[str]) -> dict[str, str]:
    """The names behind actors like `engineer:7` and `contact:12`, as far as they are known."""
    engineers, contacts = _keys(actors, "engineer"), _keys(actors, "contact")
    found: dict[str, str] = {}
    if engineers:
        rows = session.execute(sa.select(Engineer.id, Engineer.name).where(Engineer.id.in_(engineers)))
        found |= {f"engineer:{row.id}": row.name for row in rows}
    if contacts:
        rows = session.execute(
            sa.select(Contact.id, Contact.name, Contact.email).where(Contact.id.in_(contacts))
        )
        found |= {f"contact:{row.id}": row.name or row.email for row in rows}
    return found


def _keys(actors: Collection[str], kind: str) -> list[int]:
    named = (each.partition(":") for each in actors)
    return [
        int(key)
        for what, _, key in named
        if what == kind and key.isascii() and key.isdigit() and len(key) < 18
    ]
