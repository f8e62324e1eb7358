"""A customer's reports over the API: which there are, and the figures of each as they were stored."""

from __future__ import annotations

import json
from typing import Any

from gateway.domain.periods import Kind, Period
from gateway.store.models import Customer, StoredReport
from gateway.store.queries import people, stored_reports
from gateway.tickets import NotFound
from web import visit
from web.api import models, report_models
from web.api.endpoint import endpoint


@endpoint(
    "GET", "/customers/<customer>/reports", query=report_models.ReportQuery, output=report_models.ReportPage
)
def list_reports(customer: str, query: report_models.ReportQuery) -> report_models.ReportPage:
    """Reports of a customer that were produced, the newest first."""
    kind = Kind(query.kind) if query.kind else None
    before = int(query.cursor) if query.cursor else None
    with visit.reading() as rows:
        who = _found(people.customer_of(rows, customer) if "\x00" not in customer else None)
        found = stored_reports.listed(
            rows, customer_id=who.id, kind=kind, before=before, limit=query.limit + 1
        )
    shown = found[: query.limit]
    return report_models.ReportPage(
        customer=models.CustomerName(id=who.id, reference=who.reference, name=who.name),
        reports=[report_models.ReportRow.model_validate(_row(each)) for each in shown],
        cursor=str(shown[-1].id) if len(found) > query.limit else "",
    )


@endpoint("GET", "/customers/<customer>/reports/<int:report>", output=report_models.ReportOut)
def get_report(customer: str, report: int) -> report_models.ReportOut:
    """One report with its figures."""
    with visit.reading() as rows:
        who = _found(people.customer_of(rows, customer) if "\x00" not in customer else None)
        row = stored_reports.of_customer(rows, who.id, report)
    if row is None:
        raise NotFound("no such report")
    return report_models.ReportOut.model_validate(_row(row) | {"told": json.loads(row.figures or "{}")})


def _found(customer: Customer | None) -> Customer:
    if customer is None:
        raise NotFound("no such customer")
    return customer


def _row(row: StoredReport) -> dict[str, Any]:
    base, own = visit.services().settings.web_base, f"customers/{row.customer_id}/reports/{row.id}"
    same = ("id", "kind", "first_on", "last_on", "since", "until", "produced_at", "posted_at")
    return {name: getattr(row, name) for name in same} | {
        "contract": row.contract_number,
        "period": str(Period(Kind(row.kind), row.first_on, row.last_on)),
        "figures": f"{base}/api/v1/{own}",
        "page": f"{base}/{own}",
    }
