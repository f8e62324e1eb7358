"""Senders that look like somebody else: said on the mail and on the message it became."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.mail.trust import Authentication
from gateway.store.models import Delivery, Message, table

_deliveries, _messages = table(Delivery), table(Message)
_OF_MAIL: Final = sa.update(_deliveries).where(_deliveries.c.id == sa.bindparam("row_id"))
_OF_MESSAGE: Final = sa.update(_messages).where(
    _messages.c.ticket_id == sa.bindparam("on_ticket"), _messages.c.delivery_id == sa.bindparam("row_id")
)


def suspect(session: Session, ticket_id: int | None, delivery_id: int, *, authentication: Authentication,
            marks: Sequence[str]) -> None:  # fmt: skip
    """Keep beside the verdicts why an author could be taken for somebody else.

    Shape: `marks` as `inbound.suspicion` makes them, each `code:whom`.
    """
    if not marks:
        return
    told = {"authentication": asdict(authentication) | {"marks": list(marks)}}
    session.execute(_OF_MAIL, {"row_id": delivery_id} | told)
    if ticket_id is not None:
        session.execute(_OF_MESSAGE, {"on_ticket": ticket_id, "row_id": delivery_id} | told)
