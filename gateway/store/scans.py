"""What the scanner says of contents, by their key: asked for, claimed, decided, looked up."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.store import leases
from gateway.store.models import Attachment, Lease, Message, Scan, ScanState, database_now, either, table
from gateway.store.session import SessionFactory

RESTS: Final = "scanner-rests"
"""The right that is held while the scanner is left alone after it did not answer."""

_scans: Final = table(Scan).c
_ASK: Final = either(
    lambda insert: (made := insert(table(Scan))).on_conflict_do_update(
        index_elements=["blob_key"], set_={"asked_at": made.excluded.asked_at}
    )
)
CLAIM: Final = leases.claiming(
    Scan, due=[_scans.next_attempt_at <= leases.AT], order=_scans.next_attempt_at, index="ix_scan_due"
)


def ask(session: Session, keys: Collection[str], at: datetime) -> None:
    """See that each content has a verdict or waits for one.

    The row of each stays locked until the session ends, so that a verdict given meanwhile finds its attachment, or
    the attachment finds the verdict.
    """
    rows = [
        {"blob_key": key, "state": ScanState.NOT_SCANNED, "signature": "", "error": "", "asked_at": at,
         "next_attempt_at": at, "attempts": 0, "fence": 0}
        for key in sorted(set(keys))
    ]  # fmt: skip
    if rows:
        session.execute(_ASK[session.get_bind().dialect.name], rows)


def states(session: Session, keys: Collection[str]) -> dict[str, ScanState]:
    """The verdict on each of these contents; what nobody asked about is not scanned."""
    if not keys:
        return {}
    found = session.execute(sa.select(Scan.blob_key, Scan.state).where(Scan.blob_key.in_(set(keys)))).all()
    known = {key: ScanState(state) for key, state in found}
    return {key: known.get(key, ScanState.NOT_SCANNED) for key in keys}


def infected(session: Session, keys: Collection[str]) -> dict[str, str]:
    """Those of the contents in which something was found, with its name."""
    if not keys:
        return {}
    wanted = sa.select(Scan.blob_key, Scan.signature).where(
        Scan.blob_key.in_(set(keys)), Scan.state == ScanState.INFECTED
    )
    return {key: signature for key, signature in session.execute(wanted)}


def due(session: Session, at: datetime) -> bool:
    """Whether contents wait for a scanner that is not resting."""
    waiting = sa.select(Scan.id).where(
        Scan.next_attempt_at <= at, sa.or_(Scan.lease_until.is_(None), Scan.lease_until < database_now())
    )
    return session.execute(waiting.limit(1)).first() is not None and not resting(session)


def resting(session: Session) -> bool:
    """Whether the scanner is left alone for now."""
    rests = sa.select(Lease.name).where(Lease.name == RESTS, Lease.until > database_now())
    return session.execute(rests).first() is not None


def rest(sessions: SessionFactory, owner: str, length: timedelta) -> None:
    """Leave the scanner alone for a while, in every process."""
    leases.hold(sessions, RESTS, owner, length.total_seconds())


def wanted(session: Session, scan_ids: Sequence[int]) -> list[Scan]:
    """The rows that were claimed, in order."""
    return list(session.scalars(sa.select(Scan).where(Scan.id.in_(scan_ids)).order_by(Scan.id)))


def decide(session: Session, scan_id: int, *, state: ScanState, at: datetime, signature: str = "",
           error: str = "") -> None:  # fmt: skip
    """Enter what the scanner said; the row stays due until `told`."""
    _change(session, scan_id, state=state, signature=signature[:200], error=error[:300], decided_at=at)


def told(session: Session, scan_id: int) -> None:
    """Whoever had to know of a verdict knows it: nothing is left to do."""
    _change(session, scan_id, next_attempt_at=None, lease_owner=None, lease_until=None)


def postpone(session: Session, scan_id: int, at: datetime, *, error: str) -> None:
    """Ask again at an instant."""
    _change(session, scan_id, next_attempt_at=at, error=error[:300], lease_owner=None, lease_until=None)


def _change(session: Session, scan_id: int, **values: object) -> None:
    session.execute(
        sa.update(Scan).where(Scan.id == scan_id).values(**values),
        execution_options={"synchronize_session": False},
    )


def give_back(session: Session, scan_ids: Collection[int]) -> None:
    """Let go of claimed rows that were not tried."""
    session.execute(
        sa.update(Scan)
        .where(Scan.id.in_(scan_ids))
        .values(lease_owner=None, lease_until=None, attempts=Scan.attempts - 1),
        execution_options={"synchronize_session": False},
    )


def carriers(session: Session, key: str) -> Sequence[tuple[int, int, int, str]]:
    """Where a content hangs: ticket, message, attachment and file name of each."""
    found = (
        sa.select(Message.ticket_id, Message.id, Attachment.id, Attachment.filename)
        .join(Message, Message.id == Attachment.message_id)
        .where(Attachment.blob_key == key)
    )
    return [(row[0], row[1], row[2], row[3]) for row in session.execute(found.order_by(Attachment.id))]


def of_delivery(session: Session, delivery_id: int) -> Mapping[int, tuple[int, str, str]]:
    """Infected files that a mail brought: attachment → message, file name and what was found."""
    found = (
        sa.select(Attachment.id, Message.id, Attachment.filename, Scan.signature)
        .join(Message, Message.id == Attachment.message_id)
        .join(Scan, Scan.blob_key == Attachment.blob_key)
        .where(Message.delivery_id == delivery_id, Scan.state == ScanState.INFECTED)
    )
    return {row[0]: (row[1], row[2], row[3]) for row in session.execute(found)}


def counted(session: Session) -> dict[ScanState, int]:
    """How many contents stand at each verdict."""
    rows = session.execute(sa.select(Scan.state, sa.func.count()).group_by(Scan.state))
    return {ScanState(state): count for state, count in rows}
