"""The queue: what burns first, and every other list of tickets."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from gateway.domain.lifecycle import Status
from gateway.domain.terms import Priority
from gateway.store.queries import evidence, listing, people
from web import clocks, visit

pages = Blueprint("queue", __name__)

PAGE_ROWS: Final = 50
_QUEUES: Final = ("", "main", "unregistered")
_LONGEST_SEARCH: Final = 200


@pages.get("/")
def show() -> ResponseReturnValue:
    """The tickets the filters ask for, one page of them."""
    wanted = asked_for()
    with visit.reading() as rows:
        try:
            page = listing.tickets(rows, wanted, cursor=request.args.get("cursor", ""), limit=PAGE_ROWS)
        except listing.BadCursor:
            abort(400)
        context = {
            "total": _total(listing.count_tickets(rows, wanted), wanted),
            "engineers": people.engineers(rows),
            "customers": people.customers(rows),
        }
        resting = evidence.resting(rows, page.rows)
    at, reader = visit.now(), visit.reader()
    drawn = [(row, clocks.next_target(row, at, reader, resting.get(row.id))) for row in page.rows]
    return render_template(
        "web/queue.html",
        drawn=drawn,
        next_page=_link(cursor=page.cursor) if page.cursor else "",
        first_page=_link() if request.args.get("cursor") else "",
        wanted=wanted,
        title=_title(wanted),
        now=at,
        day=reader.date,
        filtered=wanted != listing.TicketFilter(),
        statuses=list(Status),
        priorities=list(Priority),
        **context,
    )


def asked_for() -> listing.TicketFilter:
    """The filter in the address; 400 for values that no form of ours sends."""
    args = request.args
    status, priority, queue = (
        args.get("status") or listing.LIVE,
        args.get("priority", ""),
        args.get("queue", ""),
    )
    known = status in {*Status, listing.LIVE, listing.ALL} and queue in _QUEUES
    known = known and args.get("aws", "") in ("", "awaits")
    if not known or (priority and priority not in set(Priority)):
        abort(400)
    return listing.TicketFilter(
        status=status,
        priority=priority,
        queue=queue,
        customer_id=_number("customer"),
        assignee_id=visit.me().id if args.get("assignee") == "me" else _number("assignee"),
        words=args.get("q", "")[:_LONGEST_SEARCH],
        awaited=args.get("aws") == "awaits",
    )


def _number(name: str) -> int | None:
    value = request.args.get(name, "")
    if not value:
        return None
    if not (value.isascii() and value.isdigit() and len(value) < 18):
        abort(400)
    return int(value)


def _total(count: int, wanted: listing.TicketFilter) -> str:
    more = wanted.words.strip() and count > listing.MOST_COUNTED
    return f"{listing.MOST_COUNTED}+" if more else str(count)


def _link(cursor: str = "") -> str:
    kept = [(key, value) for key, value in request.args.items() if key != "cursor" and value]
    return "/?" + urlencode(kept + ([("cursor", cursor)] if cursor else []))


def _title(wanted: listing.TicketFilter) -> str:
    if wanted.queue == "unregistered":
        return visit.say("Unregistered senders")
    if wanted.awaited:
        return visit.say("AWS awaits an answer")
    if wanted.assignee_id == visit.me().id and wanted.status == listing.LIVE:
        return visit.say("Mine")
    if wanted.assignee_id == 0 and wanted.status == listing.LIVE:
        return visit.say("Unassigned")
    if wanted.status == listing.LIVE:
        return visit.say("All open")
    return visit.say("All tickets") if wanted.status == listing.ALL else visit.reader().label(wanted.status)
