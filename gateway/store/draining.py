"""One loop for rows that are due one by one: claim a batch, do each in a transaction of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.store import leases

BATCH: Final = 32
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Draining:
    """The loop, wired once per process.

    Shape: `what` names the rows in the log of the process; `claims` is a statement of `leases.claiming`; `do` gets a
    transaction, the row's id and its fencing number, and must see for itself that the lease is still held before it
    changes anything.
    """

    transaction: Callable[[], AbstractContextManager[Session]]
    what: str
    owner: str
    now: Callable[[], datetime]
    claims: sa.UpdateBase
    do: Callable[[Session, int, int], None]

    def drain(self, until: datetime) -> bool:
        """Do what is due until nothing is left or the time is over; whether work is left."""
        while self.now() < until:
            with self.transaction() as session:
                claimed = leases.claim(session, self.claims, owner=self.owner, at=self.now(), limit=BATCH)
            if not claimed:
                return False
            for row_id, fence in claimed.items():
                self._isolated(row_id, fence)
        return True

    def _isolated(self, row_id: int, fence: int) -> None:
        """One row's fault never stops the next: it is due again when its lease ends."""
        try:
            with self.transaction() as session:
                self.do(session, row_id, fence)
        except Exception:  # noqa: BLE001  the oldest rows come first, so one that fails would silence all others
            _log.exception("%s %s failed", self.what, row_id)
