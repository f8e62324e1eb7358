"""The gate in front of every customers' page. An engineer's login opens nothing here, nor the other way round."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from apiflask import APIBlueprint
from flask import Blueprint, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from gateway.operations import visiting
from gateway.store.models import Contact
from web import visit
from web.security import cookie_name

PREFIX: Final = "visitor_"
OWN: Final = ("/my/", "/dashboard")
HOME: Final = "/dashboard"
_LONGEST_PATH: Final = 300


def blueprint(name: str, *, public: frozenset[str] = frozenset()) -> Blueprint:
    """A blueprint `visitor_NAME` whose pages only a signed-in contact sees, but for those named in `public`."""
    made: Blueprint = APIBlueprint(PREFIX + name, __name__, enable_openapi=False)

    @made.before_request
    def _let_in() -> ResponseReturnValue | None:
        g.contact = _contact()
        if g.contact is not None or str(request.endpoint).rpartition(".")[2] in public:
            return None
        if request.method == "POST":
            said = visit.say("Your session has ended. Sign in again; your text is below.")
            kept = request.form.get("text", "")
            return render_template("web/visitor_error.html", title=said, kept=kept), 401
        if request.headers.get("HX-Request"):  # a page that asks by itself goes to the door as a whole
            return "", 401, {"HX-Redirect": f"/enter?next={quote(own_path(request.path), safe='/')}"}
        return redirect(f"/enter?next={quote(own_path(request.full_path.rstrip('?')), safe='/')}")

    return made


def is_here() -> bool:
    """Whether the present request is for one of customers' pages."""
    return (request.blueprint or "").startswith(PREFIX)


def is_near() -> bool:
    """Whether the present address, be there a page or not, lies where customers' pages are."""
    return is_here() or request.path.startswith((*OWN, "/my", "/enter"))


def own_path(path: str) -> str:
    """The path if it is a customers' page, else their first one: never another host.

    >>> own_path("/my/tickets/7?a=b"), own_path("//evil.example"), own_path("/tickets/7"), own_path("/my/../x")
    ('/my/tickets/7?a=b', '/dashboard', '/dashboard', '/dashboard')
    """
    plain = path.isascii() and path.isprintable() and len(path) < _LONGEST_PATH
    return path if plain and path.startswith(OWN) and "\\" not in path and ".." not in path else HOME


def cookie() -> str:
    """The name of the cookie of a visit."""
    return cookie_name(visit.services().settings, "visitor")


def _contact() -> Contact | None:
    token = request.cookies.get(cookie(), "")
    if not token:
        return None
    with visit.reading() as rows:
        found = visiting.visitor(rows, token, visit.now())
    if found is None:
        return None
    session, contact = found
    g.visit_id = session.id
    by_itself = request.args.get("part") == "live"  # a page left open keeps no visit alive
    if not by_itself and visiting.touch_due(session, visit.now()):
        with visit.services().transaction() as rows:
            visiting.touch(rows, session.id, visit.now())
    return contact
