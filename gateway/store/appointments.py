"""Appointments of the desk in the database: made, moved, called off."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.store.models import Appointment, either, table

_rows = table(Appointment).c


def _moving(insert: Any) -> Any:
    made = insert(table(Appointment))
    moved = {"due_at": made.excluded.due_at, "lease_until": None, "fence": _rows.fence + 1}
    return made.on_conflict_do_update(index_elements=["what", "key"], set_=moved)


_MAKE: Final = either(
    lambda insert: insert(table(Appointment)).on_conflict_do_nothing(index_elements=["what", "key"])
)
_MOVE: Final = either(_moving)


def ensure(session: Session, what: str, key: str, due_at: datetime) -> None:
    """Make an appointment unless there is one; an existing one stays as it is."""
    session.execute(_MAKE[session.get_bind().dialect.name], _values(what, key, due_at))


def plan(session: Session, what: str, key: str, due_at: datetime) -> None:
    """Make an appointment, or move the one there is; whoever was about to keep it at the old time will not."""
    session.execute(_MOVE[session.get_bind().dialect.name], _values(what, key, due_at))


def cancel(session: Session, what: str, key: str) -> None:
    """Call an appointment off; nothing happens where there is none."""
    session.execute(sa.delete(table(Appointment)).where(_rows.what == what, _rows.key == key))


def due_at(session: Session, what: str, key: str) -> datetime | None:
    """When an appointment is, or None where there is none."""
    return session.execute(
        sa.select(_rows.due_at).where(_rows.what == what, _rows.key == key)
    ).scalar_one_or_none()


def keys(session: Session, what: str, prefix: str) -> list[str]:
    """The keys of appointments of a kind that begin with something."""
    wanted = sa.select(_rows.key).where(_rows.what == what, _rows.key.startswith(prefix, autoescape=True))
    return list(session.scalars(wanted.order_by(_rows.key)))


def _values(what: str, key: str, due_at: datetime) -> dict[str, object]:
    return {"what": what, "key": key, "due_at": due_at, "attempts": 0, "fence": 0}
