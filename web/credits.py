"""A customer's service credits: each month with its attainment, what violated it, corrections and disputes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from gateway import credits, i18n
from gateway.credits import MonthLine
from gateway.domain import agreed_dates
from gateway.domain.credits import Account, half_up, printed
from gateway.mail.message import Mailbox
from gateway.store.models import Customer, LedgerEntry, Role
from gateway.store.queries import agreements, ledger, people
from gateway.tickets import NotFound, Refused
from web import acts, visit

pages = Blueprint("credits", __name__)

LONGEST_TEXT = 20_000


@pages.get("/customers/<int:customer_id>/credits")
def show(customer_id: int) -> ResponseReturnValue:
    """The statement of every contract of a customer."""
    with visit.reading() as rows:
        customer = _customer(rows, customer_id)
        contacts = sorted(customer.contacts, key=lambda contact: contact.email)
        numbers = reversed(agreements.contracts_of(rows, customer_id))
        statements = [credits.statement(rows, number, at=visit.now()) for number in numbers]
        covered = customer.reference not in agreements.without_contract(rows, visit.now())
    return render_template(
        "web/credits.html",
        title=visit.say("Service credits of %(customer)s", customer=customer.name),
        customer=customer,
        contacts=contacts,
        statements=[_drawn(each) for each in statements],
        covered=covered or not customer.active,
        may_decide=Role(visit.me().role).rank >= Role.MANAGER.rank,
    )


@pages.post("/customers/<int:customer_id>/corrections/<int:correction_id>/<decision>")
def decide(customer_id: int, correction_id: int, decision: str) -> ResponseReturnValue:
    """Approve or decline a correction against the customer."""
    verbs = {"approve": credits.approve, "decline": credits.decline}
    if decision not in verbs:
        abort(404)

    def do(rows: Session) -> None:
        found = ledger.correction(rows, correction_id)
        if found is None or found[1].customer_id != customer_id:
            raise NotFound("there is no such correction")
        verbs[decision](rows, correction_id, author=visit.me(), at=visit.now())

    said = visit.say("Correction approved.") if decision == "approve" else visit.say("Correction declined.")
    return _done(customer_id, do, said)


@pages.post("/customers/<int:customer_id>/credits/<month>/dispute")
def dispute(customer_id: int, month: str) -> ResponseReturnValue:
    """Open a ticket in which the customer disputes a month."""
    try:
        wanted = agreed_dates.named(month)
    except ValueError:
        abort(404)
    text, email = acts.posted("text", LONGEST_TEXT), acts.posted("requester", 320)
    number = acts.posted("contract", 100)

    def do(rows: Session) -> None:
        customer = _customer(rows, customer_id)
        contact = next((each for each in customer.contacts if each.email == email), None)
        if number not in agreements.contracts_of(rows, customer_id):
            raise NotFound("there is no such contract")
        if contact is None:
            raise Refused("a dispute needs a contact of the customer")
        credits.dispute(
            rows, visit.services().letterhead, number, wanted, author=visit.me(),
            requester=Mailbox(contact.name, contact.email), text=text, at=visit.now(),
        )  # fmt: skip

    return _done(customer_id, do, visit.say("Dispute opened as a ticket."))


def _done(customer_id: int, do: Callable[[Session], None], said: str) -> ResponseReturnValue:
    return acts.and_back(do, said, f"/customers/{customer_id}/credits")


def _customer(rows: Session, customer_id: int) -> Customer:
    found = people.customer_of(rows, str(customer_id)) if customer_id < 2**62 else None
    if found is None or found.id != customer_id:
        abort(404)
    return found


def _drawn(found: credits.Statement) -> dict[str, Any]:
    return {
        "number": found.number,
        "months": [_month(line) for line in found.months],
        "entries": [_entry(each) for each in reversed(found.entries)],
    }


def _month(line: MonthLine) -> dict[str, Any]:
    language = visit.reader().language
    return {
        "line": line,
        "key": str(line.month),
        "name": i18n.month(line.month.first, language),
        "now": _account(line.now, line),
        "frozen": _account(line.frozen, line) if line.frozen and line.frozen != line.now else None,
        "frozen_at": line.frozen_at,
    }


def _account(account: Account, line: MonthLine) -> dict[str, Any]:
    return {
        "kept": account.attainment.kept,
        "decided": account.attainment.decided,
        "attainment": printed(account.attainment.share),
        "discount": printed(account.discount),
        "fee": i18n.money(half_up(account.fee), line.currency, line.exponent),
        "amount": i18n.money(account.amount, line.currency, line.exponent),
    }


def _entry(entry: LedgerEntry) -> dict[str, Any]:
    reader = visit.reader()
    settled = reader.say("paid out") if entry.amount >= 0 else reader.say("to be paid back")
    if entry.due_on:
        settled = reader.say("fee of %(month)s", month=i18n.month(entry.due_on, reader.language))
    return {
        "row": entry,
        "what": reader.say("Correction") if entry.kind == "correction" else reader.say("Service credit"),
        "amount": i18n.money(entry.amount, entry.currency, entry.exponent),
        "settled": settled,
    }
