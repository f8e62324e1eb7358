"""The stream of changes for engineers' pages, and what the page of a ticket asks once it hears of one.

A stream holds a thread and two descriptors, and no connection to the database: it carries numbers only.
"""

from __future__ import annotations

import random
import select
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, cast

from flask import Blueprint, Flask, Response, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue

from gateway import clock, live
from gateway.operations import access
from gateway.runtime import valkey
from gateway.store.queries import correspondence, news, people
from web import entrance, script_words, telling, visit

if TYPE_CHECKING:
    from gateway.services import Services

pages = Blueprint("live", __name__)

MOST_STREAMS: Final = 100
"""Of one process: more browsers ask every 30 s instead."""
HEARTBEAT_SECONDS: Final = 15.0
LONGEST_SECONDS: Final = 600.0
_RETRY_MS: Final = 2000
_EXTENSION: Final = "helpdesk-live"


def install(app: Flask, services: Services) -> None:
    """Give the application its hub; no connection and no thread begins before the first stream."""
    settings = services.settings
    app.extensions[_EXTENSION] = live.Hub(
        lambda: settings.redis or valkey.address(settings), most=MOST_STREAMS
    )
    app.context_processor(lambda: {"for_script": lambda: script_words.of(visit.reader(), visit.now())})


def end_streams(app: Flask) -> None:
    """Send every browser away, so that the process can end."""
    cast(live.Hub, app.extensions[_EXTENSION]).close()


@pages.get("/live")
def stream() -> ResponseReturnValue:
    """Server-sent events: which tickets changed, as numbers; 503 where too many listen."""
    only = request.args.get("ticket", 0, int)
    hub = cast(live.Hub, current_app.extensions[_EXTENSION])
    ear = hub.join(only or None)
    if ear is None:
        return Response("", 503, {"Retry-After": "30"}, content_type="text/plain; charset=utf-8")
    services = visit.services()
    token = request.cookies.get(entrance.cookie(), "")
    answer = Response(
        _said(ear, _client(), lambda: _is_open(services, token)),
        content_type="text/event-stream",
        headers={"X-Accel-Buffering": "no"},
    )
    answer.call_on_close(lambda: hub.leave(ear))
    return answer


@pages.get("/tickets/<int:number>/news")
def of_ticket(number: int) -> ResponseReturnValue:
    """Who wrote or did something on a ticket since a page of it was drawn; 204 where nobody did."""
    seen = request.args.get("seen", 0, int)
    with visit.reading() as rows:
        if correspondence.ticket(rows, number) is None:
            abort(404)
        found, names = news.since(rows, number, seen), people.names(rows)
    if not found:
        return "", 204
    reader = visit.reader()
    told: dict[str, tuple[bool, str]] = {}
    for deed in found:
        who = deed.who if deed.named else telling.actor(deed.who, names, reader)
        wrote = deed.wrote or told.get(who, (False, ""))[0]  # writing also changes the ticket
        told[who] = (wrote, reader.clock(deed.at))
    return render_template("web/ticket_news.html", number=number, told=told)


def _is_open(services: Services, token: str) -> bool:
    idle = timedelta(minutes=services.settings.session_idle_minutes)
    with services.reading() as rows:
        return access.visitor(rows, token, clock.now(), idle=idle) is not None


def _client() -> socket.socket | None:
    """The connection of this request, to learn at once that the browser has gone."""
    found: Any = request.environ.get("gunicorn.socket") or request.environ.get("werkzeug.socket")
    return found if isinstance(found, socket.socket) else None


def _said(ear: live.Ear, client: socket.socket | None, is_open: Any) -> Iterator[str]:
    """The events, until the browser goes, its session or this process ends, or it is time for a new stream."""
    ends = time.monotonic() + LONGEST_SECONDS * random.uniform(0.9, 1.1)  # noqa: S311  spreads returns
    beat = time.monotonic() + HEARTBEAT_SECONDS
    told: bool | None = None
    yield f"retry: {_RETRY_MS}\n\n"
    while time.monotonic() < ends and not _gone(ear, client, beat - time.monotonic()):
        news = ear.take()
        if news.over:
            return
        if news.live is not None and news.live is not told:
            told = news.live
            yield _event("state", "live" if told else "away")
        if news.anything:
            yield _event("anything", "*")
        elif news.numbers:
            yield _event("tickets", ",".join(map(str, news.numbers)))
        if time.monotonic() >= beat:
            if not is_open():
                return
            beat = time.monotonic() + HEARTBEAT_SECONDS
            yield ":\n\n"


def _event(name: str, data: str) -> str:
    return f"event: {name}\ndata: {data}\n\n"


def _gone(ear: live.Ear, client: socket.socket | None, seconds: float) -> bool:
    """Wait until there is something to hear or the time is over; whether the browser went away meanwhile."""
    waiting = select.poll()
    waiting.register(ear.fileno(), select.POLLIN)
    if client is not None:
        waiting.register(client.fileno(), select.POLLIN)
    ready = waiting.poll(max(seconds, 0.0) * 1000)
    return any(descriptor != ear.fileno() for descriptor, _ in ready)  # a browser says nothing more, or ends
