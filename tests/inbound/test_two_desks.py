"""Two such desks pointed at each other fall silent, whatever stands between them does to their mail."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway import services as wiring
from gateway.mail.trust import UNCHECKED, Authentication, Verdict
from gateway.store.models import Outbox
from tests.builders import a_mail
from tests.databases import SUPPORT, Desk, _migrate, settings_for

OTHER = "help@other.example"
_MARKS = ("Auto-Submitted", "X-Helpdesk-Loop", "In-Reply-To", "References", "Reply-To", "Precedence",
          "X-Auto-Response-Suppress", "Message-ID")  # fmt: skip


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Desk]:
    """A second desk of somebody else, with a key of its own."""
    folder = tmp_path / "other"
    folder.mkdir()
    changes = {"support_address": OTHER, "ticket_prefix": "OT", "provider_name": "Other desk"}
    settings = settings_for(folder).model_copy(update=changes)
    _migrate(settings.database)
    services = wiring.build(settings)
    yield Desk(services)
    services.engine.dispose()


@dataclass(frozen=True)
class Way:
    """What stands between the desks: it may strip our marks, rename the sender, or vouch for the author."""

    strips: bool = False
    renames: bool = False
    proves: bool = False

    def carry(self, letter: Outbox, number: int) -> tuple[bytes, str]:
        """The mail and its reverse-path as they arrive."""
        if not self.strips:
            return letter.content, letter.reverse_path
        mail = email.message_from_bytes(letter.content, policy=email.policy.SMTP)
        for name in _MARKS:
            del mail[name]
        mail.replace_header("Subject", f"Message {number}")
        mail["Message-ID"] = f"<{number}.rewritten@between.example>"
        author = str(mail["From"].addresses[0].addr_spec)
        return mail.as_bytes(), author if self.renames else letter.reverse_path

    def verdict(self, author: str) -> Authentication:
        """What the door finds out."""
        if not self.proves:
            return UNCHECKED
        domain = author.partition("@")[2]
        return Authentication(Verdict.PASS, Verdict.PASS, Verdict.PASS, domain, "door")


def exchanged(one: Desk, two: Desk, way: Way, *, seconds: float) -> int:
    """How many letters the two wrote to each other until neither had anything left to say."""
    one.walk(
        a_mail("We have a question.\n", sender=OTHER), reverse_path=OTHER, authentication=way.verdict(OTHER)
    )
    sides = {SUPPORT: one, OTHER: two}
    carried: set[tuple[str, int]] = set()
    for _ in range(40):
        due = [
            (own, letter)
            for own, desk in sides.items()
            for letter in desk.letters()
            if letter.state != "cancelled" and (own, letter.id) not in carried
        ]
        if not due:
            return len(carried)
        own, letter = due[0]
        carried.add((own, letter.id))
        for desk in sides.values():
            desk.clock.pass_(seconds=seconds)
        raw, path = way.carry(letter, len(carried))
        (reader,) = letter.recipients
        base = OTHER if reader.endswith("@other.example") else SUPPORT
        sides[base].walk(raw, to=reader, reverse_path=path, authentication=way.verdict(own))
    return len(carried)


@pytest.mark.parametrize("proves", [False, True])
@pytest.mark.parametrize("seconds", [2, 400])
def test_two_desks_stop_after_one_letter_each_at_most(
    desk: Desk, other: Desk, proves: bool, seconds: float
) -> None:
    assert exchanged(desk, other, Way(proves=proves), seconds=seconds) <= 2


@pytest.mark.parametrize("proves", [False, True])
@pytest.mark.parametrize("renames", [False, True])
@pytest.mark.parametrize("seconds", [2, 400])
def test_two_desks_stop_after_five_letters_where_their_marks_are_lost(
    desk: Desk, other: Desk, proves: bool, renames: bool, seconds: float
) -> None:
    way = Way(strips=True, renames=renames, proves=proves)
    assert exchanged(desk, other, way, seconds=seconds) <= 5
