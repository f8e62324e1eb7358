"""Canned answers: their list and form, and how one gets into the composer of a ticket."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from gateway.domain import canned
from gateway.operations import canning
from gateway.operations.canning import Wanted
from gateway.store.models import CannedAnswer, Role
from gateway.store.queries import canned as queries
from gateway.tickets import NotFound, Refused
from web import acts, canned_filling, ticket, visit
from web.rights import needs

pages = Blueprint("canned", __name__)


@pages.get("/canned")
def show() -> ResponseReturnValue:
    """Every canned answer, and the form for a new one."""
    return _page(0, {})


@pages.get("/canned/<int:answer_id>")
def edit(answer_id: int) -> ResponseReturnValue:
    """The form of one."""
    with visit.reading() as rows:
        row = queries.answer(rows, answer_id)
    if row is None:
        abort(404)
    return _page(answer_id, {"name": row.name, "language": row.language, "text": row.text,
                             "active": "1" if row.active else ""})  # fmt: skip


@pages.post("/canned")
@needs(Role.LEAD)
def make() -> ResponseReturnValue:
    """Write a new one."""
    return _written(0)


@pages.post("/canned/<int:answer_id>")
@needs(Role.LEAD)
def change(answer_id: int) -> ResponseReturnValue:
    """Write another text into one, or let it serve no more."""
    return _written(answer_id)


@pages.post("/tickets/<int:number>/canned")
def insert(number: int) -> ResponseReturnValue:
    """The ticket's page with a canned answer below what was written already; nothing is sent."""
    with visit.reading() as rows:
        text = canned_filling.inserted(rows, number, acts.chosen("canned"))
    written = acts.posted("text", acts.LONGEST_TEXT).rstrip()
    draft: MultiDict[str, str] = MultiDict(request.form)
    draft["text"] = f"{written}\n\n{text}" if written and text else written or text
    return ticket.page(number, draft=draft, form="write")


def _written(answer_id: int) -> ResponseReturnValue:
    form = request.form
    wanted = Wanted(acts.posted("name", 200), form.get("language", ""), acts.posted("text", acts.LONGEST_TEXT),
                    bool(form.get("active")))  # fmt: skip
    try:
        with visit.services().transaction() as rows:
            canning.write(rows, wanted, author=visit.me(), at=visit.now(), answer_id=answer_id)
    except NotFound:
        abort(404)
    except Refused as refused:
        said = visit.say("Not saved: %(why)s.", why=acts.in_words(refused))
        return _page(answer_id, form, refused=said)
    flash(visit.say("Canned answer saved."))
    return redirect("/canned", 303)


def _page(answer_id: int, draft: Mapping[str, str], *, refused: str = "") -> ResponseReturnValue:
    with visit.reading() as rows:
        found: list[CannedAnswer] = list(queries.answers(rows))
    shown = render_template("web/canned.html", title=visit.say("Canned answers"), answers=found, draft=draft,
                            editing=answer_id, refused=refused, variables=canned.VARIABLES)  # fmt: skip
    return shown, 409 if refused else 200
