"""Corrections of frozen months: in the customer's favour at once, against them when a manager approves (P10)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from gateway.credits.deals import Deal, deal, reckoned
from gateway.domain import credits
from gateway.domain.agreed_dates import Month
from gateway.domain.credits import Account, Attainment, Outcome
from gateway.store.models import (
    CreditCorrection,
    CreditMonth,
    CreditTicket,
    Engineer,
    LedgerEntry,
    Role,
    Verdict,
)
from gateway.store.queries import attainment, ledger
from gateway.store.queries.attainment import Change, Window
from gateway.tickets import NotFound, Refused, changes
from gateway.tickets.letterhead import Letterhead


def review(session: Session, head: Letterhead, found: Deal, due: Month, *, at: datetime) -> None:
    """Compare every ticket frozen before with its log as it is now; `due` is the month whose fee takes it."""
    months = {row.id: row for row in ledger.months(session, found.number)}
    differing = _differing(session, found, months.values(), at)
    for ticket_id in sorted({each.ticket_id for each in differing}):
        ticket = changes.locked(session, ticket_id)
        changes.finish(session, head, ticket, [], at=at)  # its columns are a cache: fold the log once more
    if differing:
        differing = _differing(session, found, months.values(), at)
    _withdraw_stale(session, found.number, differing, at)
    touched = _correct(session, differing, at)
    if touched:  # what left its month by that may now count in another
        touched |= _correct(session, _differing(session, found, months.values(), at), at)
    for month_id in sorted(touched):
        _settle(session, found, months[month_id], due=due, author="system", at=at)


def approve(session: Session, correction_id: int, *, author: Engineer, at: datetime) -> CreditCorrection:
    """Let a correction against the customer count.

    Errors: NotFound; Refused where the author is no manager, it is settled, or the ticket stands otherwise by now.
    """
    correction, month, found = _proposed(session, correction_id, author)
    now, since = attainment.stands(session, correction.ticket_id, at)
    if since is not None and not month.starts_at <= since < month.ends_at:
        now = Outcome.ABSENT  # here: it is decided in another month by now
    free = correction.was != Outcome.ABSENT or not ledger.is_placed(session, correction.ticket_id)
    if now != correction.becomes or not free:
        raise Refused("the ticket stands otherwise by now")
    change = Change(
        month.id, correction.ticket_id, Outcome(correction.was), now, since or correction.decided_at
    )
    _apply(session, change)
    _close(correction, Verdict.APPROVED, author, at)
    session.flush()
    due = found.month_at(at).next
    _settle(session, found, month, due=due, author=changes.actor(author), at=at)
    if now is Outcome.ABSENT:
        _count_elsewhere(session, found, correction, author=author, at=at)
    return correction


def decline(session: Session, correction_id: int, *, author: Engineer, at: datetime) -> CreditCorrection:
    """Leave the ticket as it was frozen; the same is not proposed again. Errors: as `approve`."""
    correction, _, _ = _proposed(session, correction_id, author)
    _close(correction, Verdict.DECLINED, author, at)
    session.flush()
    return correction


def figures(account: Account) -> dict[str, Any]:
    """A month's figures as the ledger keeps them."""
    return {
        "kept": account.attainment.kept,
        "decided": account.attainment.decided,
        "discount": str(account.discount),
        "amount": account.amount,
    }


def _count_elsewhere(
    session: Session, found: Deal, gone: CreditCorrection, *, author: Engineer, at: datetime
) -> None:
    """Count a ticket that left its month in the frozen one that it is decided in now: the same approval covers it."""
    months = {row.id: row for row in ledger.months(session, found.number)}
    for change in _differing(session, found, months.values(), at):
        if change.ticket_id == gone.ticket_id and change.was is Outcome.ABSENT:
            _apply(session, change)
            moved = _correction(change, Verdict.APPROVED, at, settled_at=at)
            moved.settled_by = author.id
            session.add(moved)
            session.flush()
            due = found.month_at(at).next
            _settle(session, found, months[change.month_id], due=due, author=changes.actor(author), at=at)


def _correct(session: Session, differing: Iterable[Change], at: datetime) -> set[int]:
    """Apply what favours the customer and propose the rest; the months that count otherwise now."""
    touched = set()
    for change in differing:
        if credits.favours_customer(change.was, change.becomes):
            _apply(session, change)
            session.add(_correction(change, Verdict.APPLIED, at, settled_at=at))
            touched.add(change.month_id)
        elif not ledger.known(session, change):
            session.add(_correction(change, Verdict.PROPOSED, at))
    session.flush()
    return touched


def _differing(session: Session, found: Deal, months: Iterable[CreditMonth], at: datetime) -> list[Change]:
    """Tickets that count otherwise than they stand, and those decided in a frozen month that count nowhere."""
    differing = attainment.changed(session, found.number, at)
    for month in months:
        window = Window(found.customer_id, month.starts_at, month.ends_at)
        for each in attainment.unplaced(session, window, at):
            differing.append(Change(month.id, each.ticket_id, Outcome.ABSENT, each.outcome, each.decided_at))
    return differing


def _apply(session: Session, change: Change) -> None:
    """Count a ticket as it stands now."""
    row = session.get(CreditTicket, (change.month_id, change.ticket_id))
    if row is None:
        row = CreditTicket(
            month_id=change.month_id, ticket_id=change.ticket_id, outcome=Outcome.ABSENT, now=change.becomes,
            decided_at=change.decided_at,
        )  # fmt: skip
        session.add(row)
    row.now = change.becomes
    session.flush()


def _settle(
    session: Session, found: Deal, month: CreditMonth, *, due: Month, author: str, at: datetime
) -> None:
    """Reckon a corrected month anew and enter the difference, with both figures."""
    before = reckoned(month, Attainment(month.kept_now, month.decided_now))
    after = reckoned(month, attainment.tally(session, month.id))
    month.kept_now, month.decided_now = after.attainment.kept, after.attainment.decided
    difference = after.amount - month.amount_now
    month.amount_now = after.amount
    session.add(
        LedgerEntry(
            contract_number=found.number, customer_id=found.customer_id, month_id=month.id, kind="correction",
            due_on=found.due_on(due), currency=month.currency, exponent=month.exponent, amount=difference,
            figures={"before": figures(before), "after": figures(after)}, entered_at=at, author=author,
        )
    )  # fmt: skip
    session.flush()


def _correction(
    change: Change, verdict: Verdict, at: datetime, *, settled_at: datetime | None = None
) -> CreditCorrection:
    return CreditCorrection(
        month_id=change.month_id, ticket_id=change.ticket_id, was=change.was, becomes=change.becomes,
        decided_at=change.decided_at, verdict=verdict, found_at=at, settled_at=settled_at,
    )  # fmt: skip


def _withdraw_stale(session: Session, number: str, differing: Iterable[Change], at: datetime) -> None:
    """A proposal that the ticket no longer bears out falls away."""
    still = {(each.month_id, each.ticket_id, each.was, each.becomes) for each in differing}
    for row in ledger.proposed(session, number):
        if (row.month_id, row.ticket_id, row.was, row.becomes) not in still:
            row.verdict, row.settled_at = Verdict.WITHDRAWN, at


def _proposed(
    session: Session, correction_id: int, author: Engineer
) -> tuple[CreditCorrection, CreditMonth, Deal]:
    """A correction that waits, with its month. Its contract is locked first, as whoever freezes months does."""
    known = ledger.correction(session, correction_id)
    if known is None:
        raise NotFound("there is no such correction")
    if Role(author.role).rank < Role.MANAGER.rank:
        raise Refused("only a manager decides on a correction")
    found = deal(session, known[1].contract_number, locked=True)
    correction = session.get_one(
        CreditCorrection, correction_id, with_for_update=True, populate_existing=True
    )
    if correction.verdict != Verdict.PROPOSED:
        raise Refused("this correction is settled")
    return correction, session.get_one(CreditMonth, correction.month_id, populate_existing=True), found


def _close(correction: CreditCorrection, verdict: Verdict, author: Engineer, at: datetime) -> None:
    correction.verdict, correction.settled_at, correction.settled_by = verdict, at, author.id
