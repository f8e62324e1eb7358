"""Tickets that belong together: parents and children, merged ones, others of the customer, similar solved ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.domain import tokens
from gateway.domain.lifecycle import Status
from gateway.store import search
from gateway.store.models import Ticket
from gateway.store.models.ticket import LIVE_STATUSES

MOST: Final = 20
MOST_SIMILAR: Final = 5
_MOST_WORDS, _MOST_PAIRS = 4, 3
_SHORTEST_WORD, _PAIR, _LONGEST_SUBJECT = 3, 6, 200
_SOLVED: Final = (Status.RESOLVED, Status.CLOSED)


@dataclass(frozen=True, slots=True)
class Relatives:
    """What belongs to one ticket, each with its number, subject and status; at most twenty of a kind."""

    parent: Ticket | None
    children: Sequence[Ticket]
    into: Ticket | None
    merged: Sequence[Ticket]
    others: Sequence[Ticket]
    similar: Sequence[Ticket]


def of_ticket(session: Session, ticket: Ticket) -> Relatives:
    """What belongs to a ticket."""
    return Relatives(
        parent=session.get(Ticket, ticket.parent_id) if ticket.parent_id else None,
        children=_list(session, Ticket.parent_id == ticket.id),
        into=session.get(Ticket, ticket.merged_into_id) if ticket.merged_into_id else None,
        merged=_list(session, Ticket.merged_into_id == ticket.id),
        others=others_open(session, ticket),
        similar=similar_solved(session, ticket),
    )


def ancestors(session: Session, ticket_id: int, *, most: int) -> list[int]:
    """A ticket and those above it, nearest first."""
    found: list[int] = []
    current: int | None = ticket_id
    while current is not None and current not in found and len(found) <= most:
        found.append(current)
        current = session.scalar(sa.select(Ticket.parent_id).where(Ticket.id == current))
    return found


def others_open(session: Session, ticket: Ticket) -> Sequence[Ticket]:
    """The other open tickets of a ticket's customer, what burns first."""
    if ticket.customer_id is None:
        return []
    found = sa.select(Ticket).where(
        Ticket.customer_id == ticket.customer_id, Ticket.id != ticket.id, sa.text(LIVE_STATUSES)
    )
    return session.scalars(found.order_by(Ticket.next_due_at, Ticket.id).limit(MOST)).all()


def similar_solved(session: Session, ticket: Ticket) -> Sequence[Ticket]:
    """Solved tickets that share telling words of the subject: most words first, the same customer's first."""
    found: dict[int, Ticket] = {}
    for shared in _shared(_telling(ticket.subject)):
        for own in (True, False) if ticket.customer_id else (False,):
            if len(found) < MOST_SIMILAR:
                found |= {each.id: each for each in _sharing(session, ticket, shared, own=own)}
    return list(found.values())[:MOST_SIMILAR]


def _sharing(session: Session, ticket: Ticket, words: Sequence[str], *, own: bool) -> Sequence[Ticket]:
    phrases = tokens.asked_for(" ".join(words))
    solved = sa.select(Ticket).where(
        Ticket.status.in_(_SOLVED),
        Ticket.discounted == "",
        Ticket.id != ticket.id,
        Ticket.origin == "customer",
    )
    if own:
        solved = solved.where(Ticket.customer_id == ticket.customer_id)
    narrowed = search.narrowed(session, solved, phrases)
    return session.scalars(narrowed.order_by(search.number(session).desc()).limit(MOST_SIMILAR + 1)).all()


def _shared(words: Mapping[str, int]) -> list[tuple[str, ...]]:
    """What a similar subject may share: the longest words together, else neighbours, the longest first."""
    longest = sorted(words, key=lambda word: -words[word])[:_MOST_WORDS]
    pairs = sorted(pairwise(words), key=lambda pair: -(words[pair[0]] + words[pair[1]]))[:_MOST_PAIRS]
    return list(dict.fromkeys([*([tuple(longest)] if len(longest) > 1 else []), *pairs]))


def _telling(subject: str) -> dict[str, int]:
    """The words of a subject in order, each with how much it tells; of unspaced script its pairs of characters."""
    words: dict[str, int] = {}
    for run, unspaced in tokens.runs(tokens.fold(subject)[:_LONGEST_SUBJECT]):
        if unspaced:
            words |= {run[at : at + 2]: _PAIR for at in range(0, len(run) - 1, 2)}
        elif len(run) >= _SHORTEST_WORD:
            words[run] = len(run)
    return words


def _list(session: Session, condition: sa.ColumnElement[bool]) -> Sequence[Ticket]:
    return session.scalars(sa.select(Ticket).where(condition).order_by(Ticket.id).limit(MOST)).all()
