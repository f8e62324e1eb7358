"""What stands in a contract's ledger: frozen months, their tickets, corrections, entries, disputes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.domain.credits import Outcome
from gateway.store.models import (
    CreditCorrection,
    CreditDispute,
    CreditMonth,
    CreditTicket,
    LedgerEntry,
    Ticket,
    Verdict,
)
from gateway.store.queries.attainment import Change

MOST_TICKETS = 500


def months(session: Session, number: str) -> Sequence[CreditMonth]:
    """The frozen months of a contract, the first one first."""
    wanted = sa.select(CreditMonth).where(CreditMonth.contract_number == number)
    return session.scalars(wanted.order_by(CreditMonth.first_on)).all()


def entries(session: Session, number: str) -> Sequence[LedgerEntry]:
    """The ledger of a contract, the oldest entry first."""
    wanted = sa.select(LedgerEntry).where(LedgerEntry.contract_number == number)
    return session.scalars(wanted.order_by(LedgerEntry.id)).all()


def corrections(session: Session, number: str) -> Sequence[CreditCorrection]:
    """The corrections of a contract's months, the oldest first."""
    wanted = sa.select(CreditCorrection).join(CreditMonth, CreditMonth.id == CreditCorrection.month_id)
    return session.scalars(
        wanted.where(CreditMonth.contract_number == number).order_by(CreditCorrection.id)
    ).all()


def proposed(session: Session, number: str) -> Sequence[CreditCorrection]:
    """The corrections that wait for a manager."""
    return [each for each in corrections(session, number) if each.verdict == Verdict.PROPOSED]


def correction(session: Session, correction_id: int) -> tuple[CreditCorrection, CreditMonth] | None:
    """A correction with its month."""
    wanted = sa.select(CreditCorrection, CreditMonth).join(
        CreditMonth, CreditMonth.id == CreditCorrection.month_id
    )
    row = session.execute(wanted.where(CreditCorrection.id == correction_id)).one_or_none()
    return (row[0], row[1]) if row else None


def known(session: Session, change: Change) -> bool:
    """Whether the same correction waits for a manager, or was declined."""
    found = sa.select(CreditCorrection.id).where(
        CreditCorrection.month_id == change.month_id,
        CreditCorrection.ticket_id == change.ticket_id,
        CreditCorrection.was == change.was,
        CreditCorrection.becomes == change.becomes,
        CreditCorrection.verdict.in_([Verdict.PROPOSED, Verdict.DECLINED]),
    )
    return session.scalar(found.limit(1)) is not None


def is_placed(session: Session, ticket_id: int) -> bool:
    """Whether a ticket counts in a frozen month."""
    found = sa.select(CreditTicket.ticket_id).where(
        CreditTicket.ticket_id == ticket_id, CreditTicket.now != Outcome.ABSENT
    )
    return session.scalar(found.limit(1)) is not None


def violated(session: Session, month_ids: Sequence[int]) -> dict[int, list[tuple[int, str]]]:
    """The tickets that count as violated in frozen months, each with its subject, by month; at most 500 in all."""
    wanted = (
        sa.select(CreditTicket.month_id, Ticket.id, Ticket.subject)
        .join(Ticket, Ticket.id == CreditTicket.ticket_id)
        .where(CreditTicket.month_id.in_(month_ids), CreditTicket.now == Outcome.VIOLATED)
        .order_by(CreditTicket.month_id.desc(), Ticket.id)
        .limit(MOST_TICKETS)
    )
    found: dict[int, list[tuple[int, str]]] = {}
    for month_id, ticket_id, subject in session.execute(wanted):
        found.setdefault(month_id, []).append((ticket_id, subject))
    return found


def disputes(session: Session, number: str) -> dict[date, list[int]]:
    """The tickets in which months of a contract are disputed, by the month's first day."""
    wanted = sa.select(CreditDispute).where(CreditDispute.contract_number == number)
    found: dict[date, list[int]] = {}
    for row in session.scalars(wanted.order_by(CreditDispute.ticket_id)):
        found.setdefault(row.first_on, []).append(row.ticket_id)
    return found
