"""Planned maintenance and security advisories: the list, the form, one notice with its preview or its deliveries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from gateway import notices
from gateway.domain.scope import Scope
from gateway.notices import Kind, NotAllowed, Severity, State, TooLate, delivery, plans
from gateway.store.models import Notice
from gateway.store.queries import notices as queries
from gateway.store.queries import people
from gateway.tickets import NotFound, Refused
from web import notice_forms, notice_words, visit
from web.acts import posted

pages = Blueprint("notices", __name__)

_LONGEST_REASON: Final = 2000
_TAGS: Final = {
    "draft": "plain",
    "announced": "info",
    "started": "warn",
    "ended": "good",
    "called-off": "plain",
}
_FATE_TAGS: Final = {"accepted": "good", "refused": "bad", "unfit": "bad", "uncertain": "warn"}


@pages.get("/notices")
def show_all() -> ResponseReturnValue:
    """Every notice, the newest first, with how many letters were accepted."""
    before = request.args.get("before", "0")
    if not (before.isascii() and before.isdigit() and len(before) < 18):
        abort(400)
    with visit.reading() as rows:
        found = queries.listed(rows, before=int(before))
    drawn = [(each, _told(each)) for each in found]
    more = found[-1].id if len(found) == queries.PAGE_ROWS else 0
    return render_template("web/notices.html", title=visit.say("Notices"), drawn=drawn, more=more, **_words())


@pages.get("/notices/new")
def blank() -> ResponseReturnValue:
    """The form for a notice, of maintenance unless the address says otherwise."""
    return _form(_kind(request.args.get("kind", "maintenance")), {"zone": visit.reader().zone})


@pages.post("/notices/new")
def draft() -> ResponseReturnValue:
    """Save a draft, which nobody is told."""
    kind = _kind(request.form.get("kind", ""))
    try:
        with visit.services().transaction() as rows:
            content = notice_forms.content(request.form, kind)
            _known(rows, content.scope)
            number = notices.draft(rows, content, author=visit.me(), at=visit.now()).id
    except Refused as refused:
        return _form(kind, _draft(), in_words(refused))
    return redirect(f"/notices/{number}", 303)


@pages.get("/notices/<int:number>/edit")
def rewrite(number: int) -> ResponseReturnValue:
    """The form of a draft."""
    notice = _found(number)
    if notice.state != State.DRAFT:
        return redirect(f"/notices/{number}", 303)
    return _form(Kind(notice.kind), notice_forms.draft_of(notice), number=number)


@pages.post("/notices/<int:number>/edit")
def edit(number: int) -> ResponseReturnValue:
    """Save a draft anew."""
    kind = Kind(_found(number).kind)
    try:
        with visit.services().transaction() as rows:
            content = notice_forms.content(request.form, kind)
            _known(rows, content.scope)
            notices.edit(rows, number, content, at=visit.now())
    except Refused as refused:
        return _form(kind, _draft(), in_words(refused), number=number)
    return redirect(f"/notices/{number}", 303)


@pages.get("/notices/<int:number>")
def show(number: int) -> ResponseReturnValue:
    """One notice: a draft with both letters and everybody who would get one, else what became of it."""
    return _page(number)


@pages.post("/notices/<int:number>/announce")
def announce(number: int) -> ResponseReturnValue:
    """Tell everybody concerned."""
    emergency = posted("emergency", _LONGEST_REASON)
    head, me, at = visit.services().letterhead, visit.me(), visit.now()
    return _act(
        number, lambda rows: notices.announce(rows, head, number, author=me, emergency=emergency, at=at),
        visit.say("Announced. The letters are in the outbox."),
    )  # fmt: skip


@pages.post("/notices/<int:number>/change")
def change(number: int) -> ResponseReturnValue:
    """Move, lengthen or shorten the window."""
    words, emergency = posted("words", _LONGEST_REASON), posted("emergency", _LONGEST_REASON)
    head, me, at = visit.services().letterhead, visit.me(), visit.now()

    def do(rows: Session) -> object:
        span = notice_forms.window(request.form)
        return notices.change(rows, head, number, span, author=me, words=words, emergency=emergency, at=at)

    return _act(number, do, visit.say("Changed. The letters are in the outbox."))


@pages.post("/notices/<int:number>/call-off")
def call_off(number: int) -> ResponseReturnValue:
    """Let it not happen."""
    words = posted("words", _LONGEST_REASON)
    head, me, at = visit.services().letterhead, visit.me(), visit.now()
    return _act(
        number, lambda rows: notices.call_off(rows, head, number, author=me, words=words, at=at),
        visit.say("Called off."),
    )  # fmt: skip


@pages.post("/notices/<int:number>/end")
def end(number: int) -> ResponseReturnValue:
    """Say that the work is over."""
    head, me, at = visit.services().letterhead, visit.me(), visit.now()
    return _act(number, lambda rows: notices.end(rows, head, number, author=me, at=at), visit.say("Ended."))


@pages.post("/notices/<int:number>/keep-open")
def keep_open(number: int) -> ResponseReturnValue:
    """Let a person say when the work is over."""
    me, at = visit.me(), visit.now()
    return _act(
        number, lambda rows: notices.keep_open(rows, number, author=me, at=at),
        visit.say("Nobody is told that it ended until you end it."),
    )  # fmt: skip


def in_words(refused: ValueError) -> str:
    """Why a verb refused, in the reader's language."""
    if isinstance(refused, TooLate):
        return visit.say(refused.sentence, names=refused.names)
    return visit.say(str(refused))


def _act(number: int, do: Callable[[Session], object], done: str) -> ResponseReturnValue:
    try:
        with visit.services().transaction() as rows:
            do(rows)
    except NotFound:
        abort(404)
    except NotAllowed:
        abort(403)
    except Refused as refused:
        return _page(number, refused=visit.say("Not done: %(why)s.", why=in_words(refused)))
    flash(done)
    return redirect(f"/notices/{number}", 303)


def _page(number: int, *, refused: str = "") -> ResponseReturnValue:
    with visit.reading() as rows:
        notice = queries.whole(rows, number)
        if notice is None:
            abort(404)
        shown = None
        if notice.state == State.DRAFT:
            shown = notices.preview(
                rows, visit.services().letterhead, notice,
                emergency=request.form.get("emergency", "")[:_LONGEST_REASON],
                customer_id=request.args.get("customer", 0, int), at=visit.now(),
            )  # fmt: skip
        names = {each.id: each.name for each in people.customers(rows)}
    page = render_template(
        "web/notice.html",
        title=_title(notice),
        notice=notice,
        number=plans.number(visit.services().letterhead, notice.id),
        preview=shown,
        customers=delivery.customers(notice),
        issues=[
            (each, [delivery.delivered(letter) for letter in each.letters])
            for each in reversed(notice.issues)
        ],
        scope=plans.scope_of(notice),
        names=names,
        form=request.form if refused else notice_forms.draft_of(notice),
        refused=refused,
        over=bool(notice.ends_at and visit.now() >= notice.ends_at),
        begun=bool(notice.starts_at and visit.now() >= notice.starts_at),
        **_words(),
    )
    return page, 409 if refused else 200


def _form(kind: Kind, draft: dict[str, Any], refused: str = "", *, number: int = 0) -> ResponseReturnValue:
    with visit.reading() as rows:
        customers = people.customers(rows)
    zones = sorted({visit.reader().zone, visit.services().settings.time_zone, "UTC",
                    *(each.time_zone for each in customers)})  # fmt: skip
    shown = render_template(
        "web/notice_form.html", title=visit.say("Edit notice") if number else _new_title(kind), kind=kind,
        draft=draft, refused=refused, customers=customers, zones=zones, severities=list(Severity),
        number=number, **_words(),
    )  # fmt: skip
    return shown, 409 if refused else 200


def _new_title(kind: Kind) -> str:
    return (
        visit.say("New maintenance window")
        if kind is Kind.MAINTENANCE
        else visit.say("New security advisory")
    )


def _title(notice: Notice) -> str:
    first = notice.titles.get(visit.reader().language)
    return first or next(iter(notice.titles.values()), "")


def _draft() -> dict[str, Any]:
    return {**request.form.to_dict(), "customers": request.form.getlist("customers")}


def _known(rows: Session, scope: Scope) -> None:
    if not scope.customers <= {each.id for each in people.customers(rows)}:
        raise Refused("there is no such customer")


def _kind(value: str) -> Kind:
    if value not in set(Kind):
        abort(400)
    return Kind(value)


def _found(number: int) -> Notice:
    with visit.reading() as rows:
        notice = queries.whole(rows, number)
    if notice is None:
        abort(404)
    return notice


def _told(notice: Notice) -> tuple[int, int]:
    """How many letters of the plan as it is now were accepted, of how many."""
    told = [each for each in notice.issues if each.sequence == notice.sequence][:1]
    fates = [delivery.delivered(letter).fate for each in told for letter in each.letters]
    return sum(fate is delivery.Fate.ACCEPTED for fate in fates), len(fates)


def _words() -> dict[str, Any]:
    def said(table: dict[str, str]) -> dict[str, str]:
        return {code: visit.say(words) for code, words in table.items()}

    return {
        "section": "notices",
        "kinds": said(notice_words.KINDS),
        "states": said(notice_words.STATES),
        "steps": said(notice_words.STEPS),
        "fates": said(notice_words.FATES),
        "tags": _TAGS,
        "fate_tags": _FATE_TAGS,
        "title_of": _title,
        "number_of_notice": lambda each: plans.number(visit.services().letterhead, each),
    }
