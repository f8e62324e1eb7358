"""Reports as pages and downloads show them, to customers and engineers alike: exactly the figures that were kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Response, abort, current_app, make_response, render_template, request
from sqlalchemy.orm import Session

from gateway import i18n
from gateway.domain.periods import Kind, Period
from gateway.reporting import drawing, producing, viewing
from gateway.reporting.viewing import Told, View
from gateway.reporting.wording import Links
from gateway.store.models import StoredReport
from gateway.store.queries import stored_reports
from web import visit
from web.files import disposition
from web.report_press import Busy, Press
from web.report_words import KINDS

CUSTOMERS: Final = (Kind.MONTHLY, Kind.WEEKLY, Kind.DAILY)
RETRY_SECONDS: Final = 3
_PRESS: Final = "press"


@dataclass(frozen=True, slots=True)
class Place:
    """Where reports are shown, and to whom. Shape: `base` is the list's address; without `money` they see no sums."""

    base: str
    money: bool = True
    customers: bool = False


def listed(rows: Session, kinds: Sequence[Kind], **whose: Any) -> dict[str, Any]:
    """What the list needs: a page of reports, narrowed as the address asks."""
    asked = request.args.get("kind", "")
    kind = Kind(asked) if asked in kinds else None
    found = stored_reports.listed(rows, kind=kind, before=_before(), limit=stored_reports.PAGE + 1, **whose)
    shown = found[: stored_reports.PAGE]
    return {
        "reports": [said(row) for row in shown],
        "more": shown[-1].id if len(found) > stored_reports.PAGE else None,
        "kinds": [(each, KINDS[each]) for each in kinds],
        "kind": kind,
    }


def said(row: StoredReport) -> tuple[StoredReport, str, str]:
    """A report as lists say it: the row, what it covers, and its kind."""
    return row, name(row), KINDS[Kind(row.kind)]


def name(row: StoredReport) -> str:
    """What a report covers, in words."""
    period, language = Period(Kind(row.kind), row.first_on, row.last_on), visit.reader().language
    if period.kind in (Kind.MONTHLY, Kind.MANAGEMENT):
        return i18n.month(row.first_on, language)
    if period.kind is Kind.WEEKLY:
        return visit.say("Week %(week)s, %(first)s to %(last)s", week=period.first.isocalendar().week,
                         first=row.first_on, last=row.last_on)  # fmt: skip
    return row.last_on.isoformat()


def page(row: StoredReport, place: Place, template: str, **context: Any) -> str:
    """The page of a report."""
    view = _view(_told(row), place)
    return render_template(
        template,
        title=view.document.title,
        report=row,
        drawn=view.html(),
        base=place.base,
        **context,
    )


def pdf(row: StoredReport, place: Place) -> Response:
    """The report as a PDF; 503 while too many others are being drawn."""
    told = _told(row)
    key = (row.id, row.produced_at, visit.reader().language, place.money)
    try:
        content = press().drawn(key, lambda: _view(told, place).pdf())
    except Busy:
        return _later()
    return _download(content, drawing.filename(told, "pdf"), "application/pdf")


def press() -> Press:
    """The press of the present application."""
    made: Press = current_app.extensions.setdefault(_PRESS, Press())
    return made


def csv(row: StoredReport, place: Place) -> Response:
    """The figures as CSV."""
    told = _told(row)
    content = _view(told, place).csv()
    return _download(content, drawing.filename(told, "csv"), "text/csv; charset=utf-8")


def _told(row: StoredReport) -> Told:
    return producing.management_of(row) if row.kind == Kind.MANAGEMENT else producing.report_of(row)


def _view(told: Told, place: Place) -> View:
    language: viewing.Language = "zh" if visit.reader().language == "zh" else "en"
    settings = visit.services().settings
    made = Links.for_customers if place.customers else Links.for_engineers
    links = made(settings.web_base, settings.ticket_prefix)
    return viewing.view(told, language, links, money=place.money)


def _download(content: bytes, filename: str, kind: str) -> Response:
    answer = Response(content, content_type=kind)
    answer.headers["Content-Disposition"] = disposition(filename)
    return answer


def _later() -> Response:
    said = visit.say("Many reports are being drawn just now. Try again in a few seconds.")
    return make_response(
        said, 503, {"Retry-After": str(RETRY_SECONDS), "Content-Type": "text/plain; charset=utf-8"}
    )


def _before() -> int | None:
    told = request.args.get("before", "")
    if told and not (told.isascii() and told.isdigit() and len(told) < 18):  # noqa: PLR2004  below any key
        abort(400)
    return int(told) if told else None
