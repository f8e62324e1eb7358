"""Signed links of letters: what each grants, to whom, on which ticket.

A link names its reader as a participant of the ticket, so that it grants nothing any more once they take no part. It
opens a page that says what will happen; only a press of its button does it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Session

from gateway import secrets
from gateway.mail import address
from gateway.mail.message import Mailbox
from gateway.store.models import Ticket
from gateway.store.queries import desk
from gateway.tickets import NotFound
from gateway.tickets.letterhead import Letterhead

LIFETIME: Final = timedelta(days=90)
_NAME_LENGTH: Final = 10


@unique
class Act(StrEnum):
    """What a link lets its reader do."""

    ESCALATE = "escalate"
    CONFIRM = "confirm"
    NOT_FIXED = "not-fixed"


PATHS: Final[Mapping[Act, str]] = MappingProxyType({Act.ESCALATE: "e", Act.CONFIRM: "c", Act.NOT_FIXED: "n"})
_WORDS: Final[Mapping[Act, str]] = MappingProxyType(
    {Act.ESCALATE: "escalate_link", Act.CONFIRM: "confirm_link", Act.NOT_FIXED: "not_fixed_link"}
)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who opened a link, on which ticket."""

    ticket: Ticket
    person: Mailbox


def links(
    head: Letterhead, ticket_id: int, *acts: Act, at: datetime
) -> Callable[[Mailbox], Mapping[str, object]]:
    """The links of a letter for each of its readers, as `letterhead.Post.personal` wants them."""

    def personal(reader: Mailbox) -> Mapping[str, object]:
        return {_WORDS[act]: link(head, ticket_id, act, reader, at=at) for act in acts}

    return personal


def link(head: Letterhead, ticket_id: int, act: Act, reader: Mailbox, *, at: datetime) -> str:
    """The address of the page on which a reader can do something."""
    value = f"{ticket_id}-{_name(head, reader)}"
    return f"{head.base_url}/{PATHS[act]}/{secrets.grant(head.secret, _purpose(act), value, at + LIFETIME)}"


def holder(session: Session, head: Letterhead, act: Act, token: str, *, at: datetime) -> Holder:
    """Whom a link was given to.

    Errors: NotFound where it is not ours, is for something else, has expired, or its reader takes no part any more.
    """
    try:
        value = secrets.granted(head.secret, _purpose(act), token[:200], at)
    except secrets.BadToken as bad:
        raise NotFound(str(bad)) from None
    number, _, name = value.partition("-")
    ticket = session.get(Ticket, int(number))
    requesters, others = desk.participants(session, int(number))
    person = next((box for box in (*requesters, *others) if _name(head, box) == name), None)
    if ticket is None or person is None:
        raise NotFound("whom this link was given to takes no part any more")
    return Holder(ticket, person)


def _name(head: Letterhead, reader: Mailbox) -> str:
    return secrets.sign(head.secret, "link-reader", address.normalise(reader.address))[:_NAME_LENGTH]


def _purpose(act: Act) -> str:
    return f"link-{act}"
