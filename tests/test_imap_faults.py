"""Mailboxes on a real server under faults: cuts at every step, kills, other capabilities. Nothing lost, nothing twice."""

from __future__ import annotations

import imaplib
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest

from gateway.imap_wire import Connection, Fetched, Place
from gateway.settings import Settings
from tests.databases import SUPPORT, Desk
from tests.dovecot import Dovecot, dovecot
from tests.faults_imap import WAYS, cut_at_every_step, expunged_meanwhile, poisoned, through
from tests.imap_desk import mail, mailroom
from tests.imap_proxy import proxied
from tests.redis_server import wait_for

__all__ = ["dovecot"]
_numbers = count(1)


@pytest.fixture
def user() -> str:
    return f"cut{next(_numbers)}"


CUTS: list[int] = []


@pytest.mark.timeout(300)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("database_settings", ["sqlite"], indirect=True)
def test_cut_at_every_step_loses_nothing_and_doubles_nothing(
    desk: Desk, dovecot: Dovecot, user: str, way: str
) -> None:
    every = 1 if way == "move" else 3
    found = cut_at_every_step(desk, dovecot, user, way=way, every=every)
    CUTS.append(found.times)
    assert (found.wrong, found.times >= 80 // every) == ([], True)


@pytest.mark.parametrize("database_settings", ["postgresql"], indirect=True)
def test_cuts_lose_nothing_on_postgresql_either(desk: Desk, dovecot: Dovecot, user: str) -> None:
    found = cut_at_every_step(desk, dovecot, user, every=7)
    assert (found.wrong, found.times >= 8) == ([], True)


@pytest.mark.parametrize("database_settings", ["sqlite"], indirect=True)
def test_server_that_says_it_is_closing_loses_and_doubles_nothing(
    desk: Desk, dovecot: Dovecot, user: str
) -> None:
    assert cut_at_every_step(desk, dovecot, user, every=7, bye=True).wrong == []


@pytest.mark.parametrize("database_settings", ["sqlite"], indirect=True)
def test_mails_that_others_remove_between_commands_disturb_no_other(
    desk: Desk, dovecot: Dovecot, user: str
) -> None:
    found = expunged_meanwhile(desk, dovecot, user)
    assert (found.wrong, found.times >= 8) == ([], True)


@pytest.mark.parametrize("database_settings", ["sqlite"], indirect=True)
def test_mail_that_breaks_every_connection_delays_the_next_by_less_than_a_minute(
    desk: Desk, dovecot: Dovecot, user: str
) -> None:
    assert poisoned(desk, dovecot, user).wrong == []


class Trickling(Connection):
    """A session in which every mail is large and comes so slowly that its time runs out."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.patience: list[float] = []

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        return dict.fromkeys(super().sizes(uids), 40 * 1024 * 1024)

    def mails(self, uids: Sequence[int], *, seconds: float, size_bytes: int) -> dict[int, Fetched]:
        self.patience.append(seconds)
        raise imaplib.IMAP4.abort("the time for this answer is over")


def test_mail_that_trickles_holds_its_mailbox_up_for_a_minute_at_most_however_often_it_is_tried(
    desk: Desk, dovecot: Dovecot, user: str
) -> None:
    waited: list[float] = []
    with proxied(dovecot.port) as proxy:
        room = through(desk, proxy, user)
        dovecot.append(user, mail(1))
        for _ in range(8):
            reader = room.reader(max_bytes=50 * 1024 * 1024)
            connection = Trickling(reader.source.place)
            reader.sign_in(connection)
            with suppress(imaplib.IMAP4.abort):
                reader.look(connection, whole=True)
            connection.leave()
            waited += connection.patience
            desk.clock.pass_(minutes=6)
    assert waited == [60.0] * 8


def test_there_were_two_hundred_cuts() -> None:
    if len(CUTS) < 5:
        pytest.skip("the cuts ran in other processes")
    assert sum(CUTS) >= 200


def test_what_others_deleted_is_never_expunged_without_uidplus(
    desk: Desk, dovecot: Dovecot, user: str
) -> None:
    with proxied(dovecot.port, ("MOVE", "UIDPLUS")) as proxy:
        room = through(desk, proxy, user, after="delete", target="")
        dovecot.append(user, mail(1), mail(2))
        room.visit()
        room.visit()
        assert not [line for line in proxy.heard if b"EXPUNGE" in line]
    assert (dovecot.flags(user), len(room.deliveries())) == ([{"\\Deleted"}, {"\\Deleted"}], 2)


def test_server_without_idle_is_polled(desk: Desk, dovecot: Dovecot, user: str) -> None:
    with proxied(dovecot.port, ("IDLE",)) as proxy:
        room = through(desk, proxy, user, poll_seconds=1)
        with room.reading():
            wait_for(lambda: room.row().fetched_at is not None, 20)
            dovecot.append(user, mail(1))
            wait_for(lambda: len(room.deliveries()) == 1, 10)
        assert not [line for line in proxy.heard if b"IDLE" in line]


def test_reader_comes_back_after_its_connection_was_cut(desk: Desk, dovecot: Dovecot, user: str) -> None:
    with proxied(dovecot.port) as proxy:
        room = through(desk, proxy, user)
        proxy.cut_at = 40
        with room.reading():
            wait_for(lambda: room.row().failing_since is not None, 20)
            proxy.cut_at = None
            dovecot.append(user, mail(1))
            wait_for(lambda: len(room.deliveries()) == 1 and room.row().fault == "", 20)


def test_killed_between_commit_and_move_takes_the_mail_once(
    desk: Desk, database_settings: Settings, dovecot: Dovecot, user: str
) -> None:
    dovecot.append(user, mail(1))
    with proxied(dovecot.port) as proxy:
        room = through(desk, proxy, user)
        proxy.hold = b"UID MOVE"
        process = start_door(database_settings)
        assert proxy.held.wait(40)
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        assert (len(room.deliveries()), dovecot.count(user), room.unsettled()) == (1, 1, {1: "stored"})
        proxy.hold = b""
        process = start_door(database_settings)
        try:
            wait_for(lambda: dovecot.count(user, "Taken") == 1, 60)
            wait_for(lambda: room.unsettled() == {}, 10)
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0
    assert (len(room.deliveries()), dovecot.count(user)) == (1, 0)


def start_door(settings: Settings) -> subprocess.Popen[bytes]:
    """`helpdesk imap` on the database of a test."""
    told = {
        "HELPDESK_DATA_DIR": str(settings.data_dir),
        "HELPDESK_DATABASE_URL": settings.database_url.get_secret_value(),
        "HELPDESK_SECRET_KEY": settings.secret_key.get_secret_value(),
        "HELPDESK_SUPPORT_ADDRESS": SUPPORT,
        "PYTHONPATH": str(Path(__file__).parents[1]),
    }
    log = (settings.data_dir / "imap.log").open("ab")
    with log:
        return subprocess.Popen([sys.executable, "-m", "gateway.cli", "imap"], cwd=settings.data_dir,
                                env={"PATH": os.defpath} | told, stdin=subprocess.DEVNULL, stdout=log, stderr=log)  # fmt: skip


def test_two_doors_do_not_read_one_mailbox_at_once(
    desk: Desk, database_settings: Settings, dovecot: Dovecot, user: str
) -> None:
    room = mailroom(desk, dovecot, user)
    doors = [start_door(database_settings) for _ in range(2)]
    try:
        wait_for(lambda: room.row().fetched_at is not None, 60)
        dovecot.append(user, *[mail(number) for number in range(20)])
        wait_for(lambda: dovecot.count(user) == 0, 40)
    finally:
        for each in doors:
            each.send_signal(signal.SIGTERM)
        ended = [each.wait(20) for each in doors]
    assert (len(room.deliveries()), ended) == (20, [0, 0])
