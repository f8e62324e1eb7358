"""Who may log in: engineers with roles, second factors and sessions, and the tokens of programs. For admins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from gateway.operations import access_factors, access_people
from gateway.operations.access_people import By, NotDone
from gateway.store.models import ApiToken, Engineer, Role
from gateway.store.queries import people
from web import access_words, visit
from web.rights import needs

pages = Blueprint("engineers", __name__, url_prefix="/admin/engineers")

_DAYS = (30, 90, 365)


@dataclass(frozen=True, slots=True)
class Person:
    """One engineer of the list."""

    row: Engineer
    role: str
    has_factor: bool
    sessions: int
    me: bool


@pages.get("")
@needs(Role.ADMIN)
def show() -> ResponseReturnValue:
    """Everybody, and every token."""
    return _page()


@pages.post("/<int:engineer_id>")
@needs(Role.ADMIN)
def change(engineer_id: int) -> ResponseReturnValue:
    """Give an engineer a role, or say that they have left or are back."""
    role = _role()
    active = "active" in request.form
    return _done(
        lambda rows: access_people.change(rows, engineer_id, role=role, active=active, by=_by()),
        visit.say("Saved. Whoever's rights changed is signed out."),
    )


@pages.post("/<int:engineer_id>/reset")
@needs(Role.ADMIN)
def reset_factor(engineer_id: int) -> ResponseReturnValue:
    """Take away a second factor that its owner has lost."""
    return _done(
        lambda rows: access_people.reset_factor(rows, engineer_id, by=_by()),
        visit.say("The second factor is removed; the engineer is signed out."),
    )


@pages.post("/<int:engineer_id>/sessions/end")
@needs(Role.ADMIN)
def end_sessions(engineer_id: int) -> ResponseReturnValue:
    """Sign an engineer out everywhere."""
    return _done(
        lambda rows: access_people.end_sessions(rows, engineer_id, by=_by()),
        visit.say("The engineer is signed out everywhere."),
    )


@pages.post("/tokens")
@needs(Role.ADMIN)
def make_token() -> ResponseReturnValue:
    """Make an API token and show it this once."""
    name = " ".join(request.form.get("name", "").split())[:100]
    days = request.form.get("days", "")
    if days not in ("", *map(str, _DAYS)):
        abort(400)
    engineer_id, role = _number("engineer"), _role()
    try:
        with visit.services().transaction() as rows:
            token = access_people.make_token(
                rows, engineer_id, role=role, name=name, days=int(days) if days else None, by=_by()
            )
    except NotDone as refused:
        return _page(said=_sentence(refused)), 409
    return _page(token=token)


@pages.post("/tokens/<int:token_id>/revoke")
@needs(Role.ADMIN)
def revoke_token(token_id: int) -> ResponseReturnValue:
    """End an API token."""
    with visit.services().transaction() as rows:
        if not access_people.revoke_token(rows, token_id, by=_by()):
            abort(404)
    flash(visit.say("The token has ended."))
    return redirect("/admin/engineers#tokens-h", 303)


def _page(*, said: str = "", token: str = "") -> str:
    with visit.reading() as rows:
        everybody = [_person(rows, each) for each in people.everybody(rows)]
        tokens: list[tuple[ApiToken, Engineer]] = people.tokens(rows)
    roles = [(str(each), visit.say(access_words.ROLES[each])) for each in Role]
    words: dict[str, Any] = {"roles": roles, "days": _DAYS, "role_words": dict(roles), "now": visit.now()}
    return render_template(
        "web/engineers.html", title=visit.say("Engineers and tokens"), people=everybody, tokens=tokens,
        said=said, token=token, **words,
    )  # fmt: skip


def _person(rows: Session, engineer: Engineer) -> Person:
    return Person(
        engineer,
        visit.say(access_words.ROLES.get(engineer.role, engineer.role)),
        access_factors.has_factor(rows, engineer.id),
        len(people.logins(rows, engineer.id)),
        engineer.id == visit.me().id,
    )


def _done(do: Callable[[Session], object], said: str) -> ResponseReturnValue:
    try:
        with visit.services().transaction() as rows:
            do(rows)
    except NotDone as refused:
        flash(_sentence(refused), "bad")
    else:
        flash(said)
    return redirect("/admin/engineers", 303)


def _sentence(refused: NotDone) -> str:
    return visit.say("Not done: %(why)s.", why=visit.say(str(refused)))


def _by() -> By:
    return By(f"engineer:{visit.me().id}", visit.now(), visit.client())


def _role() -> Role:
    try:
        return Role(request.form.get("role", ""))
    except ValueError:
        abort(400)


def _number(name: str) -> int:
    value = request.form.get(name, "")
    if not (value.isascii() and value.isdigit() and len(value) < 18):
        abort(400)
    return int(value)
