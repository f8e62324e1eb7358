"""What leaves a ticket's page and may be taken back for some seconds; and what was refused when its time came."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from flask import Blueprint, abort, flash, redirect
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from gateway.domain.lifecycle import InvalidTransition
from gateway.store.models import PendingAct
from gateway.store.queries import pending as queries
from gateway.tickets import NotFound, Refused, pending
from gateway.tickets.pending import Act
from web import kept_files, refusals, ticket, visit

pages = Blueprint("later", __name__)
_BACK: Final = "/tickets/%d"


def wait() -> timedelta:
    """How long what mails the customer may be taken back."""
    return timedelta(seconds=visit.services().settings.undo_seconds)


def send(rows: Session, number: int, act: Act, *, since: int = 0) -> None:
    """Do it at once where nothing is ever taken back, else when the time for that is over.

    Errors: as of `pending.perform`.
    """
    head, me, at = visit.services().letterhead, visit.me(), visit.now()
    if wait():
        pending.ask(rows, head, number, act, author=me, wait=wait(), at=at, since=since)
    else:
        pending.perform(rows, head, number, act, author=me, at=at)


@pages.get("/tickets/<int:number>/pending/<int:act_id>")
def state(number: int, act_id: int) -> ResponseReturnValue:
    """What became of an act of one's own, in one word: waiting, refused, or done and gone."""
    with visit.reading() as rows:
        found = [row for row in queries.of_ticket(rows, number) if row.id == act_id]
    mine = found and found[0].engineer_id == visit.me().id
    return (found[0].state if mine else "done"), {"Content-Type": "text/plain; charset=utf-8"}


@pages.post("/tickets/<int:number>/pending/<int:act_id>/undo")
def undo(number: int, act_id: int) -> ResponseReturnValue:
    """Take it back: nothing happened, and what was written stands in its form again."""
    row = _gone(number, act_id)
    if row is None:
        return _too_late(number)
    draft: MultiDict[str, str] = MultiDict({**row.form, "audience": "reply"})
    said = visit.say("Taken back, nothing was sent. What you wrote is in the form again.")
    return ticket.page(number, draft=draft, form=row.act, said=said, kept=kept_files.shown(row.files))


@pages.post("/tickets/<int:number>/pending/<int:act_id>/discard")
def discard(number: int, act_id: int) -> ResponseReturnValue:
    """Throw away what was not done."""
    if _gone(number, act_id) is None:
        return _too_late(number)
    flash(visit.say("Discarded, nothing was sent."))
    return redirect(_BACK % number, 303)


@pages.post("/tickets/<int:number>/pending/<int:act_id>/again")
def again(number: int, act_id: int) -> ResponseReturnValue:
    """Ask once more for what was refused."""
    services = visit.services()
    try:
        with services.transaction() as rows:
            found = pending.again(rows, services.letterhead, services.blobs, (number, act_id), author=visit.me(),
                                  wait=wait(), at=visit.now())  # fmt: skip
    except NotFound:
        abort(404)
    except (Refused, InvalidTransition) as refused:
        flash(visit.say("Not sent: %(why)s. Your draft is kept.", why=refusals.in_words(refused)), "bad")
        return redirect(_BACK % number, 303)
    return redirect(_BACK % number, 303) if found else _too_late(number)


def _gone(number: int, act_id: int) -> PendingAct | None:
    try:
        with visit.services().transaction() as rows:
            return pending.undo(rows, number, act_id, author=visit.me())
    except NotFound:
        abort(404)


def _too_late(number: int) -> ResponseReturnValue:
    flash(visit.say("There is nothing left to take back: it has been sent, or taken back already."), "bad")
    return redirect(_BACK % number, 303)
