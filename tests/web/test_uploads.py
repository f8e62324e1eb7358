"""Files that engineers send along, from the ticket's page and over the API."""

import base64
import email
import io
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gateway.store.models import Attachment, Direction
from tests.web import desk as desks
from tests.web.desk import Desk, form_token

PDF = b"%PDF-1.7 \x00\xff" * 40


def send(
    client: FlaskClient, number: int, *files: tuple[str, bytes], audience: str = "reply"
) -> TestResponse:
    token = form_token(client.get(f"/tickets/{number}"))
    fields = {"csrf_token": token, "audience": audience, "text": "See the files.", "last": "0", "then": ""}
    data = fields | {"files": [(io.BytesIO(content), name) for name, content in files]}
    return client.post(f"/tickets/{number}/write", data=data, content_type="multipart/form-data")


def letter(desk: Desk, number: int) -> EmailMessage:
    (row,) = desks.letters(desk, number)
    assert row.content.isascii()
    made = email.message_from_bytes(row.content, policy=policy.default)
    assert isinstance(made, EmailMessage)
    return made


def files_of(desk: Desk, number: int, direction: Direction = Direction.OUTBOUND) -> list[tuple[str, int]]:
    (message,) = desks.messages(desk, number, direction)
    with desk.reading() as rows:
        found = rows.query(Attachment).filter_by(message_id=message.id).order_by(Attachment.id)
        return [(each.filename, each.size_bytes) for each in found]


def test_files_of_a_reply_leave_with_its_letter_under_their_names(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    answer = send(desk.signed_in(), number, ("报告 三月.pdf", PDF), ("log.txt", "日志\n".encode()))
    assert answer.status_code == 303
    sent = [
        (part.get_filename(), part.get_payload(decode=True))
        for part in letter(desk, number).iter_attachments()
    ]
    assert sent == [("报告 三月.pdf", PDF), ("log.txt", "日志\n".encode())]


def test_files_of_a_reply_are_shown_on_it_and_can_be_downloaded(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    client = desk.signed_in()
    send(client, number, ("报告.pdf", PDF))
    assert files_of(desk, number) == [("报告.pdf", len(PDF))]
    with desk.reading() as rows:
        token = rows.query(Attachment.token).scalar()
    assert "报告.pdf" in client.get(f"/tickets/{number}").text
    assert client.get(f"/attachments/{token}").data == PDF


def test_file_of_a_note_stays_here(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    assert send(desk.signed_in(), number, ("trace.txt", b"internal"), audience="note").status_code == 303
    assert files_of(desk, number, Direction.NOTE) == [("trace.txt", 8)]
    assert desks.letters(desk, number) == []


def test_reply_without_files_takes_the_same_form(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    assert send(desk.signed_in(), number, ("", b"")).status_code == 303
    assert files_of(desk, number) == []


def test_form_takes_several_files_without_a_script(desk: Desk) -> None:
    page = desk.signed_in().get(f"/tickets/{desks.open_ticket(desk)}").text
    assert 'enctype="multipart/form-data"' in page
    assert '<input type="file" name="files" multiple>' in page


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("x" * 300 + ".pdf", None),
        ("..", "file"),
    ],
)
def test_names_that_deceive_are_made_safe(desk: Desk, given: str, kept: str | None) -> None:
    number = desks.open_ticket(desk)
    send(desk.signed_in(), number, (given, PDF))
    ((name, _),) = files_of(desk, number)
    assert name == kept if kept else len(name) <= 150 and name.endswith(".pdf")


def test_too_many_files_are_refused_with_the_draft_kept(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    answer = send(desk.signed_in(), number, *((f"{each}.txt", b"x") for each in range(21)))
    assert answer.status_code == 409
    assert "there are too many files" in answer.text and "See the files." in answer.text
    assert desks.letters(desk, number) == []


def small(folder: Path) -> Desk:
    return desks.open_desk(folder, attachment_max_bytes=1000)


def test_files_too_large_together_are_refused_with_the_draft_kept(tmp_path: Path) -> None:
    desk = small(tmp_path)
    number = desks.open_ticket(desk)
    answer = send(desk.signed_in(), number, ("a", b"x" * 600), ("b", b"x" * 600))
    assert answer.status_code == 409
    assert "the files are too large for a mail" in answer.text and "See the files." in answer.text


def test_upload_beyond_every_limit_is_not_even_read(tmp_path: Path) -> None:
    desk = small(tmp_path)
    number = desks.open_ticket(desk)
    assert send(desk.signed_in(), number, ("a", b"x" * 3_000_000)).status_code == 413


def test_upload_may_be_as_large_as_the_setting_allows(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    assert send(desk.signed_in(), number, ("large.bin", b"\x00\xff" * 6_000_000)).status_code == 303
    assert files_of(desk, number) == [("large.bin", 12_000_000)]


def test_other_requests_stay_small(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    client = desk.signed_in()
    token = form_token(client.get(f"/tickets/{number}"))
    data = {"csrf_token": token, "text": "x", "files": [(io.BytesIO(b"x" * 3_000_000), "a")]}
    answer = client.post(f"/tickets/{number}/escalate", data=data, content_type="multipart/form-data")
    assert answer.status_code == 413


# Over the API.


def over_api(desk: Desk, number: int, what: str, *files: dict[str, str]) -> TestResponse:
    return desk.client().post(
        f"/api/v1/tickets/{number}/{what}",
        json={"text": "See the files.", "attachments": list(files)},
        headers={"Authorization": f"Bearer {desk.token()}"},
    )


def a_file(name: str = "报告.pdf", content: bytes = PDF) -> dict[str, str]:
    return {
        "filename": name,
        "content_type": "application/pdf",
        "content": base64.b64encode(content).decode(),
    }


def test_file_of_a_reply_over_the_api_leaves_with_its_letter(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    answer = over_api(desk, number, "reply", a_file())
    assert answer.status_code == 201
    assert [each["filename"] for each in answer.json["messages"][-1]["attachments"]] == ["报告.pdf"]
    (part,) = letter(desk, number).iter_attachments()
    assert (part.get_content_type(), part.get_payload(decode=True)) == ("application/pdf", PDF)


def test_file_of_a_note_over_the_api_is_kept_with_it(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    assert over_api(desk, number, "note", a_file()).status_code == 201
    assert files_of(desk, number, Direction.NOTE) == [("报告.pdf", len(PDF))]


def test_content_that_is_no_base64_is_unfit(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    assert over_api(desk, number, "reply", a_file() | {"content": "%%%"}).status_code == 422


def test_too_many_files_over_the_api_are_unfit(desk: Desk) -> None:
    number = desks.open_ticket(desk)
    assert over_api(desk, number, "reply", *(a_file() for _ in range(21))).status_code == 422


def test_files_too_large_over_the_api_are_refused(tmp_path: Path) -> None:
    desk = small(tmp_path)
    number = desks.open_ticket(desk)
    assert over_api(desk, number, "reply", a_file(content=b"x" * 1001)).status_code == 409
