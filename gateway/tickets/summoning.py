"""Letters to engineers that ask to be acknowledged: each says why, who else was told, and what comes next (P5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from gateway.domain.terms import Rung
from gateway.mail.message import Mailbox
from gateway.store.models import Promise
from gateway.tickets import audiences
from gateway.tickets.audiences import Told
from gateway.tickets.letterhead import Letterhead, Post, post


@dataclass(frozen=True, slots=True)
class Summons:
    """One occasion to tell engineers of.

    Shape: `occasion` is unique for what is told, without the reader; `passed_on_at` and `passed_on_to` say what
    happens if nobody acknowledges; `missing` is a step that has no people, so that these are told instead; `silent`
    are those who were told before and did not acknowledge.
    """

    letter: str
    occasion: str
    ticket_id: int
    words: Mapping[str, object]
    passed_on_at: datetime | None = None
    passed_on_to: Rung | None = None
    missing: Rung | None = None
    silent: Sequence[Told] = ()


def summon(
    session: Session, head: Letterhead, what: Summons, people: Sequence[Told], *, at: datetime
) -> list[int]:
    """Put one letter a person, promised at least once; the engineers told."""
    for each in people:
        engineer = each.engineer
        letter = Post(
            letter=what.letter,
            occasion=f"{what.occasion}:{engineer.id}",
            language=head.letter_language(engineer.language),
            words=_words(head, what, people, each),
            to=[Mailbox(engineer.name, engineer.email)],
            promise=Promise.AT_LEAST_ONCE,
            ticket_id=what.ticket_id,
        )
        post(session, head, letter, at)
    return [each.engineer.id for each in people]


def _words(head: Letterhead, what: Summons, people: Sequence[Told], reader: Told) -> dict[str, object]:
    language = head.letter_language(reader.engineer.language)
    found: dict[str, object] = {
        "ticket": head.number(what.ticket_id),
        "link": head.link(what.ticket_id),
        "zone": reader.engineer.time_zone,
        "others": audiences.named([each for each in people if each is not reader], language),
        "missing": audiences.roles(what.missing, language) if what.missing else None,
        "silent": audiences.named(what.silent, language),
    }
    if what.passed_on_at and what.passed_on_to:
        found["passed_on_at"] = what.passed_on_at
        found["passed_on_to"] = audiences.roles(what.passed_on_to, language)
    return {**what.words, **found}
