"""What engineers do with AWS Support cases on a ticket: open, adopt, release, resolve, relay; undecided writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from gateway.domain import case_services, case_severity
from gateway.domain.lifecycle import Status
from gateway.store.models import AwsAccount, Direction, Ticket
from gateway.store.queries import aws_desk, correspondence
from gateway.store.queries import cases as queries
from gateway.tickets import NotFound, Refused, case_drafts, case_following, casework, handling, proposals
from gateway.tickets.case_drafts import CaseDraft
from web import acts, uploads, visit
from web.aws import panel, words

pages = Blueprint("cases", __name__)

_LONGEST_CODE: Final = 100
_LONGEST_SUBJECT: Final = 500
_NEWEST: Final = 200
_LARGEST_KEY: Final = 2**62


@pages.get("/tickets/<int:number>/aws-case")
def blank(number: int) -> ResponseReturnValue:
    """The form for a new case, drafted from the ticket, and the cases that could be adopted instead."""
    related = request.args.get("related", "0")
    if not (related.isascii() and related.isdigit() and len(related) < 18):  # noqa: PLR2004  below any key
        abort(400)
    with visit.reading() as rows:
        ticket = _ticket(rows, number)
        case = queries.case(rows, int(related)) if int(related) else None
        if case is not None and case.ticket_id != number:
            abort(404)
        draft = case_drafts.draft(rows, visit.services().letterhead, ticket, related=case)
    return _form(number, _shown(draft), "")


@pages.post("/tickets/<int:number>/aws-case")
def open_case(number: int) -> ResponseReturnValue:
    """Open a case; pressed twice by mistake it is opened once."""
    wanted, last = _wanted(), acts.chosen("last")

    def do(rows: Session) -> None:
        if acts.written_already(rows, number, last=last, text=wanted.body, direction=Direction.TO_AWS):
            return
        casework.open_case(rows, visit.services().letterhead, number, author=visit.me(), draft=wanted,
                           files=uploads.stored(rows, uploads.posted("files")), at=visit.now())  # fmt: skip

    return _from_form(number, do, done=visit.say("The case is on its way to AWS."))


@pages.post("/tickets/<int:number>/aws-case/adopt")
def adopt(number: int) -> ResponseReturnValue:
    """Let the ticket follow a case that was made in the console."""
    account, reference = acts.posted("account", 12), acts.posted("reference", _LONGEST_CODE).strip()

    def do(rows: Session) -> None:
        case_following.adopt(rows, visit.services().letterhead, number, author=visit.me(), account_id=account,
                             case_ref=reference, at=visit.now())  # fmt: skip

    return _from_form(number, do, done=visit.say("The case stands on this ticket. Its history is read now."))


@pages.post("/tickets/<int:number>/aws-case/release")
def release(number: int) -> ResponseReturnValue:
    """Pass a customer's message on to AWS."""
    message_id, case = acts.chosen("message"), acts.chosen("case")

    def do(rows: Session) -> None:
        casework.release(rows, visit.services().letterhead, number, author=visit.me(), message_id=message_id,
                         case=case, at=visit.now())  # fmt: skip

    return acts.on_ticket(number, do, form="release-aws", done=visit.say("The message goes to AWS."))


@pages.post("/tickets/<int:number>/aws-case/<int:case>/resolve")
def resolve(number: int, case: int) -> ResponseReturnValue:
    """Resolve the case at AWS; the ticket stays as it is."""
    _fits(case)

    def do(rows: Session) -> None:
        casework.resolve_case(rows, visit.services().letterhead, number, author=visit.me(), case=case,
                              at=visit.now())  # fmt: skip

    return acts.on_ticket(
        number, do, form=f"resolve-{case}", done=visit.say("AWS is told to resolve the case.")
    )


@pages.post("/tickets/<int:number>/aws-case/<int:case>/relay")
def relay(number: int, case: int) -> ResponseReturnValue:
    """Let the customer's replies go to AWS by themselves, or no longer."""
    _fits(case)
    on = acts.chosen("on") == 1

    def do(rows: Session) -> None:
        casework.set_relay(rows, visit.services().letterhead, number, author=visit.me(), case=case, on=on,
                           at=visit.now())  # fmt: skip

    said = visit.say("From now on the customer’s replies go to AWS.") if on else visit.say("Relay is off.")
    return acts.on_ticket(number, do, form="relay", done=said)


@pages.post("/tickets/<int:number>/aws-writes/<int:write>/<verb>")
def decide(number: int, write: int, verb: str) -> ResponseReturnValue:
    """Send a write again, give it up, or say that AWS has it."""
    if verb not in ("retry", "cancel", "settle"):
        abort(404)
    case_id = acts.posted("case_id", _LONGEST_CODE)

    def do(rows: Session) -> None:
        found = aws_desk.write(rows, write)
        if found is None or found.ticket_id != number:
            raise NotFound(f"ticket {number} writes nothing {write} to AWS")
        head, who, at = visit.services().letterhead, visit.me(), visit.now()
        if verb == "retry":
            casework.retry_write(rows, head, write, author=who, at=at)
        elif verb == "cancel":
            casework.cancel_write(rows, head, write, author=who, at=at)
        else:
            casework.settle_write(rows, head, write, author=who, case_id=case_id, at=at)

    if request.form.get("next") == "review":
        return acts.and_back(do, visit.say("Done."), "/review")
    return acts.on_ticket(number, do, form="aws-write", done=visit.say("Done."))


@pages.post("/tickets/<int:number>/proposal/accept")
def accept(number: int) -> ResponseReturnValue:
    """Resolve the ticket as it was proposed, with a text for the customer."""
    text = acts.posted("text", acts.LONGEST_TEXT)

    def do(rows: Session) -> None:
        handling.change_status(rows, visit.services().letterhead, number, author=visit.me(),
                               status=Status.RESOLVED, text=text, at=visit.now())  # fmt: skip

    return acts.on_ticket(number, do, form="proposal", done=visit.say("Resolved. The customer is told."))


@pages.post("/tickets/<int:number>/proposal/decline")
def decline(number: int) -> ResponseReturnValue:
    """Leave the ticket open."""

    def do(rows: Session) -> None:
        proposals.decline(rows, visit.services().letterhead, number, author=visit.me(), at=visit.now())

    return acts.on_ticket(number, do, form="proposal", done=visit.say("Declined. The ticket stays open."))


def _from_form(number: int, do: Any, *, done: str) -> ResponseReturnValue:
    """Do it in one transaction and show the ticket; what was refused keeps everything that had been written."""
    try:
        with visit.services().transaction() as rows:
            do(rows)
    except NotFound:
        abort(404)
    except Refused as refused:
        kept = visit.say("Not sent: %(why)s. Your draft is kept.", why=acts.in_words(refused))
        chosen = {"attachment_ids": _chosen_files()}
        return _form(number, {**request.form.to_dict(), **chosen}, kept)
    flash(done)
    return redirect(f"/tickets/{number}#aws", 303)


def _form(number: int, draft: Mapping[str, Any], refused: str) -> ResponseReturnValue:
    reader = visit.reader()
    with visit.reading() as rows:
        ticket = _ticket(rows, number)
        owned = aws_desk.accounts(rows, customer_id=ticket.customer_id) if ticket.customer_id else []
        messages = correspondence.messages(rows, number, newest=_NEWEST)
        adoptable = queries.without_ticket(rows, customer_id=ticket.customer_id) if ticket.customer_id else []
        codes = aws_desk.codes_used(rows)
    wanted = str(draft.get("severity", ""))
    page = render_template(
        "web/aws_case_form.html",
        title=visit.say("AWS case for %(ticket)s", ticket=visit.number_of(number)),
        ticket=ticket,
        draft=draft,
        refused=refused,
        accounts=[(each, _takes(each, wanted)) for each in owned],
        severities=[(code, words.severity(code, reader)) for code in reversed(case_severity.CODES)],
        languages=[(code, words.LANGUAGES[code]) for code in case_drafts.LANGUAGES],
        files=panel.files(messages),
        last=draft.get("last") or max((row.id for row in messages), default=0),
        adoptable=[(each, _case_status(each.status)) for each in adoptable],
        services=sorted({service for service, _ in codes} | set(case_services.CODES.values())),
        categories=sorted({category for _, category in codes} | {case_services.GUIDANCE}),
    )
    return page, 409 if refused else 200


def _takes(account: AwsAccount, wanted: str) -> dict[str, str]:
    """What an account takes, in words: how it stands, and what becomes of the severity that is wanted."""
    reader = visit.reader()
    state = account.state if account.role_arn else "no-role"
    granted = case_severity.granted(wanted, account.severities)
    return {
        "state": words.said(words.ACCOUNT_STATES, state, reader),
        "fit": "" if state in ("ok", "unchecked") else "no",
        "severities": reader.say(", ").join(words.severity(code, reader) for code in account.severities),
        "granted": words.severity(granted, reader) if granted != wanted else "",
    }


def _case_status(status: str) -> str:
    return words.said(words.CASE_STATUSES, status, visit.reader())


def _wanted() -> CaseDraft:
    form = request.form
    return CaseDraft(
        account_id=acts.posted("account_id", 12).strip(),
        service=acts.posted("service", _LONGEST_CODE).strip(),
        category=acts.posted("category", _LONGEST_CODE).strip(),
        severity=form.get("severity", ""),
        language=form.get("language", ""),
        subject=acts.posted("subject", _LONGEST_SUBJECT).strip(),
        body=acts.posted("body", acts.LONGEST_TEXT),
        attachment_ids=tuple(_chosen_files()),
        related=acts.chosen("related") or None,
    )


def _chosen_files() -> Sequence[int]:
    return acts.numbers("attachment_ids")


def _shown(draft: CaseDraft) -> dict[str, Any]:
    names = ("account_id", "service", "category", "severity", "language", "subject", "body", "attachment_ids")
    return {name: getattr(draft, name) for name in names} | {"related": draft.related or 0}


def _fits(key: int) -> None:
    """404 for a number that no row can have."""
    if key >= _LARGEST_KEY:
        abort(404)


def _ticket(rows: Session, number: int) -> Ticket:
    ticket = correspondence.ticket(rows, number)
    if ticket is None:
        abort(404)
    return ticket
