"""What came lately from a sender and its domain, as far as it opened a ticket or went onto one by itself.

Only the newest messages are looked at, so that the answer costs the same however many there are. They stand in the
order of judging: of a flood that still waits to be judged the newest deliveries say nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.store.models import Delivery, Message, Ticket, table

_deliveries, _messages, _tickets = table(Delivery).c, table(Message).c, table(Ticket).c
_newer = table(Message).alias("newer").c
_LOOK_BACK: Final = 2000
_NEWEST: Final = 500
_COMING: Final = ("open-ticket", "group")
_LATELY: Final = (
    sa.select(
        _deliveries.id, _deliveries.originator, _deliveries.subject, _deliveries.ticket_id, _deliveries.rule,
        _deliveries.disposition,
    )
    .join_from(table(Message), table(Delivery), _deliveries.id == _messages.delivery_id)
    .where(_messages.id > sa.select(sa.func.max(_newer.id)).scalar_subquery() - _LOOK_BACK)
    .where(sa.func.lower(_deliveries.originator).like(sa.bindparam("domain"), escape="\\"))
    .where(_deliveries.accepted_at > sa.bindparam("since"), _deliveries.ticket_id.is_not(None))
    .where(_deliveries.disposition.in_(_COMING))
    .order_by(_messages.id.desc())
    .limit(_NEWEST)
)  # fmt: skip
_WRITTEN: Final = sa.select(
    _messages.delivery_id, _messages.subject, _messages.new_text, _messages.kind
).where(
    _messages.ticket_id.in_(sa.bindparam("ticket_ids", expanding=True)),
    _messages.delivery_id.in_(sa.bindparam("delivery_ids", expanding=True)),
)
_STANDING: Final = (
    sa.select(
        _tickets.id,
        _tickets.status,
        _tickets.priority,
        _tickets.customer_id,
        sa.select(sa.func.count()).where(_messages.ticket_id == _tickets.id).scalar_subquery(),
    )
    .where(_tickets.id.in_(sa.bindparam("ticket_ids", expanding=True)))
    .order_by(_tickets.id)
)


class Came(NamedTuple):
    """A mail that came, and where it went. Shape: `originator` is in small letters."""

    delivery_id: int
    originator: str
    subject: str
    ticket_id: int
    rule: str
    disposition: str


class Written(NamedTuple):
    """What a mail said."""

    delivery_id: int
    subject: str
    text: str
    kind: str


class Standing(NamedTuple):
    """A ticket that mail went to, with its messages counted."""

    ticket_id: int
    status: str
    priority: str
    customer_id: int | None
    messages: int


def lately(session: Session, domain: str, since: datetime) -> list[Came]:
    """The newest mail from a domain since an instant that opened a ticket or joined a flood's, newest first."""
    literal = domain.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    rows = session.execute(_LATELY, {"domain": f"%@{literal}", "since": since})
    return [Came(row[0], row[1].lower(), *row[2:]) for row in rows]


def written(session: Session, came: Collection[Came]) -> list[Written]:
    """What these mails said."""
    told = {"ticket_ids": sorted({each.ticket_id for each in came}),
            "delivery_ids": [each.delivery_id for each in came]}  # fmt: skip
    return [Written(*row) for row in session.execute(_WRITTEN, told)] if came else []


def standing(session: Session, ticket_ids: Collection[int]) -> list[Standing]:
    """These tickets as they stand, the oldest first."""
    if not ticket_ids:
        return []
    return [Standing(*row) for row in session.execute(_STANDING, {"ticket_ids": sorted(ticket_ids)})]
