"""Setting up a second factor: the secret as a picture and as text, the first code, recovery codes shown once."""

from __future__ import annotations

import io

import segno
from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from gateway.operations import access_factors
from web import entrance, visit

pages = Blueprint("factor", __name__, url_prefix="/me/second-factor")


@pages.get("")
def show() -> ResponseReturnValue:
    """Whether there is a second factor, and what can be done about it."""
    return _page()


@pages.get("/picture.svg")
def picture() -> ResponseReturnValue:
    """The secret that waits to be confirmed as a QR code."""
    with visit.reading() as rows:
        secret = access_factors.secret_to_confirm(rows, _key(), visit.me().id, visit.now())
    if not secret:
        abort(404)
    drawn = io.BytesIO()
    code = segno.make(_address(secret), error="m", micro=False)
    code.save(drawn, kind="svg", scale=5, border=4, dark="#000", light="#fff", xmldecl=False)
    return Response(drawn.getvalue(), content_type="image/svg+xml")


@pages.post("")
def begin() -> ResponseReturnValue:
    """Make a secret, which counts only once its first code was right."""
    if why := "" if entrance.fresh() else entrance.unproved(request.form.get("password", "")):
        return _page(why), 403
    with visit.services().transaction() as rows:
        access_factors.begin(rows, _key(), visit.me().id, visit.now())
    return redirect(entrance.SET_UP, 303)


@pages.post("/confirm")
def confirm() -> ResponseReturnValue:
    """Take the factor into use, under a new session, and show the recovery codes."""
    token, me = "", visit.me()
    with visit.services().transaction() as rows:
        code = request.form.get("code", "")
        codes = access_factors.confirm(rows, _key(), me.id, code=code, at=visit.now())
        if codes:
            token = entrance.renew(rows, proved=True)
            entrance.note(rows, "factor.made", about=f"engineer:{me.id}")
    if not codes:
        return _page(visit.say("This code is wrong. Wait for the next one.")), 403
    return _codes(codes, token)


@pages.post("/remove")
def remove() -> ResponseReturnValue:
    """Do without a second factor from now on."""
    if why := entrance.unproved(request.form.get("password", "")):
        return _page(why), 403
    with visit.services().transaction() as rows:
        access_factors.remove(rows, visit.me().id)
        token = entrance.renew(rows, proved=False)
        entrance.note(rows, "factor.removed", about=f"engineer:{visit.me().id}")
    answer = make_response(redirect(entrance.SET_UP, 303))
    entrance.keep(answer, token)
    flash(visit.say("The second factor is removed."))
    return answer


@pages.post("/codes")
def new_codes() -> ResponseReturnValue:
    """New recovery codes in place of the old ones."""
    if why := entrance.unproved(request.form.get("password", "")):
        return _page(why), 403
    with visit.services().transaction() as rows:
        if not access_factors.has_factor(rows, visit.me().id):
            abort(409)
        codes = access_factors.new_recovery_codes(rows, visit.me().id)
        entrance.note(rows, "codes.made", about=f"engineer:{visit.me().id}")
    return _codes(codes, "")


def _page(said: str = "") -> str:
    me, login = visit.me(), visit.login()
    with visit.reading() as rows:
        on = access_factors.has_factor(rows, me.id)
        secret = access_factors.secret_to_confirm(rows, _key(), me.id, visit.now())
        left = access_factors.codes_left(rows, me.id)
    must = visit.services().settings.two_factor_required
    spoken = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return render_template(
        "web/factor.html", title=visit.say("Second factor"), said=said, on=on, secret=spoken, codes_left=left,
        must=must and not login.proved, ask=bool(me.password_hash), ask_first=not entrance.fresh(),
    )  # fmt: skip


def _codes(codes: list[str], token: str) -> ResponseReturnValue:
    answer = make_response(
        render_template("web/recovery_codes.html", title=visit.say("Recovery codes"), codes=codes)
    )
    if token:
        entrance.keep(answer, token)
    return answer


def _address(secret: str) -> str:
    return access_factors.address(
        secret, email=visit.me().email, issuer=visit.services().settings.provider_name
    )


def _key() -> str:
    return visit.services().settings.secret_key.get_secret_value()
