"""What engineers do on a ticket's page: every form of it, each one verb in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from gateway import review
from gateway.domain.lifecycle import InvalidTransition, Status
from gateway.domain.terms import Priority
from gateway.mail.message import Mailbox
from gateway.store.models import Direction
from gateway.store.queries import correspondence, people
from gateway.tickets import NotFound, Refused, casework, escalating, handling, intake
from gateway.tickets.pending import Act
from web import collision, kept_files, later, ticket, uploads, visit
from web.collision import Crossed
from web.refusals import in_words as in_words

pages = Blueprint("acts", __name__)

LONGEST_TEXT: Final = 100_000
_DIRECTIONS: Final = {"reply": Direction.OUTBOUND, "note": Direction.NOTE, "aws": Direction.TO_AWS}
_THEN: Final = ("", "waiting", "resolve")


@pages.post("/tickets/<int:number>/write")
def write(number: int) -> ResponseReturnValue:
    """A reply to the customer, a work note, or an answer to AWS; sent twice by mistake it is written once."""
    text, last = posted("text", LONGEST_TEXT), chosen("last")
    audience, then = request.form.get("audience", ""), request.form.get("then", "")
    if audience not in _DIRECTIONS or then not in _THEN:
        abort(400)
    if audience == "aws" and then:
        return refusal(
            number, visit.say("to AWS go a text and files; the ticket stays as it is"), form="write"
        )
    if not text.strip():
        return refusal(number, visit.say("there is no text"), form="write")

    def do(rows: Session) -> None:
        if written_already(rows, number, last=last, text=text, direction=_DIRECTIONS[audience]):
            return
        who, at, head = visit.me(), visit.now(), visit.services().letterhead
        if audience == "reply":
            collision.check(rows, number)
        files = (*uploads.stored(rows, uploads.posted("files")), *kept_files.sent_again(rows))
        if audience == "aws":
            casework.answer_case(rows, head, number, author=who, case=chosen("case"), text=text,
                                 attachment_ids=[*numbers("attachment_ids"), *files], at=at)  # fmt: skip
        elif audience == "note":
            handling.note(rows, head, number, author=who, text=text, attachments=files, at=at)
        else:
            later.send(rows, number, Act("write", {"text": text, "then": then}, files), since=last)

    said = {
        "note": visit.say("Note saved."),
        "reply": "" if later.wait() else visit.say("Reply put into the outbox."),
        "aws": visit.say("The answer goes to AWS. The customer is not mailed."),
    }
    return on_ticket(number, do, form="write", done=said[audience])


@pages.post("/tickets/<int:number>/assign")
def assign(number: int) -> ResponseReturnValue:
    """Give the ticket to somebody, or to nobody (0)."""
    wanted = chosen("assignee")

    def do(rows: Session) -> None:
        handling.assign(rows, visit.services().letterhead, number, author=visit.me(),
                        assignee_id=wanted or None, at=visit.now())  # fmt: skip

    return on_ticket(number, do, form="assign", done=visit.say("Assignee changed."))


@pages.post("/tickets/<int:number>/status")
def change_status(number: int) -> ResponseReturnValue:
    """Move the ticket by hand; resolving needs a text for the customer."""
    status = _among(Status, request.form.get("status", ""))
    act = Act("status", {"status": status, "text": posted("text", LONGEST_TEXT)})
    return _sent(number, act, done=visit.say("Status changed."))


@pages.post("/tickets/<int:number>/priority")
def change_priority(number: int) -> ResponseReturnValue:
    """Raise or lower the priority, with a reason."""
    priority = _among(Priority, request.form.get("priority", ""))
    reason = posted("text", 2000)
    if not reason.strip():
        return refusal(number, visit.say("a change of priority needs a reason"), form="priority")
    act = Act("priority", {"priority": priority, "text": reason})
    return _sent(number, act, done=visit.say("Priority changed."))


@pages.post("/tickets/<int:number>/escalate")
def escalate(number: int) -> ResponseReturnValue:
    """Tell the team lead and management now."""
    return _sent(number, Act("escalate", {"text": posted("text", 2000)}), done=visit.say("Escalated."))


@pages.post("/tickets/<int:number>/mark")
def mark(number: int) -> ResponseReturnValue:
    """Close the ticket as one that does not count: spam, of which nobody is told, or withdrawn by the customer."""
    wanted, reason = request.form.get("as", ""), posted("text", 2000)
    if wanted == "withdrawn":
        return _sent(number, Act("mark", {"as": wanted, "text": reason}), done=visit.say("Ticket marked."))

    def do(rows: Session) -> None:
        handling.mark(rows, visit.services().letterhead, number, author=visit.me(),
                      as_=wanted, reason=reason, at=visit.now())  # fmt: skip

    return on_ticket(number, do, form="mark", done=visit.say("Ticket marked."))


@pages.post("/tickets/<int:number>/acknowledge")
def acknowledge(number: int) -> ResponseReturnValue:
    """Say that what called has been seen; a second press changes nothing."""

    def do(rows: Session) -> None:
        escalating.acknowledge(rows, visit.services().letterhead, number, author=visit.me(), by="page",
                               at=visit.now())  # fmt: skip

    return on_ticket(number, do, form="acknowledge", done=visit.say("Acknowledged."))


@pages.post("/tickets/<int:number>/messages/<int:message_id>/release")
def release(number: int, message_id: int) -> ResponseReturnValue:
    """Let a held message count as the customer's."""

    def do(rows: Session) -> None:
        review.release(rows, visit.services().letterhead, message_id, author=visit.me(), at=visit.now())

    return on_ticket(number, do, form="release", done=visit.say("Message released."))


@pages.get("/tickets/new")
def blank() -> ResponseReturnValue:
    """The form for a ticket of somebody who called."""
    return _form({}, "")


@pages.post("/tickets/new")
def open_ticket() -> ResponseReturnValue:
    """Open a ticket for somebody who called or wrote elsewhere."""
    form = request.form
    subject, text, email = posted("subject", 500), posted("text", LONGEST_TEXT), posted("email", 320).strip()
    priority = _among(Priority, form.get("priority", ""))
    if not subject.strip() or not text.strip() or "@" not in email:
        return _form(form, visit.say("Subject, text and the requester's address are needed."))
    requester = Mailbox(posted("name", 200).strip(), email)
    try:
        with visit.services().transaction() as rows:
            customer_id = chosen("customer") or None
            if customer_id and people.customer_of(rows, str(customer_id)) is None:
                abort(400)
            wanted = intake.Request(customer_id, requester, subject.strip(), text, priority)
            made = intake.open_by_hand(
                rows, visit.services().letterhead, wanted, author=visit.me(), at=visit.now()
            )
    except (Refused, InvalidTransition) as refused:
        return _form(form, in_words(refused))
    return redirect(f"/tickets/{made.id}", 303)


def and_back(do: Callable[[Session], object], done: str, back: str) -> ResponseReturnValue:
    """Do it in one transaction and go back, saying that it is done or why not; 404 for what is not there."""
    try:
        with visit.services().transaction() as rows:
            do(rows)
    except NotFound:
        abort(404)
    except (Refused, InvalidTransition) as refused:
        flash(in_words(refused), "bad")
    else:
        flash(done)
    return redirect(back, 303)


def on_ticket(number: int, do: Callable[[Session], None], *, form: str, done: str) -> ResponseReturnValue:
    """Do one thing in one transaction, then show the ticket again; what was refused keeps its draft."""
    try:
        with visit.services().transaction() as rows:
            do(rows)
    except NotFound:
        abort(404)
    except Crossed as crossed:
        return ticket.page(number, draft=request.form, form=form, crossed=crossed.found)
    except (InvalidTransition, Refused) as refused:
        return refusal(number, in_words(refused), form=form)
    if done:
        flash(done)
    return redirect(f"/tickets/{number}", 303)


def refusal(number: int, why: str, *, form: str) -> ResponseReturnValue:
    """The ticket's page with the reason and everything that had been written."""
    kept = visit.say("Not sent: %(why)s. Your draft is kept.", why=why)
    return ticket.page(number, refused=kept, draft=request.form, form=form)


def written_already(rows: Session, number: int, *, last: int, text: str, direction: Direction) -> bool:
    """Whether this engineer wrote the same since the page was shown: a second click, or a repeated request.

    The ticket's row is locked first, so that two such requests at once come one after the other.
    """
    if correspondence.lock(rows, number) is None:
        abort(404)
    since = correspondence.own_messages_since(rows, number, last, visit.me().id)
    return any(row.direction == direction and row.text.strip() == text.strip() for row in since)


def posted(name: str, longest: int) -> str:
    """A text of the form with the line ends that the rest of the house uses; 413 where it is too long."""
    text = request.form.get(name, "").replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    if len(text) > longest:
        abort(413)
    return text


def chosen(name: str) -> int:
    """A number of the form; 400 where it is none."""
    value = request.form.get(name, "") or "0"
    if not (value.isascii() and value.isdigit() and len(value) < 18):
        abort(400)
    return int(value)


def numbers(name: str) -> tuple[int, ...]:
    """The numbers of a field that may be chosen several times; 400 where one is none."""
    values = request.form.getlist(name)
    if not all(each.isascii() and each.isdigit() and len(each) < 18 for each in values):
        abort(400)
    return tuple(map(int, values))


def _sent(number: int, act: Act, *, done: str) -> ResponseReturnValue:
    """Do what mails the customer, unless it may still be taken back for a while."""

    def do(rows: Session) -> None:
        collision.check(rows, number)
        later.send(rows, number, act)

    return on_ticket(number, do, form=act.what, done="" if later.wait() else done)


def _among(kind: Any, value: str) -> Any:
    try:
        return kind(value)
    except ValueError:
        abort(400)


def _form(draft: Any, refused: str) -> ResponseReturnValue:
    with visit.reading() as rows:
        customers = people.customers(rows)
    title = visit.say("New ticket")
    shown = render_template("web/new.html", title=title, customers=customers, draft=draft, refused=refused,
                            priorities=list(Priority))  # fmt: skip
    return shown, 409 if refused else 200
