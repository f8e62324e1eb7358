"""Tickets that changed are put into the search index some seconds after the fact, beside the path of a mail.

Measured against writing the index in the transaction of the mail: a mark costs it some microseconds, the tokens of a
mail and their index entries over a millisecond, and ten answers in a row cost one reading of the ticket.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.domain.tokens import Field
from gateway.store import leases, search
from gateway.store.models import Attachment, AwsCase, Direction, Lease, Message, Ticket, table
from gateway.store.search import Document
from gateway.store.session import SessionFactory

BATCH: Final = 24
MESSAGE_TOKENS: Final = 6_000
_MESSAGE_CHARACTERS: Final = 60_000
_MOST_MESSAGES: Final = 200
_MOST_FILES: Final = 500
_RIGHT: Final = "search-index"
_SHOWN: Final = (Direction.INBOUND, Direction.OUTBOUND)

_tickets, _messages, _cases = table(Ticket).c, table(Message).c, table(AwsCase).c
_NUMBER: Final[sa.BindParameter[int]] = sa.bindparam("number")
_TICKET: Final = sa.select(
    _tickets.subject, _tickets.requester_name, _tickets.requester_email, _tickets.aws_account_id
).where(_tickets.id == _NUMBER)
_SAID: Final = sa.select(
    _messages.id, _messages.direction, _messages.held, _messages.author_name, _messages.author_email,
    _messages.subject,
    sa.func.substr(_messages.new_text, 1, _MESSAGE_CHARACTERS).label("new_text"),
    sa.func.substr(_messages.text, 1, _MESSAGE_CHARACTERS).label("text"),
).where(_messages.ticket_id == _NUMBER)  # fmt: skip
_NEWEST: Final = _SAID.order_by(_messages.id.desc()).limit(_MOST_MESSAGES)
_FIRST: Final = _SAID.order_by(_messages.id).limit(1)
_FILES: Final = (
    sa.select(table(Attachment).c.message_id, table(Attachment).c.filename)
    .where(table(Attachment).c.message_id.in_(sa.bindparam("messages", expanding=True)))
    .order_by(table(Attachment).c.id)
    .limit(_MOST_FILES)
)
_CASES: Final = (
    sa.select(_cases.case_id, _cases.display_id, _cases.subject)
    .where(_cases.ticket_id == _NUMBER)
    .order_by(_cases.id)
)


@dataclass(frozen=True, slots=True)
class Indexing:
    """The loop over what the index has still to be told of, wired once per process; one process does it at a time.

    Shape: `prefix` is what ticket numbers begin with.
    """

    sessions: SessionFactory
    transaction: Callable[[], AbstractContextManager[Session]]
    reading: Callable[[], AbstractContextManager[Session]]
    owner: str
    prefix: str
    now: Callable[[], datetime]

    def drain(self, until: datetime) -> bool:
        """Index what changed until nothing is left or the time is over; whether work is left."""
        with self.reading() as session:
            if not search.waits(session):
                return False
        fence = leases.hold(self.sessions, _RIGHT, self.owner, leases.SECONDS)
        if fence is None:
            return False
        try:
            while self.now() < until:
                if not self._batch(fence):
                    return False
        finally:
            leases.release(self.sessions, _RIGHT, self.owner)
        return True

    def _batch(self, fence: int) -> bool:
        """Whether there was something to do and the right to it. No database waits while we make tokens."""
        with self.reading() as session:
            marks = search.marked(session, BATCH)
            documents = {number: document(session, number, prefix=self.prefix) for number in marks}
        if not marks:
            return False
        with self.transaction() as session:
            if not _leads(session, fence):
                return False
            search.write(session, documents, [each for found in marks.values() for each in found])
        return True


def _leads(session: Session, fence: int) -> bool:
    found = sa.select(Lease.fence).where(Lease.name == _RIGHT).with_for_update()
    return session.execute(found).scalar_one_or_none() == fence


def document(session: Session, ticket_id: int, *, prefix: str) -> Document | None:
    """What the index should hold of a ticket: None where there is none.

    What was newly written comes before what was quoted, the opening before the newest before the older, each line
    once: of a ticket beyond the bounds those are found that are looked for most.
    """
    told = {"number": ticket_id}
    ticket = session.execute(_TICKET, told).one_or_none()
    if ticket is None:
        return None
    made = Document()
    heading = (f"{prefix}-{ticket_id}", ticket.subject, ticket.requester_name, ticket.requester_email)
    for each in (*heading, ticket.aws_account_id or ""):
        made.shown.say(each, MESSAGE_TOKENS)
    made.shown.sign(ticket.requester_name, ticket.requester_email)
    for case in session.execute(_CASES, told):
        for each in case:
            made.desk.say(each or "", MESSAGE_TOKENS)
    _say_messages(made, _said(session, told), session)
    return made


def _said(session: Session, told: dict[str, int]) -> list[Any]:
    """The opening, then the newest messages."""
    newest = session.execute(_NEWEST, told).all()
    first = newest[-1:] if len(newest) < _MOST_MESSAGES else session.execute(_FIRST, told).all()
    return [*first, *(row for row in newest if row.id != first[0].id)]


def _say_messages(made: Document, said: Sequence[Any], session: Session) -> None:
    files: dict[int, list[str]] = {}
    for message_id, filename in session.execute(_FILES, {"messages": [row.id for row in said]}):
        files.setdefault(message_id, []).append(filename)
    seen: dict[bool, set[str]] = {True: set(), False: set()}
    left = {row.id: MESSAGE_TOKENS for row in said}
    for row in said:
        shown = row.direction in _SHOWN and not row.held
        part = made.shown if shown else made.desk
        part.sign(row.author_name, row.author_email)
        about = (row.subject, row.author_name, row.author_email, *files.get(row.id, ()))
        for each in _new_lines(about, seen[shown]):
            left[row.id] = part.say(each, left[row.id])
        left[row.id] = _say_lines(part, row.new_text, left[row.id], seen=seen[shown])
    for row in said:
        shown = row.direction in _SHOWN and not row.held
        _say_lines(made.shown if shown else made.desk, row.text, left[row.id], seen=seen[shown])


def _say_lines(part: Field, text: str, most: int, *, seen: set[str]) -> int:
    return part.say("\n".join(_new_lines(text.splitlines(), seen)), most)


def _new_lines(lines: Iterable[str], seen: set[str]) -> Iterable[str]:
    """Those lines that nobody said before, without the signs of quoting."""
    for line in lines:
        bare = line.lstrip("> \t").rstrip()
        if bare and bare not in seen:
            seen.add(bare)
            yield bare
