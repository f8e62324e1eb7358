"""Health events: the list with its filters, and one event with everybody it touches."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from gateway import secrets
from gateway.store.queries import aws_desk, health, people
from gateway.store.queries.aws_desk import EventFilter
from gateway.store.queries.listing import BadCursor
from gateway.tickets import NotFound, Refused, health_fanning
from gateway.tickets.health_fanning import Fanned
from web import acts, visit
from web.aws import events, words

pages = Blueprint("aws_health", __name__)


@pages.get("/aws/health")
def show_all() -> ResponseReturnValue:
    """Health events, the newest first; with an ARN in the address that event alone."""
    if arn := request.args.get("arn", "").replace("\x00", "")[:500]:
        with visit.reading() as rows:
            found_by_name = health.by_arn(rows, [arn]).get(arn)
        return redirect(f"/aws/health/{found_by_name.id}") if found_by_name else abort(404)
    wanted = _asked_for()
    with visit.reading() as rows:
        try:
            found, cursor = aws_desk.health_events(rows, wanted, cursor=request.args.get("cursor", ""))
        except BadCursor:
            abort(400)
        drawn = events.drawn(rows, found)
        context = {"customers": people.customers(rows), "services": aws_desk.health_services(rows)}
    reader = visit.reader()
    return render_template(
        "web/aws_health.html",
        title=visit.say("Health events"),
        drawn=drawn,
        wanted=wanted,
        filtered=wanted != EventFilter(),
        statuses=[(code, words.said(words.EVENT_STATUSES, code, reader)) for code in words.EVENT_STATUSES],
        next_page=_link(cursor) if cursor else "",
        **context,
    )


@pages.post("/aws/health/<int:event_id>/note")
def note(event_id: int) -> ResponseReturnValue:
    """Write the same on the ticket of every customer of an event; pressed twice by mistake it is written once."""
    text, act = acts.posted("text", acts.LONGEST_TEXT), acts.posted("act", 60)
    audience = request.form.get("audience", "")
    if audience not in ("reply", "note"):
        abort(400)
    try:
        with visit.services().transaction() as rows:
            if aws_desk.health_event(rows, event_id) is None:
                abort(404)
            became = health_fanning.note_to_all(
                rows, visit.services().letterhead, event_id, author=visit.me(), text=text,
                to_customers=audience == "reply", at=visit.now(), act=act,
            )  # fmt: skip
    except NotFound:
        return page(event_id, refused=visit.say("no customer has a ticket about this event"))
    except Refused as refused:
        return page(event_id, refused=acts.in_words(refused))
    _tell(became, audience)
    return redirect(f"/aws/health/{event_id}", 303)


def _tell(became: Fanned, audience: str) -> None:
    reader, count = visit.reader(), len(became.done)
    if audience == "reply":
        flash(reader.count("Mail goes to 1 customer.", "Mail goes to %(n)s customers.", count))
    else:
        flash(reader.count("Noted on 1 ticket.", "Noted on %(n)s tickets.", count))
    if became.left:
        which = reader.say(", ").join(visit.number_of(each) for each in became.left)
        flash(reader.say("Left out, closed or with nobody to write to: %(tickets)s.", tickets=which), "bad")


@pages.get("/aws/health/<int:event_id>")
def show(event_id: int) -> ResponseReturnValue:
    """One event: what AWS says, whom it touches, their tickets, and the form for a note to all of them."""
    return page(event_id)


def page(event_id: int, *, refused: str = "") -> ResponseReturnValue:
    """An event's page; where a note was refused, with the reason and what had been written."""
    kept = visit.say("Not sent: %(why)s. Your draft is kept.", why=refused) if refused else ""
    with visit.reading() as rows:
        row = aws_desk.health_event(rows, event_id)
        if row is None:
            abort(404)
        (event,) = events.drawn(rows, [row])
        names = {each.id: each.name for each in people.customers(rows)}
    shown = render_template(
        "web/aws_event.html", title=event.title, event=event, names=names, refused=kept, draft=request.form,
        act=request.form.get("act") or secrets.random_token(),
    )  # fmt: skip
    return shown, 409 if refused else 200


def _asked_for() -> EventFilter:
    """The filter in the address; 400 for values that no form of ours sends."""
    customer, status = request.args.get("customer", ""), request.args.get("status", "")
    plain = not customer or (customer.isascii() and customer.isdigit() and len(customer) < 18)  # noqa: PLR2004
    if not plain or status not in {"", *words.EVENT_STATUSES}:
        abort(400)
    service = request.args.get("service", "").replace("\x00", "")[:60]
    return EventFilter(customer_id=int(customer) if customer else None, status=status, service=service)


def _link(cursor: str) -> str:
    kept = [(key, value) for key, value in request.args.items() if key != "cursor" and value]
    return "/aws/health?" + urlencode([*kept, ("cursor", cursor)])
