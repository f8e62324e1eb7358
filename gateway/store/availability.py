"""The ledger of availability: each minute entered once, stretches read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.domain.availability import MINUTE, Component, Stretch
from gateway.store.models import AvailabilityStretch, either, table

_rows = table(AvailabilityStretch).c
_NEW: Final = either(
    lambda insert: insert(table(AvailabilityStretch)).on_conflict_do_nothing(
        index_elements=["component", "since"]
    )
)


def enter(session: Session, minute: datetime, states: Mapping[Component, bool]) -> None:
    """Enter a minute of some components; what was entered for it before stays."""
    for component, up in sorted(states.items()):
        _enter(session, component, minute, up=up)


def entered(session: Session, minute: datetime) -> bool:
    """Whether a minute of the whole platform is in the ledger."""
    last = _last(session, Component.PLATFORM, minute)
    return last is not None and last.until > minute


def stretches(session: Session, since: datetime) -> dict[Component, list[Stretch]]:
    """What was measured since an instant, by component, in order."""
    wanted = (
        sa.select(_rows.component, _rows.since, _rows.until, _rows.up)
        .where(_rows.until > since)
        .order_by(_rows.component, _rows.since)
    )
    found: dict[Component, list[Stretch]] = {each: [] for each in Component}
    for row in session.execute(wanted):
        found[Component(row.component)].append(Stretch(row.since, row.until, row.up))
    return found


def _enter(session: Session, component: Component, minute: datetime, *, up: bool) -> None:
    last = _last(session, component, minute)
    if last is not None and last.until > minute:
        return
    if last is not None and last.until == minute and last.up == up:
        longer = sa.update(table(AvailabilityStretch)).where(_rows.id == last.id, _rows.until == minute)
        session.execute(longer.values(until=minute + MINUTE))
        return
    row = {"component": component, "since": minute, "until": minute + MINUTE, "up": up}
    session.execute(_NEW[session.get_bind().dialect.name], row)


def _last(session: Session, component: Component, minute: datetime) -> Any:
    """The last stretch that begins at a minute or before."""
    found = sa.select(table(AvailabilityStretch)).where(_rows.component == component, _rows.since <= minute)
    return session.execute(found.order_by(_rows.since.desc()).limit(1)).first()
