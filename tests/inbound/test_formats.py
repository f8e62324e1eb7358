"""Mail in odd forms on its way to a ticket: sealed mail opens and continues tickets, nothing of it is lost."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from gateway.mail.parse import parse
from gateway.store.models import DeliveryState
from gateway.store.queries import correspondence
from tests.builders import PASSED, a_customer, a_mail
from tests.databases import Desk
from tests.mail import tnef_files as packing

SEALED = bytes.fromhex("308006092a864886f70d010703a0803080020100") + b"\0" * 200
INVITE = (b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Fail-over\r\n"
          b"DTSTART;TZID=China Standard Time:20260504T100000\r\nDTEND:20260504T033000Z\r\nLOCATION:Room 7\r\n"
          b"ORGANIZER;CN=Li Na:mailto:li@harbour.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")  # fmt: skip


def sealed(message_id: str = "s1", *, answers: str = "", to: str = "support@desk.example") -> bytes:
    thread = f"In-Reply-To: <{answers}>\r\n" if answers else ""
    head = (f"From: Li Na <li@harbour.example>\r\nTo: {to}\r\nSubject: Confidential\r\nMessage-ID: <{message_id}@harbour.example>\r\n"
            f"{thread}MIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\r\n"
            "Content-Transfer-Encoding: base64\r\n\r\n")  # fmt: skip
    return head.encode() + base64.encodebytes(SEALED)


def test_sealed_mail_opens_a_ticket_that_says_what_it_is(desk: Desk) -> None:
    desk.add(a_customer())
    delivery = desk.walk(sealed(), authentication=PASSED)
    assert (delivery.state, delivery.disposition) == (DeliveryState.DONE, "open-ticket")
    with desk.services.reading() as session:
        (message,) = correspondence.messages(session, delivery.ticket_id or 0)
        assert message.nature == ["smime-encrypted"]
        assert message.text.startswith("This mail is encrypted with S/MIME")
        assert desk.services.blobs.get(session, message.attachments[0].blob_key) == SEALED
        assert desk.services.blobs.get(session, delivery.blob_key) == sealed()


def test_sealed_answer_continues_its_ticket(desk: Desk) -> None:
    desk.add(a_customer())
    ticket_id = desk.walk(a_mail(), authentication=PASSED).ticket_id or 0
    answer = sealed("s2", to=desk.head.reply_address(ticket_id))
    delivery = desk.walk(answer, to=desk.head.reply_address(ticket_id), authentication=PASSED)
    assert (delivery.ticket_id, len(desk.messages(ticket_id))) == (ticket_id, 2)
    assert desk.messages(ticket_id)[1].nature == ["smime-encrypted"]


def test_invitation_stands_on_its_ticket_with_its_instants(desk: Desk) -> None:
    raw = (b"From: Li Na <li@harbour.example>\r\nTo: support@desk.example\r\nSubject: Fail-over\r\nMIME-Version: 1.0\r\n"
           b"Message-ID: <i1@harbour.example>\r\nContent-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\n" + INVITE)  # fmt: skip
    ticket_id = desk.walk(raw).ticket_id or 0
    (message,) = desk.messages(ticket_id)
    assert message.invitations == [
        {"method": "request", "uid": "1", "summary": "Fail-over", "starts": "2026-05-04T02:00:00+00:00",
         "ends": "2026-05-04T03:30:00+00:00", "zone": "China Standard Time", "place": "Room 7",
         "organiser": {"name": "Li Na", "address": "li@harbour.example"}, "repeats": False, "answer": ""}
    ]  # fmt: skip


def test_packed_files_stand_on_the_ticket_and_their_package_behind_them(desk: Desk) -> None:
    packed = packing.stream(packing.one(packing.BODY, b"db-1 is down\0"), packing.file(b"plan.pdf", b"%PDF"))
    raw = (b"From: Li Na <li@harbour.example>\r\nTo: support@desk.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
           b"Message-ID: <t1@harbour.example>\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\n"
           b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(packed))  # fmt: skip
    ticket_id = desk.walk(raw).ticket_id or 0
    with desk.services.reading() as session:
        (message,) = correspondence.messages(session, ticket_id)
        files = [(each.filename, each.inline) for each in message.attachments]
    assert (message.text, files) == ("db-1 is down", [("plan.pdf", False), ("winmail.dat", True)])


@pytest.mark.parametrize("form", ["partial", "external-body"])
def test_mail_that_points_elsewhere_opens_a_ticket_and_nothing_is_fetched(desk: Desk, form: str) -> None:
    kind = (
        b"message/partial; number=1; total=3; id=x"
        if form == "partial"
        else b"message/external-body; access-type=URL"
    )
    raw = (b"From: Li Na <li@harbour.example>\r\nTo: support@desk.example\r\nSubject: x\r\nMessage-ID: <p1@harbour.example>\r\n"
           b"Content-Type: " + kind + b"; URL=\"http://127.0.0.1:1/\"\r\n\r\nContent-Type: text/plain\r\n\r\nhello\r\n")  # fmt: skip
    (message,) = desk.messages(desk.walk(raw).ticket_id or 0)
    assert message.nature == (["partial:1/3"] if form == "partial" else ["external-body"])
    assert message.text


def test_reading_names_no_network_library() -> None:
    source = "".join(path.read_text() for path in Path(parse.__code__.co_filename).parent.glob("*.py"))
    assert "import socket" not in source
    assert "urlopen" not in source
