"""How a ticket stands to others and to people: merged, part of an incident, who is copied in."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from gateway.mail.message import Mailbox
from gateway.tickets import NotFound, Refused, copying, linking, merging
from gateway.tickets.copying import Outsider
from web import acts, ticket, visit

pages = Blueprint("relations", __name__)
_NUMBER: Final = re.compile(r"\s*(?:[A-Za-z]{1,10}-|#)?([0-9]{1,12})\s*", re.ASCII)


@pages.post("/tickets/<int:number>/merge")
def merge(number: int) -> ResponseReturnValue:
    """Close the ticket as the same as an older one, and go there."""
    into = _named("into")
    if into is None:
        return _no_such(number, "merge")
    went: list[int] = []

    def do(rows: Session) -> None:
        went.append(merging.merge(rows, visit.services().letterhead, number, into=into, author=visit.me(),
                                  at=visit.now()))  # fmt: skip

    refused = _try(number, do, form="merge")
    if refused is not None:
        return refused
    said = visit.say(
        "%(ticket)s is merged into this ticket; its people were told.", ticket=visit.number_of(number)
    )
    flash(said)
    return redirect(f"/tickets/{went[0]}", 303)


@pages.post("/tickets/<int:number>/parent")
def link(number: int) -> ResponseReturnValue:
    """Let the ticket belong to an incident, or, with an empty number, to none."""
    parent = _named("parent") if request.form.get("parent", "").strip() else 0
    if parent is None:
        return _no_such(number, "parent")

    def do(rows: Session) -> None:
        linking.link(rows, visit.services().letterhead, number, parent_id=parent or None, author=visit.me(),
                     at=visit.now())  # fmt: skip

    refused = _try(number, do, form="parent")
    if refused is not None:
        return refused
    flash(visit.say("Parent incident changed."))
    return redirect(f"/tickets/{number}", 303)


@pages.post("/tickets/<int:number>/children")
def write_to_children(number: int) -> ResponseReturnValue:
    """Write one note or one reply on every ticket that belongs to this one."""
    text, to_customers = acts.posted("text", acts.LONGEST_TEXT), request.form.get("audience") == "reply"
    said: list[str] = []

    def do(rows: Session) -> None:
        found = linking.write_to_children(
            rows, visit.services().letterhead, number, author=visit.me(), text=text, to_customers=to_customers,
            at=visit.now(), act=request.form.get("act", "")[:40],
        )  # fmt: skip
        said.append(visit.say("Written on %(done)s of %(all)s tickets.", done=len(found.done) + len(found.before),
                              all=len(found.done) + len(found.before) + len(found.left)))  # fmt: skip

    refused = _try(number, do, form="children")
    if refused is not None:
        return refused
    flash(said[0])
    return redirect(f"/tickets/{number}", 303)


@pages.post("/tickets/<int:number>/people")
def copy_in(number: int) -> ResponseReturnValue:
    """Copy somebody in from now on; an outsider only after a second press."""
    person = Mailbox(acts.posted("name", 200).strip(), acts.posted("email", 320).strip())
    services = visit.services()

    def do(rows: Session) -> None:
        copying.copy_in(rows, services.letterhead, number, author=visit.me(), person=person,
                        own_addresses=services.settings.own_addresses, outsider=bool(request.form.get("outsider")),
                        at=visit.now())  # fmt: skip

    refused = _try(number, do, form="people")
    if refused is not None:
        return refused
    flash(visit.say("%(who)s takes part from now on.", who=person.address))
    return redirect(f"/tickets/{number}", 303)


@pages.post("/tickets/<int:number>/people/remove")
def leave_out(number: int) -> ResponseReturnValue:
    """Let somebody take part no longer."""
    email = acts.posted("email", 320)

    def do(rows: Session) -> None:
        copying.leave_out(
            rows, visit.services().letterhead, number, author=visit.me(), email=email, at=visit.now()
        )

    refused = _try(number, do, form="people")
    if refused is not None:
        return refused
    flash(visit.say("%(who)s takes part no longer.", who=email))
    return redirect(f"/tickets/{number}", 303)


def _try(number: int, do: Callable[[Session], None], *, form: str) -> ResponseReturnValue | None:
    """Do it in one transaction; the page that says why not, where it was refused."""
    try:
        with visit.services().transaction() as rows:
            do(rows)
    except NotFound:
        return _no_such(number, form)
    except Outsider as refused:
        said = visit.say("Not done: %(why)s.", why=acts.in_words(refused))
        return ticket.page(number, refused=said, draft=request.form, form="people-outsider")
    except Refused as refused:
        said = visit.say("Not done: %(why)s.", why=acts.in_words(refused))
        return ticket.page(number, refused=said, draft=request.form, form=form)
    return None


def _no_such(number: int, form: str) -> ResponseReturnValue:
    """What is named is not there; where that is the ticket of the page itself, a plain 404."""
    said = visit.say("Not done: %(why)s.", why=visit.say("there is no such ticket"))
    return ticket.page(number, refused=said, draft=request.form, form=form)


def _named(field: str) -> int | None:
    """The ticket whose number a field holds: HD-1042, #1042 or 1042."""
    found = _NUMBER.fullmatch(request.form.get(field, "")[:40])
    return int(found[1]) if found else None
