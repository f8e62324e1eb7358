"""Files inside a text: taken out where they are whole, left alone where they are not."""

from __future__ import annotations

import binascii

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.mail import uuencode
from gateway.mail.parse import parse

HEADER = b"From: Li <li@harbour.example>\nContent-Type: text/plain; charset=gb2312\n\n"


def block(content: bytes, name: bytes = b"log.bin") -> bytes:
    lines = [binascii.b2a_uu(content[at : at + 45]) for at in range(0, len(content), 45)]
    return b"begin 644 " + name + b"\n" + b"".join(lines) + b"`\nend\n"


def test_block_becomes_an_attachment_and_leaves_the_text() -> None:
    message = parse(HEADER + b"See the log.\n\n" + block(bytes(range(256)), b"log.png") + b"\nThanks\n")
    assert message.text == "See the log.\n\n\nThanks"
    (file,) = message.attachments
    assert (file.filename, file.content_type, file.content) == ("log.png", "image/png", bytes(range(256)))


def test_name_is_read_in_the_charset_of_the_text() -> None:
    message = parse(HEADER + block(b"ok", "日志.txt".encode("gbk")))
    assert message.attachments[0].filename == "日志.txt"


def test_name_with_a_path_leads_nowhere() -> None:
    assert parse(HEADER + block(b"ok", b"/etc/../etc/passwd")).attachments[0].filename == "passwd"


def test_several_blocks_come_in_order() -> None:
    message = parse(HEADER + block(b"1", b"a.txt") + b"and\n" + block(b"2", b"b.txt"))
    assert ([one.content for one in message.attachments], message.text) == ([b"1", b"2"], "and")


@pytest.mark.parametrize(
    "broken",
    [
        block(b"x" * 90)[:-10],
        block(b"x" * 90).replace(b"end\n", b""),
        block(b"x" * 90).replace(b"\nM", b"\n> M"),
        b"begin 644 notes.txt\nthis is how such a block begins\n",
        b"begin 644 empty.txt\n`\nend\n",
        b"We begin 644 connections and\nend\n",
    ],
    ids=["cut off", "no end", "quoted", "spoken of", "empty", "prose"],
)
def test_what_is_no_whole_block_stays_text(broken: bytes) -> None:
    message = parse(HEADER + b"Hello\n" + broken)
    assert message.attachments == ()
    assert message.text == (b"Hello\n" + broken).decode().rstrip("\n")


def test_lines_whose_last_blanks_a_mailer_cut_off_are_read() -> None:
    encoded = block(b"\0" * 45).replace(b"`", b" ").replace(b"\n \n", b"\n`\n")
    shorn = b"\n".join(line.rstrip() or b"`" for line in encoded.split(b"\n"))
    assert uuencode.split(shorn)[1][0].content == b"\0" * 45


def test_block_with_crlf_line_ends_is_read() -> None:
    assert uuencode.split(block(b"hi").replace(b"\n", b"\r\n")) == (b"", [uuencode.Block(b"log.bin", b"hi")])


def test_more_blocks_than_the_bound_stay_text() -> None:
    text, blocks = uuencode.split(block(b"x") * (uuencode.BLOCKS + 1))
    assert (len(blocks), text) == (uuencode.BLOCKS, block(b"x"))


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    "hostile", [b"begin 644 a\n", b"begin 644 a\n" + b"M" + b"A" * 60 + b"\n", b"begin 644 " + b"a" * 300]
)
def test_hostile_text_takes_linear_time(hostile: bytes) -> None:
    text = hostile * (8_000_000 // len(hostile))
    assert uuencode.split(text) == (text, [])


@settings(max_examples=200, deadline=None)
@given(
    st.binary(min_size=1, max_size=300),
    st.text("abc xyz.\n", max_size=60),
    st.text("abc xyz.\n", max_size=60),
)
def test_whatever_was_encoded_comes_back(content: bytes, above: str, below: str) -> None:
    before, after = (f"{each}\n".encode() for each in (above, below))
    assert uuencode.split(before + block(content) + after) == (
        before + after,
        [uuencode.Block(b"log.bin", content)],
    )
