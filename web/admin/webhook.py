"""The webhook: its address, what it hears of, its last calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from gateway.domain.webhook_events import ALL
from gateway.operations import webhooks
from gateway.operations.webhook_wire import BadUrl
from gateway.store import webhooks as calls
from gateway.store.models import CallState, Role, WebhookCall
from gateway.tickets import Refused
from web import visit
from web.acts import posted
from web.admin.frame import actor
from web.admin.webhook_words import BAD_URLS, ERRORS, EVENTS, STATE_TAGS, STATES
from web.rights import needs

pages = Blueprint("admin_webhook", __name__)

_LONGEST_URL: Final = 2000


@pages.get("/admin/webhook")
@needs(Role.ADMIN)
def show() -> ResponseReturnValue:
    """The form, and the last calls."""
    return _page()


@pages.post("/admin/webhook")
@needs(Role.ADMIN)
def change() -> ResponseReturnValue:
    """Set address, events and whether it is switched on; a first secret is shown once."""
    url, events = posted("url", _LONGEST_URL).strip(), request.form.getlist("events")
    active, settings = "active" in request.form, visit.services().settings
    try:
        with visit.services().transaction() as rows:
            secret = webhooks.change(
                rows, url=url, events=events, active=active, key=settings.secret_key.get_secret_value(),
                development=settings.environment == "development", actor=actor(), at=visit.now(),
            )  # fmt: skip
    except BadUrl as fault:
        return _page(said=visit.say(BAD_URLS[str(fault)]), url=url, events=events, status=422)
    except Refused as refused:
        return _page(said=visit.say(str(refused)), url=url, events=events, status=422)
    _forget()
    if secret:
        return _page(secret=secret)
    flash(visit.say("Saved."), "good")
    return redirect("/admin/webhook", 303)


@pages.post("/admin/webhook/secret")
@needs(Role.ADMIN)
def renew_secret() -> ResponseReturnValue:
    """Make a new secret, shown once; the old one counts no more."""
    key = visit.services().settings.secret_key.get_secret_value()
    try:
        with visit.services().transaction() as rows:
            secret = webhooks.renew_secret(rows, key=key, actor=actor(), at=visit.now())
    except Refused as refused:
        return _page(said=visit.say(str(refused)), status=422)
    return _page(secret=secret)


@pages.post("/admin/webhook/test")
@needs(Role.ADMIN)
def try_out() -> ResponseReturnValue:
    """Send a call that tells of nothing."""
    said = visit.say("A test is on its way. Look again in a few seconds.")
    return _act(lambda rows: webhooks.try_out(rows, actor=actor(), at=visit.now()), said)


@pages.post("/admin/webhook/calls/<int:call_id>/retry")
@needs(Role.ADMIN)
def retry(call_id: int) -> ResponseReturnValue:
    """Try a call again that was given up."""
    return _act(
        lambda rows: webhooks.retry(rows, call_id, actor=actor(), at=visit.now()),
        visit.say("It is tried again."),
    )


def _act(do: Callable[[Session], None], done: str) -> ResponseReturnValue:
    try:
        with visit.services().transaction() as rows:
            do(rows)
    except Refused as refused:
        flash(visit.say(str(refused)), "bad")
    else:
        flash(done, "good")
    return redirect("/admin/webhook", 303)


def _page(*, said: str = "", secret: str = "", url: str | None = None, events: list[str] | None = None,
          status: int = 200) -> ResponseReturnValue:  # fmt: skip
    before = request.args.get("before", "0")
    if not (before.isascii() and before.isdigit() and len(before) < 18):  # noqa: PLR2004  below any key
        abort(400)
    with visit.reading() as rows:
        hook, resting = calls.hook(rows), calls.resting(rows)
        found, more = calls.latest(rows, before=int(before))
        counted = calls.counted(rows)
    page = render_template(
        "web/admin_webhook.html",
        title=visit.say("Webhook"),
        hook=hook,
        url=hook.url if url is None and hook else url or "",
        events=EVENTS,
        all_events=ALL,
        chosen=events if events is not None else hook.events if hook else ALL,
        said=said,
        secret=secret,
        resting=resting and bool(counted.get(CallState.WAITING)),
        waiting=counted.get(CallState.WAITING, 0),
        found=[(each, _fault(each)) for each in found],
        states=STATES,
        in_words=visit.say,
        tags=STATE_TAGS,
        more=more,
    )
    return page, status


def _fault(call: WebhookCall) -> str:
    """What went wrong at the last try."""
    told = [str(call.status)] if call.status else []
    return " ".join(
        [*told, visit.say(ERRORS[call.error])] if call.error in ERRORS else [*told, call.error]
    ).strip()


def _forget() -> None:
    """What this process remembers of the webhook is old by now."""
    with visit.reading() as rows:
        calls.forget(rows)
