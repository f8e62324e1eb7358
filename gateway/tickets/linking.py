"""Tickets of one incident: each belongs to a parent, and what is written on all of them is written once."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway import secrets
from gateway.domain.lifecycle import EventKind
from gateway.store.models import Engineer, Ticket
from gateway.store.queries import relatives
from gateway.tickets import NotFound, Refused, fanning
from gateway.tickets.changes import actor, finish, locked
from gateway.tickets.fanning import Fanned, Mark
from gateway.tickets.letterhead import Letterhead
from gateway.tickets.log import Entry

DEEPEST: Final = 10
"""How many incidents may stand above each other: more is a mistake."""


def link(session: Session, head: Letterhead, ticket_id: int, *, parent_id: int | None, author: Engineer,
         at: datetime) -> None:  # fmt: skip
    """Let a ticket belong to the incident of another one, or to none; both logs say so. No clock changes.

    Errors: NotFound, Refused.
    """
    if parent_id == ticket_id:
        raise Refused("a ticket does not belong to itself")
    tickets = {
        each: locked(session, each) for each in sorted({ticket_id, *([parent_id] if parent_id else [])})
    }
    ticket = tickets[ticket_id]
    before = ticket.parent_id
    if before == parent_id:
        return
    if parent_id is not None and ticket_id in relatives.ancestors(session, parent_id, most=DEEPEST):
        raise Refused("that ticket belongs to this one already")
    ticket.parent_id = parent_id
    said: dict[str, object] = {"what": "parent", "ticket": parent_id}
    if parent_id is None:
        said = {"what": "parent-left", "ticket": before}
    finish(session, head, ticket, [Entry(EventKind.LINKED, at, actor(author), said)], at=at)
    if parent_id is not None:
        child = Entry(EventKind.LINKED, at, actor(author), {"what": "child", "ticket": ticket_id})
        finish(session, head, tickets[parent_id], [child], at=at)


def write_to_children(session: Session, head: Letterhead, ticket_id: int, *, author: Engineer, text: str,
                      to_customers: bool, at: datetime, act: str = "") -> Fanned:  # fmt: skip
    """Write the same on every ticket that belongs to this one: a work note, or a reply that their people get.

    Shape: `act` is the name of the form, so that sending it twice does it once.
    Errors: NotFound for a ticket without children, Refused without a text.
    """
    if not text.strip():
        raise Refused("a note needs a text")
    children = session.scalars(
        sa.select(Ticket.id).where(Ticket.parent_id == ticket_id).order_by(Ticket.id)
    ).all()
    if not children:
        raise NotFound(f"no ticket belongs to ticket {ticket_id}")
    name = act or secrets.digest(f"{author.id}\n{to_customers}\n{text.strip()}")[:16]
    mark = Mark(EventKind.LINKED, {"what": "fanned", "ticket": ticket_id, "act": name}, named=bool(act))
    return fanning.fan(
        session, head, children, mark=mark, author=author, text=text, to_customers=to_customers, at=at
    )
