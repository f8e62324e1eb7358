"""One ticket's whole life under the contract, minute by minute: who hears what, and when (P1, P4, P5, P11, P12)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from gateway.domain import sla
from gateway.domain.lifecycle import Status
from gateway.domain.terms import DEFAULT_TERMS
from gateway.store.models import Outbox
from gateway.tickets import log
from gateway.transport import Reply
from tests.builders import PASSED, a_mail, an_engineer
from tests.databases import Desk
from tests.letters import drain
from tests.office import Office

LIFE = [
    ("Mon 01:00", "acknowledgement", "li"),
    ("Mon 03:00", "engineer-alarm", "chen"),  # half of the first response's four hours; acknowledged at once
    ("Mon 04:00", "engineer-alarm", "zhao"),  # three quarters: whoever is on call, who does not answer
    ("Mon 04:18", "engineer-alarm", "guo"),  # so it is passed on to the lead half way to the next rung
    ("Mon 04:30", "reply", "li"),  # the first response, with a question: the clock rests until 06:30
    ("Mon 06:30", "engineer-message", "chen"),
    ("Mon 06:30", "status", "li"),
    ("Mon 15:00", "engineer-alarm", "chen"),  # half of 24 hours, the two that rested left out
    ("Mon 18:00", "engineer-alarm", "zhao"),
    ("Mon 21:00", "engineer-alarm", "zhao"),
    ("Mon 22:48", "engineer-alarm", "guo"),
    ("Tue 00:36", "about-to-expire", "li"),
    ("Tue 00:36", "engineer-alarm", "guo"),
    ("Tue 01:00", "reply", "li"),  # resolved two hours before the end
    ("Tue 05:00", "engineer-message", "chen"),  # a bare thanks changes nothing else
    ("Wed 01:00", "confirm-reminder", "li"),
    ("Wed 09:00", "engineer-message", "chen"),
    ("Wed 09:00", "status", "li"),  # not fixed: open again, the wait left out, due at 11:00
    ("Wed 09:48", "engineer-alarm", "wu"),  # what Guo never acknowledged, half way from 90 to 100 %
    ("Wed 10:30", "reply", "li"),  # resolved again
    ("Thu 10:30", "confirm-reminder", "li"),
    ("Sat 10:30", "status", "li"),  # closed after three days of silence
]


class Taking:
    """A next server that takes everything."""

    def offer(self, reverse_path: str, recipients: Sequence[str], content: bytes) -> Mapping[str, Reply]:
        return {each: Reply(250, "ok") for each in recipients}

    def transfer(self, content: bytes) -> Reply:
        return Reply(250, "ok")

    def close(self) -> None:
        pass


class Life(Office):
    """The desk of one week: Chen has the ticket, Zhao is on call, Guo leads, Wu manages."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.assign(self.chen)
        self.on_call(an_engineer("Zhao Min"))

    def live(self, acts: Mapping[str, Callable[[], None]], end: str) -> None:
        """Minute after minute, with two clocks, one of which steps back each hour, and a relay; somebody acts at times."""
        known = {instant(at): act for at, act in acts.items()}
        while (now := self.desk.clock()) <= instant(end):
            for owner in ("clock", "another"):
                self.fire(owner)
            if act := known.get(now):
                act()
            drain(self.desk, Taking())
            if now.minute == 40:
                self.desk.clock.at = now - timedelta(minutes=25)
                self.fire()
                self.desk.clock.at = now
            self.desk.clock.pass_(minutes=1)

    def ask(self) -> None:
        self.reply(Status.WAITING_CUSTOMER)

    def resolve(self) -> None:
        self.reply(Status.RESOLVED)

    def mail(self, text: str, name: str) -> Callable[[], None]:
        def send() -> None:
            answered = self.desk.letters("reply")[-1].message_id
            raw = a_mail(text, message_id=f"{name}@harbour.example", in_reply_to=answered)
            self.desk.walk(raw, authentication=PASSED)

        return send

    def heard(self) -> list[tuple[str, str, str]]:
        """When each letter was written, which it was, and to whom, in that order."""
        return sorted((f"{each.created_at:%d %H:%M}", each.letter, who(each)) for each in self.desk.letters())


def instant(at: str) -> datetime:
    """An instant of the week, as Tue 03:30."""
    day, _, time = at.partition(" ")
    number = 2 + ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun").index(day)
    return datetime.fromisoformat(f"2026-03-{number:02d}T{time}:00+00:00").astimezone(UTC)


def who(letter: Outbox) -> str:
    return letter.first_recipient.partition("@")[0]


@pytest.fixture
def lived(desk: Desk) -> Life:
    life = Life(desk)
    life.live(
        {
            "Mon 03:00": lambda: bool(life.acknowledge(life.chen)),  # type: ignore[dict-item]
            "Mon 04:30": life.ask,
            "Mon 06:30": life.mail("It happens in the report of orders.\n", "m2"),
            "Tue 01:00": life.resolve,
            "Tue 05:00": life.mail("Thank you!\n", "m3"),
            "Wed 09:00": life.mail("It is still broken, the same error.\n", "m4"),
            "Wed 10:30": life.resolve,
        },
        "Sat 11:00",
    )
    return life


def test_everybody_hears_what_is_promised_once_and_in_time_and_both_targets_are_kept(lived: Life) -> None:
    assert lived.heard() == sorted((f"{instant(at):%d %H:%M}", letter, who) for at, letter, who in LIFE)
    with lived.desk.services.reading() as session:
        events = log.events(session, 1001)
    state = sla.standing(events, DEFAULT_TERMS)
    assert (state.first_response.met_at, state.first_response.breached_at(instant("Sun 00:00"))) == (
        instant("Mon 04:30"),
        None,
    )
    assert (state.resolution.met_at, state.resolution.due_at) == (instant("Wed 10:30"), instant("Wed 11:00"))
    assert [(each.start, each.end) for each in state.excluded] == [
        (instant("Mon 04:30"), instant("Mon 06:30")),
        (instant("Tue 01:00"), instant("Wed 09:00")),
    ]
    assert sla.decided(state, instant("Sun 00:00")) == sla.Decision(kept=True, at=instant("Sat 10:30"))
