"""Announced maintenance of the platform itself: windows that concern everybody, as the public may know them (P2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from gateway.domain.availability import joined
from gateway.domain.terms import DEFAULT_TERMS
from gateway.domain.windows import Announcement, Span, counting
from gateway.notices.plans import Kind, State, Step, window_of
from gateway.store.models import Notice, NoticeIssue

_TOLD: Final = (State.ANNOUNCED, State.STARTED, State.ENDED)
_PLANS: Final = (Step.ANNOUNCED, Step.CHANGED, Step.CALLED_OFF)


@dataclass(frozen=True, slots=True)
class Window:
    """A window. Shape: `counted` are the parts that were announced in time, which count neither as up nor as down."""

    notice_id: int
    titles: dict[str, str]
    planned: Span
    counted: tuple[Span, ...]
    running: bool


def windows(session: Session, since: datetime) -> list[Window]:
    """The windows of the platform that end after an instant, in order.

    Source: P2 (reading): a notice that names no customer, account, region, service or tag is about the platform; it
    is announced by being told, 48 hours before, as P11 has it, and its public page tells everybody.
    """
    found = (
        sa.select(Notice)
        .where(Notice.kind == Kind.MAINTENANCE, Notice.state.in_(_TOLD), Notice.ends_at > since)
        .order_by(Notice.starts_at, Notice.id)
        .options(selectinload(Notice.issues))
    )
    made = []
    for row in session.scalars(found):
        planned = window_of(row)
        if planned is not None and not any(row.scope.values()):
            running = row.state == State.STARTED
            made.append(Window(row.id, row.titles, planned, _counted(row), running))
    return made


def announced(found: list[Window]) -> tuple[Span, ...]:
    """The parts of all windows that do not count, in order, joined."""
    return joined(part for each in found for part in each.counted)


def _counted(row: Notice) -> tuple[Span, ...]:
    plans = [_announcement(each) for each in row.issues if each.step in _PLANS]
    return counting(plans, started_at=row.started_at, ended_at=row.ended_at)


def _announcement(issue: NoticeIssue) -> Announcement:
    span = Span(issue.starts_at, issue.ends_at) if issue.starts_at and issue.ends_at else None
    return Announcement(
        window=None if issue.step == Step.CALLED_OFF else span,
        accepted_at=issue.at,
        needed=DEFAULT_TERMS.maintenance_notice,
        emergency=bool(issue.emergency),
    )
