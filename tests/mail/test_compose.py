import email
from datetime import UTC, datetime
from email import policy
from email.header import decode_header, make_header
from email.utils import getaddresses

import mailparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.mail import letters
from gateway.mail.compose import MAX_REFERENCES, Outgoing, UnsafeField, compose, message_id, reply_subject
from gateway.mail.letter_samples import words
from gateway.mail.message import Attachment, Mailbox

OURS = Mailbox("Northquay Cloud", "support@northquay.example")
THEIRS = Mailbox("Li Na", "li.na@harbour.example")
BREAKS = ("\r\n", "\n", "\r", "\0", "\u2028", "\u2029", "\x0b", "\x0c", "\x1c", "\x85", "\x7f", "\ud800")


def outgoing(**changes):
    mail = {
        "from_": OURS,
        "to": (THEIRS,),
        "subject": "[HD-1042] We have your request",
        "text": "We have your request.\n",
        "message_id": "q3Zr@northquay.example",
        "date": datetime(2026, 11, 16, 2, 48, tzinfo=UTC),
    }
    return Outgoing(**(mail | changes))


def parsed(**changes):
    return email.message_from_bytes(compose(outgoing(**changes)), policy=policy.default)


def subject_of(raw):
    return str(make_header(decode_header(email.message_from_bytes(raw)["Subject"])))


def attachment(name="log.txt", content=b"\x00\xff data", content_type="text/plain"):
    return Attachment(filename=name, content_type=content_type, content=content, sha256="")


def test_acknowledgement_reads_back_in_the_standard_library():
    made = letters.render(letters.environment(), "acknowledgement", "zh", words("zh"))
    back = parsed(subject=made.subject, text=made.text, html=made.html)
    assert back["Subject"] == "[HD-1042] 已收到您的请求"
    assert back.get_body(("plain",)).get_content() == made.text.replace("\n", "\r\n")
    assert back.get_body(("html",)).get_content() == made.html.replace("\n", "\r\n")
    assert back.defects == []


def test_acknowledgement_reads_back_in_mail_parser():
    made = letters.render(letters.environment(), "acknowledgement", "zh", words("zh"))
    back = mailparser.parse_from_bytes(
        compose(outgoing(subject=made.subject, text=made.text, html=made.html))
    )
    assert back.subject == "[HD-1042] 已收到您的请求"
    assert back.from_ == [("Northquay Cloud", "support@northquay.example")]
    assert back.text_plain == [made.text.replace("\n", "\r\n")]
    assert back.text_html == [made.html.replace("\n", "\r\n")]
    assert not back.has_defects


def test_letter_of_one_text_is_not_multipart():
    assert parsed().get_content_type() == "text/plain"


def test_html_makes_alternatives_with_plain_text_first():
    kinds = [part.get_content_type() for part in parsed(html="<p>Hello</p>").walk()]
    assert kinds == ["multipart/alternative", "text/plain", "text/html"]


def test_attachments_stand_beside_the_alternatives():
    kinds = [part.get_content_type() for part in parsed(html="<p>Hi</p>", attachments=(attachment(),)).walk()]
    assert kinds == ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/plain"]


def test_bytes_are_seven_bit_with_crlf_and_short_lines():
    raw = compose(
        outgoing(subject="专线中断" * 40, text="专线 line\n" * 50 + "x" * 5000, html="<p>专线</p>" * 300)
    )
    assert raw.isascii()
    lines = raw.split(b"\r\n")
    assert max(map(len, lines)) <= 76
    assert not any(b"\n" in line or b"\r" in line for line in lines)


def test_same_mail_gives_the_same_bytes():
    assert compose(outgoing(html="<p>Hi</p>")) == compose(outgoing(html="<p>Hi</p>"))


def test_identifiers_stand_in_angle_brackets():
    back = parsed(in_reply_to="a@x.example", references=("a@x.example", "b@x.example"))
    assert back["Message-ID"] == "<q3Zr@northquay.example>"
    assert back["In-Reply-To"] == "<a@x.example>"
    assert back["References"] == "<a@x.example> <b@x.example>"


def test_long_references_are_folded():
    chain = tuple(f"{'m' * 50}{number}@x.example" for number in range(10))
    raw = compose(outgoing(references=chain))
    assert max(map(len, raw.split(b"\r\n"))) <= 76
    assert email.message_from_bytes(raw)["References"].split() == [f"<{each}>" for each in chain]


def test_references_keep_the_first_and_the_latest():
    chain = tuple(f"m{number}@x.example" for number in range(500))
    kept = parsed(references=chain)["References"].split()
    assert (len(kept), kept[0], kept[-1]) == (MAX_REFERENCES, "<m0@x.example>", "<m499@x.example>")


@pytest.mark.parametrize("foreign", ["has space@x", "<x@y>", "日@x.example", "x" * 251, ""])
def test_foreign_identifier_no_field_can_carry_is_left_out(foreign):
    back = parsed(in_reply_to=foreign, references=(foreign, "b@x.example"))
    assert back["In-Reply-To"] is None
    assert back["References"] == "<b@x.example>"


def test_automatic_letter_says_so():
    back = parsed(auto_submitted="auto-replied", loop="f00d")
    assert back["Auto-Submitted"] == "auto-replied"
    assert back["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert back["X-Helpdesk-Loop"] == "f00d"


def test_letter_of_a_person_is_not_marked_automatic():
    back = parsed()
    assert back["Auto-Submitted"] is None
    assert back["X-Auto-Response-Suppress"] is None


def test_date_is_written_in_utc():
    assert parsed()["Date"] == "Mon, 16 Nov 2026 02:48:00 +0000"


def test_naive_date_is_refused():
    with pytest.raises(UnsafeField):
        compose(outgoing(date=datetime(2026, 11, 16)))


def test_mail_without_recipient_is_refused():
    with pytest.raises(UnsafeField):
        compose(outgoing(to=()))


@pytest.mark.parametrize("end", BREAKS)
@pytest.mark.parametrize(
    "place",
    [
        lambda bad: {"subject": bad},
        lambda bad: {"from_": Mailbox(bad, "a@x.example")},
        lambda bad: {"to": (Mailbox("", f"{bad}@x.example"),)},
        lambda bad: {"to": (Mailbox("", f"a@{bad}"),)},
        lambda bad: {"cc": (Mailbox(bad, "a@x.example"),)},
        lambda bad: {"reply_to": (Mailbox("", bad),)},
        lambda bad: {"message_id": bad},
        lambda bad: {"in_reply_to": bad},
        lambda bad: {"references": ("a@x.example", bad)},
        lambda bad: {"loop": bad},
        lambda bad: {"extra": (("X-Case", bad),)},
        lambda bad: {"extra": ((bad, "1"),)},
        lambda bad: {"attachments": (attachment(name=bad),)},
        lambda bad: {"auto_submitted": bad},
    ],
)
def test_line_break_or_control_character_in_a_field_is_refused(place, end):
    with pytest.raises(UnsafeField):
        compose(outgoing(**place(f"a{end}Bcc: victim@elsewhere.example")))


@pytest.mark.parametrize(
    "address",
    ["", "a", "@x.example", "a@", "a b@x.example", "a@x.example, b@y.example", "<a@x.example>", "a@x.example>",
     "a@b@x.example", '"a@x.example', "a@x example", "a@[127.0.0.1", "l" * 65 + "@x.example", "a(c)@x.example"],
)  # fmt: skip
def test_what_is_no_address_is_refused(address):
    with pytest.raises(UnsafeField):
        compose(outgoing(to=(Mailbox("", address),)))


@pytest.mark.parametrize(
    "address",
    [
        "li.na+x@harbour.example",
        '"odd name"@x.example',
        "a@[192.0.2.1]",
        "123@qq.example",
        "李娜@海港.example",
    ],
)
def test_unusual_address_is_kept(address):
    raw = compose(outgoing(to=(Mailbox("Li", address),)))
    assert f"To: Li <{address}>\r\n".encode() in raw


@pytest.mark.parametrize(
    "name",
    [
        "李娜",
        "Na, Li",
        'Li "Nana" Na',
        "back\\slash",
        "Li  Na",
        "a@b.example",
        "=?utf-8?q?x?=",
        "n" * 200,
        "Zoë " * 30 + "x",
    ],
)
def test_display_name_reads_back(name):
    raw = compose(outgoing(to=(Mailbox(name, "a@x.example"),)))
    assert max(map(len, raw.split(b"\r\n"))) <= 76 or " " not in name
    field = email.message_from_bytes(raw)["To"]
    [(shown, address)] = getaddresses([field])
    assert (str(make_header(decode_header(shown))), address) == (name, "a@x.example")


@pytest.mark.parametrize("field", ["Bcc", "From", "Content-Type", "received", "Bad Name", "", "X:Y"])
def test_further_field_of_a_reserved_or_bad_name_is_refused(field):
    with pytest.raises(UnsafeField):
        compose(outgoing(extra=((field, "1"),)))


def test_further_field_is_written():
    assert parsed(extra=(("X-Case", "工单 7"),))["X-Case"] == "工单 7"


@pytest.mark.parametrize(
    "name",
    [
        "log.txt",
        "报告 2026.pdf",
        "专线中断现场照片与交换机日志汇总及后续改进建议第二版.pdf",
        "n" * 300 + ".log",
        'a"b\\c.txt',
        "semi;colon=.txt",
        "100%.txt",
    ],
)
def test_attachment_name_reads_back(name):
    raw = compose(outgoing(attachments=(attachment(name=name),)))
    assert max(map(len, raw.split(b"\r\n"))) <= 76
    [part] = email.message_from_bytes(raw, policy=policy.default).iter_attachments()
    assert part.get_filename() == name
    assert part.get_content_disposition() == "attachment"


@pytest.mark.parametrize(
    "content_type", ["message/rfc822", "multipart/mixed", "nonsense", "text/html; x=y", "a/b\r\nX: y"]
)
def test_attachment_of_an_unfit_type_goes_as_plain_bytes(content_type):
    content = b"From: a@x.example\r\n\r\nhello"
    [part] = parsed(attachments=(attachment(content=content, content_type=content_type),)).iter_attachments()
    assert part.get_content_type() == "application/octet-stream"
    assert part.get_content() == content


def test_message_identifier_is_random_part_and_domain():
    assert message_id("desk.example", "q3Zr") == "q3Zr@desk.example"


@pytest.mark.parametrize(
    ("subject", "answer"),
    [
        ("disk full", "Re: [HD-7] disk full"),
        ("Re: disk full", "Re: [HD-7] disk full"),
        ("RE: Re[2]: [HD-7] re: disk full", "Re: [HD-7] disk full"),
        ("回复：[hd-7] 磁盘已满", "Re: [HD-7] 磁盘已满"),
        ("答复: 回复: 磁盘已满", "Re: [HD-7] 磁盘已满"),
        ("[HD-8] disk full", "Re: [HD-7] [HD-8] disk full"),
        ("Regarding the disk", "Re: [HD-7] Regarding the disk"),
        ("", "Re: [HD-7]"),
        ("a\r\n b", "Re: [HD-7] a b"),
    ],
)
def test_answer_has_one_re_and_one_tag(subject, answer):
    assert reply_subject(subject, "HD-7") == answer


def test_answer_to_an_answer_keeps_its_subject():
    once = reply_subject("disk full " * 100, "HD-7")
    assert len(once) == 250
    assert reply_subject(once, "HD-7") == once


def test_subject_of_nothing_but_prefixes_is_cut_quickly():
    assert reply_subject("Re: " * 100_000, "HD-7").startswith("Re: [HD-7]")


TEXT = st.text(st.characters(exclude_categories=("Cs",)))
HEADER = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=200)


@given(HEADER)
def test_any_subject_reads_back(subject):
    raw = compose(outgoing(subject=subject))
    assert subject_of(raw) == subject


@given(HEADER)
def test_any_subject_stays_within_the_line_length(subject):
    raw = compose(outgoing(subject=subject))
    assert max(map(len, raw.split(b"\r\n"))) <= 76


@given(TEXT, TEXT)
def test_any_text_reads_back(text, html):
    def as_sent(value):
        lines = value.replace("\r\n", "\n").replace("\r", "\n")
        return (lines if lines.endswith("\n") else lines + "\n").replace("\n", "\r\n")

    back = email.message_from_bytes(compose(outgoing(text=text, html=html + "<p>")))
    plain, markup = (part.get_payload(decode=True).decode() for part in back.get_payload())
    assert (plain, markup) == (as_sent(text), as_sent(html + "<p>"))


@given(st.binary(max_size=500), TEXT)
def test_any_attachment_reads_back(content, text):
    [part] = parsed(
        text=text, attachments=(attachment("a.bin", content, "application/x-log"),)
    ).iter_attachments()
    assert part.get_content() == content
