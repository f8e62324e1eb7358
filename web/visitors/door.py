"""The customers' door: an address typed, a link mailed, a button pressed; and their visits, listed and ended.

Looking at a link changes nothing, since scanners and previews look at every link of a mail. Only a press of the
button lets in: in the browser that asked at once, in another one after the address was typed again.
"""

from __future__ import annotations

import logging
from typing import Final

from flask import Response, abort, g, make_response, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from gateway.operations import visiting
from gateway.operations.visiting import Browser, Came
from gateway.store.models import EntryLink
from gateway.store.queries import visiting as visits
from web import acts, visit
from web.security import cookie_name, is_https
from web.visitors import gate

pages = gate.blueprint("door", public=frozenset({"ask", "link"}))
_log = logging.getLogger(__name__)

_ASKING_SECONDS: Final = 15 * 60
_LONGEST_ADDRESS: Final = 320


@pages.route("/enter", methods=["GET", "POST"])
def ask() -> ResponseReturnValue:
    """The page that asks for an address; posted, the same answer in the same time for every address."""
    wanted = gate.own_path(request.values.get("next", ""))
    if request.method != "POST":
        return redirect(wanted) if visit.guest() else _drawn("ask", wanted=wanted)
    email = acts.posted("email", _LONGEST_ADDRESS).strip()
    if "@" not in email:
        return _drawn("ask", wanted=wanted, said=visit.say("That is no mail address."), status=400)
    with visit.services().transaction() as rows:
        holds = visiting.ask(
            rows,
            email=email,
            browser=_browser(),
            language=visit.reader().language,
            wanted=wanted,
            at=visit.now(),
        )
    _log.info("a link was asked for, client %s", visit.client())
    answer = make_response(_drawn("asked", email=email))
    _hold(answer, _asking(), holds, seconds=_ASKING_SECONDS)
    return answer


@pages.route("/enter/<token>", methods=["GET", "POST"])
def link(token: str) -> ResponseReturnValue:
    """What a mailed link is for, with one button; posted, a visit begins and the address bar forgets the link."""
    if request.method != "POST":  # HEAD too
        with visit.reading() as rows:
            found = visiting.look(rows, token, _browser(), visit.now())
        if found is None:
            return _drawn("invalid", status=404)
        return _drawn("open" if found.same_browser else "confirm", link=found.link)
    typed = acts.posted("email", _LONGEST_ADDRESS).strip()
    with visit.services().transaction() as rows:
        came, opened, row = visiting.enter(rows, token, _browser(), typed=typed, at=visit.now())
        if row is not None:
            rows.flush()
            rows.expunge(row)
    if came is Came.IN and row is not None:
        return _let_in(opened, row)
    if came is Came.INVALID or row is None:
        return _drawn("invalid", status=404)
    said = visit.say("This is not the address the link was asked for.") if came is Came.WRONG else ""
    return _drawn("confirm", link=row, said=said, status=403 if said else 200)


@pages.get("/my/profile")
def profile() -> ResponseReturnValue:
    """Who is signed in, how pages speak, and where else."""
    who = visit.contact()
    with visit.reading() as rows:
        idle_since = visit.now() - visiting.IDLE
        open_now = visits.visits(rows, who.id, at=visit.now(), idle_since=idle_since)
    title = visit.say("Profile")
    return render_template(
        "web/visitor_profile.html", title=title, section="profile", visits=open_now, this=g.visit_id
    )


@pages.post("/my/visits/end")
def end() -> ResponseReturnValue:
    """End one of one's visits, or all but this one."""
    who, which = visit.contact().id, request.form.get("visit", "")
    number = int(which) if which.isascii() and which.isdigit() and len(which) < 19 else None
    if which and number is None:
        abort(400)
    with visit.services().transaction() as rows:
        visiting.end(
            rows,
            who,
            client=visit.client(),
            at=visit.now(),
            visit_id=number,
            but=None if number else g.visit_id,
        )
    return redirect("/my/profile", 303)


@pages.post("/my/leave")
def leave() -> ResponseReturnValue:
    """Sign out: this visit ends."""
    with visit.services().transaction() as rows:
        visiting.leave(rows, request.cookies.get(gate.cookie(), ""), client=visit.client(), at=visit.now())
    session.clear()
    answer = make_response(redirect("/enter", 303))
    _forget(answer, gate.cookie())
    return answer


def masked(email: str) -> str:
    """An address that its owner knows again, and nobody else learns.

    >>> masked("li.na@harbourline.example")
    'l…@harbourline.example'
    """
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}…@{domain}"


def _let_in(token: str, row: EntryLink) -> Response:
    """A visit begins; whatever the browser held before counts no more."""
    before = request.cookies.get(gate.cookie(), "")
    if before:
        with visit.services().transaction() as rows:
            visiting.leave(rows, before, client=visit.client(), at=visit.now())
    _log.info("contact %s signed in, client %s", row.contact_id, visit.client())
    session.clear()
    answer = make_response(redirect(gate.own_path(row.wanted), 303))
    _hold(answer, gate.cookie(), token)
    _forget(answer, _asking())
    return answer


def _drawn(state: str, *, status: int = 200, said: str = "", **words: object) -> ResponseReturnValue:
    titles = {
        "ask": visit.say("Sign in"),
        "asked": visit.say("Look into your mail"),
        "open": visit.say("Sign in"),
        "confirm": visit.say("Was it you who asked?"),
        "invalid": visit.say("This link is not valid"),
    }
    drawn = render_template(
        "web/visitor_door.html", title=titles[state], state=state, said=said, masked=masked, **words
    )
    answer = make_response(drawn, status)
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _browser() -> Browser:
    held = request.cookies.get(_asking(), "")
    return Browser(visit.client(), request.headers.get("User-Agent", ""), held)


def _asking() -> str:
    return cookie_name(visit.services().settings, "asking")


def _hold(answer: Response, name: str, value: str, *, seconds: int | None = None) -> None:
    secure = is_https(visit.services().settings)
    answer.set_cookie(name, value, max_age=seconds, path="/", secure=secure, httponly=True, samesite="Lax")


def _forget(answer: Response, name: str) -> None:
    secure = is_https(visit.services().settings)
    answer.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="Lax")
