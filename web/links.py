"""Pages that customers reach by the signed links of our letters: to confirm, to contradict, to ask for escalation.

The link itself is the grant, so nobody signs in and no cookie is needed. Looking changes nothing, since scanners and
previews look at every link of a mail; only a press of the page's button does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, abort, g, make_response, render_template, request
from flask.typing import ResponseReturnValue

from gateway.domain.lifecycle import Status
from gateway.mail.message import Mailbox
from gateway.store.models import Ticket
from gateway.tickets import NotFound, Refused, audiences, closure, grants, telling
from gateway.tickets.closure import Outcome
from gateway.tickets.grants import Act
from web import acts, visit

pages = Blueprint("links", __name__)

_ACTS: Final = {path: act for act, path in grants.PATHS.items()}


@dataclass(frozen=True, slots=True)
class _Visitor:
    """Who opened which link, and on which ticket it acts."""

    act: Act
    ticket: Ticket
    person: Mailbox


@pages.route("/<any(e,c,n):path>/<token>", methods=["GET", "POST"])
def page(path: str, token: str) -> ResponseReturnValue:
    """What a link is for, with one button; by POST, that very thing and what came of it."""
    act = _ACTS[path]
    try:
        who = _visitor(act, token)
        if request.method != "POST":  # HEAD too
            return _drawn(who, said=_in_the_way(act, who.ticket))
        if _from_elsewhere():
            abort(403)
        return _done(who)
    except NotFound:
        return _answer(render_template("web/link.html", title=visit.say("This link is not valid")), 404)


def _visitor(act: Act, token: str) -> _Visitor:
    head = visit.services().letterhead
    with visit.reading() as rows:
        holder = grants.holder(rows, head, act, token, at=visit.now())
        about = telling.correspondence(rows, head, holder.ticket)
        g.reader = visit.Reader(telling.language_of(head, about), about.agreement.zone)
    return _Visitor(act, holder.ticket, holder.person)


def _from_elsewhere() -> bool:
    """Whether another site's page sent this form. Our own sends no origin, as it sends no referrer."""
    site, origin = request.headers.get("Sec-Fetch-Site", ""), request.headers.get("Origin", "null")
    ours = ("null", visit.services().settings.web_base, request.host_url.rstrip("/"))
    return site not in ("", "same-origin") or origin not in ours


def _done(who: _Visitor) -> ResponseReturnValue:
    head, at, number = visit.services().letterhead, visit.now(), who.ticket.id
    text = acts.posted("text", closure.LONGEST_TEXT)
    people: Sequence[audiences.Told] = ()
    try:
        with visit.services().transaction() as rows:
            if who.act is Act.CONFIRM:
                came = closure.confirm_by_link(rows, head, number, person=who.person, at=at)
            elif who.act is Act.NOT_FIXED:
                came = closure.not_fixed_by_link(rows, head, number, person=who.person, text=text, at=at)
            else:
                came, people = closure.escalate_by_link(rows, head, number, person=who.person, at=at)
            names = audiences.named(people, visit.reader().language)
    except Refused:
        came = Outcome.CLOSED
    kept = text if came is Outcome.CLOSED else ""
    if who.act is Act.ESCALATE and came is not Outcome.CLOSED:
        return _drawn(who, said=_told(came, names), good=True)
    return _drawn(who, said=_outcome(who.act, came), good=came is not Outcome.CLOSED, kept=kept)


def _told(came: Outcome, who: str) -> str:
    if came is Outcome.ALREADY:
        return visit.say("You have asked already. These people know of it: %(who)s.", who=who)
    return visit.say("Escalated. We have told: %(who)s. You get this by mail, too.", who=who)


def _outcome(act: Act, came: Outcome) -> str:
    if came is Outcome.CLOSED:
        return _closed()
    if act is Act.CONFIRM:
        return {
            Outcome.DONE: visit.say("Thank you. The ticket is closed."),
            Outcome.ALREADY: visit.say("This was done already: the ticket is closed."),
        }.get(came, _at_work())
    return {
        Outcome.DONE: visit.say("We work on it again, and the clock runs on. You get this by mail, too."),
        Outcome.ADDED: visit.say("Your text is on the ticket. We were working on it already."),
    }.get(came, visit.say("This was done already: we are working on it."))


def _in_the_way(act: Act, ticket: Ticket) -> str:
    """Why a link has nothing to do now; empty where it has."""
    if ticket.status == Status.CLOSED:
        return visit.say("This was done already: the ticket is closed.") if act is Act.CONFIRM else _closed()
    if act is not Act.ESCALATE and ticket.status != Status.RESOLVED:
        return _at_work()
    return ""


def _at_work() -> str:
    return visit.say("We are working on this ticket. There is nothing to confirm at present.")


def _closed() -> str:
    return visit.say(
        "This ticket is closed and stays closed. Write to %(address)s: your mail opens a new ticket linked to it.",
        address=visit.services().settings.support_address,
    )


def _drawn(who: _Visitor, *, said: str, good: bool = False, kept: str = "") -> ResponseReturnValue:
    titles = {
        Act.CONFIRM: visit.say("Is it fixed?"),
        Act.NOT_FIXED: visit.say("Is it not fixed?"),
        Act.ESCALATE: visit.say("Ask for escalation"),
    }
    drawn = render_template(
        "web/link.html", title=titles[who.act], act=str(who.act), ticket=who.ticket, person=who.person, said=said,
        good=good, kept=kept, longest=closure.LONGEST_TEXT,
    )  # fmt: skip
    return _answer(drawn, 200)


def _answer(drawn: str, status: int) -> ResponseReturnValue:
    response = make_response(drawn, status)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
