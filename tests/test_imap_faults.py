"""Mailboxes on a real server under faults: cuts at every step, kills, other capabilities. Nothing lost, nothing twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest
from imapclient import IMAPClient

from gateway.imap_reader import SignInRefused
from gateway.imap_wire import Fault
from gateway.settings import Settings
from tests.databases import SUPPORT, Desk
from tests.dovecot import PASSWORD, Dovecot, dovecot
from tests.imap_desk import Mailroom, a_source, mail, mailroom
from tests.imap_proxy import Proxy, proxied
from tests.redis_server import wait_for

__all__ = ["dovecot"]
_numbers = count(1)
MOST_STEPS = 400


@pytest.fixture
def user() -> str:
    return f"cut{next(_numbers)}"


def through(desk: Desk, proxy: Proxy, user: str, **changes: object) -> Mailroom:
    """A mailbox behind the proxy, in the clear on this machine, so that the proxy sees its lines."""
    return Mailroom(desk, a_source(user, desk.clock(), port=proxy.port, plain=True, **changes))


def visit_and_be_cut(room: Mailroom, proxy: Proxy, step: int) -> bool:
    """A visit that is cut at a step; whether it got that far."""
    proxy.cut_at = step
    try:
        room.visit()
    except (*Fault, SignInRefused):
        pass
    proxy.cut_at = None
    return proxy.was_cut


def cut_at_every_step(
    desk: Desk, dovecot: Dovecot, user: str, *, hide: tuple[str, ...], every: int = 1, **changes: object
) -> int:
    """Deliver a mail, be cut, come back: at each step of a visit in turn. How many cuts there were."""
    dovecot.append(user, mail(0))
    with proxied(dovecot.port, hide) as proxy, IMAPClient("127.0.0.1", dovecot.port, ssl=False) as other:
        other.login(user, PASSWORD)
        room = through(desk, proxy, user, **changes)
        room.visit()
        cuts = 0
        for step in range(0, MOST_STEPS, every):
            other.append("INBOX", mail(step + 1))
            was_cut = visit_and_be_cut(room, proxy, step)
            desk.clock.pass_(minutes=10)
            room.visit()
            assert len(room.deliveries()) == step // every + 2, f"after the cut at step {step}"
            cuts += was_cut
            if not was_cut:
                break
        assert {fate for fate in room.unsettled().values()} <= {"left"}
    subjects = room.subjects()
    assert len(set(subjects)) == len(subjects) == len(room.deliveries())
    return cuts


CUTS: list[int] = []


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("hide", "every", "changes"),
    [
        ((), 1, {}),
        (("MOVE",), 3, {}),
        (("MOVE", "UIDPLUS"), 3, {}),
        ((), 3, {"after": "flag", "target": "$Taken"}),
        ((), 3, {"after": "delete", "target": ""}),
    ],
    ids=["move", "copy", "copy-without-uidplus", "flag", "delete"],
)
@pytest.mark.parametrize("database_settings", ["sqlite"], indirect=True)
def test_cut_at_every_step_loses_nothing_and_doubles_nothing(
    desk: Desk, dovecot: Dovecot, user: str, hide: tuple[str, ...], every: int, changes: dict[str, object]
) -> None:
    CUTS.append(cut_at_every_step(desk, dovecot, user, hide=hide, every=every, **changes))
    assert CUTS[-1] >= 80 // every


@pytest.mark.parametrize("database_settings", ["postgresql"], indirect=True)
def test_cuts_lose_nothing_on_postgresql_either(desk: Desk, dovecot: Dovecot, user: str) -> None:
    assert cut_at_every_step(desk, dovecot, user, hide=(), every=7) >= 8


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
