"""A desk behind a real Postfix: its doors on a real database, its relay, and Postfix before and behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from gateway import clock
from gateway.dns import Dns
from gateway.inbound.receive import Arrival, Recipient
from gateway.mail import address, authenticate
from gateway.mail.trust import Authentication
from gateway.store import deliveries
from gateway.store.models import Delivery
from tests.databases import SUPPORT, Desk
from tests.postfix import HOSTNAME, Postfix, Route, running
from tests.redis_server import wait_for
from tests.sink import Sink
from tests.smtp_door import RunningDoor

MOST_BYTES = 35 * 1024 * 1024
OTHERS = ("desk@desk.example", *(f"team{number}@desk.example" for number in range(40)))
Door = Literal["smtp", "lmtp"]


@dataclass
class Kept:
    """What the doors commit to: the desk's database, unless `fault` stands in the way; `after` follows a commit."""

    desk: Desk
    fault: Exception | None = None
    after: Callable[[], object] | None = None

    def commit_batch(self, arrivals: Sequence[Arrival]) -> Sequence[str]:
        if self.fault is not None:
            raise self.fault
        with self.desk.services.transaction() as session:
            told = deliveries.accept(session, self.desk.services.blobs, arrivals)
        if self.after is not None:
            self.after()
        return told


@dataclass
class House:
    """The desk, its doors, the Postfix beside them, and the server everybody else's mail ends at.

    Shape: `free_bytes` is what the doors believe of the disk; `hops` are the trusted ones.
    """

    desk: Desk
    kept: Kept
    door: RunningDoor
    postfix: Postfix
    sink: Sink
    free_bytes: int = 10**12

    def deliveries(self) -> list[Delivery]:
        """What the doors took, oldest first."""
        with self.desk.services.reading() as session:
            return list(session.scalars(sa.select(Delivery).order_by(Delivery.id)))

    def file(self, count: int = 1) -> list[Delivery]:
        """Judge what came, once that many deliveries are there."""
        wait_for(lambda: len(self.deliveries()) >= count, 20)
        self.desk.clock.at = clock.now()
        self.desk.file()
        return self.deliveries()


def recipient(forward_path: str) -> Recipient:
    """Ours are the support address and some more, with any subaddress."""
    plain = address.split_subaddress(forward_path)[0].lower()
    return Recipient.OURS if plain in (SUPPORT, *OTHERS) else Recipient.UNKNOWN


@contextmanager
def behind(desk: Desk, door: Door, *settings: str, hops: bool = True, most: int = 200,
           sink: Sink | None = None) -> Iterator[House]:  # fmt: skip
    """A desk whose door Postfix delivers to, by LMTP or SMTP.

    Shape: `settings` are lines of main.cf; `most` is how many recipients of a mail the door takes.
    """
    told = {"lmtp_listen": "127.0.0.1:0", "smtp_max_recipients": most, "smtp_hostname": "door.desk.example",
            "smtp_max_bytes": MOST_BYTES}  # fmt: skip
    trusted = {"127.0.0.1": HOSTNAME} if hops else {}
    dns = Dns(0.2)
    made: list[House] = []

    def check(raw: bytes, *, peer: str, helo: str, reverse_path: str) -> Authentication:
        return authenticate.judge(
            raw, peer=peer, helo=helo, reverse_path=reverse_path, hops=trusted, resolver=dns.for_mail()
        )

    kept = Kept(desk)
    running_door = RunningDoor(
        store=kept,  # type: ignore[arg-type]
        settings=told,
        recipients=recipient,
        authenticate=check,
        free_bytes=lambda: made[0].free_bytes if made else 10**12,
    )
    with running_door, sink or Sink() as beyond:
        port = running_door.bound[door][1]
        transport = f"lmtp:inet:127.0.0.1:{port}" if door == "lmtp" else f"relay:[127.0.0.1]:{port}"
        with running(Route(transport, beyond.port, settings)) as postfix:
            made.append(House(desk, kept, running_door, postfix, beyond))
            yield made[0]
