"""What is stored of an account's cases, and what of it a read has to look at again.

Source: 4.3 of the design notes as docstrings tell them: nothing depends on `afterTime` of DescribeCases, whose
meaning AWS leaves open, nor on a time of last change, which cases do not have.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.aws.cases.matching import Known
from gateway.domain import support_case
from gateway.domain.support_case import REOPENS_WITHIN, WARN_AFTER, Case
from gateway.store.models import AwsCase, AwsCommunication, table
from gateway.tickets.case_following import CONSOLE, UNSEEN

WHOLE_AGAIN: Final = timedelta(hours=24)
RESOLVED_AGAIN: Final = timedelta(hours=1)
SEEN_AGAIN: Final = timedelta(hours=1)
YOUNG: Final = timedelta(minutes=30)
"""How long a case may be unknown to AWS's own listings after it was made."""
OVERLAP: Final = timedelta(minutes=15)
_COLUMNS: Final = ("display_id", "subject", "status", "service", "category", "severity", "language",
                   "submitted_by", "opened_at")  # fmt: skip
_cases: Final = table(AwsCase).c
_said: Final = table(AwsCommunication).c


@dataclass(frozen=True, slots=True)
class Followed:
    """A stored case as a read needs it. Shape: `told` is what AWS said of it, in the order of `_COLUMNS`."""

    id: int
    case_id: str
    ticket_id: int | None
    origin: str
    told: tuple[object, ...]
    seen_at: datetime
    read_whole_at: datetime | None
    checked_at: datetime | None
    resolved_at: datetime | None
    awaits_us_since: datetime | None
    warned_at: datetime | None

    @property
    def status(self) -> str:
        """AWS's word."""
        return str(self.told[2])

    @property
    def over(self) -> bool:
        """Whether nobody worked on it when it was last seen."""
        return support_case.is_over(self.status)

    @property
    def number(self) -> str:
        """The number of a case that is known by nothing else yet, empty where it was seen."""
        return str(self.told[0]) if self.case_id.startswith(UNSEEN) else ""

    def differs(self, case: Case) -> bool:
        """Whether AWS says something else of it than before."""
        return tuple(getattr(case, name) for name in _COLUMNS) != self.told

    def is_young(self, at: datetime) -> bool:
        """Whether AWS may simply not list it yet; one that was only named, never seen, may not be there at all."""
        opened_at = self.told[8]
        made = self.origin != CONSOLE and isinstance(opened_at, datetime)
        return made and at - opened_at < YOUNG  # type: ignore[operator]


def stored(session: Session, account_id: str, at: datetime) -> list[Followed]:
    """The cases of an account that may still change: all but those resolved for more than fourteen days, and lost."""
    final = sa.or_(_cases.resolved_at < at - REOPENS_WITHIN, _cases.status == support_case.LOST)
    found = sa.select(*(getattr(_cases, name) for name in _NAMES)).where(
        _cases.account_id == account_id, sa.or_(_cases.resolved_at.is_(None), ~final)
    )
    return [_followed(row) for row in session.execute(found.order_by(_cases.id))]


def one(session: Session, case_id: str) -> Followed | None:
    """A stored case by AWS's name, however long it is over."""
    found = sa.select(*(getattr(_cases, name) for name in _NAMES)).where(_cases.case_id == case_id)
    row = session.execute(found).one_or_none()
    return _followed(row) if row else None


def to_ask(followed: Iterable[Followed], listed: Collection[str], at: datetime) -> list[str]:
    """The identifiers of stored cases whose standing the listing of open ones does not tell.

    Those that were open are resolved, or unknown; resolved ones of a ticket are looked at hourly.
    """
    return [
        each.case_id
        for each in followed
        if each.case_id not in listed and not each.number and (not each.over or _is_due(each, at))
    ]


def needs_whole(followed: Followed, at: datetime) -> bool:
    """Whether a case is to be read from its beginning: at first, and daily while it is open."""
    if followed.ticket_id is None:
        return False
    if followed.read_whole_at is None:
        return True
    return not followed.over and at - followed.read_whole_at >= WHOLE_AGAIN


def needs_warning(followed: Followed, at: datetime) -> bool:
    """Whether AWS has waited for us so long that it will soon resolve the case by itself."""
    since = followed.awaits_us_since
    waits = since is not None and at - since >= WARN_AFTER
    return waits and followed.warned_at is None and followed.ticket_id is not None and not followed.over


def known(
    session: Session, row_ids: Sequence[int], since: datetime | None, *, bodies: bool = False
) -> dict[int, list[Known]]:
    """The stored communications of cases from an instant on, by case."""
    wanted = sa.select(
        _said.id, _said.aws_case_id, _said.at, _said.submitted_by, _said.occurrence, _said.body_digest,
        _said.body if bodies else sa.literal("").label("body"),
    ).where(_said.aws_case_id.in_(row_ids))  # fmt: skip
    if since is not None:
        wanted = wanted.where(_said.at >= since)
    found: dict[int, list[Known]] = {row_id: [] for row_id in row_ids}
    for row in session.execute(wanted.order_by(_said.at, _said.occurrence)):
        found[row.aws_case_id].append(
            Known(row.id, row.at, row.submitted_by, row.occurrence, row.body_digest, row.body)
        )
    return found


def newest(session: Session, row_id: int) -> datetime | None:
    """When the newest stored communication of a case was written."""
    at: datetime | None = session.scalar(sa.select(sa.func.max(_said.at)).where(_said.aws_case_id == row_id))
    return at


def touch(session: Session, row_ids: Sequence[int], at: datetime) -> None:
    """Note that cases were seen, unchanged."""
    session.execute(sa.update(table(AwsCase)).where(_cases.id.in_(row_ids)).values(seen_at=at, checked_at=at))


_NAMES: Final = ("id", "case_id", "ticket_id", "origin", *_COLUMNS, "seen_at", "read_whole_at", "checked_at",
                 "resolved_at", "awaits_us_since", "warned_at")  # fmt: skip


def _followed(row: sa.Row[tuple[object, ...]]) -> Followed:
    values = row._mapping
    rest = {name: values[name] for name in _NAMES if name not in _COLUMNS}
    return Followed(**rest, told=tuple(values[name] for name in _COLUMNS))


def _is_due(followed: Followed, at: datetime) -> bool:
    if followed.ticket_id is None or followed.status == support_case.LOST:
        return False
    return followed.checked_at is None or at - followed.checked_at >= RESOLVED_AGAIN
