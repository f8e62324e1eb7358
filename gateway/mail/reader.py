"""Everything one mail tells, read in one go: parsed, classified, its language, priority and intent judged.

Called with hostile bytes, so it runs inside the limited child of `runtime.sandbox` (as `read_frame`).
Nothing here knows the database or the network.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from importlib.resources import files

from gateway.domain import intent, language, priority
from gateway.domain.weighing import Model
from gateway.mail import nature
from gateway.mail.classify import classify
from gateway.mail.message import Excerpt, InboundMessage
from gateway.mail.parse import parse
from gateway.mail.reading import Order, Reading, order_of, reading_frame


def read(order: Order) -> Reading:
    """Read one mail; never raises on any bytes."""
    message = parse(order.raw)
    kind = classify(message, reverse_path=order.reverse_path, own_addresses=order.own_addresses)
    written = message.excerpt.new
    spoken = language.detect(written if written.strip() else message.subject)
    return Reading(
        message=_told(message, spoken),
        classification=kind,
        language=spoken,
        assessment=priority.assess(message.subject, written, model=trained("priority")),
        intent=intent.read(message.subject, written, model=trained("escalation")),
    )


def _told(message: InboundMessage, spoken: str) -> InboundMessage:
    """The mail; where it shows no text for being sealed, a fragment or a pointer, with a sentence that says so."""
    said = "" if message.text.strip() else nature.words(message.nature, spoken)
    return replace(message, text=said, excerpt=Excerpt(said)) if said else message


@cache
def trained(name: str) -> Model:
    """The weights of one model that `training/train.py` wrote, read once per process."""
    return Model.of(json.loads(files("gateway.domain").joinpath(f"{name}_model.json").read_text("utf-8")))


def read_frame(frame: bytes) -> bytes:
    """`read` between two processes."""
    return reading_frame(read(order_of(frame)))
