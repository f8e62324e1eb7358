"""Reports on engineers' pages: those of a customer, and management's own across customers."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template
from flask.typing import ResponseReturnValue

from gateway.domain.periods import Kind
from gateway.store.models import Customer, Role, StoredReport
from gateway.store.queries import stored_reports
from web import report_views, visit
from web.report_views import Place
from web.rights import needs

pages = Blueprint("reports", __name__)


@pages.get("/customers/<int:customer_id>/reports")
def of_customer(customer_id: int) -> ResponseReturnValue:
    """A customer's reports, the newest first."""
    with visit.reading() as rows:
        customer = rows.get(Customer, customer_id)
        if customer is None:
            abort(404)
        found = report_views.listed(rows, report_views.CUSTOMERS, customer_id=customer_id)
    return render_template(
        "web/reports.html",
        title=visit.say("Reports for %(customer)s", customer=customer.name),
        section="admin",
        back=f"/admin/customers/{customer_id}",
        base=f"/customers/{customer_id}/reports",
        **found,
    )


@pages.get("/customers/<int:customer_id>/reports/<int:report_id>")
def show(customer_id: int, report_id: int) -> ResponseReturnValue:
    """A customer's report."""
    place = _place(customer_id)
    row = _of_customer(customer_id, report_id)
    return report_views.page(row, place, "web/report.html", section="admin", back=place.base)


@pages.get("/customers/<int:customer_id>/reports/<int:report_id>.pdf")
def pdf(customer_id: int, report_id: int) -> Response:
    """A customer's report as a PDF."""
    return report_views.pdf(_of_customer(customer_id, report_id), _place(customer_id))


@pages.get("/customers/<int:customer_id>/reports/<int:report_id>.csv")
def csv(customer_id: int, report_id: int) -> Response:
    """The figures of a customer's report."""
    return report_views.csv(_of_customer(customer_id, report_id), _place(customer_id))


@pages.get("/reports")
@needs(Role.MANAGER)
def of_management() -> ResponseReturnValue:
    """Management's own reports, the newest first."""
    with visit.reading() as rows:
        found = report_views.listed(rows, (Kind.MANAGEMENT,), number="")
    return render_template(
        "web/reports.html",
        title=visit.say("Management's reports"),
        section="admin",
        back="",
        base=_MANAGEMENT.base,
        **found,
    )


@pages.get("/reports/<int:report_id>")
@needs(Role.MANAGER)
def management(report_id: int) -> ResponseReturnValue:
    """One of management's reports."""
    row = _of_management(report_id)
    return report_views.page(row, _MANAGEMENT, "web/report.html", section="admin", back="/reports")


@pages.get("/reports/<int:report_id>.pdf")
@needs(Role.MANAGER)
def management_pdf(report_id: int) -> Response:
    """One of management's reports as a PDF."""
    return report_views.pdf(_of_management(report_id), _MANAGEMENT)


@pages.get("/reports/<int:report_id>.csv")
@needs(Role.MANAGER)
def management_csv(report_id: int) -> Response:
    """The figures of one of management's reports."""
    return report_views.csv(_of_management(report_id), _MANAGEMENT)


_MANAGEMENT = Place("/reports")


def _place(customer_id: int) -> Place:
    return Place(f"/customers/{customer_id}/reports")


def _of_customer(customer_id: int, report_id: int) -> StoredReport:
    with visit.reading() as rows:
        found = stored_reports.of_customer(rows, customer_id, report_id)
    if found is None:
        abort(404)
    return found


def _of_management(report_id: int) -> StoredReport:
    with visit.reading() as rows:
        found = stored_reports.of_management(rows, report_id)
    if found is None:
        abort(404)
    return found
