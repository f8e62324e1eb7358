"""Servers that misbehave: one bad mail never holds up the others, and nothing they say does harm here."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest

from gateway import secrets
from gateway.imap_reader import SignInRefused
from gateway.imap_tokens import PURPOSE
from gateway.imap_wire import Fault
from tests.databases import SECRET, Desk
from tests.imap_desk import MAX_BYTES, Mailroom, a_source, mail
from tests.imap_server import FakeServer, Session, misbehaving
from tests.redis_server import wait_for
from tests.test_imap_oauth import Provider, provider

__all__ = ["provider"]


def room_on(desk: Desk, server: FakeServer, **changes: object) -> Mailroom:
    return Mailroom(desk, a_source("support", desk.clock(), port=server.port, plain=True, **changes))


def visits(room: Mailroom, desk: Desk, count: int, **between: float) -> None:
    for _ in range(count):
        with contextlib.suppress(Fault):
            room.visit()
        desk.clock.pass_(**(between or {"seconds": 1}))


def cut(session: Session) -> bool:
    return False


def refuse(session: Session) -> bool:
    session.say(b"* NO that mail is broken")
    return True


def half_a_literal(session: Session) -> bool:
    session.out.write(
        b'* 2 FETCH (UID 2 INTERNALDATE "02-Mar-2026 00:30:00 +0000" BODY[] {5000}\r\nSubject: half'
    )
    return False


def endless(session: Session) -> bool:
    session.out.write(b"* 2 FETCH (UID 2 BODY[] {99999999999}\r\n" + b"x" * 100_000)
    return False


def line_without_end(session: Session) -> bool:
    session.out.write(b"* 2 FETCH (UID 2 BODY[] " + b"x" * 2_000_000)
    return False


def nonsense(session: Session) -> bool:
    session.say(b'* 2 FETCH (UID "two" BODY[] (((')
    return True


def deep(session: Session) -> bool:
    session.say(b"* 2 FETCH (UID 2 BODY[] " + b"(" * 5000 + b")" * 5000 + b")")
    return True


def nothing(session: Session) -> bool:
    session.say(b"* 2 FETCH (UID 2 BODY[] NIL)")
    return True


HARMS = [cut, refuse, half_a_literal, endless, line_without_end, nonsense, deep, nothing]


@pytest.mark.parametrize("harm", HARMS)
@pytest.mark.parametrize("database_settings", ["sqlite"], indirect=True)
def test_bad_mail_delays_the_others_by_less_than_a_minute(
    desk: Desk, harm: Callable[[Session], bool]
) -> None:
    with misbehaving() as server:
        server.mails = {1: mail(1), 2: mail(2), 3: mail(3)}
        server.harm[2] = harm
        room = room_on(desk, server)
        visits(room, desk, 8)
        assert sorted(each.forward_path for each in room.deliveries()) == ["support@desk.example"] * 2
        server.mails[4] = mail(4)
        visits(room, desk, 2)
        assert (len(room.deliveries()), sorted(server.mails)) == (3, [2])


@pytest.mark.parametrize("harm", HARMS)
@pytest.mark.parametrize("database_settings", ["sqlite"], indirect=True)
def test_bad_mail_is_put_before_a_person_at_last(desk: Desk, harm: Callable[[Session], bool]) -> None:
    with misbehaving() as server:
        server.mails = {1: mail(1), 2: mail(2)}
        server.harm[2] = harm
        room = room_on(desk, server)
        visits(room, desk, 16, minutes=6)
        held = [each for each in room.deliveries() if each.state == "quarantined"]
        assert (room.unsettled(), len(held), sorted(server.mails)) == ({2: "unfetchable"}, 1, [2])
        assert held[0].error.startswith("UID 2 in INBOX of support@desk.example: cannot be fetched: ")


def test_size_that_is_a_lie_is_found_out(desk: Desk) -> None:
    with misbehaving() as server:
        server.mails = {1: mail(1, "x" * 60 * MAX_BYTES), 2: mail(2)}
        server.sizes = {1: 300}
        room = room_on(desk, server)
        visits(room, desk, 3)
        assert [len(room.subjects()), sorted(server.mails)] == [1, [1]]


def test_bye_is_survived(desk: Desk) -> None:
    with misbehaving() as server:
        server.mails, server.bye_after_select = {1: mail(1)}, True
        room = room_on(desk, server, poll_seconds=1)
        with room.reading():
            wait_for(lambda: len(room.deliveries()) == 1 and not server.mails, 20)
        assert server.connections >= 2


@pytest.mark.parametrize("validity", [0, -1])
def test_server_without_uid_validity_is_not_trusted(desk: Desk, validity: int) -> None:
    with misbehaving() as server:
        server.mails, server.uid_validity = {1: mail(1)}, validity
        room = room_on(desk, server)
        visits(room, desk, 1)
        assert room.deliveries() == []


def test_uid_validity_that_changes_each_time_takes_nothing_twice(desk: Desk) -> None:
    with misbehaving() as server:
        server.mails = {1: mail(1), 2: mail(2)}
        room = room_on(desk, server, after="move")
        kept = dict(server.mails)
        for validity in range(10, 20):
            server.uid_validity, server.mails = validity, dict(kept)
            room.visit()
        assert (len(room.deliveries()), len(room.subjects())) == (2, 2)


# Signing in with tokens.


def test_mailbox_is_read_with_a_token_and_a_refused_one_is_exchanged(desk: Desk, provider: Provider) -> None:
    provider.answers = [(200, {"access_token": f"A{number}", "expires_in": 3600}) for number in (1, 2)]
    with misbehaving() as server:
        server.mails, server.good_token = {1: mail(1)}, "A2"
        sealed = secrets.seal(SECRET, PURPOSE, "R1")
        room = room_on(desk, server, sign_in="refresh", client_id="c", secret="", refresh_token=sealed,
                       token_url=f"{provider.url}/token", poll_seconds=1)  # fmt: skip
        with room.reading():
            wait_for(lambda: len(room.deliveries()) == 1, 20)
        assert server.tokens[:2] == ["A1", "A2"]


def test_provider_that_refuses_is_told_on_the_mailbox(desk: Desk, provider: Provider) -> None:
    provider.answers = [(400, {"error": "invalid_grant"})]
    with misbehaving() as server:
        sealed = secrets.seal(SECRET, PURPOSE, "R1")
        room = room_on(desk, server, sign_in="refresh", client_id="c", secret="", refresh_token=sealed,
                       token_url=f"{provider.url}/token")  # fmt: skip
        with pytest.raises(SignInRefused, match="invalid_grant"):
            room.visit()
