"""The limited child's side of `helpdesk explain`: reads a mail and judges it from nothing but itself."""

from __future__ import annotations

import json

from gateway.inbound import rules
from gateway.inbound.rules import Facts
from gateway.mail import address, reader
from gateway.mail.reading import Order, Reading
from gateway.operations import explaining
from gateway.operations.explaining import Judged


def explain_frame(frame: bytes) -> bytes:
    """The answer to one mail as JSON.

    Shape: a frame is a line of JSON, our own addresses, and then the raw mail.
    """
    listed, _, raw = frame.partition(b"\n")
    own = frozenset(address.split_subaddress(address.normalise(each))[0] for each in json.loads(listed))
    reading = reader.read(Order(raw, None, own))
    return json.dumps(explaining.answer(reading, judge(reading, own))).encode()


def judge(reading: Reading, own: frozenset[str]) -> Judged:
    """The rule and the disposition for a mail from somebody unknown, unauthenticated, about no known ticket."""
    if reading.too_complex:
        return explaining.QUARANTINED
    decided = rules.decide(reading, Facts(own_addresses=own, unregistered="accept"))
    return Judged(decided.rule, decided.action.value)
