"""An engineer's own page: name, language, zone, keys, password, and where they are logged in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from gateway.operations import access, access_factors
from gateway.operations.access import WeakPassword
from gateway.store.models import Engineer, WebSession
from gateway.store.queries import people
from web import access_words, entrance, visit

pages = Blueprint("me", __name__, url_prefix="/me")

_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Login:
    """One line of the list of logins."""

    handle: str
    browser: str
    client: str
    method: str
    since: datetime
    seen: datetime
    here: bool


@pages.get("")
def show() -> ResponseReturnValue:
    """The page."""
    return _page()


@pages.post("")
def change() -> ResponseReturnValue:
    """Change name, language, zone and keys."""
    name, form = " ".join(request.form.get("name", "").split()), request.form
    language, zone = form.get("language", ""), form.get("zone", "")
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        return _page(visit.say("A name needs 1 to 200 characters.")), 422
    if zone not in available_timezones():
        return _page(visit.say("There is no such time zone. Choose one from the list.")), 422
    if language not in visit.LANGUAGES:
        abort(400)
    with visit.services().transaction() as rows:
        me = rows.get_one(Engineer, visit.me().id)
        me.name, me.language, me.time_zone, me.shortcuts = name, language, zone, "shortcuts" in form
    flash(access_words.SAVED[language])  # in the language that the page is drawn in next
    answer = redirect("/me", 303)
    answer.delete_cookie(visit.LANGUAGE_COOKIE)
    return answer


@pages.post("/password")
def change_password() -> ResponseReturnValue:
    """Change the password; every other session ends, and this one gets a new name."""
    me, new = visit.me(), request.form.get("new", "")
    if not visit.services().settings.password_login:
        abort(403)
    if new != request.form.get("again", ""):
        return _page(visit.say("The two new passwords are not the same.")), 422
    try:
        names = (me.name, me.email, visit.services().settings.provider_name)
        access.check_password(new, names=names)
    except WeakPassword as weak:
        return _page(visit.say(access_words.WEAK[weak.code])), 422
    if why := entrance.unproved(request.form.get("current", "")):
        return _page(why), 403
    hash_ = access.hashed(new)
    with visit.services().transaction() as rows:
        access.set_password(rows, rows.get_one(Engineer, me.id), new, hash_=hash_)
        token = entrance.renew(rows, proved=visit.login().proved)
        entrance.note(rows, "password.changed", about=f"engineer:{me.id}")
    flash(visit.say("The password is changed. Every other session has ended."))
    answer = make_response(redirect("/me", 303))
    entrance.keep(answer, token)
    return answer


@pages.post("/sessions/<handle>/end")
def end_session(handle: str) -> ResponseReturnValue:
    """End one of one's own sessions."""
    with visit.services().transaction() as rows:
        if not access.end_named(rows, visit.me().id, handle):
            abort(404)
        entrance.note(rows, "session.ended", about=f"engineer:{visit.me().id}", data={"count": 1})
    flash(visit.say("The session has ended."))
    return redirect("/me#sessions-h", 303)


@pages.post("/sessions/end-others")
def end_others() -> ResponseReturnValue:
    """End all of one's sessions but this one."""
    token = request.cookies.get(entrance.cookie(), "")
    with visit.services().transaction() as rows:
        ended = access.end_sessions(rows, visit.me().id, but=token)
        entrance.note(rows, "session.ended", about=f"engineer:{visit.me().id}", data={"count": ended})
    flash(visit.say("Every other session has ended."))
    return redirect("/me#sessions-h", 303)


def listed(logins: list[WebSession], here: str = "") -> list[Login]:
    """Logins as they are drawn; `here` is the handle of this one."""
    return [
        Login(
            access.handle(each),
            access_words.browser(each.browser),
            each.client,
            visit.say(access_words.METHODS.get(each.method, each.method)),
            each.created_at,
            each.seen_at,
            access.handle(each) == here,
        )  # fmt: skip
        for each in logins
    ]


def _page(said: str = "") -> str:
    me = visit.me()
    with visit.reading() as rows:
        logins = list(people.logins(rows, me.id))
        on, left = access_factors.has_factor(rows, me.id), access_factors.codes_left(rows, me.id)
    words: dict[str, Any] = {"sessions": listed(logins, access.handle(visit.login()))}
    return render_template(
        "web/me.html", title=visit.say("Your profile"), said=said, on=on, codes_left=left,
        zones=sorted(available_timezones()), role=visit.say(access_words.ROLES[me.role]),
        passwords=visit.services().settings.password_login, **words,
    )  # fmt: skip
