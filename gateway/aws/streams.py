"""What is read of each account, and when: rows kept in step with the accounts, claimed when due, moved on after.

Streams of many accounts are spread over their period by the account's number. A stream that fails is tried again
soon, then less often, at the latest after ten minutes; one that nobody allowed is left to the daily probe.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from gateway.store import leases
from gateway.store.models import AwsAccount, AwsStream, AwsWrite, Stream, database_now, table
from gateway.store.queries.aws_streams import READABLE, WATCHED, WRITABLE, with_role

CASES_AT_MOST: Final = timedelta(minutes=9)
DAY: Final = timedelta(days=1)
SPREAD: Final = timedelta(seconds=60)
COST_DAY: Final = 3
_FIRST_RETRY: Final = 15.0
_LAST_RETRY: Final = timedelta(minutes=10)
_streams, _writes, _accounts = table(AwsStream).c, table(AwsWrite).c, table(AwsAccount).c


def _elsewhere(account_id: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """Whether another process works on the account: its pace is kept within one process."""
    held = []
    for rows in (AwsStream, AwsWrite):
        other = aliased(table(rows))
        held.append(
            sa.exists(sa.literal(1)).where(
                other.c.account_id == account_id,
                other.c.lease_until >= database_now(),
                other.c.lease_owner != leases.OWNER,
            )
        )
    return sa.or_(*held)


CLAIM_STREAMS: Final = leases.claiming(
    AwsStream,
    due=(
        _streams.due_at <= leases.AT,
        _streams.what.in_(sa.bindparam("kinds", expanding=True)),
        READABLE,
        ~_elsewhere(_streams.account_id),
    ),
    order=_streams.due_at,
)
CLAIM_WRITES: Final = leases.claiming(
    AwsWrite,
    due=(
        _writes.due_at <= leases.AT,
        WRITABLE,
        ~_elsewhere(_writes.account_id),
    ),
    order=_writes.due_at,
)


def keep_in_step(session: Session, at: datetime) -> None:
    """Give every account with a role its streams; those without lose them."""
    session.flush()
    without = sa.select(_accounts.account_id).where(_accounts.role_arn == "")
    session.execute(sa.delete(table(AwsStream)).where(_streams.account_id.in_(without)))
    rows_there = session.execute(sa.select(_streams.account_id, _streams.what))
    known = {(account_id, what) for account_id, what in rows_there}
    rows = [
        {"account_id": account_id, "what": str(what), "due_at": first_due(what, account_id, at),
         "watched_since": at, "failures": 0, "fault": "", "attempts": 0, "fence": 0}
        for account_id in session.scalars(with_role())
        for what in Stream
        if (account_id, str(what)) not in known
    ]  # fmt: skip
    if rows:
        session.execute(table(AwsStream).insert(), rows)


def first_due(what: Stream, account_id: str, at: datetime) -> datetime:
    """When a stream is read first: soon, and not all accounts at once; cost advice not before its day."""
    soon = at + jitter(account_id, SPREAD)
    if what is not Stream.COST:
        return soon
    return max(soon, at.replace(day=COST_DAY, hour=0, minute=0, second=0, microsecond=0))


def jitter(account_id: str, within: timedelta) -> timedelta:
    """A part of a period that is an account's own, the same at all times."""
    number = int.from_bytes(hashlib.sha256(account_id.encode()).digest()[:4], "big")
    return within * (number / 2**32)


def poke(session: Session, account_id: str, what: Stream, at: datetime) -> bool:
    """Make a stream due now; False where the account has none."""
    changed = session.execute(
        sa.update(table(AwsStream))
        .where(_streams.account_id == account_id, _streams.what == str(what))
        .values(due_at=at)
    )
    return bool(getattr(changed, "rowcount", 0))


def resume(session: Session, account_id: str, at: datetime) -> None:
    """Read an account again that could not be read: silence counts from now on."""
    session.execute(
        sa.update(table(AwsStream))
        .where(_streams.account_id == account_id, _streams.what.in_([str(e) for e in WATCHED]))
        .values(due_at=at, watched_since=at, failures=0, fault="")
    )


# After a read.


@dataclass(frozen=True, slots=True)
class Claimed:
    """A stream that this process reads now. Shape: `due_at` is why it was claimed; a later one is a poke's."""

    id: int
    fence: int
    account_id: str
    what: Stream
    watermark: datetime | None
    due_at: datetime


def succeeded(
    session: Session, claimed: Claimed, *, next_at: datetime, watermark: datetime | None, at: datetime
) -> None:
    """Move a stream on that was read; the caller holds its lease, which ends here."""
    row = session.get_one(AwsStream, claimed.id)
    if claimed.what is Stream.CASES:
        next_at = min(next_at, at + CASES_AT_MOST)
    row.read_at, row.failures, row.fault = at, 0, ""
    row.watermark = watermark if watermark is not None else row.watermark
    _release(row, claimed, next_at)


def failed(
    session: Session, claimed: Claimed, *, fault: str, at: datetime, next_at: datetime | None = None
) -> None:
    """Note what went wrong with a stream, and when it is tried again."""
    row = session.get_one(AwsStream, claimed.id)
    row.failures += 1
    row.fault = fault[:300]
    _release(row, claimed, next_at or at + back_off(row.failures, row.account_id))


def back_off(failures: int, account_id: str) -> timedelta:
    """How long to wait after so many failures in a row: twice as long each time, ten minutes at most."""
    doubled = min(timedelta(seconds=_FIRST_RETRY * 2.0 ** min(failures - 1, 10)), _LAST_RETRY)
    return doubled - jitter(account_id, doubled / 4)


def _release(row: AwsStream, claimed: Claimed, next_at: datetime) -> None:
    """End the lease; a poke that came while the stream was read is not lost."""
    if row.due_at == claimed.due_at:
        row.due_at = next_at
    row.lease_until = None
