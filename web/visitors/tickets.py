"""A customer's tickets: listed, searched, read, and their files handed over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from gateway import i18n, secrets
from gateway.domain import sla
from gateway.domain.exclusions import Exclusion, exclusions
from gateway.domain.lifecycle import Event, Status
from gateway.domain.terms import Target
from gateway.store.models import Attachment, Ticket, TicketEvent
from gateway.store.queries import correspondence, evidence, people, visiting
from gateway.tickets import changes
from web import clocks, exclusion_words, files, visit
from web import gate as scanned
from web.gate import Gate
from web.visitors import gate, scope, thread

pages = gate.blueprint("tickets")

MOST_SHOWN: Final = 200
_LONGEST_SEARCH: Final = 200


@pages.get("/my/tickets")
def listed() -> ResponseReturnValue:
    """The tickets of these pages, the newest first: open or all, narrowed by words, page by page."""
    words = request.args.get("q", "").replace("\x00", "")[:_LONGEST_SEARCH]
    live = request.args.get("show", "open") != "all"
    with visit.reading() as rows:
        found = visiting.tickets(
            rows, scope.mine(), live=live, words=words, before=_before(), limit=visiting.PAGE + 1
        )
        resting = evidence.resting(rows, found)
    shown = [
        (row, clocks.next_target(row, visit.now(), visit.reader(), resting.get(row.id)))
        for row in found[: visiting.PAGE]
    ]
    more = shown[-1][0].id if len(found) > visiting.PAGE else None
    return render_template(
        "web/visitor_tickets.html", title=visit.say("Tickets"), section="tickets", tickets=shown, more=more,
        live=live, words=words, status=_status,
    )  # fmt: skip


@pages.get("/my/tickets/<int:number>")
def show(number: int) -> ResponseReturnValue:
    """A ticket's page."""
    return page(number)


def page(
    number: int, *, refused: str = "", said: str = "", draft: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    """A ticket's page; where something was refused, with the reason and what had been written."""
    row = scope.ticket(number)
    with visit.reading() as rows:
        context = _context(rows, row)
    drawn = render_template(
        "web/visitor_ticket.html", title=f"{visit.number_of(number)} {row.subject}", section="tickets",
        ticket=row, refused=refused, said=said, draft=draft or {}, once=secrets.random_token(), **context,
    )  # fmt: skip
    return drawn, 409 if refused else 200


@pages.route("/my/tickets/<int:number>/files/<token>", methods=["GET", "POST"])
def file(number: int, token: str) -> ResponseReturnValue:
    """A file of a message that this customer may read, as a download; posted, one without a verdict."""
    row = scope.ticket(number)
    with visit.reading() as rows:
        found = _file(rows, row, token)
        standing = scanned.of([found])
        if standing is Gate.SHUT or (standing is Gate.ASKS and request.method != "POST"):
            return _gate_page(row, found, standing)
        content = visit.services().blobs.get(rows, found.blob_key)
    return files.download(content, found.filename, found.content_type)


def _file(rows: Session, row: Ticket, token: str) -> Attachment:
    found = correspondence.attachment(rows, token)
    seen = visiting.messages(rows, row.id, newest=100_000) if found else ()
    if found is None or found.message_id not in {each.id for each in seen}:
        abort(404)
    return found


def _gate_page(row: Ticket, found: Attachment, standing: Gate) -> Response:
    shut = standing is Gate.SHUT
    title = visit.say("Infected file") if shut else visit.say("File without a verdict")
    shown = render_template(
        "web/visitor_file.html", title=title, section="tickets", ticket=row, file=found, shut=shut
    )
    return Response(shown, 403 if shut else 200, content_type="text/html; charset=utf-8")


def _context(rows: Session, row: Ticket) -> dict[str, Any]:
    reader = visit.reader()
    entries = correspondence.entries(rows, row.id)
    events = correspondence.as_events(entries)
    agreed = changes.agreement(rows, visit.services().letterhead, row)
    standing = sla.standing(events, agreed.terms)
    newest = MOST_SHOWN if "all" not in request.args else 5000
    source = thread.Source(
        messages=visiting.messages(rows, row.id, newest=newest),
        entries=entries,
        letters=visiting.letters(rows, row.id),
        names=people.names(rows),
    )
    return {
        "thread": thread.thread(source, reader),
        "clocks": [
            _in_their_words(clocks.of_standing(standing, each, visit.now(), reader)) for each in Target
        ],
        "earlier": len(source.messages) == newest,
        "status": _status(row),
        "excluded": _excluded(entries, events),
        "is_closed": row.status == Status.CLOSED,
        "is_resolved": row.status == Status.RESOLVED,
        "support": visit.services().settings.support_address,
    }


def _excluded(entries: Sequence[TicketEvent], events: Sequence[Event]) -> list[dict[str, Any]]:
    """Time that does not count, and whether it can be contested: what a person entered, once."""
    return [
        {
            "row": each,
            "why": thread.why(each.reason, visit.reader()),
            "words": "" if each.automatic else entries[each.seq - 1].words,
            "open": _contestable(each),
        }
        for each in exclusions(events)
        if each.struck is None
    ]


def _contestable(one: Exclusion) -> bool:
    return not one.automatic and one.contested is None


def _in_their_words(due: clocks.Due) -> clocks.Due:
    """A clock that waits for its very reader says so."""
    ours = exclusion_words.REASONS["customer"]
    return replace(due, detail=due.detail.replace(visit.say(ours), visit.say("Waiting for your answer")))


def _status(row: Ticket) -> str:
    return i18n.customer_label(row.status, visit.reader().language)


def _before() -> int | None:
    value = request.args.get("before", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 18 else None
