import json
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.mail.message import InboundMessage
from gateway.mail.parse import parse

CORPUS = Path(__file__).parent.parent / "corpus"
SAMPLES = sorted(path for folder in ("malformed", "zh") for path in (CORPUS / folder).glob("*.eml"))
HEADER = b"From: Li <li@desk.example>\r\n"


def as_golden(message: InboundMessage) -> dict[str, Any]:
    return {
        "from": [[one.name, one.address] for one in message.originators],
        "subject": message.subject,
        "text": message.text,
        "message_id": message.message_id,
        "in_reply_to": list(message.in_reply_to),
        "references": list(message.references),
        "sent_at": message.sent_at.isoformat() if message.sent_at else None,
        "attachments": [
            {
                "filename": one.filename,
                "content_type": one.content_type,
                "bytes": len(one.content),
                **({"inline": True} if one.inline else {}),
                **({"generated": True} if one.generated else {}),
            }
            for one in message.attachments
        ],
        "defects": list(message.defects),
    }


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_sample_is_read_as_its_golden_file_says(path: Path) -> None:
    golden = json.loads(path.with_suffix(".json").read_text())
    found = as_golden(parse(path.read_bytes()))
    assert {key: found[key] for key in golden} == golden


def test_every_sample_has_a_golden_file_and_no_golden_file_stands_alone() -> None:
    goldens = {
        path.with_suffix("") for folder in ("malformed", "zh") for path in (CORPUS / folder).glob("*.json")
    }
    assert goldens == {path.with_suffix("") for path in SAMPLES} != set()


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=3000))
def test_any_bytes_give_a_message(raw: bytes) -> None:
    assert len(parse(raw).digest) == 64


PIECES = st.sampled_from(
    [
        b"From: ", b"To: ", b"Subject: ", b"Message-ID: <", b"Date: ", b"Content-Type: ", b"multipart/mixed", b"text/html",
        b"; boundary=b", b"; boundary=\"", b"\r\n--b\r\n", b"\n--b--", b"\r\n", b"\n", b"\r", b"\n\n", b"\r\n\r\n", b" ", b"\t",
        b"Content-Transfer-Encoding: base64\r\n", b"Content-Transfer-Encoding: x-uuencode\n\nbegin 644 a\n", b"quoted-printable",
        b"Content-Disposition: attachment; filename*0*=gbk'", b"'%C4%E3", b"=?utf-8?B?", b"?=", b"=?gb2312?Q?=C4", b"\x1b$B",
        b"charset=utf-7", b"charset=utf-16", b"charset=idna", b"+2AA-", b"\xff\xfe", b"\x00", b"\xc4\xe3", b"message/rfc822",
        b"<a@b.example>", b"(", b")", b"\"", b"<", b">", b"@", b",", b";", b":", b"a", b"=", b"==", b"<p>", b"<table><td>", b"&#0;",
    ]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=60))
def test_any_pieces_of_mail_syntax_give_clean_text(pieces: list[bytes]) -> None:
    message = parse(b"".join(pieces))
    texts = [message.subject, message.text, message.html, message.message_id, message.excerpt.new]
    texts += [value for _, value in message.fields] + [one.filename for one in message.attachments]
    texts += [text for one in (*message.originators, *message.to) for text in (one.name, one.address)]
    for text in texts:
        assert "\x00" not in text
        text.encode()


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_a_body_of_any_bytes_comes_back_as_an_attachment_unchanged(content: bytes) -> None:
    mail = EmailMessage()
    mail.set_content("see attached")
    mail.add_attachment(content, maintype="application", subtype="octet-stream", filename="a.bin")
    assert [one.content for one in parse(mail.as_bytes()).attachments] == [content]


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=200))
def test_what_the_standard_library_writes_as_text_is_read_back(text: str) -> None:
    mail = EmailMessage()
    mail["From"] = Address("Li", "li", "desk.example")
    mail.set_content(text)
    expected = "" if not text.strip() else text
    assert parse(mail.as_bytes()).text == expected.strip("\n")


def test_message_identifiers_are_bounded_and_keep_the_first_and_the_last() -> None:
    raw = HEADER + b"References: " + b" ".join(b"<%d@x>" % number for number in range(500)) + b"\r\n\r\n"
    references = parse(raw).references
    assert (len(references), references[0], references[-1]) == (200, "0@x", "499@x")


def test_date_is_an_aware_utc_instant() -> None:
    raw = HEADER + b"Date: Mon, 2 Nov 2026 10:00:00 +0800 (CST)\r\n\r\n"
    assert parse(raw).sent_at == datetime(2026, 11, 2, 2, 0, tzinfo=UTC)


def test_sender_and_reply_to_are_read_apart_from_from() -> None:
    message = parse(HEADER + b"Sender: list@desk.example\r\nReply-To: help@desk.example\r\n\r\n")
    assert message.sender is not None
    assert (message.sender.address, message.reply_to[0].address) == ("list@desk.example", "help@desk.example")


def test_two_from_fields_leave_no_single_originator() -> None:
    assert parse(HEADER + b"From: eve@evil.example\r\n\r\n").originator.address == ""


def test_fields_are_unfolded_and_keep_their_order() -> None:
    message = parse(b"Received: from a\r\n\tby b\r\nX-One: =?utf-8?q?caf=C3=A9?=\r\nreceived: c\r\n\r\n")
    assert message.fields == (("received", "from a by b"), ("x-one", "café"), ("received", "c"))


def test_nested_mail_keeps_its_bytes() -> None:
    inner = b"From: Wu <wu@desk.example>\r\nSubject: =?utf-8?q?inner?=\r\n\r\nkept  \r\n"
    raw = HEADER + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nsee\r\n--b\r\n'
    raw += b"Content-Type: message/rfc822\r\n\r\n" + inner + b"\r\n--b--\r\n"
    (attachment,) = parse(raw).attachments
    assert (attachment.content, attachment.filename, attachment.generated) == (inner, "inner.eml", True)


def test_html_and_plain_stretches_follow_one_another() -> None:
    raw = HEADER + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nfirst\r\n'
    raw += b"--b\r\nContent-Type: text/html\r\n\r\n<p>second</p>\r\n--b--\r\n"
    message = parse(raw)
    assert (message.text, message.html) == ("first\n\nsecond", "<pre>first</pre>\n<p>second</p>")


def test_name_as_sent_is_kept_beside_the_safe_one() -> None:
    raw = (
        HEADER
        + b"Content-Type: application/pdf\r\nContent-Disposition: attachment; filename=../a.pdf\r\n\r\nx"
    )
    (attachment,) = parse(raw).attachments
    assert (attachment.filename, attachment.given_name) == ("a.pdf", "../a.pdf")


def sample(**changes: Any) -> bytes:
    mail = EmailMessage()
    mail["Message-ID"] = changes.get("message_id", "<a@desk.example>")
    mail["From"] = changes.get("sender", "Li <li@desk.example>")
    mail["To"] = changes.get("to", "support@desk.example")
    mail["Date"] = "Mon, 2 Nov 2026 10:00:00 +0800"
    mail["Subject"] = changes.get("subject", "磁盘满了")
    mail.set_content(changes.get("text", "数据库 is down\n"), cte=changes.get("cte", "base64"))
    mail.add_attachment(changes.get("log", "one\ntwo\n"), filename="a.log", cte=changes.get("cte", "base64"))
    return mail.as_bytes()


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(
            b"Received: by mx.example; Mon, 2 Nov 2026 10:00:01 +0800\n" + sample(), id="trace field"
        ),
        pytest.param(sample().replace(b"\n", b"\r\n"), id="line ends"),
        pytest.param(sample(cte="quoted-printable"), id="transfer encoding"),
        pytest.param(sample(cte="8bit").replace(b"\n", b"\r\n"), id="transfer encoding and line ends"),
        pytest.param(sample(to="other@desk.example"), id="forward-path"),
        pytest.param(sample(sender="Li <li@DESK.example>"), id="case of the domain"),
        pytest.param(sample() + b"\n", id="final line break"),
    ],
)
def test_digest_is_the_same_by_every_way_a_mail_may_come(other: bytes) -> None:
    assert parse(other).digest == parse(sample()).digest


@pytest.mark.parametrize("change", ["message_id", "sender", "subject", "text", "log"])
def test_digest_differs_where_the_mail_says_something_else(change: str) -> None:
    values = {"message_id": "<b@desk.example>", "sender": "Wu <wu@desk.example>"}
    assert parse(sample(**{change: values.get(change, "other")})).digest != parse(sample()).digest


def test_digest_tells_texts_from_attachments() -> None:
    assert parse(HEADER + b"\r\na\r\n").digest != parse(HEADER + b"Content-Type: x/y\r\n\r\na\r\n").digest
