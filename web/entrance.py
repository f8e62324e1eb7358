"""Letting somebody in: sessions and half logins as cookies, and asking again who it is before weighty changes."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from flask import Response, make_response, redirect, request, session
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from gateway.operations import access, access_factors, auditing
from gateway.operations.access import How
from gateway.store.models import Engineer
from web import visit
from web.security import cookie_name, is_https

FRESH: Final = timedelta(minutes=10)
SET_UP: Final = "/me/second-factor"
_BEFORE_A_FACTOR: Final = frozenset(
    {
        "factor.show",
        "factor.picture",
        "factor.begin",
        "factor.confirm",
        "auth.sign_out",
        "auth.choose_language",
    }
)
_log = logging.getLogger(__name__)


def proceed(engineer: Engineer, *, method: str, wanted: str, attempt_id: int | None = None,
            proved: bool = False) -> Response:  # fmt: skip
    """After the first factor: in, or on to the page that asks for a code."""
    with visit.services().transaction() as rows:
        if attempt_id is not None:
            access.forgive(rows, attempt_id)
        if not proved and access_factors.has_factor(rows, engineer.id):
            half = access_factors.half_login(rows, engineer_id=engineer.id, method=method, at=visit.now())
        else:
            half, token = "", _session(rows, engineer.id, method=method, proved=proved)
    return _on_to_the_code(half, wanted) if half else with_session(token, wanted)


def finish(rows: Session, engineer_id: int, *, method: str) -> str:
    """The token of a session whose second factor was shown."""
    return _session(rows, engineer_id, method=method, proved=True)


def renew(rows: Session, *, proved: bool) -> str:
    """The token of a session in place of this browser's and of all others of the same engineer."""
    login = visit.login()
    access.end_sessions(rows, login.engineer_id)
    return _open(rows, login.engineer_id, method=login.method, proved=proved)


def with_session(token: str, wanted: str) -> Response:
    """On to a page under a new session; whatever the browser held before counts no more."""
    session.clear()
    answer = make_response(redirect(wanted, 303))
    keep(answer, token)
    answer.delete_cookie(half_cookie(), path="/", secure=_secure(), httponly=True, samesite="Lax")
    return answer


def keep(answer: Response, token: str) -> None:
    """Give the browser a session's token."""
    answer.set_cookie(cookie(), token, path="/", secure=_secure(), httponly=True, samesite="Lax")


def cookie() -> str:
    """The name of the cookie that holds a session's token."""
    return cookie_name(visit.services().settings, "desk")


def half_cookie() -> str:
    """The name of the cookie that holds the token of a half login."""
    return cookie_name(visit.services().settings, "half")


def in_the_way() -> ResponseReturnValue | None:
    """Where this engineer must set up a second factor first: the way there, for whatever else they ask."""
    if visit.login().proved or not visit.services().settings.two_factor_required:
        return None
    if request.endpoint in _BEFORE_A_FACTOR:
        return None
    return redirect(SET_UP, 303)


def fresh() -> bool:
    """Whether this session began a few minutes ago."""
    return visit.now() - visit.login().created_at < FRESH


def unproved(password: str) -> str:
    """Why this password does not show that it is still the same person; empty where it does.

    Whoever has no password shows it by having logged in a few minutes ago.
    """
    me = visit.me()
    if not me.password_hash:
        return "" if fresh() else visit.say("Sign out and in again, then do this within 10 minutes.")
    with visit.services().transaction() as rows:
        tried = access.attempt(rows, email=me.email, client=visit.client(), at=visit.now())
    if tried is None:
        return visit.say("Too many tries. Wait 15 minutes, then try again.")
    if not access.verify(me, password):
        noted("password.wrong", about=f"engineer:{me.id}")
        return visit.say("The current password is wrong.")
    with visit.services().transaction() as rows:
        access.forgive(rows, tried)
    return ""


def noted(act: str, *, about: str = "", data: Mapping[str, object] | None = None) -> None:
    """Note an act of this request in the audit log, in a transaction of its own."""
    with visit.services().transaction() as rows:
        note(rows, act, about=about, data=data)


def note(rows: Session, act: str, *, about: str = "", actor: str = "",
         data: Mapping[str, object] | None = None) -> None:  # fmt: skip
    """Note an act of this request in the audit log."""
    me = visit.somebody()
    who = actor or (f"engineer:{me.id}" if me else "")
    auditing.note(rows, actor=who, act=act, about=about, client=visit.client(), data=data, at=visit.now())


def _session(rows: Session, engineer_id: int, *, method: str, proved: bool) -> str:
    access.end_session(rows, request.cookies.get(cookie(), ""))
    token = _open(rows, engineer_id, method=method, proved=proved)
    who = f"engineer:{engineer_id}"
    note(rows, "login", about=who, actor=who, data={"method": method, "proved": proved})
    _log.info("engineer %s logged in, client %s", engineer_id, visit.client())
    return token


def _open(rows: Session, engineer_id: int, *, method: str, proved: bool) -> str:
    lifetime = timedelta(hours=visit.services().settings.session_hours)
    browser = request.headers.get("User-Agent", "").encode("ascii", "replace").decode()
    how = How(method=method, client=visit.client(), browser=browser[:200], proved=proved)
    return access.open_session(rows, engineer_id=engineer_id, lifetime=lifetime, at=visit.now(), how=how)


def _on_to_the_code(half: str, wanted: str) -> Response:
    session.clear()
    session["wanted"] = wanted
    answer = make_response(redirect("/login/code", 303))
    life = int(access_factors.PERIOD.total_seconds())
    answer.set_cookie(
        half_cookie(), half, max_age=life, path="/", secure=_secure(), httponly=True, samesite="Lax"
    )
    return answer


def _secure() -> bool:
    return is_https(visit.services().settings)
