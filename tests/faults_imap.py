"""K10: a real mailbox server that is cut off at every step, closes, renumbers, and loses mail to other clients."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

from imapclient import IMAPClient

from gateway.imap_reader import SignInRefused
from gateway.imap_wire import Fault
from gateway.store.models import DeliveryState
from tests import dovecot as mail_server
from tests.databases import Desk
from tests.dovecot import PASSWORD, Dovecot
from tests.faults_desk import Fresh, Missing, Options, desks
from tests.imap_desk import Mailroom, a_source, mail, mailroom
from tests.imap_proxy import Proxy, proxied

MOST_STEPS: Final = 400
POISON_SECONDS: Final = 60.0
PROGRAMS: Final = "/usr/sbin:/usr/bin:/usr/local/sbin"
WAYS: Final[dict[str, tuple[tuple[str, ...], dict[str, object]]]] = {
    "move": ((), {}),
    "copy, no MOVE": (("MOVE",), {}),
    "copy, neither MOVE nor UIDPLUS": (("MOVE", "UIDPLUS"), {}),
    "flag": ((), {"after": "flag", "target": "$Taken"}),
    "delete": ((), {"after": "delete", "target": ""}),
}
"""How a mailbox is emptied: what the server does not offer, and how the mailbox is set."""


@dataclass
class Found:
    """What became of one fault's mails."""

    fault: str
    times: int = 0
    mails: int = 0
    lost: int = 0
    doubled: int = 0
    steps: list[int] = field(default_factory=list)
    next_mail_seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)

    def judge(self, room: Mailroom, sent: Sequence[str]) -> Found:
        """Compare what was delivered to the mailbox with the tickets it became."""
        subjects = Counter(room.subjects())
        self.mails = len(sent)
        self.lost = sum(1 for each in sent if not subjects[each])
        self.doubled = sum(count - 1 for count in subjects.values())
        if self.lost or self.doubled:
            self.wrong.append(f"{self.lost} of {self.mails} mails lost, {self.doubled} tickets too many")
        return self


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


def cut_at_every_step(desk: Desk, dovecot: Dovecot, user: str, *, way: str = "move", every: int = 1,
                      bye: bool = False) -> Found:  # fmt: skip
    """Deliver a mail, be cut, come back: at each step of a visit in turn, or at every so many."""
    hide, changes = WAYS[way]
    found = Found(
        f"{way}: cut at {'each' if every == 1 else f'one in {every}'} of the steps{', after BYE' if bye else ''}"
    )
    sent = [subject_of(0)]
    dovecot.append(user, mail(0))
    with proxied(dovecot.port, hide) as proxy, IMAPClient("127.0.0.1", dovecot.port, ssl=False) as other:
        other.login(user, PASSWORD)
        room = through(desk, proxy, user, **changes)
        room.visit()
        proxy.bye = bye
        for step in range(0, MOST_STEPS, every):
            other.append("INBOX", mail(step + 1))
            sent.append(subject_of(step + 1))
            was_cut = visit_and_be_cut(room, proxy, step)
            desk.clock.pass_(minutes=10)
            room.visit()
            if len(room.deliveries()) != len(sent):
                found.wrong.append(
                    f"{len(room.deliveries())} deliveries of {len(sent)} mails after step {step}"
                )
                break
            found.times += was_cut
            if not was_cut:
                break
        if odd := {fate for fate in room.unsettled().values()} - {"left"}:
            found.wrong.append(f"left as {odd}")
    return found.judge(room, sent)


def subject_of(number: int) -> str:
    return f"Report {number} is slow"


def cut_at_random(desk: Desk, dovecot: Dovecot, user: str, *, random: Random, times: int) -> Found:
    """Several mails at once, and a cut anywhere in their taking."""
    found, sent = Found(f"five mails at a time, {times} cuts anywhere"), list[str]()
    with proxied(dovecot.port) as proxy:
        room = through(desk, proxy, user)
        room.visit()
        for number in range(times):
            mails = range(number * 5, number * 5 + 5)
            dovecot.append(user, *[mail(each, "x" * random.randrange(20_000)) for each in mails])
            sent += [subject_of(each) for each in mails]
            step = random.randrange(20, 140)
            found.times += visit_and_be_cut(room, proxy, step)
            found.steps.append(step)
            desk.clock.pass_(minutes=10)
        for _ in range(3):
            room.visit()
            desk.clock.pass_(minutes=10)
    return found.judge(room, sent)


def renumbered(desk: Desk, dovecot: Dovecot, user: str, *, way: str, times: int = 10) -> Found:
    """The server forgets its UIDs after every mail."""
    found, sent = Found(f"{way}: UIDVALIDITY changes {times} times"), list[str]()
    room = mailroom(desk, dovecot, user, **WAYS[way][1])
    for number in range(times):
        dovecot.append(user, mail(number))
        sent.append(subject_of(number))
        if number % 2:
            room.visit()
        dovecot.change_uid_validity(user)
        room.visit()
        found.times += 1
    return found.judge(room, sent)


def expunged_meanwhile(desk: Desk, dovecot: Dovecot, user: str) -> Found:
    """Another client removes the middle of three mails, before each of our commands in turn."""
    found, sent, number = Found("another client removes a mail before each command"), list[str](), 0
    with proxied(dovecot.port) as proxy:
        room = through(desk, proxy, user)
        room.visit()
        for command in range(MOST_STEPS):
            dovecot.append(user, *[mail(number + each) for each in range(3)])
            sent += [subject_of(number), subject_of(number + 2)]
            proxy.between = _remover(dovecot, user, at=command)
            try:
                room.visit()
            except (*Fault, SignInRefused) as fault:
                found.wrong.append(f"command {command}: {fault}")
            reached, proxy.between = proxy.between.reached(), None
            desk.clock.pass_(minutes=10)
            room.visit()
            number += 3
            if not reached:
                break
            found.times += 1
        gone = {subject_of(each) for each in range(1, number, 3)}
    found.judge(room, [each for each in sent if each not in gone])
    return found


class _remover:
    """Removes the second mail of the inbox when a command of ours comes for the so many-th time."""

    def __init__(self, dovecot: Dovecot, user: str, *, at: int) -> None:
        self._dovecot, self._user, self._at, self._seen = dovecot, user, at, 0

    def __call__(self, _: bytes) -> None:
        if self._seen == self._at:
            with self._dovecot.client(self._user) as client:
                if len(here := client.search("ALL")) > 1:
                    client.delete_messages(here[1:2])
                    client.uid_expunge(here[1:2])
        self._seen += 1

    def reached(self) -> bool:
        return self._seen > self._at


def poisoned(desk: Desk, dovecot: Dovecot, user: str) -> Found:
    """One mail of five breaks the connection whenever it is fetched, and does so for good."""
    found = Found("one mail breaks the connection whenever it is fetched")
    sent = [subject_of(number) for number in (0, 1, 3, 4, 5)]
    with proxied(dovecot.port) as proxy:
        room = through(desk, proxy, user)
        room.visit()
        proxy.breaks_at = b"Report 2 is slow"
        began = desk.clock.at
        dovecot.append(user, *[mail(number) for number in range(5)])
        while len(room.deliveries()) < 4 and desk.clock.at < began + timedelta(minutes=30):
            _visit_anyhow(room, found)
            desk.clock.pass_(seconds=5)
        found.next_mail_seconds = (desk.clock.at - began).total_seconds()
        dovecot.append(user, mail(5))
        later = desk.clock.at
        while len(room.deliveries()) < 5 and desk.clock.at < later + timedelta(minutes=30):
            _visit_anyhow(room, found)
            desk.clock.pass_(seconds=5)
        found.next_mail_seconds = max(found.next_mail_seconds, (desk.clock.at - later).total_seconds())
        for _ in range(40):
            desk.clock.pass_(minutes=6)
            _visit_anyhow(room, found)
    held = [each for each in room.deliveries() if each.state == DeliveryState.QUARANTINED]
    if found.next_mail_seconds > POISON_SECONDS:
        found.wrong.append(f"the next mail waited for {found.next_mail_seconds:.0f} s")
    if len(held) != 1:
        found.wrong.append(f"{len(held)} mails wait for a person, not the one")
    return found.judge(room, sent)


def _visit_anyhow(room: Mailroom, found: Found) -> None:
    try:
        room.visit()
    except (*Fault, SignInRefused):
        found.times += 1


@contextmanager
def _server() -> Iterator[Dovecot]:
    if shutil.which("dovecot", path=PROGRAMS) is None or os.getuid() != 0:
        raise Missing("it needs Dovecot (apt-get install dovecot-imapd) and root, under which Dovecot starts")
    folder = Path(tempfile.mkdtemp(prefix="dovecot-faults-", dir="/tmp"))  # a socket's address is short
    folder.chmod(0o755)
    try:
        with mail_server.running(folder) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _faults(options: Options) -> Iterator[tuple[Callable[..., Found], dict[str, Any]]]:
    for way in WAYS:
        every = 1 if options.full or way == "move" else 3
        yield cut_at_every_step, {"way": way, "every": every}
        yield renumbered, {"way": way}
    yield cut_at_every_step, {"bye": True, "every": 1 if options.full else 3}
    yield cut_at_random, {"random": Random(options.seed), "times": 200 if options.full else 20}
    yield expunged_meanwhile, {}
    yield poisoned, {}


def run(options: Options) -> Iterator[Found]:
    """Every fault with a desk and a mailbox of its own. Errors: Missing where there is no Dovecot."""
    with _server() as server, desks() as fresh:
        for number, (fault, how) in enumerate(_faults(options)):
            yield _once(fresh, server, f"fault{number}", fault, how)


def _once(
    fresh: Fresh, server: Dovecot, user: str, fault: Callable[..., Found], how: dict[str, Any]
) -> Found:
    with fresh() as desk:
        return fault(desk, server, user, **how)
