"""The search index: what of each ticket stands in it, and how a list of tickets is narrowed to what was asked for.

The tokens are ours on both databases (`domain/tokens`), kept in FTS5 on SQLite and as a tsvector under GIN on
PostgreSQL, so that the same words find the same tickets. Nothing typed reaches either query language but as quoted
tokens, which hold neither quotes nor backslashes.

`shown` is what the customer has seen or written, `desk` what is for engineers alone: notes, held messages, AWS.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.orm import Session

from gateway.domain.tokens import FILLER, Field, Phrase
from gateway.store.models import SearchDue, Ticket, table

SHOWN_TOKENS: Final = 12_000
DESK_TOKENS: Final = 4_000
"""Together with the gap below what PostgreSQL can number (16,383)."""
_BYTES: Final = 400_000
_FEW: Final = 300
_MARKS_A_TICKET: Final = 10
"""How many marks are looked through for each ticket wanted, so that one with several is indexed once."""
_DESK_BEGINS: Final = 12_100
_SHOWN_EXTRA, _DESK_EXTRA = 16_380, 16_382

_due = table(SearchDue).c
_fts: Final = sa.table("search_index", sa.column("rowid", sa.Integer), sa.column("shown"), sa.column("desk"))
_gin: Final = sa.table("search_index", sa.column("ticket_id", sa.BigInteger), sa.column("words", TSVECTOR()))
_GONE: Final = {
    "sqlite": sa.delete(_fts).where(_fts.c.rowid == sa.bindparam("number")),
    "postgresql": sa.delete(_gin).where(_gin.c.ticket_id == sa.bindparam("number")),
}
_WRITE: Final = {
    "sqlite": sa.text("INSERT INTO search_index (rowid, shown, desk) VALUES (:number, :shown, :desk)"),
    "postgresql": sa.text(
        "INSERT INTO search_index (ticket_id, words) VALUES (:number, CAST(:words AS tsvector))"
    ),
}


@dataclass(frozen=True, slots=True)
class Document:
    """What the index holds of one ticket."""

    shown: Field = field(default_factory=lambda: Field(SHOWN_TOKENS, _BYTES))
    desk: Field = field(default_factory=lambda: Field(DESK_TOKENS, _BYTES // 2))


def marked(session: Session, limit: int) -> dict[int, list[int]]:
    """Tickets that the index has still to be told of, the last changed first, with the marks that say so."""
    found = sa.select(_due.id, _due.ticket_id).order_by(_due.id.desc()).limit(limit * _MARKS_A_TICKET)
    marks: dict[int, list[int]] = {}
    for mark, ticket_id in session.execute(found):
        if ticket_id in marks or len(marks) < limit:
            marks.setdefault(ticket_id, []).append(mark)
    return marks


def waits(session: Session) -> bool:
    """Whether the index has still to be told of something."""
    return session.execute(sa.select(_due.id).limit(1)).first() is not None


def write(session: Session, documents: Mapping[int, Document | None], marks: Collection[int]) -> None:
    """Put these tickets into the index as they are now, take out those that are gone, and take the marks away."""
    dialect = session.get_bind().dialect.name
    numbers = [{"number": number} for number in documents]
    session.execute(_GONE[dialect], numbers)
    shape = _columns if dialect == "sqlite" else _vector
    rows = [{"number": number} | shape(each) for number, each in documents.items() if each is not None]
    if rows:
        session.execute(_WRITE[dialect], rows)
    session.execute(sa.delete(table(SearchDue)).where(_due.id.in_(marks)))


def mark(session: Session, ticket_ids: Collection[int]) -> None:
    """Have these tickets indexed anew."""
    if ticket_ids:
        session.execute(table(SearchDue).insert(), [{"ticket_id": each} for each in ticket_ids])


def forget(session: Session, ticket_ids: Collection[int]) -> None:
    """Take tickets out of the index at once, as erasure asks; on SQLite `compact` then frees what they filled."""
    if ticket_ids:
        found = _GONE[session.get_bind().dialect.name]
        session.execute(found, [{"number": number} for number in ticket_ids])


def compact(session: Session) -> None:
    """Leave no trace of forgotten tickets in the index; takes seconds on a large one."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(sa.text("INSERT INTO search_index (search_index) VALUES ('optimize')"))


def narrowed(
    session: Session, found: sa.Select[Any], phrases: Sequence[Phrase], *, shown_only: bool = False
) -> sa.Select[Any]:
    """A selection of tickets, narrowed to those in which every phrase stands."""
    if session.get_bind().dialect.name == "sqlite":
        asked: sa.BindParameter[str] = sa.bindparam("asked", _fts_query(phrases, shown_only), unique=True)
        matches = sa.literal_column("search_index", sa.String()).op("MATCH")(asked)
        return found.join(_fts, _fts.c.rowid == Ticket.id).where(matches if phrases else sa.false())
    if not phrases:
        return found.where(sa.false())
    # The planner has to see how common the words are, which a plan made for any words does not.
    session.execute(sa.text("SET LOCAL plan_cache_mode = force_custom_plan"))
    matches = _gin.c.words.op("@@")(
        sa.cast(sa.literal(_ts_query(phrases, shown_only), sa.String()), TSQUERY())
    )
    # It takes a rare phrase of common words for a common one and walks all tickets: few are therefore found first.
    few = session.scalars(sa.select(_gin.c.ticket_id).where(matches).limit(_FEW + 1)).all()
    if len(few) <= _FEW:
        return found.where(Ticket.id.in_(few))
    return found.join(_gin, _gin.c.ticket_id == Ticket.id).where(matches)


def cheapest(session: Session, found: sa.Select[Any]) -> sa.Select[Any]:
    """A selection that `narrowed` made, in the order in which some of it is counted at the least cost."""
    return found.order_by(number(session).desc()) if session.get_bind().dialect.name == "sqlite" else found


def number(session: Session) -> sa.ColumnElement[int]:
    """The ticket's number in a selection that `narrowed` made, to be ordered and paged by.

    FTS5 hands its rows out in the order of its own number without finding them all first.
    """
    return _fts.c.rowid if session.get_bind().dialect.name == "sqlite" else table(Ticket).c.id


def _columns(document: Document) -> dict[str, str]:
    return {
        "shown": " ".join([*document.shown.stream, *document.shown.extra]),
        "desk": " ".join([*document.desk.stream, *document.desk.extra]),
    }


def _vector(document: Document) -> dict[str, str]:
    places: dict[str, list[str]] = defaultdict(list)
    parts = ((document.shown, 1, _SHOWN_EXTRA, "A"), (document.desk, _DESK_BEGINS, _DESK_EXTRA, ""))
    for said, begins, extra, weight in parts:
        for place, token in enumerate(said.stream, start=begins):
            if token != FILLER:
                places[token].append(f"{place}{weight}")
        for token in said.extra:
            places[token].append(f"{extra}{weight}")
    return {"words": " ".join(f"'{token}':{','.join(at)}" for token, at in places.items())}


def _fts_query(phrases: Sequence[Phrase], shown_only: bool) -> str:
    terms = " AND ".join(f'"{" ".join(each.tokens)}"{"*" if each.prefix else ""}' for each in phrases)
    return f"{{shown}} : ({terms})" if shown_only else terms


def _ts_query(phrases: Sequence[Phrase], shown_only: bool) -> str:
    weight = "A" if shown_only else ""
    return " & ".join(_ts_phrase(each, weight) for each in phrases)


def _ts_phrase(phrase: Phrase, weight: str) -> str:
    marks = [f":{weight}" if weight else ""] * len(phrase.tokens)
    if phrase.prefix:
        marks[-1] = f":*{weight}"
    return (
        "(" + " <-> ".join(f"'{token}'{mark}" for token, mark in zip(phrase.tokens, marks, strict=True)) + ")"
    )
