"""What engineers do to tickets by mail: their answer to the customer, or the commands of its first lines.

Nothing that only engineers may read leaves this way: a text goes to the customer only where it stands in one piece
and repeats neither a work note of the ticket nor a letter of ours to engineers. Otherwise it stays a work note.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from gateway.domain import commands
from gateway.domain.commands import Command, Order, Verb
from gateway.domain.lifecycle import EventKind, InvalidTransition, Status
from gateway.mail.message import Attachment
from gateway.store.blobs import Blobs
from gateway.store.models import Engineer
from gateway.store.queries import answered
from gateway.tickets import NotFound, Refused, clearing, enclosing, escalating, handling, understanding
from gateway.tickets.changes import actor, finish, locked
from gateway.tickets.letterhead import Letterhead
from gateway.tickets.log import Entry
from gateway.tickets.messages import Entrance
from gateway.tickets.understanding import Outcome

_MOST_BYTES: Final = 20 * 1024 * 1024
"""What files of one mail weigh at most on their way to a customer: in base64 a third more."""
_TEXTUAL: Final = (Verb.NOTE, Verb.REPLY, Verb.WAIT, Verb.RESOLVE)


@dataclass(frozen=True, slots=True)
class Errand:
    """An engineer's authenticated mail about a ticket. Shape: `letter` is the one it answers, empty where unknown."""

    session: Session
    head: Letterhead
    blobs: Blobs
    ticket_id: int
    entrance: Entrance
    author: Engineer
    letter: str
    at: datetime


def carry_out(session: Session, head: Letterhead, blobs: Blobs, ticket_id: int, *, entrance: Entrance,
              engineer_id: int, letter: str, at: datetime) -> None:  # fmt: skip
    """Do what an engineer's mail asks, and tell them what was understood and done, or why not.

    Their text goes to the customer where a command says so, or where no command says otherwise and the mail answers
    a letter that brought a customer's message. Whatever else it is, it stays a work note.
    """
    author = session.get_one(Engineer, engineer_id)
    errand = Errand(session, head, blobs, ticket_id, entrance, author, letter, at)
    order = commands.read(entrance.message.excerpt.new)
    outcomes = [_attempt(errand, each) for each in order.commands if each.verb not in _TEXTUAL]
    told = _say(errand, order)
    outcomes += [told] if told else []
    if told is None or told.done and told.code != "note":
        _acknowledge(errand)
    else:
        escalating.acknowledge_by_mail(
            session, head, blobs, ticket_id, entrance=entrance, engineer_id=engineer_id, at=at
        )
    if order.commands or not all(each.done for each in outcomes):
        understanding.tell(session, head, ticket_id, outcomes, author=author, entrance=entrance, at=at)


def _attempt(errand: Errand, command: Command) -> Outcome:
    acts: dict[Verb, Callable[[Errand, Command], Outcome]] = {
        Verb.ASSIGN: _assign, Verb.TAKE: _take, Verb.PRIORITY: _priority, Verb.ESCALATE: _escalate,
    }  # fmt: skip
    act = acts.get(command.verb)
    if act is None:
        return Outcome("unknown", command.said)
    return _guarded(errand, command.said, lambda: act(errand, command))


def _guarded(errand: Errand, said: str, act: Callable[[], Outcome]) -> Outcome:
    """What became of an act; one that is refused leaves nothing behind."""
    try:
        with errand.session.begin_nested():
            return act()
    except InvalidTransition as fault:
        return Outcome("status", said, str(fault.status))
    except (Refused, NotFound) as fault:
        return Outcome("refused", said, str(fault))


def _assign(errand: Errand, command: Command) -> Outcome:
    people = answered.colleagues(errand.session)
    found = commands.named(command.argument, people)
    names = {each: name for each, name, _ in people}
    if len(found) != 1:
        code = "several-engineers" if found else "no-such-engineer"
        return Outcome(code, command.said, ", ".join(names[each] for each in found[:5]) or command.argument)
    return _given(errand, command, found[0], names[found[0]])


def _take(errand: Errand, command: Command) -> Outcome:
    return _given(errand, command, errand.author.id, errand.author.name)


def _given(errand: Errand, command: Command, to: int, name: str) -> Outcome:
    handling.assign(
        errand.session, errand.head, errand.ticket_id, author=errand.author, assignee_id=to, at=errand.at
    )
    return Outcome("assigned", command.said, name, done=True)


def _priority(errand: Errand, command: Command) -> Outcome:
    wanted, reason = commands.priority_of(command.argument)
    if wanted is None:
        return Outcome("no-priority", command.said)
    if not reason:
        return Outcome("no-reason", command.said)
    if fault := clearing.fault_of_line(errand.session, errand.head, errand.ticket_id, reason):
        return Outcome(fault.code, command.said, fault.value)  # the customer is told the reason
    handling.change_priority(
        errand.session, errand.head, errand.ticket_id, author=errand.author, priority=wanted, reason=reason,
        at=errand.at,
    )  # fmt: skip
    return Outcome("priority", command.said, str(wanted), done=True)


def _escalate(errand: Errand, command: Command) -> Outcome:
    handling.escalate(
        errand.session, errand.head, errand.ticket_id, author=errand.author, reason=command.argument, at=errand.at
    )  # fmt: skip
    return Outcome("escalated", command.said, done=True)


def _say(errand: Errand, order: Order) -> Outcome | None:
    """What becomes of the mail's text; None where there is none, and none is needed."""
    said = [each for each in order.commands if each.verb in _TEXTUAL]
    shown = "; ".join(each.said for each in said)
    verb = said[-1].verb if said else None
    then, text = _text(said, order.text)
    if verb is None and not (text.strip() and order.commands) and errand.letter not in commands.CARRYING:
        return _nothing_said(errand, order) if order.commands else Outcome("note", shown, done=True)
    if commands.contradictory(order.commands):
        return Outcome("contradiction", shown)
    if verb is Verb.NOTE or (verb is None and errand.letter not in commands.CARRYING):
        return Outcome("note" if text.strip() else "no-text", shown, done=bool(text.strip()))
    if not text.strip():
        return _without_text(errand, then, shown) if said else _nothing_said(errand, order)
    if order.asks(Verb.UNKNOWN):
        return Outcome("beside-unknown", shown)
    return _send(errand, text, then, shown)


def _nothing_said(errand: Errand, order: Order) -> Outcome | None:
    """Commands need no text; files without one are kept, and so is a mail that says nothing at all."""
    files, _ = clearing.sendable(errand.entrance.message.attachments)
    if not order.commands:
        return Outcome("no-text")
    return Outcome("note", done=True) if files else None


def _text(said: list[Command], below: str) -> tuple[Status | None, str]:
    """Where the ticket goes with a text, and the text: what stands behind the commands, then what is below."""
    then, parts = None, []
    for each in said:
        rest = each.argument
        if each.verb is Verb.WAIT:
            then, rest = commands.wait_of(each.argument)
        elif each.verb is Verb.RESOLVE:
            then = Status.RESOLVED
        parts.append(rest)
    return then, "\n\n".join(part for part in (*parts, below) if part.strip())


def _without_text(errand: Errand, then: Status | None, said: str) -> Outcome:
    """Waiting for somebody else needs no words to the customer but those of the change itself."""
    if then not in (Status.WAITING_AWS, Status.WAITING_THIRD_PARTY):
        return Outcome("no-text", said)

    def wait() -> Outcome:
        handling.change_status(
            errand.session, errand.head, errand.ticket_id, author=errand.author, status=then, at=errand.at
        )
        return Outcome(str(then), said, done=True)

    return _guarded(errand, said, wait)


def _send(errand: Errand, text: str, then: Status | None, said: str) -> Outcome:
    files, left_out = clearing.sendable(errand.entrance.message.attachments)
    fault = clearing.fault(
        errand.session, errand.head, errand.ticket_id, message=errand.entrance.message, text=text, files=files
    )
    if fault is not None:
        return Outcome(fault.code, said, fault.value)

    def send() -> Outcome:
        sent = handling.reply(
            errand.session, errand.head, errand.ticket_id, author=errand.author, text=text, then=then,
            attachments=_stored(errand, files), at=errand.at,
        )  # fmt: skip
        sent.delivery_id = errand.entrance.delivery_id
        errand.session.flush()
        return Outcome(str(then or "replied"), said, done=True, left_out=", ".join(left_out))

    return _guarded(errand, said, send)


def _stored(errand: Errand, files: Sequence[Attachment]) -> Sequence[Attachment]:
    given = [enclosing.File(each.filename, each.content_type, each.content) for each in files]
    return enclosing.enclosed(errand.session, errand.blobs, given, most_bytes=_MOST_BYTES, at=errand.at)


def _acknowledge(errand: Errand) -> None:
    """Whoever acts on a ticket has seen what called on it (P5)."""
    ticket = locked(errand.session, errand.ticket_id)
    if escalating.waiting(errand.session, errand.head, ticket):
        seen = Entry(
            EventKind.ACKNOWLEDGED, errand.entrance.accepted_at, actor(errand.author), {"by": "mail"}
        )
        finish(errand.session, errand.head, ticket, [seen], at=errand.at)
