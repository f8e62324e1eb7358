"""What really travels: signatures that verify behind the transport, 7-bit content, addresses every server takes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from gateway.domain.terms import Priority
from gateway.mail import signing
from gateway.mail.message import Attachment, Mailbox
from gateway.operations import checking
from gateway.operations.checking import Finding, Level
from gateway.relay import Relay, opening
from gateway.tickets import handling, intake
from tests.builders import PASSED, a_customer, a_mail, an_engineer
from tests.databases import MONDAY, Desk, settings_for
from tests.letters import drain, smtp
from tests.sink import Sink

TEXT = ".\n..\nA line that ends with a dot.\n.leading dot\n专线已恢复。  \n\n\n" + "x" * 3000


class Records:
    """A DNS of TXT records."""

    def __init__(self, **records: str) -> None:
        self.records = records

    def txt(self, name: str) -> list[bytes]:
        return [self.records[name].encode()] if name in self.records else []


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_key(tmp_path_factory.mktemp("keys") / "s1.pem", 2048)


def write_key(path: Path, bits: int) -> Path:
    how = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(rsa.generate_private_key(65537, bits).private_bytes(*how))
    return path


def converse(desk: Desk, **how: object) -> None:
    """An acknowledgement, a reply with a file, a change of status."""
    engineer = an_engineer()
    desk.add(a_customer(), engineer)
    desk.walk(a_mail(**how), authentication=PASSED)  # type: ignore[arg-type]
    file = Attachment("报告.bin", "application/octet-stream", bytes(range(256)), "")
    with desk.services.transaction() as session:
        key = desk.services.blobs.put(session, file.content, desk.clock())
        stored = Attachment(file.filename, file.content_type, file.content, key)
        handling.reply(
            session, desk.head, 1001, author=engineer, text=TEXT, attachments=[stored], at=desk.clock()
        )


def test_signature_verifies_behind_our_own_transport(desk: Desk, key_file: Path) -> None:
    key = signing.key_of(key_file.read_bytes(), domain="desk.example", selector="s1")
    converse(desk)
    with Sink() as sink:
        relay = Relay(desk.services.sessions, desk.services.transaction, smtp(sink.port), desk.head, "r", 5,
                      desk.clock, signing.Signer([key]))  # fmt: skip
        relay.drain(desk.clock.at + timedelta(seconds=5))

    def published(name: bytes, timeout: float = 5) -> bytes:
        assert name == b"s1._domainkey.desk.example."
        return key.record.encode()

    assert [dkim.verify(mail.content, dnsfunc=published) for mail in sink.taken] == [True] * len(sink.taken)
    assert len(sink.taken) >= 2
    stored = {letter.message_id: letter.content for letter in desk.letters()}
    assert all(mail.content.endswith(stored[mail.message_id]) for mail in sink.taken)


def test_server_without_8bitmime_gets_nothing_else(desk: Desk) -> None:
    converse(desk)
    with Sink(extensions=("SIZE 50000000",)) as sink:
        drain(desk, smtp(sink.port))
        said = [line for visit in sink.visits for _, line in visit.commands]
    assert len(sink.taken) >= 2
    assert all(mail.content.isascii() for mail in sink.taken)
    assert max(len(line) for mail in sink.taken for line in mail.content.split(b"\r\n")) <= 78
    assert not any("8BITMIME" in line or "SMTPUTF8" in line for line in said)


def test_reader_in_an_international_domain_needs_no_server_that_knows_about_it(desk: Desk) -> None:
    engineer = an_engineer()
    desk.add(a_customer(), engineer)
    request = intake.Request(None, Mailbox("李娜", "Li@例子.example"), "Slow", "It is slow.", Priority.LOW)
    with desk.services.transaction() as session:
        intake.open_by_hand(session, desk.head, request, author=engineer, at=desk.clock())
    with Sink() as sink:
        drain(desk, smtp(sink.port))
    (mail,) = [each for each in sink.taken if "xn--fsqu00a.example" in each.recipients[0]]
    assert mail.recipients == ["li@xn--fsqu00a.example"]
    assert mail.content.isascii()


def test_no_letter_about_a_ticket_offers_to_unsubscribe(desk: Desk) -> None:
    converse(desk)
    fields = {
        line.partition(b":")[0].lower()
        for letter in desk.letters()
        for line in letter.content.partition(b"\r\n\r\n")[0].split(b"\r\n")
    }
    assert not any(name.startswith((b"list-", b"precedence")) for name in fields)


# What `helpdesk check` and the start say about keys.


def found(folder: Path, records: Records, **more: object) -> list[Finding]:
    settings = settings_for(folder).model_copy(update=more)
    return [
        each
        for each in checking.check(settings, MONDAY, resolver=records)
        if "omainkey" in each.what or "DKIM" in each.what
    ]  # type: ignore[arg-type]


def test_check_says_that_the_dns_holds_the_key(tmp_path: Path, key_file: Path) -> None:
    record = signing.key_of(key_file.read_bytes(), domain="desk.example", selector="s1").record
    (told,) = found(
        tmp_path,
        Records(**{"s1._domainkey.desk.example": record}),
        dkim_key_file=str(key_file),
        dkim_selector="s1",
    )
    assert told.level is Level.OK


def test_check_says_what_to_publish_where_the_dns_holds_nothing(tmp_path: Path, key_file: Path) -> None:
    (told,) = found(tmp_path, Records(), dkim_key_file=str(key_file), dkim_selector="s1")
    assert told.level is Level.WRONG
    assert "s1._domainkey.desk.example TXT v=DKIM1; k=rsa; p=" in told.advice


def test_short_key_stops_the_start_with_a_clear_word(tmp_path: Path) -> None:
    short = write_key(tmp_path / "short.pem", 1024)
    settings = settings_for(tmp_path).model_copy(update={"dkim_key_file": str(short), "dkim_selector": "s1"})
    with pytest.raises(signing.UnfitKey, match="1024 bits, at least 2048"):
        opening.keys_of(settings)


def test_key_file_that_is_missing_stops_the_start_with_its_name(tmp_path: Path) -> None:
    settings = settings_for(tmp_path).model_copy(
        update={"dkim_key_file": "/no/key.pem", "dkim_selector": "s1"}
    )
    with pytest.raises(signing.UnfitKey, match=r"/no/key\.pem cannot be read"):
        opening.keys_of(settings)
