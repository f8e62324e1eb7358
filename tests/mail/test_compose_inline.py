"""Pictures that stand in the HTML of a mail (RFC 2387, RFC 2392)."""

from __future__ import annotations

import email
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from typing import Any

import mailparser
import pytest

from gateway.mail.compose import Inline, Outgoing, UnsafeField, compose
from gateway.mail.message import Attachment, Mailbox

PICTURE = Inline("trend-5f0c@picture.invalid", "image/png", b"\x89PNG\r\n\x1a\n data", "trend.png")
SHEET = Attachment(filename="figures.csv", content_type="text/csv", content=b"a,b\r\n", sha256="")


def outgoing(**changes: Any) -> Outgoing:
    mail: dict[str, Any] = {
        "from_": Mailbox("Northquay Cloud", "support@northquay.example"),
        "to": (Mailbox("Li Na", "li.na@harbour.example"),),
        "subject": "Report",
        "text": "Report\n",
        "html": '<img src="cid:trend-5f0c@picture.invalid" alt="Trend">',
        "message_id": "q3Zr@northquay.example",
        "date": datetime(2026, 11, 2, 1, 0, tzinfo=UTC),
        "inline": (PICTURE,),
    }
    return Outgoing(**(mail | changes))


def parsed(**changes: Any) -> EmailMessage:
    return email.message_from_bytes(compose(outgoing(**changes)), policy=policy.default)


def kinds(mail: EmailMessage) -> list[str]:
    return [part.get_content_type() for part in mail.walk()]


def test_pictures_belong_to_both_texts() -> None:
    assert kinds(parsed()) == [
        "multipart/related",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "image/png",
    ]


def test_attachments_stand_beside_texts_and_pictures() -> None:
    assert kinds(parsed(attachments=(SHEET,))) == [
        "multipart/mixed",
        "multipart/related",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "image/png",
        "text/csv",
    ]


def test_related_part_says_what_it_begins_with() -> None:
    assert parsed()["Content-Type"].params["type"] == "multipart/alternative"


def test_picture_is_named_as_the_html_names_it() -> None:
    picture = list(parsed().walk())[-1]
    assert picture["Content-ID"] == "<trend-5f0c@picture.invalid>"
    assert (picture.get_content_disposition(), picture.get_filename()) == ("inline", "trend.png")
    assert picture.get_content() == PICTURE.content


def test_mail_with_pictures_has_no_defects() -> None:
    assert [part.defects for part in parsed(attachments=(SHEET,)).walk() if part.defects] == []


def test_mail_parser_finds_the_html_and_the_picture() -> None:
    back = mailparser.parse_from_bytes(compose(outgoing()))
    assert back.text_html == [outgoing().html + "\r\n"]
    assert [(each["content-id"], each["mail_content_type"]) for each in back.attachments] == [
        ("<trend-5f0c@picture.invalid>", "image/png")
    ]


def test_mail_without_html_carries_no_pictures() -> None:
    assert kinds(parsed(html="")) == ["text/plain"]


def test_same_mail_with_pictures_gives_the_same_bytes() -> None:
    assert compose(outgoing(attachments=(SHEET,))) == compose(outgoing(attachments=(SHEET,)))


def test_lines_are_short_and_seven_bit() -> None:
    raw = compose(outgoing(inline=(Inline("a@b.invalid", "image/png", bytes(range(256)) * 40, "图.png"),)))
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 76


@pytest.mark.parametrize(
    "picture",
    [
        Inline("a@b.invalid\r\nBcc: x@y.example", "image/png", b"", "a.png"),
        Inline("", "image/png", b"", "a.png"),
        Inline("a@b.invalid", "text/html", b"<script>", "a.html"),
        Inline("a@b.invalid", "image/png\r\nX: y", b"", "a.png"),
        Inline("a@b.invalid", "image/png", b"", "a\r\nX: y.png"),
    ],
)
def test_unfit_picture_is_refused(picture: Inline) -> None:
    with pytest.raises(UnsafeField):
        compose(outgoing(inline=(picture,)))
