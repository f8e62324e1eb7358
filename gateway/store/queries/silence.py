"""Whether somebody who seems silent has written already."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.store.models import Delivery, DeliveryState


def mail_waits(session: Session, ticket_id: int, people: Collection[str], until: datetime) -> bool:
    """Whether mail that may belong to a ticket was accepted by an instant and is not filed yet.

    Shape: `people` are normalised addresses.
    """
    signed = Delivery.forward_path.contains(f"+{ticket_id}-", autoescape=True)
    waiting = sa.exists().where(
        Delivery.state == DeliveryState.RECEIVED,
        Delivery.accepted_at <= until,
        sa.or_(signed, sa.func.lower(Delivery.reverse_path).in_(sorted(people))),
    )
    return bool(session.execute(sa.select(waiting)).scalar_one())
