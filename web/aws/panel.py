"""What a ticket's page shows about AWS: its cases and what is on its way to them, its Health events, a proposal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from gateway.domain.lifecycle import LIVE
from gateway.mail.message import Kind
from gateway.store.models import AwsAccount, AwsCase, AwsWrite, Direction, Message, Ticket, WriteState
from gateway.store.queries import aws_desk
from gateway.store.queries import cases as queries
from gateway.tickets import case_drafts
from web import visit
from web.aws import events, shown, words
from web.timeline import Tag

_MOST_FILES: Final = 60


@dataclass(frozen=True, slots=True)
class Panel:
    """Everything about AWS on one ticket.

    Shape: `marks` is message → what stands beside it; `releasable` is message of the customer → the cases that it can
    still be passed on to; `notes` is case → what would tell AWS that our priority has changed.
    """

    cases: tuple[shown.Case, ...]
    opening: tuple[shown.Write, ...]
    accounts: Sequence[AwsAccount]
    events: tuple[events.Shown, ...]
    near: tuple[tuple[int, str, Tag], ...]
    proposal: str
    waits: timedelta | None
    files: tuple[tuple[int, str, int], ...]
    marks: Mapping[int, tuple[Tag, ...]]
    releasable: Mapping[int, tuple[shown.Case, ...]]
    notes: Mapping[int, str]

    @property
    def answerable(self) -> tuple[shown.Case, ...]:
        """The cases that can be written to: a resolved one reopens by it, for a while."""
        return tuple(each for each in self.cases if each.takes_words)

    def note_for(self, case: str) -> str:
        """What would tell AWS of our new priority, for the case that an address names; empty where it names none."""
        plain = case.isascii() and case.isdigit() and len(case) < 18  # noqa: PLR2004  below any key
        return self.notes.get(int(case), "") if plain else ""

    @property
    def empty(self) -> bool:
        """Whether there is nothing but accounts to show."""
        return not (self.cases or self.opening or self.events or self.proposal)


def of_ticket(rows: Session, ticket: Ticket, messages: Sequence[Message]) -> Panel:
    """What the page of this ticket shows."""
    reader = visit.reader()
    owned = aws_desk.accounts(rows, customer_id=ticket.customer_id) if ticket.customer_id else []
    by_number = {each.account_id: each for each in owned}
    cases, writes = queries.of_ticket(rows, ticket.id), queries.writes_of_ticket(rows, ticket.id)
    told = queries.told_of_ticket(rows, ticket.id) if cases else {}
    drawn = [
        shown.case(row, by_number, [each for each in writes if each.aws_case_id == row.id], reader)
        for row in cases
    ]
    waits = visit.now() - ticket.aws_awaits_since if ticket.aws_awaits_since else None
    proposed = ticket.proposal if ticket.status in LIVE else ""
    return Panel(
        cases=tuple(drawn),
        opening=shown.unbound(writes, reader),
        accounts=owned,
        events=tuple(events.of_ticket(rows, ticket)),
        near=tuple(events.near(rows, ticket)),
        proposal=words.proposal(proposed, reader) if proposed else "",
        waits=waits,
        files=files(messages) if cases else (),
        marks=shown.marks(cases, writes, told, reader),
        notes={row.id: note for row in cases if (note := case_drafts.severity_note(ticket, row))},
        releasable=_releasable(messages, [each for each in drawn if each.takes_words], writes),
    )


def _releasable(
    messages: Sequence[Message], open_to: Sequence[shown.Case], writes: Sequence[AwsWrite]
) -> dict[int, tuple[shown.Case, ...]]:
    """By message of a person of the customer the cases that do not have it and are not about to."""
    gone = {(each.message_id, each.aws_case_id) for each in writes if each.state != WriteState.CANCELLED}
    found = {}
    for row in messages:
        if row.direction == Direction.INBOUND and not row.held and row.kind == Kind.HUMAN:
            left = tuple(
                each for each in open_to if (row.id, each.row.id) not in gone and _after(row, each.row)
            )
            if left:
                found[row.id] = left
    return found


def _after(row: Message, case: AwsCase) -> bool:
    """Whether a case may lack a message: one of ours was opened with all that had been written before."""
    return case.origin != "gateway" or row.at >= case.opened_at


def files(messages: Sequence[Message]) -> tuple[tuple[int, str, int], ...]:
    """The files of a ticket that may go to AWS, the newest first: key, name, bytes. Held mail gives none."""
    kept = [row for row in messages if not row.held and row.direction != Direction.FROM_AWS]
    found = [(file.id, file.filename, file.size_bytes) for row in reversed(kept) for file in row.attachments]
    return tuple(found[:_MOST_FILES])
