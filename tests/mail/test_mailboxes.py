import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.mail import mailboxes
from gateway.mail.message import Mailbox
from gateway.mail.parse import parse


@pytest.mark.parametrize(
    ("value", "name", "spec"),
    [
        ("li@desk.example", "", "li@desk.example"),
        ("Li <li@desk.example>", "Li", "li@desk.example"),
        ('"Li, Wang" <li@desk.example>', "Li, Wang", "li@desk.example"),
        ("'Li' <li@desk.example>", "Li", "li@desk.example"),
        ("li@desk.example (Li Wang)", "Li Wang", "li@desk.example"),
        ("=?gb2312?B?zfXQocP3?= <wang@desk.example>", "王小明", "wang@desk.example"),
        ('"=?gb2312?B?zfXQocP3?=" <wang@desk.example>', "王小明", "wang@desk.example"),
        ("=?gb2312?B?zfXQocP3?=<wang@desk.example>", "王小明", "wang@desk.example"),
        ("王小明（运维）<wang@desk.example>", "王小明（运维）", "wang@desk.example"),
        ("li@desk.example <li@desk.example>", "li@desk.example", "li@desk.example"),
        ("Li <li+token.1@desk.example>", "Li", "li+token.1@desk.example"),
        ('Li <"li.wang"@desk.example>', "Li", "li.wang@desk.example"),
        ("用户@例子.example", "", "用户@例子.example"),
    ],
)
def test_mailbox_is_read(value: str, name: str, spec: str) -> None:
    assert mailboxes.read(value) == (Mailbox(name, spec),)


@pytest.mark.parametrize(
    "value",
    [
        "alice@desk.example)bob@evil.example",
        "alice@desk.example]bob@evil.example",
        "Alice <alice@desk.example> <bob@evil.example>",
        "<alice@desk.example>bob@evil.example",
        "alice@desk.example<bob@evil.example",
        "alice@desk.example@evil.example",
        '"alice@desk.example"@evil.example',
        "Alice <=?utf-8?q?bob=40evil.example=3E?=@desk.example>",
        "Alice <al ice@desk.example>",
        "alice@desk..example",
        "<",
        '"',
        "MAILER-DAEMON",
        "Li <>",
        "(" * 5000,
    ],
)
def test_odd_mailbox_has_no_address(value: str) -> None:
    assert {mailbox.address for mailbox in mailboxes.read(value)} <= {""}


def test_name_of_an_odd_mailbox_is_kept_for_display() -> None:
    assert mailboxes.read("Alice <alice@desk.example> <bob@evil.example>") == (Mailbox("Alice", ""),)


def test_several_mailboxes_and_groups_are_listed() -> None:
    found = mailboxes.read("a@x.example, ops: b@x.example, c@x.example;")
    assert [mailbox.address for mailbox in found] == ["a@x.example", "b@x.example", "c@x.example"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a@x.example; b@y.example", ["a@x.example", "b@y.example"]),
        ("Li <a@x.example>; Bo <b@y.example>;", ["a@x.example", "b@y.example"]),
        ('"a; b" <a@x.example>; c@y.example', ["a@x.example", "c@y.example"]),
        ("A (x; y) <a@x.example>; b@y.example", ["a@x.example", "b@y.example"]),
        ("a@x.example, b@y.example", ["a@x.example", "b@y.example"]),
        ("a@x.example; b@y.example, c@z.example", ["a@x.example", "b@y.example", "c@z.example"]),
        ("ops: b@x.example, c@x.example;", ["b@x.example", "c@x.example"]),
        ("undisclosed-recipients:;", []),
        ("=?utf-8?B?5p2O?= <l@c.example>; =?utf-8?B?546L?= <w@c.example>", ["l@c.example", "w@c.example"]),
        ("a@x.example; ;", ["a@x.example"]),
        (";", []),
    ],
)
def test_recipients_may_be_parted_by_semicolons(value: str, expected: list[str]) -> None:
    assert [mailbox.address for mailbox in mailboxes.read_list(value)] == expected


def test_recipient_between_semicolons_is_read_strictly() -> None:
    found = mailboxes.read_list("a@x.example; Bo <b@x.example> <c@evil.example>; d@x.example")
    assert [mailbox.address for mailbox in found] == ["a@x.example", "", "d@x.example"]


def test_semicolon_within_an_open_quote_parts_nothing() -> None:
    found = mailboxes.read_list('"Li <a@x.example>; b@y.example')
    assert {mailbox.address for mailbox in found} <= {"", "b@y.example"}


def test_semicolons_in_from_are_no_list() -> None:
    message = parse(b"From: a@x.example; b@y.example\nTo: c@x.example; d@y.example\n\nHello\n")
    assert "a@x.example" not in [mailbox.address for mailbox in message.originators]
    assert [mailbox.address for mailbox in message.to] == ["c@x.example", "d@y.example"]


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    "value", ["a@x.example;" * 8_000, ";" * 100_000, '"' * 50_000 + ";", "(;" * 50_000, "a(b)" * 25_000 + ";"]
)
def test_hostile_list_of_recipients_is_read_in_bounded_time(value: str) -> None:
    assert len(mailboxes.read_list(value)) <= 1_000


def test_encoded_word_cannot_add_an_address() -> None:
    found = mailboxes.read("=?utf-8?q?x_=3Cbob=40evil.example=3E=2C?= <carol@desk.example>")
    assert [mailbox.address for mailbox in found] == ["carol@desk.example"]


def test_empty_group_gives_nobody() -> None:
    assert mailboxes.read("undisclosed-recipients:;") == ()


@given(st.text(alphabet='ab@.,;:<>()[]"\\ =?\u4f60\t\x00', max_size=60))
def test_any_text_gives_whole_addresses_or_none(value: str) -> None:
    for mailbox in mailboxes.read(value):
        assert mailbox.address == "" or mailbox.address.count("@") == 1
        assert not set(mailbox.address) & set('<>(),;" \t\x00\r\n')
