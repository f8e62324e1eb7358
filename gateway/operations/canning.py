"""Canned answers written and changed. Whoever leads may: what stands in them goes to customers in many hands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from gateway.domain import canned
from gateway.operations import auditing
from gateway.store.models import CannedAnswer, Engineer
from gateway.store.queries import canned as queries
from gateway.tickets import NotFound, Refused

LANGUAGES: Final = ("en", "zh")
LONGEST_NAME, LONGEST_TEXT = 100, 20_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a canned answer is to say."""

    name: str
    language: str
    text: str
    active: bool = True


def write(session: Session, wanted: Wanted, *, author: Engineer, at: datetime, answer_id: int = 0) -> int:
    """Write a new canned answer, or another text into one that there is; its id.

    Errors: NotFound, Refused.
    """
    name, text = wanted.name.strip(), wanted.text.strip()
    if not name or not text:
        raise Refused("a canned answer needs a name and a text")
    if len(name) > LONGEST_NAME or len(text) > LONGEST_TEXT:
        raise Refused("this is too long")
    if wanted.language not in LANGUAGES:
        raise Refused("a canned answer is in English or Chinese")
    if unknown := canned.unknown(text):
        raise Refused("no variable is called %(names)s", names=", ".join(f"{{{each}}}" for each in unknown))
    row = queries.answer(session, answer_id) if answer_id else CannedAnswer()
    if row is None:
        raise NotFound(f"there is no canned answer {answer_id}")
    same = queries.named(session, name, wanted.language)
    if same is not None and same.id != answer_id:
        raise Refused("another canned answer of this language has that name")
    row.name, row.language, row.text, row.active = name, wanted.language, text, wanted.active
    row.made_by, row.changed_at = author.id, at
    session.add(row)
    session.flush()
    auditing.note(
        session, actor=f"engineer:{author.id}", act="canned-answer", about=f"canned-answer:{row.id}", at=at
    )
    return row.id
