"""Bombs cost themselves a quarantine and clean mail a few seconds; odd bytes read the same on both databases."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from gateway.runtime.sandbox import Sandbox
from gateway.store.models import Delivery, DeliveryState
from tests.builders import a_customer, a_mail
from tests.databases import Desk

BOMBS = ["hang for ever", "eat all memory"]


@pytest.fixture(scope="module")
def child() -> Iterator[Sandbox]:
    made = Sandbox("tests.inbound.hostile_reader:read", seconds=1.0, memory_bytes=1 << 30)
    made.warm()
    yield made
    made.close()


def deliveries(desk: Desk) -> list[Delivery]:
    with desk.services.reading() as session:
        return list(session.scalars(sa.select(Delivery).order_by(Delivery.id)))


@pytest.mark.parametrize("bomb", BOMBS)
def test_bomb_is_quarantined_whole_and_delays_clean_mail_by_seconds(
    desk: Desk, child: Sandbox, bomb: str
) -> None:
    raw = a_mail(f"Please {bomb}.\n", subject="Bomb")
    number = desk.receive(raw)
    for count in range(3):
        desk.receive(a_mail(f"Clean {count}.\n", subject=f"Clean {count}"))
    pipeline = replace(desk.pipeline, reader=child, now=desk.clock)

    began = time.monotonic()
    while pipeline.drain(desk.clock.at + timedelta(seconds=5)):
        pass
    took = time.monotonic() - began
    assert {ticket.subject for ticket in desk.tickets()} == {"Clean 0", "Clean 1", "Clean 2"}
    assert took < 10

    desk.clock.pass_(minutes=1)
    pipeline.drain(desk.clock.at + timedelta(seconds=5))
    kept = deliveries(desk)[0]
    assert (kept.id, kept.state) == (number, DeliveryState.QUARANTINED)
    assert "limits" in kept.error
    with desk.services.reading() as session:
        assert desk.services.blobs.get(session, kept.blob_key) == raw


ODD = {
    "nul": (b"Null\x00s \x00 here", "Nulls  here"),
    "lone surrogate in utf-16": ("a\ud800b".encode("utf-16-le", "surrogatepass"), None),
    "gbk called gb2312": ("喆喆：服务器宕机了".encode("gbk"), "喆喆：服务器宕机了"),
    "utf-8 without a word": ("Zürich – 服务".encode(), "Zürich – 服务"),
    "broken utf-8": (b"caf\xe9 \xff\xfe", None),
    "control characters": (b"bell \x07 esc \x1b[31m", None),
}
CHARSETS = {"lone surrogate in utf-16": "utf-16-le", "gbk called gb2312": "gb2312", "nul": "us-ascii"}


@pytest.mark.parametrize("name", ODD)
def test_odd_bytes_are_filed_with_the_same_text_on_both_databases(desk: Desk, name: str) -> None:
    octets, expected = ODD[name]
    kind = f"text/plain; charset={CHARSETS.get(name, 'utf-8')}"
    raw = (
        b"From: Li Na <li@harbour.example>\r\nTo: support@desk.example\r\nSubject: odd \x00 \xff bytes\r\n"
        b"Message-ID: <odd@harbour.example>\r\nMIME-Version: 1.0\r\nContent-Transfer-Encoding: 8bit\r\n"
        b"Content-Type: " + kind.encode() + b"\r\n\r\n" + octets + b"\r\n"
    )
    desk.add(a_customer())
    delivery = desk.walk(raw)
    (ticket,) = desk.tickets()
    (message,) = desk.messages(ticket.id)
    assert delivery.state == DeliveryState.DONE
    for text in (message.text, message.new_text, message.subject, ticket.subject, delivery.subject):
        assert "\x00" not in text
        text.encode("utf-8")
    if expected is not None:
        assert message.text.strip() == expected
    with desk.services.reading() as session:
        assert desk.services.blobs.get(session, delivery.blob_key) == raw
