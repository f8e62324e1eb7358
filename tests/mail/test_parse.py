from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.mail.parse import parse

PLAIN = b"From: Li <li@desk.example>\r\nSubject: Disk full\r\nMessage-ID: <a@desk.example>\r\n\r\ndb-1 is down\r\n"


def test_plain_mail_gives_originator_subject_and_text() -> None:
    message = parse(PLAIN)
    assert (message.originator.address, message.subject, message.text) == (
        "li@desk.example",
        "Disk full",
        "db-1 is down",
    )


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=2000))
def test_any_bytes_give_a_message(raw: bytes) -> None:
    assert parse(raw).digest
