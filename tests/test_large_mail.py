"""A mail of 40 MB over a real socket: taken, read within the limits of the child, filed with its file whole.

And a logo that comes 43 times in each of many mails: kept once.
"""

from __future__ import annotations

import base64
import hashlib
import random
import smtplib
from collections.abc import Sequence
from dataclasses import replace
from email.message import EmailMessage

import pytest
import sqlalchemy as sa

from gateway import clock
from gateway.inbound.receive import Arrival
from gateway.runtime.sandbox import Sandbox
from gateway.services import READ_FRAME
from gateway.settings import Settings
from gateway.store import deliveries
from gateway.store.models import Attachment, Blob, Scan
from gateway.store.queries import correspondence
from tests.databases import SUPPORT, Desk
from tests.smtp_door import RunningDoor

LARGE_BYTES = 40_000_000
LOGO = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000") + b"logo" * 500
DEFAULTS = Settings(_env_file=None)


class ToDesk:
    """What a door commits, in the desk's database."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def commit_batch(self, batch: Sequence[Arrival]) -> list[str]:
        with self.desk.services.transaction() as session:
            return deliveries.accept(session, self.desk.services.blobs, batch)


def large(content: bytes) -> bytes:
    head = (b"From: Li Na <li@harbour.example>\r\nTo: support@desk.example\r\nSubject: Heap dump\r\n"
            b"Message-ID: <large@harbour.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
            b"--b\r\nContent-Type: text/plain\r\n\r\nHere is the dump.\r\n--b\r\nContent-Transfer-Encoding: base64\r\n"
            b"Content-Type: application/octet-stream; name=heap.bin\r\n\r\n")  # fmt: skip
    return head + base64.encodebytes(content).replace(b"\n", b"\r\n") + b"--b--\r\n"


@pytest.mark.timeout(300)
def test_mail_of_40_mb_is_filed_with_its_file_whole(desk: Desk) -> None:
    content = random.Random(7).randbytes(LARGE_BYTES * 3 // 4 * 76 // 78)
    raw = large(content)
    assert len(raw) > LARGE_BYTES
    child = Sandbox(READ_FRAME, seconds=DEFAULTS.parse_seconds, memory_bytes=DEFAULTS.parse_memory_bytes)
    desk.pipeline = replace(desk.pipeline, reader=child)
    store = ToDesk(desk)
    with (
        RunningDoor(store=store) as door,  # type: ignore[arg-type]
        smtplib.SMTP(*door.bound["smtp"], timeout=120) as client,
    ):
        client.ehlo("mx.harbour.example")
        assert int(client.esmtp_features["size"]) > LARGE_BYTES
        assert client.sendmail("li@harbour.example", [SUPPORT], raw) == {}
    desk.clock.at = clock.now()  # the door has told the time by the real one
    desk.file()
    child.close()
    (ticket,) = desk.tickets()
    with desk.services.reading() as session:
        (message,) = correspondence.messages(session, ticket.id)
        (file,) = message.attachments
        assert (message.text, file.filename, file.size_bytes) == (
            "Here is the dump.",
            "heap.bin",
            len(content),
        )
        kept = desk.services.blobs.get(session, file.blob_key)
    assert hashlib.sha256(kept).digest() == hashlib.sha256(content).digest()


def with_logos(number: int) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Li Na <li@harbour.example>", SUPPORT, f"Mail {number}"
    mail["Message-ID"] = f"<m{number}@harbour.example>"
    mail.set_content(f"Hello {number}\n")
    mail.add_alternative(
        "".join(f'<p>{number}<img src="cid:logo{index}"></p>' for index in range(43)), subtype="html"
    )
    for index in range(43):
        mail.get_payload()[1].add_related(LOGO, "image", "png", cid=f"<logo{index}>", filename="logo.png")  # type: ignore[index, union-attr]
    return mail.as_bytes()


def test_logo_43_times_in_each_of_many_mails_is_kept_once(desk: Desk) -> None:
    for number in range(1, 4):
        desk.walk(with_logos(number))
    key = hashlib.sha256(LOGO).hexdigest()
    with desk.services.reading() as session:
        count = sa.select(sa.func.count())
        assert session.scalar(count.select_from(Attachment).where(Attachment.blob_key == key)) == 3 * 43
        assert session.scalar(count.select_from(Attachment).where(Attachment.inline)) == 3 * 43
        assert session.scalar(count.select_from(Blob).where(Blob.key == key)) == 1
        assert session.scalar(count.select_from(Scan).where(Scan.blob_key == key)) == 1
