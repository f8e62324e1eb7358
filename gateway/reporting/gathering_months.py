"""A contract's months as its monthly report tells them: trend, credit, corrections of earlier ones (P10, P12)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from gateway.credits import compliance
from gateway.credits.compliance import MonthFigures
from gateway.credits.deals import Deal
from gateway.domain.agreed_dates import Month
from gateway.domain.exclusions import exclusions
from gateway.reporting.figures import MOST_LINES, Correction, Credit, MonthPoint
from gateway.reporting.gathering_tickets import Numbers
from gateway.reporting.gathering_violations import resting_of
from gateway.store.models import CreditMonth, Verdict
from gateway.store.queries import ledger, reporting, reporting_months, reporting_violations
from gateway.store.queries.attainment import Window
from gateway.store.queries.reporting_months import Corrected, Sum

TREND: Final = 6
"""How many months the trend tells of, the report's own being the last one."""


def credit(session: Session, found: Deal, counted: MonthFigures) -> Credit | None:
    """What a month owes, with what it is reckoned from."""
    account, month = counted.account, counted.month
    if account is None:
        return None
    return Credit(
        currency=counted.currency,
        exponent=counted.exponent,
        fee=str(account.fee),
        discount=str(account.discount),
        amount=account.amount,
        bands=tuple((str(each.at_least), str(each.discount)) for each in counted.bands),
        due_on=found.due_on(month.next),
        disputes=tuple(ledger.disputes(session, found.number).get(month.first, ())),
    )


def trend(
    session: Session, found: Deal, counted: MonthFigures, told: Numbers, *, at: datetime
) -> tuple[MonthPoint, ...]:
    """The month and those before it, as far as the contract has them, the oldest first; each as it counts now."""
    earlier: list[Month] = []
    month = counted.month.previous
    while len(earlier) < TREND - 1 and month >= found.first_month:
        earlier.insert(0, month)
        month = month.previous
    frozen = {row.first_on: row for row in ledger.months(session, found.number)}
    answered, solved = _means(session, found, earlier)
    points = [
        _point(
            _as_it_counts(session, found, each, frozen.get(each.first), at=at), answered[place], solved[place]
        )
        for place, each in enumerate(earlier)
    ]
    return (*points, _point(counted, told.first_response.mean, told.resolution.mean))


def corrections(
    session: Session, number: str, month: Month, *, since: datetime | None, at: datetime
) -> tuple[tuple[Correction, ...], int]:
    """What changed of earlier months after `since` and by `at`, and how many more changes there are.

    Shape: without `since` the time is that from the freezing of the month before to the freezing of this one, so
    that reports of one month after the other tell every change once, whenever they are made.
    """
    until = at
    if since is None:
        frozen = {row.first_on: row.frozen_at for row in ledger.months(session, number)}
        since, until = frozen.get(month.previous.first), frozen.get(month.first, at)
    rows = reporting_months.corrected(session, number, before=month.first, since=since, until=until)
    sums = reporting_months.differences(session, {each.month_id for each in rows})
    made = []
    for row in rows:
        settled = row.settled_at is not None and row.settled_at <= until
        if row.verdict == Verdict.WITHDRAWN and settled and (since is None or row.found_at > since):
            continue  # it fell away before anybody was told of it
        key = (row.month_id, row.settled_at) if settled and row.settled_at else None
        made.append(_correction(row, settled=settled, amount=sums.pop(key, 0) if key else 0))
    return tuple(made[:MOST_LINES]), max(len(made) - MOST_LINES, 0)


def _correction(row: Corrected, *, settled: bool, amount: int) -> Correction:
    """A correction as it stood. What several of a month changed together stands with the first of them."""
    return Correction(
        first_on=row.first_on,
        ticket_id=row.ticket_id,
        was=row.was,
        becomes=row.becomes,
        verdict=row.verdict if settled else Verdict.PROPOSED,
        amount=amount if row.verdict in (Verdict.APPLIED, Verdict.APPROVED) else 0,
    )


def _as_it_counts(
    session: Session, found: Deal, month: Month, row: CreditMonth | None, *, at: datetime
) -> MonthFigures:
    return compliance.of_contract(session, found, month, at) if row is None else compliance.kept(row)


def _point(counted: MonthFigures, answered: timedelta | None, solved: timedelta | None) -> MonthPoint:
    return MonthPoint(
        first_on=counted.month.first,
        kept=counted.attainment.kept,
        decided=counted.attainment.decided,
        first_response=answered,
        resolution=solved,
        credit=counted.account.amount if counted.account else 0,
        frozen=counted.frozen_at is not None,
    )


def _means(
    session: Session, found: Deal, months: Sequence[Month]
) -> tuple[list[timedelta | None], list[timedelta | None]]:
    """The mean times of first response and resolution in months one after the other, by their places.

    Shape: the database adds up whole times; what was excluded is taken off, for which only logs with exclusions are
    read.
    """
    if not months:
        return [], []
    windows = [found.window(each) for each in months]
    window = Window(found.customer_id, windows[0].since, windows[-1].until)
    ends = [each.until for each in windows[:-1]]
    whole = [reporting_months.sums(session, window, ends, resolved=resolved) for resolved in (False, True)]
    taken = [[timedelta()] * len(months) for _ in whole]
    resting = {
        ticket_id: around
        for ticket_id, events in reporting_violations.logs(session, window)
        if (around := resting_of([one for one in exclusions(events) if one.counts])) is not None
    }
    for row in reporting.lives_of(session, resting):
        for off, met_at in zip(taken, (row.first_response_at, row.resolved_at), strict=True):
            if row.timed and met_at is not None and window.since <= met_at < window.until:
                used = resting[row.id].counted(row.opened_at, met_at)
                off[bisect_right(ends, met_at)] += met_at - row.opened_at - used
    first, second = (
        [_mean(sums.get(place), off[place]) for place in range(len(months))]
        for sums, off in zip(whole, taken, strict=True)
    )
    return first, second


def _mean(whole: Sum | None, off: timedelta) -> timedelta | None:
    return (whole.length - off) / whole.count if whole is not None else None
