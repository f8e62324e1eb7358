"""Mail made to cost time or memory, each within the time that a test may take."""

import pytest

from gateway.mail import html, limits
from gateway.mail.parse import TOO_COMPLEX, check, parse

HEADER = b"From: li@desk.example\nSubject: x\n"
MULTIPART = HEADER + b"Content-Type: multipart/mixed; boundary=b\n\n"
PAGE = HEADER + b"Content-Type: text/html\n\n"

TOO_COMPLEX_MAIL = {
    "100,000 parts": MULTIPART + b"--b\n\nx\n" * 100_000 + b"--b--",
    "nesting of 2,000": HEADER
    + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(2_000)),
    "100,000 header fields": HEADER + b"X-A: b\n" * 100_000 + b"\nx",
    "one field of 20 MB": HEADER + b"X-A:" + b"\n b" * 7_000_000 + b"\n\nx",
    "a million false delimiters": MULTIPART + b"--bx\n" * 1_000_000,
    "a part with endless fields": MULTIPART + b"--b\n" + b"X-A: b\n" * 2_000 + b"\nx\n--b--",
}
COSTLY_MAIL = {
    "one-character From": b"From: <\n\n",
    "20,000 encoded-words": HEADER + b"X-A: " + b"=?utf-8?q?a?= " * 7_000 + b"\n\nx",
    "encoded-words in unknown charsets": HEADER + (b"X-A: " + b"=?gbk?q?=FF?= =?x?q?=FF=FE?= " * 900 + b"\n") * 300 + b"\n",
    "unfinished encoded-words": HEADER + b"X-A: " + b"=?a?b?" * 16_000 + b"\n\nx",
    "20,000 parameters": HEADER + b"Content-Type: text/plain" + b"".join(b";a%d=b" % n for n in range(9_000)) + b"\n\nx",
    "20,000 parameter sections": HEADER + b"Content-Type: text/plain" + b"".join(b";a*%d=b" % n for n in range(9_000)),
    "separators only": HEADER + b"Content-Type: text/plain" + b";" * 100_000 + b"\n\nx",
    "escaped quotes only": HEADER + b'Content-Type: text/plain; a="' + b'\\"' * 50_000 + b"\n\nx",
    "open parentheses": b"To: " + b"(" * 100_000 + b"\n\nx",
    "dots in an address": b"From: " + b"a." * 50_000 + b"\n\nx",
    "quoted words": b"From: " + b'"a" ' * 25_000 + b"<a@b.example>\n\nx",
    "many angle addresses": b"From: " + b"<a@b.example>" * 7_000 + b"\n\nx",
    "source route": b"From: " + b"@a," * 33_000 + b":a@b.example\n\nx",
    "many To fields": HEADER + b"To: c@d.example\n" * 900 + b"\nx",
    "addresses by the thousand": HEADER + (b"To: " + b"a@b.example, " * 7_000 + b"\n") * 100 + b"\nx",
    "date of parentheses": b"Date: " + b"(" * 100_000 + b"\n\nx",
    "forwarded 20,000 times": HEADER + b"Content-Type: message/rfc822\n\n" * 20_000 + b"x",
    "deep HTML": PAGE + b"<div>" * 200_000,
    "HTML of open brackets": PAGE + b"<" * 990_000,
    "HTML element with 90,000 attributes": PAGE + b"<p " + b"".join(b"a%d=1 " % n for n in range(90_000)) + b">x",
    "HTML links on one line": PAGE + b'<a href="http://xyzzy/q">y</a>' * 33_000,
    "HTML quotes 900 deep": PAGE + b"<blockquote>x<br>" * 900 + b"y<br>" * 100_000,
    "5 MB of HTML": PAGE + b"<p>hello <b>x</b>\n" * 300_000,
    "soft line breaks": HEADER + b"Content-Type: text/plain; format=flowed\n\n" + b"a \n" * 3_000_000,
    "padding everywhere": HEADER + b"Content-Transfer-Encoding: base64\n\n" + b"A=" * 5_000_000,
    "10 MB of unlabelled bytes": HEADER + b"\n" + b"\xc4\xe3\xba\xc3" * 2_500_000,
    "escape sequences": HEADER + b"\n" + b"\x1b$B" * 1_000_000,
    "blank lines": b" \t\r\n" * 1_000_000,
}  # fmt: skip


@pytest.mark.timeout(10)
@pytest.mark.parametrize("name", TOO_COMPLEX_MAIL)
def test_mail_beyond_the_bounds_is_read_roughly_and_says_so(name: str) -> None:
    message = parse(TOO_COMPLEX_MAIL[name])
    assert TOO_COMPLEX in message.defects


@pytest.mark.parametrize("name", TOO_COMPLEX_MAIL)
def test_mail_beyond_the_bounds_keeps_its_author_subject_and_all_bytes(name: str) -> None:
    raw = TOO_COMPLEX_MAIL[name]
    message = parse(raw)
    assert (message.originator.address, message.subject) == ("li@desk.example", "x")
    assert [one.content for one in message.attachments] == [raw]


@pytest.mark.parametrize("name", TOO_COMPLEX_MAIL)
def test_check_refuses_mail_beyond_the_bounds(name: str) -> None:
    with pytest.raises(limits.TooComplex):
        check(TOO_COMPLEX_MAIL[name])


@pytest.mark.timeout(10)
@pytest.mark.parametrize("name", COSTLY_MAIL)
def test_costly_mail_is_read_in_full_without_hanging(name: str) -> None:
    assert TOO_COMPLEX not in parse(COSTLY_MAIL[name]).defects


def test_mail_at_the_bounds_is_read_in_full() -> None:
    raw = MULTIPART + b"--b\n\nx\n" * (limits.PARTS - 1) + b"--b--"
    check(raw)
    assert TOO_COMPLEX not in parse(raw).defects


def test_addresses_beyond_a_thousand_are_left_out_with_a_defect() -> None:
    message = parse(HEADER + b"To: c@d.example\n" * 900 + b"To: " + b"a@b.example, " * 200 + b"\n\n")
    assert len(message.to) == limits.ADDRESSES


def test_long_text_is_cut_in_view_and_kept_whole_as_an_attachment() -> None:
    message = parse(HEADER + b"\n" + b"line of text\n" * 100_000)
    assert len(message.text) <= limits.TEXT_BYTES
    assert len(message.attachments[0].content) == 1_300_000


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    "page",
    ["<div>" * 100_000, "<p " + "a=1 " * 90_000 + ">", "<" * 990_000, "<b>x" * 200_000, "<p>x" * 600_000],
    ids=["deep", "attributes", "brackets", "unclosed", "large"],
)
def test_safe_html_does_not_hang(page: str) -> None:
    assert "<script" not in html.safe_html(page + "<script>alert(1)</script>", {})
