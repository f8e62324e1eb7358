"""Who gets a report by mail, each in which language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy.orm import Session

from gateway.domain import agreed_dates
from gateway.domain.periods import Kind
from gateway.mail import address
from gateway.mail.message import Mailbox
from gateway.store import reports
from gateway.store.models import Customer, Reach, ReportPlan, Role, StoredReport
from gateway.store.queries import agreements, desk, people
from gateway.tickets.letterhead import Letterhead

MANAGERS: Final = (Role.MANAGER, Role.ADMIN)
"""Who gets the provider's own report."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody a report is sent to."""

    box: Mailbox
    language: Literal["en", "zh"]


def of(session: Session, head: Letterhead, row: StoredReport) -> list[Reader]:
    """Who a stored report is sent to: nobody where its kind is not mailed, or the customer is served no more."""
    if row.kind == Kind.MANAGEMENT:
        return [
            Reader(Mailbox(each.name, each.email), head.letter_language(each.language))
            for each in desk.engineers_of_role(session, MANAGERS)
        ]
    customer = session.get(Customer, row.customer_id) if row.customer_id is not None else None
    plan = reports.plan_of(session, row.contract_number)
    if customer is None or not customer.active or not mailed(plan, Kind(row.kind)):
        return []
    versions = agreements.versions_of(session, row.contract_number)
    version = agreed_dates.version_on(versions, row.last_on)
    language = version.language if version else customer.language
    return agreed(session, head, plan, customer, language=language)


def mailed(plan: ReportPlan, kind: Kind) -> bool:
    """Whether reports of a kind are sent by a plan."""
    return {Kind.DAILY: plan.daily, Kind.WEEKLY: plan.weekly, Kind.MONTHLY: plan.monthly}.get(kind, True)


def agreed(
    session: Session, head: Letterhead, plan: ReportPlan, customer: Customer, *, language: str
) -> list[Reader]:
    """The readers that a plan names, or else the customer's managers; `language` is the contract's."""
    contacts = people.contacts(session, customer.id, most=1000)
    known = {each.email: each for each in contacts}
    named = plan.recipients or [{"email": each.email} for each in contacts if each.role == Reach.MANAGER]
    found: dict[str, Reader] = {}
    for each in named:
        email = str(each["email"])
        contact = known.get(address.normalise(email))
        wishes = (str(each.get("language") or ""), contact.language if contact else "", language)
        box = Mailbox(contact.name if contact else "", email)
        found.setdefault(address.normalise(email), Reader(box, head.letter_language(*wishes)))
    return list(found.values())
