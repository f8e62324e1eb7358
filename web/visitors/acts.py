"""What a customer does to their tickets: answer, ask, confirm, say it is not fixed, escalate, contest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask import abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from gateway import secrets
from gateway.mail import typed
from gateway.mail.message import Attachment, Mailbox
from gateway.operations import visiting
from gateway.operations.visiting import TooMany
from gateway.tickets import NotFound, Refused, audiences, closure, contesting, writing
from gateway.tickets.closure import Outcome
from web import acts, uploads, visit
from web.visitors import gate, scope, tickets

pages = gate.blueprint("acts")

LONGEST_TEXT: Final = closure.LONGEST_TEXT
_LONGEST_SUBJECT: Final = 500


@pages.route("/my/tickets/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """The form of a request; posted, a ticket whose priority is judged as of a mail."""
    if request.method != "POST":
        return _form()
    subject, text = acts.posted("subject", _LONGEST_SUBJECT).strip(), acts.posted("text", LONGEST_TEXT)

    def do(rows: Session) -> int:
        services = visit.services()
        reading = typed.read(_me(), subject, text, _files(rows))
        return writing.request(rows, services.letterhead, services.blobs, reading=reading, at=visit.now())

    try:
        number = _once(do)
    except Refused as refused:
        return _form(refused=acts.in_words(refused), subject=subject, text=text), 409
    flash(visit.say("We have your request. You get this by mail, too."))
    return redirect(f"/my/tickets/{number}", 303)


@pages.post("/my/tickets/<int:number>/answer")
def answer(number: int) -> ResponseReturnValue:
    """Add a text with files; to a closed ticket a new one follows."""
    row, text = scope.ticket(number), acts.posted("text", LONGEST_TEXT)

    def do(rows: Session) -> int:
        services = visit.services()
        reading = typed.read(_me(), row.subject, text, _files(rows))
        return writing.answer(
            rows, services.letterhead, services.blobs, number, reading=reading, at=visit.now()
        ).ticket_id

    try:
        ended = _once(do)
    except Refused as refused:
        return tickets.page(number, refused=acts.in_words(refused), draft={"text": text})
    if ended != number:
        flash(visit.say("The ticket was closed. Your text opened a new one, linked to it."))
    else:
        flash(visit.say("Your answer is on the ticket."))
    return redirect(f"/my/tickets/{ended}", 303)


@pages.post("/my/tickets/<int:number>/confirm")
def confirm(number: int) -> ResponseReturnValue:
    """Say that it is fixed: the ticket closes."""
    scope.ticket(number)
    with visit.services().transaction() as rows:
        came = closure.confirm_by_link(
            rows, visit.services().letterhead, number, person=_me(), at=visit.now()
        )
    said = {
        Outcome.DONE: visit.say("Thank you. The ticket is closed."),
        Outcome.ALREADY: visit.say("This was done already: the ticket is closed."),
    }.get(came, visit.say("We are working on this ticket. There is nothing to confirm at present."))
    return _back(number, said)


@pages.post("/my/tickets/<int:number>/not-fixed")
def not_fixed(number: int) -> ResponseReturnValue:
    """Say that it is not fixed: we work on it again."""
    scope.ticket(number)
    text = acts.posted("text", LONGEST_TEXT)
    with visit.services().transaction() as rows:
        came = closure.not_fixed_by_link(
            rows, visit.services().letterhead, number, person=_me(), text=text, at=visit.now()
        )
    if came is Outcome.CLOSED:
        said = visit.say("This ticket is closed. Answer below: your text opens a new ticket linked to it.")
        return tickets.page(number, refused=said, draft={"text": text})
    said = {
        Outcome.DONE: visit.say("We work on it again, and the clock runs on. You get this by mail, too."),
        Outcome.ADDED: visit.say("Your text is on the ticket. We were working on it already."),
    }.get(came, visit.say("This was done already: we are working on it."))
    return _back(number, said)


@pages.post("/my/tickets/<int:number>/escalate")
def escalate(number: int) -> ResponseReturnValue:
    """Ask for escalation, and say who was told."""
    scope.ticket(number)
    try:
        with visit.services().transaction() as rows:
            came, people = closure.escalate_by_link(
                rows, visit.services().letterhead, number, person=_me(), at=visit.now()
            )
            who = audiences.named(people, visit.reader().language)
    except Refused:
        said = visit.say("This ticket is closed. Answer below: your text opens a new ticket linked to it.")
        return tickets.page(number, refused=said)
    if came is Outcome.ALREADY:
        return _back(number, visit.say("You have asked already. These people know of it: %(who)s.", who=who))
    return _back(number, visit.say("Escalated. We have told: %(who)s. You get this by mail, too.", who=who))


@pages.post("/my/tickets/<int:number>/contest")
def contest(number: int) -> ResponseReturnValue:
    """Contest time that does not count; a manager decides."""
    scope.ticket(number)
    words, which = acts.posted("text", LONGEST_TEXT), acts.posted("exclusion", 20)
    try:
        with visit.services().transaction() as rows:
            contesting.contest(
                rows, visit.services().letterhead, number, exclusion=which, words=words, at=visit.now()
            )
    except Refused as refused:
        return tickets.page(number, refused=acts.in_words(refused), draft={"contest": words})
    except NotFound:
        abort(404)
    return _back(number, visit.say("A manager looks at it and decides."))


def _form(*, refused: str = "", subject: str = "", text: str = "") -> str:
    return render_template(
        "web/visitor_new.html", title=visit.say("New request"), section="tickets", refused=refused,
        subject=subject, text=text, longest=LONGEST_TEXT, once=secrets.random_token(),
    )  # fmt: skip


def _once(do: Callable[[Session], int]) -> int:
    """Write what a form says, and the ticket it is on; posted again, nothing more, and the same ticket."""
    form, who = acts.posted("once", 64), visit.contact().id
    if not form:
        abort(400)
    try:
        with visit.services().transaction() as rows:
            before = visiting.write_once(rows, who, form, visit.now())
            if before is not None:
                return before.ticket_id or abort(409)
            number = do(rows)
            visiting.written(rows, who, form, number)
            return number
    except TooMany:
        abort(429)


def _files(rows: Session) -> tuple[Attachment, ...]:
    return uploads.stored(rows, uploads.posted("files"))


def _me() -> Mailbox:
    who = visit.contact()
    return Mailbox(who.name, who.email)


def _back(number: int, said: str) -> ResponseReturnValue:
    flash(said)
    return redirect(f"/my/tickets/{number}", 303)
