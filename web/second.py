"""The page between password and desk: a code of the second factor, or a recovery code."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from gateway.operations import access, access_factors
from gateway.operations.access_factors import Shown
from gateway.store.models import Engineer
from gateway.store.queries import people
from web import auth, entrance, visit

pages = Blueprint("second", __name__)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What came of a code: a session's token, or a status and why not."""

    token: str = ""
    status: int = 401
    over: bool = False
    shown: Shown | None = None


@pages.route("/login/code", methods=["GET", "POST"])
def enter() -> ResponseReturnValue:
    """The form for a code, and a try of one."""
    half = request.cookies.get(entrance.half_cookie(), "")
    if request.method != "POST":  # HEAD too
        with visit.reading() as rows:
            waits = bool(half) and access_factors.pending(rows, half, visit.now()) is not None
        return render_template("web/login_code.html") if waits else redirect("/login")
    with visit.services().transaction() as rows:
        outcome = _tried(rows, half, request.form.get("code", ""))
    if outcome.token:
        wanted = auth.own_path(str(session.get("wanted", "/")))
        return entrance.with_session(outcome.token, "/me" if outcome.shown is Shown.RECOVERY else wanted)
    _log.warning("second factor failed, client %s", visit.client())
    if outcome.over:
        said = visit.say("This login has ended. Sign in again.")
        return render_template("web/login.html", said=said, wanted="/"), outcome.status
    slow = outcome.status == 429
    said = visit.say("Too many tries. Wait 15 minutes, then try again.") if slow else visit.say(
        "This code is wrong, or was used already. Wait for the next one."
    )  # fmt: skip
    return render_template("web/login_code.html", said=said), outcome.status


def _tried(rows: Session, token: str, code: str) -> _Outcome:
    half = access_factors.spend_try(rows, token, visit.now()) if token else None
    engineer = people.engineer(rows, half.engineer_id) if half else None
    if half is None or engineer is None:
        return _Outcome(over=True)
    tried = access.attempt(rows, email=engineer.email, client=visit.client(), at=visit.now())
    if tried is None:
        return _Outcome(status=429)
    key = visit.services().settings.secret_key.get_secret_value()
    shown = access_factors.prove(rows, key, engineer.id, code=code, at=visit.now())
    if shown is None:
        entrance.note(rows, "code.failed", about=f"engineer:{engineer.id}")
        return _Outcome(over=half.tries >= access_factors.MOST_TRIES)
    access.forgive(rows, tried)
    return _Outcome(_in(rows, engineer, half.method, shown), shown=shown)


def _in(rows: Session, engineer: Engineer, method: str, shown: Shown) -> str:
    if shown is Shown.RECOVERY:
        who = f"engineer:{engineer.id}"
        entrance.note(rows, "recovery.used", about=who, actor=who)
    access_factors.end_half_logins(rows, engineer.id)
    return entrance.finish(rows, engineer.id, method=method)
