"""Deliveries: one row for each forward-path of an accepted mail, stored in batches, claimed one by one."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from gateway.mail.trust import Authentication, Verdict
from gateway.store import leases
from gateway.store.blobs import Blobs
from gateway.store.models import Delivery, DeliveryState, in_words, table

MAX_ATTEMPTS: Final = 3
ADMITTED: Final = "admitted"
ATTACHED: Final = "attached:"
"""What a person decided before a mail is judged again: to let it in, or to which ticket it belongs."""
_BACK_OFF: Final = timedelta(seconds=10)
_table = table(Delivery)
_CLAIM: Final = leases.claiming(
    Delivery,
    due=(_table.c.state == in_words(DeliveryState.RECEIVED), _table.c.next_attempt_at <= leases.AT),
    order=_table.c.next_attempt_at,
    index="ix_delivery_due",
)
_CLAIM_PACED: Final = leases.claiming(
    Delivery,
    due=(_table.c.state == in_words(DeliveryState.RECEIVED), _table.c.fence == 0),
    order=_table.c.next_attempt_at,
    index="ix_delivery_due",
)
_CLAIMED: Final = (
    sa.select(
        _table.c.id, _table.c.blob_key, _table.c.accepted_at, _table.c.reverse_path, _table.c.forward_path,
        _table.c.door, _table.c.authentication, _table.c.attempts, _table.c.rule,
    )
    .where(_table.c.id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(_table.c.id)
)  # fmt: skip
_ACCEPT: Final = _table.insert()
_FINISH: Final = sa.update(_table).where(
    _table.c.id == sa.bindparam("row_id"), _table.c.state == in_words(DeliveryState.RECEIVED)
)


class Arrived(Protocol):
    """What a door hands over for one mail (see `gateway.inbound.receive.Arrival`)."""

    @property
    def raw(self) -> bytes:
        """The mail as it came."""

    @property
    def reverse_path(self) -> str:
        """The envelope's sender, empty where null."""

    @property
    def forward_paths(self) -> tuple[str, ...]:
        """The envelope's recipients."""

    @property
    def accepted_at(self) -> datetime:
        """When the door took responsibility."""

    @property
    def door(self) -> str:
        """Which door."""

    @property
    def peer(self) -> str:
        """The client's address."""

    @property
    def helo(self) -> str:
        """The client's name."""

    @property
    def tls(self) -> str:
        """The protocol version, or empty."""

    @property
    def authentication(self) -> Authentication:
        """The door's verdicts."""

    @property
    def due_at(self) -> datetime | None:
        """When it is to be judged, where not at once."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery this process may judge while it holds the fencing number."""

    id: int
    fence: int
    blob_key: str
    accepted_at: datetime
    reverse_path: str
    forward_path: str
    door: str
    authentication: Authentication
    attempts: int
    admitted: bool = False
    attached: int | None = None


def accept(session: Session, blobs: Blobs, arrivals: Sequence[Arrived]) -> list[str]:
    """Store a batch: raw bytes and one delivery for each forward-path; the identifier of each arrival.

    Errors: whatever storing raises; nothing is then stored.
    """
    keys = blobs.put_many(session, [each.raw for each in arrivals], arrivals[0].accepted_at)
    names = [secrets.token_hex(8) for _ in arrivals]
    rows = [
        _row(arrival, key, name) | {"forward_path": path}
        for arrival, key, name in zip(arrivals, keys, names, strict=True)
        for path in arrival.forward_paths
    ]
    session.execute(_ACCEPT, rows)
    return names


def claim(session: Session, *, owner: str, at: datetime, limit: int) -> list[Claimed]:
    """Deliveries that are due and free, oldest first, leased to `owner`."""
    return _claimed(session, leases.claim(session, _CLAIM, owner=owner, at=at, limit=limit))


def claim_paced(session: Session, *, owner: str, at: datetime, limit: int) -> list[Claimed]:
    """Deliveries nobody has tried yet although a flood's pace would have them wait, leased to `owner`."""
    return _claimed(session, leases.claim(session, _CLAIM_PACED, owner=owner, at=at, limit=limit))


def _claimed(session: Session, taken: Mapping[int, int]) -> list[Claimed]:
    if not taken:
        return []
    rows = session.execute(_CLAIMED, {"ids": list(taken)})
    return [
        Claimed(row.id, taken[row.id], row.blob_key, row.accepted_at, row.reverse_path, row.forward_path, row.door,
                _authentication(row.authentication), row.attempts,
                row.rule.startswith((ADMITTED, ATTACHED)), _ticket_named(row.rule))
        for row in rows
    ]  # fmt: skip


def finish(session: Session, delivery_id: int, **values: Any) -> None:
    """Write what became of a delivery, and let the lease go; what has ended before stays as it is."""
    session.execute(_FINISH, {"row_id": delivery_id, "lease_until": None, "lease_owner": None, **values})


def postpone(session: Session, claimed: Claimed, at: datetime, *, error: str) -> None:
    """Try again later after a fault of ours, up to three times; then a person has to look."""
    if not leases.held(session, Delivery, claimed.id, claimed.fence):
        return
    if claimed.attempts >= MAX_ATTEMPTS:
        finish(
            session, claimed.id, state=DeliveryState.QUARANTINED, processed_at=at, rule="fault", error=error
        )
        return
    finish(session, claimed.id, next_attempt_at=at + _BACK_OFF * 3 ** (claimed.attempts - 1), error=error)


def give_back(session: Session, claimed: Claimed, next_attempt_at: datetime) -> None:
    """Return a delivery untried, as after a fault of the database that says nothing about the mail."""
    if leases.held(session, Delivery, claimed.id, claimed.fence):
        attempts = max(claimed.attempts - 1, 0)
        finish(session, claimed.id, next_attempt_at=next_attempt_at, attempts=attempts)


def _ticket_named(rule: str) -> int | None:
    return int(rule.removeprefix(ATTACHED)) if rule.startswith(ATTACHED) else None


def _authentication(told: dict[str, str]) -> Authentication:
    verdicts = {name: Verdict(told[name]) for name in ("spf", "dkim", "dmarc")}
    return Authentication(**verdicts, domain=told["domain"], source=told["source"])


def _row(arrival: Arrived, key: str, name: str) -> dict[str, Any]:
    return {
        "arrival": name,
        "accepted_at": arrival.accepted_at,
        "door": arrival.door,
        "peer": arrival.peer[:64],
        "helo": arrival.helo[:255],
        "tls": arrival.tls[:20],
        "reverse_path": arrival.reverse_path[:512],
        "authentication": asdict(arrival.authentication),
        "blob_key": key,
        "size_bytes": len(arrival.raw),
        "state": DeliveryState.RECEIVED,
        "next_attempt_at": arrival.due_at or arrival.accepted_at,
        "attempts": 0,
        "fence": 0,
        "rule": "",
        "disposition": "",
        "message_id": "",
        "subject": "",
        "originator": "",
        "error": "",
    }
