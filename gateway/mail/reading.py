"""What one mail tells, as values, and how they travel between a worker and the limited child that reads.

The reading itself is in `reader`, whose libraries only the child loads.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import msgspec

from gateway.domain.intent import Intent
from gateway.domain.priority import Assessment
from gateway.mail.message import Classification, InboundMessage

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


def order_frame(order: Order) -> bytes:
    """The bytes that carry an Order to the child."""
    return msgspec.msgpack.encode(order)


def order_of(frame: bytes) -> Order:
    """The Order a frame carries."""
    return _orders().decode(frame)


def reading_frame(reading: Reading) -> bytes:
    """The bytes that carry a Reading back."""
    return msgspec.msgpack.encode(reading)


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
