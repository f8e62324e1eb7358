"""What a ticket's page and the API say of files, of sealed mail and of meetings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from gateway import clock
from gateway.domain.lifecycle import EventKind
from gateway.store import scans
from gateway.store.models import Attachment, Message, Role, Scan, ScanState, TicketEvent
from tests.web import desk as desks
from tests.web.desk import PNG, RAW, Desk

LEAD = "lin.yue@northquay.example"
MEETING = {
    "method": "request", "uid": "u", "summary": "Fail-over rehearsal", "starts": "2026-05-04T02:00:00+00:00",
    "ends": "2026-05-04T03:30:00+00:00", "zone": "", "place": "Room 7", "repeats": False, "answer": "",
    "organiser": {"name": "Li Na", "address": "li.na@harbourline.example"},
}  # fmt: skip


@pytest.fixture
def strict_desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk that asks for a verdict."""
    made = desks.open_desk(tmp_path, scanner_required=True)
    yield made
    made.services.engine.dispose()


def a_file(desk: Desk, state: ScanState | None = None, *, name: str = "log.zip", content: bytes = b"zipped",
           content_id: str = "", kind: str = "application/zip") -> tuple[int, int, str]:  # fmt: skip
    """A ticket with a mail and its file: ticket, message, the file's address."""
    number = desks.open_ticket(desk)
    message_id = desks.add_mail(desk, number, files=((name, kind, content, content_id),))
    with desk.changing() as rows:
        file = rows.scalars(sa.select(Attachment).where(Attachment.message_id == message_id)).one()
        if state is not None:
            scans.ask(rows, [file.blob_key], clock.now())
            scan = rows.scalars(sa.select(Scan).where(Scan.blob_key == file.blob_key)).one()
            signature = "Eicar" if state is ScanState.INFECTED else ""
            scans.decide(rows, scan.id, state=state, at=clock.now(), signature=signature)
        return number, message_id, f"/attachments/{file.token}"


def taken(desk: Desk, number: int) -> list[str]:
    with desk.reading() as rows:
        wanted = sa.select(TicketEvent.actor).where(
            TicketEvent.ticket_id == number, TicketEvent.kind == EventKind.ORIGINAL_TAKEN
        )
        return list(rows.scalars(wanted))


def test_file_without_a_verdict_says_so_and_is_served(desk: Desk) -> None:
    number, _, address = a_file(desk)
    client = desk.signed_in()
    assert "· not scanned" in client.get(f"/tickets/{number}").text
    assert client.get(address).data == b"zipped"


def test_clean_file_says_nothing(desk: Desk) -> None:
    number, _, address = a_file(desk, ScanState.CLEAN)
    client = desk.signed_in()
    assert "not scanned" not in client.get(f"/tickets/{number}").text
    assert client.get(address).data == b"zipped"


@pytest.mark.parametrize("state", [None, ScanState.FAILED])
def test_file_without_a_verdict_asks_for_a_second_step_where_one_is_required(
    strict_desk: Desk, state: ScanState | None
) -> None:
    _, _, address = a_file(strict_desk, state)
    client = strict_desk.signed_in()
    asked = client.get(address)
    assert (asked.status_code, b"zipped" in asked.data) == (200, False)
    assert client.post(address).status_code == 400  # without the form's token
    given = client.post(address, data={"csrf_token": desks.form_token(asked)})
    assert (given.data, given.headers["Content-Disposition"].startswith("attachment")) == (b"zipped", True)


def test_infected_file_is_served_to_nobody(desk: Desk) -> None:
    number, _, address = a_file(desk, ScanState.INFECTED)
    for email in ("chen.wei@northquay.example", LEAD):
        client = desk.signed_in(email)
        page = client.get(f"/tickets/{number}").text
        assert "infected: Eicar" in page
        assert address not in page
        shut = client.get(address)
        assert (shut.status_code, b"zipped" in shut.data) == (403, False)
        token = desks.form_token(client.get(f"/tickets/{number}"))
        assert client.post(address, data={"csrf_token": token}).status_code == 403


def test_original_of_an_infected_mail_is_for_leads_and_noted(desk: Desk) -> None:
    number, message_id, _ = a_file(desk, ScanState.INFECTED)
    address = f"/messages/{message_id}/original"
    client = desk.signed_in()
    assert client.get(address).status_code == 403
    token = desks.form_token(client.get(f"/tickets/{number}"))
    assert client.post(address, data={"csrf_token": token}).status_code == 403
    assert taken(desk, number) == []
    lead = desk.signed_in(LEAD)
    asked = lead.get(address)
    assert (asked.status_code, RAW in asked.data) == (200, False)
    assert lead.post(address, data={"csrf_token": desks.form_token(asked)}).data == RAW
    assert taken(desk, number) == [f"engineer:{desk.engineer(LEAD).id}"]
    assert "was taken" in lead.get(f"/tickets/{number}").text


def test_delivery_of_an_infected_mail_is_no_way_round(desk: Desk) -> None:
    _, message_id, _ = a_file(desk, ScanState.INFECTED)
    with desk.reading() as rows:
        delivery_id = rows.get_one(Message, message_id).delivery_id
    assert desk.signed_in().get(f"/deliveries/{delivery_id}/original").status_code == 403


def test_infected_picture_is_not_drawn_inside_a_text(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    message_id = desks.add_mail(
        desk, number, files=(("logo.png", "image/png", PNG, "logo"),), html='<img src="cid:logo">'
    )
    client = desk.signed_in()
    drawn = client.get(f"/messages/{message_id}/html").text
    assert "/inline/" in drawn
    with desk.changing() as rows:
        file = rows.scalars(sa.select(Attachment)).one()
        scans.ask(rows, [file.blob_key], clock.now())
        scans.decide(rows, rows.scalars(sa.select(Scan.id)).one(), state=ScanState.INFECTED, at=clock.now())
    assert "/inline/" not in client.get(f"/messages/{message_id}/html").text
    granted = drawn.partition("/inline/")[2].partition('"')[0]
    assert client.get(f"/inline/{granted}").status_code == 404


def test_api_says_what_the_scanner_says(desk: Desk) -> None:
    number, _, address = a_file(desk, ScanState.INFECTED)
    headers = {"Authorization": f"Bearer {desk.token(Role.ENGINEER)}"}
    client = desk.client()
    (file,) = client.get(f"/api/v1/tickets/{number}", headers=headers).get_json()["attachments"]
    assert (file["scan"], file["finding"]) == ("infected", "Eicar")
    refused = client.get(f"/api/v1{address}", headers=headers)
    assert (refused.status_code, refused.content_type) == (409, "application/problem+json")
    assert client.get(f"/api/v1{address}?unscanned=true", headers=headers).status_code == 409


def test_api_asks_for_the_second_step_too(strict_desk: Desk) -> None:
    _, _, address = a_file(strict_desk)
    headers = {"Authorization": f"Bearer {strict_desk.token(Role.ENGINEER)}"}
    client = strict_desk.client()
    assert client.get(f"/api/v1{address}", headers=headers).status_code == 409
    assert client.get(f"/api/v1{address}?unscanned=true", headers=headers).data == b"zipped"


def told(desk: Desk, **columns: object) -> int:
    number = desks.open_ticket(desk)
    message_id = desks.add_mail(desk, number)
    with desk.changing() as rows:
        rows.execute(sa.update(Message).where(Message.id == message_id).values(**columns))
    return number


@pytest.mark.parametrize(("nature", "english", "chinese"), [
    ("smime-encrypted", "Encrypted with S/MIME: cannot be read here, the original is kept", "经 S/MIME 加密"),
    ("pgp-signed", "Signed with PGP, not checked", "有 PGP 签名，未验证"),
    ("partial:2/5", "Part 2/5 of a larger mail, not put together", "大邮件的第 2/5 部分"),
    ("external-body", "Points to content elsewhere, not fetched", "指向别处的内容"),
])  # fmt: skip
def test_mail_says_what_kind_it_is(desk: Desk, nature: str, english: str, chinese: str) -> None:
    number = told(desk, nature=[nature])
    assert english in desk.signed_in().get(f"/tickets/{number}").text
    assert chinese in desk.signed_in(language="zh").get(f"/tickets/{number}").text


@pytest.mark.parametrize(("changes", "words"), [
    ({}, "10:00, Monday 4 May to 11:30, Singapore time (UTC+8)"),
    ({"starts": "2026-05-04", "ends": "2026-05-06"}, "Monday 4 May to Tuesday 5 May"),
    ({"starts": "2026-05-04", "ends": "2026-05-05"}, "Monday 4 May"),
    ({"starts": "2026-05-04T10:00:00", "ends": "", "zone": "Office"}, "10:00, Monday 4 May by the sender&#39;s clock (Office)"),
    ({"method": "cancel"}, "<s>Fail-over rehearsal</s>"),
    ({"method": "reply", "answer": "declined"}, "Answer to an invitation: declined"),
    ({"repeats": True}, "repeated"),
])  # fmt: skip
def test_meeting_is_shown_by_the_readers_clock(desk: Desk, changes: dict[str, object], words: str) -> None:
    number = told(desk, invitations=[MEETING | changes])
    with desk.changing() as rows:
        desk.engineer()
        rows.execute(sa.text("UPDATE engineer SET time_zone = 'Asia/Singapore'"))
    page = desk.signed_in().get(f"/tickets/{number}").text
    assert words in page
    assert "Room 7" in page


def test_meeting_and_nature_are_in_the_api(desk: Desk) -> None:
    number = told(desk, invitations=[MEETING], nature=["smime-signed"])
    headers = {"Authorization": f"Bearer {desk.token(Role.ENGINEER)}"}
    message = desk.client().get(f"/api/v1/tickets/{number}", headers=headers).get_json()["messages"][-1]
    assert (message["nature"], message["invitations"]) == (["smime-signed"], [MEETING])


def test_logo_of_every_mail_stands_once_and_folded(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    for _ in range(3):
        desks.add_mail(desk, number, files=(("logo.png", "image/png", PNG, "logo"),) * 43)
    with desk.changing() as rows:
        rows.execute(sa.update(Attachment).values(inline=True))
    page = desk.signed_in().get(f"/tickets/{number}").text
    assert page.count("logo.png") == 1
    assert "1 file inside the text" in page
    assert "× 43" in page


def test_same_file_sent_twice_in_a_mail_stands_once_with_its_count(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    desks.add_mail(
        desk,
        number,
        files=(("a.zip", "application/zip", b"1", ""),) * 2 + (("b.zip", "application/zip", b"1", ""),),
    )
    page = desk.signed_in().get(f"/tickets/{number}").text
    assert (page.count("a.zip"), page.count("b.zip"), "× 2" in page) == (1, 1, True)
