"""What is agreed about a contract's reports, changed by a person: who gets which, on which day, by whose holidays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from gateway import credits
from gateway.domain.reporting_times import MONTHLY_DAY, MONTHLY_DAYS
from gateway.mail import fields
from gateway.mail.fields import UnsafeField
from gateway.operations import auditing
from gateway.reporting import calendars
from gateway.store import reports
from gateway.store.models import ReportPlan
from gateway.store.queries import agreements
from gateway.tickets import NotFound, Refused

MOST_RECIPIENTS: Final = 50
LANGUAGES: Final = ("", "en", "zh")
"""In what language a report goes to a recipient; empty for the contract's."""
REFUSALS: Final = (
    "that is no mail address: %(address)s",
    "a report has at most %(most)s recipients",
    "a monthly report is sent on one of the first five days",
    "there is no calendar of this country",
    "a recipient reads English or Chinese",
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is agreed. Shape: `recipients` are (address, language); nobody stands for the customer's managers."""

    recipients: tuple[tuple[str, str], ...] = ()
    daily: bool = True
    weekly: bool = True
    monthly: bool = True
    monthly_day: int = MONTHLY_DAY
    holidays: str = ""


def plan_of(row: ReportPlan) -> Plan:
    """What a row says."""
    told = tuple((str(each["email"]), str(each.get("language") or "")) for each in row.recipients)
    return Plan(told, row.daily, row.weekly, row.monthly, row.monthly_day, row.holidays)


def change(session: Session, number: str, wanted: Plan, *, actor: str, at: datetime) -> bool:
    """Agree otherwise about a contract's reports from now on; False where it was agreed already.

    What is due already goes out as it was agreed then. Errors: NotFound; Refused.
    """
    versions = agreements.versions_of(session, number)
    if not versions:
        raise NotFound(f"there is no contract {number}")
    checked = _checked(wanted)
    row = reports.begin(session, number, at)
    before = plan_of(row)
    if checked == before:
        return False
    row.recipients = [{"email": email, "language": language} for email, language in checked.recipients]
    row.daily, row.weekly, row.monthly = checked.daily, checked.weekly, checked.monthly
    row.monthly_day, row.holidays = checked.monthly_day, checked.holidays
    session.flush()
    credits.schedule(session, number)  # months are frozen on the day of the monthly report
    auditing.note(
        session, actor=actor, act="reports.planned", about=f"customer:{versions[0].customer_id}",
        data=_changed(before, checked) | {"contract": number}, at=at,
    )  # fmt: skip
    return True


def _checked(wanted: Plan) -> Plan:
    """The plan with each recipient once. Errors: Refused."""
    recipients: dict[str, str] = {}
    for email, language in wanted.recipients:
        try:
            recipients.setdefault(fields.address(email), language)
        except UnsafeField:
            raise Refused(REFUSALS[0], address=email[:80]) from None
    if len(recipients) > MOST_RECIPIENTS:
        raise Refused(REFUSALS[1], most=MOST_RECIPIENTS)
    if wanted.monthly_day not in MONTHLY_DAYS:
        raise Refused(REFUSALS[2])
    if wanted.holidays not in ("", calendars.NONE) and not calendars.known(wanted.holidays):
        raise Refused(REFUSALS[3])
    if not set(recipients.values()) <= set(LANGUAGES):
        raise Refused(REFUSALS[4])
    return Plan(tuple(recipients.items()), wanted.daily, wanted.weekly, wanted.monthly, wanted.monthly_day,
                wanted.holidays)  # fmt: skip


def _changed(before: Plan, after: Plan) -> dict[str, Any]:
    """What the audit log says: which parts changed, and to what where it names nobody."""
    names = ("daily", "weekly", "monthly", "monthly_day", "holidays")
    told = {name: getattr(after, name) for name in names if getattr(after, name) != getattr(before, name)}
    if after.recipients != before.recipients:
        told["recipients"] = len(after.recipients)
    return told
