"""What is agreed about a contract's reports: shown on the customer's page, changed here by managers."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from gateway.domain.reporting_times import MONTHLY_DAYS
from gateway.reporting import calendars, plans
from gateway.reporting.plans import Plan
from gateway.store import reports
from gateway.store.models import Customer, Reach, Role
from gateway.store.queries import agreements
from gateway.tickets import Refused
from web import visit
from web.acts import posted
from web.admin import planned
from web.admin.frame import actor
from web.refusals import in_words
from web.rights import needs

pages = Blueprint("admin_report_plans", __name__)

_LONGEST: Final = 20_000


@pages.get("/admin/customers/<int:customer_id>/report-plan")
@needs(Role.MANAGER)
def show(customer_id: int) -> ResponseReturnValue:
    """The form for a contract; without one named, the customer's newest."""
    return _page(customer_id, request.args.get("contract", ""))


@pages.post("/admin/customers/<int:customer_id>/report-plan")
@needs(Role.MANAGER)
def change(customer_id: int) -> ResponseReturnValue:
    """Agree otherwise from now on."""
    wanted = _wanted()
    with visit.reading() as rows:
        _, number = _number(rows, customer_id, posted("contract", 100))
    try:
        with visit.services().transaction() as rows:
            changed = plans.change(rows, number, wanted, actor=actor(), at=visit.now())
    except Refused as refused:
        return _page(customer_id, number, draft=wanted, said=in_words(refused), status=422)
    flash(
        visit.say("Saved. It holds from the next report on.")
        if changed
        else visit.say("Nothing was changed."),
        "good",
    )
    return redirect(f"/admin/customers/{customer_id}", 303)


def _page(
    customer_id: int, number: str, *, draft: Plan | None = None, said: str = "", status: int = 200
) -> ResponseReturnValue:
    with visit.reading() as rows:
        customer, number = _number(rows, customer_id, number)
        zone = agreements.versions_of(rows, number)[-1].time_zone
        plan = draft or plans.plan_of(reports.plan_of(rows, number))
        managers = sorted(each.email for each in customer.contacts if each.role == Reach.MANAGER)
    page = render_template(
        "web/admin_report_plan.html",
        title=visit.say("Reports under %(number)s", number=number),
        customer=customer,
        number=number,
        plan=plan,
        recipients="\n".join(" ".join(each).strip() for each in plan.recipients),
        managers=managers,
        days=MONTHLY_DAYS,
        countries=planned.countries(plan.holidays),
        own_country=planned.country(calendars.country_of(zone)),
        said=said,
    )
    return page, status


def _number(rows: Session, customer_id: int, number: str) -> tuple[Customer, str]:
    """The customer, and the contract of theirs that is meant. Errors: 404."""
    customer = rows.get(Customer, customer_id)
    numbers = list(agreements.contracts_of(rows, customer_id)) if customer else []
    if customer is None or not numbers or (number and number not in numbers):
        abort(404)
    _ = customer.contacts
    return customer, number or numbers[-1]


def _wanted() -> Plan:
    day = request.form.get("monthly_day", "")
    return Plan(
        recipients=tuple(
            _recipient(line) for line in posted("recipients", _LONGEST).split("\n") if line.strip()
        ),
        daily="daily" in request.form,
        weekly="weekly" in request.form,
        monthly="monthly" in request.form,
        monthly_day=int(day) if day in {str(each) for each in MONTHLY_DAYS} else 0,
        holidays=posted("holidays", 10).strip(),
    )


def _recipient(line: str) -> tuple[str, str]:
    """An address, and perhaps the language after it."""
    email, _, language = line.strip().partition(" ")
    return email.rstrip(",;"), language.strip().lower()
