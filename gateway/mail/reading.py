"""Everything one mail tells, read in one go: parsed, classified, its language, priority and intent judged.

Called with hostile bytes, so it runs inside the limited child of `runtime.sandbox` (through `read_frame`), or in
`helpdesk explain`. Nothing here knows the database or the network.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import msgspec

from gateway.domain import intent, language, priority
from gateway.domain.intent import Intent
from gateway.domain.priority import Assessment
from gateway.mail.classify import classify
from gateway.mail.message import Classification, InboundMessage
from gateway.mail.parse import parse

TOO_COMPLEX: Final = "too-complex"


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be read: the raw mail, and what its envelope said."""

    raw: bytes
    reverse_path: str | None
    own_addresses: frozenset[str]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a mail says and what its author wants."""

    message: InboundMessage
    classification: Classification
    language: str
    assessment: Assessment
    intent: Intent

    @property
    def too_complex(self) -> bool:
        """Whether the mail passes the limits, so that it was read only roughly."""
        return TOO_COMPLEX in self.message.defects


def read(order: Order) -> Reading:
    """Read one mail; never raises on any bytes."""
    message = parse(order.raw)
    kind = classify(message, reverse_path=order.reverse_path, own_addresses=order.own_addresses)
    written = message.excerpt.new
    return Reading(
        message=message,
        classification=kind,
        language=language.detect(written if written.strip() else message.subject),
        assessment=priority.assess(message.subject, written),
        intent=intent.read(message.subject, written),
    )


def read_frame(frame: bytes) -> bytes:
    """`read` between two processes: an Order in MessagePack becomes a Reading in MessagePack."""
    return msgspec.msgpack.encode(read(_orders().decode(frame)))


def order_frame(order: Order) -> bytes:
    """The bytes that carry an Order to the child."""
    return msgspec.msgpack.encode(order)


def reading_of(frame: bytes) -> Reading:
    """The Reading a child answered with.

    Errors: msgspec.ValidationError where it is none.
    """
    return _readings().decode(frame)


@lru_cache(maxsize=1)
def _orders() -> msgspec.msgpack.Decoder[Order]:
    return msgspec.msgpack.Decoder(Order)


@lru_cache(maxsize=1)
def _readings() -> msgspec.msgpack.Decoder[Reading]:
    return msgspec.msgpack.Decoder(Reading)
