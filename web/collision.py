"""Somebody else answered after a page was drawn: the answer that was written on it waits for a second look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request
from sqlalchemy.orm import Session

from gateway.store.models import Direction, Message, PendingAct
from gateway.store.queries import correspondence, pending
from web import visit


@dataclass(frozen=True, slots=True)
class Crossing:
    """One thing that came between. Shape: `message_id` is 0 for an answer that has not left yet."""

    words: str
    message_id: int = 0


class Crossed(Exception):
    """The page that a form stood on is out of date. Shape: `found` is in order."""

    def __init__(self, found: Sequence[Crossing]) -> None:
        super().__init__(len(found))
        self.found = found


def check(rows: Session, number: int) -> None:
    """Nothing where the page showed all that was said; its form tells what the page had seen.

    Errors: Crossed.
    """
    seen, seen_act = _number("seen"), _number("seen_act")
    if seen is None or correspondence.lock(rows, number) is None:
        return
    me = visit.me().id
    said = pending.answers_of_others(rows, number, since=seen, engineer_id=me)
    waiting = pending.others_waiting(rows, number, since=seen_act or 0, engineer_id=me)
    if said or waiting:
        raise Crossed([*map(_said, said), *map(_waiting, waiting)])


def _said(row: Message) -> Crossing:
    at = visit.reader().instant(row.at)
    who = row.author_name or row.author_email
    if row.direction == Direction.OUTBOUND:
        return Crossing(visit.say("%(who)s answered at %(at)s.", who=who, at=at), row.id)
    return Crossing(visit.say("%(who)s wrote at %(at)s.", who=who, at=at), row.id)


def _waiting(row: PendingAct) -> Crossing:
    at = visit.reader().clock(row.due_at)
    return Crossing(visit.say("An answer of %(who)s leaves at %(at)s.", who=row.engineer.name, at=at))


def _number(name: str) -> int | None:
    value = request.form.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 18 else None
