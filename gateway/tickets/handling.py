"""What engineers do to tickets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from gateway.domain import lifecycle, sla
from gateway.domain.exclusions import exclusions
from gateway.domain.lifecycle import Action, EventKind, Status
from gateway.domain.sla import Standing, violated_at
from gateway.domain.terms import Priority
from gateway.mail.message import Attachment, Mailbox
from gateway.store.models import Direction, Engineer, Message, Participant, Role, Ticket, table
from gateway.tickets import (
    Refused,
    assigning,
    case_relaying,
    changes,
    enclosing,
    escalating,
    log,
    messages,
    scanned,
    telling,
)
from gateway.tickets.acknowledging import Opened, tell_management
from gateway.tickets.assigning import Assignment
from gateway.tickets.changes import actor, finish, locked, status_entry
from gateway.tickets.letterhead import Letterhead
from gateway.tickets.log import Entry

MARKS: Final = ("spam", "withdrawn")
"""As what an engineer marks a ticket that does not count."""
_ACTIONS = {
    None: Action.ENGINEER_REPLIES,
    Status.WAITING_CUSTOMER: Action.ASK_CUSTOMER,
    Status.WAITING_AWS: Action.WAIT_AWS,
    Status.WAITING_THIRD_PARTY: Action.WAIT_THIRD_PARTY,
    Status.OPEN: Action.ENGINEER_REPLIES,
    Status.RESOLVED: Action.RESOLVE,
}


def reply(session: Session, head: Letterhead, ticket_id: int, *, author: Engineer, text: str,
          then: Status | None = None, attachments: Sequence[Attachment] = (), at: datetime) -> Message:  # fmt: skip
    """Answer the customer; `then` says where the ticket goes with it. The answer counts once it may leave (P1).

    Shape: `attachments` are stored already, under their SHA-256.
    Errors: NotFound, Refused, InvalidTransition.
    """
    ticket = locked(session, ticket_id)
    if not text.strip():
        raise Refused("a reply needs a text")
    scanned.refuse(session, head, attachments)
    if then not in _ACTIONS:
        raise Refused("a reply cannot make a ticket %(status)s", status=then)
    before = Status(ticket.status)
    after = lifecycle.advance(before, _ACTIONS[then])
    about = telling.correspondence(session, head, ticket)
    if not about.to:
        raise Refused("this ticket has nobody to answer")
    people = [["to", box.name, box.address] for box in about.to] + [
        ["cc", box.name, box.address] for box in about.cc
    ]
    message = _write(
        session, ticket, author, text=text, direction=Direction.OUTBOUND, at=at, recipients=people
    )
    enclosing.attach(session, message.id, attachments)
    told = after if after is not before or then else None
    sent = telling.send_reply(
        session, head, about, message, author=author, status=told, attachments=attachments, at=at
    )
    if not sent:
        raise Refused("the requester's address cannot be written to")
    scanned.hold(session, head, message.id, [each.sha256 for each in attachments], at=at)
    entries = [Entry(EventKind.REPLY, at + head.undo, actor(author), {"message": message.id})]
    if after is not before or (then is Status.WAITING_CUSTOMER and not _waits(session, ticket_id)):
        entries.append(status_entry(before, after, "reply", by=actor(author), at=at, message_id=message.id))
    finish(session, head, ticket, entries, status=after, at=at)
    return message


def note(session: Session, head: Letterhead, ticket_id: int, *, author: Engineer, text: str,
         attachments: Sequence[Attachment] = (), at: datetime) -> Message:  # fmt: skip
    """Write a work note. Notes have no mail path at all.

    Errors: NotFound, Refused.
    """
    ticket = locked(session, ticket_id)
    if not text.strip():
        raise Refused("a note needs a text")
    message = _write(session, ticket, author, text=text, direction=Direction.NOTE, at=at)
    enclosing.attach(session, message.id, attachments)
    entries = [Entry(EventKind.NOTE, at, actor(author), {"message": message.id})]
    finish(session, head, ticket, entries, at=at)
    return message


def assign(session: Session, head: Letterhead, ticket_id: int, *, author: Engineer, assignee_id: int | None,
           at: datetime) -> None:  # fmt: skip
    """Give a ticket to an engineer, or to nobody.

    Errors: NotFound, Refused.
    """
    ticket = locked(session, ticket_id)
    if ticket.status == Status.CLOSED:
        raise Refused("a closed ticket is final")
    if ticket.assignee_id == assignee_id:
        return
    assignee = session.get(Engineer, assignee_id) if assignee_id is not None else None
    if assignee_id is not None and (assignee is None or not assignee.active or assignee.role == Role.READER):
        raise Refused("there is no such engineer")
    data = {"from": ticket.assignee_id, "to": assignee_id, "reasons": ["by-hand"]}
    ticket.assignee_id = assignee_id
    finish(session, head, ticket, [Entry(EventKind.ASSIGNED, at, actor(author), data)], at=at)
    if assignee is not None:
        assigning.tell(session, head, ticket, Assignment(assignee, ("by-hand",)), by=author, at=at)


def change_status(session: Session, head: Letterhead, ticket_id: int, *, author: Engineer, status: Status,
                  text: str = "", at: datetime) -> None:  # fmt: skip
    """Move a ticket by hand and tell the customer. Resolving needs a text by a person, which answers them (P1).

    Closing what is not resolved needs a reason, and does not count as resolving it.

    Errors: NotFound, Refused, InvalidTransition.
    """
    ticket = locked(session, ticket_id)
    before = Status(ticket.status)
    lifecycle.action_towards(before, status)
    if status is Status.RESOLVED and before is not Status.CLOSED:
        if not text.strip():
            raise Refused("resolving needs a text for the customer")
        reply(session, head, ticket_id, author=author, text=text, then=Status.RESOLVED, at=at)
        return
    if status is Status.CLOSED and before is not Status.RESOLVED and not text.strip():
        raise Refused("closing a ticket that is not resolved needs a reason")
    entry = status_entry(before, status, "by-hand", by=actor(author), at=at, words=text.strip())
    finish(session, head, ticket, [entry], status=status, at=at)
    about = telling.correspondence(session, head, ticket)
    telling.tell_status(session, head, about, before=before, by=author.name, reason=text.strip(), at=at)


def change_priority(session: Session, head: Letterhead, ticket_id: int, *, author: Engineer, priority: Priority,
                    reason: str, at: datetime) -> None:  # fmt: skip
    """Change a ticket's priority with a stated reason, tell the customer, and management where it becomes Critical.

    Errors: NotFound, Refused.
    """
    ticket = locked(session, ticket_id)
    before = Priority(ticket.priority)
    if ticket.status in (Status.RESOLVED, Status.CLOSED):
        raise Refused("the priority of a resolved or closed ticket does not change")
    if priority is before:
        return
    if not reason.strip():
        raise Refused("a change of priority needs a reason")
    ticket.priority = priority
    data = {"priority": str(priority), "from": str(before)}
    entry = Entry(EventKind.PRIORITY, at, actor(author), data, words=reason.strip())
    proposed = case_relaying.priority_changed(session, ticket, before=before, at=at)
    standing = finish(session, head, ticket, [entry, *proposed], at=at)
    about = telling.correspondence(session, head, ticket)
    telling.tell_priority(session, head, about, before=before, by=author.name, reason=reason.strip(), at=at)
    opened = Opened(ticket.id, ticket.subject, ticket.customer.name if ticket.customer else "",
                    ticket.requester_email, True, standing, about.agreement)  # fmt: skip
    tell_management(session, head, opened, at, became=True)


def escalate(session: Session, head: Letterhead, ticket_id: int, *, author: Engineer, reason: str,
             at: datetime) -> None:  # fmt: skip
    """Tell everybody of the ladder now that a ticket is to be looked at higher up (P5).

    Errors: NotFound, Refused.
    """
    ticket = locked(session, ticket_id)
    if ticket.status == Status.CLOSED:
        raise Refused("a closed ticket is final")
    entries = escalating.ask(
        session, head, ticket, by=actor(author), at=at, who=author.name, reason=reason.strip()
    )
    finish(session, head, ticket, entries, at=at)


def add_participant(session: Session, head: Letterhead, ticket_id: int, *, author: Engineer, person: Mailbox,
                    at: datetime) -> None:  # fmt: skip
    """Let somebody take part from now on; they get no history.

    Errors: NotFound, Refused.
    """
    ticket = locked(session, ticket_id)
    email = messages.address_of(person)
    if session.get(Participant, (ticket_id, email)) is None:
        row = {"ticket_id": ticket_id, "email": email, "name": person.name[:200], "role": "cc"}
        session.execute(table(Participant).insert(), row)
        entry = Entry(EventKind.LINKED, at, actor(author), {"what": "participant"}, words=email)
        finish(session, head, ticket, [entry], at=at)


def mark(session: Session, head: Letterhead, ticket_id: int, *, author: Engineer, as_: str, reason: str,
         at: datetime, rights: Role | None = None) -> None:  # fmt: skip
    """Close a ticket that does not count: spam, or withdrawn by the customer before any violation (P12).

    A violated one is called spam by a manager only; `rights` as in `excluding.strike`. A withdrawal is told to the
    customer, spam is never answered.
    Errors: NotFound, Refused.
    """
    ticket = locked(session, ticket_id)
    if as_ not in MARKS:
        raise Refused("a ticket is marked as spam or as withdrawn")
    if ticket.discounted:
        raise Refused("this ticket is marked already")
    if not reason.strip():
        raise Refused("marking a ticket needs a reason")
    violated = violated_at(_standing(session, head, ticket), at) is not None
    if as_ == "withdrawn" and (violated or ticket.status == Status.CLOSED):
        raise Refused("a ticket is withdrawn before it is closed and before any violation")
    if as_ == "spam" and violated and (rights or Role(author.role)).rank < Role.MANAGER.rank:
        raise Refused("after a violation only a manager calls a ticket spam")
    before = Status(ticket.status)
    entries = [Entry(EventKind.MARKED, at, actor(author), {"as": as_}, words=reason.strip())]
    if before is not Status.CLOSED:
        entries.append(status_entry(before, Status.CLOSED, "by-hand", by=actor(author), at=at))
    ticket.discounted = as_
    finish(session, head, ticket, entries, status=Status.CLOSED, at=at)
    if as_ == "withdrawn":
        about = telling.correspondence(session, head, ticket)
        telling.tell_status(session, head, about, before=before, by=author.name, reason=reason.strip(), at=at)


def _waits(session: Session, ticket_id: int) -> bool:
    """Whether a question to the customer pauses the clocks already: none does that was moved there by hand, refused
    or struck.
    """
    found = exclusions(log.events(session, ticket_id))
    return any(one.automatic and one.counts and one.end is None for one in found)


def _standing(session: Session, head: Letterhead, ticket: Ticket) -> Standing:
    terms = changes.agreement(session, head, ticket).terms
    return sla.standing(log.events(session, ticket.id), terms)


def _write(session: Session, ticket: Ticket, author: Engineer, *, text: str, direction: Direction, at: datetime,
           recipients: Sequence[Sequence[str]] = ()) -> Message:  # fmt: skip
    row = messages.blank(ticket.id, direction, at) | {
        "author_name": author.name,
        "author_email": author.email,
        "engineer_id": author.id,
        "text": text,
        "new_text": text,
        "recipients": [list(each) for each in recipients],
        "authenticated": True,
    }
    made = session.execute(table(Message).insert().returning(table(Message).c.id), row)
    return session.get_one(Message, made.scalar_one())
