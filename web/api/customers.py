"""Customers over the API: their attainment, their service credits, and disputes about them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from gateway import credits, i18n
from gateway.credits import MonthLine, Statement
from gateway.domain import agreed_dates
from gateway.domain.agreed_dates import Month
from gateway.domain.credits import Account, Attainment, half_up, printed
from gateway.mail.message import Mailbox
from gateway.store.models import Contract, Customer, LedgerEntry
from gateway.store.queries import agreements, attainment, correspondence, people
from gateway.store.queries.attainment import Figures, Window
from gateway.tickets import NotFound, Refused
from web import visit
from web.api import customer_models as shapes
from web.api import models
from web.api import shapes as ticket_shapes
from web.api.endpoint import endpoint


@endpoint("GET", "/customers/<customer>/sla", output=shapes.CustomerSla)
def get_sla(customer: str) -> shapes.CustomerSla:
    """The attainment of a customer this month and last, by priority and target."""
    at = visit.now()
    with visit.reading() as rows:
        found = _found(rows, customer)
        contract = _contract_at(rows, found, at)
        zone = contract.time_zone if contract else found.time_zone
        month = agreed_dates.month_at(at, i18n.time_zone(zone))
        months = [_month_sla(rows, found.id, each, zone=zone, at=at) for each in (month, month.previous)]
    return shapes.CustomerSla(
        customer=_name(found), time_zone=zone, contract=contract.number if contract else None, as_of=at, months=months
    )  # fmt: skip


@endpoint("GET", "/customers/<customer>/credits", output=shapes.CustomerCredits)
def get_credits(customer: str) -> shapes.CustomerCredits:
    """Every month of every contract of a customer with attainment, discount and credit, and the ledgers."""
    at = visit.now()
    with visit.reading() as rows:
        found = _found(rows, customer)
        numbers = agreements.contracts_of(rows, found.id)
        statements = [_statement(credits.statement(rows, number, at=at)) for number in numbers]
    return shapes.CustomerCredits(customer=_name(found), as_of=at, contracts=statements)


@endpoint(
    "POST",
    "/customers/<customer>/credits/<month>/dispute",
    body=shapes.NewDispute,
    output=models.TicketRow,
    status=201,
    refusals=[409],
)
def dispute(customer: str, month: str, body: shapes.NewDispute) -> models.TicketRow:
    """Open a ticket in which a customer disputes a month, frozen or running."""
    try:
        wanted = agreed_dates.named(month)
    except ValueError:
        raise NotFound("no such month") from None
    with visit.services().transaction() as rows:
        number = _number(rows, _found(rows, customer), wanted, body.contract)
        made = credits.dispute(
            rows, visit.services().letterhead, number, wanted, author=visit.me(),
            requester=Mailbox(body.requester_name, body.requester_email), text=body.text, at=visit.now(),
        )  # fmt: skip
        ticket_id = made.id
    with visit.reading() as rows:
        ticket = correspondence.ticket(rows, ticket_id)
        if ticket is None:
            raise NotFound("no such ticket")
        return ticket_shapes.row(ticket)


def _found(rows: Session, key: str) -> Customer:
    found = people.customer_of(rows, key) if "\x00" not in key else None
    if found is None:
        raise NotFound("no such customer")
    return found


def _contract_at(rows: Session, customer: Customer, at: datetime) -> Contract | None:
    settings = visit.services().settings
    agreed = agreements.agreement_with(
        rows, customer.id, at, zone=settings.time_zone, language=settings.language
    )
    return rows.get(Contract, agreed.contract_id) if agreed.contract_id else None


def _number(rows: Session, customer: Customer, month: Month, wanted: str) -> str:
    """The contract of a customer that a month is disputed of: the one named, or the one that covers it."""
    contracts = agreements.contracts_of(rows, customer.id)
    if wanted:
        if wanted not in contracts:
            raise Refused("this customer has no such contract")
        return wanted
    covering = [
        number
        for number, versions in contracts.items()
        if any(agreed_dates.in_effect(versions, day) for day in month.days)
    ]
    if len(covering) != 1:
        raise Refused("name the contract" if covering else "no contract covers this month")
    return covering[0]


def _month_sla(rows: Session, customer_id: int, month: Month, *, zone: str, at: datetime) -> shapes.MonthSla:
    place = i18n.time_zone(zone)
    window = Window(customer_id, month.begins(place), month.ends(place))
    found = sorted(attainment.figures(rows, window, at), key=lambda each: each.priority)
    whole = Attainment(sum(each.kept for each in found), sum(each.decided for each in found))
    return shapes.MonthSla(
        month=str(month),
        since=window.since,
        until=window.until,
        attainment=_attainment(whole),
        priorities=[_priority(each) for each in found],
    )


def _priority(found: Figures) -> shapes.PriorityOut:
    return shapes.PriorityOut.model_validate(
        {
            "priority": found.priority,
            "attainment": _attainment(Attainment(found.kept, found.decided)),
            "first_response": {"met": found.first_met, "violated": found.first_late},
            "resolution": {"met": found.resolution_met, "violated": found.resolution_late},
        }
    )


def _statement(found: Statement) -> shapes.ContractCredits:
    return shapes.ContractCredits(
        number=found.number,
        months=[_month(line) for line in found.months],
        ledger=[_entry(each) for each in found.entries],
    )


def _month(line: MonthLine) -> shapes.MonthOut:
    base = visit.services().settings.web_base
    same = ("id", "was", "becomes", "verdict", "found_at", "settled_at")
    return shapes.MonthOut(
        month=str(line.month),
        currency=line.currency,
        exponent=line.exponent,
        now=_account(line.now),
        frozen=_account(line.frozen) if line.frozen else None,
        frozen_at=line.frozen_at,
        violated=[
            shapes.ViolatedOut(number=number, subject=subject, evidence=f"{base}/api/v1/tickets/{number}/sla")
            for number, subject in line.violated
        ],
        corrections=[
            shapes.CorrectionOut.model_validate(
                {name: getattr(each, name) for name in same} | {"ticket": each.ticket_id}
            )
            for each in line.corrections
        ],
        disputes=list(line.disputes),
    )


def _account(account: Account) -> shapes.AccountOut:
    return shapes.AccountOut(
        attainment=_attainment(account.attainment),
        discount=printed(account.discount),
        fee=half_up(account.fee),
        amount=account.amount,
    )


def _entry(row: LedgerEntry) -> shapes.EntryOut:
    same = ("id", "kind", "amount", "currency", "exponent", "due_on", "figures", "entered_at", "author")
    month = agreed_dates.month_of(row.month.first_on)
    return shapes.EntryOut.model_validate({name: getattr(row, name) for name in same} | {"month": str(month)})


def _attainment(counted: Attainment) -> shapes.AttainmentOut:
    return shapes.AttainmentOut(kept=counted.kept, decided=counted.decided, percent=printed(counted.share))


def _name(row: Customer) -> models.CustomerName:
    return models.CustomerName(id=row.id, reference=row.reference, name=row.name)
