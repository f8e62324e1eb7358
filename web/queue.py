"""The queue: what burns first, and every other list of tickets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from gateway import live
from gateway.domain.lifecycle import Status
from gateway.domain.terms import Priority
from gateway.store.models import Role, Ticket
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
        page = _page(rows, wanted)
        context = {
            "total": listing.count_tickets(rows, wanted),
            "engineers": people.engineers(rows),
            "customers": people.customers(rows),
            "drawn": _drawn(rows, page.rows),
        }
    return render_template(
        "web/queue.html",
        next_page=_link(cursor=page.cursor) if page.cursor else "",
        first_page=_link() if request.args.get("cursor") else "",
        wanted=wanted,
        title=_title(wanted),
        filtered=wanted != listing.TicketFilter(),
        statuses=list(Status),
        priorities=list(Priority),
        rows_at=_rows_at(page.cursor),
        away=frozenset(),
        **_row_words(),
        **context,
    )


@pages.get("/queue/rows")
def changed() -> ResponseReturnValue:
    """Rows of a page of the queue that changed, each saying whether it still belongs there.

    Shape: `ids` are numbers; with `all` come the page's own rows too; `until` is the cursor at the page's end.
    """
    wanted, ids = asked_for(), _ids()
    with visit.reading() as rows:
        own = _page(rows, wanted).rows if "all" in request.args else ()
        known = {row.id for row in own}
        others = listing.named(rows, [key for key in ids if key not in known])
        after, until = request.args.get("cursor", ""), request.args.get("until", "")
        try:
            here = listing.among(rows, wanted, [row.id for row in others], after=after, until=until)
        except listing.BadCursor:
            abort(400)
        drawn = _drawn(rows, [*own, *others])
    away = frozenset(row.id for row in others if row.id not in here)
    return render_template(
        "web/queue_rows.html", alone=True, drawn=drawn, wanted=wanted, away=away, **_row_words()
    )


def _page(rows: Session, wanted: listing.TicketFilter) -> listing.Page[Ticket]:
    try:
        return listing.tickets(rows, wanted, cursor=request.args.get("cursor", ""), limit=PAGE_ROWS)
    except listing.BadCursor:
        abort(400)


def _drawn(rows: Session, found: Sequence[Ticket]) -> list[tuple[Ticket, clocks.Due]]:
    """Tickets with their clocks."""
    resting, at, reader = evidence.resting(rows, found), visit.now(), visit.reader()
    return [(row, clocks.next_target(row, at, reader, resting.get(row.id))) for row in found]


def _row_words() -> dict[str, Any]:
    """What rows need beside tickets."""
    may_act = visit.me().role != Role.READER
    return {"now": visit.now(), "day": visit.reader().date, "millis": clocks.millis, "may_act": may_act}


def _ids() -> list[int]:
    """The numbers asked for, bounded; 400 for what no page of ours asks."""
    given = request.args.get("ids", "")
    if not given:
        return []
    found = given.split(",")
    if len(found) > live.MOST_NUMBERS or not all(each.isascii() and each.isdigit() for each in found):
        abort(400)
    return [int(each) for each in found if len(each) < 18]


def _rows_at(cursor: str) -> str:
    """Where the page on show asks for its rows."""
    kept = [(key, value) for key, value in request.args.items() if value]
    return "/queue/rows?" + urlencode([*kept, ("until", cursor)])


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
