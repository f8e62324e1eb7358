"""AWS Support cases: of a ticket, of an account, those nobody has adopted, and what was said in them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.domain import support_case
from gateway.store.models import (
    AwsAccount,
    AwsAttachment,
    AwsCase,
    AwsCommunication,
    AwsWrite,
    WriteState,
)

UNDECIDED: Final = (WriteState.QUEUED, WriteState.SENDING, WriteState.UNKNOWN, WriteState.ASKED)
OVER: Final = (support_case.RESOLVED, support_case.LOST)
_MOST: Final = 500


@dataclass(frozen=True, slots=True)
class Told:
    """How a message of a ticket stands at AWS.

    Shape: `files` are those AWS names, whatever became of them.
    """

    case_id: int
    communication: AwsCommunication
    files: Sequence[AwsAttachment]


def case(session: Session, row_id: int) -> AwsCase | None:
    """One case by its row."""
    return session.get(AwsCase, row_id)


def of_ticket(session: Session, ticket_id: int) -> Sequence[AwsCase]:
    """The cases of a ticket, oldest first."""
    found = sa.select(AwsCase).where(AwsCase.ticket_id == ticket_id)
    return session.scalars(found.order_by(AwsCase.opened_at, AwsCase.id)).all()


def of_tickets(session: Session, ticket_ids: Collection[int]) -> dict[int, list[AwsCase]]:
    """The cases of several tickets, by ticket."""
    found = sa.select(AwsCase).where(AwsCase.ticket_id.in_(ticket_ids))
    by_ticket: dict[int, list[AwsCase]] = {}
    for row in session.scalars(found.order_by(AwsCase.opened_at, AwsCase.id)):
        by_ticket.setdefault(row.ticket_id or 0, []).append(row)
    return by_ticket


def writes_of_ticket(session: Session, ticket_id: int) -> Sequence[AwsWrite]:
    """Everything a ticket sent or is sending to AWS, in order."""
    found = sa.select(AwsWrite).where(AwsWrite.ticket_id == ticket_id)
    return session.scalars(found.order_by(AwsWrite.id)).all()


def without_ticket(session: Session, *, customer_id: int | None = None, account_id: str = "",
                   resolved: bool = False) -> Sequence[AwsCase]:  # fmt: skip
    """Cases seen in accounts that stand on no ticket, newest first, at most 500; open ones unless asked for all."""
    found = sa.select(AwsCase).where(AwsCase.ticket_id.is_(None))
    if customer_id is not None:
        found = found.join(AwsAccount, AwsAccount.account_id == AwsCase.account_id)
        found = found.where(AwsAccount.customer_id == customer_id)
    if account_id:
        found = found.where(AwsCase.account_id == account_id)
    if not resolved:
        found = found.where(AwsCase.status.not_in(OVER))
    return session.scalars(found.order_by(AwsCase.opened_at.desc(), AwsCase.id.desc()).limit(_MOST)).all()


def by_reference(session: Session, account_id: str, reference: str) -> AwsCase | None:
    """A case of an account by AWS's identifier or by the number people quote; None where it was not seen."""
    named = sa.or_(AwsCase.case_id == reference, AwsCase.display_id == reference)
    found = sa.select(AwsCase).where(AwsCase.account_id == account_id, named)
    return session.scalars(found.order_by(AwsCase.id.desc()).limit(1)).first()


def communications(session: Session, row_id: int) -> Sequence[AwsCommunication]:
    """Everything said in a case, oldest first."""
    found = sa.select(AwsCommunication).where(AwsCommunication.aws_case_id == row_id)
    return session.scalars(found.order_by(AwsCommunication.at, AwsCommunication.id)).all()


def told_of_ticket(session: Session, ticket_id: int) -> dict[int, list[Told]]:
    """What AWS says of a ticket's messages, by the message's id: the same text in parts is told part by part."""
    rows = session.scalars(
        sa.select(AwsCommunication)
        .join(AwsCase, AwsCase.id == AwsCommunication.aws_case_id)
        .where(AwsCase.ticket_id == ticket_id, AwsCommunication.message_id.is_not(None))
        .order_by(AwsCommunication.at, AwsCommunication.id)
    ).all()
    files = _files(session, [row.id for row in rows])
    found: dict[int, list[Told]] = {}
    for row in rows:
        told = Told(row.aws_case_id, row, files.get(row.id, []))
        found.setdefault(row.message_id or 0, []).append(told)
    return found


def awaiting_since(session: Session, ticket_id: int) -> datetime | None:
    """Since when AWS awaits an answer in a case of a ticket: the longest wait."""
    waits = sa.select(sa.func.min(AwsCase.awaits_us_since)).where(AwsCase.ticket_id == ticket_id)
    since: datetime | None = session.scalar(waits)
    return since


def _files(session: Session, communication_ids: Sequence[int]) -> dict[int, list[AwsAttachment]]:
    found: dict[int, list[AwsAttachment]] = {}
    wanted = sa.select(AwsAttachment).where(AwsAttachment.communication_id.in_(communication_ids))
    for row in session.scalars(wanted.order_by(AwsAttachment.id)):
        found.setdefault(row.communication_id, []).append(row)
    return found
