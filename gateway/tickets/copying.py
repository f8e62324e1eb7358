"""Who takes part in a ticket, as engineers settle it: copied in, or left out from now on."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from gateway.domain.lifecycle import EventKind, Status
from gateway.mail import address
from gateway.mail.message import Mailbox
from gateway.store.models import Engineer, Participant, Ticket
from gateway.store.queries import agreements
from gateway.tickets import Refused, handling, messages
from gateway.tickets.changes import actor, finish, locked
from gateway.tickets.letterhead import Letterhead
from gateway.tickets.log import Entry


class Outsider(Refused):
    """The address is not the customer's: copying it in shows a stranger what is written from now on."""

    def __init__(self, email: str) -> None:
        super().__init__("%(email)s is no address of this customer", email=email)


def copy_in(session: Session, head: Letterhead, ticket_id: int, *, author: Engineer, person: Mailbox,
            own_addresses: Collection[str], outsider: bool, at: datetime) -> None:  # fmt: skip
    """Let somebody take part from now on; who is not the customer's only where that was said to be meant.

    Errors: NotFound, Refused, Outsider.
    """
    ticket = locked(session, ticket_id)
    if ticket.status == Status.CLOSED:
        raise Refused("a closed ticket is final")
    email = messages.address_of(person)
    if address.split_subaddress(email)[0] in own_addresses:
        raise Refused("that is an address of ours")
    if not outsider and not _belongs(session, ticket, email):
        raise Outsider(email)
    handling.add_participant(session, head, ticket_id, author=author, person=person, at=at)


def leave_out(session: Session, head: Letterhead, ticket_id: int, *, author: Engineer, email: str,
              at: datetime) -> None:  # fmt: skip
    """Let somebody take part no longer: they get no further letters, and their mail is held. The requester stays.

    Errors: NotFound, Refused.
    """
    ticket = locked(session, ticket_id)
    if ticket.status == Status.CLOSED:
        raise Refused("a closed ticket is final")
    row = session.get(Participant, (ticket_id, address.normalise(email)))
    if row is None:
        return
    if row.role == "requester":
        raise Refused("the requester takes part as long as the ticket lives")
    session.delete(row)
    entry = Entry(EventKind.LINKED, at, actor(author), {"what": "participant-left"}, words=row.email)
    finish(session, head, ticket, [entry], at=at)


def _belongs(session: Session, ticket: Ticket, email: str) -> bool:
    party = agreements.party_of(session, email)
    return party is not None and party.customer_id == ticket.customer_id
