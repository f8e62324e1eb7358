"""Signing in and out, and the gate in front of every private page."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Final
from urllib.parse import quote

from flask import Blueprint, abort, g, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from gateway.operations import access
from gateway.store.models import Engineer
from gateway.store.queries import people
from web import entrance, rights, visit
from web.security import is_https
from web.visitors import gate

pages = Blueprint("auth", __name__)
_log = logging.getLogger(__name__)

PUBLIC: Final = frozenset(
    {
        "static",
        "auth.sign_in",
        "auth.choose_language",
        "second.enter",
        "openid.begin",
        "openid.back",
        "files.inline",
        "openapi.spec",
    }
)
_LANGUAGE_SECONDS: Final = 365 * 24 * 3600


@pages.before_app_request
def let_in() -> ResponseReturnValue | None:
    """Learn whose request this is; send strangers to the login page, and keep what they had written."""
    if (
        request.endpoint is None
        or request.blueprint in ("api", "health", "links", "status")
        or gate.is_here()
    ):
        return None
    g.engineer = _visitor()
    if request.endpoint in PUBLIC:
        return None
    if g.engineer is not None:
        return entrance.in_the_way() or rights.refused(g.engineer)
    if request.method == "POST":
        said = visit.say("Your session has ended. Sign in again; your text is below.")
        return render_template("web/error.html", title=said, kept=request.form.get("text", "")), 401
    return redirect(f"/login?next={_quoted(own_path(request.full_path.rstrip('?')))}")


@pages.route("/login", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """The login page, and a try to log in: the same answer in the same time, known or unknown."""
    wanted = own_path(request.values.get("next", ""))
    if request.method != "POST":  # HEAD too
        return redirect(wanted) if visit.somebody() else render_template("web/login.html", wanted=wanted)
    if not visit.services().settings.password_login:
        abort(403)
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
        entrance.noted("login.failed", about=f"engineer:{engineer.id}" if engineer else "")
        return _again(visit.say("Email or password is wrong."), email, wanted, 401)
    return entrance.proceed(engineer, method="password", wanted=wanted, attempt_id=tried)


@pages.post("/logout")
def sign_out() -> ResponseReturnValue:
    """End this session."""
    with visit.services().transaction() as rows:
        access.end_session(rows, request.cookies.get(entrance.cookie(), ""))
        entrance.note(rows, "logout", about=f"engineer:{visit.me().id}")
    session.clear()
    answer = redirect("/login")
    answer.delete_cookie(
        entrance.cookie(), path="/", secure=is_https(visit.services().settings), httponly=True, samesite="Lax"
    )
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
    token = request.cookies.get(entrance.cookie(), "")
    if not token:
        return None
    idle = timedelta(minutes=visit.services().settings.session_idle_minutes)
    with visit.reading() as rows:
        found = access.visitor(rows, token, visit.now(), idle=idle)
    if found is None:
        return None
    g.login = found[0]
    if request.endpoint not in visit.BY_ITSELF and access.touch_due(found[0], visit.now()):
        with visit.services().transaction() as rows:
            access.touch(rows, token, visit.now())
    return found[1]


def _again(said: str, email: str, wanted: str, status: int) -> ResponseReturnValue:
    return render_template("web/login.html", said=said, email=email[:320], wanted=wanted), status


def _quoted(path: str) -> str:
    return quote(path, safe="/")
