"""A customer who disputes a month gets a ticket about it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from gateway.credits.deals import deal
from gateway.domain.agreed_dates import Month
from gateway.domain.lifecycle import Kind
from gateway.domain.terms import Priority, Service
from gateway.mail.message import Mailbox
from gateway.store.models import CreditDispute, Engineer, Ticket
from gateway.tickets import Refused, intake
from gateway.tickets.intake import Request
from gateway.tickets.letterhead import Letterhead


def dispute(session: Session, head: Letterhead, number: str, month: Month, *, author: Engineer,
            requester: Mailbox, text: str, at: datetime) -> Ticket:  # fmt: skip
    """Open a ticket in which a customer disputes a month of a contract, frozen or running.

    Errors: NotFound; Refused without a text, or for a month that the contract has not come to.
    """
    found = deal(session, number)
    if not text.strip():
        raise Refused("a dispute needs a text")
    if not found.first_month <= month <= found.month_at(at):
        raise Refused("the contract has no such month")
    chinese = found.version(month).language.startswith("zh")
    subject = (
        f"{number}：{month} 服务抵扣争议" if chinese else f"{number}: service credit of {month} disputed"
    )
    request = Request(
        found.customer_id, requester, subject, text, Priority.LOW, service=Service.ACCOUNT, kind=Kind.REQUEST
    )
    ticket = intake.open_by_hand(session, head, request, author=author, at=at)
    session.add(CreditDispute(ticket_id=ticket.id, contract_number=number, first_on=month.first))
    session.flush()
    return ticket
