"""Reports on customers' pages: those that were produced, each as a page, a PDF and its figures.

Whoever sees only tickets of their own sees no reports; sums are for managers alone.
"""

from __future__ import annotations

from flask import Response, abort, render_template
from flask.typing import ResponseReturnValue

from gateway.store.models import Reach, StoredReport
from gateway.store.queries import stored_reports
from gateway.store.queries.visiting import Scope
from web import report_views, visit
from web.report_views import Place
from web.visitors import gate, scope

pages = gate.blueprint("reports")


@pages.get("/my/reports")
def listed() -> ResponseReturnValue:
    """The company's reports, the newest first."""
    mine = _of_company()
    with visit.reading() as rows:
        found = report_views.listed(rows, report_views.CUSTOMERS, customer_id=mine.customer_id)
    return render_template(
        "web/visitor_reports.html",
        title=visit.say("Reports"),
        section="reports",
        mine=mine,
        base="/my/reports",
        **found,
    )


@pages.get("/my/reports/<int:report_id>")
def show(report_id: int) -> ResponseReturnValue:
    """A report's page."""
    return report_views.page(_found(report_id), _place(), "web/visitor_report.html", section="reports")


@pages.get("/my/reports/<int:report_id>.pdf")
def pdf(report_id: int) -> Response:
    """A report as a PDF."""
    return report_views.pdf(_found(report_id), _place())


@pages.get("/my/reports/<int:report_id>.csv")
def csv(report_id: int) -> Response:
    """A report's figures."""
    return report_views.csv(_found(report_id), _place())


def _found(report_id: int) -> StoredReport:
    """A report of the company. Errors: 404, the same where there is none and where it is somebody else's."""
    with visit.reading() as rows:
        found = stored_reports.of_customer(rows, _of_company().customer_id, report_id)
    if found is None:
        abort(404)
    return found


def _place() -> Place:
    return Place("/my/reports", money=scope.mine().manages, customers=True)


def _of_company() -> Scope:
    mine = scope.mine()
    if mine.role is Reach.OWN:
        abort(404)
    return mine
