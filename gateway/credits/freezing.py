"""Months frozen: each once, in order, late ones caught up."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from gateway.credits import correcting
from gateway.credits.deals import Deal, deal, reckoned
from gateway.domain.agreed_dates import Month
from gateway.store import appointments
from gateway.store.models import CreditMonth, LedgerEntry
from gateway.store.queries import attainment, ledger
from gateway.tickets import NotFound, Refused
from gateway.tickets.letterhead import Letterhead

APPOINTMENT: Final = "credits"


def schedule(session: Session, number: str) -> None:
    """Have a contract's months frozen from its first one on; an earlier appointment stays. Errors: NotFound."""
    due_at = _next_at(session, deal(session, number))
    known = appointments.due_at(session, APPOINTMENT, number)
    if known is None or due_at < known:
        appointments.plan(session, APPOINTMENT, number, due_at)


def keep(session: Session, head: Letterhead, key: str, at: datetime) -> datetime | None:
    """Freeze every month of the contract that is due, and tell when the next one is; None where it is gone."""
    try:
        found = deal(session, key, locked=True)
    except NotFound:
        return None
    month = found.month_at(at).previous
    if at < found.freezes_at(month):
        month = month.previous
    if month >= found.first_month:
        freeze(session, head, key, month, at=at)
        return found.freezes_at(month.next)
    return found.freezes_at(found.first_month)


def freeze(
    session: Session, head: Letterhead, number: str, month: Month, *, at: datetime
) -> CreditMonth | None:
    """Freeze a month of a contract and the unfrozen ones before it, then look for corrections of frozen ones.

    A month that is frozen stays as it is. None for a month after the contract's end in which nothing was decided.
    Errors: NotFound; Refused for a month that has not ended, or before the contract.
    """
    found = deal(session, number, locked=True)
    if at < month.ends(found.zone(month)):
        raise Refused("this month has not ended")
    if month < found.first_month:
        raise Refused("the contract had not begun")
    frozen = {row.first_on: row for row in ledger.months(session, number)}
    fresh, each = False, found.first_month
    while each <= month:
        if each.first not in frozen:
            row = _freeze(session, found, each, at)
            if row is not None:
                frozen[each.first] = row
            fresh = True
        each = each.next
    if fresh:
        correcting.review(session, head, found, month.next, at=at)
    return frozen.get(month.first)


def _freeze(session: Session, found: Deal, month: Month, at: datetime) -> CreditMonth | None:
    """One month with its tickets, and the ledger's entry where something is owed."""
    window = found.window(month)
    if not found.covers(month) and not attainment.running(session, window, at).decided:
        return None
    row = found.row(month, at)
    session.add(row)
    session.flush()
    attainment.place(session, row.id, window, at)
    counted = attainment.tally(session, row.id)
    account = reckoned(row, counted)
    row.kept = row.kept_now = counted.kept
    row.decided = row.decided_now = counted.decided
    row.amount = row.amount_now = account.amount
    if account.amount:
        figures = {"after": correcting.figures(account)}
        session.add(
            LedgerEntry(
                contract_number=found.number, customer_id=found.customer_id, month_id=row.id, kind="credit",
                due_on=found.due_on(month.next), currency=row.currency, exponent=row.exponent,
                amount=account.amount, figures=figures, entered_at=at, author="system",
            )
        )  # fmt: skip
    session.flush()
    return row


def _next_at(session: Session, found: Deal) -> datetime:
    """When the first month that is not frozen yet is due."""
    frozen = {row.first_on for row in ledger.months(session, found.number)}
    month = found.first_month
    while month.first in frozen:
        month = month.next
    return found.freezes_at(month)
