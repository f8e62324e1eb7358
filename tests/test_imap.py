"""Mailboxes on a real server: what is in them becomes mail here, once, and is then marked there."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
import sqlalchemy as sa

from gateway.imap_wire import Connection, Place, Unsafe, context, safe, safe_flag
from gateway.store.models import MailFolder
from tests.builders import a_customer, a_mail
from tests.databases import MONDAY, SUPPORT, Desk
from tests.dovecot import Dovecot, dovecot
from tests.imap_desk import MAX_BYTES, mail, mailroom
from tests.redis_server import wait_for

__all__ = ["dovecot"]
_numbers = count(1)


@pytest.fixture
def user() -> Iterator[str]:
    """A mailbox nobody has used."""
    yield f"box{next(_numbers)}"


CHINESE = a_mail(
    "生产环境的订单接口全部超时,客户无法下单。\n",
    subject="生产环境订单接口超时",
    message_id="zh1@harbour.example",
)


def test_english_and_chinese_mail_becomes_tickets(desk: Desk, dovecot: Dovecot, user: str) -> None:
    desk.add(a_customer())
    dovecot.append(user, mail(1), CHINESE)
    room = mailroom(desk, dovecot, user)
    room.visit()
    assert room.subjects() == ["Report 1 is slow", "生产环境订单接口超时"]


def test_taken_mail_is_moved(desk: Desk, dovecot: Dovecot, user: str) -> None:
    dovecot.append(user, mail(1), mail(2))
    room = mailroom(desk, dovecot, user)
    room.visit()
    assert (dovecot.count(user), dovecot.count(user, "Taken"), room.unsettled()) == (0, 2, {})


def test_taken_mail_is_flagged_and_stays(desk: Desk, dovecot: Dovecot, user: str) -> None:
    dovecot.append(user, mail(1))
    room = mailroom(desk, dovecot, user, after="flag", target="$Taken")
    room.visit()
    room.visit()
    assert (dovecot.flags(user), len(room.deliveries()), room.unsettled()) == ([{"$Taken"}], 1, {})


def test_taken_mail_is_deleted_and_what_others_deleted_stays(desk: Desk, dovecot: Dovecot, user: str) -> None:
    dovecot.append(user, mail(1))
    room = mailroom(desk, dovecot, user, after="flag", target="\\Seen")
    room.visit()
    with dovecot.client(user) as client:
        client.add_flags(client.search("ALL"), ["\\Deleted"])
    room.set(after="delete", target="")
    dovecot.append(user, mail(2))
    room.visit(whole=False)
    assert dovecot.flags(user) == [{"\\Seen", "\\Deleted"}]


def test_mail_is_not_marked_as_read_by_looking(desk: Desk, dovecot: Dovecot, user: str) -> None:
    dovecot.append(user, mail(1, "x" * MAX_BYTES))
    mailroom(desk, dovecot, user).visit()
    assert dovecot.flags(user) == [set()]


def test_delivery_tells_where_it_came_from(desk: Desk, dovecot: Dovecot, user: str) -> None:
    dovecot.append(
        user,
        b"Return-Path: <bounce-7@harbour.example>\r\nDelivered-To: " + SUPPORT.encode() + b"\r\n" + mail(1),
    )
    room = mailroom(desk, dovecot, user)
    room.visit()
    [delivery] = room.deliveries()
    assert (delivery.door, delivery.reverse_path, delivery.forward_path, delivery.tls[:4]) == (
        "imap", "bounce-7@harbour.example", SUPPORT, "TLSv",
    )  # fmt: skip


def test_ticket_opens_at_the_instant_the_server_took_the_mail(
    desk: Desk, dovecot: Dovecot, user: str
) -> None:
    taken_at = MONDAY - timedelta(hours=3)
    dovecot.append(user, mail(1), at=taken_at)
    room = mailroom(desk, dovecot, user)
    room.visit()
    desk.file()
    assert desk.tickets()[0].opened_at == taken_at


def test_ticket_never_opens_later_than_the_fetch(desk: Desk, dovecot: Dovecot, user: str) -> None:
    dovecot.append(user, mail(1), at=datetime(2031, 1, 1, tzinfo=UTC))
    room = mailroom(desk, dovecot, user)
    room.visit()
    assert room.deliveries()[0].accepted_at == desk.clock()


def test_same_mail_by_smtp_and_imap_is_one_ticket(desk: Desk, dovecot: Dovecot, user: str) -> None:
    desk.add(a_customer())
    trace = b"Return-Path: <li@harbour.example>\r\nReceived: from mx.example by mail.example; Mon, 2 Mar 2026 01:00:03 +0000\r\n"
    dovecot.append(user, trace + mail(1))
    room = mailroom(desk, dovecot, user)
    room.visit()
    desk.walk(mail(1))
    assert (len(desk.tickets()), [each.rule for each in room.deliveries()]) == (1, ["new", "duplicate"])


def test_mail_above_the_limit_is_left_and_shown_for_review(desk: Desk, dovecot: Dovecot, user: str) -> None:
    dovecot.append(user, mail(1, "x" * 70 + "\n"), mail(2, ("y" * 70 + "\n") * (MAX_BYTES // 70)), mail(3))
    room = mailroom(desk, dovecot, user)
    room.visit()
    room.visit()
    held = [each for each in room.deliveries() if each.state == "quarantined"]
    assert [(each.rule, each.subject, each.originator) for each in held] == [
        ("too-large", "Report 2 is slow", "li@harbour.example")
    ]
    assert (dovecot.count(user), room.unsettled(), room.subjects()) == (
        1, {2: "too-large"}, ["Report 1 is slow", "Report 3 is slow"],
    )  # fmt: skip


def test_large_mail_is_taken_once_the_limit_allows(desk: Desk, dovecot: Dovecot, user: str) -> None:
    from gateway.store import mailboxes

    dovecot.append(user, mail(1, ("y" * 70 + "\n") * (MAX_BYTES // 70)))
    room = mailroom(desk, dovecot, user)
    room.visit()
    with desk.services.transaction() as session:
        assert mailboxes.try_again(session, room.id, desk.clock()) == 1
    room.visit(reader=room.reader(max_bytes=10 * MAX_BYTES))
    assert (dovecot.count(user), room.subjects()) == (0, ["Report 1 is slow"])


def test_mail_that_came_while_idle_is_taken_at_once(desk: Desk, dovecot: Dovecot, user: str) -> None:
    room = mailroom(desk, dovecot, user)
    with room.reading():
        wait_for(lambda: room.row().fetched_at is not None, 20)
        dovecot.append(user, mail(1))
        wait_for(lambda: len(room.deliveries()) == 1, 10)
        wait_for(lambda: dovecot.count(user) == 0, 10)


def test_change_of_uid_validity_ten_times_takes_nothing_twice(
    desk: Desk, dovecot: Dovecot, user: str
) -> None:
    room = mailroom(desk, dovecot, user, after="flag", target="\\Seen")
    validities = set()
    for number in range(10):
        dovecot.append(user, mail(number))
        room.visit()
        with desk.services.reading() as session:
            validities.add(session.scalar(sa.select(MailFolder.uid_validity)))
        dovecot.change_uid_validity(user)
        room.visit()
    with desk.services.reading() as session:
        validities.add(session.scalar(sa.select(MailFolder.uid_validity)))
    assert len(validities) >= 2
    assert (len(room.deliveries()), len(room.subjects())) == (10, 10)


def test_mail_removed_by_somebody_else_disturbs_nothing(desk: Desk, dovecot: Dovecot, user: str) -> None:
    dovecot.append(user, mail(1), mail(2), mail(3))
    room = mailroom(desk, dovecot, user)
    reader = room.reader()
    connection = Connection(reader.source.place)
    reader.sign_in(connection)
    plain = connection.sizes

    def sizes(uids: list[int]) -> dict[int, int]:
        """The size of each, before somebody removes the second."""
        found = plain(uids)
        with dovecot.client(user) as client:
            client.delete_messages([2])
            client.uid_expunge([2])
        connection.sizes = plain  # type: ignore[method-assign]
        return found

    connection.sizes = sizes  # type: ignore[method-assign,assignment]
    reader.look(connection, whole=True)
    connection.leave()
    room.visit()
    assert (room.subjects(), room.unsettled(), dovecot.count(user)) == (
        ["Report 1 is slow", "Report 3 is slow"],
        {},
        0,
    )


def test_moved_folder_may_have_any_name(desk: Desk, dovecot: Dovecot, user: str) -> None:
    dovecot.append(user, mail(1))
    mailroom(desk, dovecot, user, target='已处理 "2026"').visit()
    assert dovecot.count(user, '已处理 "2026"') == 1


def test_password_that_is_refused_is_told(desk: Desk, dovecot: Dovecot, user: str) -> None:
    from gateway import secrets
    from gateway.imap_tokens import PURPOSE
    from tests.databases import SECRET

    room = mailroom(desk, dovecot, user, secret=secrets.seal(SECRET, PURPOSE, "wrong"))
    with room.reading():
        wait_for(lambda: room.row().failing_since is not None, 20)
    assert room.row().fault.startswith("sign-in refused: ") and "wrong" not in room.row().fault


# The wire.


def test_certificate_of_an_unknown_ca_is_refused(dovecot: Dovecot) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        Connection(Place("127.0.0.1", dovecot.tls_port))


def test_certificate_of_another_name_is_refused(dovecot: Dovecot) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        Connection(Place("127.0.0.2", dovecot.tls_port, dovecot.ca_file))


def test_cleartext_goes_to_no_other_machine() -> None:
    with pytest.raises(Unsafe):
        context(Place("mail.example", 143, plain=True))


@pytest.mark.parametrize("name", ["", "INBOX\r\nA1 DELETE INBOX", "a\x00b", "a\x7fb", "a\x85b"])
def test_names_with_control_characters_are_refused(name: str) -> None:
    with pytest.raises(Unsafe):
        safe(name)


@pytest.mark.parametrize("flag", ["\\", "a b", "a(b", "标", 'a"b', "a\r\nb"])
def test_flags_that_are_no_atoms_are_refused(flag: str) -> None:
    with pytest.raises(Unsafe):
        safe_flag(flag)


def test_folder_name_with_a_command_in_it_reaches_no_server(dovecot: Dovecot, user: str) -> None:
    connection = Connection(Place("127.0.0.1", dovecot.tls_port, dovecot.ca_file))
    with pytest.raises(Unsafe):
        connection.open_folder("INBOX\r\nA1 LOGOUT")
    connection.leave()


def test_uids_are_read_in_windows(dovecot: Dovecot, user: str) -> None:
    dovecot.append(user, *[mail(number) for number in range(12)])
    connection = Connection(Place("127.0.0.1", dovecot.tls_port, dovecot.ca_file))
    connection.sign_in(user, "mailbox-password-of-the-tests")
    _, exists = connection.open_folder("INBOX")
    connection.window = 5
    assert (connection.uids(exists), connection.uids(exists, 9), connection.uids(exists, 12)) == (
        list(range(1, 13)), [10, 11, 12], [],
    )  # fmt: skip
    connection.leave()
