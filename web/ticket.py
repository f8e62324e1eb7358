"""One ticket: its thread, its clocks, its facts, and the forms that change it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from gateway import i18n, secrets
from gateway.domain import sla
from gateway.domain.lifecycle import TRANSITIONS, Action, InvalidTransition, Status, action_towards
from gateway.domain.sla import Standing
from gateway.domain.terms import Priority, Target
from gateway.store.models import Message, Participant, Ticket, TicketEvent
from gateway.store.queries import canned, correspondence, people, relatives, suppression
from gateway.tickets import changes
from web import (
    canned_filling,
    clocks,
    escalation,
    exclusion_list,
    returned,
    telling,
    timeline,
    visit,
    waiting_acts,
)
from web.aws import panel
from web.collision import Crossing
from web.kept_files import Kept

pages = Blueprint("ticket", __name__)

MOST_SHOWN: Final = 200
MOST_LOADED: Final = 5000


@pages.get("/tickets/<int:number>")
def show(number: int) -> ResponseReturnValue:
    """The ticket's page; `?canned=7` fills a canned answer into the composer."""
    chosen = request.args.get("canned", "")
    if not (chosen.isascii() and chosen.isdigit() and len(chosen) < 18):
        return page(number)
    with visit.reading() as rows:
        return page(number, draft={"text": canned_filling.inserted(rows, number, int(chosen))}, form="write")


def page(
    number: int,
    *,
    refused: str = "",
    draft: Mapping[str, str] | None = None,
    form: str = "",
    crossed: Sequence[Crossing] = (),
    said: str = "",
    kept: Sequence[Kept] = (),
) -> ResponseReturnValue:
    """The ticket's page; where something was refused, with the reason and what had been written.

    Shape: `form` names the form that was refused, so that it stands open; `crossed` is what others said meanwhile,
    `kept` the files of a draft that are stored already.
    """
    with visit.reading() as rows:
        ticket = correspondence.ticket(rows, number)
        if ticket is None:
            abort(404)
        context = _context(rows, ticket)
    shown = render_template("web/ticket.html", refused=refused, draft=draft or {}, form=form, crossed=crossed,
                            said_now=said, kept=kept, **context)  # fmt: skip
    return shown, 409 if refused or crossed else 200


def _context(rows: Session, ticket: Ticket) -> dict[str, Any]:
    reader = visit.reader()
    entries = correspondence.entries(rows, ticket.id)
    agreement = changes.agreement(rows, visit.services().letterhead, ticket)
    standing = sla.standing(correspondence.as_events(entries), agreement.terms)
    newest = MOST_SHOWN if "all" not in request.args else MOST_LOADED
    messages = correspondence.messages(rows, ticket.id, newest=newest)
    staff = people.engineers(rows)
    beside = panel.of_ticket(rows, ticket, messages)
    source = _source(rows, ticket, entries, messages, marks=beside.marks)
    return {
        "title": f"{visit.number_of(ticket.id)} {ticket.subject}",
        "ticket": ticket,
        "aws": beside,
        "agreement": agreement,
        "earlier": correspondence.count_messages(rows, ticket.id) - len(messages),
        "thread": timeline.thread(source, reader),
        "clocks": _clocks(standing),
        "claims": exclusion_list.on_ticket(exclusion_list.Log(ticket.id, entries, source.names), messages),
        "calls": escalation.waiting(
            correspondence.as_events(entries),
            standing,
            agreement.terms,
            letters=source.letters,
            engineers=staff,
            names=source.names,
            reader=reader,
        ),
        "evidence": telling.evidence(ticket.priority_evidence, ticket.priority, reader),
        "participants": (participants := correspondence.participants(rows, ticket.id)),
        "resting": returned.resting(rows, _written_to(ticket, participants), visit.now(), reader),
        "followers": correspondence.followers(rows, ticket.id),
        "canned_answers": canned.serving(rows, ticket.language[:2]),
        "related": relatives.of_ticket(rows, ticket),
        "contacts": people.contacts(rows, ticket.customer_id),
        "local_time": i18n.clock(visit.now(), agreement.zone),
        "fresh_name": secrets.random_token(),
        "waiting_acts": (waiting := waiting_acts.of_ticket(rows, ticket.id)),
        "last_act": max((each.row.id for each in waiting), default=0),
        "last_message": max((row.id for row in messages), default=0),
        "seen": entries[-1].seq if entries else 0,
        "engineers": staff,
        "priorities": [level for level in Priority if level != ticket.priority],
        "statuses": reachable(Status(ticket.status)),
        "can_write": Action.ENGINEER_REPLIES in TRANSITIONS[Status(ticket.status)],
        "can_resolve": Action.RESOLVE in TRANSITIONS[Status(ticket.status)],
        "can_ask": Action.ASK_CUSTOMER in TRANSITIONS[Status(ticket.status)],
    }


def _source(
    rows: Session,
    ticket: Ticket,
    entries: Sequence[TicketEvent],
    messages: Sequence[Message],
    *,
    marks: Mapping[int, tuple[timeline.Tag, ...]],
) -> timeline.Source:
    """What the thread of a ticket is made of."""
    letters = correspondence.letters_of(rows, ticket.id)
    return timeline.Source(
        messages=messages,
        entries=entries,
        letters=letters,
        reports=suppression.reports_of(rows, [letter.id for letter in letters]),
        evidence=ticket.priority_evidence,
        names=people.names(rows),
        contacts=people.known_contacts(rows, {row.author_email.lower() for row in messages}),
        marks=marks,
    )


def _written_to(ticket: Ticket, participants: Sequence[Participant]) -> list[str]:
    return [ticket.requester_email, *(each.email for each in participants)]


def reachable(status: Status) -> list[Status]:
    """The statuses an engineer can set by hand, but for those that need a letter to the customer."""
    found = []
    for wanted in Status:
        try:
            action_towards(status, wanted)
        except InvalidTransition:
            continue
        if wanted is not status:
            found.append(wanted)
    return found


def _clocks(standing: Standing) -> list[clocks.Due]:
    return [clocks.of_standing(standing, target, visit.now(), visit.reader()) for target in Target]
