"""One verb for many tickets: each in a transaction of its own, so that one refusal stops no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from gateway.domain.lifecycle import InvalidTransition, Status
from gateway.store.models import Engineer
from gateway.tickets import NotFound, Refused, handling
from gateway.tickets.changes import locked
from gateway.tickets.letterhead import Letterhead

MOST: Final = 100
"""How many tickets are done at once; each holds the database for a moment."""
Open = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of each ticket: done, as wanted before, or refused and why."""

    done: list[int] = field(default_factory=list)
    already: list[int] = field(default_factory=list)
    refused: list[tuple[int, ValueError]] = field(default_factory=list)


def assign(transaction: Open, head: Letterhead, ids: Iterable[int], *, author: Engineer,
           assignee_id: int | None, at: datetime) -> Outcome:  # fmt: skip
    """Give each ticket to an engineer, or to nobody. Whose it is already counts as done before."""

    def do(session: Session, ticket_id: int) -> bool:
        if locked(session, ticket_id).assignee_id == assignee_id:
            return False
        handling.assign(session, head, ticket_id, author=author, assignee_id=assignee_id, at=at)
        return True

    return _each(transaction, ids, do)


def close(transaction: Open, head: Letterhead, ids: Iterable[int], *, author: Engineer, text: str,
          at: datetime) -> Outcome:  # fmt: skip
    """Close each ticket and tell its customer; what is not resolved needs a text, as it does alone."""

    def do(session: Session, ticket_id: int) -> bool:
        if locked(session, ticket_id).status == Status.CLOSED:
            return False
        handling.change_status(
            session, head, ticket_id, author=author, status=Status.CLOSED, text=text, at=at
        )
        return True

    return _each(transaction, ids, do)


def _each(transaction: Open, ids: Iterable[int], do: Callable[[Session, int], bool]) -> Outcome:
    outcome = Outcome()
    for ticket_id in sorted(set(ids))[:MOST]:
        try:
            with transaction() as session:
                changed = do(session, ticket_id)
        except (NotFound, Refused, InvalidTransition) as why:
            outcome.refused.append((ticket_id, why))
        else:
            (outcome.done if changed else outcome.already).append(ticket_id)
    return outcome
