"""Who gets a ticket, chosen among those on call, and who is told of it (P3).

Without any rota nothing is assigned by itself: tickets wait in the queue for somebody to take them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from gateway import i18n
from gateway.domain import assignment, catalogue
from gateway.domain.assignment import Candidate, Choice, Code, Need
from gateway.domain.lifecycle import EventKind
from gateway.domain.rota import Stretch
from gateway.domain.terms import Priority
from gateway.mail.message import Mailbox
from gateway.store.models import Engineer, Promise, Role, Ticket
from gateway.store.queries import desk, duty, people, workload
from gateway.tickets.letterhead import Letterhead, Post, post
from gateway.tickets.log import Entry

MANAGEMENT: Final = (Role.MANAGER, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who a ticket went to, or nobody, with the reasons as the log keeps them. Shape: `team` is the shift's."""

    engineer: Engineer | None
    reasons: tuple[str, ...]
    team: str = ""

    def entry(self, at: datetime, *, before: int | None = None) -> Entry:
        """The assignment as the log keeps it."""
        to = self.engineer.id if self.engineer else None
        data: dict[str, object] = {"from": before, "to": to, "reasons": list(self.reasons)}
        return Entry(EventKind.ASSIGNED, at, "system", data)


def suitable(session: Session, need: Need, customer_id: int | None, at: datetime) -> Assignment | None:
    """Who is to have a ticket now; None where no rota says who could."""
    if not duty.has_rota(session):
        return None
    engineers = {each.id: each for each in people.engineers(session)}
    on_shift: dict[int, Stretch] = {}
    for stretch in duty.shift_at(session, at):
        on_shift.setdefault(stretch.engineer, stretch)
    order = [*on_shift, *(each for each in engineers if each not in on_shift)]
    loads = workload.open_tickets(session, on_shift)
    handled = workload.handled(session, customer_id, on_shift)
    candidates = [
        Candidate(
            engineer_id=each,
            shift=_shift_name(on_shift[each]) if each in on_shift else None,
            language=engineers[each].language,
            skills=frozenset(str(skill).lower() for skill in engineers[each].skills),
            open=loads.get(each, {}),
            handled=handled.get(each, 0),
        )
        for each in order
    ]
    return _assignment(assignment.choose(candidates, need), engineers, on_shift)


def at_opening(session: Session, columns: dict[str, Any], text: str, at: datetime) -> Assignment | None:
    """Who gets a new ticket, noted in its columns beside what its words name of AWS; None where there is no rota."""
    columns |= named_in(session, columns["customer_id"], f"{columns['subject']}\n{text}")
    given = suitable(session, need_of(columns), columns["customer_id"], at)
    columns["assignee_id"] = given.engineer.id if given and given.engineer else None
    return given


def need_of(columns: Mapping[str, Any]) -> Need:
    """What a ticket with these columns asks of its engineer."""
    services = tuple(str(each) for each in columns.get("aws_services") or ())
    return Need(str(columns["language"]), services, str(columns["service"]))


def named_in(session: Session, customer_id: int | None, text: str) -> dict[str, Any]:
    """The AWS columns of a ticket as its words name them: services, region, an account of that customer."""
    numbers = catalogue.aws_accounts(text)
    known = workload.accounts_of(session, customer_id, numbers)
    return {
        "aws_services": list(catalogue.aws_services(text)),
        "aws_region": catalogue.aws_region(text),
        "aws_account_id": next((number for number in numbers if number in known), None),
    }


def tell_at_opening(session: Session, head: Letterhead, ticket_id: int, given: Assignment | None, *,
                    by: Engineer | None = None, at: datetime) -> None:  # fmt: skip
    """Tell of the assignment of a new ticket. Of a Critical one its engineer and management know, told only once."""
    if given is None:
        return
    ticket = session.get_one(Ticket, ticket_id)
    already = []
    if ticket.priority == Priority.CRITICAL:
        already = [
            *desk.engineers_of_role(session, MANAGEMENT),
            *([given.engineer] if given.engineer else []),
        ]
    tell(session, head, ticket, given, by=by, but=[each.id for each in already], at=at)


def tell(session: Session, head: Letterhead, ticket: Ticket, given: Assignment, *, by: Engineer | None = None,
         but: Collection[int] = (), at: datetime) -> None:  # fmt: skip
    """Tell the engineer of a new assignment, or leads and management that there is nobody.

    Shape: `by` is who assigned it, who is not told of their own act; `but` were told at the same occasion.
    """
    told = [given.engineer] if given.engineer else desk.engineers_of_role(session, (Role.LEAD, *MANAGEMENT))
    letter = "engineer-assigned" if given.engineer else "engineer-unassigned"
    for engineer in told:
        if engineer.id in but or (by is not None and by.id == engineer.id):
            continue
        language = head.letter_language(engineer.language)
        words = _words(head, ticket, engineer) | _why(given, language) | {"by": by.name if by else None}
        what = Post(
            letter=letter,
            occasion=f"{letter}:{ticket.id}:{at.isoformat()}:{engineer.id}",
            language=language,
            words=words,
            to=[Mailbox(engineer.name, engineer.email)],
            promise=Promise.AT_LEAST_ONCE,
            ticket_id=ticket.id,
        )
        post(session, head, what, at)


def _words(head: Letterhead, ticket: Ticket, engineer: Engineer) -> dict[str, object]:
    return {
        "ticket": head.number(ticket.id),
        "zone": engineer.time_zone,
        "priority": ticket.priority,
        "received_at": ticket.opened_at,
        "first_response_due_at": None if ticket.first_response_at else ticket.first_response_due_at,
        "resolution_due_at": ticket.resolution_due_at,
        "link": head.link(ticket.id),
        "subject": ticket.subject,
        "customer": ticket.customer.name if ticket.customer else None,
        "requester": ticket.requester_name or ticket.requester_email,
    }


def _why(given: Assignment, language: str) -> dict[str, object]:
    if given.engineer is None:
        return {"nobody_active": str(Code.NOBODY_ACTIVE) in given.reasons}
    return {"reasons": [i18n.reason(each, language) for each in given.reasons if each != "by-hand"]}


def _assignment(
    choice: Choice, engineers: Mapping[int, Engineer], on_shift: Mapping[int, Stretch]
) -> Assignment:
    reasons = tuple(each.told() for each in choice.reasons)
    if choice.engineer_id is None:
        return Assignment(None, reasons)
    return Assignment(engineers[choice.engineer_id], reasons, on_shift[choice.engineer_id].team)


def _shift_name(stretch: Stretch) -> str:
    return " ".join(part for part in (stretch.team, stretch.name) if part)
