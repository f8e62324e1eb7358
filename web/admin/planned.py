"""What is agreed about a contract's reports, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from babel import Locale
from sqlalchemy.orm import Session

from gateway.domain.periods import Kind
from gateway.reporting import calendars, plans
from gateway.reporting.plans import Plan
from gateway.store import reports
from gateway.store.models import Contact, Contract, Reach
from web import visit
from web.report_words import KINDS

COUNTRIES: Final = (
    "CN",
    "HK",
    "MO",
    "TW",
    "SG",
    "JP",
    "KR",
    "IN",
    "AU",
    "AE",
    "GB",
    "DE",
    "FR",
    "NL",
    "US",
    "CA",
    "BR",
)
"""What the form offers; a file may name any other country that the calendars know."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A plan in words. Shape: `told` are the addresses it goes to now; `managers` says that nobody was named."""

    plan: Plan
    kinds: Sequence[str]
    told: Sequence[str]
    managers: bool
    holidays: str


def shown(rows: Session, contract: Contract, contacts: Sequence[Contact]) -> Shown:
    """What is agreed about a contract's reports, in words."""
    plan = plans.plan_of(reports.plan_of(rows, contract.number))
    kinds = [(Kind.DAILY, plan.daily), (Kind.WEEKLY, plan.weekly), (Kind.MONTHLY, plan.monthly)]
    named = [email for email, _ in plan.recipients]
    managers = [each.email for each in contacts if each.role == Reach.MANAGER]
    return Shown(
        plan=plan,
        kinds=[visit.say(KINDS[kind]) for kind, wanted in kinds if wanted],
        told=named or managers,
        managers=not named,
        holidays=country(plan.holidays or calendars.country_of(contract.time_zone)),
    )


def countries(chosen: str) -> list[tuple[str, str]]:
    """What the form offers, and what is chosen though it is not offered."""
    extra = [chosen] if chosen not in ("", calendars.NONE, *COUNTRIES) else []
    return [(code, country(code)) for code in (*COUNTRIES, *extra)]


def country(code: str) -> str:
    """The name of a country whose holidays count."""
    if code in ("", calendars.NONE):
        return visit.say("no holidays: Monday to Friday")
    territories: Any = Locale.parse("zh_Hans" if visit.reader().language == "zh" else "en").territories
    name, _, part = code.partition("-")
    return f"{territories.get(name, name)}{f' ({part})' if part else ''}"
