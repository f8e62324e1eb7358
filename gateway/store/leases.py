"""One mechanism for work that only one process may do: an owner, an end by database time, a fencing number.

Whoever commits or sends must still hold the number it was given, so that a process that slept through its lease does
no harm when it wakes.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from gateway.store.models import (
    Alarm,
    Appointment,
    AwsStream,
    AwsWrite,
    Delivery,
    Lease,
    Outbox,
    Scan,
    StoredReport,
    WebhookCall,
    database_now,
    table,
)
from gateway.store.models.columns import Instant
from gateway.store.session import SessionFactory, transaction

SECONDS: Final = 12.0
AT: Final = sa.bindparam("at", type_=Instant())
OWNER: Final = sa.bindparam("owner", type_=sa.String())
_LIMIT: Final = sa.bindparam("limit", type_=sa.Integer())
Leased = (
    type[Delivery]
    | type[Outbox]
    | type[Alarm]
    | type[Appointment]
    | type[AwsStream]
    | type[AwsWrite]
    | type[Scan]
    | type[StoredReport]
    | type[WebhookCall]
)


def _fence(rows: Leased) -> sa.Select[int]:
    columns = table(rows).c
    return sa.select(columns.fence).where(columns.id == sa.bindparam("row_id")).with_for_update()


_FENCE: Final[Mapping[Leased, sa.Select[int]]] = {
    rows: _fence(rows)
    for rows in (Delivery, Outbox, Alarm, Appointment, AwsStream, AwsWrite, Scan, StoredReport, WebhookCall)
}


def hold(sessions: SessionFactory, name: str, owner: str, seconds: float) -> int | None:
    """Take or prolong a named right: its fencing number, or None while somebody else holds it."""
    with transaction(sessions) as session:
        make = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
        first = make(table(Lease)).values(name=name, owner=owner, until=database_now(-1), fence=0)
        session.execute(first.on_conflict_do_nothing(index_elements=["name"]))
        held_by_us = sa.and_(Lease.owner == owner, Lease.fence > 0)
        taken = (
            sa.update(Lease)
            .where(Lease.name == name, sa.or_(Lease.owner == owner, Lease.until < database_now()))
            .values(
                fence=sa.case((held_by_us, Lease.fence), else_=Lease.fence + 1),
                owner=owner,
                until=database_now(seconds),
            )
            .returning(Lease.fence)
        )
        return session.execute(taken, execution_options={"synchronize_session": False}).scalar_one_or_none()


def release(sessions: SessionFactory, name: str, owner: str) -> None:
    """Give a named right up before its end."""
    with transaction(sessions) as session:
        session.execute(
            sa.update(Lease).where(Lease.name == name, Lease.owner == owner).values(until=database_now(-1))
        )


def claiming(rows: Leased, *, due: Sequence[sa.ColumnElement[bool]], order: sa.ColumnElement[Any],
             index: str = "") -> sa.UpdateBase:  # fmt: skip
    """The statement for `claim`, made once: building it costs more than running it.

    Shape: `due` may say AT. Where `index` names the partial index of what is due, SQLite walks it; left to itself it
    would sort the whole backlog for each batch.
    """
    leased = table(rows)
    free = sa.or_(leased.c.lease_until.is_(None), leased.c.lease_until < database_now())
    chosen = sa.select(leased.c.id).where(*due, free).order_by(order, leased.c.id).limit(_LIMIT)
    if index:
        chosen = chosen.with_hint(leased, f"INDEXED BY {index}", "sqlite")
    return (
        sa.update(leased)
        .where(leased.c.id.in_(chosen.with_for_update(skip_locked=True).scalar_subquery()))
        .values(
            lease_owner=OWNER,
            lease_until=database_now(SECONDS),
            fence=leased.c.fence + 1,
            attempts=leased.c.attempts + 1,
        )
        .returning(leased.c.id, leased.c.fence)
    )


def claim(
    session: Session, statement: sa.UpdateBase, *, owner: str, at: datetime, limit: int, **told: object
) -> dict[int, int]:
    """Lease up to `limit` rows that are due at an instant and that nobody holds: id → fencing number, in order."""
    found = session.execute(statement, {"owner": owner, "at": at, "limit": limit, **told})
    return dict(sorted((row_id, fence) for row_id, fence in found))


def prolong(
    session: Session, rows: Leased, row_ids: Sequence[int], *, owner: str, seconds: float = SECONDS
) -> None:
    """Push the end of leases that are still ours; one that was given back stays given back."""
    session.execute(
        sa.update(rows)
        .where(rows.id.in_(row_ids), rows.lease_owner == owner, rows.lease_until.is_not(None))
        .values(lease_until=database_now(seconds)),
        execution_options={"synchronize_session": False},
    )


def held(session: Session, rows: Leased, row_id: int, fence: int) -> bool:
    """Whether the fencing number is still the row's, with the row locked until the session ends."""
    found: int | None = session.execute(_FENCE[rows], {"row_id": row_id}).scalar_one_or_none()
    return found == fence


class Keeper:
    """Prolongs the leases on a batch of rows while a slow step runs, from a thread of its own."""

    def __init__(self, sessions: SessionFactory, rows: Leased, row_ids: Sequence[int], owner: str) -> None:
        self._sessions, self._rows, self._row_ids, self._owner = sessions, rows, row_ids, owner
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="lease-keeper")

    def __enter__(self) -> Keeper:
        """Begin to watch."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop; leases end by themselves or by what the rows were given."""
        self._done.set()

    def _run(self) -> None:
        while not self._done.wait(SECONDS / 3):
            with suppress(sa.exc.SQLAlchemyError):  # the next round tries again; fencing guards the commit
                self._prolong()

    def _prolong(self) -> None:
        with transaction(self._sessions) as session:
            prolong(session, self._rows, self._row_ids, owner=self._owner)
