"""Signing in and out, and the gate in front of every private page."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Final
from urllib.parse import quote

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from gateway.operations import access
from gateway.store.models import Engineer
from gateway.store.queries import people
from web import rights, visit
from web.security import cookie_name, is_https
from web.visitors import gate

pages = Blueprint("auth", __name__)
_log = logging.getLogger(__name__)

PUBLIC: Final = frozenset({"static", "auth.sign_in", "auth.choose_language", "files.inline", "openapi.spec"})
_LANGUAGE_SECONDS: Final = 365 * 24 * 3600


@pages.before_app_request
def let_in() -> ResponseReturnValue | None:
    """Learn whose request this is; send strangers to the login page, and keep what they had written."""
    if request.endpoint is None or request.blueprint in ("api", "health", "links", "status") or gate.is_here():
        return None
    g.engineer = _visitor()
    if request.endpoint in PUBLIC:
        return None
    if g.engineer is not None:
        return rights.refused(g.engineer)
    if request.method == "POST":
        said = visit.say("Your session has ended. Sign in again; your text is below.")
        return render_template("web/error.html", title=said, kept=request.form.get("text", "")), 401
    return redirect(f"/login?next={_quoted(own_path(request.full_path.rstrip('?')))}")


@pages.route("/login", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """The login page, and a try to log in: the same answer in the same time, known or unknown."""
    wanted = own_path(request.values.get("next", ""))
    if request.method == "GET":
        return redirect(wanted) if visit.somebody() else render_template("web/login.html", wanted=wanted)
    email, password = request.form.get("email", "").replace("\x00", ""), request.form.get("password", "")
    with visit.services().transaction() as rows:
        tried = access.attempt(rows, email=email, client=visit.client(), at=visit.now())
    if tried is None:
        _log.warning("login refused after too many failures, client %s", visit.client())
        said = visit.say("Too many tries. Wait 15 minutes, then try again.")
        return _again(said, email, wanted, 429)
    with visit.reading() as rows:
        engineer = people.engineer_named(rows, email.strip())
    if not access.verify(engineer, password) or engineer is None:
        _log.warning("login failed, client %s", visit.client())
        return _again(visit.say("Email or password is wrong."), email, wanted, 401)
    return _opened(engineer, tried, wanted)


@pages.post("/logout")
def sign_out() -> ResponseReturnValue:
    """End this session."""
    with visit.services().transaction() as rows:
        access.end_session(rows, request.cookies.get(_cookie(), ""))
    session.clear()
    answer = redirect("/login")
    answer.delete_cookie(_cookie(), path="/", secure=is_https(visit.services().settings), httponly=True)
    return answer


@pages.post("/language")
def choose_language() -> ResponseReturnValue:
    """Read these pages in another language from now on."""
    answer = redirect(own_path(request.form.get("next", "")))
    language = request.form.get("language", "")
    if language in visit.LANGUAGES:
        secure = is_https(visit.services().settings)
        answer.set_cookie(
            visit.LANGUAGE_COOKIE,
            language,
            max_age=_LANGUAGE_SECONDS,
            secure=secure,
            httponly=True,
            samesite="Lax",
        )
    return answer


def own_path(path: str) -> str:
    """The path if it is one of ours, else the queue: never another host.

    >>> own_path("/tickets/7?a=b"), own_path("//evil.example"), own_path("/\\\\evil.example"), own_path("https://x")
    ('/tickets/7?a=b', '/', '/', '/')
    """
    plain = path.isascii() and path.isprintable() and "\\" not in path and len(path) < 2000
    own = plain and path.startswith("/") and not path.startswith("//")
    return path if own and not path.startswith(("/login", "/logout", "/language")) else "/"


def _visitor() -> Engineer | None:
    token = request.cookies.get(_cookie(), "")
    if not token:
        return None
    with visit.reading() as rows:
        found = access.visitor(rows, token, visit.now())
    if found is None:
        return None
    if access.touch_due(found[0], visit.now()):
        with visit.services().transaction() as rows:
            access.touch(rows, token, visit.now())
    return found[1]


def _opened(engineer: Engineer, tried: int, wanted: str) -> Response:
    """Let somebody in under a new session; whatever the browser held before counts no more."""
    settings = visit.services().settings
    lifetime = timedelta(hours=settings.session_hours)
    with visit.services().transaction() as rows:
        access.end_session(rows, request.cookies.get(_cookie(), ""))
        token = access.open_session(
            rows, attempt_id=tried, engineer_id=engineer.id, lifetime=lifetime, at=visit.now()
        )
    _log.info("engineer %s logged in, client %s", engineer.id, visit.client())
    session.clear()
    answer = make_response(redirect(wanted, 303))
    answer.set_cookie(_cookie(), token, path="/", secure=is_https(settings), httponly=True, samesite="Lax")
    return answer


def _again(said: str, email: str, wanted: str, status: int) -> ResponseReturnValue:
    return render_template("web/login.html", said=said, email=email[:320], wanted=wanted), status


def _cookie() -> str:
    return cookie_name(visit.services().settings, "desk")


def _quoted(path: str) -> str:
    return quote(path, safe="/")
