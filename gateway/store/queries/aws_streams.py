"""Which streams and writes of AWS accounts may be worked on, which are due, and how fresh reading is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.store.models import (
    AccountState,
    AwsAccount,
    AwsStream,
    AwsWrite,
    Stream,
    WriteState,
    database_now,
    in_words,
    table,
)
from gateway.store.queries.aws_writes import IN_TURN

BY_HAND: Final = "by-hand"
"""The code of a state that a person set, which no probe takes back."""
OF_OUR_OWN: Final = "hub: "
"""What stands before a stream's fault where our own identity was refused, not the account's."""
WATCHED: Final = (Stream.CASES, Stream.HEALTH)
_streams, _writes, _accounts = table(AwsStream).c, table(AwsWrite).c, table(AwsAccount).c
_UNDECIDED: Final = tuple(in_words(e) for e in (WriteState.QUEUED, WriteState.SENDING, WriteState.UNKNOWN))


def with_role(*conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """The numbers of accounts that have a role, on conditions."""
    return sa.select(_accounts.account_id).where(_accounts.role_arn != "", *conditions)


_WELL: Final = with_role(_accounts.state == in_words(AccountState.OK))
READABLE: Final = sa.or_(
    _streams.account_id.in_(_WELL),
    sa.and_(
        _streams.what == in_words(Stream.PROBE),
        _streams.account_id.in_(with_role(_accounts.state_code != in_words(BY_HAND))),
    ),
    sa.and_(
        _streams.what == in_words(Stream.COST),
        _streams.account_id.in_(with_role(_accounts.state == in_words(AccountState.NO_PLAN))),
    ),
)
"""An account is probed whatever its state; cost advice needs no support plan."""
WRITABLE: Final = sa.and_(_writes.state.in_(_UNDECIDED), _writes.account_id.in_(_WELL), IN_TURN)


def due(session: Session, at: datetime) -> bool:
    """Whether something of AWS is due that nobody holds."""
    streams = (_streams.due_at <= at, READABLE, _free(AwsStream))
    writes = (_writes.due_at <= at, WRITABLE, _free(AwsWrite))
    return any(
        session.execute(sa.select(sa.literal(1)).where(*each).limit(1)).first() is not None
        for each in (streams, writes)
    )


def silent(session: Session, at: datetime) -> Mapping[tuple[str, str], float]:
    """Seconds since each stream of a readable account was last read, by account and stream.

    Shape: only what should be read all the time; a stream that is refused to us waits for the daily probe.
    """
    wanted = (
        sa.select(AwsStream, AwsAccount.capabilities)
        .join(AwsAccount, AwsAccount.account_id == AwsStream.account_id)
        .where(_streams.what.in_([str(e) for e in WATCHED]), READABLE)
        .order_by(_streams.account_id, _streams.what)
    )
    return {
        (row.account_id, row.what): max(
            0.0, (at - max(row.read_at or row.watched_since, row.watched_since)).total_seconds()
        )
        for row, capabilities in session.execute(wanted)
        if capabilities.get(row.what) != "denied"
    }


def refused_identities(session: Session) -> Mapping[str, str]:
    """Partition → the fault, where AWS refuses our own identity."""
    wanted = (
        sa.select(_accounts.partition, _streams.fault)
        .join(table(AwsStream), _accounts.account_id == _streams.account_id)
        .where(_streams.fault.startswith(OF_OUR_OWN, autoescape=True), READABLE)
        .order_by(_streams.id.desc())
    )
    return {partition: fault.removeprefix(OF_OUR_OWN) for partition, fault in session.execute(wanted)}


def newest_reads(session: Session) -> Mapping[str, datetime]:
    """Partition → when anything was read there last."""
    joined = table(AwsStream).join(table(AwsAccount), _accounts.account_id == _streams.account_id)
    wanted = sa.select(_accounts.partition, sa.func.max(_streams.read_at)).select_from(joined)
    rows = session.execute(wanted.where(_streams.read_at.is_not(None)).group_by(_accounts.partition))
    return {partition: at for partition, at in rows}


def has_accounts(session: Session, partition: str) -> bool:
    """Whether a partition has accounts with a role."""
    return session.execute(with_role(_accounts.partition == partition).limit(1)).first() is not None


def _free(rows: type[AwsStream] | type[AwsWrite]) -> sa.ColumnElement[bool]:
    return sa.or_(rows.lease_until.is_(None), rows.lease_until < database_now())
