"""What became of a notice's letters, customer by customer, and which part of its window counts for each (P8, P11)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique
from typing import Final

from gateway.domain.windows import Announcement, Span, counting
from gateway.notices.plans import Step
from gateway.store.models import Notice, NoticeIssue, NoticeLetter, Outbox, OutboxState

_PLANS: Final = (Step.ANNOUNCED, Step.CHANGED, Step.CALLED_OFF)


@unique
class Fate(StrEnum):
    """How far a letter came. Kept ones were never sent, since no relay is configured."""

    ACCEPTED = "accepted"
    WAITING = "waiting"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    KEPT = "kept"
    GIVEN_UP = "given-up"
    UNFIT = "unfit"


_FATES: Final = {
    OutboxState.SENT: Fate.ACCEPTED,
    OutboxState.FAILED: Fate.REFUSED,
    OutboxState.UNCERTAIN: Fate.UNCERTAIN,
    OutboxState.KEPT: Fate.KEPT,
    OutboxState.CANCELLED: Fate.GIVEN_UP,
}


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of one letter. Shape: `at` is when the next server accepted it; `reply` is its last answer."""

    letter: NoticeLetter
    fate: Fate
    at: datetime | None
    reply: str


@dataclass(frozen=True, slots=True)
class Told:
    """One customer of a notice: what was told them, and the stretches that do not count for their tickets."""

    customer_id: int
    name: str
    accounts: tuple[str, ...]
    needed: timedelta
    counts: tuple[Span, ...]


def delivered(letter: NoticeLetter) -> Delivered:
    """What the outbox says of a letter. One that came back was not accepted, as P1 says of replies."""
    row: Outbox | None = letter.outbox
    if row is None:
        return Delivered(letter, Fate.UNFIT, None, "")
    fate = _FATES.get(OutboxState(row.state), Fate.WAITING)
    return Delivered(letter, fate, row.sent_at if fate is Fate.ACCEPTED else None, row.last_reply)


def fates(issue: NoticeIssue) -> Counter[Fate]:
    """How many letters of a step came how far."""
    return Counter(delivered(letter).fate for letter in issue.letters)


def customers(notice: Notice) -> list[Told]:
    """Every customer the notice named, in the order in which they were told."""
    first: dict[int, NoticeLetter] = {}
    accounts: dict[int, dict[str, None]] = {}
    for letter in (letter for issue in notice.issues for letter in issue.letters):
        first.setdefault(letter.customer_id, letter)
        accounts.setdefault(letter.customer_id, {}).update(dict.fromkeys(letter.accounts))
    return [
        Told(
            customer_id,
            letter.customer.name,
            tuple(accounts[customer_id]),
            _needed(letter),
            counts_for(notice, customer_id),
        )
        for customer_id, letter in first.items()
    ]


def counts_for(notice: Notice, customer_id: int) -> tuple[Span, ...]:
    """The stretches of the window that pause a customer's targets, as their letters were accepted."""
    plans = [
        _announced(issue, [each for each in issue.letters if each.customer_id == customer_id])
        for issue in notice.issues
        if issue.step in _PLANS
    ]
    return counting(plans, started_at=notice.started_at, ended_at=notice.ended_at)


def _announced(issue: NoticeIssue, letters: list[NoticeLetter]) -> Announcement:
    """A plan as one customer was told it; whoever got no letter was told nothing."""
    span = Span(issue.starts_at, issue.ends_at) if issue.starts_at and issue.ends_at else None
    accepted_at = min(_accepted(letters), default=None)
    return Announcement(
        window=None if issue.step == Step.CALLED_OFF else span,
        accepted_at=accepted_at,
        needed=_needed(letters[0]) if letters else timedelta(),
        emergency=bool(issue.emergency),
    )


def _accepted(letters: Iterable[NoticeLetter]) -> list[datetime]:
    return [each.at for each in map(delivered, letters) if each.at is not None]


def _needed(letter: NoticeLetter) -> timedelta:
    return timedelta(seconds=letter.notice_seconds)
