"""Mailboxes declared, exported, watched: what a file may say, where secrets rest, when people hear of an outage."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from gateway import outages, secrets
from gateway.appointments import Appointments
from gateway.cli import mailbox as commands
from gateway.cli.importing import run
from gateway.operations import checking_mailboxes, exporting
from gateway.operations.yaml_tree import Unreadable
from gateway.settings import Settings
from gateway.store import mailboxes
from gateway.store.models import MailSource, Ticket
from tests.builders import an_engineer
from tests.cli.conftest import Call, caller
from tests.databases import MONDAY, SECRET, SUPPORT, Desk
from tests.imap_desk import Mailroom, a_source

DECLARED = """\
mailboxes:
  - name: support
    address: support@desk.example
    host: mail.desk.example
    user: support@desk.example
  - name: office
    address: help@desk.example
    host: outlook.office365.example
    user: help@desk.example
    folders: [INBOX, 客户]
    after: flag
    flag: $Taken
    sign_in: client
    provider: microsoft
    tenant: 0000-1111
    client_id: 2222-3333
    authserv_id: desk.example
    poll_seconds: 30
    alarm_minutes: 5
"""


@pytest.fixture
def call(database_settings: Settings) -> Iterator[Call]:
    call = caller(database_settings)
    yield lambda command, *arguments, **more: call(command, *arguments, **({"secret_key": SECRET} | more))


def bring(desk: Desk, text: str, **how: object) -> list[str]:
    summary, gone = run(desk.services, text.encode(), at=MONDAY, **how)  # type: ignore[arg-type]
    return summary.lines + gone


def faults_of(desk: Desk, fields: str) -> list[str]:
    text = "mailboxes:\n  - {name: a, address: a@desk.example, host: mail.example, user: a, " + fields + "}\n"
    with pytest.raises(Unreadable) as raised:
        bring(desk, text)
    return [fault.text for fault in raised.value.faults]


def rows(desk: Desk) -> list[MailSource]:
    with desk.services.reading() as session:
        return mailboxes.everything(session)


def test_declared_mailboxes_are_read(desk: Desk) -> None:
    assert bring(desk, DECLARED) == ["added mailbox support", "added mailbox office"]
    office, support = rows(desk)
    assert (support.port, support.folders, support.after, support.target, support.active) == (
        993, ["INBOX"], "move", "Helpdesk", True,
    )  # fmt: skip
    assert (office.folders, office.after, office.target, office.poll_seconds) == (
        ["INBOX", "客户"], "flag", "$Taken", 30,
    )  # fmt: skip


def test_what_is_exported_changes_nothing(desk: Desk) -> None:
    bring(desk, DECLARED)
    with desk.services.reading() as session:
        told = exporting.export(session)
    assert bring(desk, told) == []


def test_export_holds_no_secret(desk: Desk) -> None:
    desk.add(a_source("support", MONDAY, refresh_token="sealed-refresh", access_token="sealed-access"))
    with desk.services.reading() as session:
        told = exporting.export(session)
    assert not any(word in told for word in ("secret", "sealed", "gAAAA"))


def test_changed_mailbox_keeps_its_secret(desk: Desk) -> None:
    desk.add(a_source("support", MONDAY))
    before = rows(desk)[0].secret
    text = "mailboxes: [{name: support, address: help@desk.example, host: mail.example, user: help}]"
    assert bring(desk, text) == ["changed mailbox support: address, host, user"]
    assert rows(desk)[0].secret == before != ""


def test_mailbox_the_file_has_no_more_is_read_no_more_on_request(desk: Desk) -> None:
    bring(desk, DECLARED)
    assert (
        bring(desk, "mailboxes: []", prune=True)
        == ["read mailbox office no more", "read mailbox support no more"][::-1]
    )
    bring(desk, "mailboxes: []", prune=True, really=True)
    assert [each.active for each in rows(desk)] == [False, False]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ("password: secret-of-mine", "password: secrets do not stand in files: helpdesk mailbox secret NAME stores one, encrypted"),
        ("plain: true", "plain: only a server on this machine may be read without TLS"),
        ("port: 99999", 'port: "99999" is no whole number from 1 to 65535'),
        ("folders: []", "folders: name at least one, as INBOX"),
        ('folders: ["a\\nb"]', "holds a character that cannot be shown on one line"),
        ("move_to: INBOX", "move_to: INBOX is read itself"),
        ("after: delete, move_to: Done", "move_to goes with after: move"),
        ("after: flag, flag: 'a b'", 'flag: "a b" is no flag, as \\Seen or $Taken is one'),
        ("sign_in: device, client_id: x", "a mailbox that signs in by device needs a provider, or the field token_url"),
        ("sign_in: refresh, provider: google", "a mailbox that signs in by refresh needs the field client_id"),
        ("token_url: 'http://tokens.example/'", "token_url: must be an https:// address"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(desk: Desk, fields: str, told: str) -> None:
    assert told in faults_of(desk, fields)


# Secrets.


def test_sealed_secret_opens_with_its_key_and_purpose_only() -> None:
    sealed = secrets.seal("a key", "mailbox", "密码 pass")
    assert "pass" not in sealed and secrets.unseal("a key", "mailbox", sealed) == "密码 pass"
    for key, purpose, value in (
        ("another", "mailbox", sealed),
        ("a key", "other", sealed),
        ("a key", "mailbox", sealed[:-4] + "AAAA"),
    ):
        with pytest.raises(secrets.BadToken):
            secrets.unseal(key, purpose, value)


def test_secret_is_stored_sealed(call: Call, database_settings: Settings) -> None:
    from click.testing import CliRunner

    from gateway import services

    desk = Desk(services.build(database_settings))
    desk.add(a_source("support", MONDAY, secret=""))
    environment = {
        "HELPDESK_DATA_DIR": str(database_settings.data_dir), "HELPDESK_SECRET_KEY": SECRET,
        "HELPDESK_DATABASE_URL": database_settings.database_url.get_secret_value(),
    }  # fmt: skip
    told = CliRunner().invoke(
        commands.command, ["secret", "support"], input="a new password\n", env=environment
    )
    stored = rows(desk)[0].secret
    desk.services.engine.dispose()
    assert told.exit_code == 0, told.output
    assert "a new password" not in told.output + stored
    assert secrets.unseal(SECRET, "mailbox", stored) == "a new password"


def test_list_tells_how_reading_goes(call: Call, database_settings: Settings) -> None:
    from gateway import services

    desk = Desk(services.build(database_settings))
    desk.add(a_source("support", MONDAY, fault="sign-in refused: no"))
    desk.services.engine.dispose()
    told = call(commands.command, "list")
    assert told.output == "support  support on 127.0.0.1:993  never read; sign-in refused: no\n"


# Outages.


def watching(desk: Desk) -> Appointments:
    with desk.services.transaction() as session:
        outages.watch(session, desk.clock())
    kept = {outages.APPOINTMENT: outages.keep}
    return Appointments(desk.services.transaction, desk.head, "test", desk.clock, kept)


def look(desk: Desk, watch: Appointments, **later: float) -> list[Ticket]:
    desk.clock.pass_(**later)
    watch.drain(desk.clock() + timedelta(seconds=5))
    return desk.tickets()


def test_outage_opens_one_critical_ticket_about_ourselves(desk: Desk) -> None:
    desk.add(an_engineer("Fang Lin", role="manager"))
    room = Mailroom(desk, a_source("support", MONDAY))
    watch = watching(desk)
    with desk.services.transaction() as session:
        mailboxes.failed(session, room.id, desk.clock(), fault="ConnectionRefusedError: refused")
    assert look(desk, watch, minutes=14) == []
    [ticket] = look(desk, watch, minutes=2)
    assert (ticket.priority, ticket.origin, ticket.status, ticket.customer_id) == (
        "critical",
        "ourselves",
        "new",
        None,
    )
    assert "ConnectionRefusedError" in desk.messages(ticket.id)[0].text
    assert len(look(desk, watch, hours=5)) == 1
    assert [each.recipients for each in desk.letters("engineer-new")] == [["fang@desk.example"]]


def test_end_of_an_outage_closes_nothing_and_the_next_one_is_another_ticket(desk: Desk) -> None:
    room = Mailroom(desk, a_source("support", MONDAY))
    watch = watching(desk)
    look(desk, watch, minutes=20)
    with desk.services.transaction() as session:
        mailboxes.fetched(session, room.id, desk.clock())
    assert [each.status for each in look(desk, watch, minutes=10)] == ["new"]
    assert [each.status for each in look(desk, watch, minutes=10)] == ["new", "new"]


def test_outage_is_noticed_for_a_mailbox_that_nobody_ever_read(desk: Desk) -> None:
    bring(desk, DECLARED)
    watch = watching(desk)
    assert len(look(desk, watch, minutes=6)) == 1  # the one with five minutes
    assert len(look(desk, watch, minutes=10)) == 2


def test_no_outage_of_a_mailbox_that_is_not_read(desk: Desk) -> None:
    Mailroom(desk, a_source("support", MONDAY, active=False))
    assert look(desk, watching(desk), hours=2) == []


def test_check_tells_of_each_mailbox(desk: Desk) -> None:
    Mailroom(desk, a_source("well", MONDAY, fetched_at=MONDAY))
    Mailroom(
        desk,
        a_source(
            "away", MONDAY - timedelta(minutes=40), fault="TimeoutError: timed out", address="x@y.example"
        ),
    )
    with desk.services.reading() as session:
        told = checking_mailboxes.findings(session, {SUPPORT}, MONDAY)
    assert [(level, what) for level, what, _ in told] == [
        ("ok", "the mailbox well was read 0 seconds ago"),
        ("warn", "the mailbox away is for x@y.example, which is no address of ours"),
        ("wrong", "the mailbox away has not been read for 40 minutes: TimeoutError: timed out"),
    ]
