"""Automatic letters that are not sent: to suppressed addresses, and to whoever may be a machine that answers ours.

A person's letter is never held back. What is not sent stands in the outbox as given up, with the reason as a code.
Source: RFC 3834 §2; the figures are ours.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.mail.likeness import alike
from gateway.store.models import Outbox, OutboxState, table
from gateway.store.queries import suppression
from gateway.store.queries.suppression import ANSWERS, Answered

WITHHELD: Final = "withheld: "
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_AT_ONCE: Final = timedelta(minutes=15)  # how soon a robot writes back, greylisting included


@dataclass(frozen=True, slots=True)
class Brakes:
    """How much is written without a person's doing, and how long an address rests.

    Shape: `on_a_ticket` and `an_hour`, `a_day` (to one address) count our own answers to mail; `in_all` every letter
    of an hour, before answers stop; `soft_failures` within `soft_within` suppress an address for `soft_for`.
    """

    on_a_ticket: int = 5
    an_hour: int = 10
    a_day: int = 40
    in_all: int = 100_000
    hard_for: timedelta = timedelta(days=30)
    soft_failures: int = 5
    soft_within: timedelta = timedelta(days=7)
    soft_for: timedelta = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Intended:
    """An automatic letter before it is put: its name, and what it is about."""

    letter: str
    ticket_id: int | None
    message_id: int | None


def withheld(session: Session, brakes: Brakes, what: Intended, readers: Collection[str], *,
             at: datetime) -> Mapping[str, str]:  # fmt: skip
    """Which normalised readers an automatic letter does not go to, each with the reason as a code.

    Codes: suppressed-hard, suppressed-soft, suppressed-complaint; brake-ticket, brake-address, brake-echo, brake-all.
    """
    found = {who: f"suppressed-{row.reason}" for who, row in suppression.active(session, readers, at).items()}
    if what.letter in ANSWERS:
        for who in readers:
            if who not in found and (code := _braked(session, brakes, what, who, at=at)):
                found[who] = code
    return found


def give_up(session: Session, outbox_id: int, told: Mapping[str, str]) -> None:
    """Mark a letter just put as not sent to anybody, and why."""
    row, reason = table(Outbox), next(iter(told.values()), "")
    values = {
        "state": OutboxState.CANCELLED,
        "last_reply": f"{WITHHELD}{reason}",
        "results": {who: f"{WITHHELD}{code}" for who, code in told.items()},
        "recipients": [],
    }
    session.execute(sa.update(row).where(row.c.id == outbox_id).values(**values))


def _braked(session: Session, brakes: Brakes, what: Intended, who: str, *, at: datetime) -> str:
    oldest = suppression.oldest_of_the_last(session, brakes.in_all)
    if oldest is not None and oldest > at - _HOUR:
        return "brake-all"
    answers = suppression.answered(session, who, at - _DAY, most=brakes.a_day)
    lately = [each for each in answers if each.at > at - _HOUR]
    if len(answers) >= brakes.a_day or len(lately) >= brakes.an_hour:
        return "brake-address"
    once = what.letter == "acknowledgement"  # each ticket has one of them
    if (
        what.ticket_id is not None
        and not once
        and (suppression.answers_on(session, what.ticket_id, at - _HOUR) >= brakes.on_a_ticket)
    ):
        return "brake-ticket"
    return "brake-echo" if what.message_id and _echoes(session, what.message_id, lately) else ""


def _echoes(session: Session, message_id: int, lately: Sequence[Answered]) -> bool:
    """Whether an address answers our answers with nearly the same words each time.

    It counts from the second such mail that came at once after an answer of ours: a person who sends two requests
    alike gets two answers.
    """
    if len(lately) < 2:
        return False
    about = {each.message_id for each in lately if each.message_id is not None}
    said = suppression.texts(session, about | {message_id})
    if message_id not in said:
        return False
    came, text = said[message_id]
    if not _follows(came, lately):
        return False
    return any(
        alike(text, said[each.message_id][1]) and _follows(said[each.message_id][0], lately)
        for each in lately
        if each.message_id in said and each.message_id is not None
    )


def _follows(came: datetime, answers: Sequence[Answered]) -> bool:
    return any(each.at <= came <= each.at + _AT_ONCE for each in answers)
