"""Health events: the list with its filters, and one event with everybody it touches."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from gateway.store.queries import aws_desk, people
from gateway.store.queries.aws_desk import EventFilter
from gateway.store.queries.listing import BadCursor
from web import visit
from web.aws import events, words

pages = Blueprint("aws_health", __name__)


@pages.get("/aws/health")
def show_all() -> ResponseReturnValue:
    """Health events, the newest first."""
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


@pages.get("/aws/health/<int:event_id>")
def show(event_id: int) -> ResponseReturnValue:
    """One event: what AWS says, whom it touches, their tickets, and the form for a note to all of them."""
    return page(event_id)


def page(event_id: int, *, refused: str = "") -> ResponseReturnValue:
    """An event's page; where a note was refused, with the reason and what had been written."""
    with visit.reading() as rows:
        row = aws_desk.health_event(rows, event_id)
        if row is None:
            abort(404)
        (event,) = events.drawn(rows, [row])
        names = {each.id: each.name for each in people.customers(rows)}
    shown = render_template(
        "web/aws_event.html", title=event.title, event=event, names=names, refused=refused, draft=request.form
    )
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
