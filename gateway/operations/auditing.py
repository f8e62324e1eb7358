"""Who did what in the desk itself: one entry for each act of administration or access, kept for good.

The only writer of audit_entry. Entries hold codes and ids: never a secret, an address or what somebody wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from gateway.store.models import AuditEntry


def note(
    session: Session,
    *,
    actor: str,
    act: str,
    about: str = "",
    client: str = "",
    data: Mapping[str, Any] | None = None,
    at: datetime,
) -> None:
    """Enter an act, in the transaction that does it.

    Shape: `actor` like `engineer:7`, `contact:12`, `cli`, or empty where nobody is known; `act` a code like
    `login.failed`; `about` what it was done to, like `customer:3`; `client` the address of the browser.
    """
    session.add(
        AuditEntry(
            at=at,
            actor=actor[:60],
            act=act[:60],
            about=about[:100],
            client=client[:64],
            data=dict(data or {}),
        )
    )
