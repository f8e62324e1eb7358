"""The customer's dashboard: how their tickets, targets, credits, AWS accounts and our platform stand now (P9).

Its changing part asks for itself anew every 30 seconds; without script the page is as old as its loading.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from gateway import i18n
from gateway.credits import compliance
from gateway.credits.compliance import MonthFigures
from gateway.store.models import Contract, Reach
from gateway.store.queries import agreements, cost, dashboard, evidence, stored_reports
from gateway.store.queries.visiting import Scope
from web import availability, clocks, report_views, visit
from web.visitors import dashboard_csv, dashboard_drawing, gate, scope

pages = gate.blueprint("dashboard")

_EVENTS_SINCE: Final = timedelta(days=30)
_MOST_ENTRIES: Final = 12
_MOST_REPORTS: Final = 3


@dataclass(frozen=True, slots=True)
class _Agreed:
    """The contract in effect, and the zone in which its months are counted."""

    contract: Contract | None
    zone: str


@pages.get("/dashboard")
def show() -> ResponseReturnValue:
    """The dashboard; `?part=live` only what changes."""
    mine, live = scope.mine(), request.args.get("part") == "live"
    with visit.reading() as rows:
        agreed = _agreed(rows, mine)
        context = _live(rows, mine, agreed)
        if not live:
            context |= _rest(rows, mine, context.pop("figures")) | _reports(rows, mine)
    drawn = "web/visitor_dashboard_live.html" if live else "web/visitor_dashboard.html"
    return render_template(drawn, title=visit.say("Overview"), section="overview", mine=mine, **context)


@pages.get("/dashboard/figures.csv")
def figures() -> Response:
    """The month at hand and the last one by priority and target; for whoever sees all of the company."""
    mine = _of_company()
    with visit.reading() as rows:
        months = _months(rows, mine, _agreed(rows, mine))
    return dashboard_csv.answer("figures.csv", dashboard_csv.figures(months, money=mine.manages))


@pages.get("/dashboard/months/<int:month_id>.csv")
def month(month_id: int) -> Response:
    """A frozen month with the tickets that were violated in it; for managers."""
    mine = scope.only_managers()
    with visit.reading() as rows:
        row = dashboard.frozen_month(rows, mine.customer_id, month_id) if month_id < 1 << 62 else None
        if row is None:
            abort(404)
        found = compliance.of_frozen(rows, row, visit.now())
        tickets = dashboard.decided(rows, row.id)
    name = f"{row.first_on:%Y-%m}.csv"
    return dashboard_csv.answer(name, dashboard_csv.month(found, tickets, visit.number_of))


def _live(rows: Session, mine: Scope, agreed: _Agreed) -> dict[str, Any]:
    """What changes from one half minute to the next."""
    reader, at = visit.reader(), visit.now()
    tickets = dashboard.open_tickets(rows, mine)
    awaiting = dashboard.awaiting(rows, mine)
    resting = evidence.resting(rows, tickets)
    months = _months(rows, mine, agreed) if mine.role is not Reach.OWN else []
    return {
        "as_of": reader.clock(at),
        "counts": dashboard.counts(rows, mine),
        "awaiting": awaiting,
        "tickets": [(row, clocks.next_target(row, at, reader, resting.get(row.id))) for row in tickets],
        "status": lambda row: i18n.customer_label(row.status, reader.language),
        "figures": months,
        "months": [dashboard_drawing.month(each, money=mine.manages) for each in months],
        "platform": _platform(),
        "accounts": dashboard_drawing.accounts(dashboard.accounts(rows, mine.customer_id)),
        "events": dashboard_drawing.events(rows, mine, since=at - _EVENTS_SINCE),
        "cases": dashboard_drawing.cases(dashboard.cases(rows, mine)),
        "notices": dashboard_drawing.notices(dashboard.notices(rows, mine.customer_id, at)),
    }


def _rest(rows: Session, mine: Scope, months: Sequence[MonthFigures]) -> dict[str, Any]:
    """What a manager sees of the contract besides, and what there is to download."""
    if not mine.manages:
        return {"contracts": [], "frozen": [], "saves": None}
    numbers = reversed(agreements.contracts_of(rows, mine.customer_id))
    found = [compliance.agreed(rows, number, most=_MOST_ENTRIES, at=visit.now()) for number in numbers]
    asked = cost.months(rows, mine.customer_id)
    return {
        "contracts": [dashboard_drawing.contract(each, months) for each in found],
        "frozen": [
            (row, i18n.month(row.first_on, visit.reader().language))
            for row in dashboard.frozen_months(rows, mine.customer_id)
        ],
        "saves": dashboard_drawing.savings(cost.advice(rows, mine.customer_id, asked[0]) if asked else None),
    }


def _reports(rows: Session, mine: Scope) -> dict[str, Any]:
    """The newest reports, for whoever sees all of the company."""
    if mine.role is Reach.OWN:
        return {"reports": []}
    found = stored_reports.listed(rows, customer_id=mine.customer_id, limit=_MOST_REPORTS)
    return {"reports": [report_views.said(row) for row in found]}


def _months(rows: Session, mine: Scope, agreed: _Agreed) -> list[MonthFigures]:
    number = agreed.contract.number if agreed.contract else ""
    return compliance.recent(rows, mine.customer_id, number=number, zone=agreed.zone, at=visit.now())


def _agreed(rows: Session, mine: Scope) -> _Agreed:
    settings = visit.services().settings
    found = agreements.agreement_with(
        rows, mine.customer_id, visit.now(), zone=settings.time_zone, language=settings.language
    )
    contract = rows.get(Contract, found.contract_id) if found.contract_id else None
    return _Agreed(contract, contract.time_zone if contract else visit.contact().customer.time_zone)


def _of_company() -> Scope:
    mine = scope.mine()
    if mine.role is Reach.OWN:
        abort(404)
    return mine


def _platform() -> dict[str, Any] | None:
    """How the platform's parts stand; None where the ledger cannot be read."""
    try:
        return dashboard_drawing.platform(availability.current())
    except SQLAlchemyError:
        return None
