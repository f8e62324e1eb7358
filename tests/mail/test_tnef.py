"""winmail.dat: its files and its text, whatever somebody packed into it."""

from __future__ import annotations

import base64
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.mail import rtf, rtf_compressed, tnef
from gateway.mail.message import InboundMessage
from gateway.mail.parse import parse
from tests.mail import tnef_files as packing

PDF = b"%PDF-1.7 a plan"


def mail(packed: bytes, *, text: bytes = b"", kind: bytes = b"application/ms-tnef") -> InboundMessage:
    return parse(
        b"From: Li <li@harbour.example>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
        b"--b\nContent-Type: text/plain\n\n"
        + text
        + b"\n--b\nContent-Type: "
        + kind
        + b"; name=winmail.dat\n"
        b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(packed) + b"\n--b--\n"
    )


def names(message: InboundMessage) -> list[tuple[str, str, bool]]:
    return [(one.filename, one.content_type, one.inline) for one in message.attachments]


@pytest.mark.parametrize(
    "kind", [b"application/ms-tnef", b"application/vnd.ms-tnef", b"application/octet-stream"]
)
def test_packed_files_become_attachments_and_the_package_stays_behind_them(kind: bytes) -> None:
    message = mail(packing.stream(packing.file(b"plan.pdf", PDF)), kind=kind)
    assert names(message) == [
        ("plan.pdf", "application/pdf", False), ("winmail.dat", kind.decode(), True),
    ]  # fmt: skip
    assert message.attachments[0].content == PDF


def test_long_unicode_name_and_stated_type_win() -> None:
    given = packing.file(b"PLAN~1.PDF", PDF, packing.unicode(packing.LONG_NAME, "扩容方案.pdf"),
                         packing.unicode(packing.MIME_TAG, "application/x-plan"))  # fmt: skip
    assert names(mail(packing.stream(given)))[0] == ("扩容方案.pdf", "application/x-plan", False)


def test_short_name_is_read_in_the_code_page_of_the_package() -> None:
    message = mail(packing.stream(packing.file("日志.txt".encode("gbk"), b"ok")))
    assert message.attachments[0].filename == "日志.txt"


def test_name_with_a_path_leads_nowhere() -> None:
    message = mail(packing.stream(packing.file(b"..\\..\\etc\\passwd", b"x")))
    assert message.attachments[0].filename == "passwd"


def test_text_of_the_package_serves_where_the_mail_has_none() -> None:
    packed = packing.stream(packing.one(packing.BODY, "数据库宕机\0".encode("gbk")))
    assert mail(packed).text == "数据库宕机"


def test_text_of_the_package_stays_out_where_the_mail_has_its_own() -> None:
    packed = packing.stream(packing.one(packing.BODY, b"from the package\0"))
    assert mail(packed, text=b"from the mail").text == "from the mail"


def test_html_of_the_package_is_decoded_by_its_own_code_page() -> None:
    told = packing.block(packing.number(packing.INTERNET_CODEPAGE, 936),
                         packing.binary(packing.HTML, "<p>数据库宕机</p>".encode("gbk")))  # fmt: skip
    message = mail(packing.stream(packing.one(packing.PROPERTIES, told)))
    assert (message.text, message.html) == ("数据库宕机", "<p>数据库宕机</p>")


def test_html_that_outlook_wrapped_in_rich_text_is_unwrapped() -> None:
    wrapped = (
        rb"{\rtf1\ansi\ansicpg1252\fromhtml1 \deff0{\fonttbl{\f0\fswiss Arial;}}"
        rb"{\*\htmltag19 <html>}{\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 db-1 is \'e9teinte"
        rb"{\*\htmltag244 <b>}\htmlrtf {\b \htmlrtf0 now\htmlrtf }\htmlrtf0 {\*\htmltag252 </b>}"
        rb"\htmlrtf\par}\htmlrtf0 {\*\htmltag72 </p>}{\*\htmltag27 </html>}}"
    )
    told = packing.block(packing.binary(packing.RTF, packing.rtf(wrapped)))
    message = mail(packing.stream(packing.one(packing.PROPERTIES, told)))
    assert message.html == "<html><p>db-1 is éteinte<b>now</b></p></html>"
    assert message.text == "db-1 is éteintenow"


def test_rich_text_gives_its_words_in_the_charset_of_each_font() -> None:
    source = rb"{\rtf1\ansi{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset134 SimSun;}}\f0 caf\'e9\par \f1 \'cb\'a4\u27169 ?\par}"
    assert rtf.read(source).text == "café\n摔模"


def test_compressed_rich_text_of_the_specification_is_expanded() -> None:  # MS-OXRTFCP §4.1 and §4.2
    simple = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c09002062770 5b06c647d0a800fa0".replace(
            " ", ""
        )
    )
    crossing = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")
    assert (
        rtf_compressed.decompress(simple, limit=1000) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    )
    assert rtf_compressed.decompress(crossing, limit=1000) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"


def test_expansion_stops_at_its_limit() -> None:
    crossing = bytes.fromhex("1a000000ffffff7f4c5a4675e2d44b51410004205758595a0d6e7d010eb0")
    assert rtf_compressed.decompress(crossing, limit=9) == b"{\\rtf1 WX"


def test_mail_packed_in_a_mail_gives_its_text_and_files() -> None:
    inner = packing.stream(packing.one(packing.BODY, b"inner words\0"), packing.file(b"inner.csv", b"1,2"))
    outer = packing.file(b"Forwarded", b"", packing.binary(packing.OBJECT, packing.MAIL_OBJECT + inner, 0x0D))
    message = mail(packing.stream(outer))
    assert [(one.filename, one.content) for one in message.attachments[:2]] == [
        ("Forwarded.txt", b"inner words"), ("inner.csv", b"1,2"),
    ]  # fmt: skip


def test_mails_packed_in_mails_are_opened_only_so_far() -> None:
    packed = packing.stream(packing.file(b"deep.txt", b"deep"))
    for _ in range(50):
        packed = packing.stream(
            packing.file(b"mail", b"", packing.binary(packing.OBJECT, packing.MAIL_OBJECT + packed, 0x0D))
        )
    found = tnef.unpack(packed)
    assert found is not None
    assert len(found.files) == tnef.DEPTH
    assert "deep.txt" not in [each.name for each in found.files]


@pytest.mark.parametrize("broken", [
    b"", b"no package at all", packing.stream(packing.file(b"plan.pdf", PDF))[:-4],
    packing.stream(packing.one(packing.BEGIN, b"", 2), packing.one(packing.PROPERTIES_OF_FILE, b"\x01\0\0\0\x99", 2)),
], ids=["empty", "other bytes", "cut off", "no property"])  # fmt: skip
def test_broken_package_stays_attached_as_it_is(broken: bytes) -> None:
    message = mail(broken, text=b"see the file")
    assert message.text == "see the file"
    assert [one.content for one in message.attachments if one.filename == "winmail.dat"] == [broken]
    assert not any(one.inline for one in message.attachments)


def bombs() -> dict[str, bytes]:
    huge = struct.pack("<I", 0xFFFFFFFF)
    return {
        "objects": struct.pack("<IH", 0x223E9F78, 1) + packing.one(0, b"") * 400_000,
        "properties": packing.stream(packing.one(packing.PROPERTIES, huge + b"\x02\0\x01\x10\0\0\0\0" * 200_000)),
        "values": packing.stream(packing.one(packing.PROPERTIES, huge + b"\x02\x10\x01\x10" + huge)),
        "texts": packing.stream(packing.one(packing.PROPERTIES, b"\x01\0\0\0\x1e\0\x01\x10" + huge + b"\0" * 4_000_000)),
        "recipients": packing.stream(packing.one(0x9004, huge)),
        "groups": packing.stream(packing.one(packing.PROPERTIES, packing.block(
            packing.binary(packing.RTF, packing.rtf(b"{\\rtf1" + b"{" * 900_000))))),
        "repeats": packing.stream(packing.one(packing.PROPERTIES, packing.block(packing.binary(
            packing.RTF, struct.pack("<IIII", 0, 0x7FFFFFFF, 0x75465A4C, 0) + b"\xff" + b"\x00\x0f" * 8 * 100_000)))),
    }  # fmt: skip


@pytest.mark.timeout(10)
@pytest.mark.parametrize("kind", sorted(bombs()))
def test_hostile_package_costs_little_and_never_raises(kind: str) -> None:
    message = mail(bombs()[kind], text=b"hello")
    assert message.text == "hello"


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_behind_the_signature_give_an_answer(rest: bytes) -> None:
    found = tnef.unpack(struct.pack("<IH", 0x223E9F78, 1) + rest)
    assert found is None or isinstance(found, tnef.Unpacked)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_as_rich_text(source: bytes) -> None:
    assert isinstance(rtf.read(b"{\\rtf1" + source).text, str)
