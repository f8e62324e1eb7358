"""What an import file says of a contract's reports: who gets which, and when; the contract's version stays."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy.orm import Session

from gateway.domain.reporting_times import MONTHLY_DAYS
from gateway.operations.estate_values import email, one_of, text, truth
from gateway.operations.records import Field, Findings, Record, Table, Wrong, listing, record
from gateway.operations.yaml_tree import Scalar, Tree
from gateway.store import reports
from gateway.store.models import ReportPlan

NO_HOLIDAYS: Final = "none"
MOST_RECIPIENTS: Final = 50
_NAMES: Final = ("recipients", "daily", "weekly", "monthly", "monthly_day", "holidays")
_RECIPIENT: Final = record(
    Table("a recipient", {"email": Field(email, required=True), "language": Field(one_of(("en", "zh")))})
)


def _recipient(tree: Tree, findings: Findings) -> dict[str, str]:
    """A recipient that says their address alone, or also their language."""
    if isinstance(tree, Scalar):
        return {"email": email(tree, findings), "language": ""}
    told: Record = _RECIPIENT(tree, findings)
    return {"email": told.get("email") or "", "language": told.get("language") or ""}


def _recipients(tree: Tree, findings: Findings) -> list[dict[str, str]]:
    found: list[dict[str, str]] = listing(_recipient, "recipients")(tree, findings)
    if len(found) > MOST_RECIPIENTS:
        raise Wrong(f"are {len(found)}, at most {MOST_RECIPIENTS} are possible")
    named = [each["email"] for each in found]
    twice = next((each for each in named if named.count(each) > 1), "")
    if twice:
        raise Wrong(f"{twice} stands twice")
    return found


def _monthly_day(tree: Tree, findings: Findings) -> int:
    found: str = text(10)(tree, findings)
    if found not in map(str, MONTHLY_DAYS):
        raise Wrong(f'"{found}" is none of the days on which a monthly report may be sent, 1 to 5')
    return int(found)


def _holidays(tree: Tree, findings: Findings) -> str:
    """A country as CN, a part of one as DE-BY, `none`; empty for the country of the contract's zone."""
    found: str = text(10, may_be_empty=True)(tree, findings)
    if found not in ("", NO_HOLIDAYS) and not has_calendar(found):
        raise Wrong(f'there is no calendar of "{found}"; CN is one, as are DE-BY and {NO_HOLIDAYS}')
    return found


@lru_cache(maxsize=512)
def has_calendar(country: str) -> bool:
    """Whether there is a calendar of a country, like CN, or of a part of one, like DE-BY."""
    import holidays  # 20 MB that most processes do without

    name, _, part = country.partition("-")
    if len(name) != 2 or not name.isascii() or not name.isupper():
        return False
    try:
        holidays.country_holidays(name, subdiv=part or None)
    except NotImplementedError:
        return False
    return True


REPORTS: Final = Field(record(Table("reports", {
    "recipients": Field(_recipients),
    "daily": Field(truth),
    "weekly": Field(truth),
    "monthly": Field(truth),
    "monthly_day": Field(_monthly_day),
    "holidays": Field(_holidays),
})))  # fmt: skip


def write(session: Session, number: str, one: Record | None, *, at: datetime) -> bool:
    """Have a contract's reports made from now on, as the file says; whether that differs from what was agreed."""
    plan = reports.begin(session, number, at)
    given = {name: one.values[name] for name in _NAMES if name in one.values} if one else {}
    changed = [name for name, value in given.items() if getattr(plan, name) != value]
    for name in changed:
        setattr(plan, name, given[name])
    session.flush()
    return bool(changed)


def exported(plan: ReportPlan | None) -> dict[str, Any]:
    """What differs from the default, as the file says it."""
    if plan is None:
        return {}
    default = reports.defaults()
    told = {name: getattr(plan, name) for name in _NAMES if getattr(plan, name) != default[name]}
    if "recipients" in told:
        told["recipients"] = [_said(each) for each in plan.recipients]
    return told


def _said(recipient: dict[str, str]) -> str | dict[str, str]:
    named = {"email": recipient["email"]}
    return named | {"language": recipient["language"]} if recipient.get("language") else recipient["email"]
